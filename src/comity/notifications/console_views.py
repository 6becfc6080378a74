"""What the desk does for the person affected: release a held notification, answer a complaint."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from comity.cases.pages import case_form, case_seen
from comity.console.views import console
from comity.people.access import person_of
from comity.web.parts import Form

from . import commands


@console("GET", "POST")
def release(request: HttpRequest, id: str) -> HttpResponse:
    """Release a notification that a non-disclosure of unknown end holds back."""
    case = case_seen(request, id)
    if request.method == "POST":
        commands.release(person_of(request), case.id)
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    says = ("The author is told at once, and can't be untold. Make sure that no non-disclosure stands any more.",)
    return case_form(request, case, "Release the held notification", says, Form(request.path, "Tell the author now"))


@console("POST")
def answer_complaint(request: HttpRequest, id: str, complaint: int) -> HttpResponse:
    """Answer a complaint, on the person's statement page."""
    case = case_seen(request, id)
    text, copy = request.POST.get("text", ""), request.POST.get("copy") == "true"
    commands.answer_complaint(person_of(request), case.id, complaint, text, copy=copy)
    return HttpResponseRedirect(f"/console/cases/{case.id}#complaints")
