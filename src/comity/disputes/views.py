"""HTTP to commands and back, for the console: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console import lists, signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.countries import rules as relations
from comity.countries import speaking
from comity.countries.models import Said
from comity.people.access import View, demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.files import download

from . import bundles, by_link, commands, pages, papers, words
from .models import Dispute, Due, Interim

COLUMNS = ("number", "country", "title", "state", "outcome", "forum", "opened_at", "our_next_deadline")
MISSING = (Dispute.DoesNotExist, Due.DoesNotExist, Interim.DoesNotExist, Said.DoesNotExist)
TABLES = ("submissions", "exhibits", "offers")


def _page(*methods: str) -> Callable[[View], View]:
    """A page of the console; a code that is no country says why."""

    def wrap(view: View) -> View:
        @console(*methods, most=60, missing=MISSING)
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except relations.UnknownCountry as unknown:
                raise BadInput("country", str(unknown)) from None

        return inner

    return wrap


def _found(request: HttpRequest, id: str) -> tuple[Person, Dispute]:
    """Who looks, and at which dispute: of the demo by its people or, looking, by others."""
    person, dispute = person_of(request), Dispute.objects.select_related("relation").get(id=id)
    if person.realm == "demo" != dispute.realm:
        raise Http404
    demand(request, "dispute.view", dispute)
    return person, dispute


def _to(id: str, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"/console/disputes/{id}{where}")


def _file(request: HttpRequest) -> papers.File | None:
    """What was handed in, if anything."""
    found = request.FILES.get("file")
    return papers.File(found.read(), found.name or "", found.content_type or "") if found and found.size else None


def _typed(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in names}


@_page("GET")
def index(request: HttpRequest) -> HttpResponseBase:
    """Every dispute, filtered by the address, and the same as CSV."""
    person = person_of(request)
    realm = "demo" if realm_of(request, person) == "demo" else "real"
    demand(request, "dispute.view", Realm(realm))
    asked = lists.asked(request, "state", "country", "due", "before")
    if request.GET.get("format") == "csv":
        return lists.as_csv("disputes.csv", COLUMNS, map(_line, pages.every(realm, asked)))
    rows, more = pages.listed(realm, asked)
    shown = {
        "frame": frame(request, realm, "countries"),
        "rows": rows,
        "more": more,
        "asked": asked,
        "states": [(slug, one.word) for slug, one in words.STATES.items()],
        "realm": realm,
        "draft": pages.draft_form(realm, asked["country"]) if may(person, "dispute.move", Realm(realm)) else None,
    }
    return render(request, "disputes/index.html", shown)


def _line(row: pages.Row) -> tuple[str, ...]:
    due = f"{row.due.due_target:%Y-%m-%dT%H:%M:%SZ}" if row.due else ""
    told = (row.slug, row.outcome, row.forum, f"{row.opened_at:%Y-%m-%dT%H:%M:%SZ}")
    return (row.id, row.country, row.title, *told, due)


@_page("POST")
def draft(request: HttpRequest) -> HttpResponse:
    """Draft a dispute."""
    person = person_of(request)
    said = _typed(request, "title", "claimant", "forum", "file_number", *commands.SAID)
    realm = "demo" if person.realm == "demo" else "real"
    return _to(commands.open_(person, realm, request.POST.get("country", ""), said).pk)


@_page("GET")
def dispute(request: HttpRequest, id: str) -> HttpResponse:
    """One dispute, and what can be done in it."""
    person, found = _found(request, id)
    shown = {"frame": frame(request, found.realm, "countries"), "page": pages.dispute_page(found, person)}
    return render(request, "disputes/dispute.html", shown)


@_page("POST")
def move(request: HttpRequest, id: str) -> HttpResponse:
    """Move it by one hand."""
    person, _ = _found(request, id)
    commands.move(person, id, **_typed(request, "step", "reason", "regulation"))
    return _to(id, "#moves")


@_page("POST")
def mediator(request: HttpRequest, id: str) -> HttpResponse:
    """Name a mediator."""
    person, _ = _found(request, id)
    commands.mediate(person, id, request.POST.get("mediator", ""))
    return _to(id)


@_page("POST")
def submit(request: HttpRequest, id: str) -> HttpResponse:
    """Enter a submission."""
    person, _ = _found(request, id)
    names = ("side", "title", "text", "how", "served_at", "reference", "due_side", "period", "due_on", "due_text")
    papers.submit(person, id, _typed(request, *names), _file(request))
    return _to(id, "#submissions")


@_page("POST")
def exhibit(request: HttpRequest, id: str) -> HttpResponse:
    """Put something in evidence."""
    person, _ = _found(request, id)
    said = _typed(request, "title", "side", "of", "submission")
    papers.exhibit(person, id, file=_file(request), **said)
    return _to(id, "#exhibits")


@_page("POST")
def settling(request: HttpRequest, id: str) -> HttpResponse:
    """Keep a paper of the settlement lane."""
    person, _ = _found(request, id)
    papers.offer(person, id, file=_file(request), **_typed(request, "title", "side", "text"))
    return _to(id, "#settling")


@_page("POST")
def interim(request: HttpRequest, id: str) -> HttpResponse:
    """Record an interim measure."""
    person, _ = _found(request, id)
    papers.interim(person, id, _typed(request, "side", "text", "scope", "until"))
    return _to(id, "#interim")


@_page("POST")
def lift(request: HttpRequest, id: str, n: int) -> HttpResponse:
    """End an interim measure before its day."""
    person, _ = _found(request, id)
    papers.lift(person, id, min(n, 2**62))
    return _to(id, "#interim")


@_page("POST")
def call_for(request: HttpRequest, id: str) -> HttpResponse:
    """Start the deadline of a submission that is here."""
    person, _ = _found(request, id)
    said = _typed(request, "due_side", "period", "due_on", "due_text")
    papers.call_for(person, id, request.POST.get("submission", ""), said)
    return _to(id, "#due")


@_page("POST")
def meet(request: HttpRequest, id: str, n: int) -> HttpResponse:
    """Say that what was due was done."""
    person, _ = _found(request, id)
    papers.meet(person, id, min(n, 2**62))
    return _to(id, "#due")


@_page("POST")
def propose(request: HttpRequest, id: str) -> HttpResponse:
    """Put terms, or a summary, to the quorum."""
    person, _ = _found(request, id)
    said = _typed(request, "title", "terms", "text", "starts", "until", "reason")
    commands.propose(person, id, request.POST.get("kind", "")[:40], said)
    return _to(id, "#put")


@_page("POST")
def sign(request: HttpRequest, id: str) -> HttpResponse:
    """Give one signature."""
    person, _ = _found(request, id)
    commands.sign(person, id, request.POST.get("act", ""), signing.answer_of(request, person))
    return _to(id, "#put")


@_page("POST")
def send_back(request: HttpRequest, id: str) -> HttpResponse:
    """Send what was put to people back."""
    person, _ = _found(request, id)
    commands.send_back(person, id, request.POST.get("reason", ""))
    return _to(id, "#settling")


@_page("POST")
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """Take signed terms back."""
    person, _ = _found(request, id)
    commands.withdraw(person, id, request.POST.get("reason", ""))
    return _to(id, "#settling")


@_page("POST")
def again(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the State once more to confirm."""
    person, _ = _found(request, id)
    commands.ask_again(person, id)
    return _to(id, "#settling")


