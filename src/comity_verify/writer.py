"""Writes a log as files that any web server can serve (C2SP tlog-tiles): entries and hashes first, the head last.

`head` is the last signed head, with the log's signature alone: what this machine remembers. `checkpoint` is what is
published: the same head with its witnesses' cosignatures. Whatever dies in between, the next start finds files beyond
its head, and writes them again with the same bytes. One process holds the directory at a time. The partial tiles of one
that is full go once a head over the full one is published, as tlog-tiles lets them: whoever holds an older head reads
the full one.
"""

import fcntl
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import merkle, notes, tiles
from .notes import BadNote, Checkpoint, Signer
from .tiles import HASH, WIDTH, Tile


class Busy(Exception):
    """Another process writes this log."""


class Damaged(Exception):
    """The files of the log don't lead to its head: nothing is signed; the text says where."""


class Writer:
    """The one writer of a log. Raises Busy, Damaged, BadNote."""

    def __init__(self, directory: Path, signer: Signer) -> None:
        self.directory, self.signer = directory, signer
        directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._lock = open(directory / ".lock", "w")  # noqa: SIM115 it is held as long as the writer lives
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Busy(f"another process writes the log in {directory}") from None
        self._dirs: set[Path] = set()
        self._partial: set[Path] = self._left_over()
        self._waiting: ThreadPoolExecutor | None = None
        self.head = self._last_head()
        self._load()

    def close(self) -> None:
        """Let another process write."""
        self._lock.close()
        if self._waiting is not None:
            self._waiting.shutdown()

    def _left_over(self) -> set[Path]:
        """Directories of partial tiles, whose full one may be there: of a process that died, or of a version before."""
        return set((self.directory / "tile").glob("**/*.p"))

    def _last_head(self) -> Checkpoint:
        try:
            raw = (self.directory / "head").read_bytes()
        except FileNotFoundError:
            return Checkpoint(self.signer.name, 0, merkle.EMPTY)
        return notes.open_checkpoint(raw, self.signer.name, [self.signer.key])[0]

    def _load(self) -> None:
        """The partial tiles at the head, checked against it."""
        reader = tiles.Reader(self.head.size, self.read)
        try:
            self._levels = [
                reader.hashes(level, full) if width else [] for level, full, width in tiles.of_size(self.head.size)
            ]
            self._edge = merkle.edge_of(self.head.size, reader.node)
            full, width = divmod(self.head.size, WIDTH)
            self._bundle = tiles.parse_bundle(self.read(Tile(None, full, width)), width) if width else []
        except (OSError, tiles.Malformed) as error:
            raise Damaged(f"the log's files lack what its head of {self.head.size} asks for: {error}") from None
        hashes = [merkle.leaf_hash(entry) for entry in self._bundle]
        if self._edge.root() != self.head.root or hashes != (self._levels[0] if self._levels else []):
            raise Damaged(f"the log's files do not lead to the root of its head of {self.head.size}")

    def read(self, tile: Tile) -> bytes:
        """A tile's bytes, as far as its width: from the full file where there is one."""
        full = self.directory / tile.full.path
        if tile.width == WIDTH or not (self.directory / tile.path).exists():
            data = full.read_bytes()
            if tile.level is not None:
                return data[: tile.width * HASH]
            return tiles.bundle(tiles.parse_bundle(data)[: tile.width])
        return (self.directory / tile.path).read_bytes()

    @property
    def node(self) -> merkle.Node:
        """The nodes of the tree at its head."""
        return tiles.Reader(self.head.size, self.read).node

    # 1. entries and hashes, 2. everything on disk, 3. the head
    def append(self, entries: Sequence[bytes]) -> Checkpoint:
        """Write entries and sign the head over them; when this returns, all of it is durable. Raises OSError."""
        files: list[int] = []
        try:
            self._write_bundles(entries, files)
            levels = self._write_hashes(merkle.leaf_hashes(entries), files)
            self._durable(files)
        finally:
            for descriptor in files:
                os.close(descriptor)
        edge = _edge(self._edge.size + len(entries), levels)
        head = Checkpoint(self.signer.name, edge.size, edge.root())
        self._sync_dirs()
        self._put("head", notes.assemble(head.text, [self.signer.line(head.text)]))
        kept = edge.size % WIDTH
        self._bundle = [*self._bundle, *entries][-kept:] if kept else []
        self.head, self._edge, self._levels = head, edge, levels
        return head

    def _write_bundles(self, entries: Sequence[bytes], files: list[int]) -> None:
        index, waiting = self._edge.size // WIDTH, [*self._bundle, *entries]
        for at in range(0, len(waiting), WIDTH):
            part = waiting[at : at + WIDTH]
            self._file(Tile(None, index + at // WIDTH, len(part)), tiles.bundle(part), files)

    def _write_hashes(self, leaves: list[bytes], files: list[int]) -> list[list[bytes]]:
        level, first, levels, added = 0, self._edge.size, list(self._levels), leaves
        while added:
            have = levels[level] if level < len(levels) else []
            index, waiting = first // WIDTH, [*have, *added]
            added = []
            for at in range(0, len(waiting), WIDTH):
                part = waiting[at : at + WIDTH]
                self._file(Tile(level, index + at // WIDTH, len(part)), b"".join(part), files)
                if len(part) == WIDTH:
                    added.append(merkle.fold(part))
            rest = waiting[len(waiting) // WIDTH * WIDTH :]
            levels[level : level + 1] = [rest]
            level, first = level + 1, first // WIDTH
        return levels

    def _durable(self, files: list[int]) -> None:
        """Wait until all of them are on disk: together, so that one commit of the file system's journal serves many."""
        if len(files) < 4:
            for descriptor in files:
                os.fdatasync(descriptor)
            return
        if self._waiting is None:
            self._waiting = ThreadPoolExecutor(16)
        list(self._waiting.map(os.fdatasync, files))

    def _file(self, tile: Tile, data: bytes, files: list[int]) -> None:
        path = self.directory / tile.path
        if tile.width != WIDTH:
            self._partial.add(path.parent)
        self._directory(path.parent)
        self._dirs.add(path.parent)
        made = path.with_name(f".{path.name}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        files.append(descriptor)
        at = 0
        while at < len(data):
            at += os.write(descriptor, data[at:])
        os.rename(made, path)

    def _directory(self, path: Path) -> None:
        """Make a directory, and those above it; what holds a new one is made durable too."""
        if not path.is_dir():
            self._directory(path.parent)
            path.mkdir(mode=0o755, exist_ok=True)
            self._dirs.add(path.parent)

    def _sync_dirs(self) -> None:
        for path in sorted(self._dirs):
            sync(path)
        self._dirs.clear()

    def _put(self, name: str, data: bytes) -> None:
        replace(self.directory / name, data)

    def publish(self, cosignatures: Sequence[str] = ()) -> None:
        """Publish the head, with the witnesses' lines."""
        text = self.head.text
        self._put("checkpoint", notes.assemble(text, [self.signer.line(text), *cosignatures]))
        self._sweep()

    def _sweep(self) -> None:
        """Take away the partial tiles of those that are full under the published head."""
        for path in [one for one in self._partial if one.with_name(one.name.removesuffix(".p")).exists()]:
            if _last_entry(path, self.directory) < self.head.size:  # not full by a process that died before its head
                shutil.rmtree(path, ignore_errors=True)
                self._partial.discard(path)

    def signed_head(self) -> bytes:
        """The last head, as signed."""
        text = self.head.text
        return notes.assemble(text, [self.signer.line(text)])

    def published(self) -> bytes | None:
        """What is published; None before the first head is."""
        try:
            return (self.directory / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None


def _last_entry(partial: Path, directory: Path) -> int:
    """The number of the last entry that the full tile of a directory of partial ones is over."""
    level, *index = partial.relative_to(directory / "tile").parts
    number = int("".join(part.removeprefix("x").removesuffix(".p") for part in index))
    depth = 1 if level == "entries" else int(level) + 1
    return int((number + 1) * WIDTH**depth - 1)


def _edge(size: int, levels: Sequence[Sequence[bytes]]) -> merkle.Edge:
    """The right edge of a tree from its partial tiles, the highest first."""
    hashes: list[bytes] = []
    for level in reversed(levels):
        part = merkle.Edge()
        for hash in level:
            part.add(hash)
        hashes += part.hashes
    return merkle.Edge(size, hashes)


def sync(directory: Path) -> None:
    """Make what was renamed into a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, data: bytes) -> None:
    """Replace a file durably: it is the old one or the new one whenever the machine stops. Raises OSError."""
    made = path.with_name(f".{path.name}")
    with open(made, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(made, path)
    sync(path.parent)


__all__ = ["BadNote", "Busy", "Damaged", "Writer", "replace", "sync"]
