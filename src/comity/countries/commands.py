"""The only writers of relations: moved, observed, agreed, asked whether they are read. Each act is one transaction.

What the sides say is written in `speaking.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Q

from comity import clock
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.disputes import read as disputes
from comity.ledger.commands import record
from comity.outbox.rules import BadAddress, address
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm

from . import rules, speaking
from .models import Agreement, Move, Relation

GATEWAY = "gateway"
FOR_EVER = timedelta(days=36_500)  # by whom an agreement was made must verify as long as there is a record of it
REASON, TITLE, TEXT, NOTE = 2000, 200, 100_000, 300  # characters
AGREE, SETTLE = "country-agree", "country-settle"
OF_A_DISPUTE = ("drop", "rule")  # how a relation comes out of one
AT_ONCE = 20  # relations that one look of the clock touches
FEWEST = 2  # people who bind the platform, and jurisdictions that they come from, whatever the data say


@dataclass(frozen=True)
class Terms:
    """What settles a dispute, as its quorum signed it (`act`); published as the agreement."""

    title: str
    text: str
    sha256: str
    reason: str
    starts: date
    until: date | None
    act: str


@cache
def quorums() -> Mapping[str, Quorum]:
    """Who binds the platform towards a State, as data. Raises ValueError for a rule that one person could meet."""
    data = yaml.safe_load(resources.files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    found = {name: Quorum.read(rule) for name, rule in data.items()}
    if short := [name for name, rule in found.items() if rule.count < FEWEST or rule.jurisdictions < FEWEST]:
        raise ValueError(f"quorums.yaml: {', '.join(short)}: at least two people from two jurisdictions")
    return found


def of(realm: str, country: str) -> Relation:
    """How we stand with a country; where nothing is on record, a row that isn't kept. Raises UnknownCountry."""
    code = rules.code_of(country, realm)
    found = Relation.objects.filter(realm=realm, country=code).annotate(told_disputes=disputes.told()).first()
    return found or Relation(realm=realm, country=code)


def opened(realm: str, country: str) -> Relation:
    """The row of a relation, locked until the transaction ends. Raises UnknownCountry."""
    code = rules.code_of(country, realm)
    made, _ = Relation.objects.get_or_create(realm=realm, country=code)
    return locked(made.pk)


def locked(id: int) -> Relation:
    """A relation's row, locked until the transaction ends."""
    return Relation.objects.select_for_update().get(id=id)


@transaction.atomic
def record_of(person: Person, realm: str, country: str) -> Relation:
    """The row of a relation, made where there is none yet. Raises NotAllowed, UnknownCountry."""
    allow(person, "country.move", Realm(realm))
    return opened(realm, country)


def tell(relation: Relation, kind: str, by: str, **told: Any) -> None:
    """Record what happened to a relation."""
    record(kind, realm=relation.realm, by=by, case=relation.number, public={"country": relation.country, **told})


def words(field: str, text: str, most: int, hint: str) -> str:
    """A sentence or two as somebody typed them, on one line. Raises BadInput."""
    said = " ".join(text.split())
    if not said:
        raise BadInput(field, hint)
    if len(said) > most:
        raise BadInput(field, f"at most {most} characters")
    return said


def _reason(text: str) -> str:
    return words("reason", text, REASON, "say why, in a sentence; it is published")


def signed_as(people: Iterable[Any]) -> str:
    """Who did it, by role and jurisdiction, never by name."""
    return "; ".join(dict.fromkeys(f"{', '.join(sorted(one.roles))}, {one.jurisdiction}" for one in people))


# -- moved ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def move(person: Person, realm: str, country: str, step: str, reason: str) -> Relation:
    """Move a relation by one hand. What is put to people about it is void. Raises NotAllowed, NotNow, BadInput,
    UnknownCountry."""
    allow(person, "country.move", Realm(realm))
    relation, reason = opened(realm, country), _reason(reason)
    if step not in rules.BY_ONE:
        raise BadInput("step", _by_others(step))
    if step in OF_A_DISPUTE and (number := disputes.first_open(relation)):
        raise BadInput("step", f"{number} is open: end that dispute, and the relation follows")
    if step == "calm" and not standing(relation):
        raise rules.OF_IT.not_now("strained, without an agreement that stands", step)
    before = relation.state
    decisions.void(RELATION, relation, step)
    _moved(relation, step, before, reason, person.by, signed_as([person]))
    return relation


