"""Passkey signatures, checked from the stored bytes (W3C Web Authentication, level 3; COSE keys, RFC 9052)."""

import base64
import binascii
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

PRESENT_AND_VERIFIED = 0b101
_DEEPEST = 4


class BadSignature(ValueError):
    """A signature that does not fit; the text says why."""


def decode(text: Any) -> bytes:
    """Base64url without padding. Raises BadSignature."""
    if not isinstance(text, str) or len(text) > 16_000:
        raise BadSignature("base64url is asked for")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("base64url is asked for") from None


def fingerprint(public: bytes) -> str:
    """SHA-256 of a key as its authenticator gave it: how the record calls it."""
    return sha256(public).hexdigest()


def verify(challenge: bytes, public: bytes, response: Mapping[str, Any]) -> None:
    """Check that a key signed a challenge. `public`: AttestedCredentialData. Raises BadSignature."""
    data, client = decode(response.get("authenticatorData")), decode(response.get("clientDataJSON"))
    try:
        said = json.loads(client)
    except (ValueError, RecursionError):
        raise BadSignature("what the browser signed is not JSON") from None
    if not isinstance(said, dict) or said.get("type") != "webauthn.get" or said.get("crossOrigin"):
        raise BadSignature("what the browser signed is no approval")
    if decode(said.get("challenge")) != challenge:
        raise BadSignature("the signature is over another act")
    if len(data) < 37 or data[32] & PRESENT_AND_VERIFIED != PRESENT_AND_VERIFIED:
        raise BadSignature("the person was not verified by the key")
    try:
        _verify(_cose(public), decode(response.get("signature")), data + sha256(client).digest())
    except (InvalidSignature, ValueError, KeyError, TypeError, IndexError):
        raise BadSignature("the signature does not fit the key") from None


def _verify(key: Mapping[Any, Any], signature: bytes, message: bytes) -> None:
    if key[3] == -7:
        x, y = int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big")
        point = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        point.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    elif key[3] == -8:
        ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify(signature, message)
    elif key[3] == -257:
        number, exponent = int.from_bytes(key[-1], "big"), int.from_bytes(key[-2], "big")
        rsa.RSAPublicNumbers(exponent, number).public_key().verify(
            signature, message, padding.PKCS1v15(), hashes.SHA256()
        )
    else:
        raise InvalidSignature


def _cose(public: bytes) -> Mapping[Any, Any]:
    """The COSE key within AttestedCredentialData: sixteen bytes, the id's length, the id, the key."""
    at = 18 + int.from_bytes(public[16:18], "big")
    key, _ = _cbor(public, at, 0)
    if not isinstance(key, dict):
        raise BadSignature("not a key")
    return key


def _cbor(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """One item of the part of CBOR (RFC 8949) that keys are written in: integers, bytes, texts, maps."""
    if depth > _DEEPEST:
        raise BadSignature("not a key")
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number >= 24:
        length = {24: 1, 25: 2, 26: 4, 27: 8}[number]
        number, at = int.from_bytes(data[at : at + length], "big"), at + length
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        part = data[at : at + number]
        return (part if major == 2 else part.decode()), at + number
    if major != 5 or number > 32:
        raise BadSignature("not a key")
    found = {}
    for _ in range(number):
        name, at = _cbor(data, at, depth + 1)
        found[name], at = _cbor(data, at, depth + 1)
    return found, at
