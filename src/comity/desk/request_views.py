"""A request as a page: read, sorted, called back, made a case by hand; its bytes and its attachments to keep."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.cases import asking, checked, document
from comity.cases import commands as cases
from comity.cases import entering as cases_entering
from comity.cases.models import Request
from comity.cases.pages import request_seen
from comity.console.forms import form_page
from comity.console.frame import frame
from comity.console.views import console
from comity.people.access import person_of
from comity.people.refusals import BadInput, allow
from comity.people.rules import may
from comity.vault import commands as vault
from comity.web.files import download, picture
from comity.web.middleware import viewer_zone

from . import checking, entering, files, requests, unseen


@console("GET")
def show_request(request: HttpRequest, id: str) -> HttpResponse:
    """The whole mail, sanitised; where it is no order, the lanes it can be sent to. Looking at it is recorded."""
    found, person = request_seen(request, id), person_of(request)
    if may(person, "content.view", found):
        cases.look(person, found, "mail")
        page = requests.page(found, person)
    else:
        page = unseen.request(found)
    return render(request, "desk/request.html", {"frame": frame(request, found.realm, "requests"), "page": page})


@console("POST")
def read_now(request: HttpRequest, id: str) -> HttpResponse:
    """Let a mail be read that waits behind many."""
    cases.read_now(person_of(request), request_seen(request, id).id)
    return HttpResponseRedirect(f"/console/requests/{id}")


@console("GET")
def raw(request: HttpRequest, id: str) -> HttpResponse:
    """The bytes as they came."""
    found = request_seen(request, id)
    cases.look(person_of(request), found, "raw bytes")
    name = {"Content-Disposition": f'attachment; filename="{found.id}.eml"'}
    return HttpResponse(vault.get(found.raw), content_type="application/octet-stream", headers=name)


@console("GET")
def part(request: HttpRequest, id: str, number: int) -> HttpResponse:
    """One attachment, to keep; that it was taken is recorded first."""
    found = request_seen(request, id)
    name = files.part_named(found, number)
    if name is None:
        raise Http404
    cases.look(person_of(request), found, "attachment")
    data = files.part_of(found, number)
    if data is None:
        raise Http404
    return download(data, name)


@console("GET")
def page_of_part(request: HttpRequest, id: str, number: int, page: int) -> HttpResponse:
    """The picture that a page of a scan is; that it was looked at is recorded first."""
    found = request_seen(request, id)
    if files.part_named(found, number) is None:
        raise Http404
    cases.look(person_of(request), found, "attachment")
    shown = files.picture_of(found, number, page)
    if shown is None:
        raise Http404
    return picture(shown[1], shown[0])


@console("POST")
def sort(request: HttpRequest, id: str) -> HttpResponse:
    """Send what is no order where it belongs, with a written reply."""
    found = request_seen(request, id)
    cases.sort(person_of(request), found.id, request.POST.get("lane", ""), request.POST.get("reply", ""))
    return HttpResponseRedirect("/console/")


@console("POST")
def answer(request: HttpRequest, id: str) -> HttpResponse:
    """Answer a question that only a person can answer."""
    found = request_seen(request, id)
    asking.answer(person_of(request), found.id, request.POST.get("question", ""), request.POST.get("answer", ""))
    return HttpResponseRedirect(f"/console/requests/{found.id}#asked")


@console("POST")
def done(request: HttpRequest, id: str) -> HttpResponse:
    """Record what was done about a danger to a life, or what came of it."""
    found = request_seen(request, id)
    asking.done(person_of(request), found.id, request.POST.get("name", ""), request.POST.get("note", ""))
    return HttpResponseRedirect(f"/console/requests/{found.id}")


@console("GET", "POST")
def enter(request: HttpRequest, id: str) -> HttpResponse:
    """Open a case by hand: which instrument, then its facts. What was typed is shown again beside what is wrong."""
    found, person = request_seen(request, id), person_of(request)
    allow(person, "case.enter", found)
    cases.look(person, found, "mail")
    instrument = (request.POST or request.GET).get("instrument", "")
    page = entering.page(found, instrument, request.path, entering.again(request.POST))
    if request.method == "POST":
        try:
            typed = entering.typed(instrument, found, request.POST, viewer_zone(request))
            cases_entering.enter(person, found.id, instrument, typed)
        except BadInput as wrong:
            page = replace(page, form=replace(page.form, error=str(wrong)))
        else:
            return HttpResponseRedirect(f"/console/requests/{found.id}")
    scans = files.scans(found, document.of(found)["reading"] or {})
    if not scans:
        return form_page(request, found.realm, "requests", page)
    shown = {"frame": frame(request, found.realm, "requests"), "page": page, "scans": scans}
    return render(request, "desk/enter.html", shown)


@console("GET", "POST")
def callback(request: HttpRequest, id: str) -> HttpResponse:
    """Record a call to the authority's registered number."""
    found, person = request_seen(request, id), person_of(request)
    allow(person, "callback.record", found)
    if request.method == "POST":
        said = request.POST.get("confirmed") == "yes"
        cases.record_callback(person, found.id, request.POST.get("authority", ""), said)
        return _back(found)
    return form_page(request, found.realm, "requests", requests.callback_page(found, request.path))


@console("GET", "POST")
def check(request: HttpRequest, id: str) -> HttpResponse:
    """Write down what was found of the authority in the register that its law names."""
    found, person = request_seen(request, id), person_of(request)
    allow(person, "register.check", found)
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in ("authority", "register", "found")}
        looked_on = checking.day(request.POST.get("looked_on", ""))
        checked.check(person, found.id, said["authority"], said["register"], looked_on, said["found"])
        return _back(found)
    return form_page(request, found.realm, "requests", checking.page(found, request.path))


def _back(found: Request) -> HttpResponse:
    case = found.joined.values_list("case_id", flat=True).first()
    return HttpResponseRedirect(f"/console/cases/{case}" if case else f"/console/requests/{found.id}")
