"""One road for each test, on a real sandbox whose own store says what was done there."""

from collections.abc import Iterator

import pytest
from road import Road, open_road


@pytest.fixture
def road(db: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened
