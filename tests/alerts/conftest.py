from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from comity import clock
from comity.alerts import devices, rota
from comity.people import commands as people
from comity.people.models import Person

NIGHT = datetime.fromisoformat("2026-11-30T03:00:00+00:00")


@pytest.fixture
def night() -> Iterator[None]:
    people.ensure_demo_people()
    with clock.freeze(NIGHT):
        yield


@pytest.fixture
def person(night: None) -> Callable[..., Person]:
    def one(role: str, place: str = "") -> Person:
        return Person.objects.get(name=f"demo-{role}-{place or ('ee' if role == 'head' else 'be')}")

    return one


@pytest.fixture
def on_duty(person: Callable[..., Person]) -> Callable[..., Person]:
    """Somebody on duty, from an hour ago; unless `away`, they have the console's page open."""

    def one(role: str, post: str = "first", place: str = "", hours: float = 12, away: bool = False) -> Person:
        found, now = person(role, place), clock.now()
        rota.set_shift(person("head"), "demo", found, post, now - timedelta(hours=1), now + timedelta(hours=hours))
        if not away:
            devices.heard(found)
        return found

    return one
