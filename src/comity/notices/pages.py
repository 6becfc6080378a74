"""What the pages of notices show: rows to values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from comity import clock
from comity.console.forms import REASON, FormPage
from comity.console.lists import ROWS, Beside, ListPage, ListRow, RealmCount, before
from comity.console.lists import page as listed
from comity.vault import commands as vault
from comity.web.parts import Clock, Empty, Form, Link, Pair, State

from .models import Notice, Tally

HERE = "/console/notices/"
COLUMNS = ("id", "received", "platform", "closed")
NAMES = {
    "report.created": "Reports",
    "content.edited": "Edits",
    "content.deleted": "Deletions",
    "other": "Other events",
}
DAYS = 30
EMPTY = Empty(
    "No notices",
    (
        "What users of a platform report has its page here, once the platform tells us.",
        "How it does: docs/connect-your-platform.md, “Events”.",
    ),
)


@dataclass(frozen=True)
class Count:
    """How many events of a kind a platform told of in the last days."""

    platform: str
    name: str
    n: int


def found(realm: str, asked: Mapping[str, str]) -> QuerySet[Notice]:
    """The notices of a realm that a URL asks for, the latest first."""
    rows = Notice.objects.filter(realm=realm).order_by("-received_at", "-id")
    if wanted := asked.get("q", "").strip():
        return rows.filter(Q(id=wanted.upper()) | Q(platform=wanted.lower()))
    state = asked.get("state", "")
    return rows.filter(closed_at__isnull=state == "open") if state in ("open", "closed") else rows


def page(realm: str, asked: Mapping[str, str], realms: Sequence[str], *, sees: bool) -> ListPage:
    """One page of the list; `sees`: whether it says what was reported."""
    rows = list(before(found(realm, asked), asked["before"])[:ROWS])
    docs = vault.get_many([row.doc for row in rows]) if sees else {}
    made = [_row(row, _said(docs.get(row.doc))) for row in rows]
    told = tuple(RealmCount(one, _open(one)[:1001].count(), f"?realm={one}") for one in realms)
    says = "What users reported on a platform, the latest first. A report is no order."
    columns = ("Received", "Notice", "From", "How it stands")
    finds = "A number, or the name of a platform"
    return listed("Notices", says, columns, made, realm, asked, realms=told, empty=EMPTY, finds=finds)


def _open(realm: str) -> QuerySet[Notice]:
    return Notice.objects.filter(realm=realm, closed_at=None)


def _said(doc: bytes | None) -> dict[str, Any]:
    return dict(json.loads(doc)) if doc else {}


def _row(row: Notice, said: Mapping[str, Any]) -> ListRow:
    return ListRow(
        id=row.id,
        url=f"{HERE}{row.id}",
        title=str(said.get("url") or "A report")[:200],
        at=row.received_at,
        who=row.platform,
        grade=None,
        instrument="",
        state=_state(row),
    )


def _state(row: Notice) -> State:
    return State("answered", "Closed") if row.closed_at else State("to-sort", "To be looked at")


def line(row: Notice) -> tuple[str, ...]:
    """One notice as a line of a file: codes and instants."""
    return row.id, row.received_at.isoformat(), row.platform, row.closed_at.isoformat() if row.closed_at else ""


def counts(realm: str) -> list[Count]:
    """What platforms told of in the last days, counted."""
    since = clock.now().date() - timedelta(days=DAYS)
    rows = Tally.objects.filter(realm=realm, day__gte=since).values("platform", "kind").annotate(sum=Sum("n"))
    return [Count(row["platform"], NAMES[row["kind"]], row["sum"]) for row in rows.order_by("platform", "kind")]


def one(row: Notice, *, sees: bool, acts: bool) -> FormPage:
    """One notice; `sees`: whether it says what was reported; `acts`: whether it can be closed by whoever looks."""
    said = _said(vault.get_many([row.doc]).get(row.doc)) if sees else {}
    pairs = [Pair("Platform", row.platform), Pair("Received", at=row.received_at)]
    pairs += [Pair("Reported there", at=row.said_at)] if row.said_at else []
    pairs += [Pair("Address", code=str(said["url"]))] if "url" in said else []
    if row.closed_at:
        why = _said(vault.get_many([row.reason]).get(row.reason)) if sees else {}
        pairs += [Pair("Closed", str(why.get("text", "")), at=row.closed_at)]
    says = "A user reported this to the platform, which told us. It is no order: if one has to be entered, enter it."
    back = Form(HERE, "All notices", method="get", second=True)
    form = Form(f"{HERE}{row.id}", "Close it", (REASON,)) if acts and not row.closed_at else back
    quote = str(said.get("reason", ""))
    return FormPage(
        f"Notice {row.id}",
        (Link("Requests", "/console/requests/"), Link("Notices", HERE)),
        (says,),
        form,
        tuple(pairs),
        quote,
    )


MOST_BESIDE = 20


def beside(realm: str) -> list[Beside]:
    """What of notices stands in the desk's queue: those that nobody has closed, the first received first."""
    return [_beside(row) for row in _open(realm).order_by("received_at", "id")[:MOST_BESIDE]]


def _beside(row: Notice) -> Beside:
    return Beside(
        id=row.id,
        url=f"{HERE}{row.id}",
        title=f"Report of a user of {row.platform}",
        clock=Clock(started=row.received_at),
        next="Look at it, and close it with a reason",
        who=row.platform,
        kind="Notice",
        state="to-sort",
        says="To be looked at",
    )
