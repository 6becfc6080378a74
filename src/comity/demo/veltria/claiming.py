"""A claim on one of our people, sorted and turned to the lawful door, in words of the demo's own."""

from comity.claims import commands, passing
from comity.claims.models import Claim

from .relation import COUNTRY, person

WHY = (
    "No court, file number or decision is named. An employee is to be detained unless we hand over data: harm is held "
    "out "
    "so that we do something."
)


def sort(number: str) -> None:
    """Counsel says that it is no process, and that harm is held out."""
    counsel = person("counsel-be")
    commands.sort(counsel, number, "no", "yes", WHY, country=COUNTRY, against="employee")


def answer(number: str) -> None:
    """Counsel reads the letter that turns to the lawful door, and sends it."""
    passing.answer(person("counsel-be"), number, passing.draft(claim(number))[1])


def claim(number: str) -> Claim:
    """The claim as it stands. Raises Claim.DoesNotExist."""
    return Claim.objects.select_related("request").get(id=number)
