"""The word, shape and tone of everything that has a state. The word comes first: shape and colour only repeat it."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Mark(NamedTuple):
    """A word with its glyph (of the sprite) and its tone (a class of look.css; empty for quiet)."""

    glyph: str
    word: str | Promise
    tone: str = ""


ROLES: dict[str, str | Promise] = {  # who signed, where everyone reads it
    "handler": _("handler"),
    "decider": _("decider"),
    "counsel": _("counsel"),
    "head": _("head"),
    "council": _("council member"),
    "guardian": _("guardian"),
}

STATES = {
    "verifying": Mark("c0", _("Verifying")),
    "to-decide": Mark("c1", _("To decide")),
    "second-approval": Mark("c2", _("Second approval")),
    "carrying-out": Mark("c3", _("Carrying out")),
    "answering": Mark("c3", _("Answering")),
    "to-produce": Mark("paused", _("Production waits"), "still"),
    "answered": Mark("c4", _("Answered"), "good"),
    "waiting": Mark("paused", _("Waiting"), "still"),
    "with-counsel": Mark("paused", _("With counsel"), "still"),
    "not-effective": Mark("alarm", _("Not effective"), "late"),
    "not-carried-out": Mark("undone", _("Not carried out")),
    "lifted": Mark("lift", _("Lifted")),
    "ended": Mark("undone", _("Ended by itself")),
    "withdrawn": Mark("undone", _("Withdrawn")),
    "in-shadow": Mark("paused", _("Would have been done"), "still"),
    "by-hand": Mark("undone", _("Done by people")),
    "to-sort": Mark("c0", _("To sort")),
    "sent-on": Mark("c4", _("Sent on")),
    "bounce": Mark("undone", _("Bounce or automatic mail")),
    "joined": Mark("c4", _("Joined its case")),
    "unreadable": Mark("alarm", _("Could not be read"), "late"),
}
GRADES = {
    "none": Mark("d0", _("Not verified"), "soon"),
    "domain": Mark("d1", _("Domain only")),
    "signature": Mark("d2", _("Signature valid")),
    "accredited-channel": Mark("d2", _("Accredited channel")),
}
SEEN = {
    "visible": Mark("eye", _("Visible")),
    "withheld": Mark("noeye", _("Withheld"), "good"),
    "gone": Mark("noeye", _("Gone")),
    "gated": Mark("unknown", _("Closed there"), "still"),
    "unknown": Mark("unknown", _("Unknown"), "still"),
}
NEXT = {
    "act": Mark("act", _("Act")),
    "wait": Mark("wait", _("Wait")),
    "ask": Mark("ask", _("Ask")),
}
CLOCKS = {
    "stopped": _("Stopped"),
    "held": _("Held"),
    "met": _("Met"),
    "missed": _("Missed"),
    "unknown": _("Not known"),
}
REALMS = {
    "real": _("Real"),
    "drill": _("Drill"),
    "demo": _("Demo"),
}


def briefly(territory: Sequence[str]) -> str:
    """in the EU; everywhere; in BE and FR: for the desk, which works with codes every day."""
    if "WORLD" in territory:
        return "everywhere"
    codes = ["the EU" if code == "EU" else code for code in territory]
    if len(codes) < 2:
        return f"in {codes[0]}" if codes else ""
    return f"in {', '.join(codes[:-1])} and {codes[-1]}"
