"""The page on which paper is taken in."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from comity import clock
from comity.cases.filed import FILES_AT_MOST, File
from comity.console.forms import FormPage, form_page
from comity.console.frame import realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.refusals import BadInput
from comity.people.rules import Realm
from comity.web.parts import Choice, Field, Form, Link

from . import commands
from .commands import Paper

WAYS = {"fax": "Fax", "post": "Post", "phone": "Telephone", "hand": "By hand"}
MOST = FILES_AT_MOST // 1024 // 1024


@console("GET", "POST", most=60)
def take(request: HttpRequest) -> HttpResponse:
    """What came, by what, when, who took it, and how it was checked."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "paper.take", Realm(realm))
    if request.method == "POST":
        return HttpResponseRedirect(f"/console/requests/{commands.take(person, realm, _typed(request)).id}")
    crumbs = (Link("Requests", f"/console/requests/?realm={realm}"),)
    page = FormPage("Take in what came on paper or by telephone", crumbs, SAYS, _form(request, realm))
    return form_page(request, realm, "requests", page)


SAYS = (
    "It is kept as it came, read, and judged like any demand; the clock runs from when it came.",
    "That you took it in stands on it. Paper proves nothing of its sender: call the authority at its number on our "
    "register, and record that on the request.",
)


def _form(request: HttpRequest, realm: str) -> Form:
    now = clock.now().astimezone(vars(request)["zone"]).strftime("%Y-%m-%dT%H:%M:%S")
    ways = tuple(Choice(way, said) for way, said in WAYS.items())
    fields = (
        Field("way", "How it came", kind="select", choices=ways),
        Field("at", "When it came", now, kind="instant", hint="In your zone; for post, when it was opened here"),
        Field("name", "From whom, as it says"),
        Field("subject", "Its subject, with its reference", required=False),
        Field("text", "What it says", kind="long", rows=10, required=False, hint=HINT),
        Field("files", "Its scan", kind="file", required=False, hint=f"PDF, pictures; at most {MOST} MB"),
        Field("checked", "How it was checked so far", kind="long", rows=2, hint="Called back? At which number, whose?"),
    )
    return Form(f"/console/paper/?realm={realm}", "Take it in", fields, id="paper")


HINT = "Type it as it stands, each line with its label, as “Reference: 12 Js 7/26”; so it is read like a mail"


def _typed(request: HttpRequest) -> Paper:
    given = request.POST
    files = [File(one.read(), one.name or "", one.content_type or "") for one in request.FILES.getlist("files")]
    said = {name: given.get(name, "") for name in ("way", "name", "subject", "text", "checked")}
    return Paper(at=_at(request), files=files, **said)


def _at(request: HttpRequest) -> datetime:
    try:
        at = datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        raise BadInput("at", "a date and a time, as 2026-03-02T22:15:30") from None
    return at if at.tzinfo else at.replace(tzinfo=vars(request)["zone"])
