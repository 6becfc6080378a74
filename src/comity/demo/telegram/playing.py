"""What each does in the story on Telegram, by the same commands as the pages."""

from comity.cases import instead
from comity.cases.models import Case
from comity.platforms.telegram import bots

from .. import commands
from ..commands import Sent
from ..veltria.relation import person
from . import town

SAMPLE = "good-pdf"
SIGNERS = ("decider-be", "decider-ee", "counsel-be")
WHY = "The chat has no way to hide it in the EU alone, and the order says that it incites to violence."


def connect() -> None:
    """The bot is told where its updates go. Raises PlatformError, LookupError."""
    bots.connect(town.table())


def order(door: str) -> Sent:
    """An order about a message that Alice wrote just now. Raises NotSent."""
    connect()
    return commands.send_fresh(SAMPLE, door, posted=town.post)


def refused(case: Case) -> instead.Refusal | None:
    """What can't be done of the order, as the desk is told."""
    return instead.refusal(case)


def chosen(case_id: str) -> bool:
    """Whether somebody has chosen already."""
    return instead.chosen(Case.objects.get(id=case_id)) is not None


def choose(case_id: str, kind: str = "redact") -> None:
    """The handler chooses what is done instead."""
    instead.choose(person("handler-be"), case_id, kind, WHY)
