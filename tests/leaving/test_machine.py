"""The lives of a plan and of its steps, walked on real rows against the real sandbox: whatever people, the clock, a
faulty platform and killed workers do in whatever order, the tables are followed, what stands on the platform is the
highest key that isn't lifted, nobody next door sees a difference, and reversing puts every byte back."""

from collections.abc import Callable
from typing import Any

import pytest
from amount import SOAK
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from comity import clock
from comity.leaving import commands, moving, plan_file, rules
from comity.leaving.models import Gate, Plan
from comity.ledger.life import Life
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms.sandbox.client import Client

from .scene import NEXT, WHY, XV, Leaving
from .test_leave import pages

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REFUSED = (rules.NotNow, BadInput, NotAllowed, ApprovalRefused)
EXAMPLES, LONGEST = (150, 30) if SOAK else (3, 14)


class Killed(Exception):
    """The worker ends here."""


def test_the_tables_are_whole() -> None:
    assert {before for before, _ in rules.PLAN_LIFE} | set(rules.PLAN_LIFE.values()) == set(rules.PLAN_STATES)
    assert {before for before, _ in rules.STEP_LIFE} | set(rules.STEP_LIFE.values()) == set(rules.STEP_STATES)
    for state in set(rules.PLAN_STATES) - set(rules.OPEN):
        assert rules.PLAN.acts_in(state) == [], "what has ended stays so"
    for kind in plan_file.KINDS:
        file = plan_file.read(plan_file.text(kind))
        assert {name for name, _ in file.keeps} == {
            "orders", "preservation", "non-disclosure", "emergencies", "export", "appeals", "record",
        }  # fmt: skip


# -- the acts: each by somebody who may, and by somebody who may not ---------------------------------------------------


def _counsel(name: str, **said: Any) -> Callable[[Leaving], None]:
    return lambda leaving: getattr(commands, name)(leaving.who("counsel-be"), leaving.plan.number, **said)


def _sign(leaving: Leaving) -> None:
    for name in ("decider-be", "counsel-be", "head-ee"):
        if leaving.plan.act:
            commands.sign(leaving.who(name), leaving.plan.number, leaving.plan.act, None)


def _one_signs(leaving: Leaving) -> None:
    commands.sign(leaving.who("decider-ee"), leaving.plan.number, leaving.plan.act or "0" * 64, None)


def _attest(leaving: Leaving) -> None:
    for name, kind in (("counsel-be", "people-safe"), ("head-ee", "people-safe"), ("counsel-be", "money-hosting")):
        commands.attest(leaving.who(name), leaving.plan.number, kind)


def _handler(leaving: Leaving) -> None:
    number, handler = leaving.plan.number, leaving.who("handler-be")
    for name in ("try_now", "propose", "withdraw", "ask_again"):
        with pytest.raises(REFUSED):
            getattr(commands, name)(handler, number)
    with pytest.raises(REFUSED):
        commands.reverse(handler, number, WHY)


def _killed(when: str) -> Callable[[Leaving], None]:
    """Time goes by, and each word with the platform kills the worker once: before it arrives, or after."""

    def run(leaving: Leaving) -> None:
        said: set[str] = set()
        send = Client.send

        def sends(client: Client, *args: Any, **body: Any) -> Any:
            word = str((args, sorted(body)))
            fresh = word not in said and "/api/mode" not in word
            said.add(word)
            if fresh and when == "before":
                raise Killed(word)
            answer = send(client, *args, **body)
            if fresh:
                raise Killed(word)
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Client, "send", sends)
            leaving.tick(4)

    return run


