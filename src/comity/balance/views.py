"""HTTP to commands and back, for the console: who may, what was typed, which page. Nothing is decided here."""

from datetime import date
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.adoption.models import Draft
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.countries import rules as countries
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may
from comity.regulations.packs import NoPack

from . import bounds, consulting, council, pages, proposing, public, voting
from .models import Bound, Comment, Crossing, Proposal

_page = partial(console, most=120, missing=(Proposal.DoesNotExist, Bound.DoesNotExist, Comment.DoesNotExist, NoPack))


def _who(request: HttpRequest, act: str = "balance.view") -> tuple[Person, str]:
    """Who looks, and in which realm: the demo's people in the demo, others in the real one or, looking, in the demo."""
    person = person_of(request)
    realm = "demo" if realm_of(request, person) == "demo" else "real"
    demand(request, act, Realm(realm))
    return person, realm


def number(request: HttpRequest, name: str) -> int:
    """A whole number of a query or a form; 0 for anything else."""
    text = request.POST.get(name, request.GET.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def country_of(realm: str, code: str) -> str:
    """A country's code; unknown ones have no page."""
    if code and code not in countries.codes(realm):
        raise Http404
    return code


@_page("GET")
def balance(request: HttpRequest, country: str = "") -> HttpResponse:
    """Both families, and the curve of one indicator."""
    person, realm = _who(request)
    shown = pages.balance(realm, country_of(realm, country), request.GET.get("show", ""), person)
    return render(request, "balance/balance.html", {"frame": frame(request, realm, "balance"), "page": shown})


@_page("POST")
def propose_bound(request: HttpRequest) -> HttpResponse:
    """Put a bound to the council."""
    person = person_of(request)
    realm = "demo" if person.realm == "demo" else "real"
    typed = request.POST.get
    made = bounds.draft(
        person, realm, typed("indicator", ""), typed("country", "").strip().upper(), typed("budget", ""),
        typed("reason", ""),
    )  # fmt: skip
    return HttpResponseRedirect(f"/console/balance/bounds/{made.id}")


@_page("GET")
def bound(request: HttpRequest, number: str) -> HttpResponse:
    """One bound."""
    found = Bound.objects.filter(id=number).first()
    if found is None or not may(request.user, "balance.view", found):
        raise Http404
    page = council.bound(found, person_of(request), pages.CROSSING)
    return render(request, "balance/bound.html", {"frame": frame(request, found.realm, "balance"), "page": page})


@_page("GET")
def crossing(request: HttpRequest, pk: int) -> HttpResponse:
    """One crossing, with its likely causes."""
    found = Crossing.objects.select_related("bound").filter(pk=min(pk, 2**62)).first()
    if found is None or not may(request.user, "balance.view", found.bound):
        raise Http404
    page = pages.crossing(found, person_of(request))
    shown = {"frame": frame(request, found.bound.realm, "balance"), "page": page}
    return render(request, "balance/crossing.html", shown)


@_page("GET")
def what_if(request: HttpRequest, draft: int) -> HttpResponse:
    """The past year under a draft."""
    found = Draft.objects.filter(pk=min(draft, 2**62)).first()
    if found is None or not may(request.user, "balance.view", found):
        raise Http404
    told = proposing.what_if(found.realm, found).as_json()
    shown = {"draft": found, "title": public.titled(found.realm, found.regulation), **public.what_if_said(told)}
    return render(request, "balance/what_if.html", {"frame": frame(request, found.realm, "balance"), "page": shown})


# -- proposals --------------------------------------------------------------------------------------------------------


@_page("GET")
def proposals(request: HttpRequest) -> HttpResponse:
    """Every proposal, the latest first."""
    person, realm = _who(request, "proposal.view")
    state = request.GET.get("state", "")
    shown = {
        "frame": frame(request, realm, "proposals"),
        "rows": public.listed(realm, state),
        "refused": public.refused(realm),
        "form": public.new_form(realm, {}, action="/console/proposals/new")
        if may(person, "proposal.make", Realm(realm))
        else None,
        "public": public.proposals_path(realm),
    }
    return render(request, "balance/proposals.html", shown)


@_page("POST")
def make(request: HttpRequest) -> HttpResponse:
    """The desk proposes, by the same road."""
    person = person_of(request)
    realm = "demo" if person.realm == "demo" else "real"
    demand(request, "proposal.make", Realm(realm))
    typed = request.POST.get
    made, _token = proposing.receive(
        realm, "desk", typed("regulation", ""), typed("title", ""), typed("words", ""), by=person.by,
        counter_to=typed("counter_to", "").strip().upper(), crossing=number(request, "crossing") or None,
    )  # fmt: skip
    return _to(made.id)


def _to(id: str, where: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"/console/proposals/{id}{where}")


def _found(request: HttpRequest, id: str) -> Proposal:
    """A proposal that the viewer may see; any other looks like one that doesn't exist."""
    found = Proposal.objects.filter(id=id).first()
    if found is None or not may(request.user, "proposal.view", found):
        raise Http404
    return found


@_page("GET")
def proposal(request: HttpRequest, id: str) -> HttpResponse:
    """One proposal, with what can be done."""
    found = _found(request, id)
    page = pages.proposal(found, person_of(request), number(request, "after"), number(request, "alike"))
    return render(request, "balance/proposal.html", {"frame": frame(request, found.realm, "proposals"), "page": page})


@_page("POST")
def act(request: HttpRequest, id: str, what: str) -> HttpResponseBase:
    """Do one of the acts that its page offers."""
    person, found, typed = person_of(request), _found(request, id), request.POST.get
    if what == "admit":
        proposing.admit(person, found.id)
    elif what == "refuse":
        proposing.refuse(person, found.id, typed("ground", ""), typed("why", ""))
    elif what == "shape":
        proposing.shape(person, found.id, number(request, "draft"), _day(typed("ends_on", "")))
    elif what == "publish":
        proposing.publish(person, found.id)
    elif what == "ballot":
        voting.ballot(person, found.id)
    elif what == "edit":
        proposing.edit(person, found.id, typed("why", ""))
    elif what == "withdraw":
        proposing.withdraw_as(person, found.id)
    elif what == "answer":
        ticked = [
            int(one) for one in request.POST.getlist("comment") if one.isascii() and one.isdigit() and len(one) < 16
        ]
        consulting.answer(person, found.id, ticked, typed("text", ""), bool(typed("alike", "")))
    elif what == "hide":
        consulting.hide(person, found.id, number(request, "comment"), typed("ground", ""))
    else:
        raise Http404
    return _to(found.id, "#comments" if what in ("answer", "hide") else "#do")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("ends_on", "a day as 2027-11-30 is asked for") from None
