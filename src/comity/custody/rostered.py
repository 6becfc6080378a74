"""The rosters that custodians signed: adopted one after the other, and pinned by platforms."""

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.platforms.port import Pinned, Sealing
from comity_seal import rosters

from .models import Opening, Roster


class NotAdopted(Exception):
    """A roster that does not follow from the one in force; the text says why."""


def signed(row: Roster) -> rosters.Signed:
    """A roster as its custodians signed it."""
    return rosters.parse(bytes(row.raw))


def chain(realm: str) -> list[bytes]:
    """All rosters of a realm, the first first."""
    return [bytes(raw) for raw in Roster.objects.filter(realm=realm).order_by("version").values_list("raw", flat=True)]


def current(realm: str) -> Roster | None:
    """The roster in force; None: there is none, and nothing can be sealed."""
    return Roster.objects.filter(realm=realm).order_by("-version").first()


def latest(opening: Opening) -> rosters.Roster | None:
    """The roster of today, for an opening of an item that may be sealed to an earlier one."""
    row = current(opening.realm)
    return signed(row).roster if row else None


def names(realm: str) -> frozenset[str]:
    """The custodians of the roster in force: who isn't among them was revoked, and is asked for nothing."""
    row = current(realm)
    return frozenset(one.name for one in signed(row).roster.custodians) if row else frozenset()


def standing(row: Roster) -> tuple[str, ...]:
    """The custodians of a roster who are so still, by the same key: a new key under an old name opens nothing old."""
    now = current(row.realm)
    keys = {one.signs for one in signed(now).roster.custodians} if now else set()
    return tuple(one.name for one in signed(row).roster.custodians if one.signs in keys)


FOUNDED = ("gateway.founded", "demo.founded")


def charter(realm: str) -> str:
    """The hash of the charter by which a realm's people founded this gateway; empty where they have not."""
    event = Event.objects.filter(kind__in=FOUNDED, realm=realm).order_by("id").first()
    return str(event.sealed.get("act", "")) if event else ""


@transaction.atomic
def adopt(realm: str, raw: bytes) -> Roster:
    """Adopt the next roster of a realm, or its first, which names the charter of that realm.

    Raises NotAdopted. The same roster again changes nothing.
    """
    before = Roster.objects.select_for_update().filter(realm=realm).order_by("-version").first()
    try:
        given = rosters.parse(raw)
        if before is not None and before.hash == given.roster.hash:
            return before
        found = rosters.verify_next(signed(before).roster, given) if before else rosters.verify_first(given)
    except rosters.BadRoster as error:
        raise NotAdopted(str(error)) from None
    if before is None and (not found.charter or found.charter != charter(realm)):
        raise NotAdopted("charter: the first roster names the charter by which this gateway's people founded it")
    row = Roster.objects.create(realm=realm, version=found.version, hash=found.hash, raw=raw, adopted_at=clock.now())
    places = sorted({one.jurisdiction for one in found.custodians})
    told = {"version": found.version, "roster": found.hash, "k": found.k, "n": found.n, "places": places}
    record("roster.adopted", realm=realm, by=GATEWAY, once=f"roster:{realm}:{found.hash}", public=told)
    return row


def pinned(platform: Sealing, realm: str) -> Pinned:
    """To whom a platform seals, once it has followed to the roster in force as far as it will. Raises PlatformDown,
    PlatformRefused."""
    row, found = current(realm), platform.pinned()
    if row is None or found.roster == row.hash:
        return found
    rows = list(Roster.objects.filter(realm=realm).order_by("version"))
    known = next((n for n, one in enumerate(rows) if one.hash == found.roster), -1)
    for one in rows[known + 1 :]:
        found = platform.pin(bytes(one.raw))
    return found
