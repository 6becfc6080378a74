"""Plans, steps and counts as the desk reads them, and, marked for translation, as everyone does."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

WHAT: Mapping[str, str] = {  # what people sign
    "plan-leave": "leave a country by a plan",
    "plan-return": "come back to a country by a plan",
    "plan-step": "take a step of leaving a country",
    "plan-resume": "go on with a plan that was paused",
    "plan-reverse": "undo what a plan has done",
    "plan-review": "let stand what was urgent, after a review",
}
KINDS: Mapping[str, str] = {"leave": "Leaving", "return": "Coming back"}


@dataclass(frozen=True)
class Mark:
    """A state: its word with shape and tone."""

    word: Words
    glyph: str
    tone: str


PLANS: Mapping[str, Mark] = {
    "drafted": Mark("Drafted", "c0", ""),
    "tried": Mark("Tried", "c1", ""),
    "proposed": Mark("Put to the quorum", "c2", ""),
    "running": Mark(_("Under way"), "c3", "soon"),
    "paused": Mark(_("Paused"), "flaw", "late"),
    "reversing": Mark(_("Being reversed"), "c2", "soon"),
    "done": Mark(_("Done"), "c4", "good"),
    "reversed": Mark(_("Reversed"), "undone", "still"),
    "withdrawn": Mark("Withdrawn, never begun", "undone", "still"),
}
STEPS: Mapping[str, Mark] = {
    "waiting": Mark(_("To come"), "c0", ""),
    "acted": Mark(_("Done; being looked at"), "c2", "soon"),
    "seen": Mark(_("Done, and seen"), "c4", "good"),
    "failed": Mark(_("Not as it should be"), "alarm", "late"),
    "undoing": Mark(_("Being undone"), "c2", "soon"),
    "undone": Mark(_("Undone"), "undone", "still"),
}
WHY: Mapping[str, str] = {
    "not-seen": "what viewers there found isn’t what the step asks for",
    "neighbour-changed": "something changed next door, where nothing may",
    "refused": "the platform refused it",
    "no-platform": "no platform here can shut itself to a country",
    "emergency": "an emergency from there is open, and comes first",
    "measure": "a standing measure is not in effect",
    "relation": "the relation with the State has gone another way meanwhile",
    "stale": "its signatures are older than a day; it is signed anew once the plan goes on",
    "quorum": "too few of those who sign live elsewhere",
    "not-signed": "its signatures don’t verify",
    "review-missed": "nobody reviewed in time what was urgent",
    "by-hand": "somebody of the desk stopped it",
    "shadow": "the platform, or the gateway, is in shadow: nothing is done, and nobody is told",
    "down": "the platform doesn’t answer; it is tried again",
}
DOORS: Mapping[str, str] = {
    "signups": "join",
    "writing": "write",
    "reading": "read",
    "notice": "see the notice",
    "export": "take their data",
    "appeals": "appeal",
}
LEVELS: Mapping[str, str] = {
    "open": "open",
    "no-signups": "no sign-ups",
    "read-only": "reading only",
    "notice": "notice alone",
}


@dataclass(frozen=True)
class Counted:
    """What a count is called, and what is said where it isn't known."""

    label: str
    unknown: str = "unknown"
    note: str = ""


WAIT = "While one is open, nobody signs"
COUNTS: Mapping[str, Counted] = {
    "people": Counted("People there", "unknown: no platform here says it"),
    "open": Counted("Open cases from there"),
    "standing": Counted(
        "Standing measures that reach there",
        note="Once reading is shut there, their effect can be seen from elsewhere only",
    ),
    "preserved": Counted("Preserved copies of its cases", note="They stay to their end"),
    "held": Counted("Notifications held under a non-disclosure", note="They stay held, and are told when that ends"),
    "emergencies": Counted("Open emergencies from there", note=WAIT),
    "dangers": Counted("Open mails of its authorities on danger to life", note=WAIT),
    "unplaced": Counted(
        "Open mails on danger to life, from where isn’t known", note="Look at each before anybody signs"
    ),
    "signers": Counted(
        "People here who decide and live there",
        note="They count for no signature on this plan: nobody can be pressed to give what doesn’t count",
    ),
    "disputes": Counted("Open disputes with the State"),
}


def counted(name: str) -> Counted:
    """What a count is called; deadlines by their window."""
    base, _, window = name.partition(":")
    if base == "deadlines":
        return Counted(f"Deadlines in window {int(window) + 1 if window.isdecimal() else window}")
    return COUNTS.get(base, Counted(base))


def moved(name: str, was: int | None, now: int | None) -> str:
    """What moved, with what it was and is."""
    label = counted(name).label
    return f"{label[:1].lower()}{label[1:]}: {_number(was)}, now {_number(now)}"


def _number(n: int | None) -> str:
    return "unknown" if n is None else str(n)
