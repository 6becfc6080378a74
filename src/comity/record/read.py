"""What the pages and receipts read of a log: its published head, its entries, the nodes of its tree. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from comity_verify import merkle, notes, policies, tiles
from comity_verify.audit import head_of
from comity_verify.notes import BadNote, Checkpoint
from comity_verify.source import Missing, Source
from comity_verify.tiles import WIDTH, Tile

from . import places


@dataclass(frozen=True)
class Head:
    """A published head: `note` is the file, `witnesses` those that cosigned it, by their keys' names."""

    origin: str
    size: int
    root: str
    witnesses: Sequence[str] = ()
    note: bytes = b""
    all: int = 0  # how many witnesses there are


def source(realm: str) -> Source:
    """The log's files."""
    return Source(str(places.directory(realm)))


def head(realm: str) -> Head:
    """The head that is published; of size 0 where none is."""
    policy = policies.parse(places.policy(realm).encode())
    try:
        found, signed, raw = head_of(source(realm), policy)
    except (Missing, BadNote):
        empty = Checkpoint(places.signer(realm).name, 0, merkle.EMPTY)
        return Head(empty.origin, 0, notes.b64(empty.root), all=len(policy.witnesses))
    names = [policy.witnesses[one][0].name for one in signed]
    return Head(found.origin, found.size, notes.b64(found.root), names, raw, len(policy.witnesses))


def node(realm: str, size: int) -> merkle.Node:
    """The nodes of the tree at that size."""
    return tiles.Reader(size, source(realm).tile).node


def entry(realm: str, index: int, size: int) -> bytes:
    """One entry as it is published. Raises Missing, tiles.Malformed."""
    return entries(realm, index, index + 1, size)[0]


def entries(realm: str, start: int, end: int, size: int) -> list[bytes]:
    """The entries of a range of a tree of that size. Raises Missing, tiles.Malformed."""
    found: list[bytes] = []
    files = source(realm)
    for index in range(start // WIDTH, (end - 1) // WIDTH + 1):
        width = tiles.width_in(size, 0, index)
        found += tiles.parse_bundle(files.tile(Tile(None, index, width)), width)
    first = start // WIDTH * WIDTH
    return found[start - first : end - first]
