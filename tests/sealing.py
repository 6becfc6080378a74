"""Five custodians, a platform and an authority, with keys of their own; and what they seal, as tests want it."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from comity_seal import documents, items, openings, rosters, texts
from comity_seal.hybrid import Private

PLACES = {"be": "BE", "ee": "EE", "pt": "PT", "uy": "UY", "ch": "CH"}
SEALER = ed25519.Ed25519PrivateKey.from_private_bytes(b"platform" * 4)
RECIPIENT = Private(hashlib.sha256(b"authority").digest())
CASE = texts.commit(b"\1" * 32, "case", "C-1")
SEALED = "2026-11-30T12:00:00Z"


def key(name: str) -> Private:
    """Whose key: always the same for a name."""
    return Private(hashlib.sha256(name.encode()).digest())


def roster(places: dict[str, str] = PLACES, k: int = 3, **about: Any) -> rosters.Roster:
    """A roster of custodians, k of whom open."""
    them = tuple(
        rosters.Custodian(name, place, x, key(name).public, key(name).signs)
        for x, (name, place) in enumerate(places.items(), 1)
    )
    return rosters.Roster(**{"version": 1, "k": k, "custodians": them, "day": "2026-11-30", **about})


def signed(by: rosters.Roster, names: Sequence[str] = tuple(PLACES)) -> rosters.Signed:
    """A roster that those named have signed."""
    return rosters.Signed(by, {name: rosters.sign(by, name, key(name)) for name in names})


def record(
    category: str = "content", day: str = "2026-11-03", text: bytes = b"hello", person: str = "/u/ada"
) -> items.Records:
    """What a platform has of one category, person and day; an empty text: nothing."""
    found = [documents.of("messages.jsonl", "application/x-ndjson", text)] if text else []
    return items.Records(category, person, day, lambda: found)


@dataclass(frozen=True)
class Sealed:
    """An item and its file."""

    raw: bytes
    item: items.Item
    roster: rosters.Roster

    @property
    def blob(self) -> io.BytesIO:
        return io.BytesIO(self.raw)


def sealed(records: Sequence[items.Records], by: rosters.Roster | None = None) -> Sealed:
    """Records sealed to a roster."""
    to = by or roster()
    raw = b"".join(items.seal(records, to, case=CASE, sealer=SEALER, sealed=SEALED))
    return Sealed(raw, items.read(io.BytesIO(raw)), to)


def opening(of: items.Item, parts: Sequence[int], recipient: Private = RECIPIENT, **about: Any) -> openings.Opening:
    """A request to open parts of an item."""
    return openings.parse(request(of, parts, recipient, **about))


def request(of: items.Item, parts: Sequence[int], recipient: Private = RECIPIENT, **about: Any) -> bytes:
    """Its file."""
    to = {"key": texts.b64(recipient.public.raw), "fingerprint": recipient.public.fingerprint}
    which = {"item": of.head.item, "head": of.head.digest}
    said = {"v": 1, "opening": "O-1", "item": which, "parts": list(parts), "recipient": to, **about}
    return texts.canonical(said)


def given(asked: openings.Opening, of: items.Item, names: Sequence[str]) -> list[openings.Given]:
    """What these custodians give."""
    return [openings.give(asked, of, name, key(name)) for name in names]
