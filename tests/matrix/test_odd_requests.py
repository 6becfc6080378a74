"""Requests as no client writes them, over a bare socket: what a homeserver understands of them the edge does too, or it
answers that there is no such thing. Nothing withheld comes of any."""

import gzip
import json
import socket
import zlib
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from .conftest import PLACES
from .test_leaks import SECRET, told  # noqa: F401  # the same room

FIELDS = {"event_fields": ["content.body", "content.topic"]}


BODIES = {"a body with it": b"{}", "chunked": b"0\r\n\r\n", "a length and chunked": b"0\r\n\r\n", "expecting": b"{}"}


def raw(stand: Any, country: str, head: str, body: bytes = b"") -> bytes:
    """What comes back of bytes that are sent from a country, until the other side ends it or says nothing more."""
    token = f"Authorization: Bearer {stand.bob.token}"
    close = "" if "Connection:" in head else "\nConnection: close"
    sent = (head + close).replace("{auth}", token).replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body
    with socket.create_connection(("127.0.0.1", stand.edge.port), 10, (PLACES[country], 0)) as line:
        line.sendall(sent)
        line.settimeout(1)
        got = bytearray()
        with suppress(TimeoutError, ConnectionResetError):
            while piece := line.recv(1 << 16):
                got += piece
    return bytes(got)


def shows(answer: bytes) -> bool:
    """Whether the words stand in an answer, packed or not."""
    head, _, body = answer.partition(b"\r\n\r\n")
    for unpack in (gzip.decompress, zlib.decompress):
        with suppress(OSError, EOFError, zlib.error):
            body += unpack(body)
    return SECRET.encode() in head + body


def here(t: Any) -> Any:
    """A filter for this room alone: the same words stand in those of other tests, withheld no longer."""
    return {"room": {"rooms": [t.room], "timeline": {"limit": 60}}}


