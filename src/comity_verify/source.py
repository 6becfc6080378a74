"""Where a log is read from: an address, or a directory of the same files. Bounded in time and size."""

import gzip
import http.client
import io
import time
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from .tiles import LARGEST_ENTRY, WIDTH, Tile

LARGEST = WIDTH * (LARGEST_ENTRY + 2)
TIMEOUT = 20.0
TRIES = 3


class Unreachable(Exception):
    """Nothing answers there."""


class Missing(Exception):
    """What a log of its size must have is not there."""


class Source:
    """A log's files under a prefix: http(s), file:, or a path. One connection is kept."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix.rstrip("/")
        self._at = urlsplit(self.prefix)
        self._directory = None if self._at.scheme in ("http", "https") else Path(self._path())
        self._connection: http.client.HTTPConnection | None = None

    def _path(self) -> str:
        return self._at.path if self._at.scheme == "file" else self.prefix

    def tile(self, tile: Tile) -> bytes:
        """A tile; where the partial one is gone, the head of the full one. Raises Missing, Unreachable."""
        try:
            return self.get(tile.path)
        except Missing:
            if tile.width == WIDTH:
                raise
            whole = self.get(tile.full.path)
            return whole[: tile.width * 32] if tile.level is not None else _first(whole, tile.width)

    def get(self, path: str) -> bytes:
        """One file. Raises Missing, Unreachable."""
        if self._directory is not None:
            try:
                return (self._directory / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise Missing(path) from None
        for again in range(TRIES):
            try:
                return self._fetch(path)
            except (OSError, http.client.HTTPException, EOFError, zlib.error) as error:
                self._connection = None
                if again == TRIES - 1:
                    raise Unreachable(f"{self.prefix}/{path}: {error or type(error).__name__}") from None
                time.sleep(0.2 * (again + 1))
        raise Unreachable(path)

    def _fetch(self, path: str) -> bytes:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
            self._connection = kind(self._at.hostname or "", self._at.port, timeout=TIMEOUT)
        self._connection.request("GET", f"{self._at.path}/{path}", headers={"Accept-Encoding": "gzip, identity"})
        answer = self._connection.getresponse()
        data = answer.read(LARGEST + 1)
        if len(data) > LARGEST:
            self._connection.close()
            self._connection = None
            raise Unreachable(f"{path}: more than {LARGEST} bytes")
        if answer.status in (404, 410):
            raise Missing(path)
        if answer.status != 200:
            raise Unreachable(f"{self.prefix}/{path}: HTTP {answer.status}")
        if answer.getheader("Content-Encoding") == "gzip":
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(LARGEST + 1)
        return data


def _first(whole: bytes, count: int) -> bytes:
    at = 0
    for _ in range(count):
        at += 2 + int.from_bytes(whole[at : at + 2], "big")
    return whole[:at]
