"""A poll for which nothing has changed costs one query; where anything that it rested on has, it is asked anew."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from comity import clock
from comity.alerts import devices, paging, polled
from comity.alerts.models import Device
from comity.people import access, sessions, tags
from comity.people.models import Person

pytestmark = pytest.mark.django_db
H, POLL = "X-7Q4M2HXK", "/console/duty/poll"
Who = Callable[..., Person]


@pytest.fixture
def desk(on_duty: Who) -> Client:
    """The open page of the demo's handler, who is on duty."""
    client = Client()
    client.force_login(on_duty("handler"), backend=sessions.BACKEND)
    return client


def asked(desk: Client, tag: str) -> Any:
    return desk.get(POLL, headers={"If-None-Match": tag})


def test_it_works(desk: Client, django_assert_num_queries: Any) -> None:
    tag = desk.get(POLL)["ETag"]
    with django_assert_num_queries(1):
        same = asked(desk, tag)
    assert (same.status_code, same.content, same["ETag"], same["Cache-Control"]) == (304, b"", tag, "private, no-store")
    with transaction.atomic():
        paging.ring(H, "demo", by="gateway")
    paging.tick(clock.now())
    loud = asked(desk, tag)
    assert ([one["subject"] for one in loud.json()["rings"]], loud["ETag"] != tag) == ([H], True)
    with django_assert_num_queries(1):
        assert asked(desk, loud["ETag"]).status_code == 304
    paging.stop(H)
    assert asked(desk, loud["ETag"]).json()["rings"] == []


def test_what_another_has_taken_is_told_and_then_no_longer(desk: Client, on_duty: Who) -> None:
    with transaction.atomic():
        paging.ring(H, "demo", by="gateway")
    paging.tick(clock.now())
    tag = desk.get(POLL)["ETag"]
    paging.acknowledge(on_duty("decider", "second"), H)
    told = asked(desk, tag)
    assert [one["subject"] for one in told.json()["taken"]] == [H]
    clock.advance(polled.TAKEN.total_seconds() + 1)
    assert asked(desk, told["ETag"]).json()["taken"] == []


def test_a_page_that_is_open_is_noted_as_heard_all_the_while(desk: Client, django_assert_num_queries: Any) -> None:
    tag = desk.get(POLL)["ETag"]
    for _ in range(5):
        clock.advance(devices.NOTED.total_seconds())
        with django_assert_num_queries(2):
            assert asked(desk, tag).status_code == 304
        assert Device.objects.get(kind="page").heard_at == clock.now()


@pytest.mark.parametrize(
    "ends",
    [
        lambda person: Person.objects.filter(id=person.id).update(session_salt="another"),
        lambda person: tags.change(person, is_active=False, ended_at=clock.now()),
        lambda person: Person.objects.filter(id=person.id).update(tag="1" + "0" * 63),
        lambda person: Session.objects.update(expire_date=clock.now()),
    ],
    ids=["its session ended everywhere", "they left", "its row was forged", "it is twelve hours old"],
)
def test_a_tag_opens_nothing_once_its_session_is_over(
    desk: Client, on_duty: Who, ends: Callable[[Person], Any]
) -> None:
    tag = desk.get(POLL)["ETag"]
    ends(on_duty("handler"))
    assert asked(desk, tag).status_code == 302


def test_a_role_that_is_taken_away_counts_at_the_next_poll(desk: Client, on_duty: Who) -> None:
    tag = desk.get(POLL)["ETag"]
    tags.change(on_duty("handler"), roles=["council"])
    assert asked(desk, tag).status_code == 403


def test_a_tag_is_good_for_its_own_session_alone(desk: Client, on_duty: Who) -> None:
    tag = desk.get(POLL)["ETag"]
    assert Client().get(POLL, headers={"If-None-Match": tag}).status_code == 302
    other = Client()
    other.force_login(on_duty("decider", "second"), backend=sessions.BACKEND)
    assert asked(other, tag).status_code == 200


def test_a_tag_that_is_none_of_ours_is_as_if_none_had_come(desk: Client, on_duty: Who) -> None:
    own = on_duty("handler").id.hex
    for forged in (
        "",
        '"',
        '""',
        "*",
        f'"{"0" * 64}"',
        f'"{own}{"0" * 32}"',
        f'"{own}"',
        "é" * 66,
        'W/"x"',
        "x" * 9999,
    ):
        assert asked(desk, forged).status_code == 200


def test_who_asks_without_end_is_told_to_wait(desk: Client, on_duty: Who) -> None:
    tag, handler = desk.get(POLL)["ETag"], str(on_duty("handler").id)
    for _ in range(polled.POLLS - 2):
        access.counted(handler, "poll", 60)
    assert [asked(desk, tag).status_code for _ in range(2)] == [304, 429]
