"""Codes of the balance in words, public ones in both languages. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity.library.in_words import say
from comity.web.chart import Say

from .indicators import Indicator, Value
from .measured import Told


class Mark(NamedTuple):
    """A word with its shape and colour."""

    word: str | Promise
    glyph: str
    tone: str = ""


STATES: Mapping[str, Mark] = {
    "received": Mark(lazy("Received"), "c0"),
    "refused": Mark(lazy("Refused on a listed ground"), "no", "still"),
    "admitted": Mark(lazy("Admitted, becomes a draft"), "c1"),
    "shaped": Mark(lazy("Shaped, waits to be confirmed and published"), "c1"),
    "consulting": Mark(lazy("Consultation open"), "c2"),
    "answering": Mark(lazy("Consultation closed, comments are answered"), "c2"),
    "voting": Mark(lazy("The council votes"), "c3"),
    "frozen": Mark(lazy("Frozen: under threat"), "alarm", "late"),
    "carried": Mark(lazy("Carried, waits for those who adopt"), "c3", "good"),
    "rejected": Mark(lazy("Not carried"), "no", "still"),
    "adopted": Mark(lazy("Adopted"), "c4", "good"),
    "unsigned": Mark(lazy("Carried, and not signed"), "fails", "late"),
    "ended": Mark(lazy("Ended on its day"), "undone", "still"),
    "withdrawn": Mark(lazy("Withdrawn by who made it"), "no", "still"),
}
BOUNDS: Mapping[str, Mark] = {
    "proposed": Mark(lazy("Put to the council"), "c2"),
    "standing": Mark(lazy("Stands"), "c4"),
    "returned": Mark(lazy("Sent back"), "no", "still"),
    "ended": Mark(lazy("Ended"), "undone", "still"),
}
CROSSINGS: Mapping[str, Mark] = {
    "open": Mark(lazy("Crossed"), "alarm", "late"),
    "answered": Mark(lazy("Crossed, answered by the council"), "c3", "soon"),
    "closed": Mark(lazy("Within its bound again"), "holds", "good"),
}
KEPT = Mark(lazy("Kept"), "holds", "good")
NO_DATA = Mark(lazy("Not known: nothing was counted"), "unknown", "soon")  # never good
LANES: Mapping[str, str | Promise] = {
    "authority": lazy("a State, by the link sent to its registered address"),
    "person": lazy("a person"),
    "desk": lazy("our desk"),
}
CHOICES: Mapping[str, str | Promise] = {"for": lazy("for"), "against": lazy("against"), "abstain": lazy("abstains")}
WHY: Mapping[str, str | Promise] = {
    "majority": lazy("no majority of the council’s members was for it"),
    "jurisdictions": lazy("those for it were of one jurisdiction alone"),
}
FAMILIES: Mapping[str, str | Promise] = {"security": lazy("Security"), "freedom": lazy("Privacy and freedom")}


def titled(one: Indicator) -> str:
    """What an indicator is called, in the active language."""
    return say(one.says, str(get_language()))


def number(value: float, one: Indicator) -> str:
    """A share as it is told: per cent, or of a million, with the decimal sign of the active language."""
    if one.scale == 100:
        return f"{number_format(100 * value, 1)}\u00a0%"
    return number_format(one.scale * value, 2)


def shown(found: Value | None, one: Indicator) -> str:
    """A value with its interval; what isn't known says so."""
    if found is None:
        return _("not known")
    return f"{number(found.share, one)} ({number(found.low, one)} – {number(found.high, one)})"


def told(found: Told, one: Indicator) -> str:
    """What everyone is told of an indicator in a quarter."""
    if not found.known:
        return _("not known")
    if found.of is None:
        return _("under 10")
    if found.value is None:
        bad = found.few == "bad"
        few = (one.better == "low") == bad
        text = _("under 10 of %(of)s") if few else _("all but under 10 of %(of)s")
        return text % {"of": found.of}
    return _("%(share)s of %(of)s") % {"share": number(found.value.share, one), "of": found.of}


def saying(one: Indicator) -> Say:
    """How a chart of an indicator writes its values."""
    return lambda value: _("not known") if value is None else number(value, one)
