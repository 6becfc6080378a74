"""What two viewers see, one inside the EU and one outside: looked at now, as anyone with a browser does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.platforms import for_url, world_at
from comity.platforms.port import PlatformError
from comity.web.parts import Seen

from .matrix import world as matrix
from .rules import PLACES
from .telegram import town

WORDS = 160


@dataclass(frozen=True)
class Pane:
    """What one viewer sees. `says`: what they read there; `url`: where; both are empty where there is nothing yet.
    `doors`: what they can do there: join, write, read."""

    country: str
    place: str
    seen: Seen | None = None
    says: str = ""
    url: str = ""
    doors: tuple[tuple[str, bool], ...] = ()


def _of_town(target: str, country: str, place: str) -> Pane:
    """Of Telegram the same is seen from everywhere."""
    try:
        seen, says = town.read(target)
    except (PlatformError, LookupError):
        seen, says = "unknown", ""
    return Pane(country, place, Seen(seen), says[:WORDS], town.page(target))


def of(target: str, places: Mapping[str, tuple[str, str]] = PLACES, *, doors: bool = False) -> tuple[Pane, ...]:
    """Two viewers before an address of the demo; empty: before it exists. `doors`: they try to join, and write."""
    panes = {code: _pane(target, code, *says) for code, says in places.items()}
    if not doors:
        return tuple(panes.values())
    return tuple(replace(pane, doors=_doors(target, code)) for code, pane in panes.items())


def _doors(target: str, code: str) -> tuple[tuple[str, bool], ...]:
    """What a stranger there can do, by trying it; nothing where no try tells."""
    platform = for_url(target, "demo") if target else None
    try:
        seen = platform.observe_gate(code) if platform else None
    except PlatformError:
        seen = None
    tried = {} if seen is None else {"join": seen.signups, "write": seen.writing, "read": seen.reading}
    return tuple((word, can) for word, can in tried.items() if can is not None)


def _pane(target: str, code: str, country: str, place: str) -> Pane:
    if not target or for_url(target, "demo") is None:
        return Pane(country, place)
    if town.owns(target):
        return _of_town(target, country, place)
    try:
        on_matrix = matrix.owns(target)
        seen, says = (matrix.MatrixWorld() if on_matrix else world_at(target)).read(target, code)
    except (PlatformError, LookupError):
        seen, says, on_matrix = "unknown", "", True
    said = says if len(says) <= WORDS else f"{says[:WORDS].rstrip()}…"
    return Pane(country, place, Seen(seen), said, "" if on_matrix else f"{target}?from={code}")
