"""A country that is left: what an edge lets through at each level, what people there are told and can still take."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from comity_edge.gates import APPEALS, EXPORT, LEVELS, PAGE, SHUT, Gate
from comity_edge.kept import Kept
from comity_edge.measures import NoMeasure, row
from comity_edge.routes import sort

V3 = "/_matrix/client/v3"
TOLD = {"en": 'We leave <b>"here"</b>.', "fr": "Nous partons."}
HELD = {"t": "gate:FR", "c": ["FR", "RE"], "s": "read-only", "n": TOLD}
JOINS = [("POST", f"{V3}/register"), ("GET", f"{V3}/register/available"), ("POST", f"{V3}/register/email/requestToken")]
JOINS += [("POST", "/_synapse/client/pick_username/account_details"), ("POST", "/_matrix/client/unstable/register")]
WRITES = [("PUT", f"{V3}/rooms/!r/send/m.room.message/1"), ("PUT", f"{V3}/rooms/!r/state/m.room.topic/")]
WRITES += [("PUT", f"{V3}/rooms/!r/redact/$e/1"), ("POST", f"{V3}/createRoom"), ("POST", f"{V3}/join/!r")]
WRITES += [("POST", f"{V3}/rooms/!r/{one}") for one in ("join", "invite", "kick", "ban", "unban", "upgrade")]
WRITES += [("POST", f"{V3}/knock/!r"), ("PUT", f"{V3}/profile/@a:x/displayname"), ("PUT", f"{V3}/presence/@a:x/status")]
WRITES += [
    ("PUT", f"{V3}/directory/room/%23a:x"),
    ("POST", "/_matrix/media/v3/upload"),
    ("PUT", f"{V3}/rooms/!r/typing/@a:x"),
]
WRITES += [("POST", "/_matrix/media/v1/create"), ("PUT", "/_matrix/media/v3/upload/x/y")]
WRITES += [
    ("POST", "/_matrix/client/unstable/org.example.msc9999/something"),
    ("DELETE", f"{V3}/directory/room/%23a:x"),
]
READS = [
    ("GET", f"{V3}/sync"),
    ("GET", f"{V3}/rooms/!r/messages"),
    ("POST", f"{V3}/search"),
    ("POST", f"{V3}/publicRooms"),
]
READS += [("POST", f"{V3}/keys/query"), ("POST", f"{V3}/rooms/!r/leave"), ("POST", f"{V3}/rooms/!r/report/$e")]
READS += [
    ("POST", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"),
    ("GET", "/_matrix/client/v1/media/download/x/y"),
]
READS += [("POST", f"{V3}/rooms/!r/receipt/m.read/$e"), ("PUT", f"{V3}/user/@a:x/account_data/m.x")]
OPEN = [("POST", f"{V3}/login"), ("POST", f"{V3}/logout"), ("GET", f"{V3}/account/whoami"), ("OPTIONS", f"{V3}/sync")]
OPEN += [("POST", f"{V3}/account/deactivate"), ("GET", "/_matrix/client/versions"), ("POST", f"{V3}/account/password")]


def test_it_works(bench: Any, upstream: Any) -> None:
    upstream.says(b'{"here": 1}')
    bench.hold(HELD)
    inside, outside = ((at, bench.ask(f"{V3}/rooms/!r/send/m.room.message/1", at, "PUT", b"{}")) for at in (FR, BE))
    assert (inside[1].status, outside[1].status) == (403, 200)
    assert json.loads(inside[1].body) == {"errcode": SHUT, "error": TOLD["en"]}
    said = bench.ask(f"{V3}/createRoom", method="POST", Accept_Language="fr-FR,fr;q=0.9,en;q=0.8")
    assert json.loads(said.body)["error"] == TOLD["fr"]
    assert bench.ask(f"{V3}/rooms/!r/messages").status == 200
    bench.hold({"t": "gate:FR", "c": []})
    assert bench.ask(f"{V3}/createRoom", method="POST").status == 200
    assert bench.edge.counted["gated"] == 2


FR, BE = "127.0.0.12", "127.0.0.11"


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_shuts_what_it_says_and_what_the_ones_before_it_shut(level: str) -> None:
    gate, at = Gate(level), LEVELS.index(level)
    for height, those in enumerate((JOINS, WRITES, READS)):
        assert [one for one in those if gate.lets(*one) is (height <= at)] == [], level
    assert [one for one in OPEN if not gate.lets(*one)] == []


def test_every_door_that_is_sorted_here_is_one_of_a_homeserver() -> None:
    for _, path in JOINS[:3] + WRITES[:15] + READS + OPEN:
        assert sort(path).treatment != "unknown", path


def test_the_highest_of_several_counts_and_those_of_other_countries_do_not(bench: Any) -> None:
    bench.hold(
        HELD, {"t": "gate:RE", "c": ["RE"], "s": "notice", "n": TOLD}, {"t": "gate:BE", "c": ["BE"], "s": "no-signups"}
    )
    seen = {code: bench.edge.measures.gate(code) for code in ("FR", "RE", "BE", "CH", "")}
    assert {code: one and one.level for code, one in seen.items()} == {
        "FR": "read-only", "RE": "notice", "BE": "no-signups", "CH": None, "": None
    }  # fmt: skip
    bench.hold({"t": "gate:RE", "c": []})
    assert bench.edge.measures.gate("RE").level == "read-only"


def test_no_word_of_a_notice_is_markup_and_the_two_doors_are_there(bench: Any, upstream: Any) -> None:
    bench.hold(HELD)
    page = bench.ask(PAGE)
    assert page.status == 403
    for words in ("&lt;b&gt;&quot;here&quot;", 'lang="fr"', "Nous partons.", "data-notice", EXPORT):
        assert words in page.body.decode()
    assert b"<b>" not in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert bench.ask(PAGE, BE).status == 404
    assert bench.ask(APPEALS).status == 404  # its settings name none
    object.__setattr__(bench.config, "appeals", "https://lantern.example/appeals")
    answer = bench.ask(APPEALS)
    assert (answer.status, answer.headers["location"]) == (303, "https://lantern.example/appeals")
    assert b'href="https://lantern.example/appeals"' in bench.ask(PAGE).body


def test_what_is_ones_own_can_be_taken_where_nothing_is_read(bench: Any, upstream: Any) -> None:
    mine = [
        {"event_id": f"${n}", "sender": "@a:x", "type": "m.room.message", "content": {"body": "é"}} for n in range(3)
    ]
    theirs = {"event_id": "$t", "sender": "@b:x", "type": "m.room.message", "content": {"body": "theirs"}}

    def homeserver(handler: BaseHTTPRequestHandler) -> None:
        at, said = urlsplit(handler.path), {}
        known = handler.headers["Authorization"] == "Bearer hers"
        if at.path.endswith("/whoami"):
            said = {"user_id": "@a:x"}
        elif at.path.endswith("/joined_rooms"):
            said = {"joined_rooms": ["!r"]}
        elif at.path.endswith("/messages"):
            asked = parse_qs(at.query)
            assert json.loads(asked["filter"][0]) == {"senders": ["@a:x"]}
            said = {"chunk": mine[2:]} if "from" in asked else {"chunk": [*mine[:2], theirs], "end": "t 1"}
        elif at.path.endswith("/sync"):
            said = {"account_data": {"events": []}}
        raw = json.dumps(said).encode()
        handler.send_response(200 if known else 401)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    upstream.answer = homeserver
    bench.hold({**HELD, "s": "notice"}, {"t": "$1", "c": ["FR"], "r": "!r"})
    assert bench.ask(f"{V3}/rooms/!r/messages").status == 403
    assert [bench.ask(EXPORT, Authorization=one).status for one in ("Bearer his", "")] == [401, 401]
    answer = bench.ask(EXPORT, Authorization="Bearer hers")
    lines = [json.loads(line) for line in answer.body.splitlines()]
    sent = [one["sent"] for one in lines if "sent" in one]
    assert lines[0] == {"account": {"user_id": "@a:x"}}
    assert [one["event_id"] for one in sent] == ["$0", "$1", "$2"]
    assert "not available" in sent[1]["content"]["body"]  # what is withheld from everybody there is from its author too
    assert b"theirs" not in answer.body


def test_what_is_kept_on_disk_is_a_gate_still(bench: Any, tmp_path: Any) -> None:
    one, kept = row(HELD), Kept(tmp_path / "list.sqlite", "chat")
    kept.take([one, row({"t": "$e", "c": ["FR"]})], 3, 1.0, whole=True)
    kept.close()
    assert {held.target: held for held in Kept(tmp_path / "list.sqlite", "chat").rows()}["gate:FR"] == one


@pytest.mark.parametrize(
    "wrong",
    [{"s": "closed"}, {"s": ""}, {"n": ["x"]}, {"n": {"en": 7}}, {"n": {"en": "x" * 200_000}}, {"t": "gate:fr"}],
)
def test_what_is_no_gate_is_refused(wrong: Any) -> None:
    with pytest.raises(NoMeasure):
        row({**HELD, **wrong})
