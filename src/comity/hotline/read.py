"""What pages read of a call: its words, who was rung, its thread, how it stands. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from comity.alerts import paging
from comity.alerts.models import Ring
from comity.vault import commands as vault
from comity.web.words import ROLES

from . import commands, words
from .models import Call, Line
from .rules import Said


@dataclass(frozen=True, slots=True)
class Written:
    """One line of a thread as a page shows it."""

    side: str
    who: str
    text: str
    at: datetime
    key: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One try to reach somebody: in which post, by what, and what came of it. No name."""

    at: datetime
    post: str
    how: str
    said: str


def lines(call: Call, sides: Any) -> list[Written]:
    """The thread of a call, the first line first."""
    found = list(Line.objects.filter(call=call).order_by("at", "id"))
    return [Written(one.side, str(sides[one.side]), _text(one.doc), one.at, one.key, one.seen_at) for one in found]


def _text(ref: str) -> str:
    try:
        return commands.text_of(ref)
    except vault.Gone:
        return ""


def said(call: Call) -> Said | None:
    """What was typed; None once its time is over."""
    try:
        return commands.read_said(call)
    except vault.Gone:
        return None


def rung(call: Call) -> list[Rung]:
    """Who was rung for a call and when, by role and channel."""
    return [_rung(one) for one in paging.rings(call.id)]


def _rung(one: Ring) -> Rung:
    post = ", ".join(str(ROLES.get(role, role)) for role in one.person.roles) or "?"
    how = str(words.POSTS.get(one.device.kind, one.device.kind))
    return Rung(one.made_at, f"{post}, {one.person.jurisdiction}", how, str(words.RINGS.get(one.state, one.state)))


def state_of(call: Call) -> dict[str, str]:
    """The state as a word with its tone and glyph."""
    word, tone, glyph = words.STATES[call.state]
    return {"word": str(word), "tone": tone, "glyph": glyph}


def stamp(*parts: Any) -> str:
    """Names one state of what a page polls for."""
    return sha256(repr(parts).encode()).hexdigest()[:16]


def stands(call: Call) -> str:
    """Names how a call stands with its thread and rings, so that polling answers only where it changed."""
    last = Line.objects.filter(call=call).order_by("-id").values_list("id", "seen_at").first()
    rings = [(one.pk, one.state, one.seen_at) for one in paging.rings(call.id)]
    fields = (call.state, call.outcome, call.callback, call.signed_at, call.acked_at, call.joined.count())
    return stamp(fields, last, rings)
