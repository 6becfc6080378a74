"""What a lift tells, before it is signed: to whom, and the very letters."""

import json
from collections.abc import Mapping
from typing import Any

from comity.answers import text as plain
from comity.notifications import letters as notices
from comity.people.models import Act
from comity.people.rules import Quorum
from comity.vault import commands as vault
from comity.web.parts import Letter, Pair


def of(act: Act) -> dict[str, Any]:
    """What an act of lifting says, as it is signed: its reason and its letters among it."""
    return dict(json.loads(vault.get(act.doc)))


def outgoing(told: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Whom a lift tells: an author who was not told of the measure is not told that it is over."""
    known, authority = "author" in told, told.get("authority")
    where = f"To {authority['to']}, once the lift is observed." if authority else "No address of it is on our register."
    author = "If told of the measure, once the lift is observed." if known else "Not told of the measure either."
    return (
        Pair("Authority", where, bold="A word for its file" if authority else "Nothing"),
        Pair("Author", author, bold="That it can be seen again" if known else "Nothing"),
    )


def letters(told: Mapping[str, Any]) -> tuple[Letter, ...]:
    """The letters of a lift, exactly as they are sent."""
    made = []
    if authority := told.get("authority"):
        made.append(Letter("Word to the authority", f"To {authority['to']}", plain.twin(authority)))
    if author := told.get("author"):
        made.append(Letter("Notice to the author", "On the platform", notices.lifted_text(author)))
    return tuple(made)


def who(quorum: Quorum) -> str:
    """Whose approval a lift waits for."""
    roles = " or ".join(quorum.roles)
    return f"one {roles}" if quorum.count == 1 else f"{quorum.count} people ({roles})"
