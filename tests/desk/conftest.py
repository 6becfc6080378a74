"""What the tests of whole pages stand on: one road for each test, on a real sandbox."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from people.members import joined
from road import Road, open_road

from comity.people.sessions import BACKEND

HOST = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture
def road(db: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


@pytest.fixture
def at_the_desk(road: Road) -> Callable[..., Client]:
    """Gives a client signed in as one of the demo's people, or as a real one: `at_the_desk("auditor", real=True)`."""

    def client(role: str, jurisdiction: str = "BE", *, real: bool = False) -> Client:
        made = Client(**HOST)
        person = joined(role, jurisdiction).person if real else road.person(role, jurisdiction)
        made.force_login(person, backend=BACKEND)
        return made

    return client
