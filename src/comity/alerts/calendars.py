"""A calendar that somebody brings (RFC 5545, `.ics`), as from when until when: shifts or absences of one person.

What isn't understood is refused, naming the event and the rule, and nothing of the file is taken: an event that was
left out unseen would be an hour that nobody covers. Zones are IANA's (or Windows' names for them); one that the file
defines for itself is refused, since its rules may be anything. An event comes again each day or week, as a rota does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from comity.people.refusals import BadInput

LARGEST = 64 * 1024  # bytes
MOST_EVENTS, MOST_SPANS = 200, 400
BEFORE = timedelta(days=3660)  # an event that comes again began at most so long ago
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class _Event:
    """One event: its first start, how long by the clock on the wall, and on which days it comes again."""

    starts: datetime
    lasts: timedelta
    uid: str
    replaces: datetime | None  # the start of the one of its series that it takes the place of
    rule: dict[str, list[Any]] = field(default_factory=dict)
    left_out: frozenset[datetime] = frozenset()


def spans(data: bytes, zone: ZoneInfo, since: datetime, until: datetime) -> list[Span]:
    """From when until when each event lasts (UTC), the first first; those that are over `since`, or begin after
    `until`, are left out. `zone`: whose clock counts where the file names none. Raises BadInput "file"."""
    if len(data) > LARGEST:
        raise BadInput("file", f"at most {LARGEST // 1024} KiB")
    rows = _rows(data)
    if not 0 < len(rows) <= MOST_EVENTS:
        raise BadInput("file", f"it has {len(rows)} events; from 1 to {MOST_EVENTS} are taken")
    events = [_read(n, row, zone, since) for n, row in enumerate(rows, 1) if str(row.get("STATUS")) != "CANCELLED"]
    moved = {(one.uid, one.replaces) for one in events if one.replaces}
    found = {span for one in events for span in _each(one, moved, until) if span[1] > since and span[0] < until}
    if len(found) > MOST_SPANS:
        raise BadInput("file", f"it comes to more than {MOST_SPANS} times; take a shorter one")
    return sorted(found)


def _rows(data: bytes) -> list[Any]:
    try:
        return list(Calendar.from_ical(data.decode("utf-8-sig")).walk("VEVENT"))
    except (ValueError, KeyError, IndexError, RecursionError):  # of the library, for what it can't read
        raise BadInput("file", "a calendar as a file, such as your calendar exports (.ics)") from None


def _read(n: int, row: Any, zone: ZoneInfo, now: datetime) -> _Event:
    for name, _ in row.errors:
        raise _bad(n, str(name), "it can’t be read")
    try:
        return _event(n, row, zone, now)
    except (BrokenCalendarProperty, AttributeError, TypeError, OverflowError):  # one that is broken, or there twice
        raise _bad(n, "DTSTART", "its times can’t be read") from None


def _event(n: int, row: Any, zone: ZoneInfo, now: datetime) -> _Event:
    starts = _instant(n, row, "DTSTART", zone)
    if starts is None:
        raise _bad(n, "DTSTART", "it says no start")
    left_out = row.get("EXDATE", [])
    lists = left_out if isinstance(left_out, list) else [left_out]
    return _Event(
        starts,
        _lasts(n, row, starts, zone),
        str(row.get("UID", n)),
        _instant(n, row, "RECURRENCE-ID", zone),
        _rule(n, row, starts, now),
        frozenset(_local(n, "EXDATE", one.dt, one.params, zone) for each in lists for one in each.dts),
    )


def _bad(n: int, name: str, rule: str) -> BadInput:
    return BadInput("file", f"event {n}, {name}: {rule}")


def _instant(n: int, row: Any, name: str, zone: ZoneInfo) -> datetime | None:
    """An instant with its zone; a day is its first instant by the clock of `zone`."""
    given = row.get(name)
    return None if given is None else _local(n, name, given.dt, given.params, zone)


def _local(n: int, name: str, at: Any, params: Any, zone: ZoneInfo) -> datetime:
    if isinstance(at, datetime) and at.tzinfo is not None:
        if at.tzinfo is UTC or isinstance(at.tzinfo, ZoneInfo):
            return at
        raise _bad(n, name, f"the zone {str(params.get('TZID', ''))[:60]!r} isn’t an IANA name such as Europe/Brussels")
    if params.get("TZID"):
        raise _bad(n, name, f"the zone {str(params['TZID'])[:60]!r} isn’t an IANA name such as Europe/Brussels")
    if isinstance(at, datetime):
        return at.replace(tzinfo=zone)
    if isinstance(at, date):
        return datetime.combine(at, time(), zone)
    raise _bad(n, name, "a date, or date and time")


def _lasts(n: int, row: Any, starts: datetime, zone: ZoneInfo) -> timedelta:
    """How long, by the clock on the wall: a shift until eight is one until eight in summer too."""
    ends, length = _instant(n, row, "DTEND", zone), row.get("DURATION")
    if ends is not None:
        lasts: object = ends.astimezone(starts.tzinfo).replace(tzinfo=None) - starts.replace(tzinfo=None)
    elif length is not None:
        lasts = getattr(length, "dt", None)
    else:
        lasts = None if isinstance(row["DTSTART"].dt, datetime) else timedelta(days=1)
    if not isinstance(lasts, timedelta) or lasts <= timedelta():
        raise _bad(n, "DTEND", "it says no end after its start")
    return lasts


def _rule(n: int, row: Any, starts: datetime, now: datetime) -> dict[str, list[Any]]:
    given = row.get("RRULE")
    if row.get("RDATE") is not None or isinstance(given, list):
        raise _bad(n, "RDATE", "only one rule for each day or week is taken")
    if given is None:
        return {}
    rule = dict(given) if hasattr(given, "items") else {}
    if rule.get("FREQ") not in (["DAILY"], ["WEEKLY"]) or not set(rule) <= PARTS:
        raise _bad(n, "RRULE", "only what comes again each day or week, or some of its days, is taken")
    named = [*rule.get("BYDAY", []), *rule.get("WKST", [])]
    if not all(str(day) in DAYS for day in named) or min(rule.get("INTERVAL", [1])) < 1:
        raise _bad(n, "RRULE", "its days are MO to SU, and its interval is 1 or more")
    if starts < now - BEFORE:
        raise _bad(n, "DTSTART", "a series began in the last ten years")
    return rule


def _each(one: _Event, moved: set[tuple[str, datetime]], until: datetime) -> Iterator[Span]:
    """Each time that it comes, but those that are left out or were moved."""
    for day in _days(one, until):
        starts = datetime.combine(day, one.starts.time(), one.starts.tzinfo)
        if starts in one.left_out or (one.replaces is None and (one.uid, starts) in moved):
            continue
        ends = (starts + one.lasts).replace(fold=1)  # by the clock on the wall; of an hour that comes twice the later
        yield starts.astimezone(UTC), ends.astimezone(UTC)


def _days(one: _Event, until: datetime) -> Iterator[date]:
    first, rule = one.starts.date(), one.rule
    if not rule:
        yield first
        return
    last = _last(one, until)
    count = int(rule["COUNT"][0]) if rule.get("COUNT") else None
    for number, day in enumerate(_rhythm(first, rule, last)):
        if count is not None and number >= count:
            return
        yield day


def _last(one: _Event, until: datetime) -> date:
    last = until.astimezone(one.starts.tzinfo).date()
    for given in one.rule.get("UNTIL", []):
        if isinstance(given, datetime):
            at = given if given.tzinfo else given.replace(tzinfo=one.starts.tzinfo)
            local = at.astimezone(one.starts.tzinfo)
            before = local.time() < one.starts.time()  # it ends before that day's would begin
            given = local.date() - timedelta(days=int(before))
        last = min(last, given)
    return last


def _rhythm(first: date, rule: dict[str, list[Any]], last: date) -> Iterator[date]:
    """The days of a rule from its first to the last."""
    step, days = int(rule.get("INTERVAL", [1])[0]), [DAYS.index(str(day)) for day in rule.get("BYDAY", [])]
    weekly = rule["FREQ"] == ["WEEKLY"]
    begins = DAYS.index(str(rule.get("WKST", ["MO"])[0])) if weekly else 0
    monday = first - timedelta(days=(first.weekday() - begins) % 7)  # of its week, on whichever day that begins
    days = days or ([first.weekday()] if weekly else list(range(7)))
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        passed = (day - monday).days // 7 if weekly else (day - first).days
        if passed % step == 0 and day.weekday() in days:
            yield day
