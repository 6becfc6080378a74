"""What the worker does around each job."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from comity.lane import PAGE, PROVEN, SLOW, UNPROVEN
from comity.serve import worker


@pytest.mark.django_db(transaction=True)
def test_a_job_ends_with_its_connection_even_one_that_raises() -> None:
    connection.ensure_connection()
    assert worker.with_a_connection(lambda: "done", None, None) == "done"
    assert connection.connection is None
    connection.ensure_connection()
    with pytest.raises(ZeroDivisionError):
        worker.with_a_connection(lambda: 1 // 0, None, None)
    assert connection.connection is None


def test_it_is_around_every_job_of_a_lane() -> None:
    made = worker._worker(app, PROVEN, 1, worker.Pulse())
    assert made.task_middleware[0] is worker.with_a_connection


def test_it_looks_often_while_something_happens_and_rarely_where_nothing_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """What time alone causes is nothing that happens; a job is, and so is a mail that was glanced at."""
    now = 1000.0
    monkeypatch.setattr(worker.time, "monotonic", lambda: now)
    pulse = worker.Pulse()
    assert pulse.pace(worker.POLL) == worker.POLL
    now += worker.CALM
    assert pulse.pace(worker.POLL) == worker.RARELY
    for task, pace in (("clocks", worker.RARELY), ("catch_up", worker.RARELY), ("step", worker.POLL)):
        job = Job(id=1, lock=None, queueing_lock=None, task_name=f"comity:{task}", queue="proven")
        context = JobContext(start_timestamp=now, app=app, abort_reason=lambda: None, job=job)
        assert pulse.note(lambda: "done", context, None) == "done"
        assert pulse.pace(worker.POLL) == pace
    now += worker.CALM
    pulse.beat()
    assert pulse.pace(worker.GLANCE) == worker.GLANCE


async def _one_turn(lanes: list[Worker], pulse: worker.Pulse) -> None:
    polling = asyncio.create_task(worker._poll(lanes, pulse))
    await asyncio.sleep(0)
    polling.cancel()


def test_each_lane_polls_as_often_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = worker.Pulse()
    lanes = [worker._worker(app, lane, 1, pulse) for lane in worker.PAGER.places]
    for last, pace in ((0.0, worker.POLL), (worker.CALM, worker.RARELY)):
        pulse._last -= last
        asyncio.run(_one_turn(lanes, pulse))
        assert {lane.fetch_job_polling_interval for lane in lanes} == {pace}


def test_rings_have_a_process_of_their_own_and_places_in_the_worker_too() -> None:
    assert set(worker.PAGER.places) == {PAGE, SLOW}
    assert set(worker.WORKER.places) == {PROVEN, UNPROVEN, PAGE, SLOW}
