"""What somebody who means harm, or a machine that fails halfway, does to an edge: nothing withheld is shown for it, and
nothing else is ever hidden."""

import gzip
import hashlib
import json
import sqlite3
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from comity_edge import following
from comity_edge.config import Config
from comity_edge.country import Table, Viewers
from comity_edge.following import Following
from comity_edge.measures import Measures
from comity_edge.signed import Page

from .conftest import Bench
from .test_proxy import HELD, ROOM, message

EVE = "@eve:x"
PROFILE = {"displayname": "Zebra", "display_name": "Zebra", "avatar_url": "mxc://x/zebra"}


def nested(depth: int) -> Any:
    made: Any = "end"
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize("depth", [100, 480, 700, 940])
def test_what_is_nested_deeply_hides_nothing_else(bench: Any, upstream: Any, depth: int) -> None:
    """A member of a room writes something that a naive walk falls over: the room is read on, and what is withheld is
    not."""
    odd = message("$odd", "fine") | {"content": {"body": "fine", "x": nested(depth)}}
    said = {"chunk": [message(), odd], "account": {"x": nested(depth)}}
    upstream.says(json.dumps(said).encode())
    bench.hold(HELD)
    answer = bench.ask(f"{ROOM}/messages")
    assert answer.status == 200
    assert b"zebra" not in answer.body
    assert json.loads(answer.body)["chunk"][1] == odd


@pytest.mark.parametrize(
    "said",
    [
        {"joined": {EVE: PROFILE, "@a:x": {"display_name": "Fine"}}},
        {"rooms": {"!q": {"name": "Zebra", "heroes": [{"user_id": EVE, **PROFILE}], "timeline": []}}},
        {"results": [{"result": {}, "context": {"profile_info": {EVE: PROFILE}}}]},
        {"presence": {"events": [{"type": "m.presence", "sender": EVE, "content": PROFILE}]}},
        {"users": [{"user_id": EVE, **PROFILE}]},
    ],
    ids=["members by name", "heroes of a room", "profiles beside a hit", "presence", "people in a list"],
)
def test_a_withheld_account_is_named_nowhere_beside_its_events(bench: Any, upstream: Any, said: Any) -> None:
    upstream.says(json.dumps(said).encode())
    bench.hold({"t": EVE, "c": ["FR"]})
    outside, inside = bench.ask(f"{ROOM}/joined_members", "127.0.0.11"), bench.ask(f"{ROOM}/joined_members")
    assert b"ebra" in outside.body
    assert b"ebra" not in inside.body
    assert inside.status == 200
    assert (b"Fine" in inside.body) is (b"Fine" in outside.body)


@pytest.mark.parametrize("odd", [{"m.replace": 7}, {"m.replace": ["$e"]}, 7, {"m.thread": {"latest_event": 7}}])
def test_an_answer_of_a_shape_that_nobody_wrote_is_passed_on_without_what_is_withheld(
    bench: Any, upstream: Any, odd: Any
) -> None:
    other = message("$other", "fine") | {"unsigned": {"m.relations": odd}, "redacted_because": 7}
    upstream.says(json.dumps({"chunk": [message(), other, {"type": "x", "content": {}, "unsigned": 7}]}).encode())
    bench.hold(HELD)
    answer = bench.ask(f"{ROOM}/messages")
    assert answer.status == 200
    assert b"zebra" not in answer.body
    assert b"fine" in answer.body


@pytest.mark.parametrize("cut", ["in two", "short", "with more behind it"])
def test_a_packed_answer_is_taken_whole_or_not_at_all(bench: Any, upstream: Any, cut: str) -> None:
    raw = json.dumps({"chunk": [message(), message("$other", "fine")]}).encode()
    packed = gzip.compress(raw)
    made = {
        "in two": gzip.compress(raw[:40]) + gzip.compress(raw[40:]),
        "short": packed[:-9],
        "with more behind it": packed + b"zebra",
    }[cut]
    bench.hold(HELD)
    upstream.says(made, Content_Encoding="gzip")
    answer = bench.ask(f"{ROOM}/messages")
    assert b"zebra" not in answer.body
    assert (answer.status, b"fine" in answer.body) in ((200, True), (502, False))
    assert cut != "in two" or answer.status == 200


