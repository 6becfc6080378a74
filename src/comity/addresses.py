"""Addresses of the web in one spelling, and which of them a platform claims. An address is only ever compared."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

PORTS = {"http": 80, "https": 443}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
LONGEST = 4096


def split(url: str) -> SplitResult | None:
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


def place(parts: SplitResult) -> tuple[str, int]:
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


def path(raw: str) -> str:
    """The one spelling of a path: percent-decoded except for a slash, no dot segments, no trailing slash."""
    decoded = "%2F".join(unquote_to_bytes(piece).decode("utf-8", "replace") for piece in re.split("%2[fF]", raw))
    return _without_dots(decoded or "/").rstrip("/") or "/"


def inside(host: str) -> bool:
    """Whether a host is one's own: this machine, a private address, a name without a dot, `.internal`, `.local`."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".internal", ".local", ".localhost"))


class NoClaim(ValueError):
    """What a platform can't claim; the text is the rule."""


@dataclass(frozen=True)
class Claim:
    """The addresses of one host and port, those whose path begins with `path`, segment by segment ("/": all)."""

    host: str
    port: int
    path: str = "/"

    def covers(self, url: str) -> bool:
        """Whether an address is one of these."""
        parts = split(url)
        return parts is not None and place(parts) == (self.host, self.port) and self._under(path(parts.path))

    def meets(self, other: "Claim") -> bool:
        """Whether an address could be covered by both."""
        if (self.host, self.port) != (other.host, other.port):
            return False
        return self._under(other.path) or other._under(self.path)

    def _under(self, at: str) -> bool:
        return self.path == "/" or at == self.path or at.startswith(f"{self.path}/")

    def __str__(self) -> str:
        port = "" if self.port == PORTS["http"] else f":{self.port}"
        return f"{self.host}{port}{self.path if self.path != '/' else ''}"


def claim(text: str) -> Claim:
    """What a host ("chat.example") or the beginning of an address ("https://chat.example/t/") claims. Raises
    NoClaim."""
    parts = split(text)
    if parts is None:
        raise NoClaim("a host, or the beginning of an http or https address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise NoClaim("no user name, query or fragment belongs into it")
    host, port = place(parts)
    if "*" in host or not host:
        raise NoClaim("one host, without *")
    return Claim(host, port, path(parts.path))