def follow(relation: Relation, step: str, reason: str, by: str, who: str) -> bool:
    """Let a locked relation follow a dispute of its own by a step; nothing where its state has no such step. What is
    put to people about it is void. Whether it moved."""
    if step not in rules.OF_IT.acts_in(relation.state):
        return False
    before = relation.state
    decisions.void(RELATION, relation, step)
    _moved(relation, step, before, reason, by, who)
    return True


def settle(relation: Relation, terms: Terms, by: str, who: str, *, last: bool) -> Agreement:
    """The terms of a settled dispute, signed by its quorum, stand as the agreement with a locked relation. `last`: no
    dispute is open any more, so the relation is agreed again. Raises ApprovalRefused where the text isn't the one."""
    if sha256(terms.text.encode()).hexdigest() != terms.sha256:
        raise approvals.ApprovalRefused("gone", "the text is not the one that was signed")
    before = Agreement.objects.filter(relation=relation)
    version = (before.order_by("-version").values_list("version", flat=True).first() or 0) + 1
    before.filter(state="standing").update(state="superseded")
    made = Agreement.objects.create(
        relation=relation,
        version=version,
        title=terms.title,
        text=terms.text,
        sha256=terms.sha256,
        reason=terms.reason,
        starts=terms.starts,
        until=terms.until,
        state="standing",
        act=terms.act,
        made_at=clock.now(),
        by=who,
    )
    _of_agreement(relation, "agreement.made", by, version, terms.act, sha256=made.sha256)
    moves = last and "settle" in rules.OF_IT.acts_in(relation.state)
    state = relation.state
    decisions.void(RELATION, relation, "settle" if moves else "")
    if moves:
        _moved(relation, "settle", state, terms.reason, by, who, terms.act)
    return made


def moved_by_plan(id: int, step: str, reason: str, who: str, act: str) -> None:
    """Move a relation by a plan that its quorum signed (`act`, `who` by role and jurisdiction), within the caller's
    transaction, which has locked it; a dispute that is still open is what it is left in. Raises NotNow, ValueError for
    a step that isn't a plan's."""
    if step not in rules.BY_PLAN:
        raise ValueError(f"{step} is not a plan's")
    relation = locked(id)
    before = relation.state
    decisions.void(RELATION, relation, step)
    _moved(relation, step, before, reason, GATEWAY, who, act)
    if number := disputes.first_open(relation):
        follow(relation, "dispute", f"{number} is open.", GATEWAY, who)


def _by_others(step: str) -> str:
    if step in rules.BY_QUORUM:
        return "it takes an agreement that the quorum signs; put one to it"
    if step in rules.BY_PLAN:
        return "it takes a plan that the quorum signs; make one under Plans"
    return f"no move is called {step[:20]!r}; there are {', '.join(rules.BY_ONE)}"


def _moved(relation: Relation, step: str, before: str, reason: str, by: str, who: str, act: str = "") -> None:
    Move.objects.create(
        relation=relation,
        at=clock.now(),
        step=step,
        before=before,
        after=relation.state,
        reason=reason,
        by=who,
        act=act,
    )
    record(
        "relation.moved",
        realm=relation.realm,
        by=by,
        case=relation.number,
        public={"country": relation.country, "step": step, "before": before, "after": relation.state},
        sealed={"act": act} if act else {},
    )


@transaction.atomic
def observe(person: Person, realm: str, country: str, reach: str, note: str) -> Relation:
    """Record whether people in a country reach us, as somebody looked: it is no move of ours. Raises NotAllowed,
    BadInput, UnknownCountry."""
    allow(person, "country.observe", Realm(realm))
    if reach not in rules.REACHES[1:]:
        raise BadInput("reach", f"one of {', '.join(rules.REACHES[1:])}")
    relation = opened(realm, country)
    relation.reach, relation.reach_seen_at = reach, clock.now()
    relation.reach_note = words("note", note, NOTE, "say from where, and how, you looked; it is published")
    relation.save(update_fields=["reach", "reach_seen_at", "reach_note"])
    tell(relation, "relation.observed", person.by, reach=reach)
    return relation


