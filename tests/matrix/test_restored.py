"""An edge that is ahead of its gateway, because that was put back to an older backup: nothing withheld is shown for it,
what is new takes hold again, and somebody is told of what this gateway no longer knows."""

import json
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest

from comity.platforms.guarded import guarded
from comity.platforms.matrix import commands
from comity.platforms.matrix.models import Counter, Deed, Held, Listed
from comity.shadow import pages

from .conftest import NAME


def back_to(serial: int) -> None:
    """The tables of this room as a backup holds them that was made when the list had this number."""
    later = Listed.objects.filter(platform=NAME, serial__gt=serial)
    Held.objects.filter(target__in=later.values("target")).delete()
    Deed.objects.filter(platform=NAME, kind="withhold", held=None).delete()
    later.delete()
    Counter.objects.filter(platform=NAME).update(serial=serial)


def test_it_works(stand: Any, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(commands, "record", lambda kind, **said: told.append((kind, said["public"])))
    known, lost, new = (stand.alice.say(stand.square, f"okapi {one}") for one in ("known", "lost", "new"))
    act = lambda n, event: stand.platform.act(f"{key}{n}", "withhold", f"{stand.square}/{event}", ["FR"])  # noqa: E731
    inside = lambda event: stand.viewer("FR").client(f"/v3/rooms/{quote(stand.square)}/event/{quote(event)}").raw  # noqa: E731
    page = lambda: pages._edges(guarded(stand.table, stand.platform, lambda: False))["rows"][0]  # noqa: E731
    act(1, known)
    backup = commands.serial(NAME)
    act(2, lost)
    stand.gateway.stop()
    back_to(backup)
    stand.gateway.start()
    act(3, new)  # done, so every edge holds it
    assert [b"okapi" in inside(one) for one in (known, lost, new)] == [False] * 3
    assert page()["more"] == 1
    assert {kind for kind, _ in told} == {"list.differs"}
    assert all(said["holds"] == said["listed"] + 1 for _, said in told)
    assert lost in [json.loads(line)["target"] for line in held(stand)]
    stand.platform.lift(f"{key}1")
    assert b"okapi known" in inside(known)
    stand.edge.end()  # what nobody knows any more is let go of by hand: its list is taken anew
    for file in (stand.home / "edge" / "state").glob("list.sqlite*"):
        file.unlink()
    stand.edge.start()
    assert [b"okapi" in inside(one) for one in (known, lost, new)] == [True, True, False]
    stand.platform.lift(f"{key}3")
    assert page()["more"] == 0


def held(stand: Any) -> list[str]:
    """What the edge withholds, as its operator asks it on its machine."""
    asked = [sys.executable, "-m", "comity_edge", "--held", str(stand.edge.config)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
