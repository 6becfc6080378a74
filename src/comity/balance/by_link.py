"""A State proposes by the secret link that was sent to its registered address."""

from django.db import transaction

from comity.countries import rules as states
from comity.countries import speaking
from comity.countries.models import Link

from . import proposing
from .models import Proposal

PURPOSE = states.PROPOSAL


@transaction.atomic
def propose(link: Link, regulation: str, title: str, words: str, crossing: int | None = None) -> tuple[Proposal, str]:
    """Take a State's proposal: stored before it is told so, and its link used up. Gives the secret by which the State
    confirms the draft. Raises Used, BadInput."""
    relation = speaking.use(link)
    return proposing.receive(
        relation.realm,
        "authority",
        regulation,
        title,
        words,
        by=f"state:{relation.country}",
        country=relation.country,
        crossing=crossing,
    )
