"""WebAuthn challenges: random, for one purpose, valid once and for five minutes.

Whoever has a one-time link or a session has them stored in it. An anonymous visitor who wants to sign in gets one in a
signed cookie, so that asking for one stores nothing here; that it is used once is ensured by the sign-in's event.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from comity import clock

from . import passkeys

SECONDS = 300
NAME = "challenge"
COOKIE, SALT = "comity_challenge", "comity.people.sign-in"


def issue(request: HttpRequest, purpose: str, **about: str) -> bytes:
    """A new challenge, replacing any other; `about` is returned with it by `spend`."""
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
    """The challenge issued for this purpose, which is used up by this. Raises PasskeyRefused."""
    kept: dict[str, Any] = request.session.pop(NAME, {})
    if kept.get("for") != purpose:
        raise passkeys.PasskeyRefused(_("nothing was asked of a passkey here; begin again"))
    if clock.now().timestamp() - kept["at"] > SECONDS:
        raise passkeys.PasskeyRefused(_("it took more than five minutes; begin again"))
    return passkeys.decode(kept["value"]), kept["about"]


def lend(answer: HttpResponse, challenge: bytes) -> HttpResponse:
    """Hand an anonymous visitor a challenge to sign in with, in a signed cookie."""
    sealed = signing.dumps([passkeys.encode(challenge), clock.now().timestamp()], salt=SALT)
    secure = passkeys.origin().startswith("https:")
    answer.set_cookie(COOKIE, sealed, max_age=SECONDS, path="/people", secure=secure, httponly=True, samesite="Strict")
    return answer


def lent(request: HttpRequest) -> bytes:
    """The challenge that this visitor was handed. Raises PasskeyRefused."""
    try:
        value, at = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        raise passkeys.PasskeyRefused(_("nothing was asked of a passkey here; begin again")) from None
    if clock.now().timestamp() - at > SECONDS:
        raise passkeys.PasskeyRefused(_("it took more than five minutes; begin again"))
    return passkeys.decode(value)
