"""The measures of a case on its page: what was kept, done and seen, and the form that lifts it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from comity.cases import lifts
from comity.cases import rules as life
from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.console.words import begun
from comity.people.rules import may
from comity.platforms.territory import EU
from comity.web.parts import Choice, Field, Form, Pair, Seen
from comity.web.parts import Effect as EffectPart
from comity.web.parts import Measure as MeasurePart
from comity.web.words import briefly

from . import looks, rules
from .looks import Look
from .models import Measure, Preserved


def panel(looking: Looking) -> Panel:
    """What was kept and done. Who may not see content sees neither what was kept nor the form."""
    made = measures(looking)
    if not looking.sees:
        made = tuple(replace(one, text="" if one.verb == "Preserve" else one.text, lift=None) for one in made)
    return Panel("measures", _("Measures and what was observed"), _("Measures"), "measures/panel.html", made)


def measures(looking: Looking) -> tuple[MeasurePart, ...]:
    """The sealed copy, and each act on the platform."""
    kept = Preserved.objects.filter(case=looking.case).order_by("id").first()
    done = list(Measure.objects.filter(case=looking.case).order_by("begun_at"))
    seen = looks.by_measure(looking.case)
    stands = [row for row in done if row.lifted_at is None]
    can_be = lifts.undone(row.kind for row in stands)
    standing = stands[0] if stands and can_be else None  # one form lifts all that stand
    made = (
        [MeasurePart("Preserve", looking.targets, "Kept under seal until", "good", "c4", at=kept.until)] if kept else []
    )
    return (*made, *(_measure(row, seen.get(row.id, []), _lift(looking) if row is standing else None) for row in done))


def _measure(row: Measure, effects: Sequence[Look], lift: Form | None) -> MeasurePart:
    status, tone, glyph = MEASURE[row.state]
    held_at, lifted_at = looked(effects, "after"), looked(effects, "lifted")
    return MeasurePart(
        verb=row.kind.capitalize(),
        text=briefly(row.territory),
        status=status,
        tone=tone,
        glyph=glyph,
        effects=effect_rows(effects),
        before_at=looked(effects, "before"),
        held_at=held_at if lifted_at else None,
        now_at=lifted_at or held_at,
        lift=lift,
    )


def _lift(looking: Looking) -> Form | None:
    case, act = looking.case, looking.act
    if (
        (case.state, "lift") not in life.LIFE
        or not may(looking.person, "measure.lift", case)
        or (act and act.kind == "lift")
    ):
        return None
    return form(looking.base)


def form(base: str) -> Form:
    """The form that puts a lift to the deciders: with a reason, or not at all."""
    hint = "One or two sentences; it stays on the record. Next you see what it undoes and who is told what, and sign it"
    fields = (
        Field("kind", "", "lift", kind="hidden"),
        Field("ground", "What it rests on", kind="radio", choices=GROUNDS, hint=GROUNDS_HINT),
        Field("number", "Number of the request it came as", required=False, hint="For an order that came here: R-…"),
        Field(
            "document", "Or its file", kind="file", required=False, hint="An order that came another way; up to 4 MB"
        ),
        Field("reason", "Why it is lifted", kind="long", rows=3, hint=hint),
    )
    return Form(f"{base}/propose", "See what it does", fields, second=True, id="lift")


GROUNDS = (
    Choice(
        "order", "An order of a court or an authority: its document goes with it, and as many sign as signed the act"
    ),
    Choice(
        "mistake",
        f"A mistake of ours: one decider signs, and another person reviews it within {lifts.review_hours()} hours",
    ),
)
GROUNDS_HINT = "The authority and the author are told either way, unless the author was never told of the measure"


def deeds(urls: Iterable[str], rows: Iterable[Measure], says: str) -> tuple[Pair, ...]:
    """Exactly what a lift will undo, and where."""
    standing = [row for row in rows if row.lifted_at is None]
    named = list(urls)
    shown = "\n".join(named[:10]) + ("\n…" if len(named) > 10 else "")
    where = sorted({place for row in standing for place in row.territory})
    since = min((row.acted_at for row in standing if row.acted_at), default=None)
    if standing and {row.kind for row in standing} <= life.UNNOTICED:
        return (
            Pair("Do", "What was kept for it is kept no longer. Nobody sees a difference.", bold="Lift"),
            *([Pair("To what", says, code=shown)] if named else []),
            *([Pair("Kept since", at=since)] if since else []),
        )
    made = [
        Pair("Do", "What was withheld is put back exactly as it stood before. Nothing else changes.", bold="Lift"),
        Pair("To what", says, code=shown),
    ]
    if where:
        made.append(Pair("Where", "There it can be seen again.", bold=begun(briefly(where))))
    if since:
        made.append(Pair("Withheld since", at=since))
    made.append(Pair("Then", "An ordinary viewer looks again, inside and outside.", bold="Observe"))
    made.append(Pair("Not touched", "The sealed copy: it is kept until its date, lifted or not."))
    return tuple(made)


def undone(at: datetime | None, reason: str) -> tuple[Pair, ...]:
    """The first lines of a decision that was lifted since."""
    made = [Pair("Undone", "It stands as it stood before.", bold="Lifted.", at=at)]
    return (*made, Pair("Why", f"“{reason}”")) if reason else tuple(made)


def effect_rows(made: Iterable[Look]) -> tuple[EffectPart, ...]:
    """One row for all places from which the same was seen: what is wanted there, and each look: before, while the
    measure stands, after lifting it. What isn't as wanted stands first."""
    found: dict[str, dict[str, Look]] = {}
    for look in made:
        known = found.setdefault(look.place, {})
        known[look.when] = max(
            look, known.get(look.when, look), key=lambda one: (one.wrong, rules.SEEN.index(one.seen))
        )
    lifted = any("lifted" in of_place for of_place in found.values())
    alike: dict[EffectPart, list[str]] = {}
    for place, of_place in found.items():
        alike.setdefault(_row(of_place, lifted=lifted), []).append(place)
    rows = [replace(row, country=_named(places), places=tuple(sorted(places))) for row, places in alike.items()]
    return tuple(sorted(rows, key=lambda row: (not _odd(row), not row.union)))


