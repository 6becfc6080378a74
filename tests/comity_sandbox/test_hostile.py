"""Requests made to hurt: each gets a short answer or a closed line, and the next viewer is served as before."""

import json
import socket
from typing import Any

import pytest

from comity_sandbox.server import MOST_CONNECTIONS


@pytest.fixture(autouse=True)
def _still_serves(lantern: Any) -> Any:
    yield
    assert lantern.get("/c/harbour/1")[0] == 200


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}", 400),
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: 2,2\r\n\r\n{}", 400),
        (b"POST /api/lift HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
        (b"POST /api/lift HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 411),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"GET /?" + b"a=1&" * 60 + b" HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET /c/harbour/%ff%fe HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /c/harbour/1%00 HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET //elsewhere.example/ HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET http://elsewhere.example/c/harbour/1 HTTP/1.1\r\nConnection: close\r\n\r\n", 200),
        (b"GET http://[::1 HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b'GET / HTTP/1.1\r\nCookie: \xff\xfe;=;lantern-as="\r\nConnection: close\r\n\r\n', 200),
        (b"GET /api/mode HTTP/1.1\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n", 401),
        (b"DELETE /c/harbour/1 HTTP/1.1\r\n\r\n", 501),
        (b"POST /c/harbour/1 HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 405),
    ],
)
def test_a_request_that_cannot_be_one_is_answered_shortly(lantern: Any, head: bytes, expected: int) -> None:
    assert status(lantern.raw(head)) == expected


@pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00\x01", b"\0" * 5000, b"\r\n" * 5000, b"EHLO x\r\n", b""])
def test_another_protocol_is_no_harm(lantern: Any, junk: bytes) -> None:
    assert status(lantern.raw(junk)) in (0, 400)


def test_a_body_cut_short_changes_nothing(lantern: Any) -> None:
    head = f"POST /api/lift HTTP/1.1\r\nAuthorization: Bearer {lantern.process.token}\r\nContent-Length: 50\r\n\r\n"
    assert lantern.raw(head.encode() + b'{"key": "cut"') == b""


def test_a_body_refused_is_not_read_as_the_next_request(lantern: Any) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\n\r\n"
    head = b"POST /api/lift HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert lantern.raw(head + smuggled).count(b"HTTP/1.1 ") == 1


def test_requests_sent_ahead_are_answered_in_their_order(lantern: Any) -> None:
    wanted = [b"GET /healthz HTTP/1.1\r\n\r\n", b"GET /c/nobody/1 HTTP/1.1\r\n\r\n"] * 5
    answer = lantern.raw(b"".join(wanted))
    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == [200, 404] * 5


def test_head_has_no_body_and_the_same_length(lantern: Any) -> None:
    answer = lantern.raw(b"HEAD /c/harbour/1 HTTP/1.1\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == b""
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
    assert int(length.split(b":")[1]) == len(lantern.fetch("/c/harbour/1")[1])


def test_connections_held_open_do_not_shut_others_out(lantern: Any) -> None:
    host, _, port = lantern.process.listen.rpartition(":")
    held = [socket.create_connection((host, int(port)), 20) for _ in range(MOST_CONNECTIONS + 40)]
    try:
        for sock in held:
            sock.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert lantern.get("/c/harbour/1")[0] == 200
        held[0].settimeout(5)  # sooner than the server's own patience with a silent line
        assert held[0].recv(1) == b"", "the oldest line made no room"
    finally:
        for sock in held:
            sock.close()


def test_a_large_picture_that_fits_and_one_that_does_not(lantern: Any) -> None:
    body = {"channel": "harbour", "author": "luc", "text": "Big.", "picture": "A" * (6 * 1024 * 1024)}
    answer = lantern.raw(
        b"POST /api/messages HTTP/1.1\r\nContent-Length: " + str(len(json.dumps(body))).encode() + b"\r\n\r\n"
    )
    assert status(answer) == 413
