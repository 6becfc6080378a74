"""What was signed is what is so: a stale dry run, counts that moved, an emergency or somebody who moved asks again."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from figures.scene import case

from comity import clock
from comity.cases.models import Case, Deadline
from comity.countries import commands as countries
from comity.leaving import commands, dry, rules
from comity.people import commands as people
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed

from .scene import WHY, XV, Leaving

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(leaving: Leaving) -> Leaving:
    leaving.strained()
    leaving.proposed()
    return leaving


def opened(country: str = XV, instrument: str = "eu-tco-removal-order") -> Case:
    made = case(clock.now().date(), country=country, instrument=instrument, realm="demo")
    Case.objects.filter(pk=made.pk).update(open=True, state="to-decide")
    return made


def test_it_works(put: Leaving) -> None:
    put.sign("decider-be")
    opened()
    with pytest.raises(rules.AskAgain, match="open cases from there: 0, now 1"):
        put.sign("counsel-be")
    first = put.plan.act
    commands.ask_again(put.who("counsel-be"), put.plan.number)
    assert put.plan.act != first
    assert Act.objects.get(hash=first).state == "void"
    assert put.plan.state == "proposed"
    assert put.sign()


def test_counts_that_moved_by_less_than_the_plan_allows_ask_nothing() -> None:
    most = {"open": 1}
    assert rules.moved({"open": 1000}, {"open": 1010}, most) == []
    assert rules.moved({"open": 1000}, {"open": 1011}, most) == [("open", 1000, 1011)]
    assert rules.moved({"open": 3}, {"open": 2}, most) == [("open", 3, 2)]
    assert rules.moved({"open": None}, {"open": None}, most) == []
    assert rules.moved({"open": None}, {"open": 0}, most) == [("open", None, 0)]
    assert rules.moved({}, {"held": 0}, most) == [("held", None, 0)]


def _case(leaving: Leaving) -> None:
    opened()


def _deadline(leaving: Leaving) -> None:
    Deadline.objects.create(
        case=Case.objects.get(country=XV), name="remove", started_at=clock.now(), due_legal=clock.now(), cite=""
    )


def _emergency(leaving: Leaving) -> None:
    opened(instrument="own-hotline")


def _age(leaving: Leaving) -> None:
    clock.advance(timedelta(hours=24).total_seconds())


def _another(leaving: Leaving) -> None:
    person = people.make_person(uuid.uuid4(), "demo-decider-xv", "demo", ["decider"], XV)
    assert person.jurisdiction == XV


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (_case, "open cases from there: 1, now 2"),
        (_deadline, "deadlines in window 1: 0, now 1"),
        (_emergency, "an emergency from there is open"),
        (_age, "older than 24 hours"),
        (_another, "people here who decide and live there: 0, now 1"),
    ],
)
def test_what_moved_is_named_and_nobody_has_signed(
    leaving: Leaving, what: Callable[[Leaving], None], says: str
) -> None:
    leaving.strained()
    opened()
    leaving.proposed()
    leaving.sign("decider-be", "counsel-be")
    what(leaving)
    with pytest.raises(rules.AskAgain, match=says):
        leaving.sign("head-ee")
    assert leaving.plan.state == "proposed"
    assert leaving.plan.approved == ""


def test_it_is_not_even_put_to_people_while_an_emergency_is_open(leaving: Leaving) -> None:
    leaving.strained()
    leaving.drafted()
    opened(instrument="own-hotline")
    commands.try_now(leaving.who("counsel-be"), leaving.plan.number)
    with pytest.raises(rules.AskAgain, match="emergency"):
        commands.propose(leaving.who("counsel-be"), leaving.plan.number)
    assert leaving.plan.state == "tried"


def test_an_emergency_stops_what_runs_and_only_reversing_does_not_wait_for_it(leaving: Leaving) -> None:
    leaving.running()
    leaving.attested()
    opened(instrument="own-hotline")
    leaving.tick()
    assert (leaving.plan.state, leaving.plan.why) == ("paused", "emergency")
    assert leaving.relation.state == "disputed"
    with pytest.raises(rules.AskAgain, match="emergency"):
        leaving.put("resume")
    leaving.reversed()
    assert leaving.plan.state == "reversed"


def test_who_lives_there_counts_for_no_signature_and_may_pause(leaving: Leaving) -> None:
    third = people.make_person(uuid.uuid4(), "demo-decider-xv", "demo", ["decider"], XV)
    people._ensure_demo_key(third)
    clock.advance(1)
    leaving.strained()
    leaving.proposed()
    run = commands.latest(leaving.plan)
    assert run is not None
    assert run.counts["signers"] == 1
    assert list(Act.objects.get(hash=leaving.plan.act).rule.without) == [str(third.id)]
    with pytest.raises((ApprovalRefused, NotAllowed)):
        commands.sign(third, leaving.plan.number, leaving.plan.act, None)
    assert leaving.sign()
    commands.pause(third, leaving.plan.number, WHY)
    assert leaving.plan.state == "paused"


def test_a_desk_whose_people_live_there_is_told_that_it_can_not_leave_by_itself(leaving: Leaving) -> None:
    leaving.country = "BE"
    leaving.strained()
    leaving.drafted()
    commands.try_now(leaving.who("counsel-be"), leaving.plan.number)
    with pytest.raises(BadInput, match="none of whom lives there; this desk has 2"):
        commands.propose(leaving.who("counsel-be"), leaving.plan.number)


def test_the_relation_moved_by_hand_meanwhile_stops_it_before_anybody_is_told(leaving: Leaving) -> None:
    leaving.running()
    leaving.attested()
    countries.move(leaving.who("counsel-be"), "demo", XV, "drop", WHY)
    leaving.tick()
    assert (leaving.plan.state, leaving.plan.why, leaving.relation.state) == ("paused", "relation", "talking")


def test_the_plan_that_was_signed_is_the_plan_that_runs(leaving: Leaving) -> None:
    leaving.running()
    leaving.attested()
    plan = leaving.plan
    plan.text = plan.text.replace("demo: 3", "demo: 0", 1)
    plan.save()
    leaving.tick()
    assert (leaving.plan.state, leaving.plan.why) == ("paused", "not-signed")
    assert leaving.level() == "open"


def test_unknown_is_said_and_not_counted_as_none(leaving: Leaving, monkeypatch: Any) -> None:
    leaving.strained()
    leaving.drafted()
    leaving.misbehave("down")
    run = commands.try_now(leaving.who("counsel-be"), leaving.plan.number)
    assert run.counts["people"] is None
    assert run.counts["disputes"] == 0
    leaving.misbehave("normal")
    assert dry.people("demo", XV) == 2
    commands.propose(leaving.who("counsel-be"), leaving.plan.number)
    with pytest.raises(rules.AskAgain, match="people there: unknown, now 2"):
        leaving.sign("decider-be")


def test_danger_from_nobody_knows_where_blocks_nothing_and_is_listed(leaving: Leaving) -> None:
    leaving.strained()
    found = opened("FR")
    type(found.request).objects.filter(pk=found.request_id).update(top=2, authority="")
    leaving.proposed()
    run = commands.latest(leaving.plan)
    assert run is not None
    assert run.counts["unplaced"] == 1
    assert leaving.sign()


def test_a_step_that_waits_for_the_one_before_it_names_no_date_that_is_over() -> None:
    now = clock.now()
    over, ahead = now - timedelta(seconds=1), now + timedelta(days=1)
    assert rules.to_come(None, over, now) is None
    assert rules.to_come(None, ahead, now) == ahead
    assert rules.to_come(over, ahead, now) == over, "once it is due that date counts"
    assert rules.to_come(None, None, now) is None
