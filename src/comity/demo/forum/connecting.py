"""What each does in the story of the forum, by the same commands as the pages."""

from comity.cases import deciding
from comity.cases.models import Case
from comity.connected import FORUM
from comity.decisions import switch
from comity.people.models import Act
from comity.platforms import shadow, try_forum
from comity.platforms.kit import Report
from comity.shadow import commands as would

from .. import commands
from ..commands import Sent
from ..standing import signed_of
from ..veltria.relation import person

SAMPLE = "good-pdf"
DECIDERS = ("decider-be", "decider-ee")
BACK = "It is tried from the beginning."
LEAVES = "What would have been done was right; from now on it is done."
REAL = "It was decided in shadow; shadow is left, and it is done now."


def in_shadow() -> bool:
    """Whether the forum acts on nothing now."""
    return shadow.stands(FORUM)


def restart() -> None:
    """The forum is in shadow, whoever has let it leave before."""
    if not in_shadow():
        shadow.begin(person("handler-be"), FORUM, BACK)


def test() -> Report:
    """The kit, tried on the forum. Raises LookupError."""
    return try_forum()


def order(door: str) -> Sent:
    """An order about a message that was posted on the forum for it just now. Raises NotSent."""
    return commands.send_fresh(SAMPLE, door, forum=True)


def put() -> Act | None:
    """What is put to people about leaving shadow."""
    return switch.put(shadow.row(FORUM))


def leave() -> None:
    """A decider puts it to people that the forum leaves shadow."""
    would.leave(person(DECIDERS[0]), FORUM, LEAVES)


def next_signer() -> str:
    """Who of the two has not signed yet that shadow is left."""
    found = put()
    signed = signed_of(found.hash) if found else ()
    return next((key for key in DECIDERS if key not in signed), DECIDERS[0])


def sign_leaving(key: str) -> bool:
    """One signs that shadow is left; whether that was the last signature."""
    found = put()
    return bool(found and shadow.sign(person(key), FORUM, found.hash, None))


def for_real(case_id: str) -> None:
    """What would have been done is put to the deciders once more."""
    would.for_real(person(DECIDERS[0]), case_id, REAL)


def sign(case_id: str, key: str) -> bool:
    """One signs what is put to the deciders of a case; whether that was the last signature."""
    return deciding.sign(person(key), case_id, Case.objects.get(id=case_id).act, None)
