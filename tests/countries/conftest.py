"""People of the desk who joined before anything happens, once for a module, in a data directory of its own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from people.members import Member, joined

from comity import clock
from comity.people.commands import ensure_demo_people
from comity.people.models import Person

from .scene import NOW


@pytest.fixture(scope="module")
def _house(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    data = tmp_path_factory.mktemp("countries")
    mine = replace(settings.COMITY, data=data, base_url="http://localhost:8000", demo=True)
    with pytest.MonkeyPatch.context() as patch, clock.freeze(NOW):
        patch.setattr(settings, "COMITY", mine)
        yield


@pytest.fixture(autouse=True)
def _now(_house: None) -> Iterator[None]:
    with clock.freeze(NOW):
        yield


@pytest.fixture(scope="module")
def counsel(_house: None) -> Member:
    return joined("counsel", "BE")


@pytest.fixture(scope="module")
def decider(_house: None) -> Member:
    return joined("decider", "EE")


@pytest.fixture(scope="module")
def neighbour(_house: None) -> Member:
    """Decides where counsel is from."""
    return joined("decider", "BE")


@pytest.fixture(scope="module")
def handler(_house: None) -> Member:
    return joined("handler", "BE")


@pytest.fixture(scope="module")
def demo(_house: None) -> dict[str, Person]:
    """The demo's people, by role and place."""
    return {person.name.removeprefix("demo-"): person for person in ensure_demo_people()}


@pytest.fixture
def without_demo() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "COMITY", replace(settings.COMITY, demo=False))
        yield
