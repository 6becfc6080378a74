"""Fetching requests from the gateway, and bringing answers: HTTP, bounded, no redirects, each call signed."""

import http.client
from typing import Any
from urllib.parse import urlsplit

from .. import asking, openings, rosters, texts
from ..hybrid import Private
from ..rosters import BadRoster
from ..texts import BadText
from .keeper import BadKeeper, Keeper

LARGEST, TIMEOUT = 64_000_000, 20.0
INBOX, ROSTERS = "/custodians/inbox", "/custodians/rosters"


class Unreachable(BadText):
    """The gateway doesn't answer, or not as it should."""


class Refusing(BadText):
    """The gateway says no; the text is its own."""


class Desk:
    """The gateway as one custodian sees it."""

    def __init__(self, keeper: Keeper, key: Private) -> None:
        self._keeper, self._key, self._at = keeper, key, urlsplit(keeper.settings.gateway)
        if self._at.scheme not in ("http", "https") or not self._at.hostname:
            raise BadKeeper("gateway: its address is not known: `comity custodian init --gateway URL`")

    def fetch(self) -> list[str]:
        """Bring rosters and requests here that are new; returns the numbers of those. Raises BadText."""
        said = texts.parse(self._call("GET", INBOX), "inbox")
        self._follow(texts.number(said, "roster"))
        known, new = set(self._keeper.numbers()), []
        for one in texts.objects(said, "openings"):
            number = texts.text(one, "opening")
            if number not in known:
                self._take(number, f"{INBOX}/{number}")
                new.append(number)
        return new

    def _take(self, number: str, at: str) -> None:
        """Bring one request here, with its order where that is too large to stand in it."""
        opening, card = self._call("GET", f"{at}/opening"), self._call("GET", f"{at}/card")
        apart = not openings.of(openings.parse(opening), "order").get("text")
        self._keeper.put(number, opening, card, self._call("GET", f"{at}/order") if apart else b"")

    def _follow(self, last: int) -> None:
        for version in range(len(self._keeper.rosters()) + 1, last + 1):
            raw = self._call("GET", f"{ROSTERS}/{version}")
            if rosters.parse(raw).roster.version != version:
                raise BadRoster(f"version: roster {version} is asked for")
            self._keeper.follow(raw)

    def bring(self, number: str, answer: bytes) -> dict[str, Any]:
        """Bring an answer. Raises Unreachable, Refusing."""
        return texts.parse(self._call("POST", f"{INBOX}/{number}/answer", answer), "the gateway's answer")

    def _call(self, method: str, path: str, body: bytes = b"") -> bytes:
        kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
        line = kind(self._at.hostname or "", self._at.port, timeout=TIMEOUT)
        signed = asking.sign(self._keeper.name, self._key, method, path, body, self._keeper.now())
        try:
            line.request(method, self._at.path.rstrip("/") + path, body or None, {"Authorization": signed})
            answer = line.getresponse()
            raw = answer.read(LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self._keeper.settings.gateway}: {error or type(error).__name__}") from None
        finally:
            line.close()
        if answer.status != 200 or len(raw) > LARGEST:
            raise Refusing(f"{method} {path}: HTTP {answer.status} {raw[:300].decode('utf-8', 'replace').strip()}")
        return raw
