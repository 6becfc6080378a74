"""The key store: three functions. Keys are files outside the database and its backups, one for each month."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

KEY_BYTES = 32
WORKING = re.compile(r"w\d{4}-\d\d")  # of a month in which it is used
OF_AN_END = re.compile(r"\d{4}-\d\d")  # of the month in which what it sealed ends, as up to 0.2 they were


class KeyGone(Exception):
    """The month's key was destroyed; what it encrypted can't be opened any more."""


def working(at: datetime) -> str:
    """What the key of the month of an instant (UTC) is called. Never as one of an end: two different keys of one name
    would be mistaken for each other."""
    return f"w{at:%Y-%m}"


class FileKeys:
    """Keys as files of mode 0600 in one directory. Another store needs the same functions."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def _path(self, month: str) -> Path:
        return self.directory / f"{month}.vault"

    def stamp(self, month: str) -> tuple[int, int]:
        """What distinguishes the key of a month, made where there is none, from any other that had its name."""
        try:
            found = self._path(month).stat()
        except FileNotFoundError:
            self.make(month)
            found = self._path(month).stat()
        return found.st_ino, found.st_mtime_ns

    def others(self, month: str) -> list[str]:
        """The names of all keys but the one of this month."""
        return sorted(path.stem for path in self.directory.glob("*.vault") if path.stem != month)

    def over(self, at: datetime) -> Iterator[str]:
        """The keys that nothing is sealed under any more by an instant (UTC)."""
        for month in self.others(working(at)):
            if OF_AN_END.fullmatch(month) or (WORKING.fullmatch(month) and month < working(at)):
                yield month

    def open(self, month: str) -> bytes:
        """The key of a month ("w2027-05"). Raises KeyGone."""
        try:
            return self._path(month).read_bytes()
        except FileNotFoundError:
            raise KeyGone(month) from None

    def make(self, month: str) -> bytes:
        """The key of a month, created and fsynced before its first use: else a power cut could leave bytes without
        their key."""
        try:
            return self.open(month)
        except KeyGone:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.directory / f".{month}.{secrets.token_hex(4)}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(path, self._path(month))
        except FileExistsError:
            return self.open(month)
        finally:
            path.unlink()
        self._sync()
        return self.open(month)

    def destroy(self, month: str) -> None:
        """Delete a month's key; what it encrypted is gone, in backups too."""
        self._path(month).unlink(missing_ok=True)
        self._sync()

    def _sync(self) -> None:
        directory = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
