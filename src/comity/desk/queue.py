"""The queue from the tables: what is due first, and what waits to be sorted. In a fixed number of queries."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from comity.authorities.models import Authority
from comity.cases import find
from comity.cases.models import Case, Deadline, Request
from comity.cases.rules import CLOSED, OURS
from comity.ledger.models import Event
from comity.people.models import Person
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Empty, Field, Form, Grade, Link, Next, State

from . import words
from .pages import QueuePage, QueueRow, RealmCount

ROWS = 50
COUNTED = 1001
INSTRUMENTS = {"eu-tco-removal-order": "EU removal order"}

NEXT: Mapping[str, tuple[str, str]] = {
    "verifying": ("ask", "Call the registered number, not the one in the mail."),
    "second-approval": ("act", "Give the second approval."),
    "carrying-out": ("wait", "Being carried out; the effect is looked at next."),
    "not-effective": ("act", "The platform said yes; an ordinary viewer still sees it. It is tried again."),
    "answering": ("wait", "Seen to work; the answer goes out."),
    "answered": ("wait", "Answered. Nothing is left to do."),
    "waiting": ("wait", "What stands in the way was said; the clock starts again with their answer."),
    "with-counsel": ("ask", "Counsel has it, and sends it back to the desk with an opinion."),
    "not-carried-out": ("wait", "Closed; nothing was done on the platform."),
    "lifted": ("wait", "The measure was lifted, and seen to be undone. Nothing is left to do."),
}
TO_DECIDE = {
    "execute": ("act", "Decide. The measure and both letters are drafted."),
    "annex3": ("act", "Sign what stands in the way; one decider is enough."),
    "person": ("ask", "Weigh what the finding leaves to a person."),
}


def next_of(case: Case, *, returned: bool = False) -> Next:
    """What to do with a case now: act, wait or ask. `returned`: it was sent back to the desk with a reason."""
    if case.open and case.state in CLOSED:
        return Next("act", "Answer the complaint of the person affected: a decider, counsel or the head does.")
    if case.state == "to-decide" and case.plan in TO_DECIDE and case.plan != "person" and not case.act:
        return SENT_BACK if returned else Next("wait", "The letters are being drafted, and put to the deciders.")
    kind, text = TO_DECIDE.get(case.plan, TO_DECIDE["person"]) if case.state == "to-decide" else NEXT[case.state]
    return Next("act" if kind == "act" else "wait" if kind == "wait" else "ask", text)


SENT_BACK = Next("act", "It was sent back with a reason. Change what is wrong, and put it to the deciders again.")


def returned(cases: Iterable[Case]) -> set[str]:
    """Which of these cases were sent back, and are not put to the deciders again yet."""
    idle = [case.id for case in cases if case.state == "to-decide" and not case.act]
    return (
        set(Event.objects.filter(kind="decision.returned", case__in=idle).values_list("case", flat=True))
        if idle
        else set()
    )


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
    clocks, takers, back = _clocks(cases), taken_by(cases), returned(cases)
    peeks = vault.get_many([r.peek for r in requests] + [c.request.peek for c in cases if c.authority not in names])
    rows = [
        _case_row(
            case,
            clocks.get(case.id, []),
            names,
            peeks,
            takers.get(case.id, ""),
            next_of(case, returned=case.id in back),
        )
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
    return Case.objects.filter(open=True, realm=realm).order_by("due", "id").select_related("request")


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
    made = []
    for realm in realms:
        number = Case.objects.filter(open=True, realm=realm).order_by("due", "id")[:COUNTED].count()
        made.append(RealmCount(realm, number, f"?realm={realm}"))
    return tuple(made)


def _filters(realm: str, asked: Mapping[str, str]) -> Form:
    fields = (
        Field("q", "Find", asked.get("q", ""), kind="search", required=False, hint="File number, URL, number or name"),
        Field("realm", "Realm", realm, kind="hidden", choices=(Choice(realm, realm, True),)),
    )
    return Form("/console/", "Show", fields, method="get", second=True, id="filters", back=Link("All", "/console/"))


def most_urgent(realm: str) -> Case | None:
    """The case that is due first and waits for people."""
    return open_cases(realm).filter(Q(state="to-decide") | Q(state="second-approval")).first()
