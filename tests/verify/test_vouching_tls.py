"""A domain is asked over TLS, and only the domain itself is believed: a real server, certificates that fit or don't."""

import datetime as dt
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comity_verify import vouching

MINE, OTHER = "a" * 64, "b" * 64
DOMAIN = "guards.example"
PEOPLE = {"one": (DOMAIN, [MINE]), "two": (DOMAIN, [OTHER])}
Serves = Callable[..., None]


class Authority:
    """Who certifies names, as a stranger's machine trusts it, or doesn't."""

    def __init__(self, home: Path) -> None:
        self.home, self.key, self.name = home, ec.generate_private_key(ec.SECP256R1()), _named("Authority of the tests")
        made = self._made(self.name, self.key.public_key(), 1)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(x509.KeyUsage(*[False] * 5, True, True, False, False), critical=True)
        self.file = home / "authority.pem"
        self.file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def certify(self, domain: str, days: int) -> Path:
        """A certificate of a name and its key, in one file, valid until so many days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(_named(domain), key.public_key(), days)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
        certificate = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file = self.home / "server.pem"
        file.write_bytes(certificate + key.private_bytes(serialization.Encoding.PEM, *form))
        return file

    def _made(self, name: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(self.name).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - dt.timedelta(days=9)).not_valid_after(now + dt.timedelta(days=days))


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Page(http.server.BaseHTTPRequestHandler):
    """The well-known page of a domain, as the server says it is."""

    server: "Server"

    def do_GET(self) -> None:  # noqa: N802 as http.server calls it
        status, body = self.server.answers.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: Any) -> None:
        """Say nothing."""


class Server(http.server.HTTPServer):
    """A web server; over TLS once it has a certificate."""

    answers: dict[str, tuple[int, bytes]]

    def handle_error(self, *given: Any) -> None:
        """A client that trusts nobody here hangs up."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def serves(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serves]:
    """`serves(certified="guards.example", days=9, status=200)`: what stands at the domain, until the test ends."""
    running: list[Server] = []
    connect = socket.create_connection

    def to_us(address: tuple[str, int], *given: Any, **more: Any) -> socket.socket:
        assert address == (DOMAIN, 443)
        return connect(("127.0.0.1", running[-1].server_port), *given, **more)

    def serve(certified: str = DOMAIN, days: int = 9, status: int = 200, *, tls: bool = True) -> None:
        server = Server(("127.0.0.1", 0), Page)
        server.answers = {vouching.PATH: (status, f"{MINE} guardian\n".encode()), "/elsewhere": (200, MINE.encode())}
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.certify(certified, days))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)

    monkeypatch.setattr(socket, "create_connection", to_us)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


def test_it_works(serves: Serves) -> None:
    serves()
    assert vouching.vouched(PEOPLE) == ["one"]


@pytest.mark.parametrize(
    "how",
    [
        {"certified": "other.example"},  # another domain's certificate
        {"days": -1},  # one that has expired
        {"status": 302},  # a redirect, which isn't followed
        {"status": 404},
        {"tls": False},  # no TLS at all
    ],
)
def test_nobody_is_vouched_for_by(serves: Serves, how: dict[str, Any]) -> None:
    serves(**how)
    assert vouching.vouched(PEOPLE) == []


def test_nobody_is_vouched_for_by_a_certificate_that_no_authority_gave(
    serves: Serves, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    serves()
    (tmp_path / "none.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        vouching.fetch(DOMAIN)
    assert vouching.vouched(PEOPLE) == []
