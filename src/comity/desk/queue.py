"""The queue from the tables: what is due first, and what waits to be sorted. In a fixed number of queries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from comity.authorities.models import Authority
from comity.cases import find
from comity.cases.models import Case, Deadline, Request
from comity.cases.rules import OURS
from comity.measures.models import Brake
from comity.people.models import Act, Person
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Empty, Field, Form, Grade, Link, Next, State

from . import moves, words
from .pages import QueuePage, QueueRow, RealmCount

ROWS = 50
FINDS = "A file number, URL, number of ours, or name in an order, whole"
COUNTED = 1001
INSTRUMENTS = {"eu-tco-removal-order": "EU removal order"}


def state_of(case: Case) -> State:
    """A case's state as the look knows it."""
    return State(case.state)


def driving(rows: Iterable[Deadline]) -> Deadline | None:
    """The clock that drives a case: the first of ours that still runs, else the one of the order itself."""
    ours = [row for row in rows if row.name in OURS]
    running = [row for row in ours if row.met_at is None and row.stopped_at is None and row.due_target]
    if running:
        return min(running, key=lambda row: row.due_target or row.started_at)
    return next((row for row in ours if row.name != "complaint"), None)


def clock_of(rows: Iterable[Deadline]) -> Clock:
    """The clock that drives a case; unknown where none does."""
    row = driving(rows)
    if row is None:
        return Clock()
    return Clock(
        due_target=row.due_target,
        due_legal=row.due_legal,
        started=row.started_at,
        met_at=row.met_at,
        stopped_since=row.stopped_at,
        unit="days" if row.name == "complaint" else "hours",
    )


def page(realm: str, asked: Mapping[str, str], may_see: Sequence[str]) -> QueuePage:
    """The queue of a realm, filtered as the address asks."""
    cases, requests = _rows(realm, asked)
    names = dict(Authority.objects.filter(id__in={case.authority for case in cases}).values_list("id", "name"))
    clocks, takers, steps = _clocks(cases), taken_by(cases), moves.of(cases)
    peeks = vault.get_many([r.peek for r in requests] + [c.request.peek for c in cases if c.authority not in names])
    rows = [
        _case_row(case, clocks.get(case.id, []), names, peeks, takers.get(case.id, ""), steps[case.id])
        for case in cases
    ]
    rows += [_request_row(request, peeks) for request in requests]
    query = "&".join(f"{key}={value}" for key, value in asked.items() if value)
    return QueuePage(
        rows=tuple(rows),
        realms=counts(may_see),
        filters=_filters(realm, asked),
        export_url=f"?realm={realm}&{query}&format=csv",
        refresh_url=f"/console/?realm={realm}&{query}",
        empty=None if rows else EMPTY,
    )


EMPTY = Empty(
    "Nothing is due",
    (
        "New cases appear here by themselves, the most urgent first, each with its clock and its next step.",
        "To see one, send a mail to our contact point, or a sample of the demo.",
    ),
)


def open_cases(realm: str) -> QuerySet[Case]:
    """The open cases of a realm, what is due first."""
    brake = Brake.objects.filter(realm=OuterRef("realm"), released_at=None)
    lift = Act.objects.filter(hash=OuterRef("act"), kind="lift")
    found = Case.objects.filter(open=True, realm=realm).annotate(braked=Exists(brake), lifting=Exists(lift))
    return found.order_by("due", "id").select_related("request")


def _rows(realm: str, asked: Mapping[str, str]) -> tuple[list[Case], list[Request]]:
    if asked.get("q"):
        cases, requests = find.search(asked["q"], realm)
        return cases, requests
    waiting = Request.objects.filter(realm=realm, lane__in=("triage", "counsel")).order_by("received_at")
    return list(open_cases(realm)[:ROWS]), list(waiting[:ROWS])


def _clocks(cases: Sequence[Case]) -> dict[str, list[Deadline]]:
    found: dict[str, list[Deadline]] = {}
    for row in Deadline.objects.filter(case__in=[case.id for case in cases]):
        found.setdefault(row.case_id, []).append(row)
    return found


def seen(peeks: Mapping[str, bytes], ref: str) -> dict[str, Any]:
    """Subject and sender of a request, as far as they can still be opened."""
    return dict(json.loads(peeks[ref])) if ref in peeks else {}


def taken_by(cases: Iterable[Case]) -> dict[str, str]:
    """Who works on each case that somebody has taken: by role and jurisdiction, never by name."""
    taken = {case.id: case.taken_by for case in cases if case.taken_by}
    people = {person.id: person for person in Person.objects.filter(id__in=set(taken.values()))} if taken else {}
    return {
        case: f"Taken by {words.person(person.roles[0].capitalize(), person.jurisdiction)}"
        for case, by in taken.items()
        if (person := people.get(by)) and person.roles
    }


def _case_row(
    case: Case, clocks: Sequence[Deadline], names: Mapping[str, str], peeks: Mapping[str, bytes], taken: str, step: Next
) -> QueueRow:
    who = names.get(case.authority) or f"“{seen(peeks, case.request.peek).get('from', '')}”"
    return QueueRow(
        id=case.id,
        url=f"/console/cases/{case.id}",
        title=case.title,
        clock=clock_of(clocks),
        next=step,
        who=f"{who}, {case.country}" if case.country else who,
        grade=Grade(case.grade),
        instrument=INSTRUMENTS.get(case.instrument, case.instrument),
        state=state_of(case),
        waiting=case.state in ("waiting", "with-counsel") and case.due is None,
        taken=taken,
    )


WHY = {
    "failed": ("Could not be read by the machine", "Read it yourself: it is kept as it came."),
    "person-lever": ("A threat against a person", "Counsel must see this. Do not answer it on its terms."),
    "mail": ("No order recognised", "Not an order? One key sends it on with a written reply."),
}


def _request_row(request: Request, peeks: Mapping[str, bytes]) -> QueueRow:
    found = seen(peeks, request.peek)
    title, step = WHY.get("person-lever" if "person-lever" in request.flags else request.kind, WHY["mail"])
    return QueueRow(
        id=request.id,
        url=f"/console/requests/{request.id}",
        title=f"{title}: {found.get('subject') or 'no subject'}",
        clock=Clock(),
        next=Next("ask", step if request.lane == "triage" else "Counsel answers it, or sends it on."),
        who=f"“{found.get('from', '')}”",
        grade=Grade(request.grade),
        instrument="No instrument",
        state=State("to-sort" if request.lane == "triage" else "with-counsel"),
        unsorted=True,
    )


def counts(realms: Sequence[str]) -> tuple[RealmCount, ...]:
    """How many cases are open in each realm, counted to 1001 at the most: an exact count reads the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [COUNTED, list(realms)])
        found = dict(cursor.fetchall())
    return tuple(RealmCount(realm, found[realm], f"?realm={realm}") for realm in realms)


OPEN = """
select asked.realm, (select count(*) from (
  select from cases_case where open and realm = asked.realm order by due, id limit %s) counted)
from unnest(%s::text[]) as asked(realm)
"""


def _filters(realm: str, asked: Mapping[str, str]) -> Form:
    fields = (
        Field("q", "Find", asked.get("q", ""), kind="search", required=False, hint=FINDS),
        Field("realm", "Realm", realm, kind="hidden", choices=(Choice(realm, realm, True),)),
    )
    return Form("/console/", "Show", fields, method="get", second=True, id="filters", back=Link("All", "/console/"))
