"""A homeserver that does what it is told and answers 500, that hangs, or that answers about something else."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from comity.platforms.matrix import commands
from comity.platforms.matrix.connector import MatrixPlatform, Tokens
from comity.platforms.port import PlatformDown

from .conftest import NAME, SERVER
from .test_leaks import png
from .test_whole import media, user


class Liar:
    """Passes on to the homeserver: `answer` may make another of an answer, `hangs` is how long it waits."""

    def __init__(self, upstream: str) -> None:
        self.answer: Any = lambda method, path, status, raw: (status, raw)
        self.hangs = 0.0
        outer, at = self, urlsplit(upstream)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                line = http.client.HTTPConnection(at.hostname or "", at.port)
                line.request(self.command, self.path, body or None, dict(self.headers))
                came = line.getresponse()
                status, raw = outer.answer(self.command, self.path, came.status, came.read())
                line.close()
                time.sleep(outer.hangs)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PUT = do_DELETE = _any

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def liar(stand: Any) -> Iterator[Liar]:
    made = Liar(stand.synapse.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def lied_to(stand: Any, liar: Liar) -> MatrixPlatform:
    tokens = Tokens(stand.tokens["read"], stand.observer, stand.token, stand.tokens["act"], stand.tokens["end"])
    return MatrixPlatform(NAME, liar.url, SERVER, stand.edge.url, tokens, timeout=1.0)


def fails_after(method: str, path: str, status: int, raw: bytes) -> tuple[int, bytes]:
    """It has done it, and says that it failed."""
    return (500, b'{"errcode":"M_UNKNOWN"}') if method != "GET" else (status, raw)


def test_what_was_done_before_it_failed_is_done_once(stand: Any, liar: Liar, lied_to: MatrixPlatform, key: str) -> None:
    who = stand.people(f"liar-{key[-8:]}")
    file = stand.alice.upload(png(hash(key) % 251))
    event = stand.alice.send(stand.square, {"msgtype": "m.image", "body": "a.png", "url": file})
    gone = stand.alice.say(stand.square, "quagga")
    deeds = [("lock", who.user), ("quarantine", f"{stand.square}/{event}"), ("redact", f"{stand.square}/{gone}")]
    liar.answer = fails_after
    for kind, ref in deeds:
        with pytest.raises(PlatformDown):
            lied_to.act(key + kind, kind, ref, ["WORLD"])
        assert lied_to.stands(key + kind) is None  # nobody was told that it is so
    assert user(stand, who.user)[1]["locked"]
    liar.answer = lambda method, path, status, raw: (status, raw)
    for kind, ref in deeds:
        assert lied_to.act(key + kind, kind, ref, ["WORLD"]).new
        assert lied_to.stands(key + kind) is True
    liar.answer = fails_after
    for kind, _ in deeds[:2]:
        with pytest.raises(PlatformDown):
            lied_to.lift(key + kind)
    liar.answer = lambda method, path, status, raw: (status, raw)
    for kind, _ in deeds[:2]:
        lied_to.lift(key + kind)
    assert not user(stand, who.user)[1]["locked"]
    assert not media(stand, file)["quarantined_by"]


def test_one_that_hangs_is_not_waited_for(stand: Any, liar: Liar, lied_to: MatrixPlatform, key: str) -> None:
    who = stand.people(f"slow-{key[-8:]}")
    liar.hangs = 3.0
    with pytest.raises(PlatformDown, match="too long|no answer"):
        lied_to.act(key, "suspend", who.user, ["WORLD"])
    assert commands.of_key(NAME, key) is None
    assert lied_to.observe(f"https://matrix.to/#/{who.user}", "FR").state in ("visible", "unknown")


@pytest.mark.parametrize("field", ["event_id", "room_id", "name", "media_id"])
def test_an_answer_about_something_else_is_none(
    stand: Any, liar: Liar, lied_to: MatrixPlatform, key: str, field: str
) -> None:
    """A homeserver that changes its ids: nothing is done to what nobody named."""
    file = stand.alice.upload(png(hash(key) % 251))
    event = stand.alice.send(stand.square, {"msgtype": "m.image", "body": "a.png", "url": file})
    other = {"event_id": "$" + "o" * 43, "room_id": "!other", "name": "@other:chat.test", "media_id": "other"}[field]

    def another(method: str, path: str, status: int, raw: bytes) -> tuple[int, bytes]:
        said = json.loads(raw) if raw[:1] == b"{" else {}
        for one in (said, said.get("event"), said.get("media_info")):
            if isinstance(one, dict) and (field in one or field == "event_id" and one is said.get("event")):
                one[field] = other
        return status, json.dumps(said).encode() if said else raw

    liar.answer = another
    about = {"name": stand.alice.user, "room_id": stand.square}.get(field, f"{stand.square}/{event}")
    with pytest.raises(PlatformDown):
        lied_to.act(key, "withhold", about, ["FR"])
    assert commands.of_key(NAME, key) is None
