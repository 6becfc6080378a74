"""A lift on the desk: what is put to the decider, with its reason and its letters, and what was done once it is."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from comity.answers import text as plain
from comity.measures.models import Effect
from comity.measures.models import Measure as MeasureRow
from comity.notifications import letters as notices
from comity.people.models import Act
from comity.people.rules import Quorum
from comity.vault import commands as vault
from comity.web.parts import Effect as EffectPart
from comity.web.parts import Field, Form, Letter, Pair, Seen

from . import words


def form(base: str) -> Form:
    """The form that puts a lift to the deciders: with a reason, or not at all."""
    hint = "One or two sentences; it stays on the record. Next you see what it undoes and who is told what, and sign it"
    fields = (
        Field("kind", "", "lift", kind="hidden"),
        Field("reason", "Why it is lifted", kind="long", rows=3, hint=hint),
    )
    return Form(f"{base}/propose", "See what it does", fields, second=True, id="lift")


def of(act: Act) -> dict[str, Any]:
    """What an act of lifting says, as it is signed: its reason and its letters among it."""
    return dict(json.loads(vault.get(act.doc)))


def deeds(urls: Iterable[str], rows: Iterable[MeasureRow], says: str) -> tuple[Pair, ...]:
    """Exactly what a lift will undo, and where."""
    standing = [row for row in rows if row.lifted_at is None]
    named = list(urls)
    shown = "\n".join(named[:10]) + ("\n…" if len(named) > 10 else "")
    where = sorted({place for row in standing for place in row.territory})
    since = min((row.acted_at for row in standing if row.acted_at), default=None)
    made = [
        Pair("Do", "What was withheld is put back exactly as it stood before. Nothing else changes.", bold="Lift"),
        Pair("To what", says, code=shown),
    ]
    if where:
        made.append(Pair("Where", "There it can be seen again.", bold=words.begun(words.place(where))))
    if since:
        made.append(Pair("Withheld since", at=since))
    made.append(Pair("Then", "An ordinary viewer looks again, inside and outside.", bold="Observe"))
    made.append(Pair("Not touched", "The sealed copy: it is kept until its date, lifted or not."))
    return tuple(made)


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


def undone(at: datetime | None, reason: str) -> tuple[Pair, ...]:
    """The first lines of a decision that was lifted since."""
    made = [Pair("Undone", "It stands as it stood before.", bold="Lifted.", at=at)]
    return (*made, Pair("Why", f"“{reason}”")) if reason else tuple(made)


def who(quorum: Quorum) -> str:
    """Whose approval a lift waits for."""
    roles = " or ".join(quorum.roles)
    return f"one {roles}" if quorum.count == 1 else f"{quorum.count} people ({roles})"


def effect_rows(effects: Iterable[Effect]) -> tuple[EffectPart, ...]:
    """One row a country: what is wanted there, and each look: before, while the measure stands, after lifting it."""
    found: dict[str, dict[str, Effect]] = {}
    for effect in effects:
        found.setdefault(effect.place, {})[effect.when] = effect
    lifted = any("lifted" in looks for looks in found.values())
    return tuple(_row(place, looks, lifted=lifted) for place, looks in found.items())


def _row(place: str, looks: Mapping[str, Effect], *, lifted: bool) -> EffectPart:
    before, held = looks.get("before"), looks.get("after")
    last = looks.get("lifted") if lifted else held
    known = last or held or before
    return EffectPart(
        country=place,
        wanted=words.begun(known.wanted) if known else "",
        before=Seen(before.seen if before else "unknown"),
        now=_seen(last),
        union="EU" if known and known.inside else "",
        held=_seen(held) if lifted else None,
    )


def _seen(effect: Effect | None) -> Seen:
    if effect is None:
        return Seen("unknown")
    fits = (effect.wanted, "gone" if effect.wanted == "withheld" else effect.wanted)
    return Seen(effect.seen, effect.seen not in fits)


def looked(effects: Iterable[Effect], when: str) -> datetime | None:
    """When the last of one kind of looks was (UTC)."""
    return max((effect.at for effect in effects if effect.when == when), default=None)
