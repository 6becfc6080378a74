"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.desk.frame import frame
from comity.people import passkeys
from comity.people.access import at_most, demand, signed_in
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import Realm, may
from comity.regulations.packs import NoPack

from . import commands, pages, rules
from .models import Draft

Viewer = Callable[..., HttpResponse]
MINUTE = 60


def _desk(view: Viewer) -> Viewer:
    """Strangers go to sign-in; what a person may not do, or what is not possible now, is told on a page of its own."""

    @signed_in
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand(request, "console.view")
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from None
        except NoPack:
            raise Http404 from None
        except (rules.NotNow, ApprovalRefused) as refused:
            return _told(request, "This can’t be done now", str(refused), 409)
        except (BadInput, PasskeyRefused, rules.NoSuchCheck) as bad:
            return _told(request, "This can’t be taken", str(bad), 400)

    return inner


def _told(request: HttpRequest, title: str, says: str, status: int) -> HttpResponse:
    back = request.path.rpartition("/")[0] if request.method == "POST" else request.path
    return render(request, "web/error.html", {"title": title, "says": says, "back": back}, status=status)


def _person(request: HttpRequest) -> Person:
    return demand(request, "console.view")


def _draft(request: HttpRequest, regulation: str, number: int) -> Draft:
    """A change that the viewer may see; of any other, as of one that doesn't exist, nothing is said."""
    found = Draft.objects.filter(pk=min(number, 2**62), regulation=regulation).first()
    if found is None or not may(request.user, "regulation.view", found):
        raise Http404
    return found


def _to(draft: Draft, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"/console/regulations/{draft.regulation}/drafts/{draft.pk}{where}")


@require_GET
@_desk
def index(request: HttpRequest) -> HttpResponse:
    """Every regulation, with the version in force and the changes under way."""
    realm = commands.realm_of(_person(request))
    demand(request, "regulation.view", Realm(realm))
    shown = {"frame": frame(request, realm, "regulations"), "regulations": pages.listed(realm)}
    return render(request, "adoption/index.html", shown)


@require_GET
@_desk
def regulation(request: HttpRequest, regulation: str) -> HttpResponse:
    """One regulation: its versions, who adopted them and why, and its changes."""
    person = _person(request)
    realm = commands.realm_of(person)
    demand(request, "regulation.view", Realm(realm))
    page = pages.regulation_page(realm, regulation, person)
    return render(request, "adoption/regulation.html", {"frame": frame(request, realm, "regulations"), "page": page})


@require_POST
@_desk
def begin(request: HttpRequest, regulation: str) -> HttpResponse:
    """Begin a change with a copy of a version."""
    return _to(commands.draft(_person(request), regulation, request.POST.get("version", "")))


@require_http_methods(["GET", "POST"])
@_desk
def editor(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """The editor; posting keeps the text, right or wrong as yet."""
    draft, person = _draft(request, regulation, number), _person(request)
    numbers = request.POST.get("numbers", request.GET.get("numbers", ""))[:2000]
    if request.method == "POST":
        draft = commands.edit(person, draft.pk, request.POST.get("text", ""), _revision(request))
    shown = {
        "frame": frame(request, draft.realm, "regulations"),
        "page": pages.draft_page(draft, person),
        "found": pages.found(draft, draft.text, numbers),
        "numbers": numbers,
        "kept": request.method == "POST",
    }
    return render(request, "adoption/editor.html", shown)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("revision", "load the page again")
    return int(text)


@require_POST
@_desk
@at_most(120, MINUTE)
def check(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """The right side alone, for a text that isn't kept yet: at each pause in typing."""
    draft = _draft(request, regulation, number)
    text = commands.plain(request.POST.get("text", ""))
    found = pages.found(draft, text, request.POST.get("numbers", "")[:2000])
    return render(request, "adoption/found.html", {"found": found, "draft": draft, "typed": True})


@require_POST
@_desk
def block(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """One check made to block or not, without writing YAML."""
    draft = _draft(request, regulation, number)
    check, outcome = request.POST.get("check", ""), request.POST.get("outcome", "")
    commands.block(_person(request), draft.pk, check, outcome)
    return _to(draft, "#found")


@require_POST
@_desk
def try_on_past(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Try a draft on the past."""
    draft = _draft(request, regulation, number)
    commands.try_on_past(_person(request), draft.pk)
    return _to(draft, "#past")


@require_POST
@_desk
def propose(request: HttpRequest, regulation: str, number: int, urgent: bool = False) -> HttpResponse:
    """Put a draft to the quorum; `urgent`: to one person, in force at once."""
    draft = _draft(request, regulation, number)
    commands.propose(_person(request), draft.pk, request.POST.get("reason", ""), urgent=urgent)
    return _to(draft, "#adopt")


@require_POST
@_desk
def sign(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Give one approval."""
    draft, person = _draft(request, regulation, number), _person(request)
    answer = None if person.realm == "demo" else passkeys.parse(request.POST.get("response", ""))
    commands.sign(person, draft.pk, request.POST.get("act", ""), answer)
    return _to(draft, "#adopt")


@require_POST
@_desk
def send_back(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Send what was put to people back to be edited."""
    draft = _draft(request, regulation, number)
    commands.send_back(_person(request), draft.pk, request.POST.get("reason", ""))
    return _to(draft)


@require_POST
@_desk
def end(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """End an emergency change before its time."""
    draft = _draft(request, regulation, number)
    commands.end(_person(request), draft.pk, request.POST.get("reason", ""))
    return _to(draft, "#adopt")


@require_POST
@_desk
def withdraw(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Give a change up."""
    draft = _draft(request, regulation, number)
    commands.withdraw(_person(request), draft.pk)
    return HttpResponseRedirect(f"/console/regulations/{draft.regulation}")
