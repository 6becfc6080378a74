"""What the platform knows of people beside what they post: who they said they are, when they came, whom they know.

It never leaves by the management calls, but sealed (`records.py`).
"""

import threading
import time
from datetime import UTC, datetime, timedelta

from comity_sandbox.store import Store, ago, now

VISIT = 3600.0  # seconds within which one more page is the same visit
MOST_REMEMBERED = 10_000

# Addresses are of the blocks that are kept for documentation (RFC 5737, RFC 3849).
_AGENTS = (
    "Lantern/7.2 (Android 16)",
    "Lantern/7.2 (iOS 26)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0",
)


def seed(store: Store) -> None:
    """Give whoever has nothing of it a past: an address, the visits during which they wrote, whom they know."""
    with store.transaction():
        rows = store.rows("SELECT id FROM authors WHERE id NOT IN (SELECT author FROM subscribers) ORDER BY rowid")
        for place, row in enumerate(rows):
            _past(store, row["id"], place)


def _past(store: Store, who: str, place: int) -> None:
    address = f"192.0.2.{10 + place % 200}" if place % 3 else f"2001:db8:{place:x}::1"
    with store.transaction() as db:
        first = store.row("SELECT min(posted_at) AS at FROM messages WHERE author = ?", who)
        since = (first and first["at"]) or now()
        at = f"{who.replace('-', '.')}@post.example"
        db.execute("INSERT INTO subscribers VALUES (?, ?, ?, ?)", (who, at, since, address))
        for n, row in enumerate(store.rows("SELECT posted_at FROM messages WHERE author = ? ORDER BY 1", who)):
            visit = (who, row["posted_at"], address, 49152 + (place * 977 + n * 131) % 16000, _AGENTS[place % 3])
            db.execute("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", visit)
        db.execute(
            "INSERT INTO contacts SELECT DISTINCT ?, other.author, max(mine.at, other.at) FROM"
            " (SELECT channel, min(posted_at) AS at FROM messages WHERE author = ? GROUP BY 1) AS mine JOIN"
            " (SELECT channel, author, min(posted_at) AS at FROM messages GROUP BY 1, 2) AS other"
            " ON mine.channel = other.channel WHERE other.author <> ? AND mine.channel LIKE '/p/%'"
            " ON CONFLICT DO NOTHING",
            (who, who, who),
        )


def film(store: Store, channel: str, n: int, name: str, length: int, drawn: bytes) -> None:
    """Hang a film on a message: so many bytes, drawn from a seed when they are asked for, so that none lie here."""
    with store.transaction() as db:
        db.execute("INSERT INTO films VALUES (?, ?, ?, ?, ?)", (channel, n, name, length, drawn))


class Visits:
    """Who came from where, and with what: the first page of an hour is written down, the others are the same visit."""

    def __init__(self, store: Store) -> None:
        self._store, self._guard = store, threading.Lock()
        self._last: dict[tuple[str, str, str], float] = {}

    def came(self, who: str, address: str, port: int, agent: str) -> None:
        """Write down that somebody came, unless that is known."""
        visit = (who, address, agent[:200])
        with self._guard:
            moment = time.monotonic()
            if moment - self._last.get(visit, -VISIT) < VISIT:
                return
            while len(self._last) >= MOST_REMEMBERED:
                self._last.pop(next(iter(self._last)))
            self._last[visit] = moment
        with self._store.transaction() as db:
            db.execute("INSERT INTO visits VALUES (?, ?, ?, ?, ?)", (who, now(), address, port, visit[-1]))
            old = ago(timedelta(days=180))
            db.execute("DELETE FROM visits WHERE author = ? AND at < ?", (who, old))


def joined(store: Store, who: str, address: str) -> None:
    """What is known of somebody who has just joined: no e-mail was asked for."""
    with store.transaction() as db:
        db.execute("INSERT INTO subscribers VALUES (?, '', ?, ?) ON CONFLICT DO NOTHING", (who, now(), address))


def days(since: str, until: str) -> list[str]:
    """Each day (UTC) from one to another, both included."""
    first, last = datetime.fromisoformat(since).replace(tzinfo=UTC), datetime.fromisoformat(until).replace(tzinfo=UTC)
    return [(first + timedelta(days=n)).strftime("%Y-%m-%d") for n in range((last - first).days + 1)]
