"""How the queue keeps one sender from filling the desk: pure, and shared by the queue and the model of the desk.

What is due first comes first. But the orders of one sender stand at least a gap apart, each as if it were due where the
sender has the next place free. With a gap of `ONE_IN` times what one order keeps one person, divided among the people
there, one sender has at most a quarter of the desk of whatever is due at one time, however many it sends; and the whole
desk when nobody else waits. No clock is changed by it: only the order in which people take. Senders that nobody knows
stand behind all others anyway (`turns.py`), and count as one in the model.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

ONE_IN = 4  # one sender has at most one place in so many
HANDLING = timedelta(minutes=11)  # what one order keeps one person, until it was measured
When = TypeVar("When", float, datetime)


def place(due: When, taken: Iterable[When], gap: Any) -> When:
    """Where an order that is due at `due` stands: there, unless its sender has `taken` a place less than `gap` before;
    else at the sender's next place that is as far from each other. What is more urgent than all of its sender's others
    stands before them.

    `taken` is sorted. Instants with a `timedelta` for a gap, or hours with hours.
    """
    stands = due
    for other in taken:
        if other > stands and (stands == due or other >= stands + gap):
            break
        if other > stands - gap:
            stands = other + gap
    return stands


def gap(handling: Any, people: float) -> Any:
    """How far apart the orders of one sender stand, in the unit of `handling`."""
    return ONE_IN * handling / max(people, 1)
