"""Challenges: random, for one purpose, kept in the visitor's session, good once and for five minutes."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest

from comity import clock

from . import passkeys

SECONDS = 300
NAME = "challenge"


def issue(request: HttpRequest, purpose: str, **about: str) -> bytes:
    """A new challenge in place of any other; `about` comes back with it."""
    challenge = secrets.token_bytes(32)
    request.session[NAME] = {
        "for": purpose,
        "value": passkeys.encode(challenge),
        "at": clock.now().timestamp(),
        "about": about,
    }
    if not request.user.is_authenticated:
        request.session.set_expiry(2 * SECONDS)
    return challenge


def spend(request: HttpRequest, purpose: str) -> tuple[bytes, dict[str, str]]:
    """The challenge issued for this purpose, which then is gone. Raises PasskeyRefused."""
    kept: dict[str, Any] = request.session.pop(NAME, {})
    if kept.get("for") != purpose:
        raise passkeys.PasskeyRefused("nothing was asked of a passkey here; begin again")
    if clock.now().timestamp() - kept["at"] > SECONDS:
        raise passkeys.PasskeyRefused("it took more than five minutes; begin again")
    return passkeys.decode(kept["value"]), kept["about"]
