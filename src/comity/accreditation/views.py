"""HTTP to commands and back for the desk: who may, what was typed, which page. Nothing is decided here."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.authorities.dkim import Unreachable
from comity.authorities.models import Authority
from comity.console import signing
from comity.console.forms import FormPage, form_page
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.officers import commands as officers
from comity.people.access import View, demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm, may
from comity.web.files import download
from comity.web.parts import Link

from . import commands, pages, transfer
from .commands import Asked
from .models import Application
from .pages import HERE


def _page(*methods: str) -> Callable[[View], View]:
    return console(*methods, most=120, missing=(Application.DoesNotExist, Authority.DoesNotExist))


def _who(request: HttpRequest) -> tuple[Person, str]:
    person = person_of(request)
    realm = realm_of(request, person)
    demand(request, "register.view", Realm(realm))
    return person, realm


def _application(request: HttpRequest, id: str) -> tuple[Person, Application]:
    person, row = person_of(request), Application.objects.get(id=id)
    if not may(person, "register.view", row):
        raise Application.DoesNotExist
    return person, row


def _authority(request: HttpRequest, id: str) -> tuple[Person, Authority]:
    person, entry = person_of(request), Authority.objects.get(id=id)
    if not may(person, "register.view", Realm(entry.realm)):
        raise Authority.DoesNotExist
    return person, entry


@_page("GET")
def index(request: HttpRequest) -> HttpResponse:
    """The register of a realm, and what is applied for."""
    person, realm = _who(request)
    shown = {"frame": frame(request, realm, "register"), **pages.index(realm, person)}
    return render(request, "accreditation/index.html", shown)


@_page("GET")
def export(request: HttpRequest) -> HttpResponse:
    """The register as a file."""
    _, realm = _who(request)
    return download(transfer.exported(realm).encode(), f"register-{realm}.txt")


@_page("POST")
def put_in(request: HttpRequest) -> HttpResponse:
    """Put the entries of a file down to be accepted."""
    person, realm = _who(request)
    file = request.FILES.get("file")
    try:
        text = file.read().decode("utf-8") if file else ""
    except UnicodeDecodeError:
        raise BadInput("file", "it is not text in UTF-8") from None
    transfer.imported(person, text, realm)
    return HttpResponseRedirect(f"{HERE}?realm={realm}#open")


@_page("GET")
def application(request: HttpRequest, id: str) -> HttpResponse:
    """One application."""
    person, row = _application(request, id)
    shown = {"frame": frame(request, row.realm, "register"), **pages.application(row, person)}
    return render(request, "accreditation/application.html", shown)


Act = Callable[[HttpRequest, Person, str], object]


def _look(request: HttpRequest, person: Person, id: str) -> None:
    demand(request, "register.check", Application.objects.get(id=id))
    try:
        if not commands.look(id):
            raise BadInput("domain", "the record isn’t published, or says something else")
    except Unreachable:
        raise BadInput("domain", "no name server answers; look again in a minute") from None


def _mail(request: HttpRequest, person: Person, id: str) -> None:
    commands.send_mail(person, id, request.POST.get("address", ""), request.POST.get("where", ""))


def _call(request: HttpRequest, person: Person, id: str) -> None:
    said = request.POST.get("answer", "")
    if said not in ("confirmed", "denied"):
        raise BadInput("answer", "confirmed or denied")
    told = {"number": request.POST.get("number", ""), "source": request.POST.get("source", "")}
    commands.call_back(person, id, confirmed=said == "confirmed", **told)


def _weigh(request: HttpRequest, person: Person, id: str) -> None:
    commands.weigh(person, id, request.POST.get("reason", ""))


def _propose(request: HttpRequest, person: Person, id: str) -> None:
    commands.propose(person, id)


def _sign(request: HttpRequest, person: Person, id: str) -> None:
    commands.sign(person, id, request.POST.get("act", ""), signing.answer_of(request, person))


def _return(request: HttpRequest, person: Person, id: str) -> None:
    commands.send_back(person, id, request.POST.get("reason", ""))


def _refuse(request: HttpRequest, person: Person, id: str) -> None:
    commands.refuse(person, id, request.POST.get("reason", ""))


ACTS: Mapping[str, Act] = {
    "look": _look,
    "mail": _mail,
    "call": _call,
    "weigh": _weigh,
    "propose": _propose,
    "sign": _sign,
    "return": _return,
    "refuse": _refuse,
}


@_page("POST")
def act(request: HttpRequest, id: str, what: str) -> HttpResponse:
    """One act on one application, and back to its page."""
    person, _ = _application(request, id)
    if what not in ACTS:
        raise Http404
    ACTS[what](request, person, id)
    return HttpResponseRedirect(f"{HERE}{id}")


# -- one authority ----------------------------------------------------------------------------------------------------


@_page("GET")
def authority(request: HttpRequest, id: str) -> HttpResponse:
    """One entry of the register."""
    person, entry = _authority(request, id)
    shown = {"frame": frame(request, entry.realm, "register"), **pages.authority(entry, person)}
    return render(request, "accreditation/authority.html", shown)


@_page("GET", "POST")
def change(request: HttpRequest, id: str) -> HttpResponse:
    """Ask for a change of an entry: its form, and the asking."""
    person, entry = _authority(request, id)
    demand(request, "register.apply", Realm(entry.realm))
    if request.method == "POST":
        row = commands.change(person, id, asked(request.POST))
        return HttpResponseRedirect(f"{HERE}{row.id}")
    says = ("Another number, address or domain waits three days, while the address that stands here now is told.",)
    crumbs = (Link("Register", f"{HERE}?realm={entry.realm}"), Link(entry.name, f"{HERE}of/{id}"))
    return form_page(request, entry.realm, "register", FormPage("Change it", crumbs, says, pages.change_form(entry)))


def asked(given: Any) -> Asked:
    """What was typed of an entry."""

    def lines(name: str) -> tuple[str, ...]:
        several = [part for one in given.getlist(name) for part in one.replace(",", "\n").split("\n")]
        return tuple(part.strip() for part in several if part.strip())

    texts = {name: given.get(name, "") for name in ("name", "kind", "country", "address", "phone", "who")}
    several: dict[str, Any] = {name: lines(name) for name in ("domains", "competent_for", "languages")}
    return Asked(**texts, **several)


@_page("POST")
def act_on(request: HttpRequest, id: str, what: str) -> HttpResponse:
    """One act on one entry, and back to its page."""
    person, _ = _authority(request, id)
    if what not in ON:
        raise Http404
    ON[what](request, person, id)
    return HttpResponseRedirect(f"{HERE}of/{id}")


def _suspend(request: HttpRequest, person: Person, id: str) -> None:
    commands.suspend(person, id, request.POST.get("reason", ""))


def _reinstate(request: HttpRequest, person: Person, id: str) -> None:
    commands.propose_reinstatement(person, id, request.POST.get("reason", ""))


def _sign_reinstatement(request: HttpRequest, person: Person, id: str) -> None:
    commands.sign_reinstatement(person, id, request.POST.get("act", ""), signing.answer_of(request, person))


def _invite(request: HttpRequest, person: Person, id: str) -> None:
    confirmed = bool(request.POST.get("confirmed"))
    officers.invite_by_mail(person, id, request.POST.get("address", "").strip(), confirmed=confirmed)


def _end(request: HttpRequest, person: Person, id: str) -> None:
    officers.end(person, request.POST.get("officer", ""))


ON: Mapping[str, Act] = {
    "suspend": _suspend,
    "reinstate": _reinstate,
    "sign": _sign_reinstatement,
    "invite": _invite,
    "end": _end,
}
