"""The life as a table: every state can be reached and left as the table says, and no act does what it does not say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from comity.adoption import rules
from comity.adoption.models import Draft
from comity.adoption.words import STATES

ACTS = sorted({act for _, act in rules.LIFE})


class Life(RuleBasedStateMachine):
    """A change, and whoever does whatever to it."""

    @initialize()
    def begin(self) -> None:
        self.state, self.trusted = "draft", False
        self.tried = False

    @rule(act=st.sampled_from(ACTS))
    def do(self, act: str) -> None:
        before = self.state
        try:
            self.state = rules.after(before, act)
        except rules.NotNow:
            assert act not in rules.acts_in(before)
            return
        self.tried = act == "try" or (self.tried and act not in ("edit", "return"))
        self.trusted = self.trusted or act in ("adopt", "decree")

    @precondition(lambda self: self.state in rules.STANDING | {"adopted", "superseded", "ended"})
    @rule()
    def nothing_stands_untried_or_unsigned(self) -> None:
        assert self.trusted
        assert self.tried

    @precondition(lambda self: self.state in rules.CLOSED)
    @rule()
    def what_is_over_stays_over(self) -> None:
        assert rules.acts_in(self.state) == []


def test_it_works() -> None:
    run_state_machine_as_test(Life, settings=settings(stateful_step_count=20, deadline=None))


def test_every_state_can_be_reached_and_has_a_word() -> None:
    seen, ahead = set(), ["draft"]
    while ahead:
        state = ahead.pop()
        if state not in seen:
            seen.add(state)
            ahead += [rules.after(state, act) for act in rules.acts_in(state)]
    assert seen == set(rules.STATES) == set(STATES)


@pytest.mark.django_db
def test_the_table_knows_no_other_state() -> None:
    from django.db import IntegrityError
    from django.utils import timezone

    at = timezone.datetime(2026, 11, 24, tzinfo=timezone.get_fixed_timezone(0))
    with pytest.raises(IntegrityError, match="draft_state"):
        Draft.objects.create(realm="real", regulation="x", state="sleeping", made_at=at, edited_at=at)


PIECE = st.text(alphabet="abc: {}[]#'\"\n-", max_size=30)


@given(before=PIECE, after=PIECE)
def test_only_the_lines_of_one_check_change(before: str, after: str) -> None:
    entry = "  - id: redress\n    blocking: false\n    holds: {en: yes}\n"
    other = "\n  - id: other\n    blocking: false\n"
    if "redress" in before + after or "blocking" in before + after:
        return
    text = before + "\n" + entry + other + after
    made = rules.set_blocking(text, "redress", "defective", "manifest-errors")
    wanted = entry.replace("blocking: false", "blocking: true\n    outcome: defective\n    ground: manifest-errors")
    assert made == before + "\n" + wanted + other + after
    assert rules.set_blocking(made, "redress", "") == text


def test_a_check_that_blocks_no_longer_promises_to_carry_the_order_out() -> None:
    said = '{en: "No. We carry it out all the same; please send it.", fr: "Nous exécutons tout de même ; lisez."}'
    entry = f"    fails: {said}\n    blocking: false\n"
    text = f"checks:\n  - id: one\n{entry}  - id: two\n{entry}"
    made = rules.set_blocking(text, "one", "defective")
    assert '    fails: {en: "No. Please send it.", fr: "Lisez."}\n    blocking: true\n' in made
    assert made.count(said) == 1
    assert rules.set_blocking(text, "one", "") == text


def test_a_check_that_is_not_there() -> None:
    with pytest.raises(rules.NoSuchCheck):
        rules.set_blocking("checks:\n  - id: one\n    blocking: true\n", "two", "defective")


@pytest.mark.parametrize(
    ("version", "taken", "named"),
    [
        ("2021-784.1", ["2021-784.1"], "2021-784.2"),
        ("2021-784.1", ["2021-784.1", "2021-784.2"], "2021-784.3"),
        ("first", [], "first.1"),
        ("a.b", ["a.b.1"], "a.b.2"),
    ],
)
def test_the_next_name(version: str, taken: list[str], named: str) -> None:
    assert rules.next_version(version, taken) == named
