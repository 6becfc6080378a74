"""The form of an instrument, made from its pack; what was typed as facts; what is missing before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import entering, filed, typed
from comity.cases.facts import Sender, assemble, put
from comity.cases.lacks import Lack, driving, lacks
from comity.language import country
from comity.library import in_force, in_words
from comity.people.refusals import BadInput
from comity.regulations import matching
from comity.regulations.facts import check, schema
from comity.regulations.packs import NoPack, Pack
from comity.web.parts import Choice, Clock, Field

from . import words

OURS = ("own-access-demand", "own-no-pack")  # what a form of ours is for, beside the acts of others
OFFICE, NAME, STATE, EMAIL, SAYS = "office", "form.issuing_authority", "form.issuing_state", "email", "says"
OF_THE_OFFICE = (NAME, STATE)
# what people of the desk find, whatever a document says; and what is asked as yes or no, since unsaid isn't no
OF_THE_DESK = ("access_demand.demanded", "protected", "third_country_conflict.country", "third_country_conflict.law")
YES_NO = ("scrutiny.infringes",)
NAME_AT_MOST, SAYS_AT_MOST = 300, 20_000


@dataclass(frozen=True)
class Typed:
    """What somebody typed: the facts by their paths, in whose name, where procedural words go, what they say beside."""

    pack: Pack
    facts: Mapping[str, Any]
    office: Authority | None
    name: str
    email: str
    says: str


def instruments(realm: str, at: datetime) -> tuple[Pack, ...]:
    """The regulations in force for which there is a form."""
    library, found = in_force.library(realm), []
    for id in library.ids():
        try:
            found.append(library.in_force(id, at))
        except NoPack:
            continue
    theirs = [pack for pack in found if not pack.id.startswith(entering.OURS)]
    return (*theirs, *(pack for pack in found if pack.id in OURS))


def of(realm: str, id: str) -> Pack | None:
    """The regulation of an instrument that has a form; None for any other."""
    return next((pack for pack in instruments(realm, clock.now()) if pack.id == id), None)


def title(pack: Pack) -> str:
    """What its instrument is called."""
    return in_words.say(pack.title, str(get_language() or "en"))


def offices(realm: str) -> list[Authority]:
    """The offices in whose name something can be filed: those that are accredited."""
    return [one for one in register.of_realm(realm) if one.accredited]


# -- the form ---------------------------------------------------------------------------------------------------------


def fields(pack: Pack, realm: str, given: QueryDict | None, office: Authority | None, wrong: BadInput | None) -> Any:
    """Two groups of fields: whose it is, and what it says. `office`: of the officer who is signed in."""
    said = given or QueryDict()
    error = {wrong.field: wrong.rule} if wrong else {}
    who = () if office else _who(realm, said, error)
    what = [_field(path, pack, said, error) for path in asked(pack)]
    hint = _("What the fields have no room for. Files come with the last step.")
    note = Field(SAYS, _("What else you say"), said.get(SAYS, ""), kind="long", rows=4, hint=hint, required=False)
    return who, (*what, replace(note, error=error.get(SAYS, "")))


def asked(pack: Pack) -> tuple[str, ...]:
    """What the form asks beside whose it is: what every demand says, then in the order of the law's own form."""
    order = [f"form.{name}" for name in schema()["properties"]["form"]["properties"]]
    paths = [path for path in entering.paths(pack) if path not in (*OF_THE_OFFICE, *OF_THE_DESK)]
    first = [path for path in entering.ALWAYS if path in paths]
    rest = [path for path in paths if path not in first]
    return (*first, *sorted(rest, key=lambda path: order.index(path) if path in order else len(order)))


def _field(path: str, pack: Pack, said: QueryDict, error: Mapping[str, str]) -> Field:
    value = "\n".join(said.getlist(path)) or (str(get_language() or "") if path == "language" else "")
    made = typed.field(path, value, words.words(), error.get(path, ""))
    if _is_tick(path):
        made = replace(made, kind="tick", choices=(), value=value)
    needed = path in entering.ALWAYS or any(check.rule.facts == (path,) for check in pack.checks)
    made = replace(made, required=needed)
    return replace(made, kind="long", rows=4) if path in words.LONG else made


def _is_tick(path: str) -> bool:
    return typed.kind(path) == "boolean" and path not in YES_NO


def _who(realm: str, said: QueryDict, error: Mapping[str, str]) -> tuple[Field, ...]:
    listed = [
        Choice(one.id, f"{one.name} ({country(one.country)})", one.id == said.get(OFFICE)) for one in offices(realm)
    ]
    hint = _("An office on our register is asked at its registered address whether it is its own.")
    return (
        Field(
            OFFICE,
            _("Your office"),
            kind="select",
            hint=hint,
            choices=(Choice("", _("Not on this list")), *listed),
            error=error.get(OFFICE, ""),
        ),
        _plain(NAME, _("Its name, if it is not on the list"), said, error),
        _plain(STATE, _("Its State, if it is not on the list"), said, error, _("Two letters, such as FR")),
        _plain(EMAIL, _("Where we write that it came, if it is not on the list"), said, error, kind="email"),
    )


