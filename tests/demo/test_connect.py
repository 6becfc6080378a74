"""`comity demo connect`, in one process, on a forum that is a process of its own: tested, watched, then for real."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from road import Road

from comity import connected, operator
from comity.cases import commands as cases
from comity.cases import deciding
from comity.cases.models import Case
from comity.demo import client
from comity.demo.forum import connecting, played
from comity.demo.stories import STORIES
from comity.demo.stories.port import Playing
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.platforms import shadow
from comity_sandbox.process import SandboxProcess

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    operator.secret(settings.COMITY.data, "forum.key")
    token = settings.COMITY.data / "keys" / "forum.key"
    made = SandboxProcess(tmp_path_factory.mktemp("forum"), token_file=Path(token))
    yield made
    made.end()


@pytest.fixture
def forum(road: Road, door: list[bytes], process: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Road:
    """A road with the demo's forum beside the sandbox; what waits for a worker finds its jobs done."""
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, forum=connected.forum(process.base_url)))
    shadow.settle()

    def eventually(what: str, look, patience: float = 0):
        road.drive()
        found = look()
        assert found, what
        return found

    def approve(base: str, case: Case, who: str) -> None:
        deciding.sign(_who(road, who), case.id, _put(case), None)

    for where in (played, client):
        monkeypatch.setattr(where, "eventually", eventually)
    monkeypatch.setattr(client, "approve", approve)
    return road


def _who(road: Road, key: str) -> Person:
    role, jurisdiction = key.split("-")
    return road.person(role, jurisdiction.upper())


def _put(case: Case) -> str:
    return Case.objects.get(id=case.id).act


class Running:
    web = smtp = "127.0.0.1:1"


def test_it_is_tested_watched_and_then_done(forum: Road) -> None:
    assert connecting.in_shadow()
    told, words = played.play(Running())  # type: ignore[arg-type]  # nothing else of it is asked
    assert list(told)[:3] == ["platform", "kit", "shadow"]
    assert (told["platform"], told["kit"]["failed"], told["shadow"]["would"]) == ("demo-forum", 0, 1)
    assert told["kit"]["passed"] >= 30
    assert (told["effect"]["inside"]["seen"], told["effect"]["outside"]["seen"]) == ("withheld", "visible")
    assert told["seconds"] > 0
    assert "nothing was done" in words
    assert forum.refused == []
    assert not connecting.in_shadow()
    assert list(Mail.objects.filter(state="would").values_list("kind", flat=True)) == ["acknowledgement"]


def test_the_card_is_played_by_its_buttons_alone(forum: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "test", lambda: type("Report", (), {"passed": [1] * 36, "failing": {}})())
    story, playing, pressed = STORIES["connect"], Playing(), []
    for _ in range(24):
        forum.drive()
        scene = story.scene(playing)
        if scene.step.act == "done":
            break
        pressed.append(scene.step.play or scene.step.who)
        if scene.step.play:
            playing = story.play(scene.step.play, playing)
            continue
        case = Case.objects.get(realm="demo")
        if scene.step.press:
            cases.take(forum.person("handler"), case.id)
        else:
            deciding.sign(_who(forum, scene.step.who), case.id, _put(case), None)
    begun = ["start", "test", "order", "handler-be", "decider-be", "decider-ee"]
    assert pressed == [*begun, "leave", "sign", "sign", "real", "decider-be", "decider-ee"]
    assert story.scene(playing).done == len(story.steps)
