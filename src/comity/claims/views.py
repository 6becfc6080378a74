"""HTTP to commands and back: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.cases import commands as cases
from comity.cases.models import Request
from comity.console import lists as files
from comity.console.forms import form_page
from comity.console.frame import frame, realm_of, realms
from comity.console.views import console
from comity.people.access import View, demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm, may
from comity.web.middleware import viewer_zone

from . import commands, entering, lists, pages, passing, posts, privilege, typed
from .models import Claim, Post

HERE = "/console/claims/"


def _page(*methods: str) -> Callable[[View], View]:
    return console(*methods, most=60, missing=(Claim.DoesNotExist, Request.DoesNotExist))


def _where(request: HttpRequest, act: str = "claim.view") -> tuple[Person, str]:
    """Who looks, and in which realm."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, act, Realm(realm))
    return person, realm


def _found(request: HttpRequest, id: str) -> tuple[Person, Claim]:
    person = person_of(request)
    claim = Claim.objects.select_related("request", "post", "joined_to").get(id=id)
    if not may(person, "claim.view", claim):
        raise Claim.DoesNotExist
    return person, claim


def _acting(view: Callable[[HttpRequest, Person, str], str]) -> View:
    """An act on one claim: a form that is posted, and back to the place of its page that the view names."""

    @_page("POST")
    @wraps(view)
    def inner(request: HttpRequest, id: str) -> HttpResponseBase:
        person, claim = _found(request, id)
        return HttpResponseRedirect(f"{HERE}{claim.id}{view(request, person, claim.id)}")

    return inner


@_page("GET")
def index(request: HttpRequest) -> HttpResponseBase:
    """Every claim of a realm; the same as CSV."""
    person, realm = _where(request)
    wanted = files.asked(request, "q", "state", "country", "before")
    if request.GET.get("format") == "csv":
        rows = lists.found(realm, wanted).iterator()
        return files.as_csv("claims.csv", lists.COLUMNS, map(lists.line, rows))
    sees = may(person, "content.view", Realm(realm))
    shown = {
        "frame": frame(request, realm, "claims"),
        "page": lists.page(realm, wanted, realms(person), sees=sees),
        "enter": may(person, "claim.open", Realm(realm)),
        "posts": may(person, "post.view", Realm(realm)),
    }
    return render(request, "claims/index.html", shown)


@_page("GET")
def claim(request: HttpRequest, id: str) -> HttpResponse:
    """One claim. That its words were looked at is recorded."""
    person, found = _found(request, id)
    page = pages.page(found, person)
    if page["seen"]:
        cases.look(person, found.request, "claim")
    if "day" in page["forms"]:
        page["forms"]["day"] = pages.with_day(page["forms"]["day"], found, viewer_zone(request))
    return render(request, "claims/claim.html", {"frame": frame(request, found.realm, "claims"), "page": page})


@_page("POST")
def open_by_hand(request: HttpRequest, id: str) -> HttpResponse:
    """Say of a request that it may be about one of our people."""
    person = person_of(request)
    found = Request.objects.get(id=id)
    allow(person, "claim.open", found)
    return HttpResponseRedirect(f"{HERE}{commands.open_by_hand(person, found.id).id}")


@_page("GET", "POST")
def enter(request: HttpRequest) -> HttpResponse:
    """Type in what came by fax, by post, by telephone or by hand; shown again beside what is wrong."""
    person, realm = _where(request, "claim.open")
    said = {name: request.POST.get(name, "") for name in typed.NAMES}
    page = typed.page(f"{request.path}?realm={realm}", said, viewer_zone(request))
    if request.method == "POST":
        try:
            scan = request.FILES.get("scan")
            made = entering.enter(person, realm, typed.typed(said, scan, viewer_zone(request)))
        except BadInput as wrong:
            page = typed.with_error(page, wrong)
        else:
            return HttpResponseRedirect(f"{HERE}{made.id}")
    return form_page(request, realm, "claims", page)


@_page("GET", "POST")
def held(request: HttpRequest) -> HttpResponse:
    """The posts of ours: who holds each, who their own counsel is, how they are told."""
    person, realm = _where(request, "post.view")
    said = {name: request.POST.get(name, "") for name in ("title", *posts.FIELDS)}
    error = ""
    if request.method == "POST":
        try:
            posts.set_post(person, realm, said["title"], said)
        except BadInput as wrong:
            error = str(wrong)
        else:
            return HttpResponseRedirect(f"{HERE}posts?realm={realm}")
    asked = Post.objects.filter(realm=realm, title=request.GET.get("title", "")).first()
    shown = typed.posts_page(posts.of_realm(realm), said, asked, f"{HERE}posts?realm={realm}", error)
    return render(request, "claims/posts.html", {"frame": frame(request, realm, "claims"), **shown})


@_acting
def sort(request: HttpRequest, person: Person, id: str) -> str:
    """Answer the two questions."""
    said = {name: request.POST.get(name, "") for name in ("court", "pressure", "reason", "country", "against")}
    said["country"] = said["country"].strip().upper()
    rests_on = [int(one) for one in request.POST.getlist("rests_on") if one.isascii() and one.isdigit()][:100]
    commands.sort(person, id, **said, rests_on=rests_on)
    return ""


@_acting
def day(request: HttpRequest, person: Person, id: str) -> str:
    """Set the day that it names."""
    text = request.POST.get("day", "")
    commands.set_day(person, id, typed.instant("day", text, viewer_zone(request)) if text.strip() else None)
    return ""


@_acting
def post(request: HttpRequest, person: Person, id: str) -> str:
    """Say whom of ours it concerns."""
    commands.of_post(person, id, _number(request, "post"))
    return "#papers"


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@_acting
def instruct(request: HttpRequest, person: Person, id: str) -> str:
    """Send the papers to that person's own counsel."""
    passing.instruct(person, id, after=_number(request, "after"))
    return "#papers"


@_acting
def tell(request: HttpRequest, person: Person, id: str) -> str:
    """Tell the person by a channel of their own."""
    how, note = request.POST.get("how", ""), request.POST.get("note", "")
    passing.tell_person(person, id, how, note, after=_number(request, "after"))
    return "#papers"


@_acting
def answer(request: HttpRequest, person: Person, id: str) -> str:
    """Send the letter that turns to the lawful door."""
    how, after = request.POST.get("how", ""), _number(request, "after")
    passing.answer(person, id, request.POST.get("text", ""), how=how, after=after)
    return "#door"


@_acting
def join(request: HttpRequest, person: Person, id: str) -> str:
    """Join the same claim, come by another way."""
    commands.join(person, id, request.POST.get("other", "").strip().upper())
    return "#same"


@_acting
def link(request: HttpRequest, person: Person, id: str) -> str:
    """Name the case in which the demand inside is judged."""
    commands.link(person, id, request.POST.get("case", ""))
    return "#inside"


@_acting
def end(request: HttpRequest, person: Person, id: str) -> str:
    """End one of its lives."""
    commands.end(person, id, request.POST.get("track", ""), request.POST.get("reason", ""))
    return ""


@_acting
def note(request: HttpRequest, person: Person, id: str) -> str:
    """Keep a privileged note."""
    said = {name: request.POST.get(name, "") for name in ("to", "kind", "basis")}
    privilege.note(person, id, request.POST.get("text", ""), **said)
    return "#lane"
