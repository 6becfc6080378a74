"""For which territory a measure is carried out: what a pack says, or the narrowest of what is asked for and
justified."""

from __future__ import annotations

from comity.cel.tree import Value
from comity.platforms.territory import EU


def of(told: tuple[str, ...] | str, values: dict[str, Value]) -> list[str]:
    """The territory of a measure. `asked`: what the order asks for, reduced to what its grounds justify.

    If the order names none, or none of it is justified, it is the State that issued the order.
    """
    if told != "asked":
        return list(told)
    asked, justified = _places(values, "territory"), _places(values, "territory_justified")
    narrow = asked if justified is None else justified if asked is None else _narrowest(asked, justified)
    if narrow:
        return narrow
    authority = values.get("authority")
    country = authority.get("country") if isinstance(authority, dict) else None
    return [str(country)] if country else []


def _places(values: dict[str, Value], name: str) -> list[str] | None:
    listed = values.get(name)
    return [str(place) for place in listed] if isinstance(listed, list) and listed else None


def _narrowest(asked: list[str], justified: list[str]) -> list[str]:
    kept = [place for place in asked if any(_covers(other, place) for other in justified)]
    kept += [place for place in justified if any(_covers(other, place) for other in asked)]
    return list(dict.fromkeys(kept))


def _covers(wide: str, place: str) -> bool:
    return wide in ("WORLD", place) or (wide == "EU" and place in EU)