# -- the registered address -------------------------------------------------------------------------------------------


@transaction.atomic
def register(person: Person, realm: str, country: str, to: str) -> Relation:
    """Register the address of a country's contact point, and ask it at once whether it is read.

    Links sent to another address before no longer work. Raises NotAllowed, BadInput, UnknownCountry.
    """
    allow(person, "country.move", Realm(realm))
    try:
        wanted = str(address(to[:400]))
    except BadAddress as bad:
        raise BadInput("contact", str(bad)) from None
    relation = opened(realm, country)
    if relation.contact == wanted:
        return relation
    speaking.expire(relation)
    relation.contact, relation.contact_checked_at = wanted, None
    relation.save(update_fields=["contact", "contact_checked_at"])
    tell(relation, "contact.changed", person.by)
    ask(relation, person.by)
    return relation


@transaction.atomic
def ask_now(person: Person, realm: str, country: str) -> None:
    """Ask a registered address at once whether it is read. Raises NotAllowed, BadInput, UnknownCountry."""
    allow(person, "country.move", Realm(realm))
    relation = opened(realm, country)
    if not relation.contact:
        raise BadInput("contact", "no address is registered for this country; register one first")
    ask(relation, person.by)


def ask(relation: Relation, by: str = GATEWAY) -> None:
    """Ask a registered address whether it is read; the row is locked."""
    relation.contact_asked_at = clock.now()
    relation.save(update_fields=["contact_asked_at"])
    speaking.send(relation, rules.CONTACT, by)


# -- agreed -----------------------------------------------------------------------------------------------------------


def standing(relation: Relation) -> Agreement | None:
    """The agreement that stands, if one does."""
    return Agreement.objects.filter(relation_id=relation.pk, state="standing").first() if relation.pk else None


def propose(person: Person, realm: str, country: str, said: Mapping[str, str]) -> str:
    """Put an agreement, or its next version, to the quorum; gives the act's hash. In a dispute it settles it.

    `said`: title, text, starts, until (ISO days; `until` may be empty) and reason. Raises NotAllowed, NotNow, BadInput,
    UnknownCountry.
    """
    with transaction.atomic():
        allow(person, "country.agree", Realm(realm))
        relation = opened(realm, country)
        kind = SETTLE if relation.state == "disputed" else AGREE
        if kind == SETTLE and (number := disputes.first_open(relation)):
            raise BadInput("dispute", f"{number} is open: settle that dispute, and its terms stand here")
        return decisions.put(RELATION, relation, kind, said, by=person)


def _made(relation: Relation, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What is signed of an agreement, and by whom."""
    step = kind.removeprefix("country-")
    rules.OF_IT.after(relation.state, step)  # put only where it could be made
    starts = day_of("starts", said.get("starts", ""))
    until = day_of("until", said["until"]) if said.get("until") else None
    if until is not None and until <= max(starts, clock.now().date()):
        raise BadInput("until", "it must end after it begins, and not in the past")
    text = said.get("text", "").replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT:
        raise BadInput("text", f"what was agreed, of 1 to {TEXT} characters; it is published")
    last = Agreement.objects.filter(relation=relation).order_by("-version").first()
    act = {
        "kind": kind,
        "what": ["make an agreement with a State"],
        "country": relation.country,
        "agreement": (last.version if last else 0) + 1,
        "title": words("title", said.get("title", ""), TITLE, "what it is called"),
        "text": text,
        "sha256": sha256(text.encode()).hexdigest(),
        "starts": starts.isoformat(),
        "until": until.isoformat() if until else None,
        "reason": _reason(said.get("reason", "")),
    }
    return act, quorums()[step]


def day_of(field: str, text: str) -> date:
    """A day as somebody typed it (ISO 8601). Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field, "a day as 2026-11-29") from None


def _proposed(relation: Relation, act: Mapping[str, Any], hash: str, by: str) -> None:
    Agreement.objects.create(
        relation=relation,
        version=act["agreement"],
        title=act["title"],
        text=act["text"],
        sha256=act["sha256"],
        reason=act["reason"],
        starts=date.fromisoformat(act["starts"]),
        until=date.fromisoformat(act["until"]) if act["until"] else None,
        act=hash,
        made_at=clock.now(),
    )
    _of_agreement(relation, "agreement.proposed", by, act["agreement"], hash)


