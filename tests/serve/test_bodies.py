"""The pages' server against senders who take their time: bodies and heads that don't come, dribble or break off."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from running import eventually

from comity.serve import bodies, ports
from comity.serve.bodies import Bodies, Refused

RUN = "from comity.serve import ports, web; web.serve({!r}, ports.Address('127.0.0.1', {}))"
POST = b"POST /p HTTP/1.1\r\nHost: localhost\r\n"
SLOW = {
    "two bytes of many": POST + b"Content-Length: 90000\r\n\r\nab",
    "none at all": POST + b"Content-Length: 90000\r\n\r\n",
    "asks first": POST + b"Expect: 100-continue\r\nContent-Length: 90000\r\n\r\n",
    "in chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
    "half a head": POST + b"X-A: b",
    "nothing": b"",
}


@contextmanager
def serving(name: str, tmp: Path) -> Iterator[int]:
    """The small application on a free port; its process ends by SIGTERM, whoever still sends."""
    port = ports.any_free("127.0.0.1").port
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "HOLD": str(tmp / "hold")}
    process = subprocess.Popen([sys.executable, "-c", RUN.format(f"pages_app:{name}", port)], env=env)
    try:
        eventually(lambda: not ports.is_free(ports.Address("127.0.0.1", port)))
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving("pages", tmp_path_factory.mktemp("pages")) as listening:
        yield listening


def get(port: int, path: str = "/g", timeout: float = 10, **headers: str) -> dict[str, Any]:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(asked, timeout=timeout) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def say(port: int, words: bytes, end: bool = False) -> bytes:
    """Send bytes, hear all that comes until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as talking:
        talking.sendall(words)
        if end:
            talking.shutdown(socket.SHUT_WR)
        heard = b""
        while more := talking.recv(65536):
            heard += more
        return heard


def test_it_works(port: int) -> None:
    words = POST + b"Connection: close\r\nContent-Length: 5\r\nContent-Type: text/x\r\n\r\nhello"
    heard = say(port, words)
    told = json.loads(heard.partition(b"\r\n\r\n")[2])["environ"]
    assert heard.startswith(b"HTTP/1.1 200")
    assert (told["body"], told["CONTENT_LENGTH"], told["CONTENT_TYPE"]) == ("hello", "5", "text/x")
    assert (told["REQUEST_METHOD"], told["PATH_INFO"], told["REMOTE_ADDR"]) == ("POST", "/p", "127.0.0.1")
    assert told["HTTP_HOST"] == "localhost"


@pytest.mark.parametrize("how", SLOW)
@pytest.mark.parametrize("many", [4, 400])
def test_a_page_comes_at_once_however_many_take_their_time(port: int, how: str, many: int) -> None:
    with ExitStack() as stack:
        for _ in range(many):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)).sendall(SLOW[how])
        assert get(port)["environ"]["PATH_INFO"] == "/g"


def test_with_the_body_read_by_the_thread_one_of_them_stops_every_page(tmp_path: Path) -> None:
    with serving("naive", tmp_path) as port:
        assert get(port)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
            slow.sendall(SLOW["two bytes of many"])
            with pytest.raises(TimeoutError):
                get(port, timeout=1)


def test_a_body_that_does_not_come_is_given_up_and_the_application_never_hears_of_it(port: int) -> None:
    before = get(port)["asked"].count("POST /p")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(SLOW["two bytes of many"])
        heard = slow.recv(1000)
        assert heard.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in heard
    assert say(port, SLOW["two bytes of many"], end=True).startswith(b"HTTP/1.1 400")
    assert get(port)["asked"].count("POST /p") == before


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (SLOW["in chunks"], b"411"),
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", b"400"),
        (POST + b"Content-Length: +5\r\n\r\nhello", b"400"),
        (POST + b"Content-Length: -5\r\n\r\nhello", b"400"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b""),
        (POST + b"X-A: " + b"b" * 1_000_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_what_is_not_taken(port: int, words: bytes, status: bytes) -> None:
    heard = say(port, words)
    assert heard.removeprefix(b"HTTP/1.1 ").startswith(status)
    assert b" 200 " not in heard


def test_a_body_larger_than_any_is_left_to_the_application_unread(port: int) -> None:
    told = json.loads(say(port, POST + b"Content-Length: 100001\r\n\r\nab").partition(b"\r\n\r\n")[2])
    assert (told["environ"]["CONTENT_LENGTH"], told["environ"]["body"]) == ("100001", "")


def test_headers_and_addresses_come_as_wsgi_has_them(port: int) -> None:
    head = b"GET /%C3%A9?q=%C3%A9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += b"Cookie: a=1\r\nCookie: b=2\r\nX-Two: 1\r\nX-Two: 2\r\nX_Forwarded_For: 203.0.113.9\r\n\r\n"
    told = json.loads(say(port, head).partition(b"\r\n\r\n")[2])["environ"]
    assert told["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert told["QUERY_STRING"] == "q=%C3%A9"
    assert (told["HTTP_COOKIE"], told["HTTP_X_TWO"]) == ("a=1; b=2", "1,2")
    assert "HTTP_X_FORWARDED_FOR" not in told


def test_a_stream_comes_piece_by_piece_and_one_that_nobody_hears_any_more_frees_its_thread(tmp_path: Path) -> None:
    with serving("pages", tmp_path) as port:
        left = socket.create_connection(("127.0.0.1", port), timeout=20)
        left.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        while b"first" not in heard:
            heard += left.recv(1000)
        left.close()
        assert get(port)["asked"] == ["GET /wait", "GET /g"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/wait", timeout=20) as stream:
            assert stream.read(5) == b"first"
            (tmp_path / "hold").touch()
            assert stream.read().endswith(b" last")


class Never:
    """A request whose body doesn't come."""

    async def __call__(self) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError


def asking(length: int) -> Any:
    return SimpleNamespace(headers={"content-length": str(length)})


@pytest.mark.parametrize(("at_once", "size"), [(3, 10), (100, 40)])
def test_the_oldest_gives_way_to_who_comes_now(at_once: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "AT_ONCE", at_once)
    monkeypatch.setattr(bodies, "BYTES_AT_ONCE", 120)

    async def five() -> list[bool]:
        taking = Bodies(100, timeout=600)
        waiting = [asyncio.create_task(taking._take(asking(size), Never())) for _ in range(5)]
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 2:
            done, _ = await asyncio.wait(waiting, timeout=0.01)
        ended = [one.done() for one in waiting]
        assert all(isinstance(one.exception(), Refused) for one in done)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert taking.awaited == {}
        return ended

    assert asyncio.run(five()) == [True, True, False, False, False]


def test_what_is_here_and_not_done_with_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BYTES_AT_ONCE", 120)

    async def whole() -> bytes:
        return b"x" * 70

    async def both() -> None:
        taking = Bodies(100, timeout=600)
        async with taking.taken(asking(70), whole) as body:
            assert len(body) == taking.kept == 70
            with pytest.raises(Refused, match="try again") as no:
                await taking._take(asking(70), whole)
            assert no.value.status == 503
        assert len(await taking._take(asking(70), whole)) == 70
        assert (taking.kept, taking.awaited) == (0, {})

    asyncio.run(both())
