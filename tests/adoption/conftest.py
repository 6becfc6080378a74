"""A realm of one's own for each test: people who joined, and a data directory without adopted versions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from people.members import Desk, Member, joined, opened

from comity import clock
from comity.people.commands import ensure_demo_people
from comity.people.models import Person

JOINED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # everybody is there an hour before anything happens


@pytest.fixture(autouse=True)
def _gateway(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.COMITY = replace(settings.COMITY, data=tmp_path, base_url="http://localhost:8000", demo=True)
    cache.clear()
    with clock.freeze(JOINED):
        yield


@pytest.fixture
def join(db: None) -> Callable[..., Member]:
    """Somebody joins: `join("counsel", "EE")`."""
    return joined


@pytest.fixture(scope="module")
def desk(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Counsel and one who decides, and who founded their desk."""
    with clock.freeze(JOINED):
        return opened(tmp_path_factory.mktemp("desk"), ("counsel", "BE"), ("decider", "EE"))


@pytest.fixture
def both(desk: Desk, db: None, tmp_path: Path) -> list[Member]:
    return desk.as_it_was(tmp_path)


@pytest.fixture
def counsel(both: list[Member]) -> Member:
    """Counsel in BE."""
    return both[0]


@pytest.fixture
def decider(both: list[Member]) -> Member:
    """Decides in EE."""
    return both[1]


@pytest.fixture
def demo(both: list[Member]) -> dict[str, Person]:
    """The demo's people, by role and place; with the keys of this desk."""
    return {person.name.removeprefix("demo-"): person for person in ensure_demo_people()}
