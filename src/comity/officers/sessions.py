"""The session of an officer on a folder of pages: a signed cookie on its path alone, and the challenge lent to a
passkey. So somebody of the desk and an officer can be in two tabs of one browser."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity.people import passkeys
from comity.people.passkeys import PasskeyRefused

from . import commands
from .models import Officer

SECONDS = 300  # that a challenge is lent for
CHALLENGE_SALT = "comity.hotline.challenge"


@dataclass(frozen=True)
class Place:
    """A folder of pages that officers sign in to: its path, and the names of its cookies."""

    path: str
    cookie: str

    def officer_of(self, request: HttpRequest) -> Officer | None:
        """Whose session this is."""
        return commands.of_session(request.COOKIES.get(self.cookie, ""))

    def _give(self, answer: HttpResponse, name: str, value: str, seconds: int) -> HttpResponse:
        secure = passkeys.origin().startswith("https:")
        answer.set_cookie(name, value, max_age=seconds, path=self.path, secure=secure, httponly=True, samesite="Lax")
        return answer

    def let_in(self, answer: HttpResponse, officer: Officer) -> HttpResponse:
        """Begin a session."""
        seconds = int(commands.SESSION.total_seconds())
        return self._give(answer, self.cookie, commands.session(officer), seconds)

    def let_out(self, answer: HttpResponse) -> HttpResponse:
        """Forget the session on this device."""
        answer.delete_cookie(self.cookie, path=self.path)
        return answer

    def lend(self, answer: HttpResponse, challenge: bytes, purpose: str) -> HttpResponse:
        """Lend a challenge to a passkey, for one purpose and a few minutes."""
        sealed = signing.dumps([purpose, passkeys.encode(challenge)], salt=CHALLENGE_SALT)
        return self._give(answer, f"{self.cookie}_challenge", sealed, SECONDS)

    def lent(self, request: HttpRequest, purpose: str) -> bytes:
        """The challenge that was lent for a purpose. Raises PasskeyRefused."""
        try:
            sealed = request.COOKIES.get(f"{self.cookie}_challenge", "")
            kept, value = signing.loads(sealed, salt=CHALLENGE_SALT, max_age=SECONDS)
        except (signing.BadSignature, ValueError, TypeError):
            kept, value = "", ""
        if not value or kept != purpose:
            raise PasskeyRefused(_("nothing was asked of a passkey here, or too long ago; begin again"))
        return passkeys.decode(value)

    def join_options(self, token: str) -> HttpResponse:
        """The options for the passkey of a one-time link."""
        try:
            found = commands.opened(token)
        except commands.Closed as why:
            return JsonResponse({"error": str(why)}, status=410)
        challenge = secrets.token_bytes(32)
        options = passkeys.registration_options(found.id.bytes, found.name, [], challenge)
        return self.lend(JsonResponse(options), challenge, f"join:{token}")

    def sign_in_options(self) -> HttpResponse:
        """The options to sign in with any officer's passkey. Stores nothing here."""
        challenge = secrets.token_bytes(32)
        return self.lend(JsonResponse(passkeys.request_options(challenge, None)), challenge, "sign-in")


def ours(request: HttpRequest) -> bool:
    """Whether a form comes from a page of ours: a browser says so, and no other site can."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == passkeys.origin() or origin == f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def elsewhere(request: HttpRequest) -> HttpResponse:
    """The answer to a form of another site."""
    shown = {"title": _("Not done"), "says": _("This form comes from another site."), "back": "/authorities/"}
    return render(request, "web/error.html", shown, status=403)


def from_here(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A form of a page of ours, which sets no cookie of a token: what another site sends has its origin."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if ours(request) else elsewhere(request)

    return inner


AUTHORITIES = Place("/authorities/", "comity_officer")


def officer_of(request: HttpRequest) -> Officer | None:
    """Who is signed in on the pages for authorities: nobody any more once their authority is suspended."""
    found = AUTHORITIES.officer_of(request)
    return commands.active(found.id, lock=False) if found else None
