"""`/console/`: the head's home for who has that role, the queue for all others and for whatever is asked of it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.desk import views as desk
from comity.people.access import demand, person_of
from comity.people.rules import HEAD, Realm, holds

from . import home_pages

OF_THE_QUEUE = {"q", "show", "after", "format"}


@console("GET")
def show(request: HttpRequest) -> HttpResponseBase:
    """What this person sees first."""
    person = person_of(request)
    asks = request.headers.get("HX-Request") or OF_THE_QUEUE & {*request.GET}
    if asks or not holds(person, HEAD):
        return desk.show_queue(request)
    realm = realm_of(request, person)
    demand(request, "events.view", Realm(realm))
    shown = {"frame": frame(request, realm, "home"), "page": home_pages.home(realm)}
    return render(request, "risk/home.html", shown)


def queue(request: HttpRequest) -> HttpResponseBase:
    """The queue, for everyone."""
    return desk.show_queue(request)
