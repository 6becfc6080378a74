"""What a part holds: a line that says what it is, then documents, each with a line for name, type and length.

    {"category":"content","day":"2026-11-03","person":"/u/ada"}
    {"length":412,"name":"messages.jsonl","type":"application/x-ndjson"}
    …412 bytes…

The line before a long document ends with as many blanks as let its bytes begin with a chunk: they are sealed uncopied.

No document at all means that there are no records of this category, person and day, and that this was looked up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import texts
from .streams import CHUNK
from .texts import BadText

LONGEST_LINE = 10_000 + CHUNK


class BadDocument(BadText):
    """A part's content that is not as its lines say; the text says how."""


@dataclass(frozen=True)
class Document:
    """One original: a plain file name, media type, length in bytes, and the bytes, which must be as many."""

    name: str
    type: str
    length: int
    data: Iterable[bytes] = field(repr=False)


def of(name: str, type: str, data: bytes) -> Document:
    """A document that is in memory."""
    return Document(name, type, len(data), (data,))


def write(first: bytes, them: Iterable[Document]) -> Iterator[bytes]:
    """A part's bytes. Raises BadDocument when a document is longer or shorter than it said."""
    at = len(first)
    yield first
    for one in them:
        verify_name(one.name)
        line = texts.canonical({"name": one.name, "type": one.type, "length": one.length})
        blanks = -(at + len(line) + 1) % CHUNK if one.length >= CHUNK else 0
        yield line + b" " * blanks + b"\n"
        at += len(line) + blanks + 1 + one.length
        rest = one.length
        for piece in one.data:
            rest -= len(piece)
            yield piece
        if rest:
            raise BadDocument(f"{one.name}: it is not as long as it said")


def verify_name(name: object) -> str:
    """A name that is a file's and leads nowhere. Raises BadDocument."""
    if not isinstance(name, str) or not 0 < len(name) <= 200 or name in (".", ".."):
        raise BadDocument("name: 1 to 200 characters are asked for")
    if any(one in "/\\:\0" or not one.isprintable() for one in name) or name.startswith("."):
        raise BadDocument("name: a file's name without a path is asked for")
    return name


class Reader:
    """A part's content, read as its bytes come. `about`: the part's own line, once the first document is asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._held = iter(pieces), b""
        self.about: dict[str, Any] = self._line() or {}

    def documents(self) -> Iterator[Document]:
        """Each document; its bytes must be taken before the next is asked for. Raises BadDocument."""
        while (said := self._line()) is not None:
            name = verify_name(said.get("name"))
            length = texts.number(said, "length")
            rest = self._bytes(length)
            yield Document(name, texts.text(said, "type"), length, rest)
            for _ in rest:  # whatever was left
                pass

    def _line(self) -> dict[str, Any] | None:
        while b"\n" not in self._held and len(self._held) < LONGEST_LINE:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        if not self._held:
            return None
        line, cut, self._held = self._held.partition(b"\n")
        said = texts.value(line, "a part's line")
        if not cut or not isinstance(said, dict):
            raise BadDocument("a line that says what follows is asked for")
        return said

    def _bytes(self, length: int) -> Iterator[bytes]:
        while length:
            if not self._held:
                self._held = next(self._pieces, b"") or b""
            if not self._held:
                raise BadDocument("a document is cut off")
            some, self._held = self._held[:length], self._held[length:]
            length -= len(some)
            yield some
