"""A realm of one's own for each test, as for the tests of people, and a desk that was founded once for a module."""

from pathlib import Path

import pytest
from people.conftest import _gateway, join
from people.members import Desk, founders, opened

__all__ = ["_gateway", "join"]


@pytest.fixture(scope="module")
def founded(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The two founders and their guardian, on a desk that nobody joined."""
    return opened(tmp_path_factory.mktemp("desk"), also=founders)


@pytest.fixture
def desk(founded: Desk, db: None, tmp_path: Path) -> None:
    """That desk as a test finds it: its rows, and its files in a directory that the test may change."""
    founded.as_it_was(tmp_path)
