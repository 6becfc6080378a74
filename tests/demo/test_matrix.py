"""The story on a homeserver: what is next at each moment, and in `make soak` the whole of it on a real Synapse."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from running import COMITY

from comity.demo.matrix import keeper, world
from comity.demo.stories import STORIES, Playing
from comity.platforms.port import PlatformDown


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Path:
    from dataclasses import replace

    settings.COMITY = replace(settings.COMITY, data=tmp_path)
    return keeper.home(tmp_path)


def test_it_works(home: Path) -> None:
    story = STORIES["matrix"]
    assert story.scene(None).step.play == "start"
    playing = story.play("start", Playing())
    assert (home / keeper.WANTED).exists()
    assert story.scene(playing).step.act == "wait"
    (home / keeper.STANDS).write_text(json.dumps({"matrix": "http://127.0.0.1:1", "edge": "http://127.0.0.1:1"}))
    assert story.scene(playing).step.play == "order"
    with pytest.raises(KeyError):
        story.play("dance", playing)


def test_what_could_not_be_started_says_why_and_can_be_asked_for_again(home: Path) -> None:
    story, playing = STORIES["matrix"], STORIES["matrix"].play("start", Playing())
    (home / keeper.STANDS).write_text(json.dumps({"failed": "no space left"}))
    scene = story.scene(playing)
    assert (scene.step.play, "no space left" in scene.step.text) == ("start", True)
    with pytest.raises(PlatformDown, match="not started"):
        world.MatrixWorld()
    story.play("start", playing)
    assert story.scene(playing).step.act == "wait"


@pytest.mark.soak
@pytest.mark.slow
def test_the_whole_of_it_on_a_real_homeserver(tmp_path: Path) -> None:
    command = [COMITY, "demo", "removal-order", "--platform", "matrix", "--json", "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    inside, outside = told["effect"]["inside"], told["effect"]["outside"]
    assert (inside["country"], inside["seen"], inside["text_shown"]) == ("FR", "withheld", False)
    assert (outside["country"], outside["seen"], outside["same_as_before"]) == ("CH", "visible", True)
    assert told["target"].startswith("https://matrix.to/#/!")
    assert len(inside["recorded"]) == 27
