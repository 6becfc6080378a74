"""Several kinds of measure under one decision, and one that only keeps: each done, seen and undone; answered once."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hostile.scene import alerts, decide, kinds, lift, mails, opened, seen, snapshot
from road import Road

from comity import clock
from comity.answers import lifting
from comity.cases import deciding, judging, prolonging
from comity.cases.models import Case, Deadline
from comity.decisions import commands as decisions
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.measures import brakes, ending, taking, targets, undoing
from comity.measures import commands as measures
from comity.measures.models import Brake, Effect, Measure, Preserved
from comity.notifications.models import Notification
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act
from comity.people.sessions import BACKEND
from comity.platforms import sandbox_world
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.platforms.sandbox import Sandbox
from comity.regulations import matching
from comity.road import BY_THE_CLOCK
from comity.vault import commands as vault

pytestmark = pytest.mark.slow  # whole stories of the road

WITHHOLD = {"kind": "withhold", "territory": ["EU"]}
PRESERVE = {"kind": "preserve", "territory": ["WORLD"]}


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the finding of each order has for measures, whatever its pack says."""
    them: list[dict[str, Any]] = []
    genuine = matching.judge_request
    monkeypatch.setattr(judging.matching, "judge_request", lambda *given: genuine(*given) | {"measures": list(them)})
    return them


@pytest.mark.slow
def test_it_works_to_withhold_and_preserve_in_one_act(road: Road, ordered: list[Any]) -> None:
    ordered += [PRESERVE, WITHHOLD]
    url = road.post(draw="harbour")
    before = snapshot(url)
    case = decide(road, opened(road, url))
    assert case.state == "answered", road.refused
    act = decisions.approved(case.id, "execute").act
    assert (act["what"], act["territory"]) == (["preserve", "withhold"], ["EU"])
    assert [seen(url, country) for country in ("DE", "CH")] == ["withheld", "visible"]
    assert sorted(Measure.objects.values_list("kind", "state")) == [
        ("preserve", "effective"),
        ("withhold", "effective"),
    ]
    for kind in ("measure.begun", "measure.acted", "effect.observed"):
        told = Event.objects.filter(case=case.id, kind=kind).values_list("public__kind", flat=True)
        assert sorted(told) == ["preserve", "withhold"], kind
    assert len(mails("answer")) == kinds(case).count("case.answered") == 1
    assert Notification.objects.filter(case=case, state="sent").count() == 1
    assert alerts() == []
    desk = Client(HTTP_HOST="localhost:8000")
    desk.force_login(road.person("decider"), backend=BACKEND)
    assert desk.get(f"/console/cases/{case.id}").content.decode().count("See what it does") == 1
    lift(road, case)
    assert (case.state, snapshot(url)) == ("lifted", before), road.refused
    assert set(Measure.objects.values_list("state", flat=True)) == {"lifted"}
    assert kinds(case).count("measure.lifted") == 2
    assert len(mails("lifted")) == 1
    assert alerts() == []
    assert road.refused == []


