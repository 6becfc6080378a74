"""The signed list: what an edge takes of it, what it refuses, and what it keeps."""

import asyncio
import base64
import json
import math
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from comity_edge import following as followed
from comity_edge.config import Config
from comity_edge.country import Nothing
from comity_edge.following import Following
from comity_edge.kept import Kept
from comity_edge.measures import Measures, NoMeasure, Reach, Row, row
from comity_edge.signed import Refused, verified, verify_next

SIGNER = Ed25519PrivateKey.generate()
ROW = {"t": "$" + "a" * 43, "c": ["FR"], "r": "!r"}


def page(since: int = 0, to: int = 1, rows: Any = (ROW,), at: float = 100.0, **more: Any) -> bytes:
    said = {"platform": "chat", "from": since, "to": to, "at": at, "more": False, "rows": list(rows)}
    return json.dumps(said | more).encode()


def sign(raw: bytes, by: Ed25519PrivateKey = SIGNER) -> str:
    return base64.b64encode(by.sign(raw)).decode()


def taken(raw: bytes, signature: str | None = None) -> Any:
    return verified(raw, sign(raw) if signature is None else signature, SIGNER.public_key(), "chat")


def test_it_works() -> None:
    found = taken(page())
    assert (found.since, found.to, found.more) == (0, 1, False)
    measures = Measures()
    measures.take(found.rows)
    assert measures.withheld(ROW["t"], "FR", 0.0)  # type: ignore[arg-type]
    assert not measures.withheld(ROW["t"], "BE", 0.0)  # type: ignore[arg-type]


def test_a_forged_page_is_refused() -> None:
    for signature in ("", "x", "AAAA", sign(page(to=2)), sign(page(), Ed25519PrivateKey.generate())):
        with pytest.raises(Refused) as no:
            taken(page(), signature)
        assert no.value.why == "forged"


def test_another_platforms_page_is_refused() -> None:
    with pytest.raises(Refused, match="another platform"):
        taken(page(platform="forum"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 9999,
        page(since=-1),
        page(to=True),  # type: ignore[arg-type]
        page(at="x"),  # type: ignore[arg-type]
        page(rows=[1]),
        page(rows=[{"t": "nothing", "c": []}]),
        page(rows=[{"t": "$e", "c": ["fr"]}]),
        page(rows=[{"t": "$e", "c": "FR"}]),
        page(rows=[{"t": "$e", "c": ["FR"], "u": -1}]),
        page(rows=[{"t": "$e", "c": ["FR"], "r": 5}]),
        page(rows=[{"t": 'x"$e', "c": ["FR"]}]),
    ],
)
def test_a_page_that_makes_no_sense_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(Refused) as no:
        taken(raw)
    assert no.value.why == "malformed"


@pytest.mark.parametrize(
    ("since", "to", "at"), [(0, 1, 300.0), (5, 4, 300.0), (4, 6, 300.0), (6, 7, 300.0), (5, 5, 100.0)]
)
def test_an_older_page_or_one_out_of_order_is_refused(since: int, to: int, at: float) -> None:
    with pytest.raises(Refused) as no:
        verify_next(taken(page(since, to, at=at)), 5, 200.0)
    assert no.value.why == "older"
    verify_next(taken(page(5, 9, at=200.0)), 5, 200.0)


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "list.sqlite"
    kept = Kept(path, "chat")
    kept.take(taken(page(rows=[ROW, {"t": "!room", "c": ["WORLD"], "u": 99.5}])).rows, 1, 100.0, whole=True)
    kept.take([row({"t": "!gone", "c": ["BE"]}), row({"t": "!gone", "c": []})], 2, 101.0, whole=False)
    again = Kept(path, "chat")
    assert (again.serial, again.at, again.whole) == (2, 101.0, True)
    assert sorted(again.rows(), key=lambda one: one.target) == [
        Row("!room", Reach(frozenset({"WORLD"}), 99.5)),
        Row(str(ROW["t"]), Reach(frozenset({"FR"})), "!r"),
    ]
    with pytest.raises(ValueError, match="is the list of platform 'chat'"):
        Kept(path, "forum")


