"""The instruments that need words of their own, one line each. Any other says what its pack says, in a plain letter."""

from functools import cache

from .eu_dsa_orders import OrderToAct, OrderToInform
from .eu_eevidence_preservation import PreservationOrder
from .eu_eevidence_production import ProductionOrder
from .eu_tco_removal import RemovalOrder
from .eu_tco_scrutiny import Scrutiny
from .own_demands import AccessDemand, WithoutPack
from .own_person_claim import PersonClaim
from .port import Form, Instrument
from .us_disclosure import EmergencyRequest, Warrant
from .us_preservation import PreservationRequest

OWN: tuple[type[Instrument], ...] = (
    RemovalOrder,
    Scrutiny,
    OrderToAct,
    OrderToInform,
    ProductionOrder,
    PreservationOrder,
    PreservationRequest,
    Warrant,
    EmergencyRequest,
    PersonClaim,
    AccessDemand,
    WithoutPack,
)


@cache
def each() -> dict[str, Instrument]:
    """The instruments with code of their own, by the id of their pack."""
    return {kind.ID: kind(kind.ID) for kind in OWN}


def of(id: str) -> Instrument:
    """The instrument with this id; one with the default words if it has none of its own."""
    return each().get(id) or Instrument(id)


def form(name: str) -> Form | None:
    """The form on which a letter with this `form` is set; None if it is set without one."""
    return next((found[name] for one in each().values() if name in (found := one.forms)), None)
