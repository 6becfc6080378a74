"""A list of the console: filtered by its URL, paged, latest first, and exported as a CSV of every row."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from comity.web.parts import Clock, Empty, Field, Form, Grade, Link, State

ROWS = 100
_ID = re.compile(r"[A-Z]-[0-9A-Z]{8}|")


@dataclass(frozen=True, slots=True)
class RealmCount:
    """How many are open in a realm; a `count` over 1000 is shown as "1000+"."""

    slug: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of the queue that another room has due. `state` is the look's slug for it, `says` its word; `kind` stands
    where a case has its instrument."""

    id: str
    url: str
    title: str
    clock: Clock
    next: str
    who: str
    kind: str
    state: str
    says: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list."""

    id: str
    url: str
    title: str
    at: datetime
    who: str
    grade: Grade | None
    instrument: str
    state: State
    note: str = ""
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list: filtered by the URL, exported as CSV."""

    title: str
    says: str
    columns: tuple[str, str, str, str]
    rows: tuple[ListRow, ...]
    realms: tuple[RealmCount, ...]
    filters: Form
    export_url: str
    empty: Empty
    more_url: str = ""


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """What the URL asks of a list; empty where it asks nothing."""
    return {name: request.GET.get(name, "") for name in names}


def page(
    title: str,
    says: str,
    columns: tuple[str, str, str, str],
    rows: Sequence[ListRow],
    realm: str,
    asked: Mapping[str, str],
    *,
    realms: tuple[RealmCount, ...],
    empty: Empty,
    finds: str,
) -> ListPage:
    """A page of the list at `/console/TITLE/`; `finds`: what can be searched for in it."""
    here = f"/console/{title.lower()}/"
    fields = (
        Field("q", "Find", asked["q"], kind="search", required=False, hint=finds),
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
        realms=realms,
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


def before(found: QuerySet[Any], place: str) -> QuerySet[Any]:
    """What follows a position in a list, latest first: an instant, and the id of a row of that instant.

    A position that isn't one is the beginning.
    """
    at, _, id = place[:60].partition(",")
    if (instant := _instant(at)) is None or not _ID.fullmatch(id):
        return found
    return found.filter(Q(received_at__lt=instant) | Q(received_at=instant, id__lt=id), received_at__lte=instant)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def every(make: Callable[[Mapping[str, str]], Any], asked: Mapping[str, str], place: str) -> Iterator[Any]:
    """Every row of a list, read page by page; `place` names the URL parameter for the position where a page begins."""
    while True:
        found = make(asked)
        yield from found.rows
        if not found.more_url:
            return
        asked = {**asked, place: dict(parse_qsl(found.more_url[1:]))[place]}


# -- as a file --------------------------------------------------------------------------------------------------------


class _Line:
    """The file a csv.writer writes to: it returns each line."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """All rows, streamed as they are read: the longest list takes no more memory than a short one."""
    writer = csv.writer(_Line())
    lines = (writer.writerow([csv_safe(cell) for cell in row]) for row in chain([head], rows))
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=disposition)


def csv_safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
