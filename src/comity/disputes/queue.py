"""What of disputes stands in the desk's queue: our own deadlines."""

from comity.console.lists import Beside
from comity.countries import rules as relations

from . import pages, read, rules, words
from .models import Due

AT_MOST = 50


def rows(realm: str) -> list[Beside]:
    """The first of our deadlines of each dispute, the first due first, in one query."""
    first: dict[str, Due] = {}
    for due in read.running().filter(dispute__realm=realm, side=rules.US)[:AT_MOST]:
        first.setdefault(due.dispute_id, due)
    return [_row(due) for due in first.values()]


def _row(due: Due) -> Beside:
    dispute = due.dispute
    return Beside(
        id=dispute.pk,
        url=f"/console/disputes/{dispute.pk}#due",
        title=f"{dispute.title}: {due.text}",
        clock=pages.clock_of(due),
        next=f"{due.text}: {due.cite}",
        who=relations.name(dispute.country),
        kind="Dispute",
        state="with-counsel",
        says=str(words.STATES[dispute.state].word),
    )
