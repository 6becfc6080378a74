"""A realm of one's own for each test: people who joined, and a data directory without adopted versions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from people.members import Member, joined

from comity.people.commands import ensure_demo_people
from comity.people.models import Person


@pytest.fixture(autouse=True)
def _gateway(settings: Any, tmp_path: Path) -> None:
    settings.COMITY = replace(settings.COMITY, data=tmp_path, base_url="http://localhost:8000", demo=True)
    cache.clear()


@pytest.fixture
def join(db: None) -> Callable[..., Member]:
    """Somebody joins: `join("counsel", "EE")`."""
    return joined


@pytest.fixture
def counsel(join: Callable[..., Member]) -> Member:
    """Counsel in BE."""
    return join("counsel", "BE")


@pytest.fixture
def decider(join: Callable[..., Member]) -> Member:
    """Decides in EE."""
    return join("decider", "EE")


@pytest.fixture
def demo(db: None) -> dict[str, Person]:
    """The demo's people, by role and place."""
    return {person.name.removeprefix("demo-"): person for person in ensure_demo_people()}
