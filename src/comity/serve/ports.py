"""Addresses to listen on: as asked for, free, or chosen."""

import socket
from dataclasses import dataclass

from comity.terminal import Misuse, No


@dataclass(frozen=True)
class Address:
    """A host and a port to listen on."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def local_url(self) -> str:
        """The URL for a browser on this machine: by name, because a passkey can't be bound to an IP address."""
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::", "::1", "localhost") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"


def parse(text: str, option: str) -> Address:
    """`HOST:PORT` or `[IPv6]:PORT`, with a name such as localhost resolved; port 0 means any free one.

    Raises Misuse for a malformed one, and for a name that doesn't resolve.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Misuse(f"{option} {text!r}: give HOST:PORT, such as 127.0.0.1:8000")
    return Address(_number(host.strip("[]"), option), int(port))


def _number(host: str, option: str) -> str:
    """A host's IP address, IPv4 before IPv6: servers bind addresses, people type names."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Misuse(f"{option}: no host is called {host[:80]!r}") from None
    return str(min(found, key=lambda one: one[0] != socket.AF_INET)[4][0])


def is_free(address: Address) -> bool:
    """Whether nobody listens there, nor on the other loopback address that `localhost` also names.

    Checked by binding without SO_REUSEPORT: with it, two servers would silently share a port.
    """
    twin = {"127.0.0.1": "::1", "::1": "127.0.0.1"}.get(address.host)
    return _binds(address) and (twin is None or not _listens(Address(twin, address.port)))


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address.host else socket.AF_INET


def _binds(address: Address) -> bool:
    with socket.socket(_family(address), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError:
            return False
        return True


def _listens(address: Address) -> bool:
    with socket.socket(_family(address), socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((address.host, address.port)) == 0


def any_free(host: str) -> Address:
    """A port nobody listens on. Raises No."""
    for _ in range(20):
        with socket.socket(_family(Address(host, 0)), socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
            found = Address(host, probe.getsockname()[1])
        if is_free(found):
            return found
    raise No(f"no free port at {host}")


def asked(text: str, option: str) -> Address:
    """The address the operator asked for. Raises Misuse if malformed, No if it is taken or not this machine's."""
    address = parse(text, option)
    if address.port == 0:
        return any_free(address.host)
    if not is_free(address):
        raise No(f"{option} {address}: taken by another process, or not an address of this machine")
    return address


def usual(default: Address, before: Address | None) -> Address:
    """Last time's address if it is free, else the default, else any free port on the same host. Raises No."""
    for address in (before, default):
        if address is not None and is_free(address):
            return address
    return any_free(default.host)
