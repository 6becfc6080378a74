"""How officers come in on the pages for authorities: by a one-time link, by passkey, or as the demo's."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comity.authorities import commands as register
from comity.people import passkeys
from comity.people.access import at_most, failures_at_most, where_passkeys_work
from comity.people.passkeys import PasskeyRefused
from comity.web import context

from . import commands
from .commands import Closed
from .models import Officer
from .sessions import AUTHORITIES as PLACE
from .sessions import from_here, ours

MINUTE = 60


def _told(request: HttpRequest, says: str, status: int) -> HttpResponse:
    shown = {"title": _("Not done"), "says": says, "back": PLACE.path}
    return render(request, "web/error.html", shown, status=status)


def _let_in(request: HttpRequest, officer: Officer) -> HttpResponse:
    where = f"{PLACE.path}demo/" if officer.realm == "demo" else PLACE.path
    return PLACE.let_in(HttpResponseRedirect(f"{where}{context.kept(request)}"), officer)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@failures_at_most(20, MINUTE)
@where_passkeys_work
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of an officer: what it is for, and the button that makes the passkey. In the demo the server
    makes and keeps it."""
    error = ""
    try:
        found = commands.opened(token)
        if request.method == "POST":
            if not ours(request):
                return _told(request, _("This form comes from another site."), 403)
            return _let_in(request, _enrolled(request, token, found))
    except Closed as why:
        return _told(request, str(why), 410)
    except PasskeyRefused as refusal:
        error = str(refusal)
    entry = register.entry(found.authority)
    shown: dict[str, Any] = {"token": token, "error": error, "name": entry.name if entry else found.authority}
    shown |= {"demo": found.realm == "demo", "realm": found.realm}
    return render(request, "officers/join.html", shown, status=400 if error else 200)


def _enrolled(request: HttpRequest, token: str, found: Officer) -> Officer:
    if found.realm == "demo":
        return commands.enrol_by_link_as_demo(token)
    response = passkeys.parse(request.POST.get("response", ""))
    return commands.enrol(token, PLACE.lent(request, f"join:{token}"), response)


@from_here
@at_most(120, MINUTE)
def join_options(request: HttpRequest, token: str) -> HttpResponse:
    """The options for the passkey of a one-time link."""
    return PLACE.join_options(token)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@failures_at_most(20, MINUTE)
@where_passkeys_work
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with an officer's passkey."""
    error = ""
    if request.method == "POST":
        if not ours(request):
            return _told(request, _("This form comes from another site."), 403)
        try:
            response = passkeys.parse(request.POST.get("response", ""))
            return _let_in(request, commands.identify(PLACE.lent(request, "sign-in"), response))
        except PasskeyRefused as refusal:
            error = str(refusal)
    return render(request, "officers/sign_in.html", {"error": error}, status=400 if error else 200)


@from_here
@at_most(120, MINUTE)
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """The options to sign in with any officer's passkey. Stores nothing here."""
    return PLACE.sign_in_options()


@from_here
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the session on this device."""
    return PLACE.let_out(HttpResponseRedirect(f"{PLACE.path}{context.kept(request)}"))


@from_here
@at_most(60, MINUTE)
def be_demo(request: HttpRequest) -> HttpResponse:
    """Be the officer of one of the demo's authorities; where the demo is off there is no such page."""
    if not settings.COMITY.demo:
        raise Http404
    try:
        return _let_in(request, commands.demo_officer(request.POST.get("authority", "")))
    except Closed as why:
        return _told(request, str(why), 400)
