"""From where an effect is looked at, and what it must look like: pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.platforms.territory import COUNTRIES, OUTSIDE, WORLD, covers, expand, outside

EACH_OF = 40  # a territory of so many countries is looked at from each of them
SOME_OF = 12  # a larger one (the world) from so many, spread over it
LOOKED_CLOSELY = 10  # targets that are looked at from everywhere; of very many, each other one from one place inside
PRESERVE = "preserve"
NOT_SEEN = frozenset({"withheld", "gone"})
SEEN = ("gone", "withheld", "unknown", "visible")  # from the least that a viewer may have seen to the most


def key(act: str, kind: str, target: int) -> str:
    """The key under which a platform does one measure of an act (its hash) to one target, once in the key's life.

    A withholding's key has no kind in it: those of acts begun before there were other kinds are to fit for ever."""
    return f"{act}:{target}" if kind == "withhold" else f"{act}:{kind}:{target}"


def part(kind: str) -> str:
    """What stands in the key of what happens once for each kind of measure of an event; for a withholding and a lift
    nothing does: they had none beside them when theirs were first written."""
    return "" if kind in ("withhold", "lift") else kind


def places(territory: Sequence[str], ours: str, theirs: str) -> list[tuple[str, bool]]:
    """From where to look: from each country of the territory, the ordering State and our own first, or from some of a
    very large one; and from one outside, if there is an outside."""
    countries = expand(territory)
    large = WORLD in countries or len(countries) > EACH_OF
    first = (theirs, ours, *OUTSIDE) if large else (theirs, ours)
    candidates = (place for place in dict.fromkeys((*first, *sorted(COUNTRIES if WORLD in countries else countries))))
    inside = [(place, True) for place in candidates if place in COUNTRIES and {place, WORLD} & countries]
    beyond = outside(territory)
    return inside[: SOME_OF if large else EACH_OF] + ([(beyond, False)] if beyond else [])


def places_of(everywhere: Sequence[tuple[str, bool]], target: int) -> list[tuple[str, bool]]:
    """From where one target is looked at: the first ones from everywhere; of very many each other one from one place
    inside, each place in its turn, and from outside."""
    inside, beyond = [p for p in everywhere if p[1]], [p for p in everywhere if not p[1]]
    return list(everywhere) if target < LOOKED_CLOSELY else [inside[target % len(inside)], *beyond]


def most_seen(looks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of looks (place and what was seen), the most that a viewer in each place saw."""
    seen: dict[str, str] = {}
    for place, one in looks:
        seen[place] = max(one, seen.get(place, one), key=SEEN.index)
    return seen


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
