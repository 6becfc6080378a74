import socket
from collections.abc import Iterator

import pytest

from comity.serve import ports
from comity.serve.ports import Address
from comity.terminal import Misuse, No


@pytest.fixture
def taken() -> Iterator[Address]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Address("127.0.0.1", server.getsockname()[1])


def test_it_works() -> None:
    assert ports.parse("127.0.0.1:8000", "--listen") == Address("127.0.0.1", 8000)
    assert ports.parse("[::1]:25", "--smtp") == Address("::1", 25)
    assert ports.is_free(ports.asked("127.0.0.1:0", "--listen"))


def test_a_name_is_taken_as_its_address() -> None:
    assert ports.parse("localhost:8000", "--listen") in (Address("127.0.0.1", 8000), Address("::1", 8000))


def test_refuses_a_name_that_nobody_knows() -> None:
    for name in ("nowhere.invalid", "a" * 300, "a..b"):
        with pytest.raises(Misuse, match="--smtp: no host is called"):
            ports.parse(f"{name}:25", "--smtp")


@pytest.mark.parametrize(
    "text", ["", "8000", ":8000", "localhost:", "localhost:http", "localhost:70000", "localhost:-1"]
)
def test_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(Misuse, match="--listen"):
        ports.parse(text, "--listen")


def test_refuses_a_taken_port_that_was_asked_for(taken: Address) -> None:
    with pytest.raises(No, match="taken by another process"):
        ports.asked(str(taken), "--listen")


def test_a_port_shared_for_reuse_is_taken_too() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not ports.is_free(Address("127.0.0.1", server.getsockname()[1]))


def test_chooses_another_when_the_usual_one_is_taken(taken: Address) -> None:
    assert ports.usual(taken, None).port != taken.port


def test_keeps_the_last_one(taken: Address) -> None:
    last = ports.any_free("127.0.0.1")
    assert ports.usual(taken, last) == last


def test_the_pages_address_is_a_name_because_passkeys_need_one() -> None:
    assert Address("127.0.0.1", 8000).local_url == "http://localhost:8000"
