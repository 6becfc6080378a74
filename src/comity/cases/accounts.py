"""An order that names an account, and gives no address of it: which account that is, a person says.

The platform is asked for nothing but who is called so, when a person asks; what it proposes is taken only where it is
one account and no other, and then as a correction of the order's addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms import accounts as called_so
from comity.platforms.naming import Account
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.reading import identifiers

from . import commands, document
from .facts import corrected
from .models import Case

FIELD = "form.urls"


@dataclass(frozen=True)
class Named:
    """A name, and the accounts that it may mean; `known` False: the platform couldn't say, or is silent."""

    name: str
    accounts: tuple[Account, ...] = ()
    known: bool = True

    @property
    def one(self) -> Account | None:
        """The account it means, where it can mean no other."""
        return self.accounts[0] if self.known and len(self.accounts) == 1 else None


def names(kept: Mapping[str, Any]) -> list[str]:
    """The accounts that an order names without an address, as its field has them, else as its mail's own words do."""
    order, reading = document.order(kept), kept["reading"] or {}
    if not order:
        return []
    place = order.get("places", {}).get(FIELD)
    if place and place.get("source") != "person":
        return identifiers.names(str(place.get("text") or "").splitlines(), field=True)
    text = str(reading.get("own") or reading.get("text") or "")
    return identifiers.names(text.splitlines(), field=False)


def addresses(kept: Mapping[str, Any]) -> list[Any]:
    """The addresses of an order as they stand, with what was corrected."""
    form = corrected(document.order(kept).get("facts", {}), kept["corrections"]).get("form") or {}
    found = form.get("urls")
    return list(found) if isinstance(found, list) else []


def unresolved(case: Case, kept: Mapping[str, Any]) -> list[str]:
    """What a case's order names so, where it has no address at all."""
    return [] if addresses(kept) else names(kept)


def look_up(name: str, realm: str) -> Named:
    """The accounts that a name may mean."""
    try:
        found = called_so(name, realm)
    except (PlatformDown, PlatformRefused):
        found = None
    return Named(name, tuple(found or ()), known=found is not None)


def confirm(person: Person, case_id: str, name: str, url: str) -> None:
    """Say that a named account is the one at an address: the one that is called so, and no other. Raises BadInput,
    NotAllowed."""
    case = Case.objects.select_related("request").get(id=case_id)
    allow(person, "fact.correct", case)
    kept = document.about(document.of(case.request), case.order)
    if name not in names(kept):
        raise BadInput("name", "the order names no such account")
    found = look_up(name, case.realm)
    if found.one is None or found.one.url != url:
        raise BadInput("name", "it must be one account and no other: ask the authority which is meant")
    before = addresses(kept)
    if url not in before:
        commands.correct(person, case.request_id, FIELD, [*before, url], order=case.order)


def lacks(found: Named) -> str:
    """What is missing to know which account is meant, in a sentence for the authority."""
    if not found.known:
        return f"We could not find out which account “{found.name}” is. Please send its exact address (URL)."
    if not found.accounts:
        return f"No account is called “{found.name}” on our service. Please send its exact address (URL)."
    several = f"{len(found.accounts)} accounts are called “{found.name}” on our service."
    return f"{several} Please send the exact address (URL) of the one that is meant."
