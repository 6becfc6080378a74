"""What an event of a platform says, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KINDS = ("report.created", "content.edited", "content.deleted")
OTHER = "other"
LONGEST_REASON = 2_000
LONGEST_URL = 2_000
LARGEST = 64 * 1024  # bytes of one message


class Unfit(ValueError):
    """An event that makes no sense; the text names the field and the rule."""


@dataclass(frozen=True)
class Told:
    """One event. `url` and `reason`: of a report; `said_at` in UTC, None: the platform doesn't say."""

    kind: str
    said_at: datetime | None = None
    url: str = ""
    reason: str = ""

    @property
    def counted_as(self) -> str:
        """Under which name it is counted."""
        return self.kind if self.kind in KINDS else OTHER


def read(event: Mapping[str, Any]) -> Told:
    """An event as a platform sent it: `type`, `timestamp`, `data`. Raises Unfit."""
    kind, data = event.get("type"), event.get("data")
    if not isinstance(kind, str) or not 0 < len(kind) <= 100:
        raise Unfit("type: must be a text of at most 100 characters")
    if kind != "report.created":
        return Told(kind)
    if not isinstance(data, Mapping):
        raise Unfit("data: must be an object")
    url, reason = _text(data, "url", LONGEST_URL), _text(data, "reason", LONGEST_REASON, needed=False)
    return Told(kind, _instant(event.get("timestamp")), url, reason)


def _text(data: Mapping[str, Any], field: str, most: int, *, needed: bool = True) -> str:
    value = data.get(field, "")
    if not isinstance(value, str) or len(value) > most or "\0" in value or (needed and not value.strip()):
        raise Unfit(f"data.{field}: must be a text of at most {most} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unfit(f"data.{field}: must be valid Unicode") from None
    return value


def _instant(given: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(given)) if given else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
