"""Veltria is left, and come back to, in words of the demo's own."""

from comity.leaving import commands
from comity.leaving.models import Plan
from comity.leaving.plan_file import LEAVE, RETURN
from comity.leaving.rules import OPEN
from comity.platforms import sandbox_world

from .. import rules
from ..commands import AUTHOR, CHANNEL
from ..standing import signed_of
from . import relation
from .relation import COUNTRY, REALM, person

REASONS = {
    LEAVE: "Veltria requires that our staff live where they can be detained, and talks about it have failed.",
    RETURN: "Veltria and we have agreed on how orders reach us; nobody need live there for it.",
}
PAUSE = "A message from the ministry has come in; it is read first."
REVERSE = "The ministry asks for talks, and takes back its demand meanwhile."
GOES_ON = "The message was read; it changes nothing."
SIGNERS = ("decider-be", "decider-ee", "head-ee")
POST = "Hello from the harbour. If you can read this in Veltria, nothing has been shut."


def post() -> str:
    """A message that the two panes show; gives its address."""
    return str(sandbox_world().post(CHANNEL, AUTHOR, POST))


def plan(number: str) -> Plan:
    """A plan as it stands. Raises Plan.DoesNotExist."""
    return Plan.objects.get(number=number)


def open_plan() -> Plan | None:
    """The plan for Veltria that is open, whoever began it: there is one at a time."""
    found = relation.relation()
    return found.plans.filter(state__in=OPEN).first() if found.pk else None


def attempt(kind: str) -> str:
    """Counsel drafts a plan, and tries it on the rows as they are; gives its number."""
    if kind == LEAVE:
        relation.strained()
    counsel = person("counsel-be")
    made = commands.draft(counsel, REALM, COUNTRY, kind, reason=REASONS[kind])
    commands.try_now(counsel, made.number)
    return str(made.number)


def propose(number: str) -> None:
    """Counsel puts a tried plan to the quorum."""
    commands.propose(person("counsel-be"), number)


def sign(number: str, key: str) -> bool:
    """Somebody signs what is put to people; whether that was the last signature."""
    return commands.sign(person(key), number, plan(number).act, None)


def all_sign(number: str) -> None:
    """Those who decide and haven't signed yet sign what is put, one after the other, until it takes no more."""
    for _ in SIGNERS:
        if sign(number, rules.next_signer(SIGNERS, signed_of(plan(number).act))):
            return


def attest(number: str) -> None:
    """Counsel and the head attest that people, money and hosting are safe."""
    for step in plan(number).steps.filter(does="attest", state="waiting").order_by("n"):
        for key in ("counsel-be", "head-ee"):
            if step.__class__.objects.get(pk=step.pk).state == "waiting":
                commands.attest(person(key), number, step.kind)


def pause(number: str) -> None:
    """The handler stops it, by one hand and at once."""
    commands.pause(person("handler-be"), number, PAUSE)


def reverse(number: str) -> None:
    """It is put to people that all is undone; they sign."""
    commands.reverse(person("counsel-be"), number, REVERSE)
    all_sign(number)


def resume(number: str) -> None:
    """It is put to people that a paused plan goes on; they sign."""
    commands.resume(person("counsel-be"), number, GOES_ON)
    all_sign(number)


def begin(kind: str) -> str:
    """All that a plan takes to run, as before; gives its number."""
    number = attempt(kind)
    propose(number)
    all_sign(number)
    attest(number)
    return number
