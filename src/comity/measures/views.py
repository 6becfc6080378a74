"""The brake's page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.rules import Realm

from . import brakes, pages


@console("GET", "POST")
def brake(request: HttpRequest) -> HttpResponse:
    """The brake of a realm: set it, or release it."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    if request.method == "POST":
        act = brakes.release_brake if brakes.braked(realm) else brakes.set_brake
        act(person, realm, request.POST.get("reason", ""))
        return HttpResponseRedirect(request.get_full_path())
    page = pages.brake_page(realm, person, request.get_full_path())
    return render(request, "measures/brake.html", {"frame": frame(request, realm, ""), "page": page})
