from collections.abc import Iterator

import pytest
from road import Road, open_road


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened
