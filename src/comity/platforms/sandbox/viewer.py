"""An ordinary viewer: another client than the one that acts, without its token, seeing what anyone with a browser
sees."""

import hashlib
import http.client
import re
import time
from html.parser import HTMLParser

from comity import clock
from comity.platforms.line import Line
from comity.platforms.port import Seen, State

LARGEST_PAGE = 8 * 1024 * 1024
PICTURE = "/picture"
SHUT = 403
GATED = ("data-gate", "notice")
CHANNEL = re.compile(r"/c/[a-z0-9-]{1,60}(?=\?|$)")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Marks(HTMLParser):
    """Collects what a page says it is: (attribute, value) of its marks, and the channels that it leads to."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.marks, self.channels = set[tuple[str, str]](), list[str]()
        self.feed(page.decode("utf-8", "replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks |= {(name, value or "") for name, value in attrs if name.startswith("data-")}
        found = CHANNEL.match(dict(attrs).get("href") or "") if tag == "a" else None
        self.channels += [found[0]] if found else []


def gated(page: bytes) -> bool:
    """Whether a page is the one that stands in place of every other, for viewers in a country."""
    # parsing is the slowest part, and most pages have no gate
    return b"data-gate" in page and GATED in Marks(page).marks


class _Shown(HTMLParser):
    """Collects the words inside the page's content, if the page has the content of this ref."""

    def __init__(self, ref: str) -> None:
        super().__init__(convert_charrefs=True)
        self._ref, self._within = ref, ""
        self.shown, self.words = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if ("data-shown", self._ref) in attrs:
            self._within, self.shown = tag, True

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.words += data


class _Read(HTMLParser):
    """Collects what a person reads first on a page: of a profile whose it is, else a message, or the line that stands
    where one is not shown."""

    def __init__(self, ref: str) -> None:
        super().__init__(convert_charrefs=True)
        self._named = ref.startswith("/u/")
        self._within, self.words = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        wanted = tag == "h1" if self._named else tag == "p" and not {"text", "absent"}.isdisjoint(classes)
        self._within = self._within or (not self.words and wanted)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "h1"):
            self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.words += data


def get(line: Line, path: str, timeout: float) -> tuple[int, bytes]:
    """Status and body; 0 if there was no complete answer in time. No proxy, redirect, cookie or token."""
    until = time.monotonic() + timeout
    try:
        status, body = line.ask(lambda answer: _read(answer, until), "GET", path, until=until)
    except (OSError, http.client.HTTPException):
        return 0, b""
    return status, body if 200 <= status < 300 or status == SHUT else b""


def send(line: Line, path: str, form: bytes, timeout: float) -> int:
    """The status with which a form that is sent is answered; 0 if there was no complete answer in time."""
    until = time.monotonic() + timeout
    try:
        return line.ask(lambda answer: _read(answer, until), "POST", path, form, FORM, until)[0]
    except (OSError, http.client.HTTPException):
        return 0


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    got = bytearray()
    while piece := answer.read1(1 << 16):
        got += piece
        if len(got) > LARGEST_PAGE or time.monotonic() > until:
            raise TimeoutError
    return bytes(got)


def _state(status: int, picture: int, shown: bool, shut: bool) -> State:
    if shown or picture == 200:
        return "visible"
    if shut:
        return "gated"
    if status in (404, 410):
        return "gone"
    # a picture that can't be fetched at the moment may still be there
    known = status in (200, 403, 451) and picture in (200, 403, 404, 410, 451)
    return "withheld" if known else "unknown"


def look(line: Line, ref: str, country: str, timeout: float = 10.0) -> Seen:
    """What a viewer in a country sees of a thing. Visible if any of it is: its words, or its picture on its own."""
    of_picture, page_ref = ref.endswith(PICTURE), ref.removesuffix(PICTURE)
    status, page = get(line, f"{page_ref}?from={country}", timeout)
    picture_status, picture = 404, b""
    if page_ref.count("/") == 3:  # a message's picture is fetched directly, as somebody who saved its address would
        picture_status, picture = get(line, f"{page_ref}{PICTURE}?from={country}", timeout)
    content = _Shown(page_ref)
    text = page.decode("utf-8", "replace")
    if "data-shown" in text.lower():  # most pages seen after an act on many lack it, and parsing is the slowest part
        content.feed(text)
    words = "" if of_picture else content.words
    state = _state(status, picture_status, content.shown and not of_picture, gated(page))
    drawn = picture if picture_status == 200 else b""
    digest = hashlib.sha256(words.encode() + b"\0" + drawn).hexdigest() if state == "visible" else ""
    return Seen(state, country, clock.now(), digest)


def read(line: Line, ref: str, country: str, timeout: float = 10.0) -> tuple[State, str]:
    """How a viewer in a country finds a page, and the first words that they read on it. Pictures are not asked for."""
    status, page = get(line, f"{ref}?from={country}", timeout)
    text = page.decode("utf-8", "replace")
    content, words = _Shown(ref), _Read(ref)
    content.feed(text)
    words.feed(text)
    return _state(status, 404, content.shown, gated(page)), words.words.strip()
