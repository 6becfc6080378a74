"""The calls of a drill end with it, in realm drill alone."""

from collections.abc import Collection

from django.db import transaction

from . import commands, rules
from .models import Call

REALM, GATEWAY = "drill", "gateway"
WHY = "The drill is over."


def end_of(requests: Collection[str]) -> int:
    """End the calls that mails of a drill became, and stop their rings; how many."""
    found = Call.objects.filter(realm=REALM, request__in=requests, state__in=rules.OPEN).order_by("id")
    return sum(_ended(id) for id in found.values_list("id", flat=True))


@transaction.atomic
def _ended(id: str) -> bool:
    call = commands.locked(id)
    if call.state not in rules.OPEN:
        return False
    commands.end(call, WHY, GATEWAY)
    return True
