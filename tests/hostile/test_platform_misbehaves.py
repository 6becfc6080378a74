"""A platform that lies, falls silent or changes under us: one act, one answer, and the desk told of everything else."""

from typing import Any

import pytest
from hostile.scene import alerts, decide, kinds, lift, mails, opened, seen, snapshot
from road import Road

from comity.cases.models import Case
from comity.measures import brakes, looking, taking
from comity.measures.models import Measure
from comity.notifications.models import Notification
from comity.platforms import sandbox_world
from comity.platforms.sandbox import Sandbox


@pytest.mark.slow
def test_a_yes_without_a_deed_is_not_effective_until_a_viewer_sees_it(road: Road) -> None:
    url = road.post()
    case = opened(road, url)
    sandbox_world().misbehave("pretend")
    decide(road, case)
    assert case.state == "not-effective"
    assert alerts() == ["measure.failed"]
    assert mails("answer") == []
    assert not Notification.objects.exists()
    assert case.open
    sandbox_world().misbehave("normal")


@pytest.mark.slow
def test_a_platform_that_was_down_gets_exactly_one_act(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    url = road.post()
    case = opened(road, url)
    sandbox_world().misbehave("down")
    decide(road, case)
    assert case.state == "not-effective"
    assert alerts() == ["measure.failed"]
    sandbox_world().misbehave("normal")
    new: list[bool] = []
    real = taking.Platform

    def counted(self: Any, key: str, kind: str, ref: str, territory: Any) -> Any:
        receipt = genuine(self, key, kind, ref, territory)
        new.append(receipt.new)
        return receipt

    assert issubclass(Sandbox, real)
    genuine = Sandbox.act
    monkeypatch.setattr(Sandbox, "act", counted)
    road.again(case, "measures.begin", "decision.approved")
    road.again(case, "measures.begin", "decision.approved")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered"
    assert new.count(True) == 1
    assert kinds(case).count("measure.acted") == 1
    assert len(mails("answer")) == 1
    assert alerts() == []


@pytest.mark.soak
def test_nothing_is_acted_under_the_brake_and_goes_on_after_it(road: Road) -> None:
    url = road.post()
    before = snapshot(url)
    case = opened(road, url)
    decider = road.person("decider")
    brakes.set_brake(decider, "demo", "a drill of ours")
    decide(road, case)
    assert (case.state, snapshot(url)) == ("carrying-out", before)
    brakes.release_brake(decider, "demo", "it is over")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    assert seen(url, "DE") == "withheld"
    brakes.set_brake(decider, "demo", "again")
    lift(road, case)
    assert seen(url, "DE") == "withheld"
    brakes.release_brake(decider, "demo", "and over")
    road.drive()
    case.refresh_from_db()
    assert (case.state, snapshot(url)) == ("lifted", before)


@pytest.mark.slow
def test_the_brake_stops_in_the_middle_of_an_act(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [road.post(), road.post()]
    case = opened(road, "\n".join(urls))
    real = taking.do

    def first_then_brake(*given: Any) -> None:
        real(*given)
        brakes.set_brake(road.person("decider"), "demo", "stop")

    monkeypatch.setattr(taking, "do", first_then_brake)
    monkeypatch.setattr(Sandbox, "at_once", 1)
    decide(road, case)
    assert [seen(url, "DE") for url in urls] == ["withheld", "visible"]
    assert case.state == "carrying-out"
    monkeypatch.setattr(taking, "do", real)
    brakes.release_brake(road.person("decider"), "demo", "go on")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered"
    assert [seen(url, "DE") for url in urls] == ["withheld", "withheld"]


@pytest.mark.slow
def test_a_lift_leaves_every_byte_as_it_was(road: Road) -> None:
    url = road.post(draw="harbour")
    before = snapshot(url)
    case = decide(road, opened(road, url))
    assert snapshot(url) != before
    lift(road, case)
    assert case.state == "lifted"
    assert snapshot(url) == before
    assert Measure.objects.get(case=case).state == "lifted"
    assert alerts() == []


@pytest.mark.slow
def test_lifting_one_of_two_measures_on_a_message_says_truly_that_it_stays_withheld(road: Road) -> None:
    url, told = road.post(), _told(road).count("can be seen again")
    before = snapshot(url)
    first = decide(road, opened(road, url, "OOS-2026-A"))
    second = decide(road, opened(road, url + "?from=DE", "OOS-2026-B"))
    assert (first.state, second.state) == ("answered", "answered"), road.refused
    lift(road, first)
    assert first.state == "lifted"
    assert seen(url, "DE") == "withheld"
    measure = Measure.objects.get(case=first)
    assert measure.state == "lifted", road.refused
    assert {e.seen for e in measure.effects.filter(when="lifted", inside=True)} == {"withheld"}
    assert alerts() == []
    assert _told(road).count("can be seen again") == told
    lift(road, second)
    assert Measure.objects.get(case=second).state == "lifted", road.refused
    assert snapshot(url) == before
    assert seen(url, "DE") == "visible"


def _told(road: Road) -> str:
    import urllib.request

    anna = next(a for a in sandbox_world().inhabitants() if a.id == "anna")
    with urllib.request.urlopen(anna.page, timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_a_message_that_its_author_deletes_before_the_act_is_answered_as_gone(road: Road) -> None:
    url = road.post()
    case = opened(road, url)
    sandbox_world().remove(url)
    decide(road, case)
    assert case.state == "answered", road.refused
    assert "visible" not in {e.seen for e in Measure.objects.get(case=case).effects.filter(when="after")}
    lift(road, case)
    assert Measure.objects.get(case=case).state == "lifted", road.refused


@pytest.mark.slow
def test_a_message_that_its_author_deletes_after_the_act_is_still_answered(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = road.post()
    case = opened(road, url)
    real = taking.do

    def then_deleted(*given: Any) -> None:
        real(*given)
        sandbox_world().remove(url)

    monkeypatch.setattr(taking, "do", then_deleted)
    decide(road, case)
    assert case.state == "answered", road.refused
    assert len(mails("answer")) == 1


@pytest.mark.slow
def test_a_lift_before_the_platform_came_back_stops_the_act_for_good(road: Road) -> None:
    url = road.post()
    case = opened(road, url)
    before = snapshot(url)
    sandbox_world().misbehave("down")
    decide(road, case)
    assert case.state == "not-effective"
    lift(road, case)
    sandbox_world().misbehave("normal")
    road.again(case, "measures.begin", "decision.approved")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("lifted", False)
    assert snapshot(url) == before
    assert mails("answer") == []


@pytest.mark.soak
def test_a_lift_that_does_not_take_is_told_to_the_desk(road: Road) -> None:
    url = road.post()
    case = decide(road, opened(road, url))
    sandbox_world().misbehave("pretend")
    lift(road, case)
    assert seen(url, "DE") == "withheld"
    assert alerts() == ["measure.failed"]
    assert Measure.objects.get(case=case).state == "lifting"
    assert road.refused == []  # it is looked again later: nothing has failed
    sandbox_world().misbehave("normal")


@pytest.mark.slow
def test_a_refusal_of_the_platform_is_told_to_the_desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.platforms.port import PlatformRefused

    def refuses(*_: object) -> None:
        raise PlatformRefused("cannot", "no")

    case = opened(road, road.post())
    monkeypatch.setattr(Sandbox, "act", refuses)
    decide(road, case)
    assert case.state == "not-effective"
    assert alerts() == ["measure.failed"]
    assert mails("answer") == []


@pytest.mark.slow
def test_a_refusal_while_lifting_is_told_to_the_desk_once_and_lifted_when_it_can_be(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.ledger.models import Event
    from comity.platforms.port import PlatformRefused

    def refuses(*_: object) -> None:
        raise PlatformRefused("cannot", "no")

    url = road.post()
    case = decide(road, opened(road, url))
    genuine = Sandbox.lift
    monkeypatch.setattr(Sandbox, "lift", refuses)
    lift(road, case)
    assert (seen(url, "DE"), Measure.objects.get(case=case).state) == ("withheld", "effective")
    failed = Event.objects.filter(case=case.id, kind="measure.failed").values_list("public", flat=True)
    assert list(failed) == [{"kind": "lift", "why": "refused"}]
    assert alerts() == ["measure.failed"]
    monkeypatch.setattr(Sandbox, "lift", genuine)
    decision = Event.objects.get(case=case.id, kind="decision.approved", public__kind="lift")
    road._again("comity:step", {"command": "measures.lift", "event": decision.id})
    road.drive()
    assert (seen(url, "DE"), Measure.objects.get(case=case).state) == ("visible", "lifted")
    assert alerts() == []


@pytest.mark.soak
def test_a_refusal_while_looking_is_told_to_the_desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.platforms.port import PlatformRefused

    case = opened(road, road.post())

    def refuses(*_: object, **__: object) -> None:
        raise PlatformRefused("no-token", "no")

    monkeypatch.setattr(looking, "look", refuses)
    decide(road, case)
    assert case.state == "not-effective"
    assert alerts() == ["measure.failed"]
    assert mails("answer") == []


def test_one_message_gone_does_not_keep_the_others_from_being_preserved(road: Road) -> None:
    from comity.measures.models import Preserved

    kept, gone = road.post(), road.post()
    request = road.receive(_two(road, kept, gone))
    _until(road, "case.judged")
    sandbox_world().remove(gone)
    road.drive()
    assert Preserved.objects.filter(case=Case.objects.get(request=request)).count() == 1
    assert not [one for one in road.refused if "preserve" in one[0]]


def _two(road: Road, *urls: str) -> bytes:
    from hostile.scene import order, signed

    return signed(order(road, "\n".join(urls)))


def _until(road: Road, kind: str) -> None:
    """Drive until an event has happened."""
    from comity.ledger.models import Event

    while not Event.objects.filter(kind=kind).exists():
        assert road.one()


@pytest.mark.soak
def test_an_order_that_came_while_the_platform_was_down_is_judged_again_when_it_is_back(road: Road) -> None:
    from comity.cases.models import Request
    from comity.ledger.models import Event

    url = road.post()
    sandbox_world().misbehave("down")
    request = road.receive(_two(road, url))
    road.drive()
    case = Case.objects.get(request=request)
    assert case.plan != "annex3", "silence is not an empty place"
    assert not Measure.objects.exists()
    assert "platform-down" in Request.objects.get(id=request.id).flags
    assert len(mails("acknowledgement")) == 1
    sandbox_world().misbehave("normal")
    graded = Event.objects.get(kind="sender.graded")
    road._again("comity:step", {"command": "cases.judging.judge_request", "event": graded.id})
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.plan, case.outcome) == ("to-decide", "execute", "valid")
    assert Request.objects.get(id=request.id).flags == []
    decide(road, case)
    assert case.state == "answered"
    assert len(mails("answer")) == 1
