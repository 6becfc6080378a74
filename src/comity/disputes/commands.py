"""The only writers of a dispute's life: opened, moved, summed up, settled. Each act is one transaction.

Papers are written in `papers.py`, what a State does by its links in `by_link.py`, bundles in `bundles.py`. Locks are
taken in one order: the dispute, then its relation, then links.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.countries import commands as countries
from comity.countries import rules as relations
from comity.countries import speaking
from comity.countries.commands import FEWEST, FOR_EVER, GATEWAY, REASON, Terms, signed_as, words
from comity.countries.models import Relation
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.library import in_force
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm
from comity.regulations import legal_time
from comity.regulations.legal_time import Place
from comity.regulations.packs import NoPack
from comity.vault import commands as vault

from . import read, rules
from .models import Dispute, Due, Interim, Move, Settlement, Summary

KEPT = timedelta(days=3650)  # as long as the record of a relation is of use to anybody
SETTLE, PUBLISH = "dispute-settle", "dispute-publish"
TITLE, TEXT, NAME = 200, 100_000, 200
SUMMARY = 8_000
SAID = ("claim", "basis", "relief")


@cache
def quorums() -> Mapping[str, Quorum]:
    """Who binds the platform in a dispute, as data. Raises ValueError for a rule that one person could meet."""
    data = yaml.safe_load(resources.files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    found = {name: Quorum.read(rule) for name, rule in data.items()}
    if short := [name for name, rule in found.items() if rule.count < FEWEST or rule.jurisdictions < FEWEST]:
        raise ValueError(f"quorums.yaml: {', '.join(short)}: at least two people from two jurisdictions")
    return found


def locked(id: str) -> Dispute:
    """A dispute's row, locked until the transaction ends. Raises Dispute.DoesNotExist."""
    return Dispute.objects.select_for_update(of=("self",)).select_related("relation").get(id=id)


def tell(dispute: Dispute, kind: str, by: str, sealed: Mapping[str, Any] | None = None, **told: Any) -> None:
    """Record what happened in a dispute."""
    public = {"country": dispute.country, **told}
    record(kind, realm=dispute.realm, by=by, case=dispute.number, public=public, sealed=sealed)


def block(field: str, text: str, most: int, hint: str) -> str:
    """Words of several lines as somebody typed them. Raises BadInput."""
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise BadInput(field, hint)
    if len(said) > most:
        raise BadInput(field, _("at most %(most)s characters") % {"most": most})
    return said


def one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    """One of a closed list. Raises BadInput."""
    if value not in allowed:
        raise BadInput(field, f"one of {', '.join(allowed)}")
    return value


def place_of(dispute: Dispute) -> Place:
    """Where the days of a dispute are counted: the forum's place or, where its rules name none, ours."""
    forum = rules.forums().each[dispute.forum]
    us = settings.COMITY.provider
    return forum.place or Place(legal_time.zone(us["zone"]), str(us["establishment"] or ""))


def end_of_day(dispute: Dispute, field: str, text: str) -> datetime:
    """When a day (ISO) is over where the days of a dispute are counted (UTC). Raises BadInput."""
    day = countries.day_of(field, text)
    if not 1990 <= day.year <= 2200:
        raise BadInput(field, "a day between 1990 and 2200")
    return place_of(dispute).end_of(day)


# -- opened -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_(person: Person, realm: str, country: str, said: Mapping[str, str]) -> Dispute:
    """Draft a dispute with a State; its number is `S-…`.

    `said`: title (published), claimant (us or state), forum (an id of forums.yaml), file_number, claim, basis and
    relief. Raises NotAllowed, BadInput, UnknownCountry.
    """
    allow(person, "dispute.move", Realm(realm))
    title = words("title", said.get("title", ""), TITLE, "what it is about, without personal data; it is published")
    hints = {"claim": "what is claimed", "basis": "on which law", "relief": "what the forum is asked for"}
    doc = {name: block(name, said.get(name, ""), TEXT, hints[name]) for name in SAID}
    made = Dispute.objects.create(
        realm=realm,
        relation=countries.opened(realm, country),
        title=title,
        claimant=one_of("claimant", said.get("claimant", ""), rules.PARTIES),
        forum=one_of("forum", said.get("forum", ""), tuple(rules.forums().each)),
        file_number=_optional("file_number", said.get("file_number", ""), 100),
        doc=vault.put_json(doc, clock.now() + KEPT),
        opened_at=clock.now(),
        moved_at=clock.now(),
    )
    tell(made, "dispute.opened", person.by, claimant=made.claimant)
    return made


