"""Which of a case's clocks stands on its pages: one that is known is never told as unknown."""

from datetime import UTC, datetime, timedelta

from comity.cases.models import Deadline
from comity.cases.pages import clock_of
from comity.web.parts import Clock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(name: str, hours: int | None, *, met: bool = False) -> Deadline:
    due = NOW + timedelta(hours=hours) if hours is not None else None
    return Deadline(name=name, started_at=NOW, due_target=due, due_legal=due, met_at=NOW if met else None)


def test_it_works() -> None:
    rows = [row("scrutiny-request", 48), row("remove", 1), row("objection", 2)]
    assert clock_of(rows).due_target == NOW + timedelta(hours=1)


def test_a_clock_that_drives_nothing_is_shown_where_there_is_no_other() -> None:
    assert clock_of([row("objection", 240)]).due_target == NOW + timedelta(hours=240)
    both = [row("objection", 240), row("scrutiny-request", 48, met=True)]
    assert clock_of(both).due_target == NOW + timedelta(hours=240)
    assert clock_of([row("objection", 2), row("preserve-until", 240)]).due_target == NOW + timedelta(hours=240)


def test_where_no_date_is_known_none_is_shown() -> None:
    assert clock_of([]) == clock_of([row("objection", None)]) == Clock()
