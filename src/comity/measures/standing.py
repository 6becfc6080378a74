"""Standing measures looked at again: before people in a country read again, and once they do."""

from collections.abc import Collection
from uuid import UUID

from comity.platforms.port import PlatformDown

from . import looking, rules
from .models import Measure


def reaching(realm: str, written: Collection[str], after: str, most: int) -> list[Measure]:
    """The measures of a realm that stand and reach any of these codes as orders write them, in the order of their ids,
    those after one of them."""
    found = Measure.objects.filter(lifted_at=None, acted_at__isnull=False, case__realm=realm)
    found = found.exclude(kind=rules.PRESERVE).filter(territory__overlap=list(written))
    if after:
        found = found.filter(id__gt=UUID(after))
    return list(found.select_related("case").order_by("id")[:most])


def look_again(measure: Measure) -> tuple[bool, bool]:
    """Look at a standing measure again: whether it is in effect wherever a look tells, and whether no look inside told
    anything. What was seen stays with the measure only where it was looked at by its own steps.

    Raises PlatformDown, PlatformRefused."""
    rows = looking.look(measure, lifted=False)
    if any(seen == "unknown" for *_, seen in rows):
        raise PlatformDown("a look told nothing")
    return looking.as_wanted(measure, rows) and looking.stands(measure), looking.blind(rows)
