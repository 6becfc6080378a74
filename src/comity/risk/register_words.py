"""Codes of the register, of levels and of drills in words, in both languages. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy


class Mark(NamedTuple):
    """A word with its shape and colour."""

    word: str | Promise
    glyph: str
    tone: str = ""


BANDS: Mapping[str, Mark] = {
    "red": Mark(lazy("Red"), "alarm", "late"),
    "middle": Mark(lazy("Middle"), "c2", "soon"),
    "low": Mark(lazy("Low"), "holds", "good"),
}
PROOFS: Mapping[str, Mark] = {
    "green": Mark(lazy("Holds"), "holds", "good"),
    "red": Mark(lazy("Does not hold"), "fails", "late"),
    "stale": Mark(lazy("Too old"), "unknown", "soon"),
    "missing": Mark(lazy("No proof"), "no", "still"),
}
CATEGORIES: Mapping[str, str | Promise] = {
    "systemic": lazy("Systemic risks of the platform"),
    "own": lazy("Risks of our own work"),
}
SIDES: Mapping[str, str | Promise] = {"likelihood": lazy("likelihood"), "consequence": lazy("consequence")}
LEVELS: Mapping[str, Mark] = {
    "usual": Mark(lazy("Usual"), "holds", "good"),
    "raised": Mark(lazy("Raised"), "c2", "soon"),
    "high": Mark(lazy("High"), "alarm", "late"),
}
DRILLS: Mapping[str, Mark] = {
    "planned": Mark(lazy("Planned"), "c0"),
    "running": Mark(lazy("Runs"), "c2"),
    "ended": Mark(lazy("Over"), "c4"),
    "broken": Mark(lazy("Broken off"), "no", "still"),
}
MET, NOT_MET = Mark(lazy("Met"), "holds", "good"), Mark(lazy("Not met"), "fails", "late")
UNKNOWN = Mark(lazy("Not known"), "unknown", "soon")
WHY: Mapping[str, str | Promise] = {
    "interrupted": lazy("It was interrupted: a process that ran it is gone. It proves nothing, and can be begun anew."),
    "door": lazy("The e-mail door did not take its mails. Look whether it runs, then begin it anew."),
    "sandbox": lazy("The sandbox could not be posted on. Look whether it runs, then begin it anew."),
    "never-begun": lazy("Nobody ran it: the worker does not work. Look whether it runs, then begin it anew."),
    "stopped": lazy("Somebody stopped it. It proves nothing, and can be begun anew."),
}
HAPPENED: Mapping[str, str | Promise] = {
    "planned": lazy("Planned"),
    "begun": lazy("Begun by the worker"),
    "first-taken": lazy("First mail taken by the door"),
    "last-taken": lazy("Last mail taken by the door"),
    "first-judged": lazy("First true order judged"),
    "last-judged": lazy("Last one judged"),
    "first-put": lazy("First true order put to people"),
    "last-put": lazy("Last true order put to people"),
    "buried-taken": lazy("The one that was to be found, taken by the door"),
    "buried-found": lazy("The one that was to be found, put to a person"),
    "counted": lazy("Counted on the rows as they are"),
    "ended": lazy("Over, and scored"),
}
PEOPLE: Mapping[str, str | Promise] = {
    "modelled": lazy("modelled"),
    "invited": lazy("real people, who were invited"),
}


def said(words: Mapping[str, str]) -> str:
    """Words of a data file in the language of the page."""
    return words.get((get_language() or "en")[:2], words["en"])
