"""A person looks an authority up in the register that its law names, and writes down what they found.

It counts for the authority and the instrument, not for this mail alone: what else of that office waits for it is graded
anew, too.
"""

from datetime import date

from django.db import transaction

from comity.authorities import commands as register
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow

from . import document
from .commands import locked
from .models import Request

AT_ONCE = 200


def instrument_of(request: Request) -> str:
    """The instrument that a request names first, the id of its pack; empty where it names none."""
    return str(document.said(document.of(request)).get("facts", {}).get("instrument") or "")


def check(person: Person, request_id: str, authority: str, named: str, looked_on: date, found: str) -> None:
    """Record what was found of an authority in a register, for the kind of order that a request is. `named`: which
    register. Raises BadInput, NotAllowed."""
    entry = register.entry(authority)
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "register.check", request)
        if entry is None or entry.realm != request.realm:
            raise BadInput("authority", f"not on the register of realm {request.realm}")
        instrument = instrument_of(request)
        try:
            register.record_check(authority, instrument, named, looked_on, found, person.by)
        except register.BadCheck as wrong:
            raise BadInput(wrong.field, wrong.rule) from None
        for one in (request, *_waiting(request, authority, instrument)):
            record(
                "register.checked",
                realm=one.realm,
                by=person.by,
                request=one.id,
                case=one.joined.values_list("case_id", flat=True).first(),
                public={"found": found},
                sealed={"authority": authority},
            )


def _waiting(request: Request, authority: str, instrument: str) -> list[Request]:
    """The other requests of an authority whose cases, of the same kind, wait for it to be verified."""
    waits = {"joined__case__state": "verifying", "joined__case__instrument": instrument}
    others = Request.objects.filter(realm=request.realm, authority=authority, **waits).exclude(id=request.id)
    return list(others.distinct().order_by("id")[:AT_ONCE])
