"""The stories of Veltria from their cards to their ends, by what the pages offer alone."""

import pytest
from django.db import connection
from django.test import Client

from comity import clock
from comity.countries.models import Relation
from comity.demo.veltria import leaving
from comity.leaving import carrying

from .visitor import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def visitor(road, door) -> Visitor:
    return Visitor(Client(HTTP_HOST="localhost:8000"), road)


def ended(visitor: Visitor) -> bool:
    return "That is the whole story" in visitor.says()


def approve(visitor: Visitor) -> None:
    """Go where it is signed, as who it is, and press the page's own button."""
    visitor.next()
    assert "press Approve" in visitor.says()
    visitor.send("/sign")


def test_a_dispute_is_argued_bundled_and_settled_by_both_sides(visitor, road):
    visitor.submit("start-dispute")
    for _ in range(3):
        visitor.next()
    assert "index" in visitor.says()
    visitor.next()
    assert visitor.path.endswith("/bundle.pdf")
    visitor.path = "/demo/"
    visitor.next()
    visitor.next()
    approve(visitor)
    approve(visitor)
    assert "Signed by us" in visitor.says()
    visitor.next()
    assert "Settled" in visitor.says()
    visitor.next()
    assert visitor.path == "/countries/demo/XV"
    assert "How orders reach us" in visitor.page()
    visitor.path = "/demo/"
    assert ended(visitor)
    assert Relation.objects.get(country="XV").state == "agreed"
    assert road.refused == []


def test_a_claim_on_a_person_is_sorted_and_turned_to_its_door(visitor, road):
    visitor.submit("start-claim")
    visitor.next()
    assert visitor.path.startswith("/console/claims/P-")
    assert "Two questions" in visitor.says()
    visitor.next()
    visitor.next()
    assert "on its way" in visitor.says()
    visitor.next()
    assert visitor.path.startswith("/console/outbox/")
    assert "courtesy" not in visitor.page()
    visitor.next()
    assert visitor.path == "/countries/demo/XV"
    assert "1–4" in visitor.page()
    assert "You are anyone" in visitor.page()
    visitor.path = "/demo/"
    assert ended(visitor)
    assert road.refused == []


def wait(visitor: Visitor) -> None:
    """Let the seconds pass that a step waits."""
    for _ in range(12):
        if "carried out" not in visitor.says() and "undone" not in visitor.says():
            return
        clock.advance(5)
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
        carrying.keep_time(clock.now())
        visitor.road.drive()


def linger(visitor):
    """Read for half a minute, while the machine goes on."""
    clock.advance(30)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
    carrying.keep_time(clock.now())
    visitor.road.drive()
    visitor.path = "/demo/"


@pytest.mark.soak  # the same is played by its commands in journeys/test_veltria.py
def test_veltria_is_left_paused_reversed_left_to_the_end_and_come_back_to(visitor, road):
    with clock.freeze(clock.now()):
        visitor.submit("start-leave")
        visitor.next()
        assert "Counted" in visitor.says() or "dry run" in visitor.says()
        visitor.next()
        for _ in leaving.SIGNERS:
            approve(visitor)
        visitor.next()
        wait(visitor)
        visitor.next()
        wait(visitor)
        linger(visitor)
        assert "Nobody writes" in visitor.says(), "though the last step is put to people meanwhile"
        visitor.next()
        visitor.next()
        assert "Paused" in visitor.says()
        visitor.next()
        wait(visitor)
        assert "to the byte" in visitor.says()
        visitor.next()
        for _ in range(2):
            wait(visitor)
            visitor.next()
        wait(visitor)
        assert visitor.says().startswith("Left")
        visitor.next()
        wait(visitor)
        assert visitor.says().startswith("Back")
        visitor.next()
        visitor.path = "/demo/"
        assert ended(visitor)
    assert Relation.objects.get(country="XV").state == "talking"
    assert road.refused == []
