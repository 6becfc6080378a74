"""Two lanes of work. What unproven senders bring about has a lane of its own, with a place of its own at the worker; it
may wait there however long, and never fills the places of proven senders and of the desk's people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lane:
    """A queue of the job table, and the priority of its jobs: one lane's worker needn't pass the other's jobs."""

    queue: str
    priority: int


PROVEN = Lane("default", 0)
UNPROVEN = Lane("unproven", -1)
CLAIMS = "claims"  # where mails that name an office's signature lie until the first look: nobody works on them there
_current: ContextVar[Lane] = ContextVar("lane", default=PROVEN)


def current() -> Lane:
    """The lane of the work under way; outside a job (people, clocks) it is the proven one."""
    return _current.get()


@contextmanager
def inside(lane: Lane) -> Iterator[None]:
    """While the block runs, the events that it records are followed in this lane."""
    before = _current.set(lane)
    try:
        yield
    finally:
        _current.reset(before)


def in_its_lane(task: Callable[[], Any], context: Any, worker: object) -> Any:
    """Run a job in the lane of its queue: Procrastinate's middleware, which gives the job's context."""
    with inside(UNPROVEN if context.job.queue == UNPROVEN.queue else PROVEN):
        return task()
