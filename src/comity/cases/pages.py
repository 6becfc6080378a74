"""What every page about a case stands on: the case that its viewer may see, its clock, and an act on it as a form."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from comity.console.forms import FormPage, form_page
from comity.people.access import person_of
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.web.parts import Clock, Form, Link, Pair

from . import commands
from .models import Case, Deadline, Request
from .rules import ENDS, LATER, OURS, STOPPED


def case_seen(request: HttpRequest, id: str) -> Case:
    """A case that the viewer may see; of any other, as of one that doesn't exist, nothing is said."""
    case = Case.objects.filter(id=id).select_related("request").first()
    if case is None or not may(request.user, "case.view", case):
        raise Http404
    return case


def request_seen(request: HttpRequest, id: str) -> Request:
    """A request that the viewer may see; of any other nothing is said."""
    found = Request.objects.filter(id=id).first()
    if found is None or not may(request.user, "request.view", found):
        raise Http404
    return found


def looked_into(request: HttpRequest, case: Case) -> Person:
    """Who looks at the content of a case; that they do is recorded. Raises NotAllowed."""
    person = person_of(request)
    commands.look_at_case(person, case)
    return person


def driving(rows: Iterable[Deadline]) -> Deadline | None:
    """The clock that drives a case: the first of ours that still runs, else the one of the order itself."""
    ours = [row for row in rows if row.name in OURS]
    running = [row for row in ours if row.met_at is None and row.stopped_at is None and row.due_target]
    if running:
        return min(running, key=lambda row: row.due_target or row.started_at)
    return next((row for row in ours if row.name not in LATER), None)


DAYS = ENDS | {"complaint", "follow-up", "scrutiny-decision"}  # what a clock counts in days


def clock_of(rows: Iterable[Deadline]) -> Clock:
    """The clock that drives a case, or the first other one that is known: until when an order lasts, or something may
    be done; unknown only where no date is."""
    known = list(rows)
    dated = [row for row in known if row.due_target]
    dated.sort(key=lambda row: (row.met_at is not None, row.due_target or row.started_at))
    row = driving(known) or next((row for row in dated if row.name in ENDS), None) or next(iter(dated), None)
    if row is None:
        return Clock()
    return Clock(
        due_target=row.due_target,
        due_legal=row.due_legal,
        started=row.started_at,
        met_at=row.met_at,
        stopped_since=row.stopped_at,
        stopped_as=STOPPED.get(row.stopped_as, ""),
        unit="days" if row.name in DAYS else "hours",
        alerts=row.name not in ENDS,
    )


def case_form(
    request: HttpRequest,
    case: Case,
    title: str,
    says: tuple[str, ...],
    form: Form,
    *,
    timed: bool = True,
    quote: str = "",
    pairs: tuple[Pair, ...] = (),
) -> HttpResponse:
    """One act on a case, on a page of its own; `timed`: with the clock that drives the case."""
    crumbs = (Link("Queue", "/console/"), Link(f"Case {case.id}", f"/console/cases/{case.id}"))
    clock = clock_of(case.deadlines.all()) if timed else None
    page = FormPage(title, crumbs, says, form, clock=clock, quote=quote, pairs=pairs)
    return form_page(request, case.realm, "cases", page)


@dataclass(frozen=True, slots=True)
class Looking:
    """A case as one viewer has it open: what a room is told that contributes a panel to its page.

    `sees`: whether they may see content. `targets` names what the case is about. `act` is what is put to the deciders.
    """

    case: Case
    person: Person
    sees: bool
    targets: str = ""
    act: Act | None = None

    @property
    def base(self) -> str:
        """The address of the case."""
        return f"/console/cases/{self.case.id}"
