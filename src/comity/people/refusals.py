"""How a person's act is refused: it is not theirs, or what they typed can't be taken. Both are said on the page."""

from .models import Person
from .rules import may


class NotAllowed(Exception):
    """A person asked for an act that is not theirs; the text says which."""


class BadInput(Exception):
    """What a person typed can't be taken; `field` and the text name the place and the rule."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


def allow(person: Person, act: str, thing: object) -> None:
    """Raises NotAllowed unless this person may do this to this thing."""
    if not may(person, act, thing):
        raise NotAllowed(act)
