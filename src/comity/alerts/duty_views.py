"""HTTP to commands and back: the page that rings, the rota, and its calendar. Nothing is decided here."""

import hmac
import uuid
from importlib.resources import files
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from comity import clock
from comity.console.forms import FormPage, form_page
from comity.console.frame import frame, realm_of
from comity.console.views import console
from comity.people.access import at_most, demand, person_of
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import Realm
from comity.web import when
from comity.web.parts import Link

from . import calendars, devices, drills, duty_pages, feed, holidays, paging, polled, rota, typed
from .models import Absence, Device, Round, Shift

MISSING = (Round.DoesNotExist, Shift.DoesNotExist, Absence.DoesNotExist, Device.DoesNotExist, Person.DoesNotExist)
HOME, ROTA = "/console/duty/", "/console/duty/rota"


def _who(request: HttpRequest) -> tuple[Person, str]:
    """Who looks, and at whose rota: the demo's, or that of the real desk and its drills."""
    person = person_of(request)
    realm = rota.staffed_as(realm_of(request, person))
    demand(request, "duty.view", Realm(realm))
    return person, realm


def _to(where: str, realm: str) -> HttpResponse:
    return HttpResponseRedirect(f"{where}?realm={realm}")


@console("GET")
def duty(request: HttpRequest) -> HttpResponse:
    """The page that rings."""
    person, realm = _who(request)
    if request.GET.get("ring", "").isdigit():
        paging.see(person, [], ring=int(request.GET["ring"][:15]))
    page = duty_pages.duty_page(person, realm)
    return render(request, "alerts/duty.html", {"frame": frame(request, realm, "duty"), "page": page, "realm": realm})


@console("GET", most=polled.POLLS)
def poll(request: HttpRequest) -> HttpResponse:
    """What rings now, as JSON; 304 while nothing changes. `by=push`: a browser that a push has woken asks."""
    person, pushed = person_of(request), request.GET.get("by") == "push"
    tag = polled.tag(request.session.session_key or "", person.id)
    if pushed:
        paging.delivered(person)
    else:
        devices.heard(person)
    told = duty_pages.poll(person)
    if told["rings"] and not pushed:
        paging.see(person, [one["subject"] for one in told["rings"]])
    if request.headers.get("If-None-Match", "") == tag != "":
        return HttpResponse(status=304, headers={"ETag": tag})
    return JsonResponse({**told, "token": get_token(request)}, headers={"ETag": tag} if tag else {})


@console("POST", missing=MISSING)
def answer(request: HttpRequest) -> HttpResponse:
    """Acknowledge in one tap; who comes second learns who was first."""
    person, subject = person_of(request), request.POST.get("subject", "")[:12]
    first = paging.acknowledge(person, subject)
    by = paging.answered_by(subject)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"first": first, "by": duty_pages.who(by) if by else "", "url": paging.where(subject)})
    return HttpResponseRedirect(paging.where(subject))


@console("GET", missing=MISSING)
def rings(request: HttpRequest, subject: str) -> HttpResponse:
    """Who was rung for a subject, when, by what; who saw it, and who answered."""
    person, found = person_of(request), Round.objects.filter(subject=subject).order_by("-number").first()
    if found is None or (person.realm == "demo") != (found.realm == "demo"):
        raise Http404
    demand(request, "duty.view", Realm(found.realm))
    open = found.over_at is None and paging.may_answer(person, subject)
    told = {"subject": subject, "climbs": duty_pages.climbs(subject), "open": open}
    return render(request, "alerts/rings.html", {"frame": frame(request, found.realm, "duty"), **told})


@console("POST", most=30)
def add_device(request: HttpRequest) -> HttpResponse:
    """Add a way to be reached: a browser's subscription, a mail address, or a pager of the operator's."""
    person = person_of(request)
    demand(request, "device.add", Realm(person.realm))
    devices.add(person, request.POST.get("kind", ""), request.POST.dict())
    return HttpResponseRedirect(HOME)


@console("POST", missing=MISSING)
def end_device(request: HttpRequest, id: int) -> HttpResponse:
    """End one's own device."""
    person = person_of(request)
    devices.end(Device.objects.select_related("person").get(id=id, person=person), by=person.by)
    return HttpResponseRedirect(HOME)


@console("POST")
def profile(request: HttpRequest) -> HttpResponse:
    """Keep which languages somebody speaks and where their clock is."""
    person = person_of(request)
    demand(request, "device.add", Realm(person.realm))
    spoken = typed.languages(request.POST.get("languages", "")[:200])
    devices.set_profile(person, spoken, request.POST.get("zone", "")[:64])
    return HttpResponseRedirect(HOME)


# -- the rota ---------------------------------------------------------------------------------------------------------


@console("GET")
def rota_page(request: HttpRequest) -> HttpResponse:
    """Who is on duty in the next seven days, and where nobody is."""
    person, realm = _who(request)
    page = duty_pages.rota_page(person, realm, _zone(request))
    return render(request, "alerts/rota.html", {"frame": frame(request, realm, "duty"), "page": page, "realm": realm})