@pytest.mark.slow
def test_nothing_is_answered_before_the_second_was_seen(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered += [PRESERVE, WITHHOLD]
    case = opened(road, road.post())
    genuine = Sandbox.act

    def only_keeps(self: Any, key: str, kind: str, *rest: Any) -> Any:
        if kind == "withhold":
            raise PlatformRefused("cannot", "no")
        return genuine(self, key, kind, *rest)

    monkeypatch.setattr(Sandbox, "act", only_keeps)
    decide(road, case)
    assert case.state == "not-effective"
    assert alerts() == ["measure.failed"]
    failed = Event.objects.filter(kind="measure.failed").values_list("public", flat=True)
    assert list(failed) == [{"kind": "withhold", "why": "refused"}]
    assert Measure.objects.get(kind="preserve").state == "effective"
    assert (mails("answer"), Notification.objects.count()) == ([], 0)
    monkeypatch.setattr(Sandbox, "act", genuine)
    road.again(case, "measures.begin", "decision.approved")
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered"
    assert kinds(case).count("measure.acted") == 2
    assert len(mails("answer")) == 1
    assert alerts() == []


def test_what_only_keeps_changes_nothing_and_nobody_is_told(road: Road, ordered: list[Any]) -> None:
    ordered += [PRESERVE]
    url = road.post("Keep this", draw="harbour")
    before = snapshot(url)
    case = decide(road, opened(road, url))
    assert case.state == "answered", road.refused
    assert snapshot(url) == before
    assert {effect.seen for effect in Effect.objects.all()} == {"visible"}
    assert Notification.objects.count() == 0
    sandbox_world().remove(url)
    copies = [vault.get(copy.doc) for copy in Preserved.objects.filter(case=case)]
    assert before in copies
    lift(road, case)
    assert Measure.objects.get().state == "lifted", road.refused
    assert case.state == "lifted"
    for copy in Preserved.objects.filter(case=case):
        with pytest.raises(vault.Gone):
            vault.get(copy.doc)


def holding(road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch, until: datetime) -> Case:
    """A case whose preservation has an end."""
    ordered += [PRESERVE]
    genuine = deciding.rules.to_keep
    end = until.isoformat()
    monkeypatch.setattr(deciding.rules, "to_keep", lambda *given: genuine(*given) | {"until": end})
    case = decide(road, opened(road, road.post()))
    assert case.state == "answered", road.refused
    return case


def test_a_preservation_ends_by_itself_once(road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    until = clock.now() + timedelta(days=60)
    case = holding(road, ordered, monkeypatch, until)
    ending.end_due(until - timedelta(seconds=1))
    assert Measure.objects.get().state == "effective"
    brakes.set_brake(road.person("decider"), "demo", "a drill of ours")
    ending.end_due(until)
    assert Measure.objects.get().state == "effective"
    brakes.release_brake(road.person("decider"), "demo", "it is over")
    sandbox_world().misbehave("down")
    ending.end_due(until)
    assert Measure.objects.get().state == "effective"
    sandbox_world().misbehave("normal")
    for _ in range(2):
        ending.end_due(until)
    road.drive()
    assert Measure.objects.get().state == "ended"
    assert kinds(case).count("measure.ended") == 1
    assert mails("lifted") == []


def test_a_platform_that_refuses_to_let_go_is_told_once_and_it_ends(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    case = holding(road, ordered, monkeypatch, until)

    def refuses(*_: object) -> None:
        raise PlatformRefused("cannot", "no")

    monkeypatch.setattr(Sandbox, "lift", refuses)
    for _ in range(2):
        ending.end_due(until)
    road.drive()
    assert Measure.objects.get().state == "ended"
    assert kinds(case).count("measure.failed") == 1
    assert alerts() == ["measure.failed"]


@pytest.mark.soak
def test_what_the_brake_of_one_realm_holds_keeps_no_other_realm_waiting(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    held = holding(road, ordered, monkeypatch, until)
    other = holding(road, ordered, monkeypatch, until + timedelta(seconds=1))
    Case.objects.filter(id=held.id).update(realm="drill")
    Brake.objects.create(realm="drill", set_at=clock.now())
    monkeypatch.setattr(ending, "ENDED_AT_ONCE", 1)
    ending.end_due(until + timedelta(seconds=1))
    assert [Measure.objects.get(case=case).state for case in (held, other)] == ["effective", "ended"]


@pytest.mark.soak
def test_one_platform_that_is_down_keeps_none_of_another_waiting(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    stuck = holding(road, ordered, monkeypatch, until)
    other = holding(road, ordered, monkeypatch, until + timedelta(seconds=1))
    genuine, asked = targets.by_platform, list[str]()

    class Elsewhere(Sandbox):
        def capabilities(self) -> Any:
            return replace(super().capabilities(), name="Elsewhere")

        def lift(self, key: str) -> Any:
            asked.append(key)
            raise PlatformDown("down")

    down = Elsewhere(sandbox_world().base_url, "token")
    of_it = {url for url, _ in targets.targets_of(Measure.objects.get(case=stuck))}
    monkeypatch.setattr(
        targets,
        "by_platform",
        lambda urls, realm: [(down, [*range(len(urls))])] if of_it & {*urls} else genuine(urls, realm),
    )
    monkeypatch.setattr(ending, "ENDED_AT_ONCE", 1)
    for _ in range(2):  # the first finds it down; the next begins with what wasn't tried yet
        ending.end_due(until + timedelta(seconds=1))
    assert [Measure.objects.get(case=case).state for case in (stuck, other)] == ["effective", "ended"]
    ending.end_due(until + timedelta(seconds=1))
    assert len(asked) == 2, "it is tried again"
    assert alerts() == []


def test_an_end_that_was_put_off_too_late_is_put_off_before_its_copies_are_forgotten(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    case = holding(road, ordered, monkeypatch, until)
    later = until + timedelta(days=30)
    said = {"started_at": clock.now(), "due_target": later, "due_legal": later, "cite": "Art. 11"}
    Deadline.objects.create(case=case, name="preserve-until", **said)
    with transaction.atomic():
        record("order.prolonged", realm="demo", by="handler", case=case.id, public={"how": "extension"})
    monkeypatch.setattr(prolonging, "end_of", lambda _: later)
    now = until + timedelta(hours=1)  # the worker stood still: the step has not run
    monkeypatch.setattr(clock, "now", lambda: now)
    for command in BY_THE_CLOCK:
        if command in (ending.end_due, vault.forget):
            command(now)
    assert (Measure.objects.get().state, Measure.objects.get().ends_at) == ("effective", later)
    assert all(vault.get(copy.doc) for copy in Preserved.objects.filter(case=case))


def test_a_lift_that_was_put_before_its_case_ended_can_be_signed_by_nobody(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    case = holding(road, ordered, monkeypatch, until)
    put = lifting.propose(road.person("decider"), case.id, "It was withdrawn", "mistake")
    ending.end_due(until)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open, case.act) == ("ended", False, "")
    assert Act.objects.get(hash=put).state == "void"
    with pytest.raises(ApprovalRefused):
        deciding.sign(road.person("decider"), case.id, put, None)


def test_a_target_that_is_refused_keeps_no_other_from_being_let_go(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered += [WITHHOLD]
    urls = [road.post(), road.post()]
    case = decide(road, opened(road, " ".join(urls)))
    genuine = Sandbox.lift_many

    def one_refused(self: Any, keys: Any) -> Any:
        return [PlatformRefused("cannot", "no"), *genuine(self, keys)[1:]]

    monkeypatch.setattr(Sandbox, "at_once", 2)
    monkeypatch.setattr(Sandbox, "lift_many", one_refused)
    with pytest.raises(PlatformRefused):
        undoing.lift_all(Measure.objects.get(case=case), "demo")
    assert seen(urls[1], "DE") == "visible"


def test_a_preservation_is_prolonged_with_its_copies_and_never_shortened(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(days=60)
    case = holding(road, ordered, monkeypatch, until)
    event, later = Event.objects.filter(case=case.id).latest("id"), until + timedelta(days=300)
    for end in (later, until, later):
        monkeypatch.setattr(prolonging, "end_of", lambda _, end=end: end)
        ending.put_off(event)
    ending.end_due(until)
    assert (Measure.objects.get().state, Measure.objects.get().ends_at) == ("effective", later)
    assert {copy.until for copy in Preserved.objects.filter(case=case)} == {later}
    assert kinds(case).count("measure.prolonged") == 1


def test_what_has_no_address_is_recorded_from_what_was_signed(
    road: Road, ordered: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered += [PRESERVE]
    keep = {"data": [{"category": "subscriber"}], "named": {"email": ["anna@example.org"]}, "until": None}
    monkeypatch.setattr(deciding.rules, "to_keep", lambda *_: keep)
    monkeypatch.setattr(deciding.rules, "actable", lambda *_: [])
    case = decide(road, opened(road, road.post()))
    assert case.state == "answered", road.refused
    assert decisions.approved(case.id, "execute").act["targets"] == []
    record = Preserved.objects.get(case=case, target=vault.keyed_hash(""))
    assert vault.get_json(record.doc) == keep
    assert alerts() == []


def test_what_is_to_be_kept_is_read_from_finding_and_facts() -> None:
    from comity.cases import rules

    finding = {
        "data": [{"category": "subscriber", "outcome": "valid"}, {"category": "content", "outcome": "refuse"}],
        "duties": [{"id": "preserve", "until": "2026-12-01T00:00:00Z"}],
    }
    data = [{"category": name, "from": None, "held": True} for name in ("subscriber", "content")]
    form = {"identifiers_user": ["anna"], "identifiers_ip": [], "urls": ["x"]}
    assert rules.to_keep(finding, {"data": data, "form": form}) == {
        "data": [{"category": "subscriber", "from": None}],
        "named": {"user": ["anna"]},
        "until": "2026-12-01T00:00:00Z",
    }


@pytest.mark.soak
def test_an_act_that_was_begun_by_the_version_before_goes_on_under_its_own_keys(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it stood when the worker of that version was stopped: acted on the platform, and not yet told."""
    url = road.post()
    case = opened(road, url)
    road.sign(case)
    decision = Event.objects.get(case=case.id, kind="decision.approved")
    act = Act.objects.get(hash=decision.sealed["act"])
    genuine = taking.carry_out

    def killed(approved: Any, kind: str, *rest: Any) -> None:
        taking._begun(approved, kind, *rest)
        platform = targets.platform_of(url, "demo")
        platform.act(f"{act.hash}:0", kind, platform.resolve(url).ref, approved.act["territory"])
        raise PlatformDown("killed")

    monkeypatch.setattr(taking, "carry_out", killed)
    with pytest.raises(PlatformDown):
        measures.begin(decision)
    monkeypatch.setattr(taking, "carry_out", genuine)
    new: list[bool] = []
    real = Sandbox.act

    def counted(self: Any, *given: Any) -> Any:
        receipt = real(self, *given)
        new.append(receipt.new)
        return receipt

    monkeypatch.setattr(Sandbox, "act", counted)
    road.drive()
    case.refresh_from_db()
    assert (case.state, new) == ("answered", [False]), road.refused
    assert Event.objects.filter(once=f"act:{decision.id}", kind="measure.acted").count() == 1