def _plain(
    name: str, label: str, said: QueryDict, error: Mapping[str, str], hint: str = "", kind: str = "text"
) -> Field:
    return Field(name, label, said.get(name, ""), kind=kind, hint=hint, required=False, error=error.get(name, ""))


# -- what was typed ---------------------------------------------------------------------------------------------------


def read(pack: Pack, realm: str, given: QueryDict, zone: ZoneInfo, office: Authority | None) -> Typed:
    """What was typed, in its bounds. Raises BadInput with the path of the field that is wrong."""
    office = office or _office(realm, given.get(OFFICE, ""))
    facts: dict[str, Any] = {"form": {}}
    for path in asked(pack):
        said = [one.strip() for one in given.getlist(path) if one.strip()]
        if _is_tick(path):  # a box that isn't ticked says no
            put(facts, path, bool(said))
        elif said:
            put(facts, path, typed.value(path, said, zone))
    name = office.name if office else " ".join(given.get(NAME, "").split())
    state = office.country if office else given.get(STATE, "").strip().upper()
    if not name or len(name) > NAME_AT_MOST:
        raise BadInput(NAME, _("choose your office, or type its name"))
    facts["form"][NAME.partition(".")[2]] = name
    if state:
        facts["form"][STATE.partition(".")[2]] = state
    facts["authority"] = {"name": name, "country": state} if state else {"name": name}
    facts.setdefault("language", str(get_language() or "en"))
    _verify(pack, facts)
    return Typed(pack, facts, office, name, _email(given.get(EMAIL, "")) if not office else "", _says(given))


def _office(realm: str, id: str) -> Authority | None:
    if not id:
        return None
    found = next((one for one in offices(realm) if one.id == id), None)
    if found is None:
        raise BadInput(OFFICE, _("choose one on the list, or none"))
    return found


def _email(text: str) -> str:
    said = text.strip()
    if said and not register.ADDRESS.fullmatch(said):
        raise BadInput(EMAIL, _("an e-mail address"))
    return said


def _says(given: QueryDict) -> str:
    said = filed.printable(given.get(SAYS, "")).strip()
    if len(said) > SAYS_AT_MOST:
        raise BadInput(SAYS, _("at most %(most)s characters") % {"most": SAYS_AT_MOST})
    return said


def _verify(pack: Pack, facts: Mapping[str, Any]) -> None:
    for error in check({"instrument": pack.id, **facts}):
        path = error.path.split("[")[0]
        raise BadInput(STATE if path.startswith("authority") else path or "facts", error.rule)


def text(said: Typed) -> str:
    """What was typed as it is kept verbatim: each label with what was typed, then what else is said."""
    lines = [title(said.pack), *(f"{words.label(path)}: {value}" for path, value in shown(said))]
    return "\n".join([*lines, *(("", said.says) if said.says else ())])


def shown(said: Typed) -> list[tuple[str, str]]:
    """Each fact that was typed, by its path, in words."""
    made: list[tuple[str, str]] = []
    for path in (*OF_THE_OFFICE, *entering.paths(said.pack)):
        value: Any = said.facts
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None and path not in dict(made):
            made.append((path, _in_words(path, value)))
    return made


def _in_words(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return words.option(path, str(value.get("kind", "")))
    if isinstance(value, list):
        of = [str(one.get("category", "")) if isinstance(one, Mapping) else str(one) for one in value]
        return "\n".join(words.option(path, one) if typed.options(path) else one for one in of)
    return words.option(path, str(value)) if typed.options(path) else str(value)


# -- before it is sent ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """What the regulation says of what was typed, before it is sent: what is missing, and until when it would run."""

    lacks: tuple[Lack, ...]
    clock: Clock | None
    cite: str
    steps: Sequence[str]


def look(said: Typed, at: datetime, realm: str) -> Look:
    """Judge what was typed as if it were sent at `at` (UTC) and confirmed by its office."""
    office = said.office
    sender = Sender(None, None, None, None, False, (), "none")
    if office is not None:
        accredited, competent = register.standing(office, said.pack.id)
        sender = Sender(office.id, office.name, office.kind, office.country, accredited, competent, "domain")
    facts = assemble(
        {"instrument": said.pack.id, **said.facts},
        corrections=(),
        received_at=at,
        sender=sender,
        provider=settings.COMITY.provider,
        channel={"to": "contact-point", "kind": "portal"},
        resolved={},
    )
    finding = matching.judge_request(facts, in_force.library(realm))
    found = lacks(said.pack, finding, str(get_language() or "en"))
    return Look(found, *driving(finding, at))
