"""What the person affected reads of our questions on their page: what was asked, when, and what came. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from comity.instruments.statement import said
from comity.language import country

from . import rules

if TYPE_CHECKING:
    from .commands import Asked


@dataclass(frozen=True)
class Line:
    """One question: that it was asked, in which words, what became of it, and in which words that came."""

    head: str
    text: str
    came: str
    answer: str


def told(asked: Iterable["Asked"], state: str, zone: tzinfo) -> tuple[Line, ...]:
    """Each question, and nothing of what authorities are to settle between them. `state` is that of our establishment
    (ISO 3166-1), `zone` where days are told."""
    return tuple(_line(one, country(state), zone) for one in asked if one.kind != rules.ENFORCING)


def challenge(asked: Iterable["Asked"]) -> tuple[date, datetime] | None:
    """Until which day the order can be challenged, as the authority said last, and when we wrote that down (UTC)."""
    told = (one for one in reversed(list(asked)) if one.outcome != rules.NOT_TO_TELL)
    return next(((one.until, one.closed_at) for one in told if one.until and one.closed_at), None)


def _line(one: "Asked", state: str, zone: tzinfo) -> Line:
    at = {"at": said(one.at, zone), "country": state}
    if one.kind == rules.SCRUTINY:
        return Line(
            _("On %(at)s we asked the authority of %(country)s to look at the order.") % at, "", *_looked(one, zone)
        )
    if one.kind == rules.DECIDED:
        return Line(_("The authority of %(country)s looked at the order.") % at, "", *_looked(one, zone))
    if one.kind == rules.TOLD:
        return Line(_("On %(at)s we wrote down what the authority told us:") % at, "", "", one.answer)
    return Line(_("On %(at)s we asked the authority:") % at, one.text, *_answered(one, zone))


def _answered(one: "Asked", zone: tzinfo) -> tuple[str, str]:
    if one.closed_at:
        at = {"at": said(one.replied_at or one.closed_at, zone)}
        if one.outcome == rules.NOT_TO_TELL:
            return _("It answered on %(at)s, and says that we may not tell you what.") % at, ""
        answered = one.outcome == rules.ANSWERED
        return (_("It answered on %(at)s:") if answered else _("It did not answer until %(at)s.")) % at, one.answer
    if one.replied_at:
        words = _("Its answer came on %(at)s. A person reads it, and what it says will stand here.")
        return words % {"at": said(one.replied_at, zone)}, ""
    return _("It has not answered yet. What it says will stand here."), ""


def _looked(one: "Asked", zone: tzinfo) -> tuple[str, str]:
    if one.closed_at:
        at = {"at": said(one.closed_at, zone)}
        words = {
            rules.INFRINGES: _("On %(at)s we had its decision: the order breaks the law, and has no effect any more."),
            "no-infringement": _("On %(at)s we had its decision: it found no serious or manifest breach."),
        }.get(one.outcome, _("Until %(at)s it had not decided."))
        return words % at, one.answer
    if one.due:
        return _("It decides by %(at)s. What it decides will stand here.") % {"at": said(one.due, zone)}, ""
    return _("What it decides will stand here."), ""
