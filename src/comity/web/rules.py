"""The state of a clock and the positions of its marks: pure arithmetic on UTC-aware instants, without words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

Name = Literal["running", "soon", "last", "over", "stopped", "held", "met", "missed", "unknown"]
Amount = tuple[tuple[int, str], ...]

CSS: dict[Name, str] = {
    "running": "",
    "soon": "is-soon",
    "last": "is-last",
    "over": "is-over",
    "stopped": "is-stopped",
    "held": "is-stopped",
    "met": "is-met",
    "missed": "is-missed",
    "unknown": "is-unknown",
}
LAST = {"hours": timedelta(minutes=10), "days": timedelta(hours=4)}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DAYS_ALONE = 5 * _DAY  # beyond this, hours are noise


@dataclass(frozen=True, slots=True)
class ClockState:
    """The state of a clock. `amount` is the time left, late, to spare or too late (see `name`), from seconds to days.

    `used` is the share of the period that has passed, in per cent, 0 to 100.
    """

    name: Name
    amount: Amount = ()
    used: float = 0.0

    @property
    def css(self) -> str:
        """The class of look.css."""
        return CSS[self.name]


def amount(period: timedelta, seconds: bool = False) -> Amount:
    """A period in its two most significant units, rounded down: 42 s; 38 min; 2 h 31 min; 1 day 19 h; 6 days.

    With `seconds`, an amount below an hour also has its seconds.
    """
    total = max(0, int(period.total_seconds()))
    minutes, rest = divmod(total, _MINUTE)
    if total < _MINUTE:
        return ((total, "s"),)
    if total < _HOUR:
        return ((minutes, "min"), (rest, "s")) if seconds else ((minutes, "min"),)
    if total < _DAY:
        return _pair(total // _HOUR, "h", minutes % 60, "min")
    days = total // _DAY
    return ((days, "day"),) if total >= _DAYS_ALONE else _pair(days, "day", total % _DAY // _HOUR, "h")


def _pair(first: int, unit: str, second: int, smaller: str) -> Amount:
    return ((first, unit), (second, smaller)) if second else ((first, unit),)


def clock_state(
    due_target: datetime | None,
    due_legal: datetime | None,
    started: datetime | None,
    now: datetime,
    met_at: datetime | None = None,
    stopped_since: datetime | None = None,
    unit: str = "hours",
    *,
    held_until: datetime | None = None,
    zone: tzinfo = UTC,
    seconds: bool = False,
) -> ClockState:
    """The state of a clock by the table in the look.

    A period in hours is *soon* from its half on and *last* with 10 minutes or less left; a period in days is *soon* on
    the local day (in `zone`) that ends with it, and *last* with 4 hours or less left. What is done is met or missed,
    whatever stopped it; a clock that is stopped or held is neither soon nor late. `due_target` itself is still on time.
    """
    due = due_target or due_legal
    if met_at is not None and due is not None:
        return _done(due, met_at)
    if stopped_since is not None:
        return ClockState("stopped")
    if held_until is not None:
        return ClockState("held")
    if due is None:
        return ClockState("unknown")
    used = _used(started, due, now)
    if now > due:
        return ClockState("over", amount(now - due), 100.0)
    left = amount(due - now, seconds)
    if due - now <= LAST.get(unit, LAST["hours"]):
        return ClockState("last", left, used)
    return ClockState("soon" if _is_soon(started, due, now, unit, zone) else "running", left, used)


def _done(due: datetime, met_at: datetime) -> ClockState:
    if met_at <= due:
        return ClockState("met", amount(due - met_at), 100.0)
    return ClockState("missed", amount(met_at - due), 100.0)


def _used(started: datetime | None, due: datetime, now: datetime) -> float:
    if started is None or started >= due:
        return 0.0
    return _share(now - started, due - started)


def _share(part: timedelta, whole: timedelta) -> float:
    return round(min(100.0, max(0.0, part / whole * 100)), 2)


def _is_soon(started: datetime | None, due: datetime, now: datetime, unit: str, zone: tzinfo) -> bool:
    if unit == "days":
        return now >= last_day(due, zone)
    return started is not None and now - started >= (due - started) / 2


def last_day(due: datetime, zone: tzinfo) -> datetime:
    """The start of the local day on which a period ends (an end at midnight belongs to the day before)."""
    local = (due - timedelta(microseconds=1)).astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def half(started: datetime, due: datetime) -> datetime:
    """The instant at which half of a period has passed and the desk is alerted."""
    return started + (due - started) / 2


@dataclass(frozen=True, slots=True)
class Scale:
    """The positions of a period's marks, in per cent of the line from receipt to its last end.

    `tight`: target and legal end are so close that their labels need two rows. `alone`: there is no later legal end.
    """

    now: float
    half: float
    target: float
    tight: bool
    alone: bool


def scale(started: datetime, due_target: datetime, due_legal: datetime | None, now: datetime) -> Scale | None:
    """The marks of the line from receipt to the legal end (or to the target if the law sets no later end).

    None if there is no line to draw: the period has no length.
    """
    end = due_legal if due_legal is not None and due_legal > due_target else due_target
    whole = end - started
    if whole <= timedelta(0) or due_target <= started:
        return None
    target = _share(due_target - started, whole)
    return Scale(
        now=_share(now - started, whole),
        half=round(target / 2, 2),
        target=target,
        tight=target > 75,
        alone=end == due_target,
    )
