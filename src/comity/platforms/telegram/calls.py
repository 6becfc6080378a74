"""Calls of the Bot API: bounded in time and size, one chat's limits kept, its token in no log and no error.

One call a shape (POST, JSON in, JSON out), so a client library would do little here; what it would do, it does without
our bounds (docs/decisions/telegram.md).
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from comity.platforms.line import Line
from comity.platforms.port import PlatformDown

from . import rules

API = "https://api.telegram.org"
TIMEOUT, LARGEST, LARGEST_FILE, PIECE = 10.0, 8 * 1024 * 1024, 20 * 1024 * 1024, 64 * 1024


class Calls:
    """Calls under one bot's token, which is read anew from its file where it changed. Thread-safe."""

    def __init__(self, token: Callable[[], str], base_url: str = API, timeout: float = TIMEOUT) -> None:
        at = urlsplit(base_url)
        self.base_url, self._token, self._timeout = base_url.rstrip("/"), token, timeout
        self._prefix = at.path.rstrip("/")
        self._line = Line(at, timeout, keep=False)  # a deletion must not arrive twice without our knowing
        self._asking = Line(at, timeout)

    def __repr__(self) -> str:
        return f"Calls({self.base_url!r})"

    def ask(self, method: str, *, patience: float = 0.0, **given: Any) -> Any:
        """The result of a method. Raises PlatformDown (rules.Wait), rules.TheirAnswer, rules.Moved.

        `patience`: seconds beyond the usual that it may take, as a long poll does.
        """
        until = time.monotonic() + self._timeout + patience
        path = f"{self._prefix}/bot{quote(self._token(), safe=':')}/{method}"
        body = json.dumps(given).encode()
        line = self._asking if method.startswith("get") and not patience else self._line
        status, raw = self._sent(line, "POST", path, body, until)
        return _result(status, raw)

    def file(self, path: str) -> bytes:
        """The bytes of a file. Raises PlatformDown, rules.TheirAnswer."""
        if path.startswith("/"):  # a Bot API server on this machine gives a place on its disk
            return _on_disk(Path(path))
        at = f"{self._prefix}/file/bot{quote(self._token(), safe=':')}/{quote(path)}"
        status, raw = self._sent(self._asking, "GET", at, None, time.monotonic() + 3 * self._timeout, LARGEST_FILE)
        if status != 200:
            _result(status, raw)
            raise PlatformDown(f"Telegram answered {status} for a file")
        return raw

    def _sent(
        self, line: Line, method: str, path: str, body: bytes | None, until: float, largest: int = LARGEST
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        try:
            return line.ask(lambda answer: _read(answer, largest, until), method, path, body, headers, until)
        except TimeoutError:
            raise PlatformDown("Telegram’s answer took too long: whether it was done is unknown") from None
        except (OSError, http.client.HTTPException) as error:  # its text may have the path, and so the token
            raise PlatformDown(f"no answer from Telegram ({type(error).__name__})") from None


def _on_disk(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PlatformDown("a file is larger than 20 MB")
        return path.read_bytes()
    except OSError as error:
        raise PlatformDown(f"the Bot API server's file can't be read ({type(error).__name__})") from None


def _read(answer: http.client.HTTPResponse, largest: int, until: float) -> bytes:
    got = bytearray()
    while piece := answer.read1(PIECE):
        got += piece
        if len(got) > largest:
            raise PlatformDown("Telegram’s answer is too large")
        if time.monotonic() > until:
            raise TimeoutError
    if answer.length:
        raise PlatformDown("Telegram’s answer broke off")
    return bytes(got)


def _result(status: int, raw: bytes) -> Any:
    """The result of an answer. What is no answer of the Bot API says nothing of what was done."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, Mapping) or not isinstance(said.get("ok"), bool):
        raise PlatformDown(f"Telegram answered {status} without the JSON that it should be")
    if said["ok"] and status == 200 and "result" in said:
        return said["result"]
    code, parameters = rules.whole(said.get("error_code")) or status, said.get("parameters")
    given = parameters if isinstance(parameters, Mapping) else {}
    raise rules.refusal(code if code >= 400 else 500, str(said.get("description", "")), given)
