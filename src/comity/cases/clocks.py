"""The clocks of a case: set from a finding, met, and what they say of the case: whether it is open, and due when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from . import rules
from .models import Case, Deadline, Request, RequestDeadline


def set_from(case: Case, deadlines: Sequence[Mapping[str, Any]], started_at: datetime) -> None:
    """Set a case's clocks from a finding: what has been met stays met; `due` and `half` follow the first of ours.

    A clock that waits by law keeps the moment at which it was due before: until then the authority is told what stands
    in the way (Regulation (EU) 2021/784, Art. 3(7), 3(8): at once), and only when that has left nothing is due.
    """
    rows = {clock["id"]: _row(case, clock, started_at) for clock in deadlines if "waits" not in clock}
    waits = {clock["id"]: _row(case, clock, started_at) for clock in deadlines if "waits" in clock}
    Deadline.objects.bulk_create(waits.values(), ignore_conflicts=True)
    Deadline.objects.bulk_create(rows.values(), update_conflicts=True, unique_fields=KEY, update_fields=SET)
    ours = [clock["id"] for clock in deadlines if clock["id"] in rules.OURS]
    running = case.deadlines.filter(name__in=ours, met_at=None, stopped_at=None, due_target__isnull=False)
    driving = running.order_by("due_target", "id").first()
    case.due, case.half = driving.due_target if driving else _ends(case), None
    if driving and driving.due_target:
        case.half = driving.started_at + (driving.due_target - driving.started_at) / 2


KEY = ["case", "name"]
SET = ["started_at", "due_target", "due_legal", "cite", "stopped_at", "stopped_as"]


def _row(case: Case, clock: Mapping[str, Any], started_at: datetime) -> Deadline:
    ends = {} if "waits" in clock else {key: at(clock.get(key)) for key in ("due_target", "due_legal")}
    started = at(clock.get("from")) or started_at
    return Deadline(case=case, name=clock["id"], started_at=started, cite=clock["cite"], **ends)


def _ends(case: Case) -> datetime | None:
    """Of what only keeps, and has no other clock: when that ends, until it is decided (our target, UTC)."""
    if case.state in rules.CLOSED:
        return None
    ends = case.deadlines.filter(name__in=rules.ENDS, met_at=None, due_target__isnull=False)
    return ends.order_by("due_target").values_list("due_target", flat=True).first()


def set_on(request: Request, deadlines: Sequence[Mapping[str, Any]]) -> None:
    """Set the clocks of a request itself from a finding: what has been met, or was stopped, stays so."""
    for row in deadlines:
        due = {key: at(row[key]) for key in ("due_target", "due_legal")}
        told = {"started_at": at(row.get("from")) or request.received_at, "cite": row["cite"], **due}
        RequestDeadline.objects.update_or_create(request=request, name=row["id"], defaults=told)


def start(case: Case, clock: Mapping[str, Any], started_at: datetime) -> None:
    """Start one clock of a finding anew, from an instant (UTC), whether or not it was met before."""
    set_now = {
        "started_at": started_at,
        "due_target": at(clock["due_target"]),
        "due_legal": at(clock["due_legal"]),
        "cite": clock["cite"],
        "met_at": None,
    }
    Deadline.objects.update_or_create(case=case, name=clock["id"], defaults=set_now)


def stop(case: Case, when: datetime, stopped_as: str = "") -> None:
    """Stop the clocks that drive a case, at an instant (UTC): it waits for the authority, and nothing is due; or for
    good, as one of `rules.STOPPED`."""
    running = Deadline.objects.filter(case=case, name__in=rules.DRIVING, met_at=None)
    running.filter(stopped_at=None).update(stopped_at=when)
    running.update(stopped_as=stopped_as)
    Case.objects.filter(id=case.id).update(due=None, half=None)


def undone(case: Case, when: datetime) -> None:
    """Nobody did anything on an order in shadow: its clocks were not met by that, and none of them runs on."""
    case.deadlines.filter(name__in=rules.DRIVING).update(met_at=None)
    stop(case, when, "undone")
    settle(case)


def run_again(case: Case) -> None:
    """What nobody did in shadow is to be done: its clocks run on from where they began."""
    case.deadlines.filter(stopped_as="undone").update(stopped_at=None, stopped_as="")
    settle(case)


def end(case: Case, name: str, when: datetime) -> None:
    """One clock of a case is met at an instant (UTC), whatever the case's state."""
    Deadline.objects.filter(case=case, name=name).update(met_at=when)


def at(text: str | None) -> datetime | None:
    """An instant of a finding (RFC 3339), if it has one."""
    return datetime.fromisoformat(text) if text else None


def is_open(case: Case) -> bool:
    """Whether its state, a complaint or a review leaves anything to do."""
    return case.state not in rules.CLOSED or case.deadlines.filter(name__in=rules.LATER, met_at=None).exists()


def settle(case: Case) -> None:
    """Set whether a case is open, and when the first of its clocks that runs is due, from its state and its clocks."""
    running = case.deadlines.filter(name__in=rules.OURS, met_at=None, stopped_at=None, due_target__isnull=False)
    case.open = is_open(case)
    first = running.order_by("due_target").values_list("due_target", flat=True).first()
    case.due = (first or _ends(case)) if case.open else None
    case.save(update_fields=["open", "due"])


def handled(case: Case, when: datetime, *, leaves: bool = False) -> None:
    """The order itself is dealt with at an instant (UTC): the clocks that drove it are met; but for one by which data
    are to leave (`leaves`), as long as they haven't."""
    runs = rules.DRIVING - rules.UNTIL_SENT if leaves else rules.DRIVING
    for name in case.deadlines.filter(name__in=runs).values_list("name", flat=True):
        met(case, name, when)


def met(case: Case, name: str, when: datetime) -> bool:
    """A clock of a case is met at an instant (UTC); true when in time by our target."""
    row = case.deadlines.select_for_update().filter(name=name).first()
    if row is None:
        return True
    if row.met_at is None:
        row.met_at = when
        row.save(update_fields=["met_at"])
    case.half = None
    case.save(update_fields=["half"])
    settle(case)
    return row.due_target is None or row.met_at <= row.due_target
