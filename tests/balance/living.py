"""One proposal and whoever does whatever to it, in any order, by the commands that the pages call; for Hypothesis."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from own_realm import NOW

from comity import clock
from comity.adoption import commands as adoption
from comity.adoption.models import Draft
from comity.balance import consulting, dates, proposing, rules, voting
from comity.balance.models import Comment, Proposal
from comity.demo.veltria import balancing
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

REFUSED = (NotNow, BadInput, NotAllowed, ApprovalRefused)
ANYBODY = ("counsel-be", "handler-be", "head-ee", "decider-ee", *balancing.COUNCIL)
WHY = "So that it is said once."
COUNSEL = "counsel-be"


class Life(RuleBasedStateMachine):
    """What is done goes as the table says or not at all; `world` and `people` are set by the test."""

    world: SimpleNamespace
    people: dict[str, Person]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(clock.freeze(NOW))
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)
        self.number, self.published, self.voted = self.world.number, "", False

    def teardown(self) -> None:
        self.stack.close()

    @property
    def now(self) -> Proposal:
        return Proposal.objects.get(id=self.number)

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(pk=self.world.draft)

    def attempt(self, act: Callable[[], object]) -> None:
        """What is refused changes nothing of it."""
        before = self.now
        try:
            with transaction.atomic():
                act()
        except REFUSED:
            assert {**vars(self.now), "_state": 0} == {**vars(before), "_state": 0}

    # -- whoever does whatever ----------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(ANYBODY), act=st.sampled_from(("admit", "refuse", "shape", "publish", "ballot", "edit")))
    def desk(self, who: str, act: str) -> None:
        person, n = self.people[who], self.number
        self.attempt({
            "admit": lambda: proposing.admit(person, n),
            "refuse": lambda: proposing.refuse(person, n, "no-rule", WHY),
            "shape": lambda: proposing.shape(person, n, self.world.draft),
            "publish": lambda: proposing.publish(person, n),
            "ballot": lambda: voting.ballot(person, n),
            "edit": lambda: proposing.edit(person, n, WHY),
        }[act])  # fmt: skip

    @rule(text=st.sampled_from(("Keep it.", "Who pays for the extra line?", "keep IT!")))
    def comments(self, text: str) -> None:
        self.attempt(lambda: consulting.comment(self.number, text))

    @rule(who=st.sampled_from(ANYBODY))
    def answers(self, who: str) -> None:
        left = list(Comment.objects.filter(proposal=self.number, answer=None).values_list("pk", flat=True))
        self.attempt(lambda: consulting.answer(self.people[who], self.number, left, WHY))

    @rule(who=st.sampled_from(ANYBODY), choice=st.sampled_from(rules.CHOICES))
    def votes(self, who: str, choice: str) -> None:
        person = self.people[who]

        def vote() -> None:
            voting.sign(person, self.number, voting.propose(person, self.number, choice, WHY).act, None)
            assert who in balancing.COUNCIL

        self.attempt(vote)

    @rule(who=st.sampled_from(ANYBODY))
    def marks(self, who: str) -> None:
        self.attempt(lambda: voting.mark(self.people[who], self.number, WHY))

    @rule(days=st.sampled_from((1, 14, 28, 31)))
    def time_passes(self, days: int) -> None:
        clock.advance(days * 86_400)
        dates.keep_time(clock.now())
        dates.keep_time(clock.now())  # a clock that ticks twice

    @rule(confirms=st.booleans())
    def who_made_it(self, confirms: bool) -> None:
        act = proposing.confirm if confirms else proposing.withdraw
        self.attempt(lambda: act(self.number, "state:XV"))

    @rule(who=st.sampled_from(ANYBODY))
    def signs(self, who: str) -> None:
        self.attempt(lambda: adoption.sign(self.people[who], self.draft.pk, self.draft.act, None))
        self.road()

    @rule()
    def road(self) -> None:
        """What follows by itself, each twice."""
        follows = {"proposal.carried": proposing.put_to_quorum, "regulation.adopted": proposing.adopted}
        for event in Event.objects.filter(kind__in=follows, case__in=(self.number, self.draft.number)).order_by("id"):
            for _ in range(2):
                follows[event.kind](event)

    @rule(n=st.integers(1, 3))
    def it_goes_on(self, n: int) -> None:
        """The next steps of the road, so that chance alone gets anywhere."""
        for _ in range(n):
            self.step()

    def step(self) -> None:
        state, who = self.now.state, COUNSEL
        if state == "shaped":
            self.who_made_it(True)
        if state in ("received", "admitted", "shaped"):
            self.desk(who, {"received": "admit", "admitted": "shape", "shaped": "publish"}[state])
        elif state == "answering":
            self.answers(who)
            self.desk(who, "ballot")
        elif state == "voting":
            for member in balancing.COUNCIL:
                self.votes(member, "for")
            self.time_passes(14)
        elif state == "carried":
            self.road()
            for signer in ("counsel-be", "decider-ee"):
                self.signs(signer)
        elif state in ("consulting", "frozen"):
            self.time_passes(28)

    @rule()
    def somebody_changes_a_byte(self) -> None:
        """Past every command, as whoever holds the database could: nothing goes on with it, whatever is asked."""
        text, before = self.draft.text, self.now.state
        if before not in rules.FIXED or before == "frozen":
            return
        Draft.objects.filter(pk=self.world.draft).update(text=f"{text}#")
        self.step()
        after = self.now.state
        assert after not in ("adopted", "voting") or after == before
        Draft.objects.filter(pk=self.world.draft).update(text=text)

    # -- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def one_hash(self) -> None:
        found, draft = self.now, self.draft
        if found.state in rules.FIXED:
            assert sha256(draft.text.encode()).hexdigest() == draft.sha256 == found.sha256
            self.published = self.published or found.sha256
        if found.state == "adopted":
            assert draft.sha256 == found.sha256 == self.published
            assert draft.ends_on == found.ends_on

    @invariant()
    def nothing_is_voted_on_that_waits_for_an_answer(self) -> None:
        if self.now.state in ("voting", "carried", "adopted"):
            assert consulting.unanswered(self.now) == 0

    @invariant()
    def nothing_is_carried_early_or_by_few(self) -> None:
        found = self.now
        if found.state in ("carried", "adopted", "unsigned"):
            assert 2 * found.tally["for"] > found.tally["members"]
            assert found.tally["jurisdictions"] >= 2
            assert found.vote_ends_at is None or found.vote_ends_at <= clock.now()

    @invariant()
    def what_is_over_lets_its_draft_go(self) -> None:
        found = self.now
        if found.state in rules.OVER - {"adopted", "ended"}:
            assert self.draft.proposal == ""
            assert found.over_at is not None

    @invariant()
    def each_end_is_told_once(self) -> None:
        ends = ("proposal.adopted", "proposal.unsigned", "proposal.failed", "proposal.withdrawn", "proposal.refused")
        assert Event.objects.filter(case=self.number, kind__in=ends).count() <= 1

    @invariant()
    def frozen_has_an_end(self) -> None:
        found = self.now
        if found.state == "frozen":
            assert found.frozen_until is not None
            assert found.frozen_until > clock.now() - timedelta(days=1)
