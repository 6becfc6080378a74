"""Where sealed files lie: below `custody/` in the data directory. Nobody here can read what is in them."""

import io
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings

from comity_seal import texts


def items() -> Path:
    """The items, as platforms sealed them, without their envelopes."""
    return _made("items")


def productions() -> Path:
    """What authorities collect."""
    return _made("productions")


def item(id: str) -> Path:
    """An item's file."""
    return items() / f"{id}.item"


def production(opening: str, number: int) -> Path:
    """A package's file."""
    return productions() / f"{opening}-{number}.zip"


def draft(opening: str) -> Path:
    """Where a package is written before it is known to be the one."""
    return productions() / f".{opening}-{secrets.token_hex(8)}.zip"


def _made(name: str) -> Path:
    path = Path(settings.COMITY.data) / "custody" / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that is there, whole and on disk, once the block ends; or not at all."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")  # several threads of one process may be at it
    try:
        with made.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


class _Whole(io.RawIOBase):
    """Some bytes, then a file from a place on, as one file that can be read and sought in."""

    def __init__(self, first: bytes, file: IO[bytes], skip: int) -> None:
        self._first, self._file, self._skip, self._at = first, file, skip, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            offset += len(self._first) + self._file.seek(0, os.SEEK_END) - self._skip
        self._at = offset + (self._at if whence == os.SEEK_CUR else 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at < len(self._first):
            piece = self._first[self._at : self._at + len(buffer)]
        else:
            self._file.seek(self._at - len(self._first) + self._skip)
            piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def whole(file: IO[bytes], envelopes: Mapping[str, bytes]) -> IO[bytes]:
    """An item's file with its envelopes in their place again, as its platform sealed it; memory holds its lines."""
    file.seek(0)
    head, parts = file.readline(), file.readline()
    file.readline()
    line = texts.canonical({name: texts.b64(one) for name, one in envelopes.items()}) + b"\n"
    return io.BufferedReader(_Whole(head + parts + line, file, file.tell()))
