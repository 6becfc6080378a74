"""The proxy before a homeserver that lies, breaks, hangs up or packs: what a viewer gets, and what is counted."""

import gzip
import hashlib
import json
import socket
import time
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from comity_edge import proxy
from comity_edge.looks import header

EVENT = "$" + "e" * 43
ROOM = "/_matrix/client/v3/rooms/!r"
HELD = {"t": EVENT, "c": ["FR"], "r": "!r"}


def message(event: str = EVENT, body: str = "zebra", **more: Any) -> dict[str, Any]:
    said = {"event_id": event, "type": "m.room.message", "sender": "@a:x", "origin_server_ts": 1}
    return said | {"content": {"msgtype": "m.text", "body": body} | more}


def test_it_works(bench: Any, upstream: Any) -> None:
    raw = json.dumps({"chunk": [message(), message("$other", "fine")]}, indent=1).encode()
    upstream.says(raw, ETag='"x"', Set_Cookie="a=b")
    assert bench.ask(f"{ROOM}/messages").body == raw  # nothing stands: the very bytes
    bench.hold(HELD)
    outside, inside = bench.ask(f"{ROOM}/messages", "127.0.0.11"), bench.ask(f"{ROOM}/messages")
    assert (outside.body, outside.headers["etag"]) == (raw, '"x"')
    stub, other = json.loads(inside.body)["chunk"]
    assert stub["event_id"] == EVENT
    assert "not available" in stub["content"]["body"]
    assert other == message("$other", "fine")
    assert (inside.headers["content-length"], inside.headers["set-cookie"]) == (str(len(inside.body)), "a=b")
    assert "etag" not in inside.headers
    bench.hold({"t": EVENT, "c": []})
    assert bench.ask(f"{ROOM}/messages").body == raw


def test_an_answer_that_names_nothing_withheld_is_the_very_bytes(bench: Any, upstream: Any) -> None:
    raw = b'{ "chunk":[ {"event_id":"$o","type":"m.room.message","content":{"body":"\\u00e9"}} ],"n":1.50e1}'
    upstream.says(raw)
    bench.hold({"t": "$elsewhere", "c": ["FR"], "r": "!other"})
    assert bench.ask("/_matrix/client/v3/sync").body == raw


@pytest.mark.parametrize("raw", [b"", b"{", b'{"chunk": [', b"\xff\xfe", b"[" * 100_000, b"null"])
def test_malformed_json_is_passed_on(bench: Any, upstream: Any, raw: bytes) -> None:
    bench.hold(HELD)
    upstream.says(raw)
    answer = bench.ask(f"{ROOM}/messages")
    assert (answer.status, answer.body) == (200, raw)


def test_malformed_json_is_counted_and_never_names_what_is_withheld(bench: Any, upstream: Any) -> None:
    bench.hold(HELD)
    upstream.says(b'{"chunk": [{"event_id": "' + EVENT.encode() + b'", "content": {"body": "zebra"')
    answer = bench.ask(f"{ROOM}/messages")
    assert (answer.status, b"zebra" in answer.body) == (502, False)
    upstream.says(b'{"chunk": [')
    bench.ask(f"{ROOM}/messages")
    assert bench.edge.counted["malformed"] == 2


def test_a_packed_answer_is_looked_into(bench: Any, upstream: Any) -> None:
    raw = json.dumps({"chunk": [message()]}).encode()
    bench.hold(HELD)
    for packed, coding in ((gzip.compress(raw), "gzip"), (zlib.compress(raw), "deflate")):
        upstream.says(packed, Content_Encoding=coding)
        inside = bench.ask(f"{ROOM}/messages", Accept_Encoding="gzip")
        assert b"zebra" not in inside.body
        assert "content-encoding" not in inside.headers
        assert bench.ask(f"{ROOM}/messages", "127.0.0.11").body == packed
    assert "accept-encoding" not in upstream.asked[0][2]  # it is asked not to pack what is to be looked into


def test_a_packed_answer_of_a_gigabyte_is_refused(bench: Any, upstream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "LARGEST", 1 << 20)
    bench.hold(HELD)
    made, squeeze = bytearray(), zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(64):
        made += squeeze.compress(bytes(1 << 20))
    upstream.says(bytes(made + squeeze.flush()), Content_Encoding="gzip")
    assert bench.ask(f"{ROOM}/messages").status == 502
    upstream.says(b"x" * ((1 << 20) + 1))
    assert bench.ask(f"{ROOM}/messages").status == 502
    assert bench.edge.counted["too-large"] == 2
    for coding in ("br", "zstd", "gzip"):
        upstream.says(b"nonsense", Content_Encoding=coding)
        assert bench.ask(f"{ROOM}/messages").status == 502


