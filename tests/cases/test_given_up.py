"""A step that gives up is an event and an alert: never only a line in a log."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

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
    event = bounced()
    monkeypatch.setattr("comity.cases.lanes.of", fails)
    app.configure_task("comity:follow", queue=PROVEN.queue).defer(event=event.id)
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


def ticked(monkeypatch: pytest.MonkeyPatch, *commands: Callable[[datetime], object]) -> None:
    monkeypatch.setattr(road, "BY_THE_CLOCK", commands)
    jobs.clocks.func(timestamp=0)


def stumbles(now: datetime) -> None:
    raise RuntimeError("it does not work")


def test_a_clock_that_fails_stops_none_after_it_and_is_told_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[datetime] = []

    def runs(now: datetime) -> None:
        ran.append(now)

    for _ in range(3):
        ticked(monkeypatch, stumbles, runs, stumbles)
    assert len(ran) == 3
    told = Event.objects.get(kind="clock.failed")
    assert (told.realm, told.public) == ("real", {"command": f"{__name__}.stumbles"})
    assert [(one.kind, one.count) for one in alerts.open_in("real")] == [("clock.failed", 1)]
    given_up.stumbled("measures.ending.end_due", told.at + timedelta(hours=1))
    assert alerts.open_in("real").get().count == 2


def test_nothing_is_forgotten_while_what_must_come_before_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    forgot: list[datetime] = []

    def forgets(now: datetime) -> None:
        forgot.append(now)

    monkeypatch.setattr(road, "FIRST", {forgets: (stumbles,)})
    ticked(monkeypatch, stumbles, forgets)
    assert forgot == []
    ticked(monkeypatch, forgets)
    assert len(forgot) == 1


def test_what_keeps_runs_before_what_forgets() -> None:
    for last, first in road.FIRST.items():
        assert max(map(road.BY_THE_CLOCK.index, first)) < road.BY_THE_CLOCK.index(last)