ACTS: dict[str, Callable[[Leaving], None]] = {
    "edit": _counsel("edit", reason="Another reason."),
    "try": _counsel("try_now"),
    "propose": _counsel("propose"),
    "withdraw": _counsel("withdraw"),
    "ask again": _counsel("ask_again"),
    "send back": _counsel("send_back", reason=WHY),
    "resume": _counsel("resume", reason=WHY),
    "reverse": _counsel("reverse", reason=WHY),
    "pause": _counsel("pause", reason=WHY),
    "all sign": _sign,
    "one signs": _one_signs,
    "attest": _attest,
    "a handler tries": _handler,
    "time": lambda leaving: leaving.tick(4),
    "a minute": lambda leaving: leaving.tick(61),
    "killed before": _killed("before"),
    "killed after": _killed("after"),
    "pretend": lambda leaving: leaving.misbehave("pretend"),
    "shallow": lambda leaving: leaving.misbehave("shallow"),
    "down": lambda leaving: leaving.misbehave("down"),
    "normal": lambda leaving: leaving.misbehave("normal"),
}
OFTEN = ("all sign", "attest", "time", "time", "time", "normal")


def reachable(life: Life, before: str, after: str) -> bool:
    """Whether a life leads from one state to another."""
    found, edge = {before}, {before}
    while edge:
        edge = {life.table[state, act] for state in edge for act in life.acts_in(state)} - found
        found |= edge
    return after in found


def tried(leaving: Leaving, act: str) -> None:
    """One act: the tables are followed, and what is refused changes nothing."""
    plan, steps = leaving.plan, leaving.states()
    try:
        with transaction.atomic():
            ACTS[act](leaving)
    except REFUSED:
        assert (leaving.plan.state, leaving.states()) == (plan.state, steps), act
        return
    assert reachable(rules.PLAN, plan.state, leaving.plan.state), (act, plan.state, leaving.plan.state)
    if leaving.plan.number == plan.number:
        for kind, state in leaving.states().items():
            assert reachable(rules.STEP, steps[kind], state), (act, kind, steps[kind], state)


def settled(leaving: Leaving) -> None:
    """Once the platform answers as it should and the worker has done what waits, it stands there as the rows say."""
    leaving.misbehave("normal")
    for _ in range(2):
        leaving.tick(1)
    if leaving.plan.state != "paused":  # what a pretending platform took back is stopped for people to look at
        assert leaving.level() == moving.level("demo", XV), leaving.states()


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # to make an example smaller takes longer than to read it
)
@given(st.lists(st.sampled_from([*ACTS, *OFTEN, *OFTEN]), min_size=4, max_size=LONGEST), st.booleans())
def test_whatever_happens_in_whatever_order(leaving: Leaving, acts: list[str], begun: bool) -> None:
    before = {place: pages(leaving, place) for place in (XV, NEXT)}
    with transaction.atomic():
        try:
            walked(leaving, ["try", "propose", "all sign", "attest", "time", *acts] if begun else acts, before)
        finally:
            leaving.misbehave("normal")
            for gate in Gate.objects.all():  # the rows are rolled back, and what they put up isn't
                leaving.platform.lift(gate.key)
            transaction.set_rollback(True)


def walked(leaving: Leaving, acts: list[str], before: dict[str, dict[str, bytes]]) -> None:
    leaving.strained()
    leaving.drafted()
    for act in acts:
        tried(leaving, act)
        assert next_door(leaving) in (before[NEXT], None), act
    settled(leaving)
    undone(leaving)
    assert {place: pages(leaving, place) for place in (XV, NEXT)} == before


def next_door(leaving: Leaving) -> dict[str, bytes] | None:
    """What is shown there; None while the platform is down."""
    try:
        return pages(leaving, NEXT)
    except OSError:
        return None


def undone(leaving: Leaving) -> None:
    """Whatever state it is in, a plan comes to an end that leaves nothing behind."""
    if leaving.plan.state in ("running", "paused"):
        leaving.put("reverse")
        leaving.sign("decider-be", "decider-ee")
    for _ in range(4):
        leaving.tick(61)
    plan = leaving.plan
    assert plan.state in ("drafted", "tried", "proposed", "withdrawn", "reversed", "done"), leaving.states()
    if plan.state == "done":
        for gate in moving.standing("demo", XV):
            leaving.platform.lift(gate.key)
    else:
        assert (moving.level("demo", XV), leaving.level()) == ("open", "open")
    assert Plan.objects.filter(country=XV, state__in=rules.OPEN).count() <= 1
    assert clock.now()
