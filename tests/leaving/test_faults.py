"""The platform pretends, spills, is down or half-hearted; people pause and reverse in the middle: nothing is lost, and
what isn't seen doesn't count."""

from datetime import timedelta

import pytest

from comity import clock
from comity.alerts.models import Alert
from comity.cases.models import Case
from comity.leaving import carrying, commands
from comity.leaving.models import Gate, Look, Plan
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.people.models import Act

from .scene import NEXT, THREE, Leaving

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def alerts(leaving: Leaving) -> set[str]:
    return set(Alert.objects.filter(thing=leaving.plan.number, seen_at=None).values_list("kind", flat=True))


def resumed(leaving: Leaving) -> None:
    leaving.put("resume")
    assert leaving.sign()
    leaving.drive()


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("mode", "why"), [("pretend", "not-seen"), ("spill", "neighbour-changed"), ("shallow", "not-seen")]
)
def test_what_is_not_seen_as_it_should_be_stops_the_plan(leaving: Leaving, mode: str, why: str) -> None:
    leaving.running()
    leaving.to("tell")
    leaving.misbehave(mode)
    leaving.to("no-signups")
    assert (leaving.plan.state, leaving.plan.why) == ("paused", why)
    assert leaving.states()["no-signups"] == "failed"
    assert alerts(leaving) == {"plan.paused"}
    wrong = leaving.step("no-signups").looks.filter(when="after", right=False)
    assert {one.inside for one in wrong} == {why == "not-seen"}
    leaving.misbehave("normal")
    leaving.tick(600)
    assert leaving.states()["read-only"] == "waiting", "and goes no further by itself"
    if mode == "spill":
        leaving.reversed()
        assert (leaving.plan.state, leaving.level(), leaving.level(NEXT)) == ("reversed", "open", "open")
    else:
        resumed(leaving)
        assert leaving.states()["no-signups"] == "seen"
        assert leaving.level() == "no-signups"
        assert Gate.objects.count() == 1, "under the same key"
        assert alerts(leaving) == set()


