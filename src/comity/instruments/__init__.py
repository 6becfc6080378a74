"""The instruments that need words of their own, one line each. Any other says what its pack says, in a plain letter."""

from functools import cache

from .eu_eevidence_preservation import PreservationOrder
from .eu_tco_removal import RemovalOrder
from .port import Form, Instrument

OWN: tuple[type[Instrument], ...] = (RemovalOrder, PreservationOrder)


@cache
def each() -> dict[str, Instrument]:
    """Those with code of their own, by the id of their pack."""
    return {kind.ID: kind(kind.ID) for kind in OWN}


def of(id: str) -> Instrument:
    """The instrument with an id; the default's words where it has none of its own."""
    return each().get(id) or Instrument(id)


def form(name: str) -> Form | None:
    """The form on which a letter of that name is set; None where it is set without one."""
    return next((found[name] for one in each().values() if name in (found := one.forms)), None)
