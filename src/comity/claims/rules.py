"""The two lives of a claim as tables, what its answers lead to, the bands of the public register: pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow

COURT_LIFE: Mapping[tuple[str, str], str] = {
    # a person says whether there is process against the person, and can put it right until papers have left
    ("unsorted", "yes"): "with-counsel",
    ("unsorted", "no"): "none",
    ("unsorted", "unsure"): "unsorted",
    ("none", "yes"): "with-counsel",
    ("none", "unsure"): "unsorted",
    ("with-counsel", "no"): "none",
    ("with-counsel", "unsure"): "unsorted",
    # papers go to that person's own counsel, and what comes later too
    ("with-counsel", "instruct"): "instructed",
    ("instructed", "instruct"): "instructed",
    ("instructed", "end"): "ended",
    ("ended", "instruct"): "instructed",
}
PRESSURE_LIFE: Mapping[tuple[str, str], str] = {
    ("unsorted", "yes"): "registered",
    ("unsorted", "no"): "none",
    ("unsorted", "unsure"): "unsorted",
    ("none", "yes"): "registered",
    ("none", "unsure"): "unsorted",
    ("registered", "no"): "none",
    ("registered", "unsure"): "unsorted",
    # turned to the lawful door by a letter that a person read
    ("registered", "answer"): "answered",
    ("answered", "answer"): "answered",
    ("answered", "end"): "ended",
    ("ended", "answer"): "answered",
}
COURT, PRESSURE = TRACKS = ("court", "pressure")
LIVES: Mapping[str, Life] = {
    COURT: Life("process against a person", COURT_LIFE),
    PRESSURE: Life("pressure on a person", PRESSURE_LIFE),
}
COURT_STATES = ("unsorted", "none", "with-counsel", "instructed", "ended")
PRESSURE_STATES = ("unsorted", "none", "registered", "answered", "ended")
ANSWERS = ("yes", "no", "unsure")
WAITS = frozenset({"unsorted", "with-counsel", "registered"})  # for somebody of the desk

DOORS = ("email", "fax", "post", "phone", "hand")
TYPED = DOORS[1:]  # what a person types in, with its scan
AGAINST = ("", "officer", "employee", "family")
HOW = ("mail", "post", "phone", "hand")
KINDS = ("advice", "memo", "letter", "call", "draft")  # of a privileged note
BASES = ("legal-advice", "proceedings", "joint-defence")

ALIKE = timedelta(days=60)  # within which two claims may be one
SOON = timedelta(hours=24)  # before its day, a claim nobody has passed on is told once more

FILTERS = ("unsorted", "court", "pressure", "open", "done")


def waits(court: str, pressure: str) -> bool:
    """Whether somebody of the desk has still something to do."""
    return bool({court, pressure} & WAITS)


def neither(court: str, pressure: str) -> bool:
    """Whether people have said that it is no claim on a person."""
    return (court, pressure) == ("none", "none")


def soon(appear_at: datetime | None, court: str, now: datetime) -> bool:
    """Whether the day that it names is near or past, and no papers have left."""
    return appear_at is not None and court in ("unsorted", "with-counsel") and appear_at - SOON <= now


BANDS = ((10, "10+"), (5, "5–9"), (1, "1–4"), (0, "0"))


def band(n: int) -> str:
    """A count as everyone is told it."""
    return next(word for least, word in BANDS if n >= least)


def registered(pressure: str) -> bool:
    """Whether the public register counts a claim: as pressure, until a person has said that it is none. Process against
    a person isn't counted: a number of one would tell of one."""
    return pressure != "none"


def alike(one: Iterable[bytes], other: Iterable[bytes]) -> bool:
    """Whether two claims have a file number, a sender or a day in common, by their keyed hashes."""
    return bool({bytes(key) for key in one} & {bytes(key) for key in other})
