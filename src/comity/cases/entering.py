"""A case that a person opens by hand, of a mail in which no order was read: instrument and facts as they typed them.

What is typed stands where a reading would stand, each fact with its place in the document, and is graded and judged as
any order is. Who typed it stands with it: a person is its source.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.regulations.facts import check
from comity.regulations.packs import NoPack, Pack

from . import correcting, document, questions, rules
from .commands import locked
from .facts import put
from .models import Request

SOURCE = "person"
OF_DATA = ("data", "form.time_range.from", "form.time_range.until")  # without days of its own nothing of a day is kept
# what a document says beside its form, by what its regulation asks about
BESIDE: Mapping[str, tuple[str, ...]] = {
    "data": OF_DATA,
    "datum": OF_DATA,
    "non_disclosure": ("non_disclosure.until",),
    "offence": ("offence.name", "offence.max_penalty_years", "offence.concerns", "offence.sentence_months"),
    "validated_by": ("validated_by.kind", "validated_by.name", "validated_by.country"),
    "scrutiny": ("scrutiny.asked_by", "scrutiny.asked_at", "scrutiny.decided_at", "scrutiny.infringes"),
    "access_demand": ("access_demand.asks", "access_demand.demanded"),
    "imminent_threat": ("imminent_threat",),
    "protected": ("protected",),
    "third_country_conflict": ("third_country_conflict.country", "third_country_conflict.law"),
}
MOST_TYPED = 60
OURS = "own-"
ANSWERED = ("own-access-demand", "own-no-pack")  # our own rules by which a demand is answered, as a case
UNREAD: Mapping[str, Any] = {
    "flags": [],
    "text": "",
    "own": "",
    "beside": "",
    "html": "",
    "parts": [],
    "signatures": [],
}


def may_be(request: Request) -> tuple[Pack, ...]:
    """The regulations of others' orders in force when a request came: what a case may be opened under."""
    library, found = in_force.library(request.realm), []
    for name in library.ids():
        try:
            found.append(library.in_force(name, request.received_at))
        except NoPack:
            continue
    return tuple(pack for pack in found if not pack.id.startswith(OURS) or pack.id in ANSWERED)


def paths(pack: Pack) -> tuple[str, ...]:
    """The facts that a document of this kind says and its regulation asks about: what the form to type them has."""
    asked = {path.split("[")[0] for one in pack.checks for path in one.rule.facts}
    said = [path for path in sorted(correcting.paths() - {*ALWAYS}) if path in asked]
    homes = {path.split(".")[0] for path in asked} - ({"scrutiny"} if not _reinstates(pack) else set())
    beside = (path for home, them in BESIDE.items() if home in homes for path in them)
    return tuple(dict.fromkeys((*ALWAYS, *said, *MAYBE, *beside)))


def _reinstates(pack: Pack) -> bool:
    """Whether it is about another order, which may fall by it."""
    return any(duty.id == rules.REINSTATE for duty in pack.duties)


ALWAYS = ("form.reference", "form.issuing_authority", "form.issuing_state", "form.urls")  # what every order says
MAYBE = (
    "form.issuing_file_number",
    "form.issued_at",
    "form.summary",
    "language",
    "due_at",
)  # what any order may say, whatever its regulation asks


def waits(request: Request) -> bool:
    """Whether a case can be opened of it by hand: it waits for a person, or was answered, and has none."""
    return (request.lane in ("triage", "counsel", "answered") or request.top > 0) and not request.joined.exists()


def enter(person: Person, request_id: str, instrument: str, typed: Sequence[Mapping[str, Any]]) -> None:
    """Enter an order by hand. `typed`: `{"path", "value", "where"}` of each fact. Raises BadInput, NotAllowed."""
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "case.enter", request)
        if not waits(request):
            raise BadInput("request", "it waits for nobody (any more), or has a case")
        pack = next((one for one in may_be(request) if one.id == instrument), None)
        if pack is None:
            raise BadInput("instrument", "choose one that there is a regulation for")
        put_order(request, _order(pack, typed, person), person.by)


def put_order(request: Request, order: Mapping[str, Any], by: str) -> None:
    """Let an order that somebody entered stand where a reading of a locked request would have one; it is graded and
    judged as any. What the mail itself says, if it was read, stays beside it."""
    kept = document.of(request)
    reading = kept["reading"] or {**UNREAD, "envelope": document.envelope(kept)}
    kept["reading"] = {**reading, "orders": [dict(order)], **ALONE}
    ref = document.keep(request, kept)
    _no_longer_waits(request)
    public, sealed = {"instrument": order["instrument"]}, {"facts": ref}
    record("order.entered", realm=request.realm, by=by, request=request.id, public=public, sealed=sealed)


ALONE: Mapping[str, Any] = {"others": False, "silent": False, "sheet": None, "demand": None}


def _order(pack: Pack, typed: Sequence[Mapping[str, Any]], person: Person) -> dict[str, Any]:
    """What was typed, as a reading has an order; each fact in its place. Raises BadInput for what breaks the schema."""
    if not typed or len(typed) > MOST_TYPED:
        raise BadInput("facts", f"from one to {MOST_TYPED}")
    known = set(paths(pack))
    facts: dict[str, Any] = {"instrument": pack.id, "form": {}}
    places: dict[str, dict[str, Any]] = {}
    for one in typed:
        if one["path"] not in known:
            raise BadInput(str(one["path"])[:80], "not a fact that this instrument asks for")
        put(facts, one["path"], one["value"])
        where = str(one.get("where") or "").strip()[:80]
        places[one["path"]] = {"where": where or "typed, no place given", "text": "", "source": SOURCE}
    said = {"name": facts["form"].get("issuing_authority"), "country": facts["form"].get("issuing_state")}
    facts["authority"] = {key: value for key, value in said.items() if isinstance(value, str)}
    for error in check(facts):
        raise BadInput(error.path or "facts", error.rule)
    told = {"source": SOURCE, "by": person.by, "at": clock.now().isoformat()}
    empty: dict[str, Any] = {
        "language": facts.get("language"),
        "flags": [],
        "sheet": None,
        "part": None,
        "others": False,
    }
    return {"instrument": pack.id, "facts": facts, "places": places, "language": facts.get("language")} | empty | told


def _no_longer_waits(request: Request) -> None:
    """It is dealt with in its case; what a person must still say of a danger or a claim in it stays where it stands."""
    request.kind = "order"
    request.lane = request.lane if request.top else ""
    request.save(update_fields=["kind", "lane"])
    own = request.deadlines.filter(met_at=None, theirs=False).exclude(name__in=(*rules.URGENT, "review"))
    own.update(met_at=clock.now())
    questions.settle(request)
