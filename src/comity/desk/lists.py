"""The lists of cases and of requests, filtered by the address; and one alert."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet

from comity import instruments
from comity.alerts.models import Alert
from comity.authorities.models import Authority
from comity.cases import find
from comity.cases.models import Case, Request
from comity.vault import commands as vault
from comity.web.parts import Empty, Field, Form, Grade, Link, State

from . import flags, queue
from .frame import ALERTS, PEOPLE
from .pages import FormPage, ListPage, ListRow

ROWS = 100
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
    return _page("Cases", "Every case, the latest first.", columns, made, realm, asked, realms, NO_CASES)


NO_CASES = Empty("No case yet", ("A case opens by itself when an order comes in whose instrument is known.",))
NO_REQUESTS = Empty("Nothing came in yet", ("Whatever comes in by a door stands here, bounces and duplicates too.",))


def _latest_cases(realm: str, asked: Mapping[str, str]) -> list[Case]:
    found = Case.objects.filter(realm=realm).order_by("-received_at", "-id").select_related("request")
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["authority"]:
        found = found.filter(authority=asked["authority"])
    return list(_before(found, asked["before"])[:ROWS])


def _before(found: QuerySet[Any], place: str) -> QuerySet[Any]:
    """What comes after a place in a list, the latest first: an instant, and the id of a row of that instant."""
    at, _, id = place[:60].partition(",")
    if (instant := _instant(at)) is None or not re.fullmatch(r"[CR]-[0-9A-Z]{8}|", id):
        return found
    return found.filter(Q(received_at__lt=instant) | Q(received_at=instant, id__lt=id), received_at__lte=instant)


def every(make: Callable[..., ListPage], realm: str, asked: Mapping[str, str]) -> Iterator[ListRow]:
    """Every row of a list, read page by page."""
    while True:
        found = make(realm, asked, ())
        yield from found.rows
        if not found.more_url:
            return
        asked = {**asked, "before": dict(parse_qsl(found.more_url[1:]))["before"]}


def requests(realm: str, asked: Mapping[str, str], realms: Sequence[str]) -> ListPage:
    """Everything that came in, the latest first."""
    rows = _found(asked["q"], realm) if asked["q"] else _latest_requests(realm, asked)
    peeks = vault.get_many([row.peek for row in rows])
    joined = {r.id: r.joined.all()[0].case_id for r in rows if r.joined.all()}
    made = [_request_row(row, queue.seen(peeks, row.peek), joined.get(row.id, "")) for row in rows]
    columns = ("Received", "Subject", "From", "Door and what became of it")
    return _page("Requests", "Whatever came in, as it came.", columns, made, realm, asked, realms, NO_REQUESTS)


def _found(text: str, realm: str) -> list[Request]:
    of_cases, alone = find.search(text, realm)
    ids = [request.id for request in alone] + [case.request_id for case in of_cases]
    return list(Request.objects.filter(id__in=ids).prefetch_related("joined"))


def _latest_requests(realm: str, asked: Mapping[str, str]) -> list[Request]:
    found = Request.objects.filter(realm=realm).order_by("-received_at", "-id").prefetch_related("joined")
    if asked["state"]:
        found = found.filter(kind=asked["state"])
    return list(_before(found, asked["before"])[:ROWS])


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


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


def _page(
    title: str,
    says: str,
    columns: tuple[str, str, str, str],
    rows: Sequence[ListRow],
    realm: str,
    asked: Mapping[str, str],
    realms: Sequence[str],
    empty: Empty,
) -> ListPage:
    here = f"/console/{title.lower()}/"
    fields = (
        Field("q", "Find", asked["q"], kind="search", required=False, hint=queue.FINDS),
        Field("realm", "Realm", realm, kind="hidden"),
    )
    here_and = {key: value for key, value in {**asked, "realm": realm, "before": ""}.items() if value}
    query = urlencode(here_and)
    whole = len(rows) == ROWS and not asked["q"]
    more = f"?{urlencode({**here_and, 'before': f'{rows[-1].at.isoformat()},{rows[-1].id}'})}" if whole else ""
    return ListPage(
        title=title,
        says=f"What was found for “{asked['q']}”." if asked["q"] else says,
        columns=columns,
        rows=tuple(rows),
        realms=queue.counts(realms),
        filters=Form(here, "Show", fields, method="get", second=True, id="filters", back=Link("All", here)),
        export_url=f"?{query}&format=csv",
        empty=_nothing(asked["q"], here) if asked["q"] else empty,
        more_url=more,
    )


def _nothing(q: str, here: str) -> Empty:
    """What an empty search says: what is searched, and the way back to everything."""
    return Empty(
        f"Nothing found for “{q}”",
        ("It is looked for as it is written: a whole file number, address (URL), number of ours or name.",),
        Link("Show everything", here),
    )


def where(alert: Alert) -> str:
    """Where an alert leads."""
    if alert.case:
        return f"/console/cases/{alert.case}#measures"
    if alert.kind in PEOPLE:
        return "/people/"
    return f"/console/requests/?realm={alert.realm}{'&state=waits' if alert.kind == 'reading.waits' else ''}"


def alert_page(alert: Alert, path: str, where: str) -> FormPage:
    """One alert: what it says, where to look, and that it has been dealt with."""
    leads = Link(f"Case {alert.case}" if alert.case else "People" if alert.kind in PEOPLE else "Requests", where)
    words = ALERTS.get(alert.kind, "needs a look.")
    often = f" It is so {alert.count} times." if alert.count > 1 else ""
    says = (words[:1].upper() + words[1:] + often,)
    form = Form(path, "It has been dealt with", second=True)
    after = "Once it is dealt with, take the warning off the pages of everyone at the desk."
    return FormPage(
        f"{alert.case or 'The desk'} needs a look",
        (Link("Queue", "/console/"), leads),
        (*says, after),
        form,
        primary=Link("Open it", where),
    )
