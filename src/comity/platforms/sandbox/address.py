"""Addresses of the sandbox in one spelling. An address is only ever compared: calls go to the configured base URL."""

import re
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

PORTS = {"http": 80, "https": 443}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
LONGEST = 4096
# A message, its picture, a channel or conversation, an account.
THING = re.compile(r"/[cp]/[a-z0-9-]{1,60}(?:/[1-9][0-9]{0,8}(?:/picture)?)?|/u/[a-z0-9-]{1,60}")


def _split(url: str) -> SplitResult | None:
    """An address taken apart; None if it isn't one, or if browsers and we might disagree about its host."""
    url = url.strip()
    if len(url) > LONGEST or "\\" in url or any(c <= " " or c == "\x7f" for c in url):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        known = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:  # unbalanced brackets, a port that isn't a number
        return None
    return parts if known else None


def _host(name: str) -> str:
    """The one spelling of a host: case, trailing dot, IDNA; the usual names of this machine are one."""
    name = name.rstrip(".").lower()
    if name in THIS_MACHINE:
        return "localhost"
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def _place(parts: SplitResult) -> tuple[str, int]:
    """Host and port. Without a port, http and https on one host are the same."""
    port = parts.port or PORTS[parts.scheme]
    return _host(parts.hostname or ""), PORTS["http"] if port == PORTS[parts.scheme] else port


def _without_dots(path: str) -> str:
    """Dot segments removed (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _path(raw: str) -> str:
    """The one spelling of a path: percent-decoded except for a slash, no dot segments, no trailing slash."""
    decoded = "%2F".join(unquote_to_bytes(piece).decode("utf-8", "replace") for piece in re.split("%2[fF]", raw))
    return _without_dots(decoded or "/").rstrip("/") or "/"


def owns(base: str, url: str) -> bool:
    """Whether an address is on the platform whose base URL is given."""
    parts, ours = _split(url), _split(base)
    return parts is not None and ours is not None and _place(parts) == _place(ours)


def ref(base: str, url: str) -> str | None:
    """The platform's own name for what is at an address: its path, without query (`?from=`) and fragment.

    None if the address is another platform's, or doesn't have the form of a thing's address.
    """
    parts = _split(url)
    if parts is None or not owns(base, url):
        return None
    path = _path(parts.path)
    return path if THING.fullmatch(path) else None
