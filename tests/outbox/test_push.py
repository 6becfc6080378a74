"""Web push: the RFC's own vector, our signature, and a push service that takes, ends, hangs or leads elsewhere."""

import json
import socket
import sys
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings

from comity.outbox import hook, push

# RFC 8291, section 5 and appendix A
TEXT = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
    "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
DOC = {"endpoint": "https://push.example/x", "p256dh": P256DH, "auth": AUTH}


def test_it_works() -> None:
    own = ec.derive_private_key(int.from_bytes(push.unb64(OWN), "big"), ec.SECP256R1())
    body = push.encrypt(TEXT, push.unb64(P256DH), push.unb64(AUTH), own, push.unb64(SALT))
    assert push.b64(body) == BODY


def test_our_signature_is_es256_over_who_it_is_for_and_until_when() -> None:
    header = push.authorization("https://push.example", 1_000_000.0)
    token = header.removeprefix("vapid t=").split(", k=")[0]
    head, claims, signature = token.split(".")
    assert json.loads(push.unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    told = json.loads(push.unb64(claims))
    assert (told["aud"], told["exp"]) == ("https://push.example", 1_000_000 + 12 * 3600)
    assert told["sub"].startswith("mailto:")
    raw = push.unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.unb64(header.split(", k=")[1]))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://push.example:8443/x",
        "https://user:word@push.example/x",
        "https:///x",
        "https://push.example/a b",
        "https://push.example/x#y",
        "https://[::1",
        "file:///etc/passwd",
        "gopher://push.example/x",
        "https://push.example/" + "x" * 1000,
    ],
)
def test_refuses_an_endpoint_that_is_no_push_service(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, base_url="https://desk.example"))
    with pytest.raises(push.Refused, match="endpoint"):
        push.checked({**DOC, "endpoint": endpoint}, "real")


@pytest.mark.parametrize(("field", "value"), [("p256dh", "AAAA"), ("p256dh", ""), ("auth", "AAAA"), ("auth", None)])
def test_refuses_keys_that_are_none(field: str, value: Any) -> None:
    with pytest.raises(push.Refused):
        push.checked({**DOC, field: value}, "real")


def test_the_demo_rings_no_real_device() -> None:
    with pytest.raises(push.Refused, match="no real device"):
        push.checked(DOC, "demo")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_refuses_a_name_that_leads_to_an_address_that_isnt_public(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(push.Refused, match="public"):
        push.addresses("push.example", 443)
    assert push.send(DOC, {"subject": "H-1"}, topic="H-1", realm="real") == push.Said("failed", "refused")


class Peer:
    """A push service on the loopback that answers what it is told to."""

    def __init__(self) -> None:
        self.status, self.hangs, self.got = 201, 0.0, []  # type: ignore[var-annotated]
        peer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                peer.got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                time.sleep(peer.hangs)
                self.send_response(peer.status)
                if peer.status in (301, 307):
                    self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def doc(self) -> dict[str, str]:
        return {**DOC, "endpoint": f"http://localhost:{self.server.server_port}/p/1?a=b"}


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_push_service_gets_what_its_rfc_says(peer: Peer) -> None:
    assert push.send(push.checked(peer.doc, "demo"), {"subject": "H-1"}, topic="H-1", realm="demo") == push.Said(
        "sent", "201"
    )
    ((path, headers, body),) = peer.got
    assert path == "/p/1?a=b"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert (headers["Urgency"], headers["TTL"], headers["Topic"]) == ("high", "300", "H_1")
    assert headers["Authorization"].startswith("vapid t=")
    assert b"H-1" not in body


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, push.Said("gone", "404")),
        (410, push.Said("gone", "410")),
        (429, push.Said("failed", "429")),
        (500, push.Said("failed", "500")),
        (301, push.Said("failed", "301")),
        (307, push.Said("failed", "307")),
    ],
)
def test_what_a_push_service_says_is_kept_and_no_redirect_is_followed(peer: Peer, status: int, said: push.Said) -> None:
    peer.status = status
    assert push.send(peer.doc, {"subject": "H-1"}, topic="H-1", realm="demo") == said
    assert len(peer.got) == 1


def test_one_that_hangs_is_left_in_time_and_one_that_is_down_is_said(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "SECONDS", 0.3)
    peer.hangs = 1.0
    began = time.monotonic()
    assert push.send(peer.doc, {"subject": "H-1"}, topic="H-1", realm="demo") == push.Said("failed", "timeout")
    assert time.monotonic() - began < 0.9
    down = {**DOC, "endpoint": "http://localhost:9/x"}
    assert push.send(down, {"subject": "H-1"}, topic="H-1", realm="demo") == push.Said("failed", "unreached")


def test_without_its_extra_a_pager_says_so() -> None:
    assert hook.send("json://localhost", "H-1") == hook.Said("failed", "no-extra")


class Apprise:
    """What stands in for the extra: it keeps what it is given."""

    told: list[str] = []
    takes, says = True, True

    def add(self, url: str) -> bool:
        self.told.append(url)
        return self.takes

    def notify(self, body: str) -> bool:
        self.told.append(body)
        if body == "H-BREAKS":
            raise RuntimeError
        return self.says


def test_a_pager_gets_the_number_alone_and_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = types.ModuleType("apprise")
    made.Apprise = Apprise  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apprise", made)
    monkeypatch.setattr(Apprise, "told", [])
    assert hook.send("signals://host/topic", "H-1") == hook.Said("sent", "accepted")
    assert Apprise.told == ["signals://host/topic?cto=2&rto=3", "H-1"]
    assert hook.send("signals://host/topic?a=b", "H-BREAKS") == hook.Said("failed", "error")
    monkeypatch.setattr(Apprise, "says", False)
    assert hook.send("signals://host/topic", "H-1") == hook.Said("failed", "refused")
    monkeypatch.setattr(Apprise, "takes", False)
    assert hook.send("what", "H-1") == hook.Said("failed", "bad-address")
