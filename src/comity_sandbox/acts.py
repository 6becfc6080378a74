"""Everything that changes the platform: one transaction each. What carries a key happens once, however often asked."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from comity_sandbox import things
from comity_sandbox.store import Store, now


class Refused(Exception):
    """The platform says no: an HTTP status, a code for machines, a sentence for people."""

    def __init__(self, status: int, code: str, says: str) -> None:
        super().__init__(says)
        self.status, self.code, self.says = status, code, says


@dataclass(frozen=True)
class Draft:
    """A message to be posted."""

    channel: str
    author: str
    text: str
    picture: bytes | None = None
    at: str | None = None
    once: str | None = None


def parse(store: Store, ref: str) -> tuple[str, str | None, int | None]:
    """Kind, channel and number of a ref. Raises Refused when it has not the shape of an address here."""
    match = things.ADDRESS.fullmatch(ref)
    if not match:
        raise Refused(404, "unknown", "There is nothing at this address.")
    if match["author"]:
        return "account", None, None
    n = int(match["n"]) if match["n"] else None
    return ("picture" if match["picture"] else "message" if n else "channel"), match["channel"], n


def author_of(store: Store, ref: str, removed_too: bool = False) -> things.Author | None:
    """Who wrote the thing at a ref; None for a channel. Raises Refused when there is nothing there (any more)."""
    kind, channel, n = parse(store, ref)
    gone = Refused(404, "unknown", "There is nothing at this address.")
    if kind == "account":
        who = things.author(store, ref.removeprefix("/u/"))
        if who is None:
            raise gone
        return who
    if kind == "channel":
        if things.channel(store, str(channel)) is None:
            raise gone
        return None
    found = things.message(store, str(channel), int(n or 0))
    if found is None:
        raise gone
    if not removed_too and (found.removed or (kind == "picture" and not found.has_picture)):
        raise gone
    return found.author


def _used(key: str) -> Refused:
    return Refused(409, "key-used", f"The key {key} already stands for something else.")


def _before(db: sqlite3.Connection, key: str, ref: str, countries: str) -> str | None:
    """What became of this key before: "done", "lifted", or None when it is new."""
    row = db.execute("SELECT * FROM withholdings WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row["acted_at"] and (row["ref"], row["countries"]) != (ref, countries):
        raise _used(key)
    return "lifted" if row["lifted_at"] else "done"


def withhold(store: Store, key: str, ref: str, countries: Sequence[str]) -> tuple[str, bool]:
    """Hide the thing at a ref from viewers in some countries. Returns the key's state and whether this call changed it.

    A key acts once in its life: repeated it changes nothing, and once lifted a late repeat does not act again.
    Raises Refused: unknown ref, or the key stands for another act."""
    listed = json.dumps(sorted(set(countries)))
    with store.transaction() as db:
        before = _before(db, key, ref, listed)
        if before:
            return before.replace("done", "withheld"), False
        author_of(store, ref)
        db.execute("INSERT INTO withholdings VALUES (?, ?, ?, ?, NULL)", (key, ref, listed, now()))
        db.executemany("INSERT INTO withheld VALUES (?, ?, ?)", [(ref, c, key) for c in json.loads(listed)])
    return "withheld", True


NOWHERE = json.dumps([])


def preserve(store: Store, key: str, ref: str, copy: Callable[[], str]) -> tuple[str, bool]:
    """Keep a thing as it is now (`copy()`), whatever its author does to it; nobody sees a difference. Its key is one of
    those of withholdings, in no country. Returns the key's state and whether this call changed it; raises as
    `withhold`."""
    with store.transaction() as db:
        before = _before(db, key, ref, NOWHERE)
        if before:
            return before.replace("done", "preserved"), False
        author_of(store, ref)
        db.execute("INSERT INTO withholdings VALUES (?, ?, ?, ?, NULL)", (key, ref, NOWHERE, now()))
        db.execute("INSERT INTO preserved VALUES (?, ?)", (key, copy()))
    return "preserved", True


@dataclass(frozen=True)
class Shutting:
    """A gate to be put up: in which countries, how far, and what people there are told (language → text)."""

    countries: Sequence[str]
    level: str
    notice: Mapping[str, str]


def gate(store: Store, key: str, wanted: Shutting, reaches: Sequence[str] = ()) -> tuple[str, bool]:
    """Shut the platform to viewers in some countries. Its key is one of those of withholdings. Returns the key's state
    and whether this call changed it. `reaches`: where it takes hold, where that is not what was wanted: a fault.

    Raises Refused: the key stands for another act."""
    listed = json.dumps(sorted(set(wanted.countries)))
    ref, notice = f"/gates/{wanted.level}", json.dumps(dict(wanted.notice), sort_keys=True)
    with store.transaction() as db:
        before = _before(db, key, ref, listed)
        if before:
            kept = db.execute("SELECT notice FROM gates WHERE key = ?", (key,)).fetchone()
            if kept and kept["notice"] != notice:
                raise _used(key)
            return before.replace("done", "gated"), False
        db.execute("INSERT INTO withholdings VALUES (?, ?, ?, ?, NULL)", (key, ref, listed, now()))
        db.execute("INSERT INTO gates VALUES (?, ?, ?)", (key, wanted.level, notice))
        db.executemany("INSERT INTO gated VALUES (?, ?)", [(c, key) for c in reaches or json.loads(listed)])
    return "gated", True


def lift(store: Store, key: str) -> tuple[str, bool]:
    """Take back exactly what this key did; what other keys hold back stays so. Returns state and whether it changed.

    A key not seen yet is remembered as lifted, so that its act, arriving late, does nothing."""
    with store.transaction() as db:
        db.execute("INSERT INTO withholdings (key) VALUES (?) ON CONFLICT DO NOTHING", (key,))
        done = db.execute("UPDATE withholdings SET lifted_at = ? WHERE key = ? AND lifted_at IS NULL", (now(), key))
        db.execute("DELETE FROM withheld WHERE key = ?", (key,))
        db.execute("DELETE FROM preserved WHERE key = ?", (key,))
        db.execute("DELETE FROM gated WHERE key = ?", (key,))
        return "lifted", done.rowcount == 1


def notify(store: Store, key: str, ref: str, text: str) -> bool:
    """Put a notice into the inbox of the author of the thing at a ref; True when it is new.

    Raises Refused: unknown ref, nobody to tell, or the key stands for another notice."""
    with store.transaction() as db:
        row = db.execute("SELECT ref, text FROM notices WHERE key = ?", (key,)).fetchone()
        if row:
            if (row["ref"], row["text"]) != (ref, text):
                raise _used(key)
            return False
        who = author_of(store, ref, removed_too=True)
        if who is None or not who.contactable:
            raise Refused(409, "not-contactable", "There is no author who can be told.")
        db.execute("INSERT INTO notices VALUES (?, ?, ?, ?, ?)", (key, who.id, ref, text, now()))
    return True


def _posted(db: sqlite3.Connection, draft: Draft) -> str | None:
    row = db.execute("SELECT channel, n, author FROM messages WHERE once = ?", (draft.once,)).fetchone()
    if row and (row["channel"], row["author"]) != (draft.channel, draft.author):
        raise _used(str(draft.once))
    return f"{row['channel']}/{row['n']}" if row else None


def post(store: Store, draft: Draft) -> tuple[str, bool]:
    """Post a message. Returns its ref and whether it is new. Raises Refused: unknown channel or author."""
    at = draft.at or now()
    with store.transaction() as db:
        if draft.once and (ref := _posted(db, draft)):
            return ref, False
        if things.channel(store, draft.channel) is None or things.author(store, draft.author) is None:
            raise Refused(404, "unknown", "There is no such channel or author.")
        (n,) = db.execute("SELECT coalesce(max(n), 0) + 1 FROM messages WHERE channel = ?", (draft.channel,)).fetchone()
        db.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, NULL, ?, ?)",
            (draft.channel, n, draft.author, at, draft.picture, draft.once),
        )
        db.execute("INSERT INTO versions VALUES (?, ?, 1, ?, ?)", (draft.channel, n, at, draft.text))
    return f"{draft.channel}/{n}", True


def _own_message(store: Store, ref: str) -> tuple[str, int]:
    kind, channel, n = parse(store, ref)
    if kind != "message":
        raise Refused(404, "unknown", "There is no message at this address.")
    author_of(store, ref)
    return str(channel), int(n or 0)


def edit(store: Store, ref: str, text: str, at: str | None = None) -> int:
    """Give a message a new text; the earlier ones stay readable. Returns the version's number."""
    with store.transaction() as db:
        where = _own_message(store, ref)
        sql = "SELECT max(version) + 1 FROM versions WHERE channel = ? AND n = ?"
        (version,) = db.execute(sql, where).fetchone()
        db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", (*where, version, at or now(), text))
    return int(version)


def remove(store: Store, ref: str) -> None:
    """Its author takes a message away for good: the bytes go, the number stays taken."""
    with store.transaction() as db:
        where = _own_message(store, ref)
        db.execute("DELETE FROM versions WHERE channel = ? AND n = ?", where)
        sql = "UPDATE messages SET removed_at = ?, picture = NULL WHERE channel = ? AND n = ?"
        db.execute(sql, (now(), *where))


def tell(store: Store, kind: str, ref: str, reason: str = "") -> None:
    """Keep an event for whoever asks what happened. Raises Refused where there is nothing at the ref."""
    with store.transaction() as db:
        author_of(store, ref, removed_too=True)
        db.execute("INSERT INTO events (type, ref, reason, at) VALUES (?, ?, ?, ?)", (kind, ref, reason, now()))


def events(store: Store, after: int, most: int) -> list[sqlite3.Row]:
    """The events after the one with a number, the oldest first."""
    return store.rows("SELECT n, type, ref, reason, at FROM events WHERE n > ? ORDER BY n LIMIT ?", after, most)
