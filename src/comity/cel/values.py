"""Instants and durations: how they are written, and how they are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)
_LENGTH = re.compile(r"(\d{1,12}(?:\.\d{1,9})?|\.\d{1,9})(h|ms|m|s|us|ns)", re.ASCII)
LONGEST = timedelta(microseconds=(1 << 63) // 1000)  # CEL counts nanoseconds in 64 bits: about 292 years
_UNITS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1, "ns": 0}


def read_timestamp(text: str) -> datetime | None:
    """An RFC 3339 instant as a UTC datetime, cut to microseconds; None if the text isn't one."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micro = int((match.group(7) or "0").ljust(6, "0")[:6])
    try:
        zone = UTC if match.group(8) else _offset(match)
        return datetime(year, month, day, hour, minute, second, micro, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


TWO = tuple(f"{n:02d}" for n in range(60))  # faster than formatting each time


def to_the_second(at: datetime) -> str:
    """A UTC datetime as an RFC 3339 instant without its fraction. (`isoformat` takes three times as long.)"""
    day = f"{at.year:04d}-{TWO[at.month]}-{TWO[at.day]}"
    return f"{day}T{TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]}Z"


def clock(at: datetime) -> str:
    """The time of day to the second: 13:07:32. The zone is the datetime's own."""
    return f"{TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]}"


def _offset(match: re.Match[str]) -> timezone:
    hours, minutes = int(match.group(10)), int(match.group(11))
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if match.group(9) == "-" else length)


def read_duration(text: str) -> timedelta | None:
    """A duration such as `1h30m`, `12h`, `-3.5s`; None if the text isn't one or it is longer than CEL allows."""
    negative, rest = text.startswith("-"), text.lstrip("+-")
    if len(text) - len(rest) > 1 or not rest:
        return None
    total, at = 0.0, 0
    while at < len(rest):
        match = _LENGTH.match(rest, at)
        if match is None:
            return None
        total += float(match.group(1)) * _UNITS[match.group(2)]
        at = match.end()
    try:
        length = timedelta(microseconds=-round(total) if negative else round(total))
    except OverflowError:
        return None
    return length if abs(length) <= LONGEST else None
