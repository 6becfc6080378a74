"""Runs the jobs, each lane with its own concurrency.

Procrastinate's own worker command can't set the heartbeat interval, hence this runner.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.worker import Worker

from comity import operator
from comity.lane import PROVEN, UNPROVEN, Lane, in_its_lane
from comity.serve import orphans

HEARTBEAT = 1.0  # seconds
STALLED = 4.0  # seconds without a heartbeat after which a worker counts as dead
POLL = 0.25  # seconds; a job deferred just as a worker polled is notified to nobody
# unproven senders, all together, get at most a quarter of what runs at once
PLACES: dict[Lane, int] = {PROVEN: 3, UNPROVEN: 1}


async def run() -> None:
    """Run jobs until SIGTERM or SIGINT, then finish those under way: our jobs can't be interrupted half-way."""
    # a copy with its own connections: jobs themselves still defer through Django's, within their transaction
    runner = app.with_connector(DjangoConnector().get_worker_connector())
    async with runner.open_async():
        runner.perform_import_paths()
        await _work(runner)


async def _work(runner: App) -> None:
    workers = [_worker(runner, lane, places) for lane, places in PLACES.items()]
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, workers)
    sweeping = asyncio.create_task(_sweep(runner, workers))
    try:
        await asyncio.gather(*(_run(worker, workers) for worker in workers))
    finally:
        sweeping.cancel()


def _worker(runner: App, lane: Lane, places: int) -> Worker:
    return Worker(
        runner,
        queues=[lane.queue],
        name=lane.queue,
        concurrency=places,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        fetch_job_polling_interval=POLL,
        delete_jobs="successful",
        install_signal_handlers=False,  # each lane's would replace the other's
        task_middleware=[with_a_connection, in_its_lane],
    )


def with_a_connection(task: Callable[[], Any], context: object, worker: object) -> Any:
    """Run a job, then close its database connection: it belongs to the job's thread, and may have lost its server."""
    try:
        return task()
    finally:
        connection.close()


async def _run(worker: Worker, workers: Sequence[Worker]) -> None:
    """Run one lane; when it ends, for whatever reason, stop all: a gateway with half its lanes would look alive."""
    try:
        await worker.run()
    finally:
        _stop(workers)


def _stop(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.stop()


def _ids(workers: Sequence[Worker]) -> list[int]:
    return [worker.worker_id for worker in workers if worker.worker_id is not None]


async def _sweep(runner: App, workers: Sequence[Worker]) -> None:
    """Every two seconds requeue the jobs of dead workers; first, tell the supervisor which workers we are."""
    while len(_ids(workers)) < len(workers):
        await asyncio.sleep(0.02)
    orphans.write_worker_ids(operator.data_directory(), os.getpid(), *_ids(workers))
    with contextlib.suppress(AlreadyEnqueued):  # by an earlier worker that died before running it
        await runner.configure_task("comity:warm", queueing_lock="warm").defer_async()
    while ours := _ids(workers):
        await runner.connector.execute_query_async(orphans.DELETE_STALLED, seconds=STALLED, ours=ours)
        await runner.connector.execute_query_async(orphans.GIVE_BACK)
        await asyncio.sleep(2 * HEARTBEAT)
