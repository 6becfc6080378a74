"""What the desk does with the link to a demand's status page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from comity.cases.pages import request_seen
from comity.console.views import console
from comity.people.access import person_of
from comity.people.refusals import BadInput

from . import commands


@console("POST", most=60)
def link(request: HttpRequest, id: str) -> HttpResponse:
    """Revoke the link of a request, or send a fresh one to its registered address."""
    found, person = request_seen(request, id), person_of(request)
    if request.POST.get("what") == "renew":
        if not commands.renew(person, found.id):
            raise BadInput("link", "its sender is not proven, so there is no registered address; the old link is ended")
    else:
        commands.revoke(person, found.id)
    case = found.joined.order_by("id").values_list("case_id", flat=True).first()
    return HttpResponseRedirect(f"/console/cases/{case}#following" if case else f"/console/requests/{found.id}")
