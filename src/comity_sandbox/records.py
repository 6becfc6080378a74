"""What the platform has of people, given away only sealed: to the custodians of a roster that it has pinned.

`POST /api/records` answers with an item (comity_seal): one part for each category, person and day that is asked for,
whether or not there is something, so that nobody but the recipient learns even that. The same key gives the same item
again, from its file; `POST /api/records-collected` ends that. Whoever holds the management token gets nothing in clear.
"""

import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from comity_sandbox import private, things
from comity_sandbox.acts import Refused
from comity_sandbox.store import Store, now
from comity_seal import documents, items, rosters
from comity_seal.documents import Document
from comity_seal.items import CATEGORIES, Records

Answer = dict[str, Any]
CASE = re.compile("[0-9a-f]{64}", re.A)
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.A)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
MOST_PERSONS, MOST_DAYS, MOST_PARTS = 50, 400, 5_000
PIECE, STRIPES = 2**20, 16
LINES = "application/x-ndjson"
DESCRIBED = {
    "subscriber": {
        "account.json": {
            "id": "the account's address on Lantern, /u/ID",
            "name": "the name shown, chosen by its owner",
            "country": "of two letters (ISO 3166-1), as the owner said; not verified",
            "email": "as the owner said; verified by a link; empty where none was asked for",
            "registered_at": "UTC",
            "registered_from": "IP address",
        }
    },
    "access": {
        "visits.jsonl": {
            "at": "UTC, to the second: the first page of a visit of at most an hour",
            "address": "IP address, as seen by the server",
            "port": "source port; null where it wasn't kept",
            "agent": "what the client said it is; at most 200 characters",
        }
    },
    "traffic": {
        "messages.jsonl": {
            "at": "UTC, to the second, by the server's clock",
            "conversation": "a private conversation or closed group",
            "message": "its address",
            "sender": "account",
            "recipients": "accounts that were members when this was sealed",
            "bytes": "length of the text in UTF-8",
        },
        "contacts.jsonl": {"at": "UTC: since when they share a conversation", "account": "the other"},
    },
    "content": {
        "messages.jsonl": {
            "at": "UTC",
            "message": "its address",
            "sender": "account; in private conversations and closed groups also others' messages to this person",
            "versions": "each text with the time (UTC) from which it stood, the earliest first",
            "removed_at": "UTC, when its author removed it; else null",
            "files": "names of the pictures and films beside, as they were uploaded",
        }
    },
}


def _bad(field: str, rule: str) -> Refused:
    return Refused(400, "bad-field", f"{field}: {rule}")


