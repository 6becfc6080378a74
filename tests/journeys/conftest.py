"""The desk of the real authority that is on the gateway's register."""

import pytest
from running import Gateway, Relay

from .office import Office


@pytest.fixture
def office(gateway: Gateway, relay: Relay, office_key: bytes) -> Office:
    """The real authority's desk: writes orders by mail and reads what comes back."""
    return Office(gateway, relay, office_key)
