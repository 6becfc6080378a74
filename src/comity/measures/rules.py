"""From where an effect is looked at, and what it must look like: pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.platforms.territory import COUNTRIES, covers, outside

INSIDE_AT_MOST = 3
PRESERVE = "preserve"
NOT_SEEN = frozenset({"withheld", "gone"})


def key(act: str, kind: str, target: int) -> str:
    """The key under which a platform does one measure of an act (its hash) to one target, once in the key's life.

    A withholding's key has no kind in it: those of acts begun before there were other kinds are to fit for ever."""
    return f"{act}:{target}" if kind == "withhold" else f"{act}:{kind}:{target}"


def part(kind: str) -> str:
    """What stands in the key of what happens once for each kind of measure of an event; for a withholding and a lift
    nothing does: they had none beside them when theirs were first written."""
    return "" if kind in ("withhold", "lift") else kind


def places(territory: Sequence[str], ours: str, theirs: str) -> list[tuple[str, bool]]:
    """Where to look from: the ordering State, our own, one more inside; and one outside, if there is an outside."""
    candidates = dict.fromkeys((theirs, ours, *sorted(COUNTRIES)))
    inside = [(place, True) for place in candidates if place and covers(territory, place)][:INSIDE_AT_MOST]
    beyond = outside(territory)
    return inside + ([(beyond, False)] if beyond else [])


def wanted(kind: str, inside: bool, before: str) -> str:
    """What a viewer should see once a measure stands: withheld inside, outside as it was before; what only keeps
    (`preserve`) changes nothing anywhere."""
    return "withheld" if kind == "withhold" and inside else before


def as_wanted(wanted_word: str, seen: str) -> bool:
    """Whether one look shows what was wanted; what its author deleted meanwhile is withheld as well."""
    return seen == wanted_word or (wanted_word == "withheld" and seen == "gone")


def effective(kind: str, looks: Collection[tuple[str, str]]) -> bool:
    """Whether everything was seen as wanted. Where nothing was looked at it isn't, but for what keeps records that
    have no address."""
    return (bool(looks) or kind == PRESERVE) and all(as_wanted(wanted_word, seen) for wanted_word, seen in looks)


@dataclass(frozen=True)
class Standing:
    """Another measure on the same thing: where it withholds, and from when until when (UTC)."""

    territory: tuple[str, ...]
    acted_at: datetime
    lifted_at: datetime | None

    def stands(self, place: str, at: datetime) -> bool:
        """Whether it held the thing back from viewers in a place at an instant."""
        over = self.lifted_at is not None and self.lifted_at <= at
        return self.acted_at <= at and not over and covers(self.territory, place)


def without_us(before: str, place: str, begun_at: datetime, now: datetime, others: Iterable[Standing]) -> str:
    """What a viewer should see where our measure doesn't reach, or once it is lifted: what was seen before it, but for
    what other measures hold back now, or held back then and no longer do."""
    known = list(others)
    if any(other.stands(place, now) for other in known):
        return "withheld"
    if before == "withheld" and any(other.stands(place, begun_at) for other in known):
        return "visible"
    return before
