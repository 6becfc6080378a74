"""Challenges: random, for one purpose, good once and for five minutes.

Who has a one-time link or a session keeps them in it. A stranger who wants to sign in gets one as a signed cookie, so
that asking for one keeps nothing here; that it is used once is seen by the event of the sign-in that it led to.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from comity import clock

from . import passkeys

SECONDS = 300
NAME = "challenge"
COOKIE, SALT = "comity_challenge", "comity.people.sign-in"


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


def lend(answer: HttpResponse, challenge: bytes) -> HttpResponse:
    """Hand a stranger a challenge to sign in with, sealed in a cookie."""
    sealed = signing.dumps([passkeys.encode(challenge), clock.now().timestamp()], salt=SALT)
    secure = passkeys.origin().startswith("https:")
    answer.set_cookie(COOKIE, sealed, max_age=SECONDS, path="/people", secure=secure, httponly=True, samesite="Strict")
    return answer


def lent(request: HttpRequest) -> bytes:
    """The challenge that this stranger was handed. Raises PasskeyRefused."""
    try:
        value, at = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        raise passkeys.PasskeyRefused("nothing was asked of a passkey here; begin again") from None
    if clock.now().timestamp() - at > SECONDS:
        raise passkeys.PasskeyRefused("it took more than five minutes; begin again")
    return passkeys.decode(value)
