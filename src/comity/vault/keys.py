"""The key store: three functions. Keys are files outside the database and its backups, one for each month."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


class KeyGone(Exception):
    """The month's key was destroyed; what it encrypted can't be opened any more."""


class FileKeys:
    """Keys as files of mode 0600 in one directory. Another store needs the same three functions."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def _path(self, month: str) -> Path:
        return self.directory / f"{month}.vault"

    def open(self, month: str) -> bytes:
        """The key of a month ("2027-05"). Raises KeyGone."""
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
