"""The connector against platforms that answer badly: every one of them ends as down, in bounded time and memory."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from comity.platforms.port import PlatformDown, PlatformRefused
from comity.platforms.sandbox import Sandbox, World, client, viewer

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def platform(answer: Answer, timeout: float = 5.0) -> Iterator[tuple[Sandbox, list[Any]]]:
    """A platform that answers every request in one way, and the requests it got."""
    got: list[Any] = []

    class Request(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append((self.path, dict(self.headers)))
            answer(self)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None: ...

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None: ...

    server = Server(("127.0.0.1", 0), Request)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield Sandbox(f"http://127.0.0.1:{server.server_port}", "a-token-that-must-not-leak", timeout), got
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes, **headers: str) -> Answer:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_it_works() -> None:
    body = json.dumps({"key": "k", "state": "withheld", "new": True}).encode()
    with platform(says(200, body)) as (sandbox, got):
        assert sandbox.act("k", "withhold", "/c/harbour/2", ["FR"]).new
    assert got[0][1]["Authorization"] == "Bearer a-token-that-must-not-leak"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"{}",
        b'{"found": true}',
        b'{"found": true, "author": 7}',
        b"\xff",
    ],
)
def test_an_answer_that_makes_no_sense_is_down(body: bytes) -> None:
    with platform(says(200, body)) as (sandbox, _), pytest.raises(PlatformDown):
        sandbox.resolve(f"{sandbox.base_url}/c/harbour/2")


@pytest.mark.parametrize("body", [b"{}", b'{"key": "other", "state": "withheld", "new": true}', b'{"key": "k"}'])
def test_a_receipt_for_another_key_is_down(body: bytes) -> None:
    with platform(says(200, body)) as (sandbox, _), pytest.raises(PlatformDown):
        sandbox.act("k", "withhold", "/c/harbour/2", ["FR"])


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 429, 500, 502, 503])
def test_any_other_status_is_down_and_no_redirect_is_followed(status: int) -> None:
    with platform(says(200, b"{}")) as (_, elsewhere_got), platform(says(200, b"{}")) as (elsewhere, got):
        away = says(status, b"", Location=f"{elsewhere.base_url}/api/resolve")
        with platform(away) as (sandbox, _), pytest.raises(PlatformDown):
            sandbox.lift("k")
        assert not got
        assert not elsewhere_got


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_viewer_follows_no_redirect(status: int) -> None:
    with platform(says(200, b"<article data-shown='/c/harbour/2'>x</article>")) as (elsewhere, got):
        with platform(says(status, b"", Location=f"{elsewhere.base_url}/c/harbour/2")) as (sandbox, _):
            assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == "unknown"
        assert not got


def test_a_viewer_carries_no_token_and_no_cookie() -> None:
    with platform(says(200, b"")) as (sandbox, got):
        sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR")
    assert got
    for path, headers in got:
        assert path.endswith("?from=FR")
        assert not {name.lower() for name in headers} & {"authorization", "cookie"}


@pytest.mark.parametrize(("status", "state"), [(404, "gone"), (410, "gone"), (403, "unknown"), (500, "unknown")])
def test_what_a_status_means_to_a_viewer(status: int, state: str) -> None:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        says(500 if "picture" in request.path and status == 403 else status, b"")(request)

    with platform(answer) as (sandbox, _):
        assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == state


def test_a_picture_still_served_is_visible_though_the_page_is_a_stub() -> None:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        says(200, b"PNG" if "picture" in request.path else b"<p>This message can't be shown.</p>")(request)

    with platform(answer) as (sandbox, _):
        assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == "visible"


def test_an_answer_too_large_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 1000)
    monkeypatch.setattr(viewer, "LARGEST_PAGE", 1000)
    with platform(says(200, b" " * 2000)) as (sandbox, _):
        with pytest.raises(PlatformDown, match="too large"):
            sandbox.lift("k")
        assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == "unknown"


def test_an_answer_that_breaks_off_is_down() -> None:
    with platform(says(200, b'{"key": "k"', Content_Length="400")) as (sandbox, _), pytest.raises(PlatformDown):
        sandbox.lift("k")


def test_an_answer_that_drips_is_down() -> None:
    stop = threading.Event()

    def drip(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not stop.wait(0.02):
            request.wfile.write(b" ")

    with platform(drip, timeout=0.3) as (sandbox, _):
        with pytest.raises(PlatformDown, match="too long"):
            sandbox.lift("k")
        assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == "unknown"
        stop.set()


def test_a_platform_that_never_answers_is_down() -> None:
    stop = threading.Event()
    with platform(lambda _: stop.wait(20) and None, timeout=0.2) as (sandbox, _):
        with pytest.raises(PlatformDown, match="TimeoutError"):
            sandbox.lift("k")
        stop.set()


def test_nobody_listens() -> None:
    with platform(says(200, b"{}")) as (sandbox, _):
        pass
    with pytest.raises(PlatformDown, match="ConnectionRefused"):
        sandbox.lift("k")
    assert sandbox.observe(f"{sandbox.base_url}/c/harbour/2", "FR").state == "unknown"


def test_no_token_yet_is_down() -> None:
    with pytest.raises(PlatformDown, match="token"):
        Sandbox("http://127.0.0.1:1", "").lift("k")


def test_a_wrong_token_is_refused(sandbox: Any) -> None:
    with pytest.raises(PlatformRefused) as no:
        Sandbox(sandbox.base_url, "not-the-token").lift("k")
    assert no.value.code == "no-token"


@pytest.mark.parametrize("base", ["", "localhost:8091", "ftp://localhost", "file:///etc/passwd", "http://"])
def test_a_base_that_is_no_base_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="sandbox_url"):
        World(base, "t")


@pytest.mark.parametrize("country", ["", "fr", "FRA", "F&x=1", "../"])
def test_a_country_that_is_none_is_never_sent(sandbox: Any, country: str) -> None:
    assert (
        Sandbox(sandbox.base_url, sandbox.token).observe(f"{sandbox.base_url}/c/harbour/2", country).state == "unknown"
    )
