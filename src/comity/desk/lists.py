"""The lists of cases and of requests: their rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from comity import instruments
from comity.authorities.models import Authority
from comity.cases import find
from comity.cases.models import Case, Request
from comity.console.lists import ROWS, ListPage, ListRow, before, page
from comity.vault import commands as vault
from comity.web.parts import Empty, Grade, State

from . import flags, queue

KINDS = {"bounce": "bounce", "auto": "bounce", "failed": "to-sort", "unread": "verifying"}
WAITS = State("verifying", "Waits to be read")


def cases(realm: str, asked: Mapping[str, str], realms: Sequence[str]) -> ListPage:
    """Every case of a realm, the latest first."""
    rows = find.search(asked["q"], realm)[0] if asked["q"] else _latest_cases(realm, asked)
    names = dict(Authority.objects.filter(id__in={case.authority for case in rows}).values_list("id", "name"))
    peeks = vault.get_many([case.request.peek for case in rows if case.authority not in names])
    made = [
        ListRow(
            id=case.id,
            url=f"/console/cases/{case.id}",
            title=case.title,
            at=case.received_at,
            who=names.get(case.authority) or f"“{queue.seen(peeks, case.request.peek).get('from', '')}”",
            grade=Grade(case.grade),
            instrument=instruments.of(case.instrument).short,
            state=queue.state_of(case),
        )
        for case in rows
    ]
    columns = ("Received", "Case", "Who asks", "Instrument and state")
    return page(
        "Cases",
        "Every case, the latest first.",
        columns,
        made,
        realm,
        asked,
        realms=queue.counts(realms),
        empty=NO_CASES,
        finds=queue.FINDS,
    )


NO_CASES = Empty("No case yet", ("A case opens by itself when an order comes in whose instrument is known.",))
NO_REQUESTS = Empty("Nothing came in yet", ("Whatever comes in by a door stands here, bounces and duplicates too.",))


def _latest_cases(realm: str, asked: Mapping[str, str]) -> list[Case]:
    found = Case.objects.filter(realm=realm).order_by("-received_at", "-id").select_related("request")
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["authority"]:
        found = found.filter(authority=asked["authority"])
    return list(before(found, asked["before"])[:ROWS])


def requests(realm: str, asked: Mapping[str, str], realms: Sequence[str]) -> ListPage:
    """Everything that came in, the latest first."""
    rows = _found(asked["q"], realm) if asked["q"] else _latest_requests(realm, asked)
    peeks = vault.get_many([row.peek for row in rows])
    joined = {r.id: r.joined.all()[0].case_id for r in rows if r.joined.all()}
    made = [_request_row(row, queue.seen(peeks, row.peek), joined.get(row.id, "")) for row in rows]
    columns = ("Received", "Subject", "From", "Door and what became of it")
    return page(
        "Requests",
        "Whatever came in, as it came.",
        columns,
        made,
        realm,
        asked,
        realms=queue.counts(realms),
        empty=NO_REQUESTS,
        finds=queue.FINDS,
    )


def _found(text: str, realm: str) -> list[Request]:
    of_cases, alone = find.search(text, realm)
    ids = [request.id for request in alone] + [case.request_id for case in of_cases]
    return list(Request.objects.filter(id__in=ids).prefetch_related("joined"))


def _latest_requests(realm: str, asked: Mapping[str, str]) -> list[Request]:
    found = Request.objects.filter(realm=realm).order_by("-received_at", "-id").prefetch_related("joined")
    if asked["state"]:
        found = found.filter(kind=asked["state"])
    return list(before(found, asked["before"])[:ROWS])


def state_of(request: Request, case: str) -> State:
    """Where a request stands."""
    if case:
        return State("joined", f"In case {case}")
    if request.kind == "waits":
        return WAITS
    if request.lane in LANES:
        return LANES[request.lane]
    return State(KINDS.get(request.kind, "verifying"))


LANES: Mapping[str, State] = {
    "triage": State("to-sort"),
    "counsel": State("with-counsel"),
    "answered": State("answered", "Answered by counsel"),
    "support": State("sent-on", "Sent to support"),
    "press": State("sent-on", "Sent to the press office"),
    "civil": State("sent-on", "Sent to the civil claims door"),
    "not-ours": State("sent-on", "Told that it is not ours"),
}


def _request_row(request: Request, seen: Mapping[str, Any], case: str) -> ListRow:
    return ListRow(
        id=request.id,
        url=f"/console/requests/{request.id}",
        title=str(seen.get("subject") or "no subject"),
        at=request.received_at,
        who=str(seen.get("from", "")),
        grade=Grade(request.grade),
        instrument=request.door,
        state=state_of(request, case),
        note=flags.short(request.flags),
    )
