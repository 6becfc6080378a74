"""What is typed on the rota's forms. Raises BadInput, which names the field and the rule."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from comity.people.refusals import BadInput


def instant(field: str, text: str, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """A local time of a zone, in UTC.

    In the night that has an hour twice, a start is the earlier and an end the later of the two: shifts that meet may
    then overlap, and leave no hole. An hour that a night leaves out is refused.
    """
    try:
        local = datetime.fromisoformat(text.strip()[:32])
    except ValueError:
        raise BadInput(field, "a date and a time") from None
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    at = local.replace(tzinfo=zone, fold=int(ends)).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise BadInput(field, f"{local:%H:%M} isn’t on the clock in the night of {local:%Y-%m-%d}: it springs forward")
    return at


EVERY = {"": timedelta(), "day": timedelta(days=1), "week": timedelta(days=7)}
MOST_TIMES = 60


def repeated(typed: Mapping[str, str], zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """From when until when each of some shifts lasts (UTC), by the clock of a zone: `starts` and `ends` of the first,
    which comes again `every` day or week, `times` in all. Where the clock springs forward one lasts an hour less."""
    every, times = typed.get("every", ""), typed.get("times", "") or "1"
    if every not in EVERY:
        raise BadInput("every", "day, week, or nothing")
    if not (times.isascii() and times.isdigit() and 1 <= int(times) <= MOST_TIMES):
        raise BadInput("times", f"from 1 to {MOST_TIMES}")
    return [_nth(typed, EVERY[every] * n, zone) for n in range(int(times) if every else 1)]


def _nth(typed: Mapping[str, str], later: timedelta, zone: ZoneInfo) -> tuple[datetime, datetime]:
    one, two = (_put_off(field, typed.get(field, ""), later) for field in ("starts", "ends"))
    return instant("starts", one, zone), instant("ends", two, zone, ends=True)


def _put_off(field: str, text: str, later: timedelta) -> str:
    try:
        return (datetime.fromisoformat(text.strip()[:32]) + later).isoformat()
    except (ValueError, OverflowError):
        raise BadInput(field, "a date and a time") from None


def languages(text: str) -> list[str]:
    """Codes of languages, apart by spaces or commas."""
    return list(dict.fromkeys(text.lower().replace(",", " ").split()))
