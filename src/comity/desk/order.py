"""The one order of the queue, and a page of it: proven before unproven, then what is due first. Among the unproven each
sender's first comes before anybody's second, so that no one sender fills the top."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

CASES, REQUESTS = "cases_case", "cases_request"
WAIT = "lane in ('triage', 'counsel')"


@dataclass(frozen=True)
class Section:
    """One stretch of the queue: its rows, and the columns that order them (an index has each)."""

    table: str
    where: str
    at: str
    behind: str = "0"

    @property
    def columns(self) -> list[str]:
        """What orders it; an index of its own has these in this order."""
        return [*(["behind"] if self.behind != "0" else []), self.at, "id"]


SECTIONS = (
    Section(REQUESTS, f"{WAIT} and due is not null", "due"),  # unread, from an office: as if it were an order
    Section(CASES, "open and due is not null and behind = 0", "due", "behind"),
    Section(CASES, "open and due is null and behind = 0", "received_at", "behind"),  # somebody else's move
    Section(REQUESTS, f"{WAIT} and due is null and behind = 0", "received_at", "behind"),
    Section(CASES, "open and due is not null and behind > 0", "due", "behind"),
    Section(CASES, "open and due is null and behind > 0", "received_at", "behind"),
    Section(REQUESTS, f"{WAIT} and due is null and behind > 0", "received_at", "behind"),
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
    for number, section in enumerate(sections):
        if after is None or number >= after.section:
            sql, given = _part(number, section, realm, after if after and after.section == number else None, most + 1)
            parts.append(f"({sql})")
            values += given
    if not parts:
        return [], None
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts) + " order by 1, 2, 3, 4", values)
        found = [Place(*row) for row in cursor.fetchall()]
    return found[:most], found[most - 1] if len(found) > most else None


def _part(number: int, section: Section, realm: str, after: Place | None, most: int) -> tuple[str, list[Value]]:
    columns = ", ".join(section.columns)
    begun: list[Value] = [after.behind, after.at, after.id] if after else []
    given = begun[-len(section.columns) :]
    beyond = f"and ({columns}) > ({', '.join(['%s'] * len(given))})" if after else ""
    sql = (
        f"select {number}, {section.behind}, {section.at}, id from {section.table} "  # noqa: S608  # our own words
        f"where realm = %s and {section.where} {beyond} order by {columns} limit %s"
    )
    return sql, [realm, *given, most]


def ids(places: Iterable[Place], table: str, shown: str) -> list[str]:
    """The ids of those places that are rows of one table."""
    sections = SHOWN.get(shown, SECTIONS)
    return [one.id for one in places if sections[one.section].table == table]
