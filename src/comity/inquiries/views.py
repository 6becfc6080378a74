"""Asking an authority, and writing down what came: translated from HTTP, decided in `commands`."""

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from comity import instruments
from comity.answers import text as plain
from comity.cases.models import Case
from comity.cases.pages import case_form, case_seen, looked_into
from comity.console.forms import FormPage, form_page
from comity.console.views import console
from comity.outbox.letters import Letter as Value
from comity.people.access import person_of
from comity.people.refusals import BadInput, allow
from comity.web.parts import Clock, Field, Form, Letter, Link, Pair

from . import commands, enforcing, rules
from .panel import came_fields, said_fields

YOURS = "[ what you write ]"


@console("GET", "POST")
def ask(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the authority of a case."""
    case = case_seen(request, id)
    if request.method == "POST":
        commands.ask(person_of(request), case.id, request.POST.get("text", ""))
        return _back(case)
    allow(person_of(request), "authority.ask", case)
    if not commands.may_ask(case):
        raise Http404
    looked_into(request, case)
    due, hint = commands.follow_up(case), "The person affected reads it on their page, too: name nobody else"
    says = (
        "Its answer comes into this case. Until you have written down what it says, the question stands on the queue.",
    )
    field = Field("text", "Your question", kind="long", rows=5, hint=hint)
    clock = _clock(due["due_target"]) if due else None
    letter = commands.question_letter(case, YOURS)
    return _page(request, case, "Ask the authority", says, Form(request.path, "Send it", (field,)), letter, clock)


@console("GET", "POST")
def scrutiny(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the authority of our establishment to look at an order of another State."""
    case = case_seen(request, id)
    if request.method == "POST":
        commands.scrutiny(person_of(request), case.id, request.POST.get("text", ""))
        return _back(case)
    allow(person_of(request), "scrutiny.ask", case)
    until = commands.scrutiny_until(case)
    if until is None:
        raise Http404
    looked_into(request, case)
    own = instruments.of(case.instrument)
    says = (
        f"The authority of our establishment looks whether the order seriously or manifestly breaks the law or "
        f"fundamental rights ({own.scrutiny_cite}). The order stands until it has decided. A copy of it goes along.",
    )
    field = Field("text", "What is wrong with the order", kind="long", rows=5, hint="Your reasons, as they go out")
    form, letter = Form(request.path, "Send it", (field,)), commands.scrutiny_letter(case, YOURS)
    return _page(request, case, "Ask the competent authority for scrutiny", says, form, letter, _until(case, until))


@console("GET", "POST")
def tell_enforcing(request: HttpRequest, id: str) -> HttpResponse:
    """Tell the enforcing authority what we see in an order for data."""
    case = case_seen(request, id)
    if request.method == "POST":
        enforcing.tell(person_of(request), case.id, request.POST.get("text", ""))
        return _back(case)
    allow(person_of(request), "authority.ask", case)
    if not enforcing.may_tell(case):
        raise Http404
    looked_into(request, case)
    own = instruments.of(case.instrument)
    says = (
        "The authority of our own State that may refuse the order is told what we tell the issuing one "
        f"({own.enforcing_cite}). Both decide; we refuse nothing. What we answered on the order’s form goes along.",
    )
    field = Field(
        "text", "What you see in the order", kind="long", rows=5, hint="As it goes out; name no one it needn’t"
    )
    form, letter = Form(request.path, "Send it", (field,)), enforcing.letter(case, YOURS)
    return _page(request, case, "Tell the enforcing authority", says, form, letter, None)


def _page(
    request: HttpRequest, case: Case, title: str, says: tuple[str, ...], form: Form, letter: Value, clock: Clock | None
) -> HttpResponse:
    crumbs = (Link("Queue", "/console/"), Link(f"Case {case.id}", f"/console/cases/{case.id}"))
    shown = Letter(letter["subject"], f"To {letter['to']}", plain.twin(letter), language=letter["language"])
    pairs = (Pair("To", letter["to"]),)
    page = FormPage(title, crumbs, says, form, pairs=pairs, preview=shown, clock=clock)
    return form_page(request, case.realm, "cases", page)


def _clock(due: str) -> Clock:
    at = datetime.fromisoformat(due)
    return Clock(due_target=at, due_legal=at, unit="days")


def _until(case: Case, until: datetime) -> Clock:
    return Clock(due_target=until, due_legal=until, started=case.received_at, unit="hours")


@console("GET", "POST")
def told(request: HttpRequest, id: str) -> HttpResponse:
    """Write down what the authority told us unasked."""
    case = case_seen(request, id)
    if request.method == "POST":
        commands.told(person_of(request), case.id, request.POST.get("text", ""), _day(request))
        return _back(case)
    says = (
        "What an authority tells about its order stands on the page of the person affected, so that they can use it.",
    )
    form = Form(request.path, "Write it down", said_fields(rules.TOLD))
    return case_form(request, case, "It told us something", says, form, timed=False)


@console("GET", "POST")
def decided(request: HttpRequest, id: str) -> HttpResponse:
    """Write down what the authority of our establishment decided, though we had not asked it."""
    case = case_seen(request, id)
    if request.method == "POST":
        commands.decided(person_of(request), case.id, request.POST.get("outcome", ""), request.POST.get("text", ""))
        return _back(case)
    if not commands.may_be_decided(case):
        raise Http404
    says = (
        "It may decide because the author asked, or of its own motion. If it finds an infringement the order has no "
        "effect any more, and what it hid comes back at once.",
    )
    form = Form(request.path, "Write it down", came_fields(rules.DECIDED))
    return case_form(request, case, "It was decided on scrutiny", says, form, timed=False)


@console("POST")
def close(request: HttpRequest, id: str, inquiry: int) -> HttpResponse:
    """Write down what came of a question."""
    case = case_seen(request, id)
    outcome, text = request.POST.get("outcome", ""), request.POST.get("text", "")
    commands.close(person_of(request), case.id, inquiry, outcome, text, _day(request))
    return _back(case)


def _day(request: HttpRequest) -> date | None:
    said = request.POST.get("until", "").strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadInput("until", "a day such as 2027-01-24") from None


def _back(case: Case) -> HttpResponse:
    return HttpResponseRedirect(f"/console/cases/{case.id}#inquiries")
