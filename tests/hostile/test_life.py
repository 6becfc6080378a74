"""The life of a case as a machine: from every state that can be reached there is a way on, and only by the table."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from comity.cases import rules

ACTS = sorted({act for _, act in rules.LIFE})
OURS = frozenset({"observe", "answer", "fail"})  # what machines do by themselves; people's acts are the others


class Life(RuleBasedStateMachine):
    """Any acts in any order, allowed or not."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "verifying"

    @rule(act=st.sampled_from(ACTS))
    def act(self, act: str) -> None:
        before = self.state
        if (before, act) not in rules.LIFE:
            with pytest.raises(rules.NotNow, match=f"{before}: {act}".replace("-", " ")):
                rules.after(before, act)
            return
        self.state = rules.after(before, act)
        assert act in rules.acts_in(before)
        assert act != "approve" or before in ("to-decide", "second-approval")

    @rule(act=st.text(max_size=12).filter(lambda text: text not in ACTS))
    def another_act(self, act: str) -> None:
        with pytest.raises(rules.NotNow):
            rules.after(self.state, act)

    @invariant()
    def there_is_a_way_on(self) -> None:
        assert self.state in rules.STATES
        assert self.state in rules.CLOSED or any(
            rules.after(self.state, a) != self.state for a in rules.acts_in(self.state)
        )

    @invariant()
    def every_state_leads_to_an_end(self) -> None:
        assert reached(self.state) & rules.CLOSED


def reached(state: str) -> set[str]:
    """Every state that a state leads to, itself among them."""
    known, fresh = set(), {state}
    while fresh:
        known |= fresh
        fresh = {rules.LIFE[before, act] for before, act in rules.LIFE if before in known} - known
    return known


TestLife = Life.TestCase
TestLife.settings = settings(stateful_step_count=40, deadline=None)


def test_every_state_of_the_table_is_one_of_the_listed_and_can_be_reached() -> None:
    assert {state for pair in rules.LIFE for state in (pair[0], rules.LIFE[pair])} == set(rules.STATES)
    assert reached("verifying") == set(rules.STATES)


def test_nothing_is_carried_out_without_an_approval() -> None:
    assert {act for (_, act), state in rules.LIFE.items() if state == "carrying-out"} == {"approve"}


def test_what_is_not_verified_is_not_decided() -> None:
    assert not {"approve", "sign", "observe", "answer"} & set(rules.acts_in("verifying"))


def test_after_a_lift_nothing_acts_again() -> None:
    alone = set(rules.acts_in("lifted")) & OURS
    assert {rules.LIFE["lifted", act] for act in alone} <= {"lifted"}
    # what was lifted wrongly is put to the deciders again, by a person
    assert {act: rules.LIFE["lifted", act] for act in set(rules.acts_in("lifted")) - OURS} == {"again": "to-decide"}
