"""Our record in figures: realm `real` only, from the clocks of the latest orders; nothing if there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low

from comity.cases.models import Deadline

LATEST = 1000


@dataclass(frozen=True)
class Record:
    """How the latest removal orders went: how many, the median in whole minutes, how many took over an hour."""

    orders: int
    median: int
    late: int


def of(times: Sequence[tuple[timedelta, bool]]) -> Record | None:
    """The figures of orders, each given as the time from receipt to the observed effect and whether it was on time.
    Pure."""
    if not times:
        return None
    median = median_low(taken for taken, _ in times)
    return Record(len(times), round(median.total_seconds() / 60), sum(not in_time for _, in_time in times))


def latest() -> Record | None:
    """The figures of the latest thousand removal orders that took effect; None before the first."""
    rows = Deadline.objects.filter(name="remove", case__realm="real", met_at__isnull=False, due_target__isnull=False)
    found = rows.order_by("-case__received_at").values_list("started_at", "met_at", "due_target")[:LATEST]
    return of([(met - started, met <= due) for started, met, due in found if met and due])
