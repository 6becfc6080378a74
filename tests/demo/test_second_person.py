"""One administrator who would be two: each way refused by the commands of a real desk, and no desk touched by it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from comity.demo.client import NotPlayed
from comity.demo.record import second
from comity.ledger.models import Event
from comity.people import chain
from comity.people.models import Person
from comity.record.models import Waiting

from .visitor import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def rows() -> dict[str, Any]:
    """What is here, by table."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where status = 'todo'")
        jobs = cursor.fetchone()[0]
    people = list(Person.objects.order_by("id").values_list("id", "roles", "tag"))
    return {"people": people, "events": Event.objects.count(), "waiting": Waiting.objects.count(), "jobs": jobs}


def test_it_works(road: Any) -> None:
    before = rows()
    done = second.rehearse()
    assert [one.id for one in done.attempts] == list(second.DID)
    assert all(one.said for one in done.attempts)
    held = done.admitted
    assert (held.signed, held.before, held.after, held.counts) == (3, (), ("decider",), True)
    assert "count once until a guardian confirms" in held.once
    assert "refused: This desk is founded." in done.said
    assert rows() == before
    assert second.attempt("grant") == next(one for one in done.attempts if one.id == "grant")
    assert rows() == before


def test_what_is_not_refused_is_no_story(road: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where a row alone gives a role, the rehearsal says so and is taken back all the same."""
    before = rows()
    monkeypatch.setattr(chain, "_leads", lambda person, grant: True)
    with pytest.raises(NotPlayed, match="row"):
        second.rehearse()
    assert rows() == before
    with pytest.raises(KeyError):
        second.attempt("king")


def test_the_card_is_played_by_what_it_offers(road: Any) -> None:
    visitor = Visitor(Client(HTTP_HOST="localhost:8000"), road)
    visitor.submit("start-second-person")
    assert "You are the administrator." in visitor.says()
    role = "This act needs another role."
    for said in (role, "approved this already", role, role, "given by an admission", role, "This desk is founded."):
        visitor.next()
        says = visitor.says()
        assert says.startswith("Refused: \u201c")
        assert said in says
    assert "the clock is told that they have passed" in says
    visitor.next()
    assert re.search("3 signed.* after it: decider", visitor.says())
    assert len(visitor.pressed) == 9
