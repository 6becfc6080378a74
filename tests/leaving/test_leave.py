"""A country is left by a signed plan, step by step, each seen there and next door; one hand pauses, two undo."""

import urllib.error
import urllib.request
import uuid

import pytest

from comity import clock
from comity.countries import commands as countries
from comity.countries.models import Move
from comity.leaving import commands, rules
from comity.leaving.models import Gate, Look, Plan
from comity.outbox.models import Mail
from comity.people import commands as people
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed

from .scene import NEXT, THREE, WHY, XV, Leaving

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_it_works(leaving: Leaving) -> None:
    leaving.running()
    assert leaving.relation.state == "disputed", "nobody outside hears of it before people are safe"
    leaving.attested()
    assert leaving.states()["money-hosting"] == "seen"
    leaving.tick()
    assert leaving.states()["tell"] == "seen"
    assert leaving.relation.state == "leaving"
    assert Move.objects.latest("id").by == "decider, BE; counsel, BE; head, EE"
    leaving.to("no-signups")
    assert (leaving.level(), leaving.level(NEXT)) == ("no-signups", "open")
    leaving.to("read-only")
    assert (leaving.level(), leaving.level(NEXT)) == ("read-only", "open")
    leaving.to("notice")
    assert (leaving.level(), leaving.level(NEXT)) == ("notice", "open")
    assert (leaving.plan.state, leaving.relation.state) == ("done", "left")
    for step in leaving.plan.steps.filter(does="gate"):
        looks = Look.objects.filter(step=step, when="after")
        assert [(one.place, one.inside, one.right) for one in looks.order_by("-inside", "id")] == [
            (XV, True, True), (XV, True, True), (NEXT, False, True),
        ]  # fmt: skip
    assert leaving.road.refused == []


@pytest.mark.slow
def test_it_is_reversed_to_the_byte_and_the_relation_is_as_it_was_before_leaving(leaving: Leaving) -> None:
    before = {place: pages(leaving, place) for place in (XV, NEXT)}
    leaving.running()
    leaving.to("read-only")
    assert pages(leaving, XV) != before[XV]
    assert pages(leaving, NEXT) == before[NEXT]
    leaving.reversed()
    assert leaving.plan.state == "reversed"
    assert set(leaving.states().values()) == {"undone", "waiting"}
    assert {place: pages(leaving, place) for place in (XV, NEXT)} == before
    assert leaving.relation.state == "strained"
    assert not Gate.objects.filter(lifted_at=None).exists()
    again = leaving.proposed()
    assert again.number != Plan.objects.earliest("id").number


def pages(leaving: Leaving, place: str) -> dict[str, bytes]:
    """What an ordinary viewer in a place is shown of a channel, the front and joining, as bytes.

    Raises OSError while it is down."""
    found = {}
    for path in ("/", "/c/harbour", "/join", "/u/anna"):
        try:
            with urllib.request.urlopen(f"{leaving.road.sandbox.base_url}{path}?from={place}") as answer:
                found[path] = answer.read()
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise
            with error:
                found[path] = error.read()
    return found


@pytest.mark.soak
def test_it_comes_back_by_a_plan_of_its_own(leaving: Leaving) -> None:
    leaving.left()
    leaving.proposed("return")
    leaving.sign()
    assert leaving.relation.state == "returning"
    for kind, level in (("open-reading", "read-only"), ("open-writing", "no-signups"), ("open-signups", "open")):
        for _ in range(12):
            leaving.tick()
            if leaving.step(kind).state == "seen":
                break
        assert leaving.step(kind).state == "seen", leaving.states()
        assert (leaving.level(), leaving.level(NEXT)) == (level, "open")
    assert (leaving.plan.state, leaving.relation.state) == ("done", "talking")