def spellings(t: Any) -> dict[str, str]:
    """Request heads for what is withheld: of the message, the topic, the file; and of timelines that have it."""
    room, event = quote(t.room), quote(t.event)
    said, topic = (
        f"/_matrix/client/v3/rooms/{room}/event/{event}",
        f"/_matrix/client/v3/rooms/{room}/state/m.room.topic",
    )
    media = t.file.removeprefix("mxc://")
    host = "Host: chat.test\n{auth}"
    one = lambda path, more="", version="1.1", method="GET": f"{method} {path} HTTP/{version}\n{host}{more}"  # noqa: E731
    sync = lambda only: f"/_matrix/client/v3/sync?filter={quote(json.dumps(only | here(t)))}"  # noqa: E731
    whole = sync(FIELDS)
    return {
        "as it is": one(said),
        "HTTP/1.0": one(said, version="1.0"),
        "a whole address": one(f"http://chat.test{said}"),
        "a whole address elsewhere": one(f"http://user:word@other.test:1{said}"),
        "a letter encoded": one(said.replace("/event/", "/%65vent/")),
        "all encoded": one("/" + "".join(f"%{ord(c):02X}" for c in said[1:])),
        "slashes encoded": one(said.replace("/", "%2F")),
        "one slash encoded": one(said.replace("/event/", "%2Fevent/")),
        "two slashes": one(said.replace("/rooms/", "//rooms/")),
        "two slashes before": one(f"/{said}"),
        "a slash behind": one(f"{said}/"),
        "a dot": one(said.replace("/rooms/", "/./rooms/")),
        "dots": one(said.replace("/rooms/", "/x/../rooms/")),
        "dots encoded": one(said.replace("/rooms/", "/x/%2e%2e/rooms/")),
        "encoded twice": one(said.replace("%", "%25")),
        "a semicolon": one(said.replace("/event/", "/event;x=1/")),
        "a backslash": one(said.replace("/event/", "\\event/")),
        "capitals": one(said.replace("/event/", "/EVENT/")),
        "an end of line encoded": one(said + "%0a"),
        "a zero encoded": one(said + "%00"),
        "another version": one(said.replace("/v3/", "/r0/")),
        "an old version": one(said.replace("/v3/", "/api/v1/")),
        "an unstable version": one(said.replace("/v3/", "/unstable/org.example/")),
        "a method of its own": one(said, method="XGET"),
        "a small method": one(said, method="get"),
        "only its head": one(said, method="HEAD"),
        "a body with it": one(said, "\nContent-Length: 2"),
        "chunked": one(said, "\nTransfer-Encoding: chunked"),
        "a length and chunked": one(said, "\nContent-Length: 5\nTransfer-Encoding: chunked"),
        "packed": one(said, "\nAccept-Encoding: gzip, deflate, br, zstd"),
        "expecting": one(said, "\nContent-Length: 2\nExpect: 100-continue"),
        "an upgrade": one(said, "\nConnection: close, upgrade\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
        "a socket": one(
            said, "\nConnection: close, upgrade\nUpgrade: websocket\nSec-WebSocket-Key: x\nSec-WebSocket-Version: 13"
        ),
        "a method overridden": one(said, "\nX-HTTP-Method-Override: PUT"),
        "what one hop alone is told": one(said, "\nConnection: close, x-forwarded-for, authorization"),
        "forged twice": one(said, "\nX-Forwarded-For: 127.0.0.11\nX-Forwarded-For: 127.0.0.11"),
        "unredacted": one(f"{said}?fi.mau.msc2815.include_unredacted_content=true"),
        "topic": one(f"{topic}/"),
        "topic by a small method": one(topic, method="get"),
        "topic as content after all": one(f"{topic}/?format=content"),
        "topic with a semicolon": one(f"{topic}/?x=1;format=content"),
        "topic with an encoded name": one(f"{topic}/?%66ormat=content"),
        "topic with a key": one(f"{topic}/%20"),
        "topic with a letter encoded": one(topic.replace("topic", "t%6fpic")),
        "messages, raw": one(f"/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=60&raw"),
        "messages in the form of servers": one(
            f"/_matrix/client/v3/rooms/{room}/messages?dir=b&limit=60&filter={quote('{}')[:-3]}"
            f"{quote(json.dumps({'event_format': 'federation'})[1:])}"
        ),
        "a sync of bodies alone": one(whole),
        "a sync of bodies alone, its name encoded": one(whole.replace("filter", "%66ilter")),
        "a sync of bodies alone, behind a semicolon": one(whole.replace("?filter", "?x=1;filter")),
        "a sync of bodies alone, before another filter": one(f"{whole}&filter={quote('{}')}"),
        "a sync of bodies alone, by a kept filter": one(f"/_matrix/client/v3/sync?filter={t.kept}"),
        "a sync in the form of servers": one(sync({"event_format": "federation"})),
        "federation, as a client": one(f"/_matrix/federation/v1/event/{event}"),
        "federation's history": one(f"/_matrix/federation/v1/backfill/{room}?v={event}&limit=9"),
        "an administrator's door": one(f"/_synapse/admin/v1/fetch_event/{event}"),
        "the file": one(f"/_matrix/client/v1/media/download/{media}"),
        "the file of old": one(f"/_matrix/media/v3/download/{media}"),
        "the file, unstable": one(f"/_matrix/client/unstable/org.matrix.msc3916/media/download/{media}"),
        "a part of the file": one(f"/_matrix/client/v1/media/download/{media}", "\nRange: bytes=0-9"),
        "the file with a letter encoded": one(f"/_matrix/client/v1/media/d%6fwnload/{media}"),
        "the file with a name": one(f"/_matrix/client/v1/media/download/{media}/x.png?allow_redirect=true"),
    }


@pytest.fixture(scope="module")
def odd(stand: Any, told: Any) -> Any:  # noqa: F811
    path = f"/v3/user/{quote(stand.bob.user)}/filter"
    told.kept = stand.bob.call("POST", path, FIELDS | here(told))["filter_id"]
    return told


def test_nothing_withheld_comes_of_what_no_client_writes(stand: Any, odd: Any) -> None:
    leaks, silent, seen = [], [], 0
    for name, head in spellings(odd).items():
        file = "/media/" in head
        inside, outside = (raw(stand, code, head, BODIES.get(name, b"")) for code in ("FR", "BE"))
        seen += shows(outside) or b"PNG" in outside
        if shows(inside) or (file and b"PNG" in inside):
            leaks.append(name)
        if not inside.startswith(b"HTTP/1."):
            silent.append(name)
    assert (leaks, silent) == ([], [])
    assert seen > 20  # that many of them a homeserver does understand
