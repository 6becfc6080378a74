"""The council's own pages: people who are not of the desk, who vote on its rules and set its bounds."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from comity.console import signing
from comity.console.frame import frame
from comity.ledger.life import NotNow
from comity.people.access import View, at_most, demand, person_of, signed_in
from comity.people.approvals import ApprovalRefused
from comity.people.models import Person
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.people.rules import Realm

from . import bounds, council, council_forms, voting
from .models import Bound, Proposal
from .views import number as number_of

MINUTE = 60


def _council(*methods: str) -> Callable[[View], View]:
    """Open a view to the council; what can't be is answered on a page of its own."""

    def wrap(view: View) -> View:
        @require_http_methods(list(methods))
        @signed_in
        @at_most(120, MINUTE)
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            demand(request, "council.view", Realm(realm(person_of(request))))
            try:
                return view(request, *args, **kwargs)
            except NotAllowed as refused:
                raise PermissionDenied(str(refused)) from None
            except (NotNow, ApprovalRefused) as refused:
                return _told(request, council_forms.NOT_NOW, str(refused), 409)
            except (BadInput, PasskeyRefused) as bad:
                return _told(request, council_forms.NOT_ACCEPTED, str(bad), 400)

        return inner

    return wrap


def _told(request: HttpRequest, title: str | Promise, says: str, status: int) -> HttpResponse:
    back = request.path.rpartition("/")[0] if request.method == "POST" else "/council/"
    shown = {"title": title, "says": says, "back": back if back != "/council" else "/council/"}
    return render(request, "web/error.html", shown, status=status)


def realm(person: Person) -> str:
    """The realm whose council somebody is in."""
    return "demo" if person.realm == "demo" else "real"


def _proposal(request: HttpRequest, id: str) -> Proposal | None:
    return Proposal.objects.filter(id=id, realm=realm(person_of(request))).first()


def _bound(request: HttpRequest, id: str) -> Bound | None:
    return Bound.objects.filter(id=id, realm=realm(person_of(request))).first()


@_council("GET")
def index(request: HttpRequest) -> HttpResponse:
    """What waits for the council."""
    person = person_of(request)
    own = realm(person)
    shown = {"frame": frame(request, own, "council"), "page": council.index(own, person), "realm": own}
    return render(request, "balance/council.html", shown)


@_council("POST")
def propose_bound(request: HttpRequest) -> HttpResponse:
    """Put a bound to the council."""
    person, typed = person_of(request), request.POST.get
    made = bounds.draft(
        person, realm(person), typed("indicator", ""), typed("country", "").strip().upper(), typed("budget", ""),
        typed("reason", ""),
    )  # fmt: skip
    return HttpResponseRedirect(f"/council/{made.id}")


@_council("GET")
def one(request: HttpRequest, id: str) -> HttpResponse:
    """A proposal to vote on, or a bound to sign."""
    person = person_of(request)
    shown: dict[str, Any] = {"frame": frame(request, realm(person), "council"), "realm": realm(person)}
    if found := _proposal(request, id):
        if found.round == 0:
            raise Http404
        return render(
            request,
            "balance/vote.html",
            shown | {"page": council.vote(found, person, number_of(request, "after"), number_of(request, "alike"))},
        )
    if bound := _bound(request, id):
        return render(request, "balance/council_bound.html", shown | {"page": council.bound(bound, person)})
    raise Http404


@_council("POST")
def act(request: HttpRequest, id: str, what: str) -> HttpResponse:
    """Vote, sign, answer or freeze."""
    person, typed = person_of(request), request.POST.get
    if found := _proposal(request, id):
        if what == "vote":
            voting.propose(person, found.id, typed("choice", ""), typed("reason", ""))
        elif what == "sign":
            voting.sign(person, found.id, typed("act", ""), signing.answer_of(request, person))
        elif what == "threat":
            voting.mark(person, found.id, typed("reason", ""))
        else:
            raise Http404
    elif bound := _bound(request, id):
        if what == "sign":
            bounds.sign(person, bound.id, typed("act", ""), signing.answer_of(request, person))
        elif what == "answer":
            bounds.propose_answer(person, bound.id, typed("reason", ""))
        elif what == "return":
            bounds.send_back(person, bound.id, typed("reason", ""))
        else:
            raise Http404
    else:
        raise Http404
    return HttpResponseRedirect(f"/council/{id}#do")
