"""A push service on the loopback for tests: it takes what is pushed to one browser, and opens it with that browser's
keys (RFC 8291)."""

import base64
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _key(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


class PushService:
    """It answers 201, and keeps what came. `subscription`: what a browser would have given us."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        self.bodies: list[bytes] = []
        self.news = threading.Condition()
        service = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with service.news:
                    service.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                    service.news.notify_all()
                self.send_response(201)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        endpoint = f"http://localhost:{self.server.server_port}/push/1"
        return {"endpoint": endpoint, "p256dh": b64(self.point), "auth": b64(self.auth)}

    def opened(self, seconds: float = 30) -> dict[str, Any]:
        """The next message, as its browser reads it. Raises AssertionError where none comes."""
        with self.news:
            assert self.news.wait_for(lambda: self.bodies, seconds), f"no push in {seconds} s"
            body = self.bodies.pop(0)
        salt, size, text = body[:16], body[20], body[21:]
        theirs, sealed = text[:size], text[size:]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = _key(self.auth, shared, b"WebPush: info\0" + self.point + theirs, 32)
        key = _key(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _key(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        told: dict[str, Any] = json.loads(plain.rstrip(b"\0").removesuffix(b"\2"))
        return told

    def end(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.server.server_close()
