"""Whether and when the persons are told of what was produced: by the packs' own findings, and on the road."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from regulations.cases_of_packs import ROOT, changed, pack_of
from road import open_road

from comity import clock
from comity.custody import commands, rules, telling
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.regulations import judge

from .scene import Custody, asked, proven

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
COURT = {"requested": True, "decided_at": "2026-11-20T18:00:00Z"}


@pytest.mark.parametrize(
    ("pack", "silence", "danger", "told"),
    [
        ("us-warrant", None, False, ("due", NOW)),
        ("us-warrant", {**COURT, "until": "2027-03-01T00:00:00Z"}, False, ("due", datetime(2027, 3, 1, tzinfo=UTC))),
        ("us-warrant", {**COURT, "until": "2026-11-25T00:00:00Z"}, False, ("due", NOW)),
        ("us-warrant", {**COURT, "until": None}, False, ("held", None)),
        ("us-warrant", {"requested": True, "decided_at": None, "until": None}, False, ("due", NOW)),  # no court's order
        ("us-emergency", None, True, ("held", None)),
        ("eu-eevidence-production", None, False, ("", None)),
        ("eu-dsa-order-inform", None, False, ("due", NOW)),
    ],
)
def test_as_the_order_s_regulation_says(
    pack: str, silence: dict[str, Any] | None, danger: bool, told: tuple[str, datetime | None]
) -> None:
    facts = changed(ROOT / pack / "good.yaml")
    if silence is not None:
        facts["non_disclosure"] = silence
    finding = judge.judge(facts, pack_of(pack))
    assert finding["outcome"] == "valid"
    assert rules.when_told(finding, danger=danger, now=NOW) == told


@pytest.mark.django_db
@pytest.mark.slow
def test_the_person_is_told_once_inside_the_platform_and_of_a_european_production_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proven(monkeypatch)
    with open_road() as road:
        made = asked(road)
        made.give("be", "ee", "pt")
        made.file()
        road.drive()
        telling.tell_due(clock.now() + timedelta(days=900))
        assert (made.opening.telling, notices(made)) == ("", []), "of a European production its authority tells them"

        found = commands.deciding.finding_of(made.case)
        duty = {"id": "inform-author", "held_by": None, "held_until": None}
        american = {**found, "finding": {**found["finding"], "duties": [*found["finding"]["duties"], duty]}}
        monkeypatch.setattr(telling.deciding, "finding_of", lambda case: american)
        telling.plan(Event.objects.get(kind="production.collected", case=made.opening.id))
        assert made.opening.telling == "held", "a life was in danger: a person says that it is over"
        telling.tell_due(clock.now() + timedelta(days=900))
        assert notices(made) == []
        with pytest.raises(NotAllowed):
            telling.release(road.person("handler"), made.opening.id)
        telling.release(road.person("decider"), made.opening.id)
        with pytest.raises(BadInput, match="nobody waits"):
            telling.release(road.person("decider"), made.opening.id)
        for _ in range(2):
            telling.tell_due(clock.now())
        ((ref, text),) = notices(made)
        assert ref == "/u/luc"
        assert "740 Js 2/26" in text
        assert "content data of /u/luc" in text
        assert made.secret not in text
        told = Event.objects.filter(kind="production.told", case=made.opening.id).get()
        assert (told.told, made.opening.telling) == ({"channel": "platform"}, "told")


def notices(made: Custody) -> list[tuple[str, str]]:
    """What the platform itself has told people of an opening: the ref and the text."""
    road = made.road
    with sqlite3.connect(f"file:{road.sandbox.data / 'sandbox.sqlite3'}?mode=ro", uri=True) as db:
        mine = f"production:{made.opening.id}:%"
        return db.execute("SELECT ref, text FROM notices WHERE key LIKE ?", (mine,)).fetchall()