def _optional(field: str, text: str, most: int) -> str:
    said = " ".join(text.split())
    if len(said) > most:
        raise BadInput(field, f"at most {most} characters")
    return said


@transaction.atomic
def mediate(person: Person, id: str, mediator: str) -> Dispute:
    """Name a mediator, or another one. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    if dispute.state not in rules.OPEN:
        raise rules.OF_IT.not_now(dispute.state, "name a mediator")
    name = words("mediator", mediator, NAME, "who mediates")
    dispute.mediator = vault.put(name.encode(), clock.now() + KEPT)
    dispute.save(update_fields=["mediator"])
    tell(dispute, "dispute.mediator", person.by)
    return dispute


@transaction.atomic
def annotate(person: Person, id: str, text: str) -> None:
    """Publish our note on the published summary. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    if not dispute.summaries.filter(state="published").exists():
        raise rules.OF_IT.not_now(f"{dispute.state}, without a summary that is published", "annotate it")
    speaking.say(person, dispute.relation_id, text, thing=dispute.number)


# -- moved ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def move(person: Person, id: str, step: str, reason: str, regulation: str = "") -> Dispute:
    """Move a dispute by one hand; its relation follows. What is put to people about it is void.

    `regulation`: of `rule-changed`, the id of ours whose change ended it. Raises NotAllowed, NotNow, BadInput,
    Dispute.DoesNotExist.
    """
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    if step not in rules.BY_ONE:
        says = "it takes terms that the quorum signs" if step == "settle" else f"one of {', '.join(rules.BY_ONE)}"
        raise BadInput("step", says)
    said = _reason(reason)
    rules.OF_IT.after(dispute.state, step)
    if step == "leave" and dispute.relation.state != "left":
        raise rules.OF_IT.not_now(f"{dispute.state}, and we have not left that country", step)
    if step == "rule-changed":
        dispute.ours = _version(dispute, regulation)
    moved(dispute, step, said, person.by, signed_as([person]))
    return dispute


def _reason(text: str) -> str:
    return words("reason", text, REASON, "say why, in a sentence, without personal data; it is published")


def _version(dispute: Dispute, regulation: str) -> str:
    """The version in force of the regulation whose change ended a dispute. Raises BadInput."""
    library = in_force.library(dispute.realm)
    try:
        pack = library.in_force(regulation, clock.now())
    except NoPack:
        pack = None
    if pack is None or regulation not in library.ids():
        raise BadInput("regulation", "the id of a regulation that is in force, as it stands under Regulations")
    return f"{pack.id} {pack.version}"


def moved(dispute: Dispute, step: str, reason: str, by: str, who: str, act: str = "") -> None:
    """Take a step of a locked dispute's life, with all that follows from it: clocks, interim measures, its relation.

    Raises NotNow.
    """
    before, now = dispute.state, clock.now()
    _call_off(dispute)
    decisions.void(DISPUTE, dispute, step)
    dispute.outcome, dispute.moved_at = rules.OUTCOME_OF.get(step, dispute.outcome), now
    dispute.save(update_fields=["outcome", "moved_at", "ours"])
    Move.objects.create(
        dispute=dispute, at=now, step=step, before=before, after=dispute.state, reason=reason, by=who, act=act
    )
    told = {"step": step, "before": before, "after": dispute.state}
    tell(dispute, "dispute.moved", by, {"act": act} if act else None, **told)
    _clocks(dispute, before)
    if dispute.state in rules.ENDED:
        for interim in Interim.objects.select_for_update().filter(dispute=dispute, state="standing"):
            end_interim(interim, "ended", by)
    _relation(dispute, step, reason, by, who)


def _call_off(dispute: Dispute) -> None:
    """Terms that wait for people or for the State no longer do."""
    waiting = Settlement.objects.filter(dispute=dispute)
    waiting.filter(state="proposed").update(state="returned")
    if waiting.filter(state="signed").update(state="withdrawn"):
        speaking.call_off(dispute.relation, relations.SETTLEMENT, dispute.number)


