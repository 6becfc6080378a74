"""The queue from the tables: what is due first, and what waits to be sorted. In a fixed number of queries."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.utils.module_loading import import_string

from comity import instruments
from comity.authorities import words as verified
from comity.authorities.models import Authority
from comity.cases import find
from comity.cases.models import Case, Deadline, Request
from comity.cases.pages import clock_of
from comity.cases.rules import ABOUT_A_PERSON, DANGER
from comity.console import lists
from comity.console.lists import Beside, RealmCount
from comity.console.words import person as said_person
from comity.inquiries import commands as inquiries
from comity.inquiries.rules import ASK_BY
from comity.measures.models import Brake
from comity.people.models import Act, Person
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Empty, Field, Form, Grade, Link, Next, Pair, State, Unit

from . import moves, order
from .pages import QueuePage, QueueRow

ROWS = 50
FINDS = "A file number, URL, number of ours, or name in an order, whole"
COUNTED = 1001
EXPORTED_AT_ONCE = 500
SHOWN = {"": "Everything", "cases": "Cases only", "sort": "Only what waits to be sorted"}


def state_of(case: Case) -> State:
    """A case's state as the look knows it."""
    return State(case.state)


def page(realm: str, asked: Mapping[str, str], may_see: Sequence[str], most: int = ROWS) -> QueuePage:
    """A page of the queue of a realm, filtered and begun as the address asks."""
    places, last = order.page(realm, asked.get("show", ""), order.place(asked.get("after", "")), most)
    cases, requests = _searched(realm, asked) if asked.get("q") else _rows(places)
    raisable = _raisable(realm, asked)
    cases = [*cases, *raisable]
    names = _names(cases)
    clocks, takers, steps = _clocks(cases), taken_by(cases), moves.of(cases)
    peeks = vault.get_many([r.peek for r in requests] + [c.request.peek for c in cases if c.authority not in names])
    rows = {
        case.id: _case_row(case, clocks.get(case.id, []), names, peeks, takers.get(case.id, ""), steps[case.id])
        for case in cases
    }
    rows |= {request.id: _request_row(request, peeks) for request in requests}
    shown = list(rows.values()) if asked.get("q") else [rows[place.id] for place in places if place.id in rows]
    shown += [_still_open(rows[case.id], clocks[case.id]) for case in raisable]
    shown = _with_those_beside(realm, asked, shown)
    more = last if not asked.get("q") else None
    return QueuePage(
        rows=tuple(shown),
        realms=counts(may_see),
        filters=_filters(realm, asked),
        export_url=_url(realm, {**asked, "after": "", "format": "csv"}),
        more_url=_url(realm, {**asked, "after": str(more)}) if more else "",
        refresh_url=f"/console/{_url(realm, asked)}",
        legend=tuple(Pair("", str(means), grade=Grade(grade)) for grade, means in verified.HOW.items()),
        empty=None if shown else EMPTY,
    )


def for_decider(page: QueuePage) -> QueuePage:
    """The same, where what can be decided leads to the one screen on which it is: that leads on to the whole case."""
    rows = (
        replace(row, url=f"{row.url}/decide") if row.state.slug in ("to-decide", "second-approval") else row
        for row in page.rows
    )
    return replace(page, rows=tuple(rows))


def _url(realm: str, asked: Mapping[str, str]) -> str:
    return "?" + urlencode({"realm": realm} | {key: value for key, value in asked.items() if value})


def every(realm: str, asked: Mapping[str, str]) -> Iterator[QueueRow]:
    """Every row of the queue in its order, however long it is: read in stretches, so that none fills the memory."""
    return lists.every(lambda asked: page(realm, asked, (), EXPORTED_AT_ONCE), asked, "after")


def _raisable(realm: str, asked: Mapping[str, str]) -> list[Case]:
    """The answered cases whose order may still be put to scrutiny, at the end of the first page."""
    if asked.get("q") or asked.get("after") or asked.get("show") == "sort":
        return []
    return list(with_moves(inquiries.raisable(realm))[:RAISABLE])