def _zone(request: HttpRequest) -> ZoneInfo:
    found = when.zone(request.POST.get("zone", "")) or getattr(request, "zone", None)
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")


def _person(request: HttpRequest, field: str) -> Person:
    try:
        return Person.objects.get(id=uuid.UUID(request.POST.get(field, "")))
    except (ValueError, Person.DoesNotExist):
        raise BadInput(field, "somebody of this desk") from None


@console("POST", most=60)
def set_shift(request: HttpRequest) -> HttpResponse:
    """Put somebody on duty, once or each day or week."""
    person, realm = _who(request)
    who, spans = _person(request, "person"), typed.repeated(request.POST.dict(), _zone(request))
    if request.POST.get("holidays"):
        spans = holidays.without(spans, who.jurisdiction)
        if not spans:
            raise BadInput("holidays", f"each of them begins on a public holiday in {who.jurisdiction}")
    rota.set_shifts(person, realm, who, request.POST.get("post", ""), spans)
    return _to(ROTA, realm)


@console("POST", most=10)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take shifts or absences from a calendar as a file."""
    person, realm = _who(request)
    who, file, now = _person(request, "person"), request.FILES.get("file"), clock.now()
    found = calendars.spans(file.read() if file else b"", _zone(request), now, now + rota.AHEAD)
    if not found:
        raise BadInput("file", "nothing in it lies ahead")
    rota.take_in(person, realm, who, request.POST.get("what", ""), found)
    return _to(ROTA, realm)


@console("POST", missing=MISSING)
def end_shift(request: HttpRequest, id: int) -> HttpResponse:
    """End a shift, or take one that hasn't begun off the rota."""
    person, realm = _who(request)
    rota.end_shift(person, id)
    return _to(ROTA, realm)


@console("GET", "POST", missing=MISSING)
def hand_over(request: HttpRequest, id: int) -> HttpResponse:
    """Hand the rest of a shift over, with a sentence."""
    person = person_of(request)
    shift = Shift.objects.select_related("person").get(id=id)
    demand(request, "duty.view", shift)
    if request.method == "POST":
        rota.hand_over(person, id, _person(request, "to"), request.POST.get("sentence", "")[:2000])
        return _to(ROTA, shift.realm)
    post, who = duty_pages.POSTS[shift.post], duty_pages.who(shift.person)
    says = (f"{post} on duty: {who}. The rest of it goes to somebody else.",)
    page = FormPage("Hand a shift over", (Link("Rota", ROTA),), says, duty_pages.handing(shift))
    return form_page(request, shift.realm, "duty", page)


@console("POST", most=60)
def set_absence(request: HttpRequest) -> HttpResponse:
    """Say when somebody can't be rung."""
    person, realm = _who(request)
    zone = _zone(request)
    starts = typed.instant("starts", request.POST.get("starts", ""), zone)
    ends = typed.instant("ends", request.POST.get("ends", ""), zone, ends=True)
    rota.absent(person, _person(request, "person"), starts, ends)
    return _to(ROTA, realm)


@console("POST", missing=MISSING)
def end_absence(request: HttpRequest, id: int) -> HttpResponse:
    """They are back."""
    person, realm = _who(request)
    rota.back(person, id)
    return _to(ROTA, realm)


@console("POST", most=6)
def test(request: HttpRequest) -> HttpResponse:
    """Ring the ladder as a test, now."""
    subject = drills.test(person_of(request))
    return HttpResponseRedirect(f"/console/duty/rings/{subject}")


# -- without a session ------------------------------------------------------------------------------------------------


@at_most(60, 60)
def calendar(request: HttpRequest, person: uuid.UUID, token: str) -> HttpResponse:
    """The rota as a calendar, by a link of one's own: a calendar can't sign in."""
    found = Person.objects.filter(id=person, is_active=True).first()
    if found is None or not hmac.compare_digest(feed.token(found).encode(), token.encode()):
        raise Http404
    now = clock.now()
    rows = Shift.objects.filter(realm=rota.staffed_as(found.realm), ends__gt=now - rota.WEEK).select_related("person")
    shifts = list(rows.order_by("starts", "id")[:2000])
    text = feed.written(shifts, duty_pages.whose(one.person for one in shifts), now)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the path whose pages it may serve."""
    text = (files(__package__) / "static" / "alerts" / "sw.js").read_text("utf-8")
    return HttpResponse(text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def manifest(request: HttpRequest) -> HttpResponse:
    """What lets a phone keep the ringing page as an app of its own, which some ask for before they take a push."""
    icon = {"src": "/static/web/mark.svg", "sizes": "any", "type": "image/svg+xml"}
    told = {
        "name": "Comity: on duty",
        "short_name": "On duty",
        "start_url": HOME,
        "scope": HOME,
        "display": "standalone",
        "icons": [icon],
    }
    return JsonResponse(told, content_type="application/manifest+json")
