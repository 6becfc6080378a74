"""What the tests of whole pages stand on: one road for each test, on a real sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from road import Road, open_road


@pytest.fixture
def road(transactional_db: None, tmp_path: Path) -> Iterator[Road]:
    with open_road(tmp_path / "sandbox") as opened:
        yield opened
