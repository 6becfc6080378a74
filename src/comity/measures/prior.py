"""The prior states of a measure's targets as one sealed document: bytes, whatever a platform's snapshots are. Pure.

A mark, then each snapshot behind its length (eight bytes, big-endian). Before there was a mark it was a JSON list of
texts: the measures of then are read as well, for as long as they stand.
"""

import json
from collections.abc import Iterable

MARK = b"\x01"
LENGTH = 8


def pack(snapshots: Iterable[bytes]) -> bytes:
    """The document that keeps these snapshots, in their order; an empty one where nothing stood."""
    return MARK + b"".join(len(one).to_bytes(LENGTH, "big") + one for one in snapshots)


def unpack(doc: bytes) -> list[bytes]:
    """The snapshots that a document keeps. Raises ValueError where it is neither of the two."""
    if not doc.startswith(MARK):
        return [str(text).encode() for text in json.loads(doc)]
    found, at = [], len(MARK)
    while at < len(doc):
        start, at = at + LENGTH, at + LENGTH + int.from_bytes(doc[at : at + LENGTH], "big")
        if at > len(doc):
            raise ValueError("prior: a snapshot is shorter than its length says")
        found.append(doc[start:at])
    return found
