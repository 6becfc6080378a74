"""Web push: one message, encrypted for one browser (RFC 8291, aes128gcm of RFC 8188), signed by us (RFC 8292), POSTed.

An endpoint is a person's input, and is treated as hostile: https to a public address alone, connected to by the address
that was checked, no redirect followed, three seconds, and of its answer the status only. Where the whole gateway is at
home on the loopback, the loopback is allowed too (a browser's own peer), and nothing else is to the demo.
"""

import base64
import binascii
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from comity import operator

SECONDS = 3.0  # for all of it: name, connection, answer
ENDPOINT_LIMIT, BODY_LIMIT = 1000, 3000
TTL, TOKEN_SECONDS = 300, 12 * 3600
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GONE = (404, 410)  # RFC 8030, 7.3


class Refused(ValueError):
    """A subscription that isn't one, or whose endpoint we don't speak to; the text names the field and the rule."""


@dataclass(frozen=True)
class Said:
    """`sent` (the push service has taken it), `failed` or `gone` (the subscription has ended), and why."""

    state: str
    code: str = ""


# -- RFC 8291 ---------------------------------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, ikm: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869) of at most one block."""
    key = hmac.digest(salt, ikm, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")[:length]


def encrypt(
    text: bytes, p256dh: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push message: one record (RFC 8291, 3.4 and 4). `own` and `salt` are fresh unless a test gives
    them. Raises ValueError if `p256dh` is no point of the curve."""
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or secrets.token_bytes(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    ours = _point(own.public_key())
    ikm = _hkdf(auth, own.exchange(ec.ECDH(), theirs), b"WebPush: info\x00" + p256dh + ours, 32)
    key = _hkdf(salt, ikm, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(salt, ikm, b"Content-Encoding: nonce\x00", 12)
    head = salt + (4096).to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


# -- RFC 8292 ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _vapid(secret: str) -> ec.EllipticCurvePrivateKey:
    wide = sha256(b"vapid-1" + secret.encode()).digest() + sha256(b"vapid-2" + secret.encode()).digest()
    return ec.derive_private_key(int.from_bytes(wide, "big") % (P256_ORDER - 1) + 1, ec.SECP256R1())


def key() -> ec.EllipticCurvePrivateKey:
    """This gateway's key of RFC 8292, from the file `keys/vapid.key`."""
    return _vapid(operator.secret(settings.COMITY.data, "vapid.key"))


def public_key() -> str:
    """What a browser subscribes with (`applicationServerKey`)."""
    return b64(_point(key().public_key()))


def authorization(origin: str, now: float) -> str:
    """The Authorization header for a push service (RFC 8292, 2 and 3)."""
    head = b64(json.dumps({"typ": "JWT", "alg": "ES256"}, separators=(",", ":")).encode())
    claims = {"aud": origin, "exp": int(now) + TOKEN_SECONDS, "sub": f"mailto:{settings.COMITY.address}"}
    signed = f"{head}.{b64(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(key().sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public_key()}"


# -- the endpoint -----------------------------------------------------------------------------------------------------


def checked(value: Mapping[str, Any], realm: str) -> dict[str, str]:
    """A browser's subscription with the three fields that count. Raises Refused."""
    given = {name: value.get(name) for name in ("endpoint", "p256dh", "auth")}
    for name, text in given.items():
        if not isinstance(text, str) or not text or len(text) > ENDPOINT_LIMIT or not text.isascii():
            raise Refused(f"{name}: text of at most {ENDPOINT_LIMIT} characters")
    found = {name: str(text) for name, text in given.items()}
    _where(found["endpoint"], realm)
    try:
        point, auth = unb64(found["p256dh"]), unb64(found["auth"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        raise Refused("p256dh: a point of P-256, base64url") from None
    if len(point) != 65 or len(auth) != 16:
        raise Refused("auth: 16 bytes, base64url; p256dh: an uncompressed point")
    return found


def _where(endpoint: str, realm: str) -> SplitResult:
    """Raises Refused unless an endpoint is one that we may speak to, as far as its text says."""
    try:
        at = urlsplit(endpoint)
        port = at.port
    except ValueError:
        raise Refused("endpoint: a URL") from None
    if not at.hostname or at.username or at.password or at.fragment or any(c.isspace() for c in endpoint):
        raise Refused("endpoint: a URL with a host, and without a user or a fragment")
    if at_home() and _loopback(at.hostname):
        return at
    if realm != "real":
        raise Refused("endpoint: the demo rings no real device")
    if at.scheme != "https" or port not in (None, 443):
        raise Refused("endpoint: https, on its usual port")
    return at


def at_home() -> bool:
    """Whether the gateway's own pages are on the loopback: somebody tries it out on this machine."""
    return settings.COMITY.host in ("localhost", "127.0.0.1", "::1")


def _loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def addresses(host: str, port: int) -> list[str]:
    """Where a host is, all of it public (or, at home, the loopback). Raises Refused, OSError."""
    found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    for one in found:
        number = ipaddress.ip_address(one.partition("%")[0])
        number = getattr(number, "ipv4_mapped", None) or number
        home = number.is_loopback and at_home() and _loopback(host)
        if not home and (not number.is_global or number.is_multicast):
            raise Refused("endpoint: leads to an address that isn't public")
    return found


class _To(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever its name resolves to by then."""

    def __init__(self, at: SplitResult, address: str, port: int, until: float) -> None:
        super().__init__(at.hostname or "", port, timeout=max(0.05, until - time.monotonic()))
        self._to, self._tls = (address, port), at.scheme == "https"

    def connect(self) -> None:
        plain = socket.create_connection(self._to, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if self._tls else plain


def send(doc: Mapping[str, Any], told: Mapping[str, Any], *, topic: str, realm: str) -> Said:
    """Push `told` to a subscription, urgent; a later one of the same `topic` replaces it (RFC 8030, 5.4). Never
    raises."""
    until = time.monotonic() + SECONDS
    try:
        at = _where(str(doc["endpoint"]), realm)
        body = encrypt(json.dumps(dict(told)).encode(), unb64(str(doc["p256dh"])), unb64(str(doc["auth"])))
        status = _post(at, body, topic, until)
    except (Refused, KeyError, ValueError, binascii.Error):
        return Said("failed", "refused")
    except TimeoutError:
        return Said("failed", "timeout")
    except (OSError, http.client.HTTPException):
        return Said("failed", "unreached")
    if 200 <= status < 300:
        return Said("sent", str(status))
    return Said("gone" if status in GONE else "failed", str(status))


def _post(at: SplitResult, body: bytes, topic: str, until: float) -> int:
    port = at.port or (443 if at.scheme == "https" else 80)
    where = addresses(at.hostname or "", port)[0]
    connection = _To(at, where, port, until)
    headers = {
        "Authorization": authorization(f"{at.scheme}://{at.netloc}", time.time()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TTL),
        "Urgency": "high",
        "Topic": topic.replace("-", "_")[:32],
    }
    try:
        connection.request("POST", (at.path or "/") + (f"?{at.query}" if at.query else ""), body, headers)
        if connection.sock is not None:
            connection.sock.settimeout(max(0.05, until - time.monotonic()))
        return connection.getresponse().status
    finally:
        connection.close()
