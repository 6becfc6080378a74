"""What a viewer asks for so that an answer names nothing: a sync of fields alone, a directory searched for words."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from comity_edge import asking

from .test_proxy import HELD

SYNC = "/_matrix/client/v3/sync"
FIELDS = {"event_fields": ["content.body"], "room": {"timeline": {"limit": 5}}}


@pytest.fixture
def homeserver(upstream: Any) -> dict[str, tuple[int, Any]]:
    """What it answers by path; a sync is answered with the filter that it was asked with."""
    said: dict[str, tuple[int, Any]] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        at = urlsplit(handler.path)
        given = parse_qs(at.query).get("filter", [""])[0]
        status, body = said.get(at.path, (200, {"filter": given}))
        raw = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    upstream.answer = answer
    return said


def asked_with(bench: Any, query: str, at: str = "127.0.0.12", **headers: str) -> Any:
    answer = bench.ask(f"{SYNC}?{query}", at, **headers)
    return answer.status, json.loads(answer.body).get("filter")


@pytest.mark.parametrize("query", ["filter={}", "timeout=0&%66ilter={}", "a=1;filter={}", "filter={}&filter=%7B%7D"])
def test_it_works(bench: Any, homeserver: Any, query: str) -> None:
    query = query.replace("{}", quote(json.dumps(FIELDS)))
    assert asked_with(bench, query)[1] in (json.dumps(FIELDS), "")  # nothing stands: as it was asked
    bench.hold(HELD)
    assert json.loads(asked_with(bench, query)[1]) == {"room": FIELDS["room"]}
    assert asked_with(bench, query, "127.0.0.11")[1] in (json.dumps(FIELDS), "")


def test_a_filter_that_the_homeserver_keeps_is_looked_at_once(bench: Any, upstream: Any, homeserver: Any) -> None:
    me, kept = "/_matrix/client/v3/account/whoami", "/_matrix/client/v3/user/%40bob%3Ax/filter/7"
    homeserver |= {me: (200, {"user_id": "@bob:x"}), kept: (200, FIELDS)}
    bench.hold(HELD)
    for since in ("1", "2"):
        assert json.loads(asked_with(bench, f"since={since}&filter=7", Authorization="Bearer b")[1]) == {
            "room": FIELDS["room"]
        }
    assert [path for _, path, _ in upstream.asked].count(kept) == 1
    homeserver[kept] = (200, {"room": {}})
    assert asked_with(bench, "filter=7&access_token=c") == (200, "7")
    assert f"{kept}?access_token=c" in [path for _, path, _ in upstream.asked]


@pytest.mark.parametrize(("status", "comes"), [(404, (200, "7")), (503, (502, None))])
def test_a_filter_that_cannot_be_looked_at(bench: Any, homeserver: Any, status: int, comes: Any) -> None:
    """One that the homeserver doesn't have it will refuse itself; of one that it can't show now nothing is known."""
    homeserver["/_matrix/client/v3/account/whoami"] = (status, {})
    homeserver["/_matrix/client/v3/user/None/filter/7"] = (404, {})
    bench.hold(HELD)
    assert asked_with(bench, "filter=7", Authorization="Bearer d") == comes


def test_whoever_writes_their_method_small_asks_the_same(bench: Any, upstream: Any) -> None:
    event = {"event_id": "$t", "type": "m.room.topic", "sender": "@a:x", "content": {"topic": "zebra"}, "state_key": ""}
    upstream.says(json.dumps(event).encode())
    bench.hold({"t": "$t", "c": ["FR"], "r": "!r", "s": "m.room.topic"})
    for method in ("GET", "get", "gEt"):
        assert bench.ask("/_matrix/client/v3/rooms/!r/state/m.room.topic", method=method).status == 451


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"filter": {"generic_search_term": "Zebra"}}', "zebra"),
        (b'{"filter": 7}', ""),
        (b"[", ""),
        (b"", ""),
        (b"[" * 100_000, ""),
        (None, ""),
    ],
)
def test_words_that_a_directory_is_searched_for(body: Any, words: str) -> None:
    assert asking.searched_for(body) == words
