"""How the queue keeps one sender from filling the desk: pure, and shared by the queue and the model of the desk.

What is due first comes first. But the orders of one sender stand at least a gap apart, each as if it were due no sooner
than a gap after the sender's one before it. With a gap of `ONE_IN` times what one order keeps one person, divided among
the people there, one sender has at most a quarter of the desk of whatever is due at one time, however many it sends;
and the whole desk when nobody else waits. No clock is changed by it: only the order in which people take.
"""

from datetime import datetime
from typing import Any, TypeVar

ONE_IN = 4  # one sender has at most one in so many
When = TypeVar("When", float, datetime)


def spaced(due: When, before: When | None, gap: Any) -> When:
    """Where an order stands that is due at `due`, where the sender's one before it stands at `before`, or has none.

    Instants with a `timedelta` for a gap, or hours with hours.
    """
    if before is None:
        return due
    after: When = before + gap
    return max(due, after)


def gap(handling: float, people: float) -> float:
    """How far apart the orders of one sender stand, in the unit of `handling`: what one order keeps one person."""
    return ONE_IN * handling / max(people, 1)
