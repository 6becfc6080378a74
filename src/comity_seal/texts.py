"""How whatever is hashed, signed or bound is written: canonical JSON under a tag of its own; and checked on reading."""

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from comity_verify.entries import canonical
from comity_verify.notes import BadNote, b64, unbase64

HEX = re.compile("[0-9a-f]{64}", re.A)
TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.A)
ITEM = re.compile("[0-9a-f]{32}", re.A)
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.A)
CODE = re.compile("[a-z0-9][a-z0-9._-]{0,59}", re.A)
PLACE = re.compile("[A-Z]{2}", re.A)
COMMIT = b"comity/commitment/v1\n"


class BadText(ValueError):
    """A file, or a field of it, that is not as its format says; the text names the field and the rule."""


def tagged(tag: str, value: Any) -> bytes:
    """The bytes that are signed or bound: a tag that says what for, and canonical JSON."""
    return f"comity/seal/{tag}/v1\n".encode() + canonical(value)


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def value(raw: bytes, what: str) -> Any:
    """Any JSON that can be written again. Raises BadText."""
    try:
        said = json.loads(raw)
        canonical(said)  # whatever can't be written again (NaN, half a character) can't be hashed either
    except (ValueError, RecursionError):
        raise BadText(f"{what}: not JSON") from None
    return said


def parse(raw: bytes, what: str, most: int = 16_000_000) -> dict[str, Any]:
    """An object in JSON, version 1. Raises BadText."""
    if len(raw) > most:
        raise BadText(f"{what}: longer than {most} bytes")
    said = value(raw, what)
    if not isinstance(said, dict) or said.get("v") != 1:
        raise BadText(f"{what}: an object of version 1 is asked for")
    return said


def text(said: Mapping[str, Any], name: str, form: "re.Pattern[str] | None" = None) -> str:
    """A text that fits its form. Raises BadText."""
    value = said.get(name)
    if not isinstance(value, str) or (form is not None and not form.fullmatch(value)):
        raise BadText(f"{name}: a text{'' if form is None else ' of the form ' + form.pattern} is asked for")
    return value


def number(said: Mapping[str, Any], name: str, least: int = 0, most: int = 2**53 - 1) -> int:
    """A whole number in its bounds. Raises BadText."""
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadText(f"{name}: a whole number from {least} to {most} is asked for")
    return value


def numbers(said: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """Whole numbers that rise, at least one. Raises BadText."""
    value = said.get(name)
    if not isinstance(value, list) or not value or not all(type(one) is int and one >= 0 for one in value):
        raise BadText(f"{name}: a list of whole numbers is asked for")
    if any(later <= earlier for earlier, later in pairwise(value)):
        raise BadText(f"{name}: each number once, in rising order")
    return tuple(value)


def objects(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects. Raises BadText."""
    value = said.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadText(f"{name}: a list of objects is asked for")
    return value


def binary(said: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    """Bytes written in base64. Raises BadText."""
    try:
        return unbase64(text(said, name), name, length)
    except BadNote as error:
        raise BadText(str(error)) from None


def verify(public: str, signature: bytes, message: bytes, who: str) -> None:
    """An Ed25519 signature by a public key in hexadecimal. Raises BadText."""
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadText(f"the signature of {who} does not fit") from None


def commit(salt: bytes, name: str, value: Any) -> str:
    """A salted commitment to one value, as entries of the record make them (salt: 32 bytes)."""
    return hashlib.sha256(COMMIT + salt + name.encode() + b"\x00" + canonical(value)).hexdigest()


__all__ = [
    "b64",
    "binary",
    "canonical",
    "commit",
    "digest",
    "number",
    "numbers",
    "objects",
    "parse",
    "tagged",
    "text",
    "verify",
]
