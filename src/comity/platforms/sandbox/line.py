"""A connection to one place, kept open between calls: one for each thread, given up as soon as anything is odd."""

import http.client
import threading
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult

Read = Callable[[http.client.HTTPResponse], bytes]
STALE = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionResetError, BrokenPipeError)


class _Open:
    """An open connection; it closes with what keeps it."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Line:
    """Calls over a kept connection. No redirect is followed and no cookie kept; `timeout` in seconds, for each wait.

    A call over a connection that the other side has meanwhile closed is sent once more, so it may be sent twice: what
    isn't the same when repeated says `keep=False`."""

    def __init__(self, at: SplitResult, timeout: float, *, keep: bool = True) -> None:
        self._at, self._timeout, self._keep = at, timeout, keep
        self._kept = threading.local()

    def ask(
        self, read: Read, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """The status, and what `read` makes of the answer. Raises OSError, HTTPException, and what `read` raises."""
        kept: _Open | None = getattr(self._kept, "open", None)
        self._kept.open = None  # only what came back whole is used again
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
