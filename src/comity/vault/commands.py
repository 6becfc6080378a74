"""Bytes under a key with an end date. README.md says what an attacker who holds each part can do."""

import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from comity import clock, operator

from .keys import FileKeys, KeyGone, working
from .models import Blob

VERSION = b"\x01"
NONCE_BYTES = 12
CANNOT = 0  # the `version` of a blob whose key is lost: it is not sealed again, and keeps nothing from going on
AT_ONCE = 500  # blobs sealed again with one tick of the clock
GRACE = timedelta(days=1)  # a blob sealed just before midnight of a month's end is written by then


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


def _cipher(month: str) -> AESGCM:
    """The cipher of a month; its file is looked at each time, so that no process goes on with a key that was
    destroyed."""
    store = keys()
    return _made(str(store.directory), month, store.stamp(month))


@lru_cache(maxsize=64)
def _made(directory: str, month: str, stamp: tuple[int, int]) -> AESGCM:
    return AESGCM(keys().open(month))


def _encrypted(month: str, ref: str, data: bytes) -> bytes:
    """The reference is authenticated with the ciphertext, so no row can be passed off as another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + _cipher(month).encrypt(nonce, data, ref.encode())


def seal(data: bytes, until: datetime) -> Sealed:
    """Encrypt bytes (AES-256-GCM) under the key of the month that it is now, to be kept until `until` (UTC). Stores
    nothing."""
    ref, month = uuid.uuid4().hex, working(clock.now())
    return Sealed(ref, month, until, _encrypted(month, ref, data))


_opened: ContextVar[dict[str, tuple[datetime, bytes]] | None] = ContextVar("opened", default=None)
HELD = 1024 * 1024  # bytes; what is larger is opened each time


@contextmanager
def opened_once() -> Iterator[None]:
    """For the duration of the block, which is one step's: what is opened or put is held, and not opened again."""
    token = _opened.set({})
    try:
        yield
    finally:
        _opened.reset(token)


def _hold(ref: str, until: datetime, data: bytes) -> None:
    held = _opened.get()
    if held is not None and len(data) <= HELD:
        held[ref] = until, data


def _held(ref: str) -> bytes | None:
    found = (_opened.get() or {}).get(ref)
    return found[1] if found and found[0] > clock.now() else None


def put(data: bytes, until: datetime) -> str:
    """Store bytes until an instant (UTC); returns their reference."""
    made = seal(data, until)
    Blob.objects.create(ref=made.ref, month=made.month, until=until, sealed=made.sealed)
    _hold(made.ref, until, data)
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
    if (held := _held(ref)) is not None:
        return held
    blob = Blob.objects.filter(ref=ref).first()
    if blob is None or blob.until <= clock.now():
        raise Gone(ref)
    data = _open(blob)
    _hold(ref, blob.until, data)
    return data


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
    """Keep one blob until a later instant (UTC). Never shortens. Raises Gone, also for what can't be opened."""
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(ref=ref).first()
        if blob is None:
            raise Gone(ref)
        if until <= blob.until:
            return
        _open(blob)
        blob.until = until
        blob.save(update_fields=["until"])


def end(ref: str, at: datetime) -> None:
    """Let one blob expire at an instant (UTC), unless it expires earlier: from then on it cannot be opened."""
    Blob.objects.filter(ref=ref, until__gt=at).update(until=at)
    (_opened.get() or {}).pop(ref, None)


def forget(now: datetime) -> int:
    """Delete blobs expired by `now` (UTC), and the keys that nothing is sealed under any more; returns the number of
    blobs."""
    count, _ = Blob.objects.filter(until__lte=now).delete()
    for month in keys().over(now - GRACE):
        if not Blob.objects.filter(month=month).exists():
            keys().destroy(month)
    return count


def seal_again(now: datetime) -> int:
    """Seal what was sealed in an earlier month, or under the key of its end as earlier versions did, under the key of
    this month; returns how many blobs there were of these, `AT_ONCE` at most: what waits behind it is not held up.

    The old key then opens nothing here, and `forget` destroys it: a backup of that month is opened by a backup of its
    keys alone, and by nobody who takes the server later. A blob that doesn't open stays as it is.
    """
    month, count = working(now), 0
    for old in keys().others(month):
        waiting = Blob.objects.filter(month=old).exclude(version=CANNOT)
        for ref in waiting.values_list("ref", flat=True)[: AT_ONCE - count]:
            count += _seal_again(ref, old, month)
    return count


@transaction.atomic
def _seal_again(ref: str, old: str, month: str) -> int:
    blob = Blob.objects.select_for_update(skip_locked=True).filter(ref=ref, month=old).first()
    if blob is None:
        return 0
    try:
        blob.sealed, blob.month = _encrypted(month, ref, _open(blob)), month
    except Gone:
        blob.version = CANNOT
    blob.save(update_fields=["sealed", "month", "version"])
    return 1


def keyed_hash(text: str) -> bytes:
    """Sixteen bytes by which a text can be found again, exactly, with this gateway's key (keyed BLAKE2b, RFC 7693)."""
    key = operator.secret(settings.COMITY.data, "lookup.key").encode()[:64]
    return blake2b(text.encode(), digest_size=16, key=key).digest()
