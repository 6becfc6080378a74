"""The charts of an indicator: a year of weeks for the desk and the council, quarters for everyone. Pure but for what it
is given."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from comity.web.chart import Chart, Mark, Series, lines

from . import words
from .indicators import Indicator, Value
from .measured import Change, Told
from .models import Crossing


def bound_line(one: Indicator, budget: int | None) -> float | None:
    """Where a budget lies on the curve of its indicator."""
    if budget is None:
        return None
    return 1 - budget / 10_000 if one.better == "high" else budget / 10_000


def weekly(
    one: Indicator,
    weeks: Sequence[tuple[date, Value | None]],
    budget: int | None,
    changes: Sequence[Change],
    crossings: Sequence[Crossing],
) -> Chart:
    """A year by weeks with its exact interval, its bound, versions that came in force, and crossings."""
    values = [value for _week, value in weeks]
    line = bound_line(one, budget)
    series = [
        Series(words.titled(one), [value.share if value else None for value in values]),
        Series(_("at least"), [value.low if value else None for value in values], "low"),
        Series(_("at most"), [value.high if value else None for value in values], "high"),
        *([Series(_("bound"), [line] * len(values), "bound")] if line is not None else []),
    ]
    days = [week for week, _value in weeks]
    marks = [Mark(_column(days, change.day), _in_force(change)) for change in changes]
    marks += [Mark(_column(days, row.since), _crossed(row), "crossing") for row in crossings if row.at >= days[0]]
    labels = [f"{day:%Y-%m-%d}" for day in days]
    says = _("The last year by weeks (UTC), with the exact 95 % interval as a grey band. A gap: not known.")
    return lines(f"chart-{one.id}", words.titled(one), says, labels, series, marks, words.saying(one))


def _in_force(change: Change) -> str:
    said = _("%(regulation)s %(version)s in force from %(day)s")
    return said % {"regulation": change.regulation, "version": change.version, "day": f"{change.day:%Y-%m-%d}"}


def _crossed(row: Crossing) -> str:
    return _("Bound crossed on %(at)s, rising since %(since)s") % {
        "at": f"{row.at:%Y-%m-%d}",
        "since": f"{row.since:%Y-%m-%d}",
    }


def _column(days: Sequence[date], day: date) -> int:
    """The column in which a day lies."""
    return max((n for n, start in enumerate(days) if start <= day), default=0)


def quarterly(
    one: Indicator,
    quarters: Sequence[tuple[date, str, Told]],
    budget: int | None,
    changes: Sequence[Change],
    crossings: Sequence[Crossing] = (),
) -> Chart:
    """The quarters that everyone sees; what would betray few is a gap."""
    values = [told.value for _start, _name, told in quarters]
    line = bound_line(one, budget)
    series = [
        Series(words.titled(one), [value.share if value else None for value in values]),
        Series(_("at least"), [value.low if value else None for value in values], "low"),
        Series(_("at most"), [value.high if value else None for value in values], "high"),
        *([Series(_("bound"), [line] * len(values), "bound")] if line is not None else []),
    ]
    days = [start for start, _name, _told in quarters]
    marks = [Mark(_column(days, change.day), _in_force(change)) for change in changes]
    marks += [Mark(_column(days, row.since), _crossed(row), "crossing") for row in crossings]
    says = _("By quarters (UTC), with the exact 95 % interval as a grey band. A gap: not known, or too few to tell.")
    labels = [name for _start, name, _told in quarters]
    return lines(f"chart-{one.id}", words.titled(one), says, labels, series, marks, words.saying(one))
