"""A life cycle as a table, state × act → state: buttons, the docs’ diagrams and the tests’ machines use it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


class NotNow(Exception):
    """An act that a state doesn't allow; the text says both."""

    def __init__(self, thing: str, state: str, act: str) -> None:
        super().__init__(f"not possible while the {thing} is {state.replace('-', ' ')}: {act.replace('-', ' ')}")
        self.state, self.act = state, act


@dataclass(frozen=True)
class Life:
    """The life cycle of one kind of thing (`thing`: a case, a change), by its table."""

    thing: str
    table: Mapping[tuple[str, str], str]

    def after(self, state: str, act: str) -> str:
        """The state after an act. Raises NotNow."""
        if (state, act) not in self.table:
            raise self.not_now(state, act)
        return self.table[state, act]

    def acts_in(self, state: str) -> list[str]:
        """The acts that a state allows: what buttons are made from."""
        return [act for (before, act) in self.table if before == state]

    def not_now(self, state: str, act: str) -> NotNow:
        """The error for an act in a state."""
        return NotNow(self.thing, state, act)
