"""Two lanes of work, so that unproven senders can never starve proven ones.

What unproven senders cause has its own lane with its own concurrency at the worker: it may wait there for however long,
and never takes the capacity of proven senders and of the desk's people.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lane:
    """A queue of the job table, and the priority of its jobs.

    A queue rather than a priority alone: a worker that looks for jobs of one lane needn't scan past the other's.
    """

    queue: str
    priority: int


PROVEN = Lane("default", 0)
UNPROVEN = Lane("unproven", -1)
# rings, and those of them whose channel may keep its caller waiting: nothing else stands in their way
PAGE, SLOW = Lane("page", 0), Lane("page-slow", 0)
# mails that claim an office's signature, until the first look at them: no worker takes jobs from this queue
CLAIMS = "claims"
_current: ContextVar[Lane] = ContextVar("lane", default=PROVEN)


def current() -> Lane:
    """The lane of the work in progress; outside a job (people, clocks) it is the proven one."""
    return _current.get()


@contextmanager
def inside(lane: Lane) -> Iterator[None]:
    """For the duration of the block, the jobs of recorded events go into this lane."""
    before = _current.set(lane)
    try:
        yield
    finally:
        _current.reset(before)


def in_its_lane(task: Callable[[], Any], context: Any, worker: object) -> Any:
    """Run a job in the lane of its queue; a Procrastinate task middleware, hence the signature."""
    with inside(UNPROVEN if context.job.queue == UNPROVEN.queue else PROVEN):
        return task()
