"""On a case's page: what would have been done, what people did instead, and the ways on."""

from dataclasses import dataclass
from datetime import datetime

from comity.cases import shadowed
from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form, Link
from comity.web.words import briefly

from . import commands, rules, words
from .models import Would


@dataclass(frozen=True, slots=True)
class Row:
    """What would have been done on a case, and what is known of what people did."""

    says: str
    at: datetime
    platforms: str
    said: str = ""
    said_at: datetime | None = None
    seen: str = ""
    seen_at: datetime | None = None
    odd: bool = False
    look_at: datetime | None = None
    say: Form | None = None
    look: Form | None = None
    real: Form | None = None


def panel(looking: Looking) -> Panel:
    """What would have been done."""
    found = list(Would.objects.filter(case=looking.case).order_by("-decided_at"))
    rows = tuple(_row(one, looking, last=n == 0) for n, one in enumerate(found))
    return Panel("shadow", "What would have been done", "Would have", "shadow/panel.html", rows, primary=_primary(rows))


def _primary(rows: tuple[Row, ...]) -> Link | None:
    waits = any(row.say and not row.said for row in rows)
    return Link("Say what you did", "#shadow") if waits else None


def _row(one: Would, looking: Looking, *, last: bool) -> Row:
    waits = last and looking.case.state in shadowed.STATES
    says = may(looking.person, "shadow.say", looking.case)
    return Row(
        says=_says(one),
        at=one.decided_at,
        platforms=shadowed.says(one.platforms),
        said=words.SAID.get(one.said, ""),
        said_at=one.said_at,
        seen=words.SEEN.get(one.seen, ""),
        seen_at=one.seen_at,
        odd=rules.contradicted(one.said, one.seen),
        look_at=one.look_at if not one.seen else None,
        say=_say(looking, one, second=_may_real(looking)) if waits and says else None,
        look=Form(f"{looking.base}/shadow/look", "Look now", second=True, id="look") if one.look_at and says else None,
        real=_real(looking) if waits and _may_real(looking) else None,
    )


def _says(one: Would) -> str:
    what = words.WOULD[one.kind]
    deeds = " and ".join(one.what)
    where = briefly(one.territory) if one.territory and "withhold" in one.what else ""
    return f"The order would have been {what}" + (f": {deeds}{' ' + where if where else ''}." if deeds else ".")


def _say(looking: Looking, one: Would, *, second: bool) -> Form:
    choices = tuple(Choice(code, text, code == one.said) for code, text in words.SAID.items())
    hint = "Needed where something else was done"
    fields = (
        Field("said", "What people did", kind="radio", choices=choices),
        Field("words", "In a sentence", kind="long", rows=2, required=False, hint=hint),
    )
    return Form(f"{looking.base}/shadow/say", "Say so", fields, second=second, id="say")


def _may_real(looking: Looking) -> bool:
    return may(looking.person, "measure.again", looking.case) and commands.may_for_real(looking.case)


def _real(looking: Looking) -> Form:
    hint = "Shadow is left. As many sign as the regulation asks for; then it is done"
    return Form(
        f"{looking.base}/shadow/real",
        "Put it to the deciders for real",
        (Field("reason", "Why it is to be done now", kind="long", rows=2, hint=hint),),
        id="real",
    )
