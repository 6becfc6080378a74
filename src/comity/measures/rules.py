"""From where an effect is looked at, and what it must look like: pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.platforms.territory import COUNTRIES, OUTSIDE, WORLD, covers, expand, outside, reach

EACH_OF = 40  # a territory of so many countries is looked at from each of them
SOME_OF = 12  # a larger one (the world) from so many, spread over it
LOOKED_CLOSELY = 10  # targets that are looked at from everywhere; of very many, each other one from one place inside
PRESERVE = "preserve"
HIDES = frozenset({"withhold", "redact"})  # kinds that a viewer notices; of others the platform reads back
NOT_SEEN = frozenset({"withheld", "gone"})
UNSEEN = "unseen"  # a measure that the platform took, and that can't be seen from anywhere in its territory
GATED = "gated"  # nothing at all is shown there, so a look tells nothing of this thing
SEEN = ("gone", "withheld", GATED, "unknown", "visible")  # from the least that a viewer may have seen to the most


def key(act: str, kind: str, target: int) -> str:
    """The key under which a platform does one measure of an act (its hash) to one target, once in the key's life.

    A withholding's key has no kind in it: those of acts begun before there were other kinds are to fit for ever."""
    return f"{act}:{target}" if kind == "withhold" else f"{act}:{kind}:{target}"


def keys(act: str, kind: str, target: int, again: int) -> list[str]:
    """All keys of one measure of an act to one target: its own, and one more for each time that it was put back after
    somebody had undone it by hand (`again`): a key acts once in its life."""
    return [key(act, kind, target), *(f"{key(act, kind, target)}:again:{n}" for n in range(1, again + 1))]


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


def further(territory: Sequence[str], known: Collection[str], *, inside: bool) -> list[str]:
    """From where else to look, when what is known tells nothing: other places of a territory, or other ones outside."""
    reached = reach(territory)
    within = COUNTRIES if WORLD in reached else reached
    wanted = within if inside else COUNTRIES - within
    return [place for place in (*OUTSIDE, *sorted(COUNTRIES - {*OUTSIDE})) if place in wanted - {*known}][:SOME_OF]


def blind(looks: Iterable[tuple[int, bool, str]], *, inside: bool) -> set[int]:
    """Of looks (target, inside and what was seen), the targets of which none on that side told anything."""
    told: dict[int, bool] = {}
    for target, within, seen in looks:
        if within == inside:
            told[target] = told.get(target, False) or seen != GATED
    return {target for target, one in told.items() if not one}


def most_seen(looks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of looks (place and what was seen), the most that a viewer in each place saw."""
    seen: dict[str, str] = {}
    for place, one in looks:
        seen[place] = max(one, seen.get(place, one), key=SEEN.index)
    return seen


def wanted(kind: str, inside: bool, before: str) -> str:
    """What a viewer should see once a measure stands: withheld inside, outside as it was before; what only keeps
    (`preserve`) changes nothing anywhere."""
    return "withheld" if kind in HIDES and inside else before


def as_wanted(wanted_word: str, seen: str) -> bool:
    """Whether one look shows what was wanted; what its author deleted meanwhile is withheld as well. Where nothing was
    known before (`gated`) nothing is wanted."""
    return seen == wanted_word or (wanted_word == "withheld" and seen == "gone") or wanted_word == GATED


def effective(kind: str, looks: Collection[tuple[str, str]]) -> bool:
    """Whether everything that was seen is as wanted. Where nothing was looked at it isn't, but for what keeps records
    that have no address. What is gated is no effect and no failure: whether anything was seen at all is `blind`'s."""
    told = [(wanted_word, seen) for wanted_word, seen in looks if seen != GATED]
    return (bool(looks) or kind == PRESERVE) and all(as_wanted(wanted_word, seen) for wanted_word, seen in told)


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
