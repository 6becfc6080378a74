"""What is typed on the rota's forms. Raises BadInput, which names the field and the rule."""

from datetime import UTC, datetime
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
        raise BadInput(field, f"{local:%H:%M} isn’t on the clock that night: it springs forward")
    return at


def languages(text: str) -> list[str]:
    """Codes of languages, apart by spaces or commas."""
    return list(dict.fromkeys(text.lower().replace(",", " ").split()))
