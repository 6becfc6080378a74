"""One alert as a page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from comity.console.forms import form_page
from comity.console.views import console
from comity.people.access import person_of
from comity.people.rules import may

from . import commands, pages
from .models import Alert


@console("GET", "POST")
def alert(request: HttpRequest, id: int) -> HttpResponse:
    """What an alert says and where it leads; marking it as dealt with takes it off the pages."""
    found = get_object_or_404(Alert, id=id)
    if not may(request.user, "events.view", found):
        raise Http404
    leads = pages.where(found)
    if request.method == "POST":
        commands.dismiss(person_of(request), found.id)
        return HttpResponseRedirect(leads)
    page = pages.alert_page(found, request.path, leads)
    return form_page(request, found.realm, "", page)
