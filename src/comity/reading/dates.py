"""The moments that a mail names, in the languages of `forms/speech`: by date, by weekday, by how long from its receipt.

Pure. For what may be harm or process against a person the earliest way to read a moment counts: a day that could be
two is the earlier one, a period runs from receipt, and a day without an hour ends with its last minute. Only what
lies ahead of the receipt is told; nothing of it is a fact of an order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from comity.reading import speech, values

MOST = 6
AHEAD = timedelta(days=3 * 366)
LAST = time(23, 59)
NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})(?:[./-](\d{2}|\d{4}))?(?![\d/-]|\.\d)")
ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
CLOCK = re.compile(
    r"(?<![\d:.,])([01]?\d|2[0-3])(?:\s?[:.h]\s?([0-5]\d)(?!\d)|\s?(?:h|uhr|heures?|hrs?|час\w*|ч|horas?|ore)(?![^\W\d_]))"
    r"(?:\s?([ap])\.?m\b)?|(?<![\d:.,])(1[0-2]|[1-9])\s?([ap])\.?m\b",
    re.IGNORECASE,
)
NEAR = 60  # characters around a day in which its hour stands


class Named(NamedTuple):
    """A moment (UTC) that a text names, with the words and the offset at which they stand."""

    at: datetime
    begin: int
    text: str


@cache
def _words() -> tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int], dict[str, timedelta], str]:
    """Months, weekdays (Monday 0), days from today, numbers, lengths, what stands before a period: all languages."""
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    days: dict[str, int] = {}
    numbers: dict[str, int] = {}
    units: dict[str, timedelta] = {}
    before: list[str] = []
    for said in speech.files():
        told: Mapping[str, Any] = said["dates"]
        for table, key in ((months, "months"), (weekdays, "weekdays")):
            for n, names in enumerate(told[key]):
                table.update({values.fold(name): n + (1 if key == "months" else 0) for name in names.split()})
        days.update({values.fold(name): n for n, names in enumerate(told["days"]) for name in names.split("|") if name})
        numbers.update({values.fold(name): n + 1 for n, names in enumerate(told["numbers"]) for name in names.split()})
        for key, length in (("minutes", 60), ("hours", 3_600), ("days_long", 86_400), ("weeks", 604_800)):
            units.update({values.fold(name): timedelta(seconds=length) for name in told[key].split()})
        before += [values.fold(words) for words in told["within"]]
    return months, weekdays, days, numbers, units, "|".join(sorted(map(re.escape, before), key=len, reverse=True))


def _any(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    months, weekdays, days, numbers, units, before = _words()
    day = r"(?<![\d.:])(\d{1,2})(?:st|nd|rd|th|er|o|º|°|\.)?"
    of = r"(?:\s+(?:of|de|del|di))?"
    year = r"(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?"
    return {
        "day_month": re.compile(rf"{day}{of}\s+({_any(months)})(?!\w)\.?{year}"),
        "month_day": re.compile(rf"(?<!\w)({_any(months)})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]){year}"),
        "weekday": re.compile(rf"(?<!\w)({_any(weekdays)})(?!\w)"),
        "days": re.compile(rf"(?<!\w)({_any(days)})(?!\w)"),
        "period": re.compile(
            rf"(?<!\w)(?:{before})\s+(\d{{1,3}}|{_any(numbers)})\s+(?:\w{{1,12}}\s+)?({_any(units)})(?!\w)"
        ),
    }


def of(text: str, received: datetime, zone: str) -> list[Named]:
    """The moments ahead that a text names, the earliest first; each once, six at the most. `received`: UTC."""
    plain = speech.plain(text)
    folded, offsets = _folded(plain)
    place = ZoneInfo(zone)
    found: dict[datetime, Named] = {}
    gone = {one.begin for one in past(text, received, zone)}
    for at, begin, end in sorted(_all(folded, received, place)):
        if offsets[begin] in gone and at > received + YEAR:
            continue  # a day without a year that has just passed, and not the next of that name
        if received < at <= received + AHEAD and at not in found:
            words = plain[offsets[begin] : offsets[end - 1] + 1]
            found[at] = Named(at, offsets[begin], " ".join(words.split())[:80])
    return list(found.values())[:MOST]


YEAR = timedelta(days=300)
PAST = timedelta(days=45)  # so long ago a day can have been that a mail names as one to come


def past(text: str, received: datetime, zone: str) -> list[Named]:
    """The dates of the last weeks before the receipt that a text names, the latest first; weekdays and periods are
    ahead. A day without a year is the one just past rather than the next of that name."""
    plain = speech.plain(text)
    folded, offsets = _folded(plain)
    place, since = ZoneInfo(zone), received - PAST
    found: dict[datetime, Named] = {}
    for day, begin, end in _dated(folded, since.astimezone(place).date()):
        at = _with_hour(folded, day, begin, end, place, since)[0]
        if since < at <= received and at not in found:
            words = plain[offsets[begin] : offsets[end - 1] + 1]
            found[at] = Named(at, offsets[begin], " ".join(words.split())[:80])
    return sorted(found.values(), reverse=True)[:MOST]


def _folded(text: str) -> tuple[str, list[int]]:
    """A text without accents and capitals, and where each letter of it stands in the text."""
    made: list[str] = []
    offsets: list[int] = []
    for n, letter in enumerate(text):
        said = values.fold(letter) if not letter.isascii() else letter.lower()
        made.append(said)
        offsets += [n] * len(said)
    return "".join(made), offsets


Moment = tuple[datetime, int, int]


def _all(text: str, received: datetime, place: ZoneInfo) -> Iterator[Moment]:
    today = received.astimezone(place).date()
    taken: list[tuple[int, int]] = []
    for day, begin, end in _days(text, today):
        if not any(begin < there and here < end for here, there in taken):
            taken.append((begin, end))
            yield (*_with_hour(text, day, begin, end, place, received),)
    units, numbers = _words()[4], _words()[3]
    for match in _patterns()["period"].finditer(text):
        count = int(match[1]) if match[1].isdigit() else numbers[match[1]]
        yield received + units[match[2]] * count, match.start(), match.end()


def _days(text: str, today: date) -> Iterator[tuple[date, int, int]]:
    _, weekdays, days, *_ = _words()
    patterns = _patterns()
    yield from _dated(text, today)
    for match in patterns["weekday"].finditer(text):
        yield today + timedelta(days=(weekdays[match[1]] - today.weekday()) % 7), *match.span()
    for match in patterns["days"].finditer(text):
        yield today + timedelta(days=days[match[1]]), *match.span()


def _dated(text: str, today: date) -> Iterator[tuple[date, int, int]]:
    """The days that are written as dates."""
    months, patterns = _words()[0], _patterns()
    for match in ISO.finditer(text):
        yield from _made(today, int(match[3]), int(match[2]), match[1], match.span())
    for match in patterns["day_month"].finditer(text):
        yield from _made(today, int(match[1]), months[match[2]], match[3], match.span())
    for match in patterns["month_day"].finditer(text):
        yield from _made(today, int(match[2]), months[match[1]], match[3], match.span())
    for match in NUMERIC.finditer(text):
        yield from _numeric(today, match)


def _numeric(today: date, match: re.Match[str]) -> Iterator[tuple[date, int, int]]:
    """4.12.2026, 04/12/26: of two ways to read it the earlier day ahead. A number such as 2.5 is no date."""
    if match[3] is None and not match[0].endswith(".") and "/" not in match[0]:
        return
    ways = {(int(match[1]), int(match[2]))} | ({(int(match[2]), int(match[1]))} if "/" in match[0] else set())
    made = [day for way in ways for day in _made(today, *way, match[3], match.span())]
    yield from sorted(day for day in made if day[0] >= today)[:1]


def _made(
    today: date, day: int, month: int, year: str | None, span: tuple[int, int]
) -> Iterator[tuple[date, int, int]]:
    """A day of the calendar; without a year the next one of that name."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [today.year, today.year + 1]
    for one in years:
        try:
            made = date(one, month, day)
        except ValueError:
            continue
        if made >= today or year:
            yield made, *span
            return


def _with_hour(text: str, day: date, begin: int, end: int, place: ZoneInfo, received: datetime) -> Moment:
    """A day with the hour that stands beside it, else its last minute."""
    after = CLOCK.search(text, end, min(len(text), end + NEAR))
    before = list(CLOCK.finditer(text, max(0, begin - NEAR // 2), begin))
    match = after or (before[-1] if before else None)
    at = LAST if match is None else _hour(match)
    made = datetime.combine(day, at, place)
    if made.astimezone(received.tzinfo) <= received and match is not None:
        made = datetime.combine(day, LAST, place)
    return made.astimezone(received.tzinfo), begin, end


def _hour(match: re.Match[str]) -> time:
    hour = int(match[1] or match[4])
    half = (match[3] or match[5] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour % 24, int(match[2] or 0))
