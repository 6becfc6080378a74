"""The one order of the queue, and a page of it: danger to a life above all, then what a person must say at once; then
proven before unproven, what is due first, whether or not it was recognised as an order, but of one sender at most a
quarter of what the desk can do while others wait. Among the unproven each
sender's first comes before anybody's second, so that no one sender fills the top."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

CASES, REQUESTS = "cases_case", "cases_request"
STANDS = "greatest(due, slot)"  # one sender's orders stand apart (`cases.fair`), so that they don't fill the desk
WAIT = "(lane in ('triage', 'counsel') or top > 0)"


@dataclass(frozen=True)
class Section:
    """Rows of one stretch of the queue, and the columns that order them (an index has each). What has the same `rank`
    stands in one order."""

    rank: int
    table: str
    where: str
    at: str
    behind: str = "0"

    @property
    def columns(self) -> list[str]:
        """What orders it; an index of its own has these in this order."""
        return [*(["behind"] if self.behind != "0" else []), self.at, "id"]


SECTIONS = (
    Section(0, REQUESTS, f"{WAIT} and due is not null and top = 2", "due", "behind"),  # danger to a life
    Section(1, REQUESTS, f"{WAIT} and due is not null and top = 1", "due", "behind"),  # a person says what it is
    Section(2, CASES, "open and due is not null and behind = 0", STANDS),
    Section(2, REQUESTS, f"{WAIT} and due is not null and top = 0 and behind = 0", "due"),
    Section(3, REQUESTS, f"{WAIT} and due is null and behind = 0", "received_at"),
    Section(4, CASES, "open and due is null and behind = 0", "received_at"),  # somebody else's move
    Section(5, CASES, "open and due is not null and behind > 0", STANDS, "behind"),
    Section(5, REQUESTS, f"{WAIT} and due is not null and top = 0 and behind > 0", "due", "behind"),
    Section(6, REQUESTS, f"{WAIT} and due is null and behind > 0", "received_at", "behind"),
    Section(7, CASES, "open and due is null and behind > 0", "received_at", "behind"),
)
SHOWN = {"": SECTIONS, "cases": tuple(s for s in SECTIONS if s.table == CASES)}
SHOWN["sort"] = tuple(s for s in SECTIONS if s.table == REQUESTS)


Value = str | int | datetime
PLACE = re.compile(r"(\d)\.(\d{1,9})\.(\d{1,11})\.(\d{6})\.([CR]-[0-9A-Z]{8})")


@dataclass(frozen=True)
class Place:
    """A place in the queue: what comes after it is the next page."""

    section: int
    behind: int
    at: datetime
    id: str

    def __str__(self) -> str:
        return f"{self.section}.{self.behind}.{self.at.timestamp():.6f}.{self.id}"


def place(text: str) -> Place | None:
    """A place as an address has it; None for anything else, and so the beginning."""
    found = PLACE.fullmatch(text[:80])
    try:
        at = datetime.fromtimestamp(int(found[3]), UTC) + timedelta(microseconds=int(found[4])) if found else None
    except (ValueError, OverflowError, OSError):
        return None
    return Place(int(found[1]), int(found[2]), at, found[5]) if found and at else None


def page(realm: str, shown: str, after: Place | None, most: int) -> tuple[list[Place], Place | None]:
    """The places of at most so many rows, in one statement, and the last of them where more follow."""
    sections = SHOWN.get(shown, SECTIONS)
    parts: list[str] = []
    values: list[Value] = []
    for section in sections:
        if after is None or section.rank >= after.section:
            begun = after if after and after.section == section.rank else None
            sql, given = _part(section, realm, begun, most + 1)
            parts.append(f"({sql})")
            values += given
    if not parts:
        return [], None
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts) + " order by 1, 2, 3, 4", values)
        found = [Place(*row) for row in cursor.fetchall()]
    return found[:most], found[most - 1] if len(found) > most else None


def _part(section: Section, realm: str, after: Place | None, most: int) -> tuple[str, list[Value]]:
    columns = ", ".join(section.columns)
    begun: list[Value] = [after.behind, after.at, after.id] if after else []
    given = begun[-len(section.columns) :]
    beyond = f"and ({columns}) > ({', '.join(['%s'] * len(given))})" if after else ""
    sql = (
        f"select {section.rank}, {section.behind}, {section.at}, id from {section.table} "  # noqa: S608  # our own words
        f"where realm = %s and {section.where} {beyond} order by {columns} limit %s"
    )
    return sql, [realm, *given, most]


def ids(places: Iterable[Place], table: str) -> list[str]:
    """The ids of those places that are rows of one table."""
    return [one.id for one in places if (one.id[0] == "C") is (table == CASES)]
