"""A change of a regulation that settles a dispute, through the quorum that adopts all changes."""

from comity import clock
from comity.adoption import commands
from comity.adoption.models import Draft
from comity.library import in_force

from .. import rules, standing
from .relation import REALM, person

REASON = "Agreed with Veltria: what an order must say about redress is written down, and is the same for everyone."


def attempt() -> Draft:
    """Counsel drafts the change of one check, and tries it on the past."""
    counsel, library = person("counsel-be"), in_force.library(REALM)
    version = library.in_force(rules.TCO, clock.now()).version
    made = commands.draft(counsel, rules.TCO, version)
    blocks = standing.change(made.pk)[0].blocks
    commands.block(counsel, made.pk, rules.CHECK, "" if blocks else "defective")
    return commands.try_on_past(counsel, made.pk)


def adopt(found: Draft) -> Draft:
    """It is put to the quorum, and signed by two people of two States."""
    commands.propose(person("counsel-be"), found.pk, REASON)
    for key in ("decider-be", "decider-ee"):
        found.refresh_from_db()
        if commands.sign(person(key), found.pk, found.act, None):
            break
    found.refresh_from_db()
    return found


def withdraw(found: Draft) -> None:
    """Counsel withdraws it: no agreement was found."""
    commands.withdraw(person("counsel-be"), found.pk)
    found.refresh_from_db()