def _with_those_beside(realm: str, asked: Mapping[str, str], shown: list[QueueRow]) -> list[QueueRow]:
    """The first page with what other rooms have due, each before the first row of the queue that is due later."""
    if asked.get("q") or asked.get("after") or asked.get("show"):
        return shown
    beside = [_beside(row) for rows in settings.QUEUE_BESIDE for row in import_string(rows)(realm)]
    for row in beside:
        at = next((n for n, other in enumerate(shown) if not other.top and _later(other, row)), len(shown))
        shown.insert(at, row)
    return shown


def _later(other: QueueRow, row: QueueRow) -> bool:
    due, ours = other.clock.due_target, row.clock.due_target
    return other.unproven or other.optional or due is None or (ours is not None and due > ours)


def _beside(row: Beside) -> QueueRow:
    state = State(row.state, row.says)
    return QueueRow(row.id, row.url, row.title, row.clock, Next("act", row.next), row.who, None, row.kind, state)


def _still_open(row: QueueRow, clocks: Sequence[Deadline]) -> QueueRow:
    until = next(one for one in clocks if one.name == ASK_BY)
    clock = Clock(due_target=until.due_target, due_legal=until.due_legal, started=until.started_at)
    return replace(row, clock=clock, next=RAISE, optional=True)


RAISABLE = 20
RAISE = Next("wait", "Nothing is due. If something is wrong with the order, ask for scrutiny before this time is over.")
EMPTY = Empty(
    "Nothing is due",
    (
        "New cases appear here by themselves, the most urgent first, each with its clock and its next step.",
        "To see one, send a mail to our contact point, or a sample of the demo.",
    ),
)


def _names(cases: Sequence[Case]) -> dict[str, str]:
    """The names of the offices that cases are of; asked for where `with_moves` did not give them."""
    known = {case.authority: name for case in cases if (name := getattr(case, "office", None))}
    asked = {case.authority for case in cases if case.authority and not hasattr(case, "office")}
    return known | (dict(Authority.objects.filter(id__in=asked).values_list("id", "name")) if asked else {})


def with_moves(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what their next move depends on, and their office's name."""
    office = Authority.objects.filter(id=OuterRef("authority")).values("name")[:1]
    brake = Brake.objects.filter(realm=OuterRef("realm"), released_at=None)
    lift = Act.objects.filter(hash=OuterRef("act"), kind="lift")
    told = {"braked": Exists(brake), "lifting": Exists(lift), "office": Subquery(office)}
    return cases.annotate(**told).select_related("request")


def _rows(places: Sequence[order.Place]) -> tuple[list[Case], list[Request]]:
    cases = with_moves(Case.objects.filter(id__in=order.ids(places, order.CASES)))
    return list(cases), _asked(list(Request.objects.filter(id__in=order.ids(places, order.REQUESTS))))


def _asked(requests: list[Request]) -> list[Request]:
    """Requests; those on top with what has been asked about them, and their clocks."""
    prefetch_related_objects([request for request in requests if request.top], "questions", "deadlines")
    return requests


def _searched(realm: str, asked: Mapping[str, str]) -> tuple[list[Case], list[Request]]:
    return find.search(asked["q"], realm)


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
        case: f"Taken by {said_person(person.roles[0].capitalize(), person.jurisdiction)}"
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
        instrument=instruments.of(case.instrument).short,
        state=state_of(case),
        waiting=case.state in ("waiting", "with-counsel") and case.due is None,
        unproven=case.behind > 0,
        taken=taken,
    )


WHY = {
    "failed": ("Could not be read by the machine", "Read it yourself: it is kept as it came."),
    "danger": ("Danger to a life, perhaps", "Read it now, and say whether somebody’s life is in danger."),
    "danger-real": ("Danger to a life", "Act, and record what was done."),
    "danger-acted": ("Danger to a life, acted on", "Look at it again, and record what came of it."),
    "danger-none": (
        "No danger, somebody said",
        "Read it again: a decider, counsel or the head does, who didn’t say so. Its answer can be put right.",
    ),
    "person-lever": (
        "Process or harm against a person, perhaps",
        "Counsel or the head sorts it on its claim’s page: is there process, and is harm held out?",
    ),
    "person-sorted": (
        "A claim on a person, sorted",
        "Its claim’s page says what is left to do. Then sort the mail.",
    ),
    "unread": ("Part of it could not be read", "Read it now: it may hold an order, and its time would run."),
    "named": (
        "Not read, but it names its act",
        "Read it: open a case by hand if it is the order that it says it is, or sort it with a written reply.",
    ),
    "mail": ("Not recognised", "Read it: sort it with a written reply, or open a case by hand."),
}