def _odd(row: EffectPart) -> bool:
    return row.now.wrong or (row.held is not None and row.held.wrong)


def _named(places: Sequence[str]) -> str:
    """The places of a row, in as few words as say it."""
    if len(places) <= FEW:
        return ", ".join(places)
    every, rest = {*places} >= EU, sorted({*places} - EU)
    if not every:
        return _("%(count)d countries") % {"count": len(places)}
    return ", ".join([_("EU, all %(count)d") % {"count": len(EU)}, *rest])


FEW = 4


def _row(looks: Mapping[str, Look], *, lifted: bool) -> EffectPart:
    before, held = looks.get("before"), looks.get("after")
    last = looks.get("lifted") if lifted else held
    known = last or held or before
    return EffectPart(
        country="",
        wanted=begun(known.wanted) if known else "",
        before=Seen(before.seen if before else "unknown"),
        now=_seen(last),
        union="EU" if known and known.inside else "",
        held=_seen(held) if lifted else None,
    )


def _seen(look: Look | None) -> Seen:
    return Seen("unknown") if look is None else Seen(look.seen, look.wrong)


def looked(effects: Iterable[Look], when: str) -> datetime | None:
    """When the last of one kind of looks was (UTC)."""
    return max((effect.at for effect in effects if effect.when == when), default=None)


KEPT = "Kept under seal until"
MEASURE: Mapping[str, tuple[str, str, str]] = {
    "begun": ("Begun; the platform has not answered yet", "still", "c0"),
    "acted": ("The platform took it; looked at next", "still", "c3"),
    "effective": ("Seen to work", "good", "c4"),
    "unseen": ("The platform took it; it is closed to people there, so nobody can see the effect", "still", "unknown"),
    "not-effective": ("Not effective", "late", "alarm"),
    "lifting": ("Lifted; looked at next", "still", "lift"),
    "lifted": ("Lifted, and seen to be undone", "good", "lift"),
    "ended": ("Ended by itself: its time is over", "still", "c4"),
}
