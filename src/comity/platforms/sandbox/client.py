"""The management API over HTTP: bounded in time and size, following no redirect, always at the configured base URL."""

import http.client
import json
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from comity.platforms.line import Line
from comity.platforms.port import PlatformDown, PlatformRefused

LARGEST_ANSWER = 16 * 1024 * 1024
PIECE = 64 * 1024
STREAMING = 60.0  # seconds in which something must come of a long answer


class Client:
    """Calls with the platform's token; over a persistent connection with `keep`, when every call must be safe to
    repeat."""

    def __init__(self, base_url: str, token: str, timeout: float = 10.0, *, keep: bool = False) -> None:
        at = urlsplit(base_url)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise ValueError(f"sandbox_url: {base_url!r} must be http://HOST:PORT or https://HOST:PORT")
        self.base_url, self._token, self._timeout = f"{at.scheme}://{at.netloc}", token, timeout
        self._at, self._line = at, Line(at, timeout, keep=keep)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """A query. Raises PlatformDown, PlatformRefused."""
        return _object(self._call("GET", f"{path}?{urlencode(query)}" if query else path))

    def raw(self, path: str, **query: str) -> bytes:
        """A query answered with bytes. Raises PlatformDown, PlatformRefused."""
        return self._call("GET", f"{path}?{urlencode(query)}")

    def send(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """A change. Raises PlatformDown, PlatformRefused."""
        return _object(self._call(method, path, json.dumps(body).encode()))

    def put(self, path: str, raw: bytes) -> dict[str, Any]:
        """A change by a file. Raises PlatformDown, PlatformRefused."""
        return _object(self._call("PUT", path, raw))

    def stream(self, path: str, body: Mapping[str, Any], into: BinaryIO) -> None:
        """Write an answer of any length into a file, as it comes; a platform that goes silent ends it. Raises
        PlatformDown, PlatformRefused."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        line = Line(self._at, STREAMING, keep=False)
        try:
            _checked(*line.ask(partial(_poured, into), "POST", path, json.dumps(body).encode(), headers))
        except (OSError, http.client.HTTPException) as error:
            raise PlatformDown(f"no whole answer from the platform ({type(error).__name__})") from None

    def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        if not self._token:
            raise PlatformDown("the platform's token file isn't there yet: is the sandbox running?")
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        until = time.monotonic() + self._timeout
        try:
            return _checked(*self._line.ask(lambda answer: _read(answer, until), method, path, body, headers, until))
        except TimeoutError:
            raise PlatformDown("the platform's answer took too long (TimeoutError)") from None
        except (OSError, http.client.HTTPException) as error:
            raise PlatformDown(f"no answer from the platform ({type(error).__name__})") from None


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The whole answer; an answer that trickles or never ends is no answer."""
    got = bytearray()
    while piece := answer.read1(PIECE):
        got += piece
        if len(got) > LARGEST_ANSWER:
            raise PlatformDown("the platform's answer is too large")
        if time.monotonic() > until:
            raise PlatformDown("the platform's answer took too long")
    if answer.length:
        raise PlatformDown("the platform's answer broke off")
    return bytes(got)


def _poured(into: BinaryIO, answer: http.client.HTTPResponse) -> bytes:
    """The answer's bytes, written where they belong; of a refusal, the bytes themselves."""
    if answer.status != 200:
        return _read(answer, time.monotonic() + STREAMING)
    while piece := answer.read1(PIECE):
        into.write(piece)
    if answer.length:
        raise PlatformDown("the platform's answer broke off")
    return b""


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise PlatformDown("the platform's answer is not the JSON object it should be")
    return found


def _checked(status: int, raw: bytes) -> bytes:
    """The body of a success. Raises PlatformRefused on 4xx, PlatformDown on anything else, redirects included."""
    if status == 200:
        return raw
    if 400 <= status < 500 and status not in (408, 425, 429):
        raise refusal({"error": status} | _object(raw))
    raise PlatformDown(f"the platform answered {status}")


def refusal(no: dict[str, Any]) -> PlatformRefused:
    """A platform's refusal as an exception."""
    return PlatformRefused(str(no["error"])[:60], str(no.get("says", "refused"))[:300])
