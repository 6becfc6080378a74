"""The rota as a calendar: RFC 5545, in UTC, so that no zone has to travel with it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings

from comity.people.models import Person
from comity.vault import commands as vault

from .models import Shift

LINE_BYTES = 75  # RFC 5545, 3.1
POSTS = {"first": "First on duty", "second": "Second on duty"}


def token(person: Person) -> str:
    """What opens the feed of one person: their calendar can't sign in. It ends with all their sessions."""
    return vault.keyed_hash(f"rota:{person.id}:{person.session_salt}").hex()


def path(person: Person) -> str:
    """The path of somebody's feed."""
    return f"/console/duty/{person.id}/{token(person)}.ics"


def written(shifts: Iterable[Shift], names: Mapping[Any, str], now: datetime) -> str:
    """A calendar of shifts: who (`names` by their id), in which post, from when to when."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Comity//Rota//EN", "X-WR-CALNAME:On duty"]
    for shift in shifts:
        lines += _event(shift, names[shift.person_id], now)
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in folded(line))


def _event(shift: Shift, who: str, now: datetime) -> list[str]:
    uid = sha256(f"{settings.COMITY.host}:{shift.id}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@{settings.COMITY.host}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(shift.starts)}",
        f"DTEND:{_utc(shift.ends)}",
        f"SUMMARY:{_text(f'{POSTS[shift.post]}: {who}')}",
        "END:VEVENT",
    ]


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A TEXT value (3.3.11)."""
    for char in ("\\", ";", ","):
        value = value.replace(char, f"\\{char}")
    return value.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A content line as lines of at most 75 bytes, never within a character (3.1)."""
    piece, size = "", 0
    for char in line:
        wide = len(char.encode())
        if size + wide > LINE_BYTES:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + wide
    yield piece
