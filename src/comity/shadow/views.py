"""HTTP to commands and back: which platform, who may, what was typed. Nothing is decided here."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity import clock
from comity.cases.pages import case_seen
from comity.console import signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import demand, person_of
from comity.people.refusals import allow
from comity.people.rules import Realm
from comity.platforms import reached, shadow

from . import commands, pages, read

MOST = 60
_page = console("GET", most=MOST)
_act = console("POST", most=MOST)


@_page
def index(request: HttpRequest) -> HttpResponseBase:
    """All platforms."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "platform.view", Realm(realm))
    shown = {"frame": frame(request, realm, "platforms"), "page": pages.index(realm, person)}
    return render(request, "shadow/index.html", shown)


@_page
def one(request: HttpRequest, name: str) -> HttpResponseBase:
    """One platform, or the gateway as a whole."""
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "platform.view", Realm(realm))
    page = pages.one(name, realm, person)
    if page is None:
        raise Http404
    return render(request, "shadow/one.html", {"frame": frame(request, realm, "platforms"), "page": page})


@_act
def do(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """One act on a platform's shadow, or a look at what stands there."""
    person, reason = person_of(request), request.POST.get("reason", "")
    if what == "look":
        return _look(request, name)
    if what == "leave":
        commands.leave(person, name, reason)
    elif what == "begin":
        shadow.begin(person, name, reason)
    elif what == "return":
        _known(name)
        shadow.send_back(person, name, reason)
    elif what == "sign":
        _known(name)
        shadow.sign(person, name, request.POST.get("act", ""), signing.answer_of(request, person))
    else:
        raise Http404
    return HttpResponseRedirect(pages.link(name, person.realm) + "#shadow")


def _known(name: str) -> None:
    if shadow.row(name) is None:
        raise Http404


def _look(request: HttpRequest, name: str) -> HttpResponse:
    person = person_of(request)
    asked = request.POST.get("realm", "")
    realm = "demo" if person.realm == "demo" else asked if asked in ("real", "drill", "demo") else "real"
    allow(person, "shadow.say", Realm(realm))
    platform = next((one for one in reached(realm) if one.called == name), None)
    if platform is None:
        raise Http404
    for done in read.done_on(platform, realm):
        if done.measure.acted_at and not done.measure.lifted_at and done.measure.kind != "preserve":
            commands.look_at(done.measure, clock.now())
    return HttpResponseRedirect(pages.link(name, realm) + "#stands")


@_act
def of_case(request: HttpRequest, id: str, what: str) -> HttpResponse:
    """What people did on a case, a look at it, or to do it for real."""
    case, person, said = case_seen(request, id), person_of(request), request.POST
    if what == "say":
        commands.say(person, case.id, said.get("said", ""), said.get("words", ""))
    elif what == "look":
        commands.look_now(person, case.id)
    elif what == "real":
        commands.for_real(person, case.id, said.get("reason", ""))
    else:
        raise Http404
    return HttpResponseRedirect(f"/console/cases/{case.id}#shadow")