def test_the_platform_down_half_way_loses_nothing(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("tell")
    leaving.misbehave("down")
    for _ in range(3):
        leaving.tick(60)
    assert (leaving.plan.state, leaving.states()["no-signups"]) == ("running", "waiting")
    assert alerts(leaving) == {"step.waits"}
    leaving.misbehave("normal")
    leaving.tick(60)
    assert leaving.states()["no-signups"] == "seen"
    assert leaving.level() == "no-signups"
    assert alerts(leaving) == set()


@pytest.mark.soak
def test_down_between_the_act_and_the_look(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("tell")
    clock.advance(4)
    carrying.keep_time(clock.now())
    leaving.road.one()  # the act
    assert leaving.states()["no-signups"] == "acted"
    leaving.misbehave("down")
    leaving.drive()
    assert leaving.states()["no-signups"] == "acted"
    commands.pause(leaving.who("handler-be"), leaving.plan.number, "Look at it first.")
    leaving.misbehave("normal")
    leaving.tick(60)
    assert (leaving.plan.state, leaving.states()["no-signups"]) == ("paused", "seen"), "what was done is looked at"
    leaving.tick(600)
    assert not leaving.plan.act, "and nothing more is put to people"
    resumed(leaving)
    leaving.tick(600)
    assert Act.objects.get(hash=leaving.plan.act).kind == "plan-step"


@pytest.mark.soak
def test_a_reverse_in_the_middle_of_a_step(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("no-signups")
    leaving.tick(4)
    leaving.sign()
    platform = leaving.platform
    step = leaving.step("read-only")
    assert carrying._begin(step, carrying._before(step)), "on record, and then the worker is slow"
    leaving.reversed()
    assert (leaving.plan.state, leaving.level()) == ("reversed", "open")
    gate = Gate.objects.get(key=step.key)
    assert platform.gate(gate.key, gate.country, gate.level, gate.notice).state == "lifted", "its call comes too late"
    assert leaving.level() == "open"
    leaving.tick(60)
    assert leaving.states()["read-only"] == "undone"


@pytest.mark.soak
def test_a_reverse_while_the_platform_is_down_is_done_once_it_is_back_the_last_first(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("read-only")
    leaving.misbehave("down")
    leaving.put("reverse")
    leaving.sign("decider-be", "decider-ee")
    leaving.drive()
    assert (leaving.plan.state, leaving.states()["read-only"]) == ("reversing", "undoing")
    leaving.misbehave("normal")
    leaving.tick(60)
    assert (leaving.plan.state, leaving.level()) == ("reversed", "open")
    undone = Event.objects.filter(case=leaving.plan.number, kind="step.undone").order_by("id")
    assert [one.told["step"] for one in undone] == [
        "read-only", "no-signups", "tell", "money-hosting", "people-safe",
    ]  # fmt: skip


@pytest.mark.soak
def test_a_step_that_could_not_be_done_for_a_day_is_signed_anew(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("no-signups")
    leaving.tick(4)
    first = leaving.plan.act
    leaving.misbehave("down")
    clock.advance(1)
    for name in THREE:
        commands.decisions.sign(commands.PLAN, leaving.plan.number, leaving.who(name), first, None)
    leaving.drive()
    leaving.day()
    assert (leaving.plan.state, leaving.plan.why) == ("paused", "stale")
    leaving.misbehave("normal")
    resumed(leaving)
    assert leaving.plan.act not in ("", first)
    assert leaving.sign()
    leaving.drive()
    assert leaving.states()["read-only"] == "seen"


@pytest.mark.soak
def test_a_lift_that_the_platform_only_pretends_is_told_and_tried_again(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("no-signups")
    leaving.misbehave("pretend")
    leaving.put("reverse")
    leaving.sign("decider-be", "decider-ee")
    leaving.drive()
    leaving.tick(60)
    assert leaving.plan.state == "reversing"
    assert alerts(leaving) == {"gate.wrong"}
    assert Gate.objects.filter(lifted_at=None).count() == 1
    leaving.misbehave("normal")
    leaving.tick(60)
    assert (leaving.plan.state, leaving.level(), alerts(leaving)) == ("reversed", "open", set())


def test_it_is_looked_at_each_day_and_what_changed_is_told(leaving: Leaving) -> None:
    leaving.left()
    leaving.tick(61)
    assert Look.objects.filter(when="daily", right=True).count() == 3
    leaving.platform.lift(Gate.objects.get(level="notice").key)
    leaving.tick(10)
    assert alerts(leaving) == set(), "once a day, in the demo once a minute"
    leaving.tick(61)
    assert alerts(leaving) == {"gate.wrong"}
    assert (leaving.plan.state, leaving.relation.state) == ("done", "left")


@pytest.mark.soak
def test_a_running_plan_stops_where_the_daily_look_finds_something_else(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("read-only")
    clock.advance(1)
    leaving.platform.lift(Gate.objects.get(level="read-only").key)
    Plan.objects.update(looked_at=clock.now() - timedelta(days=1))
    leaving.tick(0)
    assert (leaving.plan.state, leaving.states()["read-only"]) == ("paused", "failed")


def test_urgent_is_without_waits_and_stops_unless_people_review_it(leaving: Leaving) -> None:
    leaving.running(urgent=True)
    leaving.attested()
    leaving.tick(0)
    assert leaving.states()["no-signups"] == "seen"
    review = Act.objects.get(kind="plan-review", state="open")
    clock.advance(timedelta(hours=72).total_seconds())
    leaving.tick(0)
    assert (leaving.plan.state, leaving.plan.why) == ("paused", "review-missed")
    assert review.case == leaving.plan.number


@pytest.mark.soak
def test_an_urgent_plan_that_was_reviewed_goes_on(leaving: Leaving) -> None:
    leaving.running(urgent=True)
    leaving.attested()
    leaving.tick(0)
    for name in ("decider-be", "head-ee"):
        review = Act.objects.get(kind="plan-review", state="open")
        commands.sign(leaving.who(name), leaving.plan.number, review.hash, None)
    assert leaving.plan.reviewed_at
    clock.advance(timedelta(hours=72).total_seconds())
    leaving.tick(0)
    assert leaving.plan.state == "running"


# -- coming back, with measures that stand ----------------------------------------------------------------------------


def coming_back(leaving: Leaving) -> None:
    leaving.proposed("return")
    leaving.sign()
    for _ in range(14):
        leaving.tick()


def standing(leaving: Leaving) -> Measure:
    """A measure in effect in the whole Union, by an order of the demo's authority."""
    url = leaving.road.post()
    request = leaving.road.receive(leaving.road.sample("good-text", url))
    leaving.drive()
    case = Case.objects.get(request=request)
    leaving.road.sign(case)
    leaving.drive()
    made = Measure.objects.get(case=case)
    assert made.state == "effective"
    return made


def test_what_orders_withhold_is_looked_at_before_reading_opens(leaving: Leaving) -> None:
    leaving.country = "FR"
    made = standing(leaving)
    leaving.left()
    run = commands.latest(leaving.plan)
    assert run is not None
    assert run.counts["standing"] == 1
    leaving.platform.lift(f"{made.act}:0")
    coming_back(leaving)
    assert (leaving.plan.state, leaving.plan.why) == ("paused", "measure")
    assert leaving.level() == "notice", "nothing was opened"


@pytest.mark.soak
def test_what_stands_is_counted_and_reading_opens(leaving: Leaving) -> None:
    leaving.country = "FR"
    standing(leaving)
    leaving.left()
    coming_back(leaving)
    assert (leaving.plan.state, leaving.relation.state) == ("done", "talking")
    assert (leaving.step("measures").looked, leaving.step("measures").blind) == (1, 0), "it is seen from elsewhere"
