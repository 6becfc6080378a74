"""What two viewers see, one inside the EU and one outside: looked at now, as anyone with a browser does."""

from dataclasses import dataclass

from comity.platforms import for_url, sandbox_world
from comity.platforms.port import PlatformError
from comity.web.parts import Seen

from .rules import INSIDE, OUTSIDE

WORDS = 160
PLACES = {INSIDE: ("France", "inside the EU"), OUTSIDE: ("Switzerland", "outside the EU")}


@dataclass(frozen=True)
class Pane:
    """What one viewer sees. `says`: what they read there; `url`: where; both are empty where there is nothing yet."""

    country: str
    place: str
    seen: Seen | None = None
    says: str = ""
    url: str = ""


def of(target: str) -> tuple[Pane, ...]:
    """Two viewers before an address of the sandbox; empty: before it exists."""
    return tuple(_pane(target, code) for code in (INSIDE, OUTSIDE))


def _pane(target: str, code: str) -> Pane:
    country, place = PLACES[code]
    if not target or for_url(target, "demo") is None:
        return Pane(country, place)
    try:
        seen, says = sandbox_world().read(target, code)
    except (PlatformError, LookupError):
        seen, says = "unknown", ""
    said = says if len(says) <= WORDS else f"{says[:WORDS].rstrip()}…"
    return Pane(country, place, Seen(seen), said, f"{target}?from={code}")
