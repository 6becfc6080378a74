"""Terms, signatures and the State's answer in any order: nothing is settled but what the quorum signed and the State
confirmed."""

from typing import Any

import amount
import pytest
from countries.scene import registered, relation
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from people.members import Member

from comity.countries import speaking
from comity.countries.models import Agreement, Link
from comity.disputes import by_link, commands, rules
from comity.disputes.models import Settlement, Summary
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed

from .scene import WHY, again, moved, pending, put, sign

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REFUSED = (BadInput, NotAllowed, ApprovalRefused, rules.NotNow, speaking.Used)
STEPS = ("stay", "resume", "decide", "appeal", "drop")


class Table(RuleBasedStateMachine):
    """Two sides at a table, and people who may sign and who may not."""

    people: Any = None

    def __init__(self) -> None:
        super().__init__()
        counsel = self.people["counsel"]
        registered(counsel)
        self.dispute, self.n = pending(counsel), 0

    def _try(self, act: Any) -> bool:
        try:
            act()
        except REFUSED:
            return False
        return True

    @rule(who=st.sampled_from(["counsel", "decider", "theirs", "handler"]), kind=st.sampled_from(["settle", "publish"]))
    def put(self, who: str, kind: str) -> None:
        self.n += 1
        words = {"terms": f"{self.n}. The fine falls."} if kind == "settle" else {"text": f"{self.n}. They differ."}
        done = self._try(lambda: put(self.people[who], self.dispute, f"dispute-{kind}", **words))
        assert not done or who in ("counsel", "decider")

    @rule(who=st.sampled_from(["counsel", "decider", "neighbour", "theirs", "handler"]))
    def sign(self, who: str) -> None:
        done = self._try(lambda: sign(self.people[who], self.dispute))
        assert not done or who not in ("theirs", "handler")

    @rule()
    def send_back(self) -> None:
        self._try(lambda: commands.send_back(self.people["decider"].person, self.dispute.id, WHY))

    @rule()
    def take_back(self) -> None:
        self._try(lambda: commands.withdraw(self.people["counsel"].person, self.dispute.id, WHY))

    @rule(confirms=st.booleans(), latest=st.booleans())
    def answer(self, confirms: bool, latest: bool) -> None:
        links = Link.objects.filter(thing=self.dispute.id, purpose="settlement").order_by("-id" if latest else "id")
        if (link := links.first()) is None:
            return
        before = Settlement.objects.filter(dispute=self.dispute, state="signed").count()
        done = self._try(lambda: by_link.confirm(link) if confirms else by_link.decline(link, ""))
        assert not done or before == 1

    @rule(step=st.sampled_from(STEPS))
    def move(self, step: str) -> None:
        self._try(lambda: moved(self.people["counsel"], self.dispute, step))

    @invariant()
    def settled_by_both_alone(self) -> None:
        dispute = again(self.dispute)
        standing = Settlement.objects.filter(dispute=dispute, state="standing")
        assert (dispute.state == "settled") == standing.exists() == Agreement.objects.filter(state="standing").exists()
        for one in standing:
            assert one.confirmed_at is not None
            assert Agreement.objects.get(act=one.act).sha256 == one.sha256
            assert relation().state == "agreed"
        for act in Act.objects.filter(case=dispute.id, state="approved"):
            signers = {approval.person.jurisdiction for approval in act.approvals.all()}
            assert len(signers) >= 2
            assert "FR" not in signers
        assert Settlement.objects.filter(dispute=dispute, state__in=("proposed", "signed")).count() <= 1
        assert Summary.objects.filter(dispute=dispute, state="published").count() <= 1
        confirmed = Event.objects.filter(kind="settlement.confirmed", case=dispute.id).count()
        assert confirmed == standing.count()


def test_whatever_is_done_in_whatever_order(
    counsel: Member, decider: Member, neighbour: Member, theirs: Member, handler: Member
) -> None:
    Table.people = {
        "counsel": counsel, "decider": decider, "neighbour": neighbour, "theirs": theirs, "handler": handler
    }  # fmt: skip
    run_state_machine_as_test(
        Table,
        settings=settings(
            max_examples=80 if amount.SOAK else 5,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
