"""The life of an admission as one table, and when somebody is let in. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow
from comity.people.rules import QUIET_HOURS, VOUCHED

STATES = ("waits", "agreed", "admitted", "confirmed", "ended")
OPEN = frozenset({"waits", "agreed"})
LAPSES = timedelta(days=30)  # an admission that nobody signs ends by itself
QUIET = timedelta(hours=QUIET_HOURS)
OUTSIDERS = 20  # objections from outside at the most, for one admission
REASON = 2000  # characters

TABLE: Mapping[tuple[str, str], str] = {
    ("waits", "agree"): "agreed",  # the last signature; the day in the record may still run
    ("waits", "object"): "waits",  # what was signed is void; it is put anew, with what was said
    ("agreed", "object"): "waits",
    ("agreed", "admit"): "admitted",
    ("admitted", "confirm"): "confirmed",  # a guardian: who came and who brought them are two people
    ("waits", "end"): "ended",
    ("agreed", "end"): "ended",
}
LIFE = Life("admission", TABLE)


def decides(roles: Iterable[str]) -> bool:
    """Whether any of these roles is given only after a day in the record, by two who decide and one who guards."""
    return not VOUCHED.isdisjoint(roles)


def due(logged_at: datetime | None) -> datetime | None:
    """From when on somebody who is to decide may be let in (UTC); None while the record doesn't show the admission."""
    return logged_at + QUIET if logged_at else None
