"""A period in words, as two instants. Pure. What can be meant otherwise is not read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comity.reading import instants, values

Period = dict[str, str | None]

BETWEEN = (
    re.compile(r"\b(?:to|until|till|through|and|au|jusqu\w*|et|bis|und|al|hasta|fino)\b", re.IGNORECASE),
    re.compile(r"\s[–—-]\s|\s?/\s?|–|—"),
    re.compile(r"-"),
)
MIDNIGHT = re.compile(r"(?<![\d:.])24(?:[:.]00(?::00)?|\s?(?:h|uhr|hrs)\b)", re.IGNORECASE)
SINCE = frozenset(
    [
        "from",
        "since",
        "starting",
        "on",
        "as",
        "of",
        "onwards",
        "the",
        "ab",
        "seit",
        "dem",
        "depuis",
        "a",
        "partir",
        "du",
        "compter",
        "le",
    ]
)
# What makes a day another than the one that is named, or speaks of both at once.
OTHERWISE = re.compile(
    r"\b(?:exclu\w*|esclus\w*|ausschlie\w*|ausgenommen|both|jeweils|each|respective\w*|chacun\w*|tous deux|ambos"
    r"|ciascun\w*|respectiva\w*|rispettiva\w*|beide\w*)\b",
    re.IGNORECASE,
)
UP_TO = frozenset(["until", "up", "to", "till", "the", "bis", "zum", "dem", "jusqu", "au", "le"])


def read(text: str, state: str | None, near: datetime | None, zone: str) -> Period | None:
    """`{"from", "until"}`, RFC 3339 in UTC, null = open; None where the text names no one period.

    `zone` is the addressee's: in it a day named without an hour begins, and one that ends the period ends. `state` and
    `near` as in `instants.instant`. Raises values.Impossible for a day that does not exist.
    """
    text = " ".join(text[:400].split())
    found = values.days(text, near)
    if OTHERWISE.search(text):
        return None
    if len(found) == 1:
        return _open(text, found[0], zone)
    cut = _between(text, found[0][1][1], found[1][1][0]) if len(found) == 2 else None
    if cut is None:
        return None
    first, last = text[: cut[0]], text[cut[1] :]
    begins = _moment(first, last, state, near) or _whole_day(first, near, zone, after=0)
    ends = _moment(last, first, state, near) or _whole_day(last, near, zone, after=1)
    return {"from": begins, "until": ends} if begins and ends and begins < ends else None


def _between(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where what stands between the two moments is parted."""
    for pattern in BETWEEN:
        if found := pattern.search(text[start:end]):
            return start + found.start(), start + found.end()
    return None


def _moment(half: str, other: str, state: str | None, near: datetime | None) -> str | None:
    """The instant that one half names by an hour; its zone may stand in the other. 24:00 is the next day's 0:00."""
    day = values.day(half, near)
    if day and MIDNIGHT.search(half):
        after = date.fromisoformat(day) + timedelta(days=1)
        half = f"{after.isoformat()} 00:00 {_bare(MIDNIGHT.sub(' ', half), near)}"
    if not values.TIME.search(_undated(half, near)):
        return None
    return instants.instant(half, state, near) or instants.instant(f"{half} {_bare(other, near)}", state, near)


def _undated(text: str, near: datetime | None) -> str:
    for _day, (start, end) in values.days(text, near):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _bare(text: str, near: datetime | None) -> str:
    """A text without its days and hours: what may name a zone."""
    return values.TIME.sub(" ", MIDNIGHT.sub(" ", _undated(text, near)))


def _whole_day(half: str, near: datetime | None, zone: str, *, after: int) -> str | None:
    """The beginning of a day named without an hour, or of the one `after` it."""
    day = values.day(half, near)
    if day is None or re.search(r"\d", _undated(half, near)) or day == date.max.isoformat():
        return None
    on = date.fromisoformat(day) + timedelta(days=after)
    begins = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone))
    return begins.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open(text: str, found: tuple[date, tuple[int, int]], zone: str) -> Period | None:
    """`since 1 March 2027`, `until 1 March 2027`."""
    said = set(values.words(text[: found[1][0]] + " " + text[found[1][1] :]))
    if said and said <= SINCE:
        return {"from": _whole_day(text, None, zone, after=0), "until": None}
    if said and said <= UP_TO:
        return {"from": None, "until": _whole_day(text, None, zone, after=1)}
    return None