def _lines(name: str, rows: Iterable[Answer]) -> list[Document]:
    raw = b"".join(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n" for row in rows)
    return [documents.of(name, LINES, raw)] if raw else []


class Kept:
    """What there is of one person, by category and day (UTC)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of: dict[str, Callable[[str, str], list[Document]]] = {
            "subscriber": self._subscriber,
            "access": self._access,
            "traffic": self._traffic,
            "content": self._content,
        }

    def documents(self, category: str, person: str, day: str) -> list[Document]:
        """The documents of one part; none: there is nothing."""
        return self._of[category](person.removeprefix("/u/"), day)

    def _subscriber(self, who: str, day: str) -> list[Document]:
        sql = "SELECT * FROM authors LEFT JOIN subscribers ON author = id WHERE id = ?"
        row = self._store.row(sql, who)
        if row is None:
            return []
        said = {"id": f"/u/{who}", "name": row["name"], "country": row["country"], "email": row["email"] or ""}
        said |= {"registered_at": row["registered_at"], "registered_from": row["address"]}
        raw = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode()
        return [documents.of("account.json", "application/json", raw)]

    def _access(self, who: str, day: str) -> list[Document]:
        sql = "SELECT at, address, port, agent FROM visits WHERE author = ? AND at GLOB ? ORDER BY at"
        return _lines("visits.jsonl", map(dict, self._store.rows(sql, who, f"{day}T*")))

    def _traffic(self, who: str, day: str) -> list[Document]:
        sql = (
            "SELECT m.channel, m.n, m.author, m.posted_at FROM messages m JOIN members s ON s.channel = m.channel"
            " WHERE s.author = ? AND m.posted_at GLOB ? ORDER BY m.posted_at, m.channel, m.n"
        )
        rows = [self._sent(row) for row in self._store.rows(sql, who, f"{day}T*")]
        sql = "SELECT at, other FROM contacts WHERE author = ? AND at GLOB ? ORDER BY at, other"
        known = self._store.rows(sql, who, f"{day}T*")
        met = [{"at": row["at"], "account": f"/u/{row['other']}"} for row in known]
        return _lines("messages.jsonl", rows) + _lines("contacts.jsonl", met)

    def _sent(self, row: Any) -> Answer:
        found = things.message(self._store, row["channel"], row["n"])
        others = things.members(self._store, row["channel"]) - {row["author"]}
        return {
            "at": row["posted_at"],
            "conversation": row["channel"],
            "message": f"{row['channel']}/{row['n']}",
            "sender": f"/u/{row['author']}",
            "recipients": sorted(f"/u/{other}" for other in others),
            "bytes": len(found.text.encode()) if found else 0,
        }

    def _content(self, who: str, day: str) -> list[Document]:
        sql = (
            "SELECT channel, n, removed_at FROM messages WHERE posted_at GLOB ? AND (author = ? OR channel IN"
            " (SELECT channel FROM members WHERE author = ?)) ORDER BY posted_at, channel, n"
        )
        rows, files = [], list[Document]()
        for row in self._store.rows(sql, f"{day}T*", who, who):
            beside = self._files(row["channel"], row["n"])
            rows.append(self._said(row, [one.name for one in beside]))
            files += beside
        return _lines("messages.jsonl", rows) + files

    def _said(self, row: Any, files: list[str]) -> Answer:
        found = things.message(self._store, row["channel"], row["n"])
        assert found is not None
        versions = [{"at": one.at, "text": one.text} for one in found.versions]
        said = {"at": found.posted_at, "message": found.ref, "sender": f"/u/{found.author.id}", "versions": versions}
        return {**said, "removed_at": row["removed_at"], "files": files}

    def _files(self, channel: str, n: int) -> list[Document]:
        stem = f"{channel.strip('/').replace('/', '-')}-{n}"
        picture = things.picture(self._store, channel, n)
        found = [documents.of(f"{stem}.png", "image/png", picture)] if picture else []
        for row in self._store.rows("SELECT * FROM films WHERE channel = ? AND n = ?", channel, n):
            drawn = film(row["seed"], row["length"])
            found.append(Document(f"{stem}-{row['name']}", "video/mp4", row["length"], drawn))
        return found


def film(seed: bytes, length: int) -> Iterator[bytes]:
    """The bytes of a film, drawn from its seed."""
    stream = Cipher(algorithms.AES(hashlib.sha256(seed).digest()), modes.CTR(bytes(16))).encryptor()
    while length:
        some = min(length, PIECE)
        yield stream.update(bytes(some))
        length -= some


class Sealer:
    """The platform's sealing key, the roster that it has pinned, and the items that it has sealed."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store, self._kept, self._directory = store, Kept(store), directory
        self._guard = threading.Lock()  # of the roster
        self._guards = [threading.Lock() for _ in range(STRIPES)]  # of keys: who asks twice at once gets one item
        private.seed(store)
        self._key = ed25519.Ed25519PrivateKey.from_private_bytes(_own_bytes(directory / "sealer.key"))

    @property
    def public(self) -> str:
        """By which its items are known as its own."""
        return self._key.public_key().public_bytes_raw().hex()

    # the roster
    @property
    def pinned(self) -> rosters.Signed | None:
        """The roster that it seals to; None: none yet."""
        path = self._directory / "roster.json"
        return rosters.parse(path.read_bytes()) if path.exists() else None

    def roster(self) -> Answer:
        """What it says of itself."""
        signed = self.pinned
        told = json.loads(signed.raw) if signed else None
        return {"pinned": told, "hash": signed.roster.hash if signed else None, "sealer": self.public}

    def pin(self, raw: bytes) -> Answer:
        """Follow to the next roster; the first is taken as it comes where none is pinned. Raises Refused."""
        try:
            signed = rosters.parse(raw)
            with self._guard:
                before = self.pinned
                if before is not None and before.roster.hash == signed.roster.hash:
                    return self.roster()
                if before is None:
                    rosters.verify_first(signed)
                else:
                    rosters.verify_next(before.roster, signed)
                _replace(self._directory / "roster.json", signed.raw)
        except rosters.BadRoster as error:
            raise Refused(409, "bad-roster", f"{error}.") from None
        return self.roster()

    # what is sealed
    def seal(self, body: Answer) -> Path:
        """The file with what is asked for, sealed now or by the same key before. Raises Refused."""
        key, signed = _key(body), self.pinned
        place = self._place(key)
        with self._guard_of(key):
            if place.with_suffix(".asked").exists():
                return self._again(place, body)
            if signed is None:
                raise Refused(409, "no-roster", "No roster is pinned: nobody could open what is sealed.")
            if body.get("roster") != signed.roster.hash:
                raise Refused(409, "bad-roster", "roster: another one than the one that is pinned here.")
            records = self._records(body)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            self._write(place, items.seal(records, signed.roster, case=_case(body), sealer=self._key, **_about()))
            _replace(place.with_suffix(".asked"), _digest(body))
        return place

    def _again(self, place: Path, body: Answer) -> Path:
        if place.with_suffix(".asked").read_bytes() != _digest(body):
            raise Refused(409, "key-used", f"The key {body['key']} already stands for something else.")
        if not place.exists():
            raise Refused(410, "collected", "This was collected, and is no longer here.")
        return place

    def _write(self, place: Path, pieces: Iterable[bytes]) -> None:
        made = place.with_suffix(".new")
        with made.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        made.replace(place)

    def collected(self, body: Answer) -> Answer:
        """Destroy the file of a key; the key is spent."""
        key = _key(body)
        place = self._place(key)
        if not place.with_suffix(".asked").exists():
            raise Refused(404, "unknown", "Nothing was sealed by this key.")
        with self._guard_of(key):
            new = place.exists()
            place.unlink(missing_ok=True)
        return {"key": key, "state": "collected", "new": new}

    def _guard_of(self, key: str) -> threading.Lock:
        return self._guards[hashlib.sha256(key.encode()).digest()[0] % STRIPES]

    def _place(self, key: str) -> Path:
        return self._directory / "sealed" / f"{hashlib.sha256(key.encode()).hexdigest()}.item"

    def _records(self, body: Answer) -> list[Records]:
        persons, categories, days = _persons(body), _categories(body), _days(body)
        for person in persons:
            if things.author(self._store, person.removeprefix("/u/")) is None:
                raise Refused(404, "unknown", f"persons: there is no account {person}.")
        wanted = [(c, p, d) for c in categories for p in persons for d in (days if c != "subscriber" else [""])]
        if len(wanted) > MOST_PARTS:
            raise _bad("from, to", f"at most {MOST_PARTS} parts at once, and these are {len(wanted)}")
        return [self._of(*one) for one in wanted]

    def _of(self, category: str, person: str, day: str) -> Records:
        return Records(category, person, day, lambda: self._kept.documents(category, person, day))


def _about() -> Answer:
    return {"sealed": now(), "described": DESCRIBED}


def _digest(body: Answer) -> bytes:
    """What was asked by a key, as a hash: who it was about stays nowhere."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest().encode()


def _key(body: Answer) -> str:
    value = body.get("key")
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise _bad("key", "must be 1 to 200 visible ASCII characters")
    return value


def _case(body: Answer) -> str:
    value = body.get("case")
    if not isinstance(value, str) or not CASE.fullmatch(value):
        raise _bad("case", "must be a commitment of 64 hexadecimal digits")
    return value


def _some(body: Answer, field: str, most: int) -> list[str]:
    value = body.get(field)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _bad(field, "must be a list of texts")
    if not 0 < len({*value}) == len(value) <= most:
        raise _bad(field, f"must have 1 to {most} members, each once")
    return value


def _persons(body: Answer) -> Sequence[str]:
    value = _some(body, "persons", MOST_PERSONS)
    if not all((match := things.ADDRESS.fullmatch(one)) and match["author"] for one in value):
        raise _bad("persons", "each must be an account's address, like /u/anna")
    return value


def _categories(body: Answer) -> Sequence[str]:
    value = _some(body, "categories", len(CATEGORIES))
    if not {*value} <= {*CATEGORIES}:
        raise _bad("categories", "each must be one of " + ", ".join(CATEGORIES))
    return value


def _days(body: Answer) -> list[str]:
    ends = []
    for field in ("from", "to"):
        value = body.get(field)
        try:
            ends.append(date.fromisoformat(value if isinstance(value, str) and DAY.fullmatch(value) else ""))
        except ValueError:
            raise _bad(field, "must be a day as YYYY-MM-DD (UTC)") from None
    if not 0 <= (ends[1] - ends[0]).days < MOST_DAYS:
        raise _bad("from, to", f"must be in order, and at most {MOST_DAYS} days")
    return private.days(*(one.isoformat() for one in ends))


def _own_bytes(path: Path) -> bytes:
    """Thirty-two bytes of one's own (0600), made at first use."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(path, secrets.token_bytes(32))
    return path.read_bytes()


def _replace(path: Path, raw: bytes) -> None:
    made = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    made.touch(mode=0o600)
    with made.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
