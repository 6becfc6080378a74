"""What the worker does around each job."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from comity import prepare
from comity.lane import PAGE, PROVEN, SLOW, UNPROVEN
from comity.serve import worker
from comity.serve.prompt import Prompt


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


def test_it_looks_again_where_it_was_told_of_a_job_while_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library clears its sign of news after the look, so that what came during it would wait for the next poll."""
    looks = []

    async def look(made: Prompt) -> None:
        looks.append(made)
        if len(looks) == 1:
            await made._handle_notification(channel="", notification={"type": "job_inserted", "job_id": 1})
        made._new_job_event.clear()

    monkeypatch.setattr(Worker, "_fetch_and_process_jobs", look)
    asyncio.run(worker._worker(app, PROVEN, 1, worker.Pulse())._fetch_and_process_jobs())
    assert len(looks) == 2


@pytest.mark.parametrize("lock", ["case:1", None])
def test_it_looks_again_once_a_lock_is_free(monkeypatch: pytest.MonkeyPatch, lock: str | None) -> None:
    async def fail(made: Worker, context: JobContext) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Worker, "_process_job", fail)
    made = worker._worker(app, PROVEN, 1, worker.Pulse())
    job = Job(id=1, lock=lock, queueing_lock=None, task_name="comity:step", queue="proven")
    with pytest.raises(ZeroDivisionError):
        asyncio.run(made._process_job(JobContext(start_timestamp=0.0, app=app, abort_reason=lambda: None, job=job)))
    assert made._new_job_event.is_set() is (lock is not None)


@pytest.mark.django_db
@pytest.mark.parametrize("waiting", [[], ["one"]])
def test_models_of_all_versions_are_made_only_where_something_is_to_be_migrated(
    monkeypatch: pytest.MonkeyPatch, waiting: list[str]
) -> None:
    made = []
    monkeypatch.setattr("django.core.management.call_command", lambda *name, **how: made.append(name))
    if waiting:
        monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *given: waiting)
    prepare.migrate()
    assert made == [("migrate",)] * len(waiting)