def _of_agreement(relation: Relation, kind: str, by: str, version: int, act: str = "", **told: Any) -> None:
    public = {"country": relation.country, "version": version, **told}
    sealed = {"act": act} if act else {}
    record(kind, realm=relation.realm, by=by, case=relation.number, public=public, sealed=sealed)


def sign(person: Person, id: int, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one signature under an agreement; true when it meets the quorum. `response` is the passkey's, None for a
    demo person. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(RELATION, id, person, hash, response)


def _agreed(relation: Relation, signed: ApprovedAct, person: Person) -> None:
    """The quorum has signed: the version stands, and the one before no longer does."""
    approvals.keep(signed.hash, clock.now() + FOR_EVER)
    agreement = Agreement.objects.select_for_update().get(relation=relation, act=signed.hash)
    whole = sha256(agreement.text.encode()).hexdigest() == agreement.sha256 == signed.act["sha256"]
    if not whole or agreement.version != signed.act["agreement"]:
        raise approvals.ApprovalRefused("gone", "the text is not the one that was signed")
    Agreement.objects.filter(relation=relation, state="standing").update(state="superseded")
    agreement.state, agreement.by = "standing", signed_as(signed.approvals)
    agreement.save(update_fields=["state", "by"])
    _of_agreement(relation, "agreement.made", person.by, agreement.version, signed.hash, sha256=agreement.sha256)
    step, before = signed.act["kind"].removeprefix("country-"), relation.state
    decisions.void(RELATION, relation, step)
    _moved(relation, step, before, agreement.reason, person.by, agreement.by, signed.hash)


def send_back(person: Person, id: int, reason: str) -> Relation:
    """Send what was put to people back, with a reason; signatures given are void. Raises NotAllowed, NotNow."""
    return decisions.send_back(RELATION, id, person, _reason(reason))


def _returned(relation: Relation, hash: str, back: Back, reason: str, person: Person) -> None:
    found = Agreement.objects.get(relation=relation, act=hash)
    _of_agreement(relation, "agreement.returned", person.by, found.version, hash)


def _back(relation: Relation, how: str) -> Back:
    if not relation.act:
        raise rules.OF_IT.not_now("as it is, with nothing put to people", "return")
    return Back("country.agree")


RELATION: Subject[Relation] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda relation: relation.number,
    kinds={
        AGREE: Kind(_made, may_put="country.agree", may_sign="country.agree", follows=_agreed),
        SETTLE: Kind(_made, may_put="country.agree", may_sign="country.agree", follows=_agreed),
    },
    proposed=_proposed,
    back=_back,
    returned=_returned,
    rises=True,
)


# -- what time alone brings about -------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """Each month ask every registered address whether it is read; tell who didn't answer; end what has its end. Each
    once, by its row (`now`: UTC)."""
    due = Relation.objects.filter(~Q(contact=""))
    asked = Q(contact_asked_at=None) | Q(contact_asked_at__lte=now - rules.MONTH)
    for id in list(due.filter(asked).order_by("id").values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            if rules.asked_for((relation := locked(id)).contact_asked_at, now):
                ask(relation)
    speaking.miss(now)
    today = now.astimezone(UTC).date()
    over = Agreement.objects.filter(state="standing", until__lte=today)
    for id in list(over.order_by("until", "id").values_list("relation_id", flat=True)[:AT_ONCE]):
        _end(id, today)


@transaction.atomic
def _end(id: int, today: date) -> None:
    relation = locked(id)
    found = standing(relation)
    if found is None or rules.stands(found.starts, found.until, today):
        return
    found.state = "ended"
    found.save(update_fields=["state"])
    _of_agreement(relation, "agreement.ended", GATEWAY, found.version)
    if "expire" in rules.OF_IT.acts_in(relation.state):
        before = relation.state
        decisions.void(RELATION, relation, "expire")
        _moved(
            relation, "expire", before, f"Version {found.version} of the agreement ended by its own term.", GATEWAY, ""
        )
