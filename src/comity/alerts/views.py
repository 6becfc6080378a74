"""Alerts as pages: all of a realm, and one."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from comity.console.forms import form_page
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.rules import Realm, may

from . import commands, pages
from .models import Alert


@console("GET")
def index(request: HttpRequest) -> HttpResponse:
    """What waits in a realm, all of it, and what was dealt with last."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    waiting, over = pages.listed(realm)
    may_dismiss = may(person, "alert.dismiss", Realm(realm))
    shown = {"frame": frame(request, realm), "waiting": waiting, "over": over, "may": may_dismiss, "most": pages.MOST}
    return render(request, "alerts/index.html", shown)


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
