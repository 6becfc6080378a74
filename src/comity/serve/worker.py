"""Runs the jobs. The framework's own worker command can't set its heartbeat, so this is our runner."""

import asyncio
import contextlib
import os

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.worker import Worker

from comity import operator
from comity.serve import orphans

HEARTBEAT = 1.0  # seconds
STALLED = 4.0  # seconds without a heartbeat after which a worker counts as dead
CONCURRENCY = 4


async def run() -> None:
    """Run jobs until SIGTERM or SIGINT, then finish those under way: a job of ours can't be interrupted half-way."""
    # a copy with its own connections: jobs themselves go on deferring through Django's, in their transaction
    runner = app.with_connector(DjangoConnector().get_worker_connector())
    async with runner.open_async():
        runner.perform_import_paths()
        await _work(runner)


async def _work(runner: App) -> None:
    worker = Worker(
        runner,
        concurrency=CONCURRENCY,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        fetch_job_polling_interval=1.0,
        delete_jobs="successful",
    )
    sweeping = asyncio.create_task(_sweep(runner, worker))
    try:
        await worker.run()
    finally:
        sweeping.cancel()


async def _sweep(runner: App, worker: Worker) -> None:
    """Every two seconds give back the jobs of dead workers; at first, tell the supervisor which worker we are."""
    while worker.worker_id is None:
        await asyncio.sleep(0.02)
    orphans.write_name(operator.data_directory(), os.getpid(), worker.worker_id)
    with contextlib.suppress(AlreadyEnqueued):  # by a worker before us that did not come to it
        await runner.configure_task("comity:warm", queueing_lock="warm").defer_async()
    while (ours := worker.worker_id) is not None:
        await runner.connector.execute_query_async(orphans.BURY_STALLED, seconds=STALLED, ours=ours)
        await runner.connector.execute_query_async(orphans.GIVE_BACK)
        await asyncio.sleep(2 * HEARTBEAT)
