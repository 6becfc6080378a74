"""The people of the desk, as those of the relation have them, and one whose own country is the other party."""

import pytest
from countries.conftest import (  # noqa: F401  # fixtures
    _house,
    _now,
    counsel,
    decider,
    demo,
    handler,
    neighbour,
)
from people.members import Member, joined


@pytest.fixture(scope="module")
def theirs(_house: None) -> Member:  # noqa: F811
    """Decides, in the State that is the other party."""
    return joined("decider", "FR")


@pytest.fixture(scope="module")
def auditor(_house: None) -> Member:  # noqa: F811
    return joined("auditor", "BE")
