"""States, moves and sides as everyone reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Standing:
    """A state: its word with shape and tone, and a sentence with a blank for the country."""

    word: Words
    glyph: str
    tone: str
    says: Words


STATES: Mapping[str, Standing] = {
    "none": Standing(_("No relation"), "c0", "", _("Nothing is agreed with %(country)s, and nothing is in dispute.")),
    "talking": Standing(_("Talking"), "c1", "", _("We talk with %(country)s; nothing is agreed yet.")),
    "agreed": Standing(_("Agreed"), "c4", "good", _("An agreement stands between %(country)s and us.")),
    "strained": Standing(_("Strained"), "flaw", "soon", _("Our relation with %(country)s is strained.")),
    "disputed": Standing(_("In dispute"), "alarm", "late", _("%(country)s and we are in dispute.")),
    "leaving": Standing(_("Leaving"), "c3", "soon", _("We are leaving %(country)s, step by step.")),
    "left": Standing(_("Left"), "undone", "still", _("We have left %(country)s.")),
    "returning": Standing(_("Returning"), "c2", "", _("We are coming back to %(country)s, step by step.")),
}
BLOCKED = _("blocked by the State")
REACH: Mapping[str, Words] = {
    "": _("Not observed yet whether people there reach us"),
    "open": _("People there reach us"),
    "blocked": _("The State blocks us: people there don’t reach us"),
}
STEPS: Mapping[str, str] = {  # for the desk, as its form offers them
    "talk": "Begin to talk, or talk again",
    "break-off": "Break the talks off",
    "strain": "Say that the relation is strained",
    "calm": "Say that the agreement works again",
    "dispute": "Say that we are in dispute",
    "drop": "The dispute was dropped",
    "rule": "The dispute was decided",
}
AGREEMENTS: Mapping[str, str] = {  # for the desk
    "proposed": "Put to the people who make it",
    "standing": "It stands",
    "superseded": "A later version took its place",
    "ended": "Its time is over",
}
