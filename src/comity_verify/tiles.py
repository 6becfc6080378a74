"""Where the hashes and entries of a log lie as files, and how those are read (C2SP tlog-tiles)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import merkle

HEIGHT, WIDTH = 8, 256
HASH = 32
LARGEST_ENTRY = 65_535
_PATH = re.compile(
    r"tile/(entries|0|[1-5][0-9]|6[0-3]|[1-9])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.A
)


class Malformed(ValueError):
    """Bytes or a path that are not as the format asks; the text says what and where."""


@dataclass(frozen=True)
class Tile:
    """One file: hashes of a level, or entries (level None); `width` 256 is a full one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path under the log's prefix."""
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{spell(self.index)}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def full(self) -> "Tile":
        """The full one of the same place."""
        return Tile(self.level, self.index)


def spell(index: int) -> str:
    """An index as it stands in a path: 1234067 is x001/x234/067."""
    text = f"{index % 1000:03d}"
    while index := index // 1000:
        text = f"x{index % 1000:03d}/{text}"
    return text


def parse_path(path: str) -> Tile:
    """The tile at a path; raises Malformed for any other spelling than the one."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise Malformed(f"not a tile's path: {path[:80]}")
    level, digits, width = found.groups()
    index = int(digits.replace("/", "").replace("x", ""))
    tile = Tile(None if level == "entries" else int(level), index, int(width or WIDTH))
    if index >= 2**63 or tile.width > WIDTH or tile.path != path:
        raise Malformed(f"not a tile's path: {path[:80]}")
    return tile


def of_size(size: int) -> Iterator[tuple[int, int, int]]:
    """For each level of a tree: level, number of full tiles, width of the partial one (0: none)."""
    level = 0
    while count := size >> HEIGHT * level:
        yield level, count // WIDTH, count % WIDTH
        level += 1


def locate(height: int, index: int) -> tuple[int, int, int, int]:
    """Where a node of the tree is: tile level, tile index, height within the tile, index at that height."""
    level, rest = divmod(height, HEIGHT)
    first = index << rest
    return level, first >> HEIGHT, rest, (first & WIDTH - 1) >> rest


def width_in(size: int, level: int, index: int) -> int:
    """How many hashes tile `index` of a level has in a tree of that size: 0 if none."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def parse_bundle(data: bytes, width: int | None = None) -> list[bytes]:
    """The entries of a bundle; raises Malformed if it is cut, or has another number of them than `width`."""
    entries: list[bytes] = []
    at, end = 0, len(data)
    while at < end:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1]) if start <= end else end + 1
        if at > end:
            raise Malformed(f"entry {len(entries)} of the bundle is cut short")
        entries.append(data[start:at])
    if len(entries) > WIDTH:
        raise Malformed("more than 256 entries in a bundle")
    if width is not None and len(entries) != width:
        raise Malformed(f"{len(entries)} entries in a bundle of {width}")
    return entries


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as one bundle; raises Malformed for one that is too long."""
    for number, entry in enumerate(entries):
        if len(entry) > LARGEST_ENTRY:
            raise Malformed(f"entry {number}: {len(entry)} bytes, and {LARGEST_ENTRY} at most are allowed")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def hashes_of(data: bytes, width: int, what: str) -> list[bytes]:
    """The hashes of a tile's bytes; raises Malformed if there are more or fewer than `width`."""
    if len(data) != width * HASH:
        raise Malformed(f"{what}: {len(data)} bytes, and {width * HASH} are asked for")
    return [data[i : i + HASH] for i in range(0, len(data), HASH)]


class Reader:
    """The nodes of a tree of a given size, from its tiles. `get` gives a tile's bytes; a few are kept.

    Nothing it gives is proven: whoever uses a node checks what it leads to against a verified checkpoint.
    """

    KEPT = 512

    def __init__(self, size: int, get: Callable[[Tile], bytes]) -> None:
        self.size, self._get = size, get
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    def hashes(self, level: int, index: int) -> list[bytes]:
        """The hashes of one tile, as far as this tree has them. Raises Malformed."""
        if (level, index) not in self._kept:
            tile = Tile(level, index, width_in(self.size, level, index))
            if len(self._kept) >= self.KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[level, index] = hashes_of(self._get(tile), tile.width, tile.path)
        return self._kept[level, index]

    def node(self, height: int, index: int) -> bytes:
        """One perfect subtree's hash."""
        level, tile, rest, place = locate(height, index)
        first = place << rest
        found = self.hashes(level, tile)[first : first + (1 << rest)]
        if len(found) != 1 << rest:
            raise Malformed(f"tile {level}/{tile} lacks hashes for a node of height {height}")
        return merkle.fold(found)
