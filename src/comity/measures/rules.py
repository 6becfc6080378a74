"""From where an effect is looked at, and what it must look like: pure."""

from collections.abc import Collection, Sequence

from comity.platforms.territory import COUNTRIES, covers, outside

INSIDE_AT_MOST = 3


def places(territory: Sequence[str], ours: str, theirs: str) -> list[tuple[str, bool]]:
    """Where to look from: the ordering State, our own, one more inside; and one outside, if there is an outside."""
    candidates = dict.fromkeys((theirs, ours, *sorted(COUNTRIES)))
    inside = [(place, True) for place in candidates if place and covers(territory, place)][:INSIDE_AT_MOST]
    beyond = outside(territory)
    return inside + ([(beyond, False)] if beyond else [])


def wanted(kind: str, inside: bool, before: str) -> str:
    """What a viewer should see once a measure stands: withheld inside, outside as it was before."""
    return "withheld" if kind == "withhold" and inside else before


def as_wanted(wanted_word: str, seen: str) -> bool:
    """Whether one look shows what was wanted; what its author deleted meanwhile is withheld as well."""
    return seen == wanted_word or (wanted_word == "withheld" and seen == "gone")


def effective(looks: Collection[tuple[str, str]]) -> bool:
    """Whether everything was seen as wanted; nothing looked at is not effective."""
    return bool(looks) and all(as_wanted(wanted_word, seen) for wanted_word, seen in looks)
