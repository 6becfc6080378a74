"""When the person may be told: what a non-disclosure holds back, until when, and who releases it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from comity.outbox import letters

WEEKS_AT_MOST = 6
RENEWALS_AT_MOST = 1
CITE = "Regulation (EU) 2021/784, Art. 11(3)"
RELEASE = ("stands", "by-itself", "person")


@dataclass(frozen=True)
class Hold:
    """What keeps a notification back. `until` (UTC) None: its end is not known, so only a person releases it."""

    stands: bool
    until: datetime | None = None
    cite: str = ""


def hold(facts: Mapping[str, Any], finding: Mapping[str, Any], zone: tzinfo) -> Hold:
    """The hold that an order's non-disclosure makes.

    Its end is what the order says, at most six weeks from the *decision*, once renewable (Art. 11(3)); where the order
    dates no decision they are counted from its issue. A period in weeks ends with the end of the same weekday in `zone`
    (Regulation 1182/71, Art. 3(2)(c)). The pack's own duty, where the finding has one, can only shorten that.
    """
    duty = next((d for d in finding.get("duties") or [] if d.get("id") == "non-disclosure"), None)
    if duty is None and not asked(facts):
        return Hold(False)
    ends = [end for end in (_instant(duty, "until"), _instant(_said(facts), "until"), _at_most(facts, zone)) if end]
    return Hold(True, min(ends, default=None), str((duty or {}).get("cite") or CITE))


def held(finding: Mapping[str, Any]) -> tuple[bool, datetime | None]:
    """Whether a finding holds the notification back, and until when (UTC); None: its end is not known."""
    duty = next((d for d in finding.get("duties") or [] if d.get("id") == "non-disclosure"), None)
    return duty is not None, _instant(duty, "until")


def asked(facts: Mapping[str, Any]) -> bool:
    """Whether the order asks that the person isn't told: its box, or the words of the message."""
    form = facts.get("form")
    ticked = isinstance(form, Mapping) and form.get("non_disclosure") is True
    return ticked or _said(facts).get("requested") is True


def _said(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    said = facts.get("non_disclosure")
    return said if isinstance(said, Mapping) else {}


def _instant(found: Mapping[str, Any] | None, key: str) -> datetime | None:
    try:
        return letters.parse(str((found or {}).get(key)))
    except ValueError:
        return None


def _at_most(facts: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    said, form = _said(facts), facts.get("form")
    issued = _instant(form if isinstance(form, Mapping) else None, "issued_at")
    start = _instant(said, "decided_at") or issued
    if start is None:
        return None
    renewals = said.get("renewals")
    times = 1 + min(renewals, RENEWALS_AT_MOST) if isinstance(renewals, int) and renewals > 0 else 1
    last: date = start.astimezone(zone).date() + timedelta(weeks=WEEKS_AT_MOST * times)
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


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
