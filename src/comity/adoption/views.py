"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.console import signing
from comity.console.frame import frame
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may
from comity.regulations.packs import NoPack

from . import commands, pages, rules
from .models import Draft

_page = partial(console, missing=(NoPack,))


def _draft(request: HttpRequest, regulation: str, number: int) -> Draft:
    """A change that the viewer may see; any other looks like one that doesn't exist."""
    found = Draft.objects.filter(pk=min(number, 2**62), regulation=regulation).first()
    if found is None or not may(request.user, "regulation.view", found):
        raise Http404
    return found


def _to(draft: Draft, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"/console/regulations/{draft.regulation}/drafts/{draft.pk}{where}")


@_page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """Every regulation, with the version in force and the changes in progress."""
    realm = commands.realm_of(person_of(request))
    demand(request, "regulation.view", Realm(realm))
    shown = {"frame": frame(request, realm, "regulations"), "regulations": pages.listed(realm)}
    return render(request, "adoption/index.html", shown)


@_page("GET")
def regulation(request: HttpRequest, regulation: str) -> HttpResponse:
    """One regulation: its versions, who adopted them and why, and its changes."""
    person = person_of(request)
    realm = commands.realm_of(person)
    demand(request, "regulation.view", Realm(realm))
    page = pages.regulation_page(realm, regulation, person)
    return render(request, "adoption/regulation.html", {"frame": frame(request, realm, "regulations"), "page": page})


@_page("POST")
def begin(request: HttpRequest, regulation: str) -> HttpResponse:
    """Start a change with a copy of a version."""
    return _to(commands.draft(person_of(request), regulation, request.POST.get("version", "")))


@_page("GET", "POST")
def editor(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """The editor; posting stores the text, faulty or not."""
    draft, person = _draft(request, regulation, number), person_of(request)
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


@_page("POST", most=120)
def check(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """The right side alone, for a text that isn't stored yet: at each pause in typing."""
    draft = _draft(request, regulation, number)
    text = commands.plain(request.POST.get("text", ""))
    found = pages.found(draft, text, request.POST.get("numbers", "")[:2000])
    return render(request, "adoption/found.html", {"found": found, "draft": draft, "typed": True})


@_page("POST")
def block(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Make one check block or not, without writing YAML."""
    draft = _draft(request, regulation, number)
    check, outcome = request.POST.get("check", ""), request.POST.get("outcome", "")
    try:
        commands.block(person_of(request), draft.pk, check, outcome)
    except rules.NoSuchCheck as unknown:
        raise BadInput("check", str(unknown)) from None
    return _to(draft, "#found")


@_page("POST")
def try_on_past(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Try a draft on the past."""
    draft = _draft(request, regulation, number)
    commands.try_on_past(person_of(request), draft.pk)
    return _to(draft, "#past")


@_page("POST")
def propose(request: HttpRequest, regulation: str, number: int, urgent: bool = False) -> HttpResponse:
    """Put a draft to the quorum; `urgent`: to one person, in force immediately."""
    draft = _draft(request, regulation, number)
    commands.propose(person_of(request), draft.pk, request.POST.get("reason", ""), urgent=urgent)
    return _to(draft, "#adopt")


@_page("POST")
def sign(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Add one approval."""
    draft, person = _draft(request, regulation, number), person_of(request)
    commands.sign(person, draft.pk, request.POST.get("act", ""), signing.answer_of(request, person))
    return _to(draft, "#adopt")


@_page("POST")
def send_back(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Send what was put to people back to be edited."""
    draft = _draft(request, regulation, number)
    commands.send_back(person_of(request), draft.pk, request.POST.get("reason", ""))
    return _to(draft)


@_page("POST")
def end(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """End an emergency change before its time."""
    draft = _draft(request, regulation, number)
    commands.end(person_of(request), draft.pk, request.POST.get("reason", ""))
    return _to(draft, "#adopt")


@_page("POST")
def withdraw(request: HttpRequest, regulation: str, number: int) -> HttpResponse:
    """Withdraw a change."""
    draft = _draft(request, regulation, number)
    commands.withdraw(person_of(request), draft.pk)
    return HttpResponseRedirect(f"/console/regulations/{draft.regulation}")
