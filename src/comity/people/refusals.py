"""How a person's act is refused: it is not allowed, or their input is not accepted. Pages show both."""

from .models import Person
from .rules import may


class NotAllowed(Exception):
    """A person asked for an act that they may not do; the text says which."""


class BadInput(Exception):
    """What a person typed is not accepted; `field` and the text name the place and the rule."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


def allow(person: Person, act: str, thing: object) -> None:
    """Raises NotAllowed unless this person may do this to this thing."""
    if not may(person, act, thing):
        raise NotAllowed(act)