class Model:
    """The list as a dict, to compare with."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def take(self, one: Row) -> None:
        self.rows[one.target] = one

    def withheld(self, target: str, country: str, at: float) -> bool:
        one = self.rows.get(target)
        return one is not None and at < one.reach.until and bool({country, "WORLD"} & one.reach.countries)


TARGETS = ["$a", "$b", "!r", "@u:x", "mxc://x/1", "sha256:" + "0" * 64]
ROWS = st.builds(
    lambda target, countries, until, room, state: Row(target, Reach(frozenset(countries), until), room, state),
    st.sampled_from(TARGETS),
    st.sets(st.sampled_from(["FR", "BE", "WORLD"])),
    st.sampled_from([math.inf, 50.0]),
    st.sampled_from(["", "!r", "!s"]),
    st.sampled_from(["", "m.room.topic"]),
)


@given(st.lists(ROWS, max_size=25))
def test_the_list_in_memory_is_what_was_taken_last_of_each(rows: list[Row]) -> None:
    measures, model = Measures(), Model()
    for one in rows:
        measures.take([one])
        model.take(one)
    standing = [one for one in model.rows.values() if one.reach.countries]
    assert len(measures) == len(standing)
    assert measures.files() == any(one.target[0] in "ms" for one in standing)
    for country in ("FR", "BE", "CH", ""):
        assert measures.anything(country) == any({country, "WORLD"} & one.reach.countries for one in standing)
        for at in (10.0, 60.0):
            for target in TARGETS:
                assert measures.withheld(target, country, at) == model.withheld(target, country, at)
        for room in ("!r", "!s"):
            shown = any(one.room == room and model.withheld(one.target, country, 10.0) for one in standing)
            assert measures.in_room(room, country, 10.0) == (shown or model.withheld(room, country, 10.0))
            said = [one for one in standing if (one.room, one.state) == (room, "m.room.topic")]
            held = any(model.withheld(one.target, country, 10.0) for one in said)
            assert measures.of_state(room, "m.room.topic", country, 10.0) == held


def test_a_row_that_can_be_none_says_why() -> None:
    with pytest.raises(NoMeasure, match="t: must be"):
        row({"t": "x", "c": []})


class Gateway:
    """A gateway that serves the pages that it is given, and then waits."""

    def __init__(self) -> None:
        self.pages: list[tuple[int, bytes, str]] = []
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if not outer.pages:
                    time.sleep(0.3)
                status, raw, signature = outer.pages.pop(0) if outer.pages else (503, b"", "")
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.send_header("Comity-Signature", signature)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def says(self, raw: bytes, status: int = 200, signature: str | None = None) -> None:
        self.pages.append((status, raw, sign(raw) if signature is None else signature))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


def config(home: Path, gateway: Gateway) -> Config:
    (home / "state").mkdir(exist_ok=True)
    at = f"http://127.0.0.1:{gateway.server.server_port}/list"
    return Config(
        "chat", ("127.0.0.1", 1), "http://127.0.0.1:1", at, SIGNER.public_key(), "t" * 32, home / "state", Nothing()
    )


async def _until(following: Following, so: Any) -> None:
    task = asyncio.create_task(following.run())
    end = time.monotonic() + 10
    while not so() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    task.cancel()
    assert so(), following.freshness()


def test_it_follows_refuses_and_keeps(tmp_path: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "PAUSES", (0.01,))
    other = {"t": "$" + "b" * 43, "c": ["BE"]}
    gateway.says(page(0, 3, at=100.0, more=True))
    gateway.says(page(3, 4, [other], at=101.0), signature=sign(b"something else"))  # forged
    gateway.says(b"", 500)
    gateway.says(page(0, 2, at=99.0))  # older
    gateway.says(page(3, 4, [other], at=50.0))  # said before
    gateway.says(page(3, 4, [other], at=102.0))
    following = Following(config(tmp_path, gateway), Measures())
    asyncio.run(_until(following, lambda: following.serial == 4 and following.refused.total() == 3))
    assert following.refused == {"forged": 1, "older": 2}
    assert following.whole
    assert [one.split("after=")[1].split("&")[0] for one in gateway.asked[:6]] == ["0", "3", "3", "3", "3", "3"]
    following.close()
    again = Following(config(tmp_path, gateway), Measures())  # cut off, and started anew
    assert (again.serial, again.at, again.whole, len(again.measures)) == (4, 102.0, True, 2)
    assert again.measures.withheld(other["t"], "BE", 0.0)  # type: ignore[arg-type]
    asyncio.run(_until(again, lambda: again.trouble != ""))
    fresh = again.freshness()
    assert (fresh["connected"], fresh["targets"], fresh["said_at"]) == (False, 2, 102.0)
    again.close()
