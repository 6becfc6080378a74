"""A realm of one's own for each test; Alice and Bob, who joined it once for all tests of a module."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from people.members import Desk, Member, joined, opened


@pytest.fixture(autouse=True)
def _gateway(settings: Any, tmp_path: Path) -> None:
    """A data directory of the test's own, at the address that the software authenticators sign for."""
    settings.COMITY = replace(settings.COMITY, data=tmp_path, base_url="http://localhost:8000", demo=True)
    cache.clear()


@pytest.fixture
def join(db: None) -> Callable[..., Member]:
    """Somebody joins: `join("decider", "EE")`."""
    return joined


@pytest.fixture(scope="module")
def desk(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Alice and Bob and who founded their desk."""
    return opened(tmp_path_factory.mktemp("desk"), ("decider", "BE"), ("decider", "EE"))


@pytest.fixture
def both(desk: Desk, db: None, tmp_path: Path) -> list[Member]:
    return desk.as_it_was(tmp_path)


@pytest.fixture
def alice(both: list[Member]) -> Member:
    """Decides in BE."""
    return both[0]


@pytest.fixture
def bob(both: list[Member]) -> Member:
    """Decides in EE."""
    return both[1]
