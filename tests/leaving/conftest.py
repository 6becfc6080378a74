"""Veltria on a road of its own, with the real sandbox and a clock that stands still."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from road import open_road

from comity import clock

from .scene import Leaving


@pytest.fixture
def leaving(db: None) -> Iterator[Leaving]:
    with open_road() as road, clock.freeze(clock.now()):
        made = Leaving(road)
        yield made
        made.misbehave("normal")
        _open_again(made)


def _open_again(made: Leaving) -> None:
    """The sandbox is shared by the tests of a process: what one has shut is opened for the next."""
    from comity.leaving.models import Gate

    with transaction.atomic():
        for gate in Gate.objects.all():
            made.platform.lift(gate.key)
