"""HTTP to commands and back for officers of services, and what everyone reads. Nothing is decided here.

An officer has a session of their own: a signed cookie on this path alone, so that somebody of the desk and an officer
can be in two tabs of one browser. A form counts only where it comes from our own pages.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.ledger.life import NotNow
from comity.officers import commands as enrolled
from comity.officers.commands import Closed
from comity.officers.models import Officer
from comity.officers.sessions import Place, ours
from comity.people import passkeys
from comity.people.access import at_most, failures_at_most, where_passkeys_work
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput
from comity.web import context

from . import after, commands, officers, read, rules, words
from . import figures as counted
from .commands import Suspended
from .models import Call

MINUTE = 60
PATH = "/hotline/"
PLACE = Place(PATH, "comity_hotline")
View = Callable[..., HttpResponseBase]


# -- who asks ---------------------------------------------------------------------------------------------------------


def officer_of(request: HttpRequest) -> Officer | None:
    """Whose session this is, of a service on this line."""
    found = PLACE.officer_of(request)
    return found if found and commands.service_row(found) is not None else None


def _from_here(view: View) -> View:
    """A form of a page of ours; no token, so that one that was typed without a signal still counts."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not ours(request):
            return _error(request, _("This form comes from another site."), 403)
        return view(request, *args, **kwargs)

    return inner


def _json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _error(request: HttpRequest, says: str, status: int) -> HttpResponse:
    if _json(request):
        return JsonResponse({"error": says, **_reach()}, status=status)
    shown = {"title": _("Not done"), "says": says, **_reach()}
    return render(request, "hotline/error.html", shown, status=status)


def _reach() -> dict[str, str]:
    return {"phone": settings.COMITY.phone}


def _let_in(officer: Officer, where: str) -> HttpResponse:
    return PLACE.let_in(HttpResponseRedirect(where), officer)


# -- coming in --------------------------------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@failures_at_most(20, MINUTE)
@where_passkeys_work
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of an officer: what it is for, and the button that makes the passkey."""
    error = ""
    try:
        found = enrolled.opened(token)
        if request.method == "POST":
            if not ours(request):
                return _error(request, _("This form comes from another site."), 403)
            response = passkeys.parse(request.POST.get("response", ""))
            return _let_in(enrolled.enrol(token, PLACE.lent(request, f"join:{token}"), response), PATH)
    except Closed as why:
        return _error(request, str(why), 410)
    except PasskeyRefused as refusal:
        error = str(refusal)
    shown = {"officer": found, "token": token, "error": error, "name": _name(found), **_reach()}
    return render(request, "hotline/join.html", shown, status=400 if error else 200)


def _name(officer: Officer) -> str:
    entry = register.entry(officer.authority)
    return entry.name if entry else officer.authority


@_from_here
@at_most(120, MINUTE)
def join_options(request: HttpRequest, token: str) -> HttpResponse:
    """The options for the passkey of a one-time link."""
    return PLACE.join_options(token)


@_from_here
@failures_at_most(20, MINUTE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with an officer's passkey."""
    try:
        response = passkeys.parse(request.POST.get("response", ""))
        officer = enrolled.identify(PLACE.lent(request, "sign-in"), response)
    except PasskeyRefused as refusal:
        return _door(request, str(refusal), 400)
    wanted = request.POST.get("next", "")
    return _let_in(officer, wanted if wanted.startswith(PATH) and "//" not in wanted else PATH)


@_from_here
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """The options to sign in with any officer's passkey. Stores nothing here."""
    return PLACE.sign_in_options()


@_from_here
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the session on this device."""
    return PLACE.let_out(HttpResponseRedirect(PATH))


@_from_here
def be_demo(request: HttpRequest) -> HttpResponse:
    """Be the officer of the demo's service; where the demo is off there is no such page."""
    service = Authority.objects.filter(realm="demo", kind="service", accredited=True).order_by("id").first()
    if not settings.COMITY.demo or service is None:
        raise Http404
    wanted = request.POST.get("next", PATH)
    return _let_in(officers.demo_officer(service.id), wanted if wanted.startswith(PATH) else PATH)


