"""Ringing: who is rung by what and when, who answers, and that it rings until somebody does."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from comity import clock
from comity.alerts import devices, paging, rota
from comity.alerts.models import Device, Ring
from comity.ledger.models import Event
from comity.people import commands as people
from comity.people.models import Person

pytestmark = pytest.mark.django_db
H = "H-7Q4M2HXK"


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    people.ensure_demo_people()
    with clock.freeze(datetime.fromisoformat("2026-11-30T03:00:00+00:00")):
        yield


def person(role: str) -> Person:
    return Person.objects.get(name=f"demo-{role}-{'ee' if role == 'head' else 'be'}")


def on_duty(role: str, post: str = "first", hours: float = 12) -> Person:
    found = person(role)
    now = clock.now()
    rota.set_shift(person("head"), "demo", found, post, now - timedelta(hours=1), now + timedelta(hours=hours))
    devices.heard(found)
    return found


def begin() -> None:
    with transaction.atomic():
        paging.ring(H, "demo", by="gateway")
    paging.tick(clock.now())


def rung() -> list[tuple[int, str]]:
    return [(one.rung, one.person.name) for one in paging.rings(H)]


def kinds(*names: str) -> list[str]:
    return list(Event.objects.filter(kind__in=names).order_by("id").values_list("kind", flat=True))


def test_it_works() -> None:
    first = on_duty("handler")
    begin()
    assert rung() == [(0, "demo-handler-be")]
    assert [one.subject for one in paging.ringing(first)] == [H]
    paging.see(first, [H])
    clock.advance(4)
    assert paging.acknowledge(first, H)
    (ring,) = paging.rings(H)
    assert (ring.state, ring.code) == ("answered", "")
    assert ring.sent_at is not None
    assert ring.seen_at is not None
    assert ring.answered_at == clock.now()
    assert paging.answered_by(H) == first
    assert paging.ringing(first) == []
    assert kinds("ring.sent", "ring.seen", "ring.stopped") == ["ring.sent", "ring.seen", "ring.stopped"]
    clock.advance(3600)
    assert paging.tick(clock.now()) == 0
    assert Ring.objects.count() == 1
