"""Signatures on what goes between us and a platform's adapter, both ways: Standard Webhooks (v1, HMAC-SHA256).

The identifier, the instant and the body are signed; the body says which call it is, so that what is signed for one is
never taken for another.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

PREFIX = "whsec_"
SHORTEST = 24  # bytes of a secret (Standard Webhooks, "Signature scheme")
LONGEST_ID = 200
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class NotSigned(Exception):
    """What came isn't signed by whom it should be, or is too old; the text says which, and quotes nothing of it."""


def checked(secret: str, field: str) -> str:
    """A secret that can be used. Raises ValueError, naming the field."""
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raw = b""
    if not secret.startswith(PREFIX) or len(raw) < SHORTEST:
        raise ValueError(f"{field}: must be {PREFIX} and at least {SHORTEST} bytes in base64")
    return secret


def derived(token: str, level: str) -> str:
    """The sandbox's secret for a level of calls, made of its one token as it makes it itself."""
    return PREFIX + base64.b64encode(hmac.digest(token.encode(), level.encode(), hashlib.sha256)).decode()


def message(call: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The body of a call: which one, when, and what about."""
    said = {"type": call, "timestamp": at.astimezone(UTC).isoformat(timespec="seconds"), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def headers(secret: str, body: bytes, at: datetime, ident: str = "") -> dict[str, str]:
    """What is sent with a body so that its receiver knows whose it is; `ident` is new for each message, unless
    given."""
    ident = ident or f"msg_{secrets.token_urlsafe(18)}"
    signature = Webhook(secret).sign(ident, at.astimezone(UTC), body.decode())
    stamp = str(int(at.timestamp()))
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": signature}


def opened(secret: str, body: bytes, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The identifier and the content of a message that came. Raises NotSigned; ValueError if it is no JSON object."""
    ident = given.get("webhook-id", "")
    try:
        Webhook(secret).verify(body, dict(given), json_parse=False)
    except WebhookVerificationError as no:
        raise NotSigned(str(no)) from None
    except ValueError:  # bytes that are no text, a signature that is none
        raise NotSigned("No matching signature found") from None
    if not 0 < len(ident) <= LONGEST_ID or not ident.isprintable():
        raise NotSigned(f"webhook-id: must be 1 to {LONGEST_ID} visible characters")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("body: must be a JSON object")
    return ident, found
