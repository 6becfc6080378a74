"""The two lives as machines on real rows, interleaved: each moves by itself, forbidden acts change nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import amount
import pytest
from cases.test_waiting import mail
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from road import Road

from comity import clock
from comity.cases.models import Question, Request
from comity.claims import commands, passing, rules
from comity.claims.models import Claim, Sent
from comity.ledger.life import NotNow
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

from .scene import THREAT, WHY, at, post, staff

pytestmark = pytest.mark.django_db

# written down once more, from what a claim is, and not from the table: what may follow what
COURT = {"unsorted": "yes no unsure", "none": "yes no unsure", "with-counsel": "yes no unsure instruct"}
COURT |= {"instructed": "yes instruct end", "ended": "yes instruct"}
PRESSURE = {"unsorted": "yes no unsure", "none": "yes no unsure", "registered": "yes no unsure answer"}
PRESSURE |= {"answered": "yes answer end", "ended": "yes answer"}
SAYS = {"court": {"yes": "with-counsel"}, "pressure": {"yes": "registered"}}
LEFT = ("instructed", "answered", "ended")


def machine(road: Road) -> type[RuleBasedStateMachine]:
    """The machine on the rows of a road's database."""
    held, people = post(road), {role: staff(role) for role in ("counsel", "head", "handler", "decider", "auditor")}

    class Lives(RuleBasedStateMachine):
        """One claim, and whoever does whatever to it."""

        @initialize()
        def begin(self) -> None:
            request = road.receive(mail(THREAT, f"Number {Claim.objects.count()}"))
            self.id = commands.open_by_hand(people["handler"], request.id).id
            commands.of_post(people["counsel"], self.id, held.pk)
            self.court = self.pressure = "unsorted"
            self.sent = 0

        def tried(self, act: Callable[[Person], Any], role: str, possible: bool) -> bool:
            """Do it as somebody; whether it was done. What isn't allowed, or isn't possible now, is refused."""
            if role not in ("counsel", "head"):
                with pytest.raises(NotAllowed):
                    act(people[role])
                return False
            if not possible:
                with pytest.raises(NotNow):
                    act(people[role])
                return False
            act(people[role])
            return True

        @rule(
            role=st.sampled_from(["counsel", "head", "handler", "auditor"]),
            court=st.sampled_from(rules.ANSWERS),
            pressure=st.sampled_from(rules.ANSWERS),
        )
        def sort(self, role: str, court: str, pressure: str) -> None:
            can = court in COURT[self.court].split() and pressure in PRESSURE[self.pressure].split()
            if self.tried(lambda who: commands.sort(who, self.id, court, pressure, WHY), role, can):
                self.court = self.after("court", self.court, court)
                self.pressure = self.after("pressure", self.pressure, pressure)

        def after(self, track: str, state: str, answer: str) -> str:
            if answer == "yes":
                return state if state in (*LEFT, *SAYS[track].values()) else SAYS[track]["yes"]
            return "none" if answer == "no" else "unsorted"

        @rule(role=st.sampled_from(["counsel", "head", "decider"]))
        def instruct(self, role: str) -> None:
            can = "instruct" in COURT[self.court].split()
            if self.tried(lambda who: passing.instruct(who, self.id), role, can):
                self.court, self.sent = "instructed", self.sent + 1

        @rule(role=st.sampled_from(["counsel", "handler"]))
        def answer(self, role: str) -> None:
            can = "answer" in PRESSURE[self.pressure].split()
            if self.tried(lambda who: passing.answer(who, self.id, "By the lawful door.", how="post"), role, can):
                self.pressure, self.sent = "answered", self.sent + 1

        @rule(role=st.sampled_from(["head", "decider"]), track=st.sampled_from(rules.TRACKS))
        def end(self, role: str, track: str) -> None:
            state = self.court if track == "court" else self.pressure
            can = "end" in (COURT if track == "court" else PRESSURE)[state].split()
            if self.tried(lambda who: commands.end(who, self.id, track, "It is over."), role, can):
                setattr(self, track, "ended")

        @rule(hours=st.integers(-50, 50))
        def day(self, hours: int) -> None:
            commands.set_day(people["counsel"], self.id, clock.now() + timedelta(hours=hours))

        @rule(wrong=st.sampled_from(["", "maybe", "YES"]))
        def nonsense(self, wrong: str) -> None:
            with pytest.raises(BadInput):
                commands.sort(people["counsel"], self.id, wrong, "no", WHY)

        @invariant()
        def it_is_as_said(self) -> None:
            if not hasattr(self, "id"):
                return
            claim = Claim.objects.get(id=self.id)
            assert (claim.court, claim.pressure) == (self.court, self.pressure)
            assert Sent.objects.filter(claim=claim).count() == self.sent
            said = dict(Question.objects.filter(request=claim.request_id).values_list("name", "answer"))
            if claim.sorted_at:
                assert (said["court"] == "yes") == (self.court in ("with-counsel", "instructed", "ended"))
                assert (said["pressure"] == "yes") == (self.pressure in ("registered", "answered", "ended"))
            request = Request.objects.get(id=claim.request_id)
            running = request.deadlines.filter(theirs=True, met_at=None, stopped_at=None).exists()
            assert not (running and self.court in ("instructed", "ended"))
            assert not (running and (self.court, self.pressure) == ("none", "none"))

    return Lives


@pytest.mark.slow
def test_it_works(road: Road) -> None:
    with clock.freeze(at("2026-11-30T12:00:00+00:00")):
        run_state_machine_as_test(
            machine(road),
            settings=settings(max_examples=60 if amount.SOAK else 5, stateful_step_count=14, deadline=None),
        )


def test_every_state_can_be_reached() -> None:
    for life, states in ((rules.COURT_LIFE, rules.COURT_STATES), (rules.PRESSURE_LIFE, rules.PRESSURE_STATES)):
        seen, ahead = set(), ["unsorted"]
        while ahead:
            state = ahead.pop()
            if state not in seen:
                seen.add(state)
                ahead += [after for (before, _), after in life.items() if before == state]
        assert seen == {*states}
