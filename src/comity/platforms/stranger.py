"""A stranger of ours, who looks at a platform's page as anyone does: no token, no cookie, another connection than the
one that acts. Where the platform lets a trial say from which country it looks, they say so."""

import http.client
import ssl
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

from comity import addresses
from comity.platforms.line import Line

LARGEST_PAGE = 8 * 1024 * 1024
MARK = "data-shown"


class _Shown(HTMLParser):
    """Whether a page has an element that shows the thing whose path this is."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self._path, self.found = path, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = [value or "" for name, value in attrs if name == MARK]
        self.found = self.found or any(addresses.path(urlsplit(mark).path) == self._path for mark in marks)


class Stranger:
    """Looks at pages. `timeout` in seconds for each; `ca` as for the adapter."""

    def __init__(self, timeout: float, ca: Path | None = None) -> None:
        self._timeout, self._trust = timeout, ssl.create_default_context(cafile=str(ca)) if ca else None
        self._lines: dict[str, Line] = {}  # one for each place of its pages: the operator named them

    def page(self, url: str, viewer: tuple[str, str], country: str) -> tuple[int, str]:
        """Status and text of a page, seen from a country; 0 if there was no whole answer in time."""
        at, (how, name) = urlsplit(url), viewer
        asked = at.query + ("&" if at.query else "") + f"{quote(name)}={country}" if how == "query" else at.query
        headers: Mapping[str, str] = {name: country} if how == "header" else {}
        path = (at.path or "/") + (f"?{asked}" if asked else "")
        line = self._lines.setdefault(f"{at.scheme}://{at.netloc}", Line(at, self._timeout, trust=self._trust))
        try:
            status, raw = line.ask(_read, "GET", path, None, headers, time.monotonic() + self._timeout)
        except (OSError, http.client.HTTPException):
            return 0, ""
        return status, raw.decode("utf-8", "replace")

    def sees(self, url: str, viewer: tuple[str, str], country: str) -> bool:
        """Whether the page shows there what its address names (an element with `data-shown` says of what it is)."""
        status, text = self.page(url, viewer, country)
        if not 200 <= status < 300 or MARK not in text.lower():
            return False
        found = _Shown(addresses.path(urlsplit(url).path))
        found.feed(text)
        return found.found


def _read(answer: http.client.HTTPResponse) -> bytes:
    raw = answer.read(LARGEST_PAGE + 1)
    if len(raw) > LARGEST_PAGE or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise http.client.HTTPException
    return raw
