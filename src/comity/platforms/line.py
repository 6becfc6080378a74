"""A persistent connection to one place: one per thread, dropped as soon as anything goes wrong."""

import http.client
import threading
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult

Read = Callable[[http.client.HTTPResponse], bytes]
STALE = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionResetError, BrokenPipeError)


class _Open:
    """An open connection; closed when its owner is garbage-collected."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Line:
    """Calls over a persistent connection. Follows no redirect, keeps no cookie; `timeout` in seconds, for each wait.

    A call over a connection that the other side has closed meanwhile is sent once more, so it may arrive twice: callers
    whose requests aren't idempotent pass `keep=False`.
    """

    def __init__(self, at: SplitResult, timeout: float, *, keep: bool = True) -> None:
        self._at, self._timeout, self._keep = at, timeout, keep
        self._kept = threading.local()

    def ask(
        self, read: Read, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """The status, and what `read` makes of the answer. Raises OSError, HTTPException, and whatever `read`
        raises."""
        kept: _Open | None = getattr(self._kept, "open", None)
        self._kept.open = None  # a connection is reused only after a complete answer
        if kept is not None:
            try:
                return self._exchange(kept, read, method, path, body, headers)
            except STALE:
                kept.connection.close()
        return self._exchange(_Open(self._new()), read, method, path, body, headers)

    def _new(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
        return kind(self._at.hostname or "", self._at.port, timeout=self._timeout)

    def _exchange(
        self, over: _Open, read: Read, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        ending = {} if self._keep else {"Connection": "close"}
        over.connection.request(method, path, body, {**(headers or {}), **ending})
        answer = over.connection.getresponse()
        raw = read(answer)
        if self._keep and answer.isclosed() and not answer.will_close:
            self._kept.open = over
        return answer.status, raw
