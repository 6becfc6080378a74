"""What the database alone cannot forge: a tag on each row that lets somebody in, gives a role or counts as a signature.

A tag is an HMAC-SHA-256 (RFC 2104) over the row's fields (`TAGGED` of its model) with a key that is a file
(`keys/people`). Whoever can write tables can still end and block things, or restore an older row together with its
older tag, but cannot make anybody. The first character of a tag is its mark: "1", or "0" for rows older than tags.
Migration 0002 tags those once: after the first start, a file beside the key says that this is over, whatever the
database says of its migrations.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.db import models

from comity import operator

FILE, CLOSED = "people", "people.tagged"
NOW, BEFORE = "1", "0"
Row = TypeVar("Row", bound=models.Model)


def close() -> None:
    """Record in a file that rows older than tags have been tagged; none are from now on. For the start of the
    gateway."""
    operator.secret(settings.COMITY.data, FILE)
    (settings.COMITY.data / "keys" / CLOSED).touch(mode=0o600)


def closed() -> bool:
    """Whether older rows can no longer be tagged."""
    return bool((settings.COMITY.data / "keys" / CLOSED).exists())


def fits(row: Any) -> bool:
    """Whether a row bears the tag that this gateway gave it, over exactly these fields."""
    mark = row.tag[:1]
    made = tag(row._meta.label_lower, {name: getattr(row, name) for name in row.TAGGED}, mark)
    return mark in (NOW, BEFORE) and hmac.compare_digest(made, row.tag)


def stood_before(row: Any) -> bool:
    """Whether a row with a valid tag is older than tags: nobody vouched for it, and the rules that came with tags
    didn't apply."""
    return bool(row.tag[:1] == BEFORE)


def make(model: type[Row], **fields: Any) -> Row:
    """Write a new row with its tag."""
    row = sealed(model(**fields))
    row.save(force_insert=True)
    return row


def sealed(row: Row) -> Row:
    """The row with its tag, not written yet."""
    given: Any = row
    given.tag = tag(row._meta.label_lower, {name: getattr(row, name) for name in given.TAGGED}, NOW)
    return row


def change(row: Any, **fields: Any) -> None:
    """Write some fields of a row. It is tagged again only if its tag was valid: a forged row stays forged."""
    ours, mark = fits(row), row.tag[:1]
    for name, value in fields.items():
        setattr(row, name, value)
    if ours:
        row.tag = tag(row._meta.label_lower, {name: getattr(row, name) for name in row.TAGGED}, mark)
    row.save(update_fields=[*fields, "tag"])


def tag(label: str, fields: Mapping[str, Any], mark: str) -> str:
    """The tag of a row of a model (its label, `people.key`) with these fields.

    The mark is part of the hashed text, so a row cannot be made older than it is. The mark and 63 of the 64 hex digits
    fit the column: 252 bits.
    """
    text = json.dumps([mark, label, {name: _plain(value) for name, value in fields.items()}], sort_keys=True)
    key = operator.secret(settings.COMITY.data, FILE).encode()
    return mark + hmac.new(key, text.encode(), sha256).hexdigest()[:63]


def _plain(value: Any) -> Any:
    """A field's value in one form before it is written and after it is read; otherwise the two hashes would differ."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int | list | tuple | dict):
        return value
    return str(value)