@pytest.mark.soak
def test_coming_back_is_stopped_half_way(leaving: Leaving) -> None:
    leaving.left()
    leaving.proposed("return")
    leaving.sign()
    for _ in range(12):
        leaving.tick()
        if leaving.step("open-writing").state == "seen":
            break
    assert leaving.level() == "no-signups"
    leaving.reversed()
    assert (leaving.plan.state, leaving.relation.state, leaving.level()) == ("reversed", "left", "notice")
    leaving.proposed("return")
    assert leaving.plan.state == "proposed", "and another plan of coming back can be made"


def test_a_second_plan_is_refused_and_says_which_is_open(leaving: Leaving) -> None:
    leaving.strained()
    first = leaving.drafted()
    with pytest.raises(BadInput, match=first.number):
        leaving.drafted()
    commands.withdraw(leaving.who("counsel-be"), first.number)
    assert leaving.drafted().number != first.number
    assert Plan.objects.get(number=first.number).state == "withdrawn"


def test_coming_back_is_for_a_country_that_was_left_and_leaving_for_one_that_was_not(leaving: Leaving) -> None:
    leaving.strained()
    with pytest.raises(rules.NotNow, match="return"):
        leaving.drafted("return")
    with pytest.raises(BadInput, match="kind"):
        leaving.drafted("flee")


def test_anyone_of_the_desk_pauses_at_once_and_three_go_on(leaving: Leaving) -> None:
    leaving.running()
    with pytest.raises(NotAllowed):
        commands.attest(leaving.who("handler-be"), leaving.plan.number, "people-safe")
    commands.pause(leaving.who("handler-be"), leaving.plan.number, "Fires there: they need it.")
    assert leaving.plan.state == "paused"
    with pytest.raises(rules.NotNow):
        leaving.attested()
    leaving.tick(60)
    assert leaving.states()["tell"] == "waiting"
    leaving.put("resume")
    assert not leaving.sign("decider-be", "decider-ee")
    assert leaving.sign("counsel-be")
    assert leaving.plan.state == "running"
    leaving.attested()
    leaving.tick()
    assert leaving.states()["tell"] == "seen"


@pytest.mark.parametrize("names", [("decider-be", "counsel-be"), ("decider-be", "decider-ee"), THREE[:1]])
def test_fewer_than_three_leave_nothing(leaving: Leaving, names: tuple[str, ...]) -> None:
    leaving.strained()
    leaving.proposed()
    assert not leaving.sign(*names)
    assert leaving.plan.state == "proposed"


def test_a_quorum_from_one_jurisdiction_never_counts(leaving: Leaving) -> None:
    third = people.make_person(uuid.uuid4(), "demo-head-be", "demo", ["head"], "BE")
    people._ensure_demo_key(third)
    leaving.strained()
    clock.advance(1)
    leaving.proposed()
    leaving.sign("decider-be", "counsel-be")
    with pytest.raises(ApprovalRefused, match="jurisdiction"):
        leaving.sign("head-be")
    assert leaving.plan.state == "proposed"
    assert leaving.sign("head-ee")


def test_reason_and_first_day_are_changed_before_it_is_put_to_people(leaving: Leaving) -> None:
    leaving.strained()
    plan = leaving.drafted()
    commands.try_now(leaving.who("counsel-be"), plan.number)
    commands.edit(leaving.who("counsel-be"), plan.number, reason="Another reason.", urgent=True)
    assert (leaving.plan.state, leaving.plan.reason, leaving.plan.urgent) == ("drafted", "Another reason.", True)
    with pytest.raises(rules.NotNow):
        commands.propose(leaving.who("counsel-be"), plan.number)
    for starts in ("2020-01-01", "soon"):
        with pytest.raises(BadInput, match="starts"):
            commands.edit(leaving.who("counsel-be"), plan.number, reason=WHY, starts=starts)


def test_its_authorities_and_the_state_are_written_to_once_in_two_languages(leaving: Leaving) -> None:
    countries.register(leaving.who("counsel-be"), "demo", XV, "contact@ministry.example")
    leaving.running()
    leaving.attested()
    leaving.tick()
    assert Mail.objects.filter(kind="plan").count() == 1
