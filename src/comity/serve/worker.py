"""Runs the jobs, each lane with its own concurrency.

Procrastinate's own worker command can't set the heartbeat interval, hence this runner.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from comity import operator
from comity.lane import PAGE, PROVEN, SLOW, UNPROVEN, Lane, in_its_lane
from comity.serve import orphans
from comity.serve.prompt import Prompt

log = structlog.get_logger()
HEARTBEAT = 1.0  # seconds
STALLED = 4.0  # seconds without a heartbeat after which a worker counts as dead
POLL = (
    0.25  # seconds; a job deferred just as a worker polled is notified to nobody, nor is one whose lock is free again
)
TICK = 1.0  # seconds of the ladder's clock
GLANCE = 0.25  # seconds between two early looks at mails that nobody has read
CALM = 3.0  # seconds without a job after which a process polls and glances more rarely
RARELY = 1.0  # seconds, then: what is deferred is notified, and a mail is read by the worker at once
BY_TIME = frozenset({"comity:clocks", "comity:catch_up"})  # what runs though nothing happens


@dataclass(frozen=True)
class Process:
    """A process that runs jobs: its lanes, with how many jobs of each run at once, and what it runs once at its start.
    `older`: it looks early at mails that were received so many seconds ago."""

    name: str
    places: Mapping[Lane, int]
    older: float
    first: str = ""


# Unproven senders, all together, get at most a quarter of what runs at once. Rings have a process of their own, which
# no slow job of the others can hold up, and places in the worker too: a dead pager isn't silence.
WORKER = Process("worker", {PROVEN: 3, UNPROVEN: 1, PAGE: 1, SLOW: 1}, 3.0, "comity:warm")
PAGER = Process("pager", {PAGE: 3, SLOW: 3}, 0.0)


async def run(process: Process) -> None:
    """Run jobs until SIGTERM or SIGINT, then finish those under way: our jobs can't be interrupted half-way."""
    # a copy with its own connections: jobs themselves still defer through Django's, within their transaction
    runner = app.with_connector(DjangoConnector().get_worker_connector())
    async with runner.open_async():
        runner.perform_import_paths()
        await _work(runner, process)


async def _work(runner: App, process: Process) -> None:
    pulse = Pulse()
    workers = [_worker(runner, lane, places, pulse) for lane, places in process.places.items()]
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop, workers)
    clocks = (
        _clock(runner, "comity:tick", pulse, lambda: TICK),
        _clock(runner, "comity:glance", pulse, lambda: pulse.pace(GLANCE), older=process.older),
    )
    beside = [asyncio.create_task(one) for one in (_sweep(runner, workers, process), _poll(workers, pulse), *clocks)]
    try:
        await asyncio.gather(*(_run(worker, workers) for worker in workers))
    finally:
        for task in beside:
            task.cancel()


class Pulse:
    """When a process last ran something that wasn't caused by time alone. Looking costs as much where nothing happens
    as where much does, and a gateway is idle most of its life."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def note(self, task: Callable[[], Any], context: JobContext, worker: object) -> Any:
        """Run a job, and note that there was one."""
        if context.job.task_name not in BY_TIME:
            self.beat()
        return task()

    def beat(self) -> None:
        """Something happened."""
        self._last = time.monotonic()

    def pace(self, busy: float) -> float:
        """Seconds between two looks: `busy`, or rarely where nothing has happened for long."""
        return busy if time.monotonic() - self._last < CALM else RARELY


async def _poll(workers: Sequence[Worker], pulse: Pulse) -> None:
    """Have each lane poll as often as what happens asks for."""
    while True:
        for worker in workers:
            worker.fetch_job_polling_interval = pulse.pace(POLL)
        await asyncio.sleep(POLL)


def _worker(runner: App, lane: Lane, places: int, pulse: Pulse) -> Worker:
    return Prompt(
        runner,
        queues=[lane.queue],
        name=lane.queue,
        concurrency=places,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        fetch_job_polling_interval=POLL,
        delete_jobs="successful",
        install_signal_handlers=False,  # each lane's would replace the other's
        task_middleware=[with_a_connection, in_its_lane, pulse.note],
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


async def _clock(runner: App, name: str, pulse: Pulse, pace: Callable[[], float], **given: float) -> None:
    """Call a task each `pace()` seconds in a thread of its own: no slot of a lane is waited for. What fails is tried
    again at the next; what finds something is a beat of the pulse."""
    call = partial(runner.tasks[name].func, **given)
    while True:
        began = time.monotonic()
        try:
            if await asyncio.to_thread(with_a_connection, call, None, None):
                pulse.beat()
        except Exception as error:
            log.warning("clock failed", task=name, error=type(error).__name__)
        await asyncio.sleep(max(pace() / 10, pace() - (time.monotonic() - began)))


async def _sweep(runner: App, workers: Sequence[Worker], process: Process) -> None:
    """Every two seconds requeue the jobs of dead workers; first, tell the supervisor which workers we are."""
    while len(_ids(workers)) < len(workers):
        await asyncio.sleep(0.02)
    orphans.write_worker_ids(operator.data_directory(), process.name, os.getpid(), *_ids(workers))
    if process.first:
        with contextlib.suppress(AlreadyEnqueued):  # by an earlier worker that died before running it
            await runner.configure_task(process.first, queueing_lock="warm").defer_async()
    while ours := _ids(workers):
        await runner.connector.execute_query_async(orphans.DELETE_STALLED, seconds=STALLED, ours=ours)
        await runner.connector.execute_query_async(orphans.GIVE_BACK)
        await asyncio.sleep(2 * HEARTBEAT)
