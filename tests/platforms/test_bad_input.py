"""What comes from an adapter, or from a page of its platform, and is not to be believed: by the gateway's own client.

(The same as cases of the kit: test_kit.py. Events that are forged, stale or replayed: tests/notices. Two platforms that
claim one address: test_connected.py. An adapter that dies in a batch of 5,000: test_http.py; killed: tests/kills.)
"""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from platforms import liars
from platforms.liars import Forum, answers
from platforms.test_kit import certificate

from comity.platforms.asking import Limits, Unanswered
from comity.platforms.http import HttpPlatform

INSIDE = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture(scope="module")
def its(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    with liars.served(tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def forum(its: Forum) -> Forum:
    its.forget()
    return its


def platform(forum: Forum, **more: Any) -> HttpPlatform:
    return HttpPlatform(f"{forum.home}/comity", forum.secrets, limits=Limits(repeats=0, largest=liars.LARGEST), **more)


def why(forum: Forum) -> str:
    """Why an act on the forum is not answered."""
    able = forum.adapter.capabilities({})
    with pytest.raises(Unanswered) as no:
        platform(forum, known=able).act("k", "withhold", "/t/1", ["FR"])
    return no.value.why


@contextmanager
def over_tls(pem: Path) -> Iterator[str]:
    """A server with a certificate, at `localhost`."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}/comity"
    finally:
        server.shutdown()
        server.server_close()


def test_a_certificate_of_another_host_or_of_nobody_we_trust_is_none(forum: Forum, tmp_path: Path) -> None:
    able = forum.adapter.capabilities({})
    for host, trusted in (("forum.example", True), ("localhost", False)):
        pem = certificate(tmp_path, host)
        with over_tls(pem) as at:
            ours = HttpPlatform(at, forum.secrets, ca=pem if trusted else None, known=able, limits=Limits(repeats=0))
            with pytest.raises(Unanswered) as no:
                ours.act("k", "withhold", "/t/1", ["FR"])
        assert no.value.why == "certificate"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_an_inside_address_or_in_a_loop_is_followed_nowhere(forum: Forum, status: int) -> None:
    for to in (INSIDE, f"{forum.home}/inside", f"{forum.home}/comity/act"):
        asked, twist = list[str](), answers(forum, {"act"}, status, b"", location=to)

        async def heard(scope: Any, receive: Any, send: Any, asked: Any = asked, twist: Any = twist) -> None:
            asked.append(scope["path"])
            await twist(scope, receive, send)

        forum.twist = heard
        assert why(forum) == "redirect"
        assert asked == ["/comity/act"]


def test_a_bomb_is_not_unpacked_and_a_flood_is_not_read(forum: Forum) -> None:
    forum.twist = answers(forum, {"act"}, 200, liars.bomb(), content_encoding="gzip")
    assert why(forum) == "packed"
    forum.twist = answers(forum, {"act"}, 200, b" " * (liars.LARGEST + 1))
    assert why(forum) == "large"


def test_a_clock_ten_minutes_off_is_named_as_what_is_wrong(forum: Forum) -> None:
    refusal = b'{"error": "stale", "says": "Message timestamp too new"}'
    forum.twist, forum.date = answers(forum, {"act"}, 401, refusal), -600.0
    assert why(forum) == "clock"
    forum.twist, forum.date = answers(forum, {"act"}, 401, refusal), 0.0
    assert why(forum) == "unsigned"


@pytest.mark.parametrize("page", ["redirect", "loop", "bomb"])
def test_a_page_that_sends_a_stranger_elsewhere_shows_them_nothing(forum: Forum, page: str) -> None:
    asked = list[str]()

    async def twist(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        if not scope["path"].startswith("/t/"):
            await forum.forum.app(scope, receive, send)
            return
        to = {"redirect": INSIDE, "loop": f"{forum.home}/t/1"}.get(page)
        body = liars.bomb() if page == "bomb" else b'<i data-shown="/t/1">'
        head = [(b"content-encoding", b"gzip")] if page == "bomb" else [(b"location", str(to).encode())]
        await send({"type": "http.response.start", "status": 200 if page == "bomb" else 302, "headers": head})
        await send({"type": "http.response.body", "body": body})

    ours, url = platform(forum), f"{forum.home}/t/1"
    ours.act("k", "withhold", "/t/1", ["FR"])
    forum.twist = twist
    assert not ours.stranger.sees(url, ("query", "country"), "FR")
    assert ours.observe(url, "FR").state == "withheld"
    assert {path for path in asked if path.startswith("/t/")} == {"/t/1"}
