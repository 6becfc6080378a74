"""The life of a call as one table, what may be done in it, what it is counted as: pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow

STATES = ("raised", "unanswered", "acknowledged", "acted", "to-review", "closed")
OPEN = ("raised", "unanswered", "acknowledged", "acted")
RINGING = ("raised", "unanswered")

LIFE: Mapping[tuple[str, str], str] = {
    # rung for until a person has it; unanswered it rings on, and heads are told
    ("raised", "exhaust"): "unanswered",
    ("raised", "acknowledge"): "acknowledged",
    ("unanswered", "acknowledge"): "acknowledged",
    # who has it does something, or it is rung for again
    ("acknowledged", "lapse"): "raised",
    ("acknowledged", "act"): "acted",
    ("acted", "act"): "acted",
    ("acknowledged", "hand-over"): "raised",
    ("acted", "hand-over"): "raised",
    # closed by a person, with a reason; looked at again by the quorum
    ("raised", "close"): "to-review",
    ("unanswered", "close"): "to-review",
    ("acknowledged", "close"): "to-review",
    ("acted", "close"): "to-review",
    ("to-review", "return"): "to-review",
    ("to-review", "review"): "closed",
}
OF_IT = Life("call", LIFE)

SERVICES = ("open", "suspended")
SERVICE_LIFE: Mapping[tuple[str, str], str] = {
    ("open", "suspend"): "suspended",
    ("suspended", "reinstate"): "open",
}
OF_SERVICE = Life("service", SERVICE_LIFE)
FALSE_ONES = 2  # calls that people found false, after which a service is suspended until people have reviewed it

IMMINENCE = ("now", "hours", "days", "unknown")
OUTCOMES = ("prevented", "helped", "no-use", "false", "secret")
TEXT, PLACE, BACK, LINE, LINK = 4_000, 500, 200, 4_000, 2_000
MOST_LINKS = 200
JOINS = timedelta(minutes=10)  # within which the same account's, or the same sender's, is the same call
IDLE = timedelta(minutes=15)  # after which one that somebody has, and nobody does anything about, is rung for again
MAILS_RING = 6  # rings of all unaccredited mails together in an hour
MANY = 20  # calls of one account within `JOINS` after which it is contained
DANGER = "danger-to-life"  # the flag of what a mail speaks of
KEY = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True)
class Said:
    """What an officer typed. `links`: addresses on the platform, or an account."""

    what: str
    where: str = ""
    imminence: str = "unknown"
    links: tuple[str, ...] = ()
    back: str = ""

    def as_json(self) -> dict[str, object]:
        """As it is kept, and hashed."""
        return {
            "what": self.what,
            "where": self.where,
            "imminence": self.imminence,
            "links": list(self.links),
            "back": self.back,
        }


def mark(number: str, service: str, key: str, said: Mapping[str, object]) -> str:
    """The hash of a call, in hex: what an officer's passkey signs."""
    whole = {"call": number, "service": service, "key": key, "said": said}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


BANDS = ((100, "100+"), (10, "10–99"), (1, "1–9"), (0, "0"))


def band(n: int) -> str:
    """A count as everyone is told it."""
    return next(word for least, word in BANDS if n >= least)


LATER = timedelta(days=183)  # so long after its end a half-year is told of


def half(day: date) -> date:
    """The first day of the half-year that a day is in."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def next_half(start: date) -> date:
    """The first day of the half-year after."""
    return date(start.year, 7, 1) if start.month == 1 else date(start.year + 1, 1, 1)


def told(start: date, today: date) -> bool:
    """Whether everyone may be told of the half-year that begins on a day."""
    return next_half(start) + LATER <= today


def lapsed(state: str, last: datetime, now: datetime) -> bool:
    """Whether nobody has done anything about an acknowledged call for too long."""
    return state == "acknowledged" and now - last >= IDLE
