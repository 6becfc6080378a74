"""The list of claims: filtered by its URL, paged, and as a file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from comity.console.lists import ROWS, ListPage, ListRow, RealmCount, before
from comity.console.lists import page as listed
from comity.vault import commands as vault
from comity.web.parts import Choice, Clock, Empty, Field, Grade, State

from . import read, rules, words
from .models import Claim

COLUMNS = ("id", "received", "door", "country", "against", "process", "pressure", "day", "request", "joined_to")
EMPTY = Empty(
    "No claim on a person",
    (
        "What speaks of process against one of our people, or holds out harm to one, has its page here.",
        "Type in what came by fax, by post, by telephone or by hand.",
    ),
)
FINDS = "A number of a claim, a request or a case"


def found(realm: str, asked: Mapping[str, str]) -> QuerySet[Claim]:
    """The claims of a realm that a URL asks for, the latest first."""
    rows = Claim.objects.filter(realm=realm).select_related("request").order_by("-received_at", "-id")
    if number := asked.get("q", "").strip().upper():
        return rows.filter(Q(id=number) | Q(request_id=number) | Q(case_id=number))
    if country := asked.get("country", ""):
        rows = rows.filter(country=country[:2])
    return rows.filter(_by(asked.get("state", "")))


def _by(state: str) -> Q:
    waits, unsorted = list(rules.WAITS), Q(court="unsorted") | Q(pressure="unsorted")
    open_ = (Q(court__in=waits) | Q(pressure__in=waits)) & Q(joined_to=None)
    return {
        "unsorted": unsorted & Q(joined_to=None),
        "court": Q(court__in=[one for one in rules.COURT_STATES if one not in ("none", "unsorted")]),
        "pressure": Q(pressure__in=[one for one in rules.PRESSURE_STATES if one not in ("none", "unsorted")]),
        "open": open_,
        "done": ~open_,
    }.get(state, Q())


def page(realm: str, asked: Mapping[str, str], realms: Sequence[str], *, sees: bool) -> ListPage:
    """One page of the list; `sees`: whether its subjects and senders are shown."""
    rows = list(before(found(realm, asked), asked["before"])[:ROWS])
    peeks = vault.get_many([row.request.peek for row in rows]) if sees else {}
    made = [_row(row, json.loads(peeks[row.request.peek]) if row.request.peek in peeks else {}) for row in rows]
    columns = ("Day, or received", "Claim", "Who and from where", "How it stands")
    told = tuple(RealmCount(one, _open(one), f"?realm={one}") for one in realms)
    says = "Process against one of our people, or harm held out to one, the latest first."
    shown = listed("Claims", says, columns, made, realm, asked, realms=told, empty=EMPTY, finds=FINDS)
    choices = (Choice("", "All"), *(Choice(k, text, k == asked["state"]) for k, text in words.FILTERS.items()))
    fields = (
        *shown.filters.fields,
        Field("state", "Show", kind="select", choices=choices, required=False),
        Field("country", "State", asked["country"], required=False, hint="Two letters"),
    )
    return replace(shown, filters=replace(shown.filters, fields=fields))


def _open(realm: str) -> int:
    return found(realm, {"state": "open"})[:1001].count()


def _row(row: Claim, peek: Mapping[str, Any]) -> ListRow:
    subject = str(peek.get("subject") or "")
    sender = str(peek.get("from") or "")
    sender = str(peek.get("name") or "") if sender.endswith(".invalid") else sender
    where = row.country or "State not said"
    waits = rules.waits(row.court, row.pressure) and not row.joined_to_id
    clock = Clock(due_target=row.appear_at, due_legal=row.appear_at, started=row.received_at, unit="days")
    return ListRow(
        id=row.id,
        url=read.url(row),
        title=subject or f"Claim {words.DOORS.get(row.door, row.door)}",
        at=row.received_at,
        who=f"“{sender}”, {where}" if sender else where,
        grade=Grade(row.request.grade),
        instrument="" if row.joined_to_id else f"{words.COURT[row.court]}. {words.PRESSURE[row.pressure]}.",
        state=State("to-sort" if waits else "answered", _state(row)),
        note=words.DOORS.get(row.door, row.door).capitalize(),
        clock=clock if row.appear_at and waits else None,
    )


def _state(row: Claim) -> str:
    if row.joined_to_id:
        return f"Joined to {row.joined_to_id}"
    if "unsorted" in (row.court, row.pressure):
        return "To be sorted"
    return "Something to do" if rules.waits(row.court, row.pressure) else "Nothing to do"


def line(row: Claim) -> tuple[str, ...]:
    """One claim as a line of a file: codes and days."""
    day = row.appear_at.isoformat() if row.appear_at else ""
    told = (row.door, row.country, row.against, row.court, row.pressure, day, row.request_id, row.joined_to_id or "")
    return row.id, row.received_at.isoformat(), *told