def why(request: Request) -> tuple[str, str]:
    """Why a request waits for a person, and what that person does."""
    return WHY.get(_kind(request), WHY["mail"])


def _kind(request: Request) -> str:
    if DANGER in request.flags and request.top:
        danger = next((one for one in request.questions.all() if one.name == "danger"), None)
        reviewed = all(row.met_at or row.stopped_at for row in request.deadlines.all() if row.name == "review")
        if danger is not None and danger.answer == "no" and not reviewed:
            return "danger-none"
        if danger is not None and danger.answer != "no":
            acted = any(row.name == "act" and row.met_at for row in request.deadlines.all())
            return "danger-acted" if acted else "danger-real" if danger.answer == "yes" else "danger"
    if ABOUT_A_PERSON in request.flags:
        return "person-lever" if request.top else "person-sorted"
    if request.top:
        return "unread"
    return "named" if request.kind == "mail" and _names_an_act(request) else request.kind


OURS = "Comity, "


def _names_an_act(request: Request) -> bool:
    """Whether it was judged by an act of law, not by a rule of ours: it says what it is, and wasn't read as that."""
    return any(row.cite and not row.cite.startswith(OURS) for row in request.deadlines.all())


def _request_row(request: Request, peeks: Mapping[str, bytes]) -> QueueRow:
    found = seen(peeks, request.peek)
    title, step = why(request)
    return QueueRow(
        id=request.id,
        url=f"/console/requests/{request.id}",
        title=f"{title}: {found.get('subject') or 'no subject'}",
        clock=clock_of_request(request),
        next=Next("ask", step if request.top or request.lane == "triage" else "Counsel answers it, or sends it on."),
        who=f"“{found.get('from', '')}”",
        grade=Grade(request.grade),
        instrument="No instrument",
        state=State("with-counsel" if request.lane == "counsel" else "to-sort"),
        unsorted=request.due is None,
        unproven=request.behind > 0,
        top=request.top,
    )


DAYS = timedelta(days=3)


def clock_of_request(request: Request) -> Clock:
    """The clock of a request that waits: the first of its own that runs; unknown where none does."""
    if request.due is None:
        return Clock()
    unit: Unit = "days" if request.due - request.received_at > DAYS else "hours"
    return Clock(due_target=request.due, due_legal=request.due, started=request.received_at, unit=unit)


def counts(realms: Sequence[str]) -> tuple[RealmCount, ...]:
    """How much waits for a person in each realm, cases and requests, counted to 1001 at the most: an exact count reads
    the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [COUNTED] * 4 + [list(realms)])
        found = dict(cursor.fetchall())
    return tuple(RealmCount(realm, min(found[realm], COUNTED), f"?realm={realm}") for realm in realms)


# each part in its index's order: a realm without cases would else be looked for in the whole table
OPEN = """
select asked.realm, (select count(*) from (
  (select from cases_case where open and due is not null and realm = asked.realm
   order by behind, greatest(due, slot), id limit %s)
  union all
  (select from cases_case where open and due is null and realm = asked.realm order by behind, received_at, id limit %s)
  union all
  (select from cases_request where (lane in ('triage', 'counsel') or top > 0) and due is not null
   and realm = asked.realm order by top, behind, due, id limit %s)
  union all
  (select from cases_request where (lane in ('triage', 'counsel') or top > 0) and due is null
   and realm = asked.realm order by behind, received_at, id limit %s)
) counted)
from unnest(%s::text[]) as asked(realm)
"""


def _filters(realm: str, asked: Mapping[str, str]) -> Form:
    choices = tuple(Choice(value, text, value == asked.get("show", "")) for value, text in SHOWN.items())
    fields = (
        Field("q", "Find", asked.get("q", ""), kind="search", required=False, hint=FINDS),
        Field("show", "Show", asked.get("show", ""), kind="select", required=False, choices=choices),
        Field("realm", "Realm", realm, kind="hidden", choices=(Choice(realm, realm, True),)),
    )
    return Form("/console/", "Show", fields, method="get", second=True, id="filters", back=Link("All", "/console/"))
