"""Bytes under a key with an end date. README.md says what an attacker who holds each part can do."""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from comity import clock, operator

from .keys import FileKeys, KeyGone
from .models import Blob

VERSION = b"\x01"
NONCE_BYTES = 12


class Gone(Exception):
    """Nothing can be opened under this reference: it never existed, has expired, or its key is destroyed."""


@dataclass(frozen=True)
class Sealed:
    """A blob that is encrypted but not stored yet: what the mail door writes in its one statement."""

    ref: str
    month: str
    until: datetime
    sealed: bytes


def keys() -> FileKeys:
    """The key store of this gateway."""
    return FileKeys(settings.COMITY.data / "keys")


@lru_cache(maxsize=64)
def _cipher(directory: str, month: str) -> AESGCM:
    return AESGCM(keys().make(month))


def seal(data: bytes, until: datetime) -> Sealed:
    """Encrypt bytes (AES-256-GCM) under the key of the month in which `until` (UTC) falls. Stores nothing.

    The reference is authenticated with the ciphertext, so no row can be passed off as another.
    """
    ref, month = uuid.uuid4().hex, f"{until:%Y-%m}"
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = _cipher(str(settings.COMITY.data), month)
    return Sealed(ref, month, until, VERSION + nonce + cipher.encrypt(nonce, data, ref.encode()))


def put(data: bytes, until: datetime) -> str:
    """Store bytes until an instant (UTC); returns their reference."""
    made = seal(data, until)
    Blob.objects.create(ref=made.ref, month=made.month, until=until, sealed=made.sealed)
    return made.ref


def put_json(value: object, until: datetime) -> str:
    """Store a JSON value until an instant (UTC); returns its reference."""
    return put(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), until)


def _open(blob: Blob) -> bytes:
    sealed = bytes(blob.sealed)
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        key = AESGCM(keys().open(blob.month))
        return key.decrypt(nonce, rest, blob.ref.encode())
    except (KeyGone, InvalidTag) as error:
        raise Gone(blob.ref) from error


def get(ref: str) -> bytes:
    """The bytes under a reference. Raises Gone."""
    blob = Blob.objects.filter(ref=ref).first()
    if blob is None or blob.until <= clock.now():
        raise Gone(ref)
    return _open(blob)


def get_json(ref: str) -> Any:
    """The JSON value under a reference. Raises Gone."""
    return json.loads(get(ref))


def get_many(refs: list[str]) -> Mapping[str, bytes]:
    """Whatever can be opened of many references, in one query; those that are gone are left out."""
    found: dict[str, bytes] = {}
    for blob in Blob.objects.filter(ref__in=refs, until__gt=clock.now()):
        try:
            found[blob.ref] = _open(blob)
        except Gone:
            continue
    return found


def extend(ref: str, until: datetime) -> None:
    """Keep one blob until a later instant (UTC), by encrypting it again under that month's key. Never shortens.

    Raises Gone.
    """
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(ref=ref).first()
        if blob is None:
            raise Gone(ref)
        if until <= blob.until:
            return
        data, month, nonce = _open(blob), f"{until:%Y-%m}", secrets.token_bytes(NONCE_BYTES)
        cipher = _cipher(str(settings.COMITY.data), month)
        blob.sealed = VERSION + nonce + cipher.encrypt(nonce, data, ref.encode())
        blob.month, blob.until = month, until
        blob.save()


def end(ref: str, at: datetime) -> None:
    """Let one blob expire at an instant (UTC), unless it expires earlier: from then on it cannot be opened."""
    Blob.objects.filter(ref=ref, until__gt=at).update(until=at)


def forget(now: datetime) -> int:
    """Delete blobs expired by `now` (UTC), and the keys of months that are over; returns the number of blobs."""
    count, _ = Blob.objects.filter(until__lte=now).delete()
    for path in keys().directory.glob("????-??.vault"):
        if path.stem < f"{now:%Y-%m}" and not Blob.objects.filter(month=path.stem).exists():
            keys().destroy(path.stem)
            _cipher.cache_clear()
    return count


def keyed_hash(text: str) -> bytes:
    """Sixteen bytes by which a text can be found again, exactly, with this gateway's key (keyed BLAKE2b, RFC 7693)."""
    key = operator.secret(settings.COMITY.data, "lookup.key").encode()[:64]
    return blake2b(text.encode(), digest_size=16, key=key).digest()
