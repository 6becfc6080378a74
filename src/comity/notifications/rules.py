"""When the person may be told: what a non-disclosure holds back, until when, and who releases it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.outbox import letters


@dataclass(frozen=True)
class Hold:
    """What keeps a notification back. `until` (UTC) None: its end is not known, so only a person releases it."""

    stands: bool
    until: datetime | None = None


def held(finding: Mapping[str, Any]) -> tuple[bool, datetime | None]:
    """Whether a finding holds the notification back, and until when (UTC); None: its end is not known."""
    duty = next((d for d in finding.get("duties") or [] if d.get("id") == "non-disclosure"), None)
    return duty is not None, _instant(duty, "until")


def _instant(found: Mapping[str, Any] | None, key: str) -> datetime | None:
    try:
        return letters.parse(str((found or {}).get(key)))
    except ValueError:
        return None


def release(hold: Hold, others: Sequence[Hold], now: datetime) -> str:
    """What may end a hold now: it still `stands`, it falls `by-itself`, or only a `person` may release it.

    By itself only when its end is known and past, and no other non-disclosure touches the same target (`others`).
    """
    if not hold.stands:
        return "by-itself"
    if hold.until is None or any(other.stands and other.until is None for other in others):
        return "person"
    if now < hold.until:
        return "stands"
    return "person" if any(other.stands and other.until and now < other.until for other in others) else "by-itself"
