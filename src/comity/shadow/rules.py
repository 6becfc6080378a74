"""What people did, as a look shows it, beside what would have been done: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from comity.measures.rules import NOT_SEEN

AFTER = timedelta(days=7)  # from the decision until it is looked at what people did
AGAIN = timedelta(hours=6)  # until it is looked at again, where no look told anything
EACH = timedelta(days=1)  # between two looks at what stands
SAID = ("same", "other", "nothing")
AS: Mapping[str, str] = {"same": "same", "more": "other", "less": "other", "nothing": "nothing"}
TOLD = frozenset({"visible", *NOT_SEEN})


def seen(looks: Iterable[tuple[bool, str]]) -> str:
    """What looks from inside a territory and outside (inside, what was seen) say of what people did: a code.

    "more": it is gone outside the territory, too, where it was not to be. "less": it is gone from a part alone of what
    was to be. What its author took away cannot be told from what people removed everywhere.
    """
    known = [(inside, one in NOT_SEEN) for inside, one in looks if one in TOLD]
    within = [gone for inside, gone in known if inside]
    beyond = [gone for inside, gone in known if not inside]
    if not within:
        return "unknown"
    if not any(within):
        return "nothing"
    if not all(within):
        return "less"
    return "more" if beyond and all(beyond) else "same"


def did(said: str, seen: str) -> str:
    """What people did: as they say, else as it was seen; "unsaid" where neither tells."""
    return said or AS.get(seen, "unsaid")


def contradicted(said: str, seen: str) -> bool:
    """Whether a look shows something else than what people said they did."""
    return bool(said) and seen in AS and AS[seen] != said


@dataclass(frozen=True)
class Compared:
    """Acts of one instrument and country: how many would have been done, and what people did instead."""

    instrument: str
    country: str
    would: int = 0
    same: int = 0
    other: int = 0
    nothing: int = 0
    unsaid: int = 0
    contradicted: int = 0


FIGURES = ("would", "same", "other", "nothing", "unsaid", "contradicted")


def compare(rows: Iterable[tuple[str, str, str, str]]) -> list[Compared]:
    """The comparison of rows (instrument, country, said, seen), by instrument and country."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for instrument, country, said, looked in rows:
        counts = found.setdefault((instrument, country), {})
        for name in ("would", did(said, looked), *(["contradicted"] if contradicted(said, looked) else [])):
            counts[name] = counts.get(name, 0) + 1
    return [Compared(*key, *(counts.get(name, 0) for name in FIGURES)) for key, counts in sorted(found.items())]


def total(compared: Iterable[Compared]) -> dict[str, int]:
    """The figures that people sign when shadow is left."""
    rows = list(compared)
    return {name: sum(getattr(row, name) for row in rows) for name in FIGURES}
