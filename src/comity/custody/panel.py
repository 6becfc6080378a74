"""On a case's page: what was sealed for it, until when it is kept, and its openings."""

from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.people.rules import Realm, may
from comity.web.parts import Link, Pair

from . import words
from .models import Item, Opening


def panel(looking: Looking) -> Panel:
    """The sealed items of a case, and its openings, for who may see those."""
    rows = [_item(one) for one in Item.objects.filter(case=looking.case).order_by("sealed_at")]
    if rows and may(looking.person, "opening.view", Realm(looking.case.realm)):
        rows += [_opening(one) for one in Opening.objects.filter(case=looking.case).order_by("opened_at")]
    return Panel("custody", "Sealed, and opened by custodians", "Custody", "custody/panel.html", tuple(rows))


def _item(one: Item) -> Pair:
    if one.ended_at:
        return Pair("Destroyed", f"{one.parts} parts", at=one.ended_at)
    return Pair("Sealed until", f"{one.parts} parts", at=one.until)


def _opening(one: Opening) -> Pair:
    to = Link(f"Opening {one.id}", f"/console/custody/{one.id}")
    return Pair("Opening", f"{words.STATES[one.state]}; {len(one.parts)} parts", at=one.opened_at, link=to)
