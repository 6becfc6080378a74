"""What the desk sees of the register. Reads; writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.authorities.models import Authority
from comity.console import signing
from comity.console import timeline as lines
from comity.console import words as console_words
from comity.ledger.models import Event
from comity.library import in_force, in_words
from comity.officers.models import Officer
from comity.people.models import Act, Person
from comity.people.rules import Realm, may
from comity.vault import commands as vault
from comity.web.parts import Choice, Field, Form, Line, Pair

from . import commands, rules, words
from .models import Application, Standing

HERE = "/console/register/"
ROWS = 500


@dataclass(frozen=True)
class Row:
    """One authority on the register, as the list shows it."""

    entry: Authority
    state: str
    tone: str
    officers: int


def index(realm: str, person: Person) -> dict[str, Any]:
    """The register, and what is applied for."""
    entries = list(Authority.objects.filter(realm=realm)[:ROWS])
    enrolled = Officer.objects.filter(realm=realm, ended_at=None, enrolled_at__isnull=False)
    counts: dict[str, int] = {}
    for one in enrolled.values_list("authority", flat=True):
        counts[one] = counts.get(one, 0) + 1
    found = Application.objects.filter(realm=realm)
    return {
        "realm": realm,
        "rows": [Row(one, *state_of(one), counts.get(one.id, 0)) for one in entries],
        "open": list(found.filter(state__in=rules.OPEN).order_by("at")[:ROWS]),
        "ended": list(found.exclude(state__in=rules.OPEN).order_by("-ended_at")[:20]),
        "import": _import(realm) if may(person, "register.apply", Realm(realm)) else None,
    }


def state_of(entry: Authority) -> tuple[str, str]:
    """How it stands, in a word, with its tone."""
    if entry.suspended_at:
        return "Suspended", "late"
    return ("Accredited", "good") if entry.accredited else ("Not accredited", "still")


def _import(realm: str) -> Form:
    file = Field("file", "A file with [[authority]] tables", kind="file", hint="As comity.toml has them; at most 2 MB")
    return Form(f"{HERE}import?realm={realm}", "Put its entries down to be accepted", (file,), second=True, id="import")


# -- one application --------------------------------------------------------------------------------------------------


def application(row: Application, person: Person) -> dict[str, Any]:
    """An application: what it says, the checklist, and what may be done."""
    sees = may(person, "content.view", row)
    act = commands.act_of(row)
    said = words.DESK_CHANGE if row.sort == rules.CHANGE else words.DESK
    return {
        "row": row,
        "realm": row.realm,
        "tone": words.TONES[row.state],
        "sort": words.SORTS[row.sort],
        "pairs": _pairs(row),
        "who": _who(row) if sees else "",
        "items": [(said[one.name], one.done, _rests_on(row, one.name)) for one in commands.items(row)],
        "rivals": commands.rivals(row) if row.state in rules.OPEN else [],
        "record": (", ".join(map(rules.record_name, row.domains)), rules.record_text(row.challenge)),
        "forms": _forms(row, person) if row.state == "applied" else [],
        "ends": _ends(row, person) if row.state in rules.OPEN else [],
        "timeline": timeline(row.id),
        **_signing(act, person, f"{HERE}{row.id}/sign", "Sign: it stands on the register"),
    }


def _signing(act: Act | None, person: Person, action: str, says: str) -> dict[str, Any]:
    if act is None:
        return {"act": None}
    given = signing.given(act)
    can = signing.can_sign(act, person, given)
    button = signing.button(act, action, person, says) if can else None
    slots = signing.slots(act, given, _by, lambda n: ", ".join(act.rule.roles))
    return {"act": act, "slots": slots, "sign": button}


def _by(one: Any) -> str:
    return console_words.person(one.person.roles[0].capitalize(), one.person.jurisdiction)


def _pairs(row: Application) -> list[Pair]:
    entry = Authority.objects.filter(id=row.authority).first() if row.sort == rules.CHANGE else None

    def pair(label: str, name: str, value: str) -> Pair:
        before = _text(getattr(entry, name)) if entry and name in row.changed else ""
        return Pair(label, f"{value} (was {before or 'empty'})" if name in row.changed else value)

    return [
        Pair("Id on the register", code=row.authority),
        pair("Kind", "kind", str(words.KINDS.get(row.kind, row.kind))),
        pair("State", "country", row.country),
        pair("Mail domain", "domains", _text(row.domains)),
        pair("Address", "address", row.address),
        pair("Telephone", "phone", row.phone),
        pair("Competent for", "competent_for", _text(row.competent_for) or "nothing named"),
        pair("Languages", "languages", _text(row.languages) or "none named"),
    ]


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _who(row: Application) -> str:
    try:
        return str(vault.get_json(row.doc)["who"])
    except vault.Gone:
        return ""


def _rests_on(row: Application, name: str) -> tuple[str, datetime | None]:
    if name == "domain" and row.proven_at:
        return ("by its TXT record" if row.proven_by == "dns" else f"by the link to {row.mail_to}"), row.proven_at
    if name == "called" and row.called_at:
        return "the number and where it is published stand in the timeline", row.called_at
    return (row.weighed, None) if name == "resembles" else ("", None)


def _forms(row: Application, person: Person) -> list[Form]:
    if not may(person, "register.check", row):
        return []
    at, made = f"{HERE}{row.id}", list[Form]()
    if row.proven_at is None and row.sort != rules.IMPORT:
        to = Field("address", "An address of its domain that is published", kind="email")
        where = Field("where", "Where it is published", hint="Its own site, an official gazette; not the application")
        made += [
            Form(f"{at}/look", "Look for its TXT record now", second=True, id="look"),
            Form(f"{at}/mail", "Send the link that proves it", (to, where), second=True, id="mail"),
        ]
    if row.called_at is None and row.sort != rules.IMPORT:
        number = Field("number", "The number that you called", kind="tel")
        source = Field(
            "source", "Where it is published", hint="Its own site, an official register; not the application"
        )
        yes, no = (Field("answer", "", said, kind="hidden") for said in ("confirmed", "denied"))
        made += [
            Form(f"{at}/call", "They confirm it", (number, source, yes), second=True, id="confirmed"),
            Form(f"{at}/call", "They deny it: refuse it", (number, source, no), second=True, id="denied"),
        ]
    if row.resembles and not row.weighed:
        why = Field("reason", f"Why it isn’t {row.resembles} posing", kind="long", rows=2)
        made.append(Form(f"{at}/weigh", "Say why", (why,), second=True, id="weigh"))
    if not rules.missing(commands.items(row)):
        made.append(Form(f"{at}/propose", "Put it to those who accept", id="propose"))
    return made


def _ends(row: Application, person: Person) -> list[Form]:
    at, why = f"{HERE}{row.id}", Field("reason", "Why", kind="long", rows=2)
    if not may(person, "register.accept", row):
        return []
    back = (Form(f"{at}/return", "Send it back", (why,), second=True, id="return"),) if row.state == "to-accept" else ()
    return [*back, Form(f"{at}/refuse", "Refuse it", (why,), second=True, id="refuse")]


def timeline(number: str) -> list[Line]:
    """What happened to it."""
    return list(lines.lines(Event.objects.filter(case=number).order_by("id")[:200], reasons=True))


# -- one authority ----------------------------------------------------------------------------------------------------


def authority(entry: Authority, person: Person) -> dict[str, Any]:
    """An entry of the register, its officers, and what may be done."""
    row = Standing.objects.filter(id=entry.id).first()
    act = commands.act_of(row) if row else None
    at, here = f"{HERE}of/{entry.id}", Realm(entry.realm)
    made, reason = list[Form](), Field("reason", "Why", kind="long", rows=2)
    if entry.suspended_at is None and may(person, "register.suspend", here):
        made.append(Form(f"{at}/suspend", "Suspend it, at once and everywhere", (reason,), second=True, id="suspend"))
    if entry.suspended_at is not None and act is None and may(person, "register.check", here):
        why = Field("reason", "What was looked at, and why it counts again", kind="long", rows=2)
        made.append(Form(f"{at}/reinstate", "Put its reinstatement", (why,), second=True, id="reinstate"))
    state, tone = state_of(entry)
    return {
        "entry": entry,
        "realm": entry.realm,
        "state": state,
        "tone": tone,
        "pairs": _entry_pairs(entry),
        "officers": _officers(entry, person),
        "invite": _invite(entry, person),
        "forms": made,
        "change": f"{at}/change" if may(person, "register.apply", here) else "",
        "open": list(Application.objects.filter(authority=entry.id, state__in=rules.OPEN)),
        **_signing(act, person, f"{at}/sign", "Sign: it counts again"),
    }


def _entry_pairs(entry: Authority) -> list[Pair]:
    came = "comity.toml" if entry.source == "file" else "these pages"
    made = [
        Pair("Kept by", came),
        Pair("Kind", str(words.KINDS.get(entry.kind, entry.kind))),
        Pair("State", entry.country),
        Pair("Mail domains", ", ".join(entry.domains) or "none"),
        Pair("Address", entry.address),
        Pair("Telephone", entry.phone),
        Pair("Competent for", ", ".join(entry.competent_for) or "nothing named"),
    ]
    dates = (("Accredited since", entry.accredited_at), ("Until", entry.until), ("Suspended", entry.suspended_at))
    return [*made, *(Pair(label, at=at) for label, at in dates if at)]


def _officers(entry: Authority, person: Person) -> list[tuple[Officer, Form | None]]:
    def ends(one: Officer) -> Form:
        of = Field("officer", "", str(one.id), kind="hidden")
        return Form(f"{HERE}of/{entry.id}/end", "End it", (of,), second=True, id=f"end-{one.id}")

    found = Officer.objects.filter(authority=entry.id).order_by("-invited_at")[:100]
    return [(one, ends(one) if not one.ended_at and may(person, "service.suspend", one) else None) for one in found]


def _invite(entry: Authority, person: Person) -> Form | None:
    if not entry.accredited or not entry.domains or not may(person, "officer.invite", Realm(entry.realm)):
        return None
    to = Field("address", "Their address, of the authority’s own domain", kind="email", hint=", ".join(entry.domains))
    sure = Field("confirmed", f"I called {entry.phone}, and it confirmed the officer", kind="tick")
    return Form(f"{HERE}of/{entry.id}/invite", "Send their one-time link", (to, sure), id="invite")


def change_form(entry: Authority) -> Form:
    """The form in which a change of an entry is asked for."""
    return Form(f"{HERE}of/{entry.id}/change", "Ask for the change", tuple(fields_of(entry)), id="change")


def fields_of(entry: Authority | None = None) -> list[Field]:
    """What the desk types of an entry."""
    kinds = tuple(
        Choice(code, str(said), entry is not None and entry.kind == code) for code, said in words.KINDS.items()
    )
    lines: dict[str, Any] = {"kind": "long", "rows": 2, "required": False}
    of = entry or Authority()
    return [
        Field("name", "Name", of.name),
        Field("kind", "Kind", kind="select", choices=kinds),
        Field("country", "State", of.country, hint="Two letters"),
        Field("domains", "Mail domains", "\n".join(of.domains), hint="One a line", kind="long", rows=2),
        Field("address", "Address that answers go to", of.address, kind="email"),
        Field("phone", "Telephone for call-backs", of.phone, kind="tel"),
        Field("competent_for", "Competent for", "\n".join(of.competent_for), hint="One id a line", **lines),
        Field("languages", "Languages", "\n".join(of.languages), hint="One code a line", **lines),
    ]


def instruments(realm: str, at: datetime, language: str) -> list[tuple[str, str]]:
    """The instruments that an authority can be competent for: id and name."""
    library, found = in_force.library(realm), []
    for id in library.ids():
        if not id.startswith("own-"):
            found.append((id, in_words.say(library.versions(id)[-1].title, language)))
    return found
