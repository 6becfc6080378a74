"""The Merkle tree of RFC 6962, section 2.1, over SHA-256: roots, proofs, and their verification.

What needs nodes of a tree takes a function `node(height, index)`: the hash over the leaves
`[index * 2**height, (index + 1) * 2**height)`, which must all be there.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()  # the root of a tree without leaves


class Unproven(Exception):
    """A proof that doesn't prove what it is for; the text says where it fails."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The hashes of many entries."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def interior(left: bytes, right: bytes) -> bytes:
    """The hash of a node from those of its two children."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]  # no call for each: half the time
    return hashes[0]


class Edge:
    """The right edge of a growing tree: one perfect subtree for each set bit of its size. Its memory is logarithmic."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size, self.hashes = size, list(hashes)

    def add(self, leaf: bytes) -> None:
        """Append a leaf's hash."""
        height = self.size
        while height & 1:
            leaf = interior(self.hashes.pop(), leaf)
            height >>= 1
        self.hashes.append(leaf)
        self.size += 1

    def add_perfect(self, hash: bytes, height: int) -> None:
        """Append a perfect subtree of `2**height` leaves to a tree whose size is a multiple of that."""
        left = self.size >> height
        while left & 1:
            hash = interior(self.hashes.pop(), hash)
            left >>= 1
        self.hashes.append(hash)
        self.size += 1 << height

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for larger in reversed(self.hashes[:-1]):
            root = interior(larger, root)
        return root


def edge_of(size: int, node: Node) -> Edge:
    """The right edge of a tree of that size, from its nodes."""
    hashes, start = [], 0
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            hashes.append(node(height, start >> height))
            start += 1 << height
    return Edge(size, hashes)


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def span(start: int, end: int, node: Node) -> bytes:
    """The hash over the leaves `[start, end)`; start is a multiple of the largest power of two that fits."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return interior(span(start, middle, node), span(middle, end, node))


def root(size: int, node: Node) -> bytes:
    """The root of a tree of that size."""
    return span(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node, start: int = 0) -> list[bytes]:
    """PATH(index, D[start:size]), the leaf's sibling first (RFC 6962, 2.1.1)."""
    if size - start == 1:
        return []
    middle = start + _split(size - start)
    if index < middle:
        return [*inclusion(index, middle, node, start), span(middle, size, node)]
    return [*inclusion(index, size, node, middle), span(start, middle, node)]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[new]) for 0 <= old <= new (RFC 6962, 2.1.2); empty from the empty tree."""
    return _consistent(old, 0, new, True, node) if old else []


def _consistent(old: int, start: int, end: int, whole: bool, node: Node) -> list[bytes]:
    if old == end:
        return [] if whole else [span(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_consistent(old, start, middle, whole, node), span(middle, end, node)]
    return [*_consistent(old, middle, end, False, node), span(start, middle, node)]


def _check_lengths(*hashes: bytes) -> None:
    if any(len(hash) != 32 for hash in hashes):
        raise Unproven("a hash has 32 bytes")


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf's hash is at an index of the tree with this size and root (RFC 9162, 2.1.3.2).

    Raises Unproven.
    """
    if not 0 <= index < size:
        raise Unproven(f"entry {index} is not in a tree of {size}")
    _check_lengths(leaf, root, *proof)
    first, last, hash = index, size - 1, leaf
    for one in proof:
        if last == 0:
            raise Unproven("the inclusion proof has too many hashes")
        if first & 1 or first == last:
            hash = interior(one, hash)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            hash = interior(hash, one)
        first, last = first >> 1, last >> 1
    if last or hash != root:
        raise Unproven(f"the inclusion proof of entry {index} does not lead to the root of {size}")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of size `new` continues that of size `old` (RFC 9162, 2.1.4.2). Raises Unproven."""
    if not 0 <= old <= new:
        raise Unproven(f"a tree of {new} does not continue one of {old}")
    _check_lengths(old_root, new_root, *proof)
    if old in (0, new):
        if proof or (old == new and old_root != new_root):
            raise Unproven(f"two trees of size {new} differ" if old_root != new_root and old else "a proof too many")
        return
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof:
        raise Unproven("the consistency proof is empty")
    _climb(old - 1, new - 1, hashes, old_root, new_root)


def _climb(first: int, last: int, hashes: list[bytes], old_root: bytes, new_root: bytes) -> None:
    while first & 1:
        first, last = first >> 1, last >> 1
    old, new = hashes[0], hashes[0]
    for one in hashes[1:]:
        if last == 0:
            raise Unproven("the consistency proof has too many hashes")
        if first & 1 or first == last:
            old, new = interior(one, old), interior(one, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = interior(new, one)
        first, last = first >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise Unproven("the later tree does not continue the earlier: they are two histories")


class Memory:
    """A tree whose leaf hashes are all in memory, as a source of nodes."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([interior(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def node(self, height: int, index: int) -> bytes:
        """One perfect subtree's hash."""
        return self.levels[height][index]
