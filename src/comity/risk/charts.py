"""The charts of growing risk. Pure but for what they are given; each has its table (`web/chart.py`)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from comity.figures.cusum import Array
from comity.web.chart import Chart, Mark, Series, lines

from . import forecasting, headroom, words
from .models import Alarm

WEEK = 7


def _known(values: Sequence[float] | Array) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in values]


def _say(value: float | None) -> str:
    return words.number(value, 0 if value is None or value >= 100 else 2 if 0 < value < 1 else 1)


def _weekly(counts: Array) -> Array:
    """The mean a day of whole weeks that end with the last day; unknown where nothing of it is known."""
    whole = len(counts) // WEEK
    days = counts[len(counts) - whole * WEEK :].reshape(whole, WEEK)
    known = (~np.isnan(days)).sum(axis=1)
    return np.asarray(np.where(known > 0, np.nansum(days, axis=1) / np.maximum(known, 1), np.nan))


def year(title: str, counts: Array, until: date, rang: Sequence[Alarm]) -> Chart:
    """A year by weeks and four weeks ahead, with the alarms."""
    weeks = _weekly(counts)
    starts = [until - timedelta(days=WEEK * (len(weeks) - n) - 1) for n in range(len(weeks))]
    series = [Series(_("a day, by weeks"), _known(weeks))]
    known = counts[int(np.argmax(~np.isnan(counts))) :] if not np.isnan(counts).all() else counts[:0]
    if len(known) >= forecasting.LEAST:
        ahead = forecasting.forecast(known[:, None])
        more = [_weekly(line[:, 0]) for line in ahead]
        starts += [until + timedelta(days=1 + WEEK * n) for n in range(len(more[0]))]
        none: list[float | None] = [None] * len(weeks)
        series = [
            Series(_("a day, by weeks"), [*_known(weeks), *[None] * len(more[0])]),
            Series(_("as it would go on"), [*none, *_known(more[1])]),
            Series(_("at least"), [*none, *_known(more[0])], "low"),
            Series(_("at most"), [*none, *_known(more[2])], "high"),
        ]
    marks = [Mark(_column(starts, one.since), _rang(one), "crossing") for one in rang if one.at >= starts[0]]
    says = _("The last year by weeks (UTC), and four weeks as they would go on; nine in ten days lie in the grey band.")
    return lines("chart-year", title, says, [f"{day:%Y-%m-%d}" for day in starts], series, marks, _say)


def _rang(one: Alarm) -> str:
    return _("Alarm on %(at)s, rising since %(since)s") % {
        "at": f"{one.at:%Y-%m-%d}",
        "since": f"{one.since:%Y-%m-%d}",
    }


def _column(starts: Sequence[date], day: date) -> int:
    return max((n for n, start in enumerate(starts) if start <= day), default=0)


def days(title: str, counts: Array, until: date, alarm: Alarm) -> Chart:
    """The days around an alarm, with what was usual before."""
    starts = [until - timedelta(days=len(counts) - 1 - n) for n in range(len(counts))]
    span = max(1, (alarm.at - alarm.since).days + 1)
    usual = [alarm.expected / span if alarm.since <= day <= alarm.at else None for day in starts]
    series = [Series(_("a day"), _known(counts)), Series(_("usual then"), usual, "bound")]
    marks = [
        Mark(_column(starts, alarm.since), _("It begins to rise"), "change"),
        Mark(_column(starts, alarm.at), _("It rang"), "crossing"),
    ]
    says = _("Day by day (UTC). The dotted line is what was usual on the days since it rises.")
    return lines("chart-days", title, says, [f"{day:%Y-%m-%d}" for day in starts], series, marks, _say)


def room(name: str, told: Mapping[str, Any], until: date) -> Chart:
    """The load by weeks, carried on by its slope, against what can be done."""
    weeks = list(told["weeks"])
    starts = [until - timedelta(days=WEEK * (len(weeks) - n) - 1) for n in range(len(weeks))]
    ahead = -(-headroom.AHEAD // WEEK)
    level = told["then"] * float(np.exp(-told["slope"] * headroom.AHEAD))
    on = [level * float(np.exp(told["slope"] * WEEK * n)) for n in range(1, ahead + 1)]
    doubt = told["high"] / told["then"] if told["then"] else 1.0
    high = [one * doubt ** (n / ahead) for n, one in enumerate(on, 1)]
    starts += [until + timedelta(days=1 + WEEK * (n - 1)) for n in range(1, ahead + 1)]
    none: list[float | None] = [*[None] * (len(weeks) - 1), level]
    series = [
        Series(str(words.UNITS[name]), [*weeks, *[None] * ahead]),
        Series(_("carried on"), [*none, *on]),
        Series(_("at least"), [*none, *on], "low"),
        Series(_("at most"), [*none, *high], "high"),
        Series(_("what can be done"), [told["limit"]] * len(starts), "bound"),
    ]
    says = _("By weeks (UTC), and sixty days carried on by its slope with its doubt. Dotted: what can be done.")
    labels = [f"{day:%Y-%m-%d}" for day in starts]
    return lines(f"chart-room-{name}", str(words.NAMES[name]), says, labels, series, [], _say)


def growth(told: Mapping[str, Any]) -> Chart | None:
    """All requests against users: three ways, and the band as far as anything is known."""
    rows = [(target["users"], target["rows"][0]) for target in told["targets"] if target["rows"]]
    if not rows:
        return None
    now = rows[0][1]["now"]
    points = sorted([(told["users"], None), *rows], key=lambda one: one[0])
    labels = [words.short(users) for users, _row in points]

    def line(key: str) -> list[float | None]:
        return [now if row is None else row[key] for _users, row in points]

    series = [
        Series(_("by its elasticity"), line("middle")),
        Series(_("in proportion"), line("proportional")),
        Series(_("as last month"), line("naive")),
        Series(_("at least"), line("low"), "low"),
        Series(_("at most"), line("high"), "high"),
    ]
    says = _(
        "All requests a day against users: solid by its elasticity, dashed in proportion, dots and dashes as last"
        " month. Grey: the band from back-tests; where it ends, nothing is known."
    )
    return lines("chart-growth", _("Requests and users"), says, labels, series, [], _say)


def people(told: Mapping[str, Any]) -> Chart:
    """How many people a load takes, against how many are there."""
    labels = [f"× {words.number(times, 1 if times < 10 and times % 1 else 0)}" for times, _n in told["curve"]]
    series = [
        Series(_("people at once"), [n for _times, n in told["curve"]]),
        Series(_("there at most"), [float(told["people"][1])] * len(labels), "bound"),
    ]
    says = _(
        "How many people so many times the load takes, at once. Dotted: how many the rota has at its fullest hour."
    )
    return lines("chart-people", _("People and load"), says, labels, series, [], words.number)
