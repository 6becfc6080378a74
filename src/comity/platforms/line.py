"""A persistent connection to one place: one per thread, dropped as soon as anything goes wrong."""

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import SplitResult

Read = Callable[[http.client.HTTPResponse], bytes]
STALE = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionResetError, BrokenPipeError)


class _Open:
    """An open connection; closed when its owner is garbage-collected."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class _Until(io.RawIOBase):
    """What a socket receives, until an instant: one that drips its answer, its headers too, has no more time by it."""

    def __init__(self, sock: socket.socket, raw: Any, until: float) -> None:
        self._sock, self._raw, self._until = sock, raw, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(left(self._until))
        got: int | None = self._raw.readinto(buffer)
        return got

    def close(self) -> None:
        self._raw.close()
        super().close()


def left(until: float) -> float:
    """How many seconds are left until an instant (monotonic). Raises TimeoutError if none are."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *rest: Any, until: float, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        self.fp.close()
        self.fp = io.BufferedReader(_Until(sock, sock.makefile("rb", buffering=0), until))


class Line:
    """Calls over a persistent connection. Follows no redirect, keeps no cookie; `timeout` in seconds, for each wait.
    `trust`: whose certificates are taken, where that isn't what the system trusts.

    A call over a connection that the other side has closed meanwhile is sent once more, so it may arrive twice: callers
    whose requests aren't idempotent pass `keep=False`.
    """

    def __init__(
        self, at: SplitResult, timeout: float, *, keep: bool = True, trust: ssl.SSLContext | None = None
    ) -> None:
        self._at, self._timeout, self._keep, self._trust = at, timeout, keep, trust
        self._kept = threading.local()

    def ask(
        self,
        read: Read,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        until: float | None = None,
    ) -> tuple[int, bytes]:
        """The status, and what `read` makes of the answer, all of it by `until` (monotonic), if given. Raises OSError,
        HTTPException, and whatever `read` raises."""
        kept: _Open | None = getattr(self._kept, "open", None)
        self._kept.open = None  # a connection is reused only after a complete answer
        if kept is not None:
            try:
                return self._exchange(kept, read, until, method, path, body, headers)
            except STALE:
                kept.connection.close()
        return self._exchange(_Open(self._new(until)), read, until, method, path, body, headers)

    def _new(self, until: float | None) -> http.client.HTTPConnection:
        timeout = self._timeout if until is None else min(self._timeout, left(until))
        host, port = self._at.hostname or "", self._at.port
        if self._at.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._trust)
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _exchange(
        self,
        over: _Open,
        read: Read,
        until: float | None,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[int, bytes]:
        ending = {} if self._keep else {"Connection": "close"}
        if until is not None:
            over.connection.response_class = partial(_Answer, until=until)  # type: ignore[assignment]
            if over.connection.sock:
                over.connection.sock.settimeout(left(until))
        over.connection.request(method, path, body, {**(headers or {}), **ending})
        answer = over.connection.getresponse()
        raw = read(answer)
        if self._keep and answer.isclosed() and not answer.will_close:
            self._kept.open = over
        return answer.status, raw
