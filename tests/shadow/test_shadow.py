"""In shadow everything is judged, drafted, put to people and recorded; by the platform's own store, nothing is done."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from hostile.scene import alerts, decide, kinds, lift, mails, opened, seen, snapshot
from road import Road

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.outbox.models import Mail
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput
from comity.platforms import InShadow, for_url, shadow
from comity.platforms.models import Shadow
from comity.shadow import commands
from comity.shadow.models import Would

TABLES = ("withholdings", "withheld", "preserved", "gates", "gated", "notices")


def log(road: Road) -> dict[str, list[Any]]:
    """What the platform itself has of acts, lifts, notices and gates."""
    with sqlite3.connect(f"file:{road.sandbox.data / 'sandbox.sqlite3'}?mode=ro", uri=True) as db:
        return {name: sorted(db.execute(f"SELECT * FROM {name}").fetchall(), key=str) for name in TABLES}  # noqa: S608


def begin(name: str = "sandbox") -> Shadow:
    """Put the sandbox, or the gateway, in shadow, its leaving left to the demo's people."""
    return Shadow.objects.create(platform=name, realm="demo", since=clock.now())


def leave(road: Road, name: str = "sandbox") -> None:
    hash = commands.leave(road.person("decider"), name, "A week went well")
    assert not shadow.sign(road.person("decider"), name, hash, None)
    assert shadow.sign(road.person("decider", "EE"), name, hash, None)
    road.drive()


def its_clock(case: Case) -> tuple[Any, bool, str]:
    """Of the clock that drives a case: when it was met, whether it stands still, and as what."""
    row = case.deadlines.get(name="remove")
    return row.met_at, row.stopped_at is not None, row.stopped_as


@pytest.mark.slow
def test_it_works_from_the_order_to_the_comparison_and_then_for_real(road: Road) -> None:
    url = road.post()
    begin()
    before = log(road)
    case = opened(road, url)
    assert seen(url, "FR") == "visible"
    decide(road, case)
    # judged, drafted, signed, recorded; and nothing done
    assert (case.state, case.open) == ("in-shadow", True)
    assert case.due is not None
    assert log(road) == before
    assert not Measure.objects.exists()
    assert not Mail.objects.exclude(state="would").exists()
    assert [mail.kind for mail in Mail.objects.all()] == ["acknowledgement"]
    assert not Event.objects.filter(kind__in=("mail.queued", "mail.sent", "case.answered", "measure.begun")).exists()
    assert road.refused == []
    kept = Would.objects.get(case=case)
    assert (kept.platforms, kept.kind, kept.what, kept.targets) == (["sandbox"], "execute", ["withhold"], 1)

    # people do it their own way: everywhere; a viewer finds it a week later, and they say it
    world = for_url(url, "demo")
    assert world is not None
    with pytest.raises(InShadow):
        world.act("k", "withhold", "/c/harbour/1", ["FR"])
    commands.keep_time(kept.decided_at + timedelta(days=6))
    kept.refresh_from_db()
    assert kept.seen == ""
    commands.keep_time(kept.decided_at + timedelta(days=7))
    kept.refresh_from_db()
    assert kept.seen == "nothing"
    person = road.person("handler")
    with pytest.raises(BadInput, match="instead"):
        commands.say(person, case.id, "other")
    commands.say(person, case.id, "nothing")
    assert its_clock(case) == (None, True, "undone")
    commands.say(person, case.id, "same")
    assert its_clock(case)[0]
    commands.say(person, case.id, "nothing")
    assert its_clock(case) == (None, True, "undone")
    commands.say(person, case.id, "same")
    case.refresh_from_db()
    assert (case.state, case.open, case.due) == ("by-hand", False, None)
    (row,) = commands.compared("sandbox", "demo")
    assert (row.instrument, row.would, row.same, row.contradicted) == (case.instrument, 1, 1, 1)

    # it is left by two; what was decided in shadow stays undone until people put it anew, and sign it anew
    leave(road)
    road.again(case, "shadow.would", "decision.approved")
    road.again(case, "measures.begin", "decision.approved")
    road.drive()
    assert log(road) == before
    assert not shadow.stands("sandbox")
    commands.for_real(road.person("decider"), case.id, "Shadow is left")
    road.drive()
    decide(road, case)
    assert case.state == "answered"
    assert (seen(url, "FR"), len(mails("answer"))) == ("withheld", 1)
    assert Mail.objects.get(kind="acknowledgement").state == "would"


@pytest.mark.slow
def test_what_was_signed_in_shadow_is_void_once_it_is_left_and_the_whole_gateway_holds_every_letter(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = road.post()
    settings.COMITY = replace(settings.COMITY, shadow=True)
    assert shadow.whole()
    before = log(road)
    case = opened(road, url)
    deciding.sign(road.person("decider"), case.id, case.act, None)
    case.refresh_from_db()
    first = case.act
    assert case.state == "second-approval"
    # the settings' row is made once at the start, and to take the setting away ends nothing
    shadow.settle()
    shadow.settle()
    settings.COMITY = replace(settings.COMITY, shadow=False)
    assert Event.objects.filter(kind="shadow.begun").count() == 1
    assert shadow.whole()
    Shadow.objects.update(realm="demo")  # the demo's people stand for those who decide
    hash = commands.leave(road.person("decider"), "gateway", "A week went well")
    assert not shadow.sign(road.person("decider"), "gateway", hash, None)
    with pytest.raises(ApprovalRefused):
        shadow.sign(road.person("decider"), "gateway", hash, None)
    assert shadow.whole()
    shadow.sign(road.person("decider", "EE"), "gateway", hash, None)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.act != first) == ("to-decide", True)
    with pytest.raises(ApprovalRefused):
        deciding.sign(road.person("decider", "EE"), case.id, first, None)
    assert log(road) == before
    decide(road, case)
    assert case.state == "answered"


@pytest.mark.slow
def test_what_stands_is_not_lifted_in_shadow_and_waits_with_the_desk_told(road: Road) -> None:
    url = road.post()
    case = decide(road, opened(road, url))
    assert case.state == "answered"
    standing, before = snapshot(url), log(road)
    begin()
    sent = Mail.objects.filter(state="sent").count()
    lift(road, case)
    assert (snapshot(url), log(road)) == (standing, before)
    assert case.state == "answered"
    assert "measure.failed" in alerts()
    failed = Event.objects.filter(kind="measure.failed", case=case.id).latest("id")
    assert failed.told["why"] == "shadow"
    assert Mail.objects.filter(state="sent").count() == sent
    leave(road)
    for event in Event.objects.filter(kind="decision.approved", case=case.id, public__kind="lift"):
        road._again("comity:step", {"command": "measures.lift", "event": event.id})
    road.drive()
    case.refresh_from_db()
    assert case.state == "lifted"
    assert kinds(case).count("measure.lifted") == 1
