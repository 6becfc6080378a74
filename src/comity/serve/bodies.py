"""Granian's requests for Django: a body is received whole, bounded in size and time, before it costs a thread.

Granian speaks HTTP and hands each request to an event loop (its RSGI interface); Django needs a thread for as long as
it works. If that thread read the body, as many slow senders as there are threads would block every page
(docs/decisions/bodies-before-threads.md).
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

BODY_TIMEOUT = 15.0  # seconds from a request's head to the end of its body
SLOWEST = 250_000  # bytes a second that a body beyond a page's has to come at, or it times out
AT_ONCE = 256  # bodies being received at a time; one more, and the oldest times out
BYTES_AT_ONCE = 64 * 1024 * 1024  # declared by bodies under way, plus those in use
SEND_TIMEOUT = 10.0  # seconds for the client to take one piece of an answer

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., None]], Iterable[bytes]]


class Refused(Exception):
    """A request that is not given a thread: its status (RFC 9110, 15.5), and what is wrong in one line."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status, self.says = status, says


@dataclass
class Bodies:
    """The bodies being received, and those received but still in use. Belongs to one event loop."""

    largest: int  # bytes; a larger declared body is left unread, for the application to refuse
    larger: Callable[[str], int] = lambda path: 0  # how large one may be on pages that take files, by their path
    timeout: float = BODY_TIMEOUT
    awaited: dict[asyncio.Timeout, int] = field(default_factory=dict)  # oldest first
    kept: int = 0  # bytes of bodies in use

    @asynccontextmanager
    async def taken(self, scope: Any, protocol: Any) -> AsyncIterator[bytes]:
        """The body of a request while it is in use; empty for a declared size beyond what its page takes. Raises
        Refused."""
        body = await self._take(scope, protocol)
        self.kept += len(body)
        try:
            yield body
        finally:
            self.kept -= len(body)

    async def _take(self, scope: Any, protocol: Any) -> bytes:
        if "transfer-encoding" in scope.headers:
            raise Refused(411, "Say how long the body is (Content-Length), and send it unchunked.")
        declared = int(scope.headers.get("content-length") or 0)  # the HTTP parser lets only digits through
        if not 0 < declared <= self.largest and not 0 < declared <= self.larger(_latin(scope.path)):
            return b""
        self._make_room(declared)
        try:
            return await self._whole(protocol, declared)
        except TimeoutError:
            raise Refused(408, "The body of this request did not come in time. Please send it again.") from None
        except Exception as broken:  # the client hung up: nobody is left to tell
            raise Refused(400, "The body of this request was cut off.") from broken

    async def _whole(self, protocol: Any, declared: int) -> bytes:
        seconds = self.timeout + (declared / SLOWEST if declared > self.largest else 0)
        async with asyncio.timeout(seconds) as limit:
            self.awaited[limit] = declared
            try:
                return bytes(await protocol())
            finally:
                del self.awaited[limit]

    def _make_room(self, declared: int) -> None:
        """Time out the oldest bodies under way: an honest sender has finished a form long before it is the oldest.

        Raises Refused if the bodies in use leave no room.
        """
        if self.kept + declared > BYTES_AT_ONCE:
            raise Refused(503, "Too many large requests are being worked on just now. Please try again in a minute.")
        waiting = [limit for limit in self.awaited if not limit.expired()]
        size = self.kept + declared + sum(self.awaited[limit] for limit in waiting)
        for at, limit in enumerate(waiting):
            if len(waiting) - at < AT_ONCE and size <= BYTES_AT_ONCE:
                return
            size -= self.awaited[limit]
            limit.reschedule(asyncio.get_running_loop().time())


class Pages:
    """A WSGI application (PEP 3333) as Granian calls it: each request in one of `threads`, after its body has
    arrived."""

    def __init__(
        self, application: Application, threads: int, largest: int, larger: Callable[[str], int] = lambda path: 0
    ) -> None:
        self.application, self.bodies = application, Bodies(largest, larger)
        self.threads = ThreadPoolExecutor(threads, "page")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        try:
            async with self.bodies.taken(scope, protocol) as body:
                await loop.run_in_executor(self.threads, self._answer, environ(scope, body), protocol, loop)
        except Refused as no:
            kind = ("content-type", "text/plain; charset=utf-8")
            protocol.response_str(no.status, [kind, ("connection", "close")], no.says)

    def _answer(self, asked: Environ, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        head: list[Any] = []
        pieces: Any = self.application(asked, lambda status, headers, exc_info=None: head.extend((status, headers)))
        try:
            status, headers = int(head[0].split(" ", 1)[0]), head[1]
            if pieces.streaming:
                _stream(pieces, protocol.response_stream(status, headers), loop)
            else:
                protocol.response_bytes(status, headers, b"".join(pieces))
        finally:
            pieces.close()


def _stream(pieces: Iterable[bytes], transport: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Send an answer piece by piece; raises if nobody takes it any more."""

    async def send(piece: bytes) -> None:
        await transport.send_bytes(piece)

    for piece in pieces:
        asyncio.run_coroutine_threadsafe(send(piece), loop).result(SEND_TIMEOUT)


def environ(scope: Any, body: bytes) -> Environ:
    """A request as a WSGI environ. A header with an underscore in its name is dropped: it would pass for another."""
    made: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _latin(scope.path),
        "QUERY_STRING": _latin(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    made["REMOTE_ADDR"], made["REMOTE_PORT"] = _address(scope.client)
    made["SERVER_NAME"], made["SERVER_PORT"] = _address(scope.server)
    for name, value in scope.headers.items():
        _add(made, name, value)
    if scope.authority:
        made.setdefault("HTTP_HOST", scope.authority)  # an absolute URI in the request line (RFC 9112, 3.2.2)
    return made


def _add(made: Environ, name: str, value: str) -> None:
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    between = "; " if key == "HTTP_COOKIE" else ","
    made[key] = f"{made[key]}{between}{value}" if key in made else value


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")  # PEP 3333: each byte as one character


def _address(text: str) -> tuple[str, str]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), port
