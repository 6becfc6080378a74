from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _gateway(settings: Any, tmp_path: Path) -> None:
    """A data directory of the test's own, at the address that the software authenticators sign for."""
    settings.COMITY = replace(settings.COMITY, data=tmp_path, base_url="http://localhost:8000", demo=True)
    cache.clear()


@pytest.fixture
def join(db: None) -> Callable[..., Any]:
    """Somebody joins: `join("decider", "EE")`."""
    from people.members import joined

    return joined


@pytest.fixture
def alice(join: Callable[..., Any]) -> Any:
    """Decides in BE."""
    return join("decider", "BE")


@pytest.fixture
def bob(join: Callable[..., Any]) -> Any:
    """Decides in EE."""
    return join("decider", "EE")