def _clocks(dispute: Dispute, before: str) -> None:
    """Deadlines stand still while a dispute rests, and end with it."""
    mine = Due.objects.filter(dispute=dispute, met_at=None)
    if dispute.state == "stayed" or dispute.state in rules.ENDED:
        mine.filter(stopped_at=None).update(stopped_at=clock.now())
    elif before == "stayed":
        for due in mine.exclude(stopped_at=None):
            _resumed(due)


def _resumed(due: Due) -> None:
    """What was left of a deadline runs on, but for one whose time was over before it was stopped."""
    if due.stopped_at is None or due.due_target <= due.stopped_at:
        return
    rest = clock.now() - due.stopped_at
    Due.objects.filter(pk=due.pk).update(
        stopped_at=None, due_target=due.due_target + rest, due_legal=due.due_legal + rest, soon_at=None, late_at=None
    )


def end_interim(interim: Interim, state: str, by: str) -> None:
    """End a locked interim measure."""
    interim.state, interim.ended_at = state, clock.now()
    interim.save(update_fields=["state", "ended_at"])
    tell(interim.dispute, "interim.ended", by, {"interim": interim.pk}, state=state)


def _relation(dispute: Dispute, step: str, reason: str, by: str, who: str) -> None:
    """The relation is in dispute while one is open, and follows the last one out of it."""
    relation = countries.locked(dispute.relation_id)
    said = f"{dispute.number}: {reason}"
    if step in ("file", "appeal"):
        countries.follow(relation, "dispute", said, by, who)
    elif (then := rules.MOVES_RELATION.get(step)) and not read.first_open(relation):
        countries.follow(relation, then, said, by, who)


# -- put to the quorum ------------------------------------------------------------------------------------------------


def propose(person: Person, id: str, kind: str, said: Mapping[str, str]) -> str:
    """Put a settlement (SETTLE: title, terms, starts, until, reason) or a summary (PUBLISH: text) to the quorum; gives
    the act's hash. Raises NotAllowed, NotNow, BadInput, Dispute.DoesNotExist."""
    _not_theirs(person, id)
    return decisions.propose(DISPUTE, id, kind, said, by=person)


def _quorum(dispute: Dispute, step: str) -> Quorum:
    """Who signs: nobody whose own jurisdiction is the State that is the other party."""
    asked = quorums()[step]
    theirs = Person.objects.filter(jurisdiction=dispute.country).values_list("id", flat=True)
    return Quorum(asked.count, asked.roles, asked.jurisdictions, without=tuple(sorted(map(str, theirs))))


def _not_theirs(person: Person, id: str) -> None:
    """Raises BadInput for a person whose own jurisdiction is the other party."""
    if person.jurisdiction == Dispute.objects.select_related("relation").get(id=id).country:
        raise BadInput("jurisdiction", "nobody decides whose own jurisdiction is the State that is the other party")


