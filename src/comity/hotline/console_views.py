"""HTTP to commands and back for the desk: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from comity.cases import asking, deciding
from comity.cases import commands as cases
from comity.cases.models import Request
from comity.console import signing
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.officers import commands as enrolled
from comity.people.access import demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may

from . import acting, after, commands, officers, pages
from .models import Call, Service

HERE = "/console/hotline/"


def _page(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    return console(*methods, most=240, missing=(Call.DoesNotExist, Service.DoesNotExist))


def _where(request: HttpRequest) -> tuple[Person, str]:
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "hotline.view", Realm(realm))
    return person, realm


def _found(request: HttpRequest, id: str) -> tuple[Person, Call]:
    person = person_of(request)
    found = Call.objects.select_related("service", "officer", "joined_to").get(id=id)
    if not may(person, "hotline.view", found):
        raise Call.DoesNotExist
    return person, found


@_page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """The calls of a realm: those that are open first."""
    person, realm = _where(request)
    shown = {"frame": frame(request, realm, "hotline"), **pages.index(realm, person)}
    return render(request, "hotline/index.html", shown)


@_page("GET")
def call(request: HttpRequest, id: str) -> HttpResponse:
    """One call on one screen. That its words were looked at is recorded."""
    person, found = _found(request, id)
    if found.joined_to_id:
        return HttpResponseRedirect(f"{HERE}{found.joined_to_id}")
    _look(person, found)
    shown = {"frame": frame(request, found.realm, "hotline"), "page": pages.page(found, person)}
    return render(request, "hotline/console_call.html", shown | {"answers": ANSWERS})


ANSWERS = (("yes", "Yes"), ("no", "No"), ("unsure", "It can’t be told"))


def _look(person: Person, found: Call) -> None:
    request = Request.objects.filter(id=found.request).first()
    if request is not None and may(person, "content.view", found):
        cases.look(person, request, "call")
        commands.seen(found, commands.DESK)


@_page("GET")
def thread(request: HttpRequest, id: str) -> HttpResponse:
    """What changes of a call, for its page that asks every two seconds; nothing where nothing did."""
    person, found = _found(request, id)
    if request.GET.get("seen") == pages.stands(found):
        return HttpResponse(status=204)
    if may(person, "content.view", found):
        commands.seen(found, commands.DESK)
    return render(request, "hotline/console_now.html", {"page": pages.page(found, person)})


# -- acts -------------------------------------------------------------------------------------------------------------

Act = Callable[[HttpRequest, Person, Call], object]


def _acknowledge(request: HttpRequest, person: Person, found: Call) -> None:
    commands.acknowledge(person, found.id)


def _danger(request: HttpRequest, person: Person, found: Call) -> None:
    if not found.request:
        raise BadInput("call", "it has no request")
    asking.answer(person, found.request, "danger", request.POST.get("answer", ""))


def _places(request: HttpRequest, person: Person, found: Call) -> None:
    links = request.POST.get("links", "").split("\n")
    acting.name_places(person, found.id, links, request.POST.get("authority", ""))


def _preserve(request: HttpRequest, person: Person, found: Call) -> None:
    acting.preserve(person, found.id, sure=bool(request.POST.get("sure")))


def _let_go(request: HttpRequest, person: Person, found: Call) -> None:
    acting.let_go(person, found.id)


def _call_back(request: HttpRequest, person: Person, found: Call) -> None:
    said = request.POST.get("answer", "")
    if said not in ("confirmed", "denied"):
        raise BadInput("answer", "confirmed or denied")
    acting.call_back(person, found.id, confirmed=said == "confirmed", authority=request.POST.get("authority", ""))


def _sign(request: HttpRequest, person: Person, found: Call) -> None:
    case = acting.case_of(found)
    if case is None:
        raise BadInput("call", "it has no case to decide")
    deciding.sign(person, case.id, request.POST.get("act", ""), signing.answer_of(request, person))


def _write(request: HttpRequest, person: Person, found: Call) -> None:
    commands.write(person, found.id, request.POST.get("text", ""), request.POST.get("key", ""))


def _acted(request: HttpRequest, person: Person, found: Call) -> None:
    commands.say_acted(person, found.id, request.POST.get("note", ""))


def _hand_over(request: HttpRequest, person: Person, found: Call) -> None:
    commands.hand_over(person, found.id, request.POST.get("note", ""))


def _close(request: HttpRequest, person: Person, found: Call) -> None:
    commands.close(person, found.id, request.POST.get("reason", ""))


def _ordinary(request: HttpRequest, person: Person, found: Call) -> None:
    commands.ordinary(person, found.id, request.POST.get("note", ""))


def _apart(request: HttpRequest, person: Person, found: Call) -> None:
    commands.apart(person, found.id)


def _ordered(request: HttpRequest, person: Person, found: Call) -> None:
    after.ordered(person, found.id)


def _review(request: HttpRequest, person: Person, found: Call) -> None:
    after.propose(person, found.id, request.POST.get("reason", ""))


def _sign_review(request: HttpRequest, person: Person, found: Call) -> None:
    after.sign(person, found.id, request.POST.get("act", ""), signing.answer_of(request, person))


def _send_back(request: HttpRequest, person: Person, found: Call) -> None:
    after.send_back(person, found.id, request.POST.get("reason", ""))


ACTS: Mapping[str, tuple[Act, str]] = {
    "acknowledge": (_acknowledge, ""),
    "danger": (_danger, "#danger"),
    "places": (_places, "#act"),
    "preserve": (_preserve, "#act"),
    "let-go": (_let_go, "#act"),
    "call-back": (_call_back, "#act"),
    "sign": (_sign, "#restrict"),
    "write": (_write, "#thread"),
    "acted": (_acted, "#thread"),
    "hand-over": (_hand_over, ""),
    "close": (_close, ""),
    "ordinary": (_ordinary, ""),
    "apart": (_apart, ""),
    "ordered": (_ordered, "#after"),
    "review": (_review, "#after"),
    "sign-review": (_sign_review, "#after"),
    "send-back": (_send_back, "#after"),
}


@_page("POST")
def act(request: HttpRequest, id: str, what: str) -> HttpResponse:
    """One act on one call, and back to its page."""
    person, found = _found(request, id)
    if what not in ACTS:
        raise Http404
    do, place = ACTS[what]
    do(request, person, found)
    return HttpResponseRedirect(f"{HERE}{found.id}{place}")


# -- services ---------------------------------------------------------------------------------------------------------


@_page("GET")
def services(request: HttpRequest) -> HttpResponse:
    """The services that may call, their officers, and how often what they called was false."""
    person, realm = _where(request)
    shown = {"frame": frame(request, realm, "hotline"), **pages.services(realm, person)}
    return render(request, "hotline/services.html", shown)


@_page("POST")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite an officer; the one-time link is shown once, here."""
    person, realm = _where(request)
    confirmed = bool(request.POST.get("confirmed"))
    made, token = officers.invite(person, request.POST.get("service", ""), confirmed=confirmed)
    shown = {"frame": frame(request, realm, "hotline"), "officer": made, "link": pages.link(token)}
    return render(request, "hotline/invited.html", shown)


def _service_act(view: Callable[[HttpRequest, Person, str], object]) -> Callable[..., HttpResponseBase]:
    @_page("POST")
    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponseBase:
        person = person_of(request)
        view(request, person, request.POST.get("service", ""))
        return HttpResponseRedirect(f"{HERE}services")

    return inner


@_service_act
def end(request: HttpRequest, person: Person, service: str) -> None:
    """End an officer's access."""
    enrolled.end(person, request.POST.get("officer", ""))


@_service_act
def suspend(request: HttpRequest, person: Person, service: str) -> None:
    """Suspend a service."""
    officers.suspend(person, service)


@_service_act
def put_review(request: HttpRequest, person: Person, service: str) -> None:
    """Put the reinstatement of a service to people."""
    officers.propose(person, service, request.POST.get("reason", ""))


@_service_act
def sign_review(request: HttpRequest, person: Person, service: str) -> None:
    """Sign it."""
    officers.sign_review(person, service, request.POST.get("act", ""), signing.answer_of(request, person))
