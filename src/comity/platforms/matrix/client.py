"""A homeserver's APIs over HTTP: bounded in time and size, following no redirect, always at the configured address."""

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from comity.platforms.line import Line
from comity.platforms.port import PlatformDown, PlatformRefused

LARGEST = 64 * 1024 * 1024
PIECE = 64 * 1024
ADMIN, CLIENT = "/_synapse/admin", "/_matrix/client"
Query = Mapping[str, str]
AGAIN = frozenset({408, 425, 429})
NOBODY = 404


class Unknown(PlatformRefused):
    """The homeserver has no such thing."""

    def __init__(self) -> None:
        super().__init__("unknown", "There is no such thing on the homeserver.")


class Client:
    """Calls with one credential; `timeout` in seconds, for each call. Each is safe to repeat: what changes something is
    idempotent by itself or by its transaction id. Thread-safe."""

    def __init__(self, base_url: str, token: str, timeout: float = 10.0) -> None:
        self.base_url, self._token, self._timeout = base_url.rstrip("/"), token, timeout
        at = urlsplit(self.base_url)
        self._path, self._line = at.path.rstrip("/"), Line(at, timeout, keep=True)

    def ask(self, method: str, path: str, body: Any = None, query: Query | None = None) -> dict[str, Any]:
        """A call that is answered with an object. Raises PlatformDown, PlatformRefused; Unknown for a 404."""
        status, raw = self.raw(method, path, body, query)
        said = _object(raw)
        if status == 200 and said is not None:
            return said
        raise refusal(status, said)

    def file(self, path: str, query: Query | None = None) -> bytes:
        """A file's bytes. Raises PlatformDown, PlatformRefused."""
        status, raw = self.raw("GET", path, None, query)
        if status == 200:
            return raw
        raise refusal(status, _object(raw))

    def raw(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """The status and the bytes of whatever is answered. Raises PlatformDown."""
        if not self._token:
            raise PlatformDown("no token for such calls is configured")
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        with_type = {"Content-Type": "application/json"} if sent is not None else {}
        all_headers = {"Authorization": f"Bearer {self._token}", **with_type, **(headers or {})}
        where = f"{self._path}{path}{'?' + urlencode(query) if query else ''}"
        until = time.monotonic() + self._timeout
        try:
            return self._line.ask(lambda answer: _read(answer, until), method, where, sent, all_headers, until)
        except TimeoutError:
            raise PlatformDown("the homeserver's answer took too long") from None
        except (OSError, http.client.HTTPException) as error:
            raise PlatformDown(f"no answer from the homeserver ({type(error).__name__})") from None


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The whole answer; one that trickles, never ends or comes packed is no answer."""
    if answer.getheader("Content-Encoding", "identity") != "identity":
        raise PlatformDown("the homeserver's answer is packed, which nobody asked for")
    got = bytearray()
    while piece := answer.read1(PIECE):
        got += piece
        if len(got) > LARGEST:
            raise PlatformDown("the homeserver's answer is too large")
        if time.monotonic() > until:
            raise PlatformDown("the homeserver's answer took too long")
    if answer.length:
        raise PlatformDown("the homeserver's answer broke off")
    return bytes(got)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def refusal(status: int, said: dict[str, Any] | None) -> PlatformDown | PlatformRefused:
    """What an answer other than 200 means. A token that is refused is no "no": somebody has to look, and then it may
    do."""
    code = str((said or {}).get("errcode", ""))[:60]
    if said is not None and status == NOBODY and code in ("M_NOT_FOUND", "M_UNRECOGNIZED", ""):
        return Unknown()
    if said is not None and 400 <= status < 500 and status not in AGAIN and status != 401:
        return PlatformRefused("cannot", f"The homeserver refuses ({status} {code}).")
    return PlatformDown(f"the homeserver answered {status} {code}".strip())


def part(name: str) -> str:
    """An id as a part of a path."""
    return quote(name, safe="")
