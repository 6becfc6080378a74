"""The pages of custody at the console: HTTP to commands and back. Nothing is decided here."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.console import signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm

from . import commands, pages, recipients, telling
from .models import Opening, Recipient

HERE = "/console/custody/"


def _found(request: HttpRequest, id: str) -> tuple[Person, Opening]:
    person = person_of(request)
    row = Opening.objects.select_related("case", "item__roster", "recipient").get(id=id)
    if person.realm == "demo" != row.realm:
        raise Http404
    demand(request, "opening.view", row)
    return person, row


def _to(id: str) -> HttpResponse:
    return HttpResponseRedirect(f"{HERE}{id}")


@console("GET", most=60)
def index(request: HttpRequest) -> HttpResponse:
    """The openings of a realm, the latest first."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "opening.view", Realm(realm))
    shown = {"frame": frame(request, realm, "custody"), "openings": pages.openings(realm)}
    return render(request, "custody/index.html", shown)


@console("GET", most=60, missing=(Opening.DoesNotExist,))
def opening(request: HttpRequest, id: str) -> HttpResponse:
    """One opening: what, to whom, on which order, who gave."""
    person, row = _found(request, id)
    shown = {"frame": frame(request, row.realm, "custody"), "page": pages.opening(row, person)}
    return render(request, "custody/opening.html", shown)


@console("POST", most=60, missing=(Opening.DoesNotExist,))
def sign(request: HttpRequest, id: str) -> HttpResponseBase:
    """Sign an opening."""
    person, row = _found(request, id)
    commands.sign(person, row.id, request.POST.get("act", "") or row.act, signing.answer_of(request, person))
    return _to(row.id)


@console("POST", most=60, missing=(Opening.DoesNotExist,))
def send_back(request: HttpRequest, id: str) -> HttpResponseBase:
    """Send an opening back, with a reason."""
    person, row = _found(request, id)
    commands.send_back(person, row.id, request.POST.get("reason", ""))
    return _to(row.id)


@console("POST", most=60, missing=(Opening.DoesNotExist,))
def put(request: HttpRequest, id: str) -> HttpResponseBase:
    """Put an opening to the deciders."""
    person, row = _found(request, id)
    commands.put(person, row.id)
    return _to(row.id)


@console("POST", most=60, missing=(Opening.DoesNotExist,))
def tell(request: HttpRequest, id: str) -> HttpResponseBase:
    """Say that the persons may be told."""
    person, row = _found(request, id)
    telling.release(person, row.id)
    return _to(row.id)


@console("POST", most=60, missing=(Opening.DoesNotExist, Recipient.DoesNotExist))
def call(request: HttpRequest, id: str) -> HttpResponseBase:
    """Note a call to the authority about its key."""
    person, row = _found(request, id)
    key = recipients.of(row.realm, row.case.authority)
    if key is None or request.POST.get("theirs") not in ("yes", "no"):
        raise BadInput("theirs", "say whether the key is theirs")
    recipients.called_back(person, key.id, theirs=request.POST["theirs"] == "yes")
    return _to(row.id)
