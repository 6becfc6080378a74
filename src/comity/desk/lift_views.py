"""A lift: put with what it rests on, its document handed to who signs, and the review of what one person lifted."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.answers import lifting as lifts_told
from comity.cases import commands as cases
from comity.cases import deciding, lifts
from comity.cases.models import Case
from comity.cases.pages import case_form, case_seen, looked_into
from comity.console.forms import REASON
from comity.console.frame import frame
from comity.console.views import console
from comity.people.access import person_of
from comity.people.models import Person
from comity.people.refusals import allow
from comity.vault import commands as vault
from comity.web.files import download, named
from comity.web.middleware import viewer_zone
from comity.web.parts import Form

from . import lifting
from .case import View


def propose(request: HttpRequest, person: Person, case: Case) -> None:
    """Put a lift to the deciders, with the document that was handed in or named. Raises NotAllowed, BadInput."""
    allow(person, "measure.lift", case)
    file = request.FILES.get("document")
    handed = lifts.handed_in(named(file.name or "", 1), file.read()) if file else None
    said = {name: request.POST.get(name, "") for name in ("reason", "ground", "number")}
    lifts_told.propose(person, case.id, said["reason"], said["ground"], handed, number=said["number"])


@console("GET")
def document(request: HttpRequest, id: str) -> HttpResponse:
    """What a lift rests on, to keep; that it was taken is recorded first."""
    case = case_seen(request, id)
    found = lifting.document(case)
    if found is None:
        raise Http404
    cases.look(person_of(request), case.request, "document of the lift")
    return download(vault.get(found["ref"]), found["name"])


@console("GET", "POST")
def review(request: HttpRequest, id: str) -> HttpResponse:
    """Review a lift that rested on a mistake of ours: read it again, say whether it was right, and sign that."""
    case = case_seen(request, id)
    person = looked_into(request, case)
    if request.method == "POST":
        right = {"yes": True, "no": False}.get(request.POST.get("right", ""))
        deciding.review_lift(person, case.id, request.POST.get("reason", ""), right=right)
        return HttpResponseRedirect(request.path)
    allow(person, "lift.review", case)
    if lifts.waiting(case) is None:
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    view, put = View(case, person, viewer_zone(request)), lifts.put(case)
    if put and lifts.may_review(case, person) and not request.GET.get("again"):
        around = {"frame": frame(request, case.realm, "cases"), "page": lifting.to_sign(view, put)}
        return render(request, "desk/decide.html", around)
    says, form = lifting.review_form(case, person, request.path)
    return case_form(request, case, "Review the lift", says, form, pairs=lifting.lifted(view))


@console("GET", "POST")
def again(request: HttpRequest, id: str) -> HttpResponse:
    """Put what was lifted to the deciders once more."""
    case = case_seen(request, id)
    person = looked_into(request, case)
    if request.method == "POST":
        deciding.again(person, case.id, request.POST.get("reason", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    allow(person, "measure.again", case)
    if not lifts.may_again(case):
        raise Http404
    form = Form(request.path, lifting.AGAIN, (REASON,))
    return case_form(request, case, lifting.AGAIN, (lifting.AGAIN_SAYS,), form, timed=False)
