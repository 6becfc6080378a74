"""The management interface over HTTP: bounded in time and size, no redirect followed, always to the configured base."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from comity.platforms.port import PlatformDown, PlatformRefused

LARGEST_ANSWER = 16 * 1024 * 1024
PIECE = 64 * 1024


class Client:
    """Calls with the platform's token. A connection for each call: none is shared between threads or left half-read."""

    def __init__(self, base_url: str, token: str, timeout: float = 10.0) -> None:
        at = urlsplit(base_url)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise ValueError(f"sandbox_url: {base_url!r} must be http://HOST:PORT or https://HOST:PORT")
        self.base_url, self._token, self._timeout = f"{at.scheme}://{at.netloc}", token, timeout
        self._at = at

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Ask. Raises PlatformDown, PlatformRefused."""
        return _object(self._call("GET", f"{path}?{urlencode(query)}" if query else path))

    def raw(self, path: str, **query: str) -> bytes:
        """Ask, and take the bytes as they are. Raises PlatformDown, PlatformRefused."""
        return self._call("GET", f"{path}?{urlencode(query)}")

    def send(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Change something. Raises PlatformDown, PlatformRefused."""
        return _object(self._call(method, path, json.dumps(body).encode()))

    def _open(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
        return kind(self._at.hostname or "", self._at.port, timeout=self._timeout)

    def _call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        if not self._token:
            raise PlatformDown("the platform's token file isn't there yet: is the sandbox running?")
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Connection": "close"}
        connection = self._open()
        try:
            until = time.monotonic() + self._timeout
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return _checked(answer.status, _read(answer, until))
        except (OSError, http.client.HTTPException) as error:
            raise PlatformDown(f"no answer from the platform ({type(error).__name__})") from None
        finally:
            connection.close()


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The whole answer; an answer that drips or never ends is no answer."""
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
        no = _object(raw)
        raise PlatformRefused(str(no.get("error", status))[:60], str(no.get("says", "refused"))[:300])
    raise PlatformDown(f"the platform answered {status}")
