"""A realm of one's own for each module: the demo's people, and a data directory without adopted versions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.conf import settings

from comity import clock
from comity.people.commands import ensure_demo_people
from comity.people.models import Person

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def own_realm(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A data directory of this module's own, at one instant, with the demo on."""
    data = tmp_path_factory.mktemp("realm")
    mine = replace(settings.COMITY, data=data, base_url="http://localhost:8000", demo=True)
    with pytest.MonkeyPatch.context() as patch, clock.freeze(NOW):
        patch.setattr(settings, "COMITY", mine)
        yield


@pytest.fixture(autouse=True)
def now(own_realm: None) -> Iterator[None]:
    """Each test begins at the same instant."""
    with clock.freeze(NOW):
        yield


@pytest.fixture(scope="module")
def demo(own_realm: None) -> dict[str, Person]:
    """The demo's people, by role and place."""
    return {person.name.removeprefix("demo-"): person for person in ensure_demo_people()}
