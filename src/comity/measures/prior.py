"""How a measure's targets stood before it: digests under a salt. Equal bytes have equal digests, so that a lift can be
shown to be exact; what stood there can't be read from them by anybody, root included. Pure.

A mark, the salt, then a digest for each target. Before there were digests it was the snapshots themselves, behind
another mark, and before that a JSON list of texts: those are read for one thing, to be reduced (`reducing.py`).
"""

import hashlib
import json
from collections.abc import Iterable

MARK, SNAPSHOTS = b"\x02", b"\x01"
SIZE, LENGTH = 32, 8


def of(snapshots: Iterable[bytes], salt: bytes) -> bytes:
    """The document that keeps how these stood, in their order; an empty one where nothing stood. `salt`: 32 bytes."""
    if len(salt) != SIZE:
        raise ValueError(f"salt: {SIZE} bytes are asked for")
    return MARK + salt + b"".join(hashlib.sha256(salt + one).digest() for one in snapshots)


def fits(doc: bytes, snapshots: Iterable[bytes]) -> bool:
    """Whether these are, byte for byte, how it stood. Raises ValueError for a document that is none."""
    if not reduced(doc) or (len(doc) - len(MARK)) % SIZE or len(doc) < len(MARK) + SIZE:
        raise ValueError("prior: no document of digests")
    return of(snapshots, doc[len(MARK) : len(MARK) + SIZE]) == doc


def reduced(doc: bytes) -> bool:
    """Whether a document holds digests alone."""
    return doc.startswith(MARK)


def unpack(doc: bytes) -> list[bytes]:
    """The snapshots that a document of an earlier version keeps. Raises ValueError where it is neither of those."""
    if not doc.startswith(SNAPSHOTS):
        return [str(text).encode() for text in json.loads(doc)]
    found, at = [], len(SNAPSHOTS)
    while at < len(doc):
        start, at = at + LENGTH, at + LENGTH + int.from_bytes(doc[at : at + LENGTH], "big")
        if at > len(doc):
            raise ValueError("prior: a snapshot is shorter than its length says")
        found.append(doc[start:at])
    return found