def _made_settlement(dispute: Dispute, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    rules.OF_IT.after(dispute.state, "settle")
    if Settlement.objects.filter(dispute=dispute, state="signed").exists():
        raise rules.OF_IT.not_now(f"{dispute.state}, with signed terms that wait for the State", "put other terms")
    starts = countries.day_of("starts", said.get("starts", ""))
    until = countries.day_of("until", said["until"]) if said.get("until") else None
    if until is not None and until <= max(starts, clock.now().date()):
        raise BadInput("until", "it must end after it begins, and not in the past")
    terms = block("terms", said.get("terms", ""), TEXT, "what was agreed, whole; it is published")
    act = {
        "kind": kind,
        "what": ["settle a dispute with a State"],
        "country": dispute.country,
        "dispute": dispute.number,
        "title": words("title", said.get("title", ""), TITLE, "what it is called"),
        "text": terms,
        "sha256": sha256(terms.encode()).hexdigest(),
        "starts": starts.isoformat(),
        "until": until.isoformat() if until else None,
        "reason": _reason(said.get("reason", "")),
    }
    return act, _quorum(dispute, "settle")


def _made_summary(dispute: Dispute, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    if dispute.state == "drafted":
        raise rules.OF_IT.not_now(dispute.state, "publish a summary")
    text = block("text", said.get("text", ""), SUMMARY, "what both sides could sign as true; it is published")
    act = {
        "kind": kind,
        "what": ["publish a neutral summary of a dispute"],
        "country": dispute.country,
        "dispute": dispute.number,
        "text": text,
        "sha256": sha256(text.encode()).hexdigest(),
    }
    return act, _quorum(dispute, "publish")


def _proposed(dispute: Dispute, act: Mapping[str, Any], hash: str, by: str) -> None:
    if act["kind"] == SETTLE:
        Settlement.objects.filter(dispute=dispute, state="proposed").update(state="returned")
        Settlement.objects.create(
            dispute=dispute,
            n=dispute.settlements.count() + 1,
            title=act["title"],
            terms=act["text"],
            sha256=act["sha256"],
            reason=act["reason"],
            starts=date.fromisoformat(act["starts"]),
            until=date.fromisoformat(act["until"]) if act["until"] else None,
            act=hash,
            at=clock.now(),
        )
    else:
        version = dispute.summaries.count() + 1
        Summary.objects.create(
            dispute=dispute, version=version, text=act["text"], sha256=act["sha256"], act=hash, at=clock.now()
        )
        Settlement.objects.filter(dispute=dispute, state="proposed").update(state="returned")
    tell(dispute, "settlement.proposed" if act["kind"] == SETTLE else "summary.proposed", by, {"act": hash})


def sign(person: Person, id: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one signature; true when it meets the quorum. `response` is the passkey's, None for a demo person. Raises
    ApprovalRefused, NotAllowed, NotNow, BadInput, Dispute.DoesNotExist."""
    _not_theirs(person, id)
    return decisions.sign(DISPUTE, id, person, hash, response)


def _published(dispute: Dispute, signed: ApprovedAct, person: Person) -> None:
    """The quorum has signed: everyone reads this summary, and the one before no longer stands."""
    approvals.keep(signed.hash, clock.now() + FOR_EVER)
    summary = Summary.objects.select_for_update().get(dispute=dispute, act=signed.hash)
    _whole(summary.text, summary.sha256, signed)
    Summary.objects.filter(dispute=dispute, state="published").update(state="superseded")
    summary.state, summary.by, summary.at = "published", signed_as(signed.approvals), clock.now()
    summary.save(update_fields=["state", "by", "at"])
    decisions.void(DISPUTE, dispute)
    tell(dispute, "summary.published", person.by, {"act": signed.hash}, sha256=summary.sha256)


def _whole(text: str, sha: str, signed: ApprovedAct) -> None:
    if not sha256(text.encode()).hexdigest() == sha == signed.act["sha256"]:
        raise approvals.ApprovalRefused("gone", "the text is not the one that was signed")


def _signed(dispute: Dispute, signed: ApprovedAct, person: Person) -> None:
    """The quorum has signed terms: the State is asked by its link, and where it has no address they stand at once."""
    approvals.keep(signed.hash, clock.now() + FOR_EVER)
    rules.OF_IT.after(dispute.state, "settle")
    settlement = Settlement.objects.select_for_update().get(dispute=dispute, act=signed.hash, state="proposed")
    _whole(settlement.terms, settlement.sha256, signed)
    settlement.state, settlement.by, settlement.signed_at = "signed", signed_as(signed.approvals), clock.now()
    settlement.save(update_fields=["state", "by", "signed_at"])
    decisions.void(DISPUTE, dispute)
    tell(dispute, "settlement.signed", person.by, {"act": signed.hash})
    relation = countries.locked(dispute.relation_id)
    if relation.contact:
        speaking.send(relation, relations.SETTLEMENT, person.by, dispute.number)
    else:
        stand(dispute, settlement, person.by, "")


def stand(dispute: Dispute, settlement: Settlement, by: str, confirmed: str) -> None:
    """Signed terms of a locked dispute stand: it is settled, and they are published as the agreement. `confirmed`: how
    the State did so; empty where it has no address."""
    settlement.state, settlement.confirmed_by = "standing", confirmed
    settlement.confirmed_at = clock.now() if confirmed else None
    settlement.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    moved(dispute, "settle", settlement.reason, by, settlement.by, settlement.act)
    relation: Relation = countries.locked(dispute.relation_id)
    terms = Terms(
        settlement.title,
        settlement.terms,
        settlement.sha256,
        f"{dispute.number}: {settlement.reason}",
        settlement.starts,
        settlement.until,
        settlement.act,
    )
    countries.settle(relation, terms, by, settlement.by, last=not read.first_open(relation))


@transaction.atomic
def withdraw(person: Person, id: str, reason: str) -> Dispute:
    """Take back signed terms that the State hasn't confirmed; its link no longer works. Raises NotAllowed, NotNow,
    BadInput, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    said = _reason(reason)
    if not dispute.settlements.filter(state="signed").exists():
        raise rules.OF_IT.not_now(f"{dispute.state}, without signed terms that wait", "take terms back")
    _call_off(dispute)
    kept = vault.put_json({"text": said}, clock.now() + KEPT)
    tell(dispute, "settlement.withdrawn", person.by, {"reason": kept})
    return dispute


@transaction.atomic
def ask_again(person: Person, id: str) -> None:
    """Send the State its link to confirm signed terms once more. Raises NotAllowed, NotNow, Dispute.DoesNotExist."""
    dispute = locked(id)
    allow(person, "dispute.move", dispute)
    relation = countries.locked(dispute.relation_id)
    if not relation.contact or not dispute.settlements.filter(state="signed").exists():
        raise rules.OF_IT.not_now(f"{dispute.state}, without signed terms that wait", "ask the State to confirm")
    speaking.send(relation, relations.SETTLEMENT, person.by, dispute.number)


def send_back(person: Person, id: str, reason: str) -> Dispute:
    """Send what was put to people back, with a reason; signatures given are void. Raises NotAllowed, NotNow."""
    _not_theirs(person, id)
    return decisions.send_back(DISPUTE, id, person, _reason(reason))


def _returned(dispute: Dispute, hash: str, back: Back, reason: str, person: Person) -> None:
    settled = Settlement.objects.filter(dispute=dispute, act=hash).update(state="returned")
    kept = vault.put_json({"text": reason}, clock.now() + KEPT)
    tell(dispute, "settlement.returned" if settled else "summary.returned", person.by, {"reason": kept, "act": hash})


def _back(dispute: Dispute, how: str) -> Back:
    if not dispute.act:
        raise rules.OF_IT.not_now(f"{dispute.state}, with nothing put to people", "return")
    return Back("dispute.agree")


DISPUTE: Subject[Dispute] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda dispute: dispute.number,
    kinds={
        SETTLE: Kind(_made_settlement, may_put="dispute.agree", may_sign="dispute.agree", follows=_signed),
        PUBLISH: Kind(_made_summary, may_put="dispute.agree", may_sign="dispute.agree", follows=_published),
    },
    proposed=_proposed,
    back=_back,
    returned=_returned,
    rises=True,
)


# -- what time alone brings about -------------------------------------------------------------------------------------


AT_ONCE = 50


def keep_time(now: datetime) -> None:
    """End interim measures whose time is over; tell what is due soon, and what is late. Each once, by its row (`now`:
    UTC)."""
    over = Interim.objects.filter(state="standing", until__lte=now).order_by("until", "id")
    for id in list(over.values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            interim = Interim.objects.select_for_update(of=("self",)).select_related("dispute__relation").get(id=id)
            if interim.state == "standing":
                end_interim(interim, "ended", GATEWAY)
    _due(now, "soon_at", "dispute.due-soon", now + rules.SOON)
    _due(now, "late_at", "dispute.late", now)


def _due(now: datetime, mark: str, kind: str, until: datetime) -> None:
    waiting = read.running().filter(**{mark: None}, due_target__lte=until)
    for due in list(waiting[:AT_ONCE]):
        with transaction.atomic():
            same = Due.objects.filter(pk=due.pk, met_at=None, stopped_at=None, **{mark: None})
            if same.update(**{mark: now}) and (mark == "late_at" or due.due_target > now):
                tell(due.dispute, kind, GATEWAY, {"due": due.pk}, side=due.side)
