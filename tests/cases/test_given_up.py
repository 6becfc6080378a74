"""A step that gives up is an event and an alert: never only a line in a log."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from comity import clock, jobs, road
from comity.alerts import commands as alerts
from comity.cases import given_up
from comity.lane import PROVEN
from comity.ledger.commands import record
from comity.ledger.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs(db: None) -> Iterator[None]:
    """Jobs lie in tables that aren't Django's: a test database's flush leaves them."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    yield
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


def work() -> None:
    """Run the jobs that wait, as a worker does, and no more."""

    async def once() -> None:
        runner = app.with_connector(DjangoConnector().get_worker_connector())
        async with runner.open_async():
            runner.perform_import_paths()
            await runner.run_worker_async(
                queues=[PROVEN.queue],
                wait=False,
                delete_jobs="successful",
                install_signal_handlers=False,
                listen_notify=False,
            )
        await sync_to_async(connections.close_all)()  # of the thread in which what is due by the clock was put in

    asyncio.run(once())


def bounced() -> Event:
    with transaction.atomic():
        return record("mail.bounced", realm="demo", by="gateway", case="D-7", public={"kind": "answer"})


def fails(event: Event) -> None:
    raise RuntimeError("it does not work")


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RETRY_LIMIT", 0)
    monkeypatch.setitem(road.COMMANDS, "cases.alert", fails)
    event = bounced()
    work()
    given_up.tell(clock.now())
    told = Event.objects.get(kind="step.given-up")
    assert (told.realm, told.case, told.cause, told.public) == ("demo", "D-7", event.id, {"command": "cases.alert"})
    alert = alerts.open_in("demo").get()
    assert (alert.kind, alert.thing, alert.count) == ("step.given-up", "D-7", 1)


def test_it_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RETRY_LIMIT", 0)
    monkeypatch.setitem(road.COMMANDS, "cases.alert", fails)
    bounced()
    work()
    for _ in range(2):
        given_up.tell(clock.now())
    assert Event.objects.filter(kind="step.given-up").count() == 1
    assert alerts.open_in("demo").get().count == 1


def test_a_step_that_is_still_tried_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(road.COMMANDS, "cases.alert", fails)
    bounced()
    work()
    given_up.tell(clock.now())
    assert not Event.objects.filter(kind="step.given-up").exists()


def test_a_look_at_the_road_that_gives_up_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RETRY_LIMIT", 0)
    monkeypatch.setattr("comity.cases.lanes.of", fails)
    bounced()
    work()
    given_up.tell(clock.now())
    assert Event.objects.get(kind="step.given-up").public == {"command": "follow"}


def test_a_step_that_is_not_through_comes_back_once_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(road.COMMANDS, "cases.alert", lambda event: timedelta(seconds=40))
    event = bounced()
    work()
    jobs.step.func(command="cases.alert", event=event.id)
    with connection.cursor() as cursor:
        cursor.execute("select args ->> 'command', status::text, scheduled_at > now() from procrastinate_jobs")
        assert cursor.fetchall() == [("cases.alert", "todo", True)]