def _door(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """Who isn't signed in: the telephone first, then the passkey."""
    shown = {"error": error, "next": request.path if request.method == "GET" else PATH, **_reach()}
    return render(request, "hotline/door.html", shown, status=status)


# -- the one button ---------------------------------------------------------------------------------------------------


@require_safe
@where_passkeys_work
def alarm(request: HttpRequest) -> HttpResponse:
    """One page, one button."""
    officer = officer_of(request)
    if officer is None:
        return _door(request)
    open_ = Call.objects.filter(service=officer.authority, joined_to=None).order_by("-raised_at")[:10]
    shown = {
        "officer": officer,
        "name": _name(officer),
        "realm": officer.realm,
        "key": str(uuid4()),
        "imminence": list(words.IMMINENCE.items()),
        "calls": [(one, read.state_of(one)) for one in open_],
        "suspended": (row := commands.service_row(officer)) is None or row.state == "suspended",
        **_reach(),
    }
    return render(request, "hotline/alarm.html", shown)


@_from_here
def raise_call(request: HttpRequest) -> HttpResponse:
    """Take an alarm: from the page's script as JSON, or as a form; the same key is the same call."""
    officer = officer_of(request)
    if officer is None:
        return _error(request, _("You are not signed in any more. What you typed is kept on this device."), 401)
    typed = _typed(request)
    try:
        found = commands.raise_call(officer, _said(typed), str(typed.get("key") or ""))
    except BadInput as wrong:
        return _error(request, str(wrong), 400)
    except Suspended:
        return _error(request, suspended_words(), 403)
    url = f"{PATH}{(found.joined_to or found).id}"
    if _json(request):
        return JsonResponse({"call": found.id, "url": url}, status=201)
    return HttpResponseRedirect(f"{url}{context.kept(request)}")


def suspended_words() -> str:
    """What an officer reads whose service is suspended."""
    return _("Your access is suspended. Call us by telephone, now; nothing that you typed was sent.")


def _typed(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "application/json":
        try:
            found = json.loads(request.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
    return request.POST.dict()


def _said(typed: dict[str, Any]) -> rules.Said:
    texts = {name: str(typed.get(name) or "") for name in ("what", "where", "back")}
    links = typed.get("links") or ""
    each = [str(one) for one in links] if isinstance(links, list) else str(links).splitlines()
    return rules.Said(links=tuple(each), imminence=str(typed.get("imminence") or "unknown"), **texts)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps this one page, so that it opens without a signal."""
    answer = render(request, "hotline/worker.js", content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its first screen."""
    icon = {"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {"name": _("Hotline"), "short_name": _("Hotline"), "start_url": PATH, "scope": PATH}
    return JsonResponse(told | {"display": "standalone", "icons": [icon]})


# -- one call ---------------------------------------------------------------------------------------------------------


def _of(request: HttpRequest, id: str) -> tuple[Officer | None, Call]:
    officer = officer_of(request)
    if officer is None:
        return None, Call()
    found = Call.objects.filter(id=id, service=officer.authority).select_related("service", "joined_to").first()
    if found is None:
        raise Http404
    return officer, found.joined_to or found


@require_safe
@where_passkeys_work
def call(request: HttpRequest, id: str) -> HttpResponse:
    """One call as its service sees it: who was rung, the thread, what came of it."""
    officer, found = _of(request, id)
    if officer is None:
        return _door(request)
    return render(request, "hotline/call.html", _shown(officer, found))


def _shown(officer: Officer, found: Call) -> dict[str, Any]:
    commands.seen(found, commands.SERVICE)
    return {
        "call": found,
        "realm": found.realm,
        "state": read.state_of(found),
        "said": read.said(found) if found.door == commands.DOOR else None,
        "imminence": words.IMMINENCE.get(found.imminence, ""),
        "rung": read.rung(found),
        "lines": read.lines(found, words.SIDES),
        "outcomes": [(slug, word, slug == found.outcome) for slug, word in words.OUTCOMES.items()],
        "open": found.state in rules.OPEN,
        "mine": found.officer_id == officer.id,
        "demo": enrolled.server_signs(officer),
        "key": str(uuid4()),
        "stands": read.stands(found),
        "ago": clock.now() - found.raised_at,
        "joined": found.joined.count(),
        **_reach(),
    }


@require_safe
def thread(request: HttpRequest, id: str) -> HttpResponse:
    """What changes of a call, for the page that asks every two seconds; nothing where nothing did."""
    officer, found = _of(request, id)
    if officer is None:
        return HttpResponse(status=401)
    if request.GET.get("seen") == read.stands(found):
        return HttpResponse(status=204)
    return render(request, "hotline/call_now.html", _shown(officer, found))


def _acted(view: Callable[[HttpRequest, Officer, Call], Any]) -> View:
    """An act of an officer on a call of their service, and back to its page."""

    @_from_here
    @at_most(120, MINUTE)
    @wraps(view)
    def inner(request: HttpRequest, id: str) -> HttpResponse:
        officer, found = _of(request, id)
        if officer is None:
            return _error(request, _("You are not signed in any more. What you typed is kept on this device."), 401)
        try:
            view(request, officer, found)
        except (BadInput, PasskeyRefused) as wrong:
            return _error(request, str(wrong), 400)
        except NotNow as late:
            return _error(request, str(late), 409)
        except Suspended:
            return _error(request, suspended_words(), 403)
        if _json(request):
            return JsonResponse({"call": found.id})
        return HttpResponseRedirect(f"{PATH}{found.id}{context.kept(request)}")

    return inner


@_acted
def write(request: HttpRequest, officer: Officer, found: Call) -> None:
    """Write a line."""
    typed = _typed(request)
    commands.write_as_officer(officer, found.id, str(typed.get("text") or ""), str(typed.get("key") or ""))


@_acted
def outcome(request: HttpRequest, officer: Officer, found: Call) -> None:
    """Say what came of it."""
    after.outcome(officer, found.id, request.POST.get("outcome", ""))


@_acted
def sign(request: HttpRequest, officer: Officer, found: Call) -> None:
    """Confirm the call with the passkey; the demo's officer signs with the key that the server keeps."""
    if enrolled.server_signs(officer):
        officers.sign_as_demo(officer, found.id)
    else:
        officers.sign(officer, found.id, passkeys.parse(request.POST.get("response", "")))


@_from_here
@at_most(120, MINUTE)
def sign_options(request: HttpRequest, id: str) -> HttpResponse:
    """The options with which an officer signs the hash of a call of their own."""
    officer, found = _of(request, id)
    if officer is None or found.officer_id != officer.id or officer.public is None:
        return JsonResponse({"error": _("Only who raised it signs it.")}, status=403)
    return JsonResponse(passkeys.request_options(bytes.fromhex(found.mark), [bytes(officer.public)]))


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What everyone is told: bands, by half-year, half a year later."""
    return render(request, "hotline/figures.html", {"halves": counted.public(), **_reach()})
