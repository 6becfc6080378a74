"""A clock as a page shows it: its words, its class, and the instants at which the page's script changes them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comity.web import rules, when, words
from comity.web.look import Look
from comity.web.parts import Clock

_RUNNING = ("running", "soon", "last", "over")


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock, ready for a template. `label` is what a screen reader says; `data` the attributes the script reads."""

    name: str
    css: str
    left: SafeString
    label: str
    due: SafeString
    track: str
    data: SafeString
    runs: bool


def unit_word(number: int, unit: str) -> str:
    """The short word of a unit, singular or plural."""
    if unit == "day":
        return ngettext("day", "days", number)
    return {"h": _("h"), "min": _("min"), "s": _("s")}[unit]


def spoken(amount: rules.Amount) -> str:
    """An amount in whole words, for screen readers."""
    names = {
        "day": lambda n: ngettext("%d day", "%d days", n),
        "h": lambda n: ngettext("%d hour", "%d hours", n),
        "min": lambda n: ngettext("%d minute", "%d minutes", n),
        "s": lambda n: ngettext("%d second", "%d seconds", n),
    }
    return " ".join(names[unit](number) % number for number, unit in amount)


def plain(amount: rules.Amount) -> str:
    """An amount in short words: 2 h 31 min."""
    return " ".join(f"{number} {unit_word(number, unit)}" for number, unit in amount)


def figures(amount: rules.Amount) -> SafeString:
    """An amount with its units in small type, as the clock sets it."""
    return format_html_join(" ", "{} <small>{}</small>", ((n, unit_word(n, unit)) for n, unit in amount))


def instant(at: datetime, zone: tzinfo, style: str, now: datetime | None = None) -> SafeString:
    """An instant as `<time>`: machine-readable in UTC, for people in their zone."""
    return format_html('<time datetime="{}">{}</time>', utc(at), when.said(at, zone, style, now))


def utc(at: datetime) -> str:
    """An instant as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show(clock: Clock, now: datetime, zone: tzinfo, look: Look, *, seconds: bool = False) -> Shown:
    """A clock in words for this instant and this viewer's zone."""
    state = rules.clock_state(
        clock.due_target,
        clock.due_legal,
        clock.started,
        now,
        clock.met_at,
        clock.stopped_since,
        clock.unit,
        held_until=clock.held_until,
        zone=zone,
        seconds=seconds,
    )
    runs = state.name in _RUNNING
    return Shown(
        name=state.name,
        css=state.css,
        left=_left(clock, state),
        label=_label(clock, state),
        due=_due(clock, state, now, zone),
        track=look.width("used", state.used) if state.name in ("running", "soon", "last") else "",
        data=_data(clock, zone, seconds) if runs else mark_safe(""),
        runs=runs,
    )


def _left(clock: Clock, state: rules.ClockState) -> SafeString:
    if state.name == "over":
        return format_html("{} {}", figures(state.amount), _("late"))
    if state.name in words.CLOCKS:
        return format_html("{}", _word(clock, state))
    return figures(state.amount)


def _label(clock: Clock, state: rules.ClockState) -> str:
    if state.name == "over":
        return _("%(amount)s late") % {"amount": spoken(state.amount)}
    if state.name in words.CLOCKS:
        return _word(clock, state)
    return _("%(amount)s left") % {"amount": spoken(state.amount)}


def _word(clock: Clock, state: rules.ClockState) -> str:
    as_ = clock.stopped_as if state.name == "stopped" else ""
    return f"{words.CLOCKS[state.name]}: {as_}" if as_ else str(words.CLOCKS[state.name])


def _due(clock: Clock, state: rules.ClockState, now: datetime, zone: tzinfo) -> SafeString:
    due = clock.due_target or clock.due_legal
    if state.name in ("stopped", "held"):
        return _resting(clock, now, zone)
    if state.name == "unknown" or due is None:
        return format_html("{}", clock.why or _("Until when is not known yet"))
    if state.name == "met":
        return format_html("{}", _("%(amount)s to spare") % {"amount": plain(state.amount)})
    if state.name == "missed":
        return _missed(clock, state)
    word = _("was due") if state.name == "over" else _("due")
    return format_html("{} {}{}", word, instant(due, zone, "due", now), _legal(clock, state, now, zone))


def _missed(clock: Clock, state: rules.ClockState) -> SafeString:
    late = _("done %(amount)s late") % {"amount": plain(state.amount)}
    if clock.due_legal and clock.met_at and clock.met_at <= clock.due_legal:
        return format_html("{}, {}", late, _("within the end by law"))
    return format_html("{}", late)


def _resting(clock: Clock, now: datetime, zone: tzinfo) -> SafeString:
    why = format_html(' <span class="cite">{}</span>', clock.why) if clock.why else mark_safe("")
    if clock.stopped_since is not None:
        return format_html("{} {}{}", _("since"), instant(clock.stopped_since, zone, "due", now), why)
    if clock.held_until is not None:
        return format_html("{} {}{}", _("until"), instant(clock.held_until, zone, "due", now), why)
    return why


def _legal(clock: Clock, state: rules.ClockState, now: datetime, zone: tzinfo) -> SafeString:
    """While the legal end is still ahead, a late clock says so."""
    if state.name != "over" or clock.due_legal is None or clock.due_legal < now:
        return mark_safe("")
    return format_html('; <span class="nowrap">{} {}</span>', _("by law"), instant(clock.due_legal, zone, "due", now))


def _data(clock: Clock, zone: tzinfo, seconds: bool) -> SafeString:
    due = clock.due_target or clock.due_legal
    if due is None:
        return mark_safe("")
    marks = {"due": due, "last": due - rules.LAST[clock.unit], "start": clock.started}
    marks["soon"] = rules.last_day(due, zone) if clock.unit == "days" else _half(clock.started, due)
    data = {name: utc(at) for name, at in marks.items() if at is not None}
    return format_html('data-clock="{}"', json.dumps(data | ({"seconds": True} if seconds else {})))


def _half(started: datetime | None, due: datetime) -> datetime | None:
    return None if started is None else started + (due - started) / 2 if started < due else started


def script_words() -> str:
    """The words that the script needs to update a clock, as JSON."""
    return json.dumps(
        {
            "s": _("s"),
            "min": _("min"),
            "h": _("h"),
            "day": ngettext("day", "days", 1),
            "days": ngettext("day", "days", 2),
            "late": _("late"),
            "due": _("due"),
            "was": _("was due"),
            "half": _("Half of the time is gone"),
            "last": _("Little time is left"),
            "over": _("The time is over"),
            "left": _("left"),
        }
    )
