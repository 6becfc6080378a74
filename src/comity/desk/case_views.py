"""A case as a page, and what its handlers do with it: look, correct, take, weigh, close."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity import instruments
from comity.answers import changing as altering
from comity.cases import accounts, deciding, document, obstacles
from comity.cases import commands as cases
from comity.cases import prolonging as lasting
from comity.cases.models import Case
from comity.cases.pages import case_form, case_seen, looked_into
from comity.console.forms import REASON, form_page
from comity.console.frame import frame
from comity.console.views import console
from comity.instruments.port import Instrument
from comity.people.access import person_of
from comity.people.refusals import allow
from comity.people.rules import may
from comity.web.middleware import viewer_zone
from comity.web.parts import Choice, Field, Form

from . import changing, correcting, naming, prolonging, timeline, unseen, wrote
from .case import View


@console("GET")
def show_case(request: HttpRequest, id: str) -> HttpResponse:
    """One case: what came and what we make of it, side by side."""
    return _show(request, case_seen(request, id), corrects=request.GET.get("correct"))


def _show(request: HttpRequest, case: Case, *, opened: str = "", corrects: str | None = None) -> HttpResponse:
    person = person_of(request)
    view = View(case, person, viewer_zone(request), opened=opened, corrects=corrects)
    if may(person, "content.view", case):
        cases.look_at_case(person, case)
        page = view.page()
    else:
        page = unseen.case(view)
    return render(request, "desk/case.html", {"frame": frame(request, case.realm, "cases"), "page": page})


@console("GET")
def show_timeline(request: HttpRequest, id: str) -> HttpResponse:
    """Only the timeline, for polling."""
    case = case_seen(request, id)
    sees = may(request.user, "content.view", case)
    page = {"timeline": timeline.of_case(case.id, reasons=sees), "timeline_url": request.path}
    return render(request, "desk/case_timeline.html", {"page": page})


@console("GET", "POST")
def look(request: HttpRequest, id: str) -> HttpResponse:
    """Show content that was asked for; that it was looked at is recorded first."""
    case = case_seen(request, id)
    what = "picture" if request.GET.get("what") == "picture" else "text"
    if request.method == "GET":
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    cases.look(person_of(request), case.request, what)
    return _show(request, case, opened=what)


@console("POST")
def correct(request: HttpRequest, id: str) -> HttpResponse:
    """Correct one fact in place."""
    case = case_seen(request, id)
    path = request.POST.get("path", "")
    unknown = bool(request.POST.get("unknown"))
    value = None if unknown else correcting.typed(path, request.POST.getlist("value"), viewer_zone(request))
    cases.correct(person_of(request), case.request_id, path, value, unknown=unknown, order=case.order)
    return HttpResponseRedirect(f"/console/cases/{case.id}#facts")


@console("POST")
def take(request: HttpRequest, id: str) -> HttpResponse:
    """Take a case, or put it back."""
    cases.take(person_of(request), case_seen(request, id).id)
    return HttpResponseRedirect(f"/console/cases/{id}")


@console("GET", "POST")
def obstacle(request: HttpRequest, id: str) -> HttpResponse:
    """Say what stands in the way of an order, on one of the act's grounds; or that it has ceased."""
    case, person = case_seen(request, id), person_of(request)
    stands = obstacles.standing(deciding.finding_of(case)["facts"])
    if request.method == "POST":
        if stands:
            obstacles.ceased(person, case.id)
        else:
            obstacles.obstruct(person, case.id, request.POST.get("ground", ""), request.POST.get("explained", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    says: tuple[str, ...]
    if stands:
        says = ("What stood in the way has ceased, or those who decide have found that it doesn’t stand in the way.",)
        return case_form(request, case, "It can be done now", says, Form(request.path, "It has ceased"))
    own = instruments.of(case.instrument)
    says = (
        own.grounds_say,
        f"{own.obstacle_form} is drafted from your words; a decider signs it, and it goes out at once.",
    )
    form = Form(request.path, f"Draft {_midway(own.obstacle_form)}", _obstacle_fields(own, request))
    return case_form(request, case, "Can’t be done", says, form)


def _midway(name: str) -> str:
    return name if name.startswith("Annex") else name[0].lower() + name[1:]


def _obstacle_fields(own: Instrument, request: HttpRequest) -> tuple[Field, ...]:
    """What stands in the way; a page that knows it already proposes the words (`?ground=`, `?explained=`)."""
    given = {name: request.GET.get(name, "")[:2_000] for name in ("ground", "explained")}
    grounds = tuple(Choice(ground.code, ground.says) for ground in own.grounds)
    hint = "Which error, what is missing, what happened"
    return (
        Field("ground", "What stands in the way", given["ground"], kind="radio", choices=grounds),
        Field("explained", "In words, for the authority", given["explained"], kind="long", hint=hint),
    )


@console("GET", "POST")
def account(request: HttpRequest, id: str) -> HttpResponse:
    """Say which account an order means that names one without its address."""
    case = case_seen(request, id)
    person = looked_into(request, case)
    allow(person, "fact.correct", case)
    kept = document.about(document.of(case.request), case.order)
    found = [accounts.look_up(name, case.realm) for name in accounts.unresolved(case, kept)]
    if request.method == "POST":
        name = request.POST.get("name", "")
        url = next((one.one.url for one in found if one.name == name and one.one), "")
        accounts.confirm(person, case.id, name, url)
        return HttpResponseRedirect(f"/console/cases/{case.id}#facts")
    if not found:
        raise Http404
    return form_page(request, case.realm, "cases", naming.page(case, found, request.path))


@console("GET", "POST")
def clarified(request: HttpRequest, id: str) -> HttpResponse:
    """Say that a reply which a machine may have sent does clarify what the case waits for."""
    case, person = case_seen(request, id), person_of(request)
    allow(person, "fact.correct", case)
    reply = wrote.doubtful(case)
    if reply is None:
        raise Http404
    if request.method == "POST":
        obstacles.clarify(person, case.id, request.POST.get("reply", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    shown = wrote.of_reply(reply)
    form = Form(request.path, "It clarifies: let the hour run", (Field("reply", "", reply.id, kind="hidden"),))
    says = (CLARIFIED_SAYS, instruments.of(case.instrument).clarified)
    return case_form(request, case, "Does this reply clarify it?", says, form, quote=shown.text if shown else "")


CLARIFIED_SAYS = "It looks as if a machine had sent it, so the case still waits. Read it below, or the whole mail."


@console("GET", "POST")
def prolong(request: HttpRequest, id: str) -> HttpResponse:
    """Say that a later mail of the authority prolongs what stands under its order."""
    case, person = case_seen(request, id), person_of(request)
    if not prolonging.open_to(person, case):
        raise Http404
    if request.method == "POST":
        lasting.prolong(person, case.id, request.POST.get("how", ""), request.POST.get("mail", ""))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    return case_form(request, case, "They prolonged it", *prolonging.shown(request.path, case))


@console("GET", "POST")
def change(request: HttpRequest, id: str) -> HttpResponse:
    """Say that a later request changes an order: narrows it, takes it back, puts something right."""
    case, person = case_seen(request, id), person_of(request)
    if not changing.open_to(person, case):
        raise Http404
    if request.method == "POST":
        altering.change(person, case.id, changing.typed(request.POST, viewer_zone(request)))
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    return case_form(request, case, "A later request changes it", *changing.shown(request.path, case))


@console("GET", "POST")
def purpose(request: HttpRequest, id: str) -> HttpResponse:
    """Weigh the purpose of what an order names: education, journalism, art or research may protect it."""
    case = case_seen(request, id)
    if request.method == "POST":
        within = {"yes": True, "no": False}.get(request.POST.get("within", ""))
        obstacles.weigh(person_of(request), case.id, request.POST.get("purpose", ""), within)
        return HttpResponseRedirect(f"/console/cases/{case.id}#finding")
    says = f"{instruments.of(case.instrument).weighs} {PURPOSE_SAYS}".strip()
    return case_form(request, case, "Weigh its purpose", (says,), Form(request.path, "Record it", PURPOSE))


PURPOSE_SAYS = "Look at the content before you weigh it. The case is judged again."


PURPOSE = (
    Field(
        "purpose",
        "What it is for",
        kind="radio",
        choices=(
            Choice(obstacles.NO_PURPOSE, "None of these is apparent"),
            *(Choice(p, p.capitalize()) for p in obstacles.PURPOSES),
        ),
    ),
    Field(
        "within",
        "If it is for one of these",
        kind="radio",
        required=False,
        choices=(
            Choice("no", "That is its true purpose: it is outside the Regulation"),
            Choice("yes", "That is only a pretext: it is within the Regulation"),
        ),
    ),
)


@console("GET", "POST")
def close(request: HttpRequest, id: str, forged: bool = False) -> HttpResponse:
    """Close a case whose sender could not be verified, or whose order a person says is forged: nothing is done."""
    case = case_seen(request, id)
    if request.method == "POST":
        deciding.close(person_of(request), case.id, request.POST.get("reason", ""), forged=forged)
        return HttpResponseRedirect(f"/console/cases/{case.id}")
    title, button = ("It is forged", "Flag it as forged") if forged else ("Close it: nobody’s order", "Close it")
    says = (FORGED,) if forged else ()
    return case_form(request, case, title, (*says, CLOSED), Form(request.path, button, (REASON,)))


CLOSED = "Nothing is done, nobody is told. If the true authority sends the order, that opens a case of its own."
FORGED = (
    "Its clock stops now, for a forged order sets none. Whoever sent it gets no more word of us: no acknowledgement of "
    "what they send after it, and not why. Tell the office that it names by the number on our register."
)
