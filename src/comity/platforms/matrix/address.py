"""Addresses of Matrix in one spelling: matrix.to links, `matrix:` URIs, ids alone, files. Pure.

Ids of rooms of version 12 name no server, nor do ids of events: then the address's `via` says whose they are. An
address is only ever compared: calls go to the configured homeserver.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

MATRIX_TO = "https://matrix.to/#/"
LONGEST = 2000
SERVER = r"(?:[A-Za-z0-9.-]{1,230}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
ROOM = re.compile(rf"![^\s/?:]{{1,254}}(?::{SERVER})?")
ALIAS = re.compile(rf"#[^\s/?:]{{1,254}}:{SERVER}")
USER = re.compile(rf"@[^\s/?:]{{1,254}}:{SERVER}")
EVENT = re.compile(rf"\$[^\s/?:]{{1,254}}(?::{SERVER})?")
FILE = re.compile(rf"mxc://({SERVER})/([A-Za-z0-9_=-]{{1,200}})")
MEDIA_PATH = re.compile(
    r"/_matrix/(?:client/v1/media|media/(?:r0|v1|v3))/(?:download|thumbnail)/([^/]+)/([A-Za-z0-9_=-]{1,200})(?:/[^/]*)?"
)
SCHEME = {"r": "#", "roomid": "!", "u": "@", "user": "@", "room": "#", "e": "$", "event": "$"}


@dataclass(frozen=True)
class Address:
    """What an address names: a room by its id or alias, an event in it, an account, a file. `servers`: whose it may
    be; none: it doesn't say."""

    room: str = ""
    event: str = ""
    user: str = ""
    file: str = ""
    servers: frozenset[str] = frozenset()


def parse(url: str) -> Address | None:
    """What an address names; None if it isn't one of Matrix."""
    url = url.strip()
    if len(url) > LONGEST or any(c <= " " or c == "\x7f" for c in url):
        return None
    if url.startswith("mxc://"):
        return _file(url)
    try:
        at = urlsplit(url)
    except ValueError:
        return None
    if at.scheme == "matrix":
        return _uri(at.path, at.query)
    if at.scheme in ("http", "https") and at.hostname in ("matrix.to", "www.matrix.to") and at.path in ("", "/"):
        named, _, query = at.fragment.partition("?")
        return _named([unquote(one) for one in named.strip("/").split("/") if one], query)
    if at.scheme in ("http", "https") and (found := MEDIA_PATH.fullmatch(at.path)):
        return _file(f"mxc://{unquote(found[1])}/{found[2]}")
    return None


def _file(url: str) -> Address | None:
    found = FILE.fullmatch(url)
    return Address(file=url, servers=frozenset({found[1].lower()})) if found else None


def _uri(path: str, query: str) -> Address | None:
    """`matrix:roomid/ID/e/EVENT?via=…` (Matrix URI scheme)."""
    parts = [unquote(one) for one in path.strip("/").split("/")]
    if len(parts) not in (2, 4) or any(kind not in SCHEME for kind in parts[::2]):
        return None
    return _named([SCHEME[kind] + name for kind, name in zip(parts[::2], parts[1::2], strict=True)], query)


def _named(parts: list[str], query: str) -> Address | None:
    """What the parts of a link name: a room or an account, and perhaps an event."""
    if not 0 < len(parts) <= 2:
        return None
    first, event = parts[0], parts[1] if len(parts) == 2 else ""
    if event and not EVENT.fullmatch(event):
        return None
    via = frozenset(one.lower() for one in parse_qs(query).get("via", []))
    if USER.fullmatch(first) and not event:
        return Address(user=first, servers=frozenset({server_of(first)}))
    if ROOM.fullmatch(first) or ALIAS.fullmatch(first):
        server = server_of(first)
        return Address(room=first, event=event, servers=via | ({server} if server else frozenset()))
    return None


def server_of(name: str) -> str:
    """The server that an id names; empty: none."""
    return name.partition(":")[2].lower()


def spelled(ref: str, server: str) -> str:
    """The one spelling of what a ref names, as a link that people can open."""
    if ref.startswith("mxc://"):
        return ref
    parts = "/".join(quote(one, safe="!$@:#") for one in ref.split("/"))
    via = f"?via={quote(server)}" if ref.startswith("!") else ""
    return f"{MATRIX_TO}{parts}{via}"