@_page("POST")
def link(request: HttpRequest, id: str) -> HttpResponse:
    """Send the State a link."""
    person, _ = _found(request, id)
    by_link.invite(person, id, request.POST.get("purpose", ""))
    return _to(id, "#submissions" if request.POST.get("purpose") == relations.SUBMISSION else "#summary")


@_page("POST")
def note(request: HttpRequest, id: str) -> HttpResponse:
    """Publish our note on the summary."""
    person, _ = _found(request, id)
    commands.annotate(person, id, request.POST.get("text", ""))
    return _to(id, "#summary")


@_page("POST")
def show(request: HttpRequest, id: str, said: int) -> HttpResponse:
    """Show a State's note to everyone, or keep it back with a reason."""
    person, found = _found(request, id)
    shown = request.POST.get("show") == "yes"
    speaking.show(person, found.relation_id, min(said, 2**62), shown, request.POST.get("reason", ""))
    return _to(id, "#summary")


@_page("POST")
def bundle(request: HttpRequest, id: str) -> HttpResponse:
    """Make the bundle."""
    person, _ = _found(request, id)
    bundles.make(person, id, request.POST.get("language", ""))
    return _to(id, "#bundle")


@_page("GET")
def bundle_pdf(request: HttpRequest, id: str) -> HttpResponse:
    """The bundle that was made last, or the one asked for by `n`, as a file."""
    _, found = _found(request, id)
    demand(request, "dispute.read", found)
    n = request.GET.get("n", "")
    made = found.bundles.filter(**({"n": int(n)} if n.isdecimal() and len(n) < 9 else {})).order_by("-n").first()
    if made is None:
        raise Http404
    return download(vault.get(made.doc), f"{found.pk}-bundle-{made.n}.pdf")


@_page("GET")
def paper(request: HttpRequest, id: str, table: str, n: int) -> HttpResponse:
    """One paper as it was handed in, as a file."""
    _, found = _found(request, id)
    demand(request, "dispute.agree" if table == "offers" else "dispute.read", found)
    one = getattr(found, table).filter(n=min(n, 2**31 - 1)).first() if table in TABLES else None
    if one is None:
        raise Http404
    return download(vault.get(one.doc), f"{found.pk}-{table[:-1]}-{n}.{bundles.ENDINGS.get(one.media, 'bin')}")
