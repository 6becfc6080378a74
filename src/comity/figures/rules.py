"""Days and quarters, and what may be said of a count in public: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

CORRECTED = 35  # days for which a count is corrected; then it stays
LEAST = 10  # in public a smaller number is "under 10", and so is none: from none to one would tell of one

NONE, DATED, UNDATED, CONFIDENTIAL, UNKNOWN = HOLDS = ("none", "dated", "undated", "confidential", "unknown")


@dataclass(frozen=True)
class Told:
    """One notification of a case: whether the person was told, and on which day (UTC)."""

    sent: bool
    day: date | None


def quarter(day: date) -> date:
    """The first day of a day's quarter."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def next_quarter(start: date) -> date:
    """The first day of the quarter after one."""
    return quarter(start + timedelta(days=100))


def published_from(start: date) -> date:
    """From which day on a quarter's figures are fixed for everyone: its last day isn't corrected any more."""
    return next_quarter(start) + timedelta(days=CORRECTED)


def due(first: date, today: date) -> list[date]:
    """The quarters that are fixed by now, from the one of the first day that there is on."""
    found, start = [], quarter(first)
    while published_from(start) <= today:
        found.append(start)
        start = next_quarter(start)
    return found


def midnight(day: date) -> datetime:
    """The instant at which a day begins, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def bounds(start: date, end: date) -> tuple[datetime, datetime]:
    """The instants (UTC) between which days lie, from one to before another."""
    return midnight(start), midnight(end)


def hold_of(finding: Mapping[str, Any], until: datetime | None, stands: bool) -> str:
    """What of a finding holds its case back from the public."""
    if any(duty.get("id") == CONFIDENTIAL for duty in finding.get("duties") or ()):
        return CONFIDENTIAL
    return NONE if not stands else DATED if until else UNDATED


def cleared(
    received: date, hold: str, until: datetime | None, told: Iterable[Told], now: datetime, before: str = NONE
) -> date | None:
    """From which day on a case may be counted in public; None: not yet, or never.

    Where nothing holds it back, from its own. A non-disclosure is over once the person was told; where nobody is to be
    told, at its own end, if that is known. `before`: what held it back until now.
    """
    if hold in (CONFIDENTIAL, UNKNOWN):
        return None
    if hold == NONE:
        return received if before == NONE else now.astimezone(UTC).date()
    sent = list(told)
    if sent:
        days = [one.day for one in sent if one.sent and one.day]
        return max(received, *days) if len(days) == len(sent) else None
    return max(received, until.astimezone(UTC).date()) if until and until <= now else None


def in_public(n: int) -> int | None:
    """A count as the public is told it; None: under `LEAST`, or none at all."""
    return n if n >= LEAST else None