def test_a_homeserver_that_is_away_or_hangs_up_is_said_to_be(bench: Any, upstream: Any, tmp_path: Path) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    upstream.answer = hang_up
    assert bench.ask(f"{ROOM}/messages").status == 502
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        object.__setattr__(bench.config, "upstream", f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert bench.ask(f"{ROOM}/messages").status == 502
    assert bench.edge.counted["upstream-down"] == 2


def test_errors_and_odd_statuses_are_passed_on(bench: Any, upstream: Any) -> None:
    bench.hold(HELD)
    for status in (201, 302, 400, 401, 404, 429, 500, 503):
        upstream.says(b'{"errcode":"M_X"}', status, Location="/elsewhere", Retry_After="3")
        answer = bench.ask(f"{ROOM}/messages")
        assert (answer.status, answer.body, answer.headers["retry-after"]) == (status, b'{"errcode":"M_X"}', "3")


def test_what_is_sent_arrives_as_it_was(bench: Any, upstream: Any) -> None:
    bench.hold(HELD)
    for size in (10, 300_000):
        seen: list[bytes] = []

        def keep(handler: Any, seen: list[bytes] = seen) -> None:
            seen.append(handler.body)
            handler.send_response(200)
            handler.send_header("Content-Length", "2")
            handler.end_headers()
            handler.wfile.write(b"{}")

        upstream.answer = keep
        body = b"x" * size
        assert bench.ask("/_matrix/media/v3/upload", method="POST", body=body, Content_Type="image/png").body == b"{}"
        assert seen == [body]
        assert upstream.asked[-1][2]["content-type"] == "image/png"


def test_the_homeserver_is_told_who_looks_and_nothing_they_made_up(bench: Any, upstream: Any) -> None:
    upstream.says(b"{}")
    look = header("t" * 32, "BE", 0)
    made_up = {"X_Forwarded_For": "10.9.0.1", "Forwarded": "for=1.2.3.4", "X_Real_IP": "1.2.3.4", "X_Comity_Look": look}
    more = {"Connection": "keep-alive, x", "Authorization": "Bearer a"}
    bench.ask("/_matrix/client/v3/sync?since=a%20b&x=%2F", **made_up, **more)
    method, path, headers = upstream.asked[-1]
    assert (method, path) == ("GET", "/_matrix/client/v3/sync?since=a%20b&x=%2F")
    assert headers["x-forwarded-for"] == "127.0.0.12"
    assert headers["authorization"] == "Bearer a"
    assert {"forwarded", "x-real-ip", "x-comity-look"}.isdisjoint(headers)


def test_our_observer_alone_says_from_where_it_looks(bench: Any, upstream: Any) -> None:
    upstream.says(json.dumps({"chunk": [message()]}).encode())
    bench.hold(HELD)
    good, old = header("t" * 32, "BE", time.time()), header("t" * 32, "BE", time.time() - 120)
    wrong = header("u" * 32, "BE", time.time())
    seen = [b"zebra" in bench.ask(f"{ROOM}/messages", X_Comity_Look=one).body for one in (good, old, wrong, "BE", "")]
    assert seen == [True, False, False, False, False]


def test_an_edge_that_never_had_a_list_shows_nothing(bench: Any, upstream: Any) -> None:
    upstream.says(b"{}")
    bench.edge.following.whole = False
    assert bench.ask("/_matrix/client/v3/sync").status == 503
    assert upstream.asked == []


def test_how_fresh_it_is_is_told_to_its_own_people(bench: Any) -> None:
    assert bench.ask("/_comity/edge/freshness").status == 404
    assert bench.ask("/_comity/edge/freshness", Authorization="Bearer " + "u" * 32).status == 404
    said = json.loads(bench.ask("/_comity/edge/freshness", Authorization="Bearer " + "t" * 32).body)
    assert (said["platform"], said["serial"], said["connected"]) == ("chat", 0, False)


def test_a_measure_that_comes_while_a_client_waits_counts(bench: Any, upstream: Any) -> None:
    def late(handler: BaseHTTPRequestHandler) -> None:
        bench.hold(HELD)
        raw = json.dumps({"chunk": [message()]}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    upstream.answer = late
    assert b"zebra" not in bench.ask("/_matrix/client/v3/sync").body


def test_a_file_is_refused_by_its_address_and_by_its_bytes(bench: Any, upstream: Any) -> None:
    raw = b"\x89PNG picture"
    upstream.says(raw, Content_Type="image/png", ETag='"1"', Cache_Control="public,max-age=86400")
    path = "/_matrix/client/v1/media/download/x/one"
    assert bench.ask(path).headers["cache-control"] == "public,max-age=86400"
    bench.hold({"t": "mxc://x/one", "c": ["FR"]})
    assert (bench.ask(path).status, bench.ask(path, "127.0.0.11").body) == (451, raw)
    assert bench.ask(path, "127.0.0.11").headers["cache-control"] == "private, no-store"
    bench.hold({"t": f"sha256:{hashlib.sha256(raw).hexdigest()}", "c": ["FR"]})
    for other in ("/_matrix/client/v1/media/download/x/two", "/_matrix/media/v3/thumbnail/x/three?width=1"):
        assert bench.ask(other).status == 451
        assert bench.ask(other, "127.0.0.11").body == raw
    assert ("GET", "/_matrix/media/v3/download/x/three") in [one[:2] for one in upstream.asked]