def test_a_file_whose_bytes_cannot_be_looked_at_is_not_given_where_bytes_are_withheld(
    bench: Any, upstream: Any
) -> None:
    """The homeserver fails when it is asked for the whole file, and not when it is asked for what the viewer wants."""
    raw, asked = b"\x89PNG picture", list[str]()

    def once(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        handler.send_response(500 if len(asked) % 2 else 200)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    upstream.answer = once
    bench.hold({"t": f"sha256:{hashlib.sha256(raw).hexdigest()}", "c": ["FR"]})
    assert raw not in bench.ask("/_matrix/client/v1/media/thumbnail/x/one?width=9").body
    assert raw not in bench.ask("/_matrix/client/v1/media/download/x/one").body


@pytest.mark.parametrize("token", ["Bearer \u00e9" + "t" * 31, "Bearer ", "", "Bearer " + "t" * 31 + "\u00ff"])
def test_a_token_of_any_bytes_is_no_token(bench: Any, token: str) -> None:
    assert bench.ask("/_comity/edge/freshness", Authorization=token).status == 404


@pytest.mark.parametrize(
    "look", ["BE;" + "9" * 5000 + ";00", "BE;²;00", "BE;" + "9" * 12 + ";\u00e9", ";;", "BE" * 9000]
)
def test_a_look_that_nobody_marked_is_none_and_breaks_nothing(bench: Any, upstream: Any, look: str) -> None:
    upstream.says(json.dumps({"chunk": [message()]}).encode())
    bench.hold(HELD)
    answer = bench.ask(f"{ROOM}/messages", X_Comity_Look=look)
    assert (answer.status, b"zebra" in answer.body) == (200, False)


def test_a_country_that_the_viewer_wrote_before_the_proxy_did_counts_for_nothing(upstream: Any, tmp_path: Path) -> None:
    """A proxy that adds its header to what came: the last is its own."""
    made = Bench(tmp_path, upstream, header="cf-ipcountry", proxies=("127.0.0.0/8",))
    try:
        viewers = made.edge._viewers
        both = [(b"cf-ipcountry", b"BE"), (b"cf-ipcountry", b"FR")]
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": both}
        assert made.edge._asked(scope | {"client": ("127.0.0.1", 1)}).country == "FR"
        assert viewers.country("192.0.2.1", "192.0.2.9", "BE") == ""
    finally:
        made.end()


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["127.0.0.11"], "127.0.0.11"),
        (["127.0.0.11, 127.0.0.12"], "127.0.0.12"),
        (["127.0.0.11", "127.0.0.12"], "127.0.0.12"),
        (["127.0.0.11, 192.0.2.1, 192.0.2.1"], "127.0.0.11"),
        (["127.0.0.11,"], ""),
        (["127.0.0.11, unknown"], "unknown"),
    ],
)
def test_who_forwards_is_believed_as_far_as_they_are_ours(forwarded: list[str], address: str) -> None:
    viewers = Viewers(Table(["127.0.0.11/32 BE"]), ["192.0.2.1"])
    assert viewers.address("192.0.2.1", forwarded) == address
    assert viewers.address("192.0.2.7", forwarded) == "192.0.2.7"


# -- its list, and its disk --------------------------------------------------------------------------------------------


def page(held: Following, *rows: Any, to: int) -> Page:
    return Page(held.serial, to, held.at + 1, False, tuple(rows))


def test_a_name_that_was_written_by_half_is_made_anew(bench: Any, tmp_path: Path) -> None:
    for rest in ("", "{", "null", '{"edge": 7}'):
        state = tmp_path / f"half{len(rest)}"
        state.mkdir()
        (state / "edge.json").write_text(rest)
        again = following._name(_at(bench.config, state))
        assert again.isalnum()
        assert following._name(_at(bench.config, state)) == again


def test_a_copy_of_an_edge_is_another_edge(bench: Any, tmp_path: Path) -> None:
    """Two that go by one name would count as one: what only one of them holds would be told as done."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    name = following._name(_at(bench.config, first))
    (second / "edge.json").write_bytes((first / "edge.json").read_bytes())
    assert following._name(_at(bench.config, second)) != name
    assert following._name(_at(bench.config, first)) == name


def _at(config: Config, state: Path) -> Config:
    return Config(**{**config.__dict__, "state": state})


async def _none(self: Any, session: Any) -> Page:
    raise sqlite3.OperationalError("disk full")


def test_a_full_disk_ends_nothing(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be kept is not said to be held, and is tried again."""
    import asyncio

    monkeypatch.setattr(Following, "_page", _none)
    monkeypatch.setattr(following, "PAUSES", (0.001,))

    async def a_while() -> None:
        task = asyncio.ensure_future(bench.edge.following.run())
        await asyncio.sleep(0.05)
        assert not task.done()
        task.cancel()

    bench.loop.run_until_complete(a_while())
    assert "disk" in bench.edge.following.trouble or "kept" in bench.edge.following.trouble
    assert len(Measures()) == 0
