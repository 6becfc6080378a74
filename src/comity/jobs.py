"""The worker's jobs: `step` runs one command of the road; `follow` first looks up in which lane an event's steps go.

Each command is deferred by name in a job of its own, with the event that it follows, so that one that fails is retried
alone. Short commands of one case take its lock; long acts (reading, the platform, the relay) run outside it and are
idempotent per event. A job's queue is its lane (`lane.py`): what follows a job stays in its lane until its sender is
proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, OperationalError, connection, transaction
from procrastinate import App, BaseRetryStrategy, Blueprint, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from comity import clock, lane

if TYPE_CHECKING:
    from comity.ledger.models import Event

log = structlog.get_logger()
tasks = Blueprint()

RETRY_CAP_SECONDS = 60
RETRY_LIMIT = 600


class Patient(BaseRetryStrategy):
    """Exponential backoff up to a minute, for about ten hours: a platform may be down for long, but no order is
    forgotten."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        log.warning("job failed", task=job.task_name, attempt=job.attempts, error=type(exception).__name__)
        if job.attempts >= RETRY_LIMIT:
            return None
        wait = 0 if isinstance(exception, OperationalError) else min(2**job.attempts, RETRY_CAP_SECONDS)
        return RetryDecision(retry_in={"seconds": wait})


def step_lock(command: str, case: str | None) -> str | None:
    """The lock a step takes: its case's, unless the act is long."""
    from comity.road import LONG

    return None if case is None or command in LONG else f"case:{case}"


def carry_on(events: Iterable[Event]) -> None:
    """Defer what follows events just recorded, in their transaction: their steps, where these stay in the proven lane;
    else a look at which lane they go to."""
    from comity.cases import lanes

    now = lane.current()
    jobs = [
        job
        for event in events
        if commands_after(event)
        for job in (_steps(event, now) if now == lane.PROVEN == lanes.of(event) else [_look_up(event, now)])
    ]
    if jobs:
        app().job_manager.batch_defer_jobs(jobs)


def commands_after(event: Event) -> tuple[str, ...]:
    """The names of the commands that the road runs for an event."""
    from comity.road import ROAD

    return *ROAD.get(event.kind, ()), *ROAD.get(f"{event.kind} {event.public.get('kind')}", ())


def _look_up(event: Event, its: lane.Lane) -> Job:
    return app().configure_task("comity:follow", queue=its.queue, priority=its.priority).make_new_job(event=event.id)


def _steps(event: Event, its: lane.Lane) -> list[Job]:
    """One job for each command that follows an event."""
    named = [(command, step_lock(command, event.case)) for command in commands_after(event)]
    made = partial(app().configure_task, "comity:step", queue=its.queue, priority=its.priority)
    return [made(lock=lock).make_new_job(command=command, event=event.id) for command, lock in named]


@tasks.task(name="follow", retry=Patient())
def follow(event: int) -> None:
    """Defer one job for each command that follows an event, in the lane that the event belongs to."""
    from comity.cases import lanes
    from comity.ledger.models import Event

    found = Event.objects.get(id=event)
    its = lanes.of(found)
    with transaction.atomic():
        if its != lane.current():
            lanes.move(found, its)
        app().job_manager.batch_defer_jobs(_steps(found, its))


@tasks.task(name="step", retry=Patient())
def step(command: str, event: int) -> None:
    """Run one command of the road for an event; deferred again if it returns in how long to retry."""
    from comity.ledger.models import Event
    from comity.road import COMMANDS
    from comity.vault import commands as vault

    found = Event.objects.get(id=event)
    with vault.opened_once():
        wait = COMMANDS[command](found)
    if wait is not None:
        _come_back(command, found, wait)


def _come_back(command: str, event: Event, wait: timedelta) -> None:
    """Defer an unfinished step again; if it is waiting already, once is enough."""
    from comity.cases import lanes

    its = lanes.of(event)
    job = app().configure_task(
        "comity:step",
        lock=step_lock(command, event.case),
        queueing_lock=f"again:{command}:{event.id}",
        queue=its.queue,
        priority=its.priority,
        schedule_in={"seconds": max(1, round(wait.total_seconds()))},
    )
    with suppress(AlreadyEnqueued):
        job.defer(command=command, event=event.id)


@tasks.task(name="look", queueing_lock="comity:look", retry=Patient())
def look() -> None:
    """The first look at the mails that claim an office's signature, all that are waiting at once: into which lane
    each goes."""
    from comity.cases import lanes

    while lanes.look():
        pass


@tasks.task(name="warm", queueing_lock="warm")
def warm() -> None:
    """Load in advance what the first mail would otherwise wait for: the road with its packs, and the reading
    process."""
    from comity import road  # noqa: F401 what its jobs would otherwise import first
    from comity.reading import child
    from comity.regulations import packs

    packs.load()
    child.warm()


@tasks.task(name="climb", retry=Patient())
def climb(round: int) -> None:
    """The next step of the ladder for a round of rings, in the queue `page`."""
    from comity.alerts import paging

    paging.climb(round, hands=True)


@tasks.task(name="hand", retry=Patient())
def hand(ring: int) -> None:
    """Hand one ring to its channel."""
    from comity.alerts import paging

    paging.hand(ring)


@tasks.task(name="tick")
def tick() -> None:
    """The ladder's clock; called by name each second by the pager and by the worker, and deferred by nobody."""
    from comity.alerts import paging

    paging.tick(clock.now())


@tasks.task(name="glance")
def glance(older: float = 0.0) -> bool:
    """Look at mails that nobody has read yet, those that came `older` seconds ago or before; whether there were any.
    Called by name by the pager and, a little later, by the worker, and deferred by nobody."""
    from comity.hotline import glance

    found = False
    while looked := glance.look(clock.now(), timedelta(seconds=older)):
        found = True
        if looked < glance.AT_ONCE:
            break
    return found


@tasks.periodic(cron="* * * * * */5")
@tasks.task(name="clocks", queueing_lock="clocks")
def clocks(timestamp: int) -> None:
    """Every five seconds: what time alone causes. A failure doesn't hold up what comes after it, and is retried at the
    next tick.

    Raises OperationalError if the connection is lost: the job is then retried immediately on another.
    """
    from comity.road import BY_THE_CLOCK, FIRST

    failed: list[Callable[[datetime], object]] = []
    for command in BY_THE_CLOCK:
        if any(first in failed for first in FIRST.get(command, ())):
            continue
        try:
            command(clock.now())
        except Exception as error:
            failed.append(command)
            _told(command, error)


@tasks.periodic(cron="* * * * *")
@tasks.task(name="catch_up", queueing_lock="catch_up")
def catch_up(timestamp: int) -> None:
    """Each minute: what platforms told while we were down, or they couldn't reach us. One that is down is asked again
    the next minute."""
    from comity.notices import catching_up

    catching_up.catch_up()


def _told(command: Callable[[datetime], object], error: Exception) -> None:
    from comity.cases import given_up
    from comity.road import name

    log.exception("clock failed", command=name(command), error=type(error).__name__)
    if isinstance(error, OperationalError) and not connection.is_usable():
        raise error
    with suppress(DatabaseError):  # the log has it, and what comes next its turn
        given_up.stumbled(name(command), clock.now())


def app() -> App:
    """The Procrastinate application over Django's own connection."""
    from procrastinate.contrib.django import app as current

    return current


def ready(current: App) -> None:
    """Called by Procrastinate's Django app once the models are loaded."""
    from comity.ledger.commands import followed

    current.add_tasks_from(tasks, namespace="comity")
    followed(carry_on)
