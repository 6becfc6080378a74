"""The only writers of admissions: put, sign, object, let in, confirm; each one transaction with its event.

1. Somebody comes by a one-time link, or is proposed for a further role: what is to be signed names them, their keys and
   who brought them in, and stands in the record from then on.
2. Two who decide and one who guards sign, from two jurisdictions. An objection voids what was signed; it is put anew.
3. When all have signed and the record has shown it for a day, the clock verifies everything again, and lets them in.
4. Until a guardian confirms that who came and who brought them are two people, the two count once in every quorum.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from comity import clock
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people import admissions as texts
from comity.people import approvals
from comity.people import commands as people
from comity.people.approvals import ApprovalRefused, ApprovedAct, NotApproved
from comity.people.commands import Refused
from comity.people.models import Approval, Domain, Invite, Key, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import ADMIT, CONFIRM, GUARDIAN, QUIET_HOURS, Quorum, admission_quorum
from comity.record import read
from comity.record.models import Leaf
from comity.vault import commands as vault

from . import rules
from .models import Admission, Objection

GATEWAY = "gateway"
REALM = "real"
OPEN_AT_MOST = 50


def locked(id: str) -> Admission:
    """An admission's row, locked until the transaction ends."""
    return Admission.objects.select_for_update().get(id=id)


# Put ------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def enrol(token: str, person_id: uuid.UUID, challenge: bytes, response: Mapping[str, Any]) -> Key:
    """Make the candidate of a one-time link, with their first passkey, and put their admission. Raises Refused,
    PasskeyRefused."""
    key = people.enrol(token, person_id, challenge, response)
    invited = Invite.objects.get(person=key.person)
    sponsor = invited.by.removeprefix("person:") if invited.by.startswith("person:") else ""
    _put(Admission(person=key.person, roles=invited.roles, sponsor=sponsor, invitation=invited.act), invited.by)
    return key


@transaction.atomic
def propose(by: Person, person: Person, roles: list[str]) -> Admission:
    """Propose somebody who is here for a further role that decides. Raises NotAllowed, Refused."""
    allow(by, "person.propose", person)
    wanted, subject = people.wanted_roles(roles), people.lock(person)
    if not people.is_here(subject) or subject.pk == by.pk:
        raise Refused("Another person who works here is asked for.")
    if set(wanted) <= set(subject.roles) or not rules.decides(wanted):
        raise Refused(f"role: one that decides, and that this person doesn't have, not {', '.join(wanted)}")
    people.verify_alone({*subject.roles, *wanted})
    if Admission.objects.filter(person=subject, state__in=rules.OPEN).exists():
        raise Refused("An admission of this person is open already.")
    return _put(Admission(person=subject, roles=wanted, sponsor=str(by.pk)), by.by)


def _put(row: Admission, by: str) -> Admission:
    if Admission.objects.filter(state__in=rules.OPEN).count() >= OPEN_AT_MOST:
        raise Refused(f"{OPEN_AT_MOST} admissions wait already. Sign or end some of them first.")
    row.put_at = clock.now()
    row.save(force_insert=True)
    decisions.put(ADMISSION, row, ADMIT, by=by)
    return row


def _text(row: Admission, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What is signed: who, with which keys, brought in by whom, against whose objections."""
    person = row.person
    at_home = Domain.objects.filter(person=person).values_list("name", flat=True).first()
    act = {
        "kind": kind,
        "put_by": "",
        "person": str(person.pk),
        "called": person.name,
        "jurisdiction": person.jurisdiction,
        "roles": sorted(row.roles),
        "keys": texts.keys_of(person),
        "sponsor": row.sponsor,
        "invitation": row.invitation,
        "objections": row.objections.count(),
        "hours": QUIET_HOURS if rules.decides(row.roles) else 0,
    }
    return act | ({"domain": at_home} if at_home else {}), admission_quorum(row.roles, str(person.pk))


def _proposed(row: Admission, act: Mapping[str, Any], hash: str, by: str) -> None:
    if act["kind"] == CONFIRM:
        return
    told = {"roles": sorted(row.roles), "jurisdiction": row.person.jurisdiction}
    sealed = {"person": str(row.person_id), "act": hash}
    event = record("person.proposed", realm=REALM, by=by, public=told, sealed=sealed)
    row.event, row.logged_at = event.id, None
    row.save(update_fields=["event", "logged_at"])


# Signed ---------------------------------------------------------------------------------------------------------------


def sign(person: Person, id: str, hash: str, response: Mapping[str, Any]) -> bool:
    """Sign an admission, or a confirmation; whether the quorum is met by it. Raises ApprovalRefused, NotNow."""
    return decisions.sign(ADMISSION, id, person, hash, response)


def _agreed(row: Admission, signed: ApprovedAct, person: Person) -> None:
    """A helper, who counts in no quorum, is let in with the signature; who is to decide waits for the day."""
    if not rules.decides(row.roles):
        _let_in(row, signed)


def _let_in(row: Admission, signed: ApprovedAct) -> None:
    people.grant(signed)
    row.state = rules.LIFE.after(row.state, "admit")
    row.save(update_fields=["state"])


# Objected -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def object_to(person: Person, id: str, reason: str) -> Admission:
    """Object, once: what was signed is void, and it is put anew with this said against it. Raises NotAllowed, NotNow,
    BadInput."""
    row = locked(id)
    allow(person, "person.object", row)
    if row.person_id == person.pk:
        raise BadInput("reason", "nobody objects to their own admission; an administrator can end it")
    if row.objections.filter(by=str(person.pk)).exists():
        raise BadInput("reason", "you have objected already; those who sign now have read it")
    rules.LIFE.after(row.state, "object")
    hash = row.act
    _keep(row, reason, str(person.pk))
    decisions.void(ADMISSION, row, "object")
    _tell_objection(row, hash, "desk", person.by)
    decisions.put(ADMISSION, row, ADMIT, by=GATEWAY)
    return row


@transaction.atomic
def object_from_outside(hash: str, reason: str) -> None:
    """Anybody's word against an admission, which those who sign read before they do. It stops nothing by itself. Raises
    Admission.DoesNotExist, NotNow, BadInput."""
    row = locked(Admission.objects.get(act=hash, state__in=rules.OPEN).id)
    if row.objections.filter(by="").count() >= rules.OUTSIDERS:
        raise BadInput("reason", f"{rules.OUTSIDERS} objections came already; those who sign read these")
    _keep(row, reason, "")
    _tell_objection(row, hash, "outside", GATEWAY)


def _keep(row: Admission, reason: str, by: str) -> None:
    said = reason.strip()
    if not said or len(said) > rules.REASON:
        raise BadInput("reason", f"a reason of 1 to {rules.REASON} characters is asked for")
    try:
        doc = vault.put(said.encode(), clock.now() + timedelta(days=365))
    except UnicodeEncodeError:
        raise BadInput("reason", "it holds half a character (a lone surrogate)") from None
    Objection.objects.create(admission=row, by=by, version=row.version, doc=doc, at=clock.now())


def _tell_objection(row: Admission, hash: str, source: str, by: str) -> None:
    sealed = {"person": str(row.person_id), "act": hash}
    record("person.objected", realm=REALM, by=by, public={"source": source}, sealed=sealed)


def said_against(row: Admission) -> list[tuple[Objection, str]]:
    """The objections to an admission with their words, oldest first; without those whose time is over."""
    found = list(row.objections.order_by("at"))
    words = vault.get_many([one.doc for one in found])
    return [(one, words[one.doc].decode()) for one in found if one.doc in words]


# Let in ---------------------------------------------------------------------------------------------------------------


def in_record(row: Admission) -> bool:
    """Whether the record's published head holds that an admission was put, cosigned where it has witnesses."""
    leaf = Leaf.objects.filter(event=row.event or 0).exclude(body=None).first()
    if leaf is None:
        return False
    head = read.head(leaf.realm)
    return leaf.num < head.size and bool(head.witnesses or not head.all)


def keep_time(now: datetime, seen: Callable[[Admission], bool] = in_record) -> None:
    """Begin the day of what the record now shows, and let in whose day is over (`now`: UTC)."""
    for row in Admission.objects.filter(state__in=rules.OPEN, logged_at=None):
        if seen(row):
            Admission.objects.filter(id=row.id, event=row.event, logged_at=None).update(logged_at=now)
    agreed = Admission.objects.filter(state="agreed", logged_at__lte=now - rules.QUIET)
    for id in list(agreed.values_list("id", flat=True)):
        admit(id, now)
    stale = Admission.objects.filter(state="waits", put_at__lte=now - rules.LAPSES)
    decisions.expire_each(ADMISSION, list(stale.values_list("id", flat=True)), now)


@transaction.atomic
def admit(id: str, now: datetime) -> bool:
    """Let somebody in whose admission is signed and was shown for a day; whether it was done. Everything is verified
    again; what doesn't verify any more ends the admission."""
    row = locked(id)
    due = rules.due(row.logged_at)
    if row.state != "agreed" or due is None or due > now:
        return False
    try:
        with transaction.atomic():
            _let_in(row, approvals.approved(row.act, case=row.id, kind=ADMIT))
    except (NotApproved, Refused):
        row.refresh_from_db()
        _end(row)
        return False
    return True


def left(event: Event) -> None:
    """Somebody left: their own admission ends, and what they signed and isn't done is put anew to those who remain."""
    gone = uuid.UUID(str(event.sealed["person"]))
    for id in list(Admission.objects.filter(state__in=rules.OPEN, person=gone).values_list("id", flat=True)):
        with transaction.atomic():
            if (row := locked(id)).state in rules.OPEN:
                _end(row)
    signed = Approval.objects.filter(person=gone, act__kind=ADMIT).values_list("act_id", flat=True)
    for id in list(Admission.objects.filter(state__in=rules.OPEN, act__in=list(signed)).values_list("id", flat=True)):
        with transaction.atomic():
            if (row := locked(id)).state in rules.OPEN:
                decisions.void(ADMISSION, row, "object")
                decisions.put(ADMISSION, row, ADMIT, by=GATEWAY)


def _end(row: Admission) -> None:
    hash = row.act
    decisions.void(ADMISSION, row, "end")
    _ended(row, hash)


def _ended(row: Admission, hash: str) -> None:
    record("person.declined", realm=REALM, by=GATEWAY, sealed={"person": str(row.person_id), "act": hash})


# Confirmed ------------------------------------------------------------------------------------------------------------


def put_confirmation(by: Person, id: str) -> str:
    """Put to the guardians that who came and who brought them are two people; returns the act's hash.

    Raises NotAllowed, NotNow."""
    return decisions.propose(ADMISSION, id, CONFIRM, by=by)


def _confirmation(row: Admission, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    if row.state != "admitted" or not row.sponsor:
        raise rules.LIFE.not_now(row.state, "confirm")
    pair = (row.sponsor, str(row.person_id))
    return {"kind": kind, "put_by": "", "people": list(pair)}, Quorum(1, tuple(GUARDIAN), without=pair)


def _confirmed(row: Admission, signed: ApprovedAct, person: Person) -> None:
    approvals.keep(signed.hash, clock.now() + people.FOR_EVER)
    sealed = {"person": str(row.person_id), "act": signed.hash}
    record("person.confirmed", realm=REALM, by=person.by, sealed=sealed)


def _never_back(row: Admission, how: str) -> Back:
    raise rules.LIFE.not_now(row.state, "send-back")


ADMISSION: Subject[Admission] = Subject(
    life=rules.LIFE,
    lock=locked,
    number=lambda row: str(row.id),
    kinds={
        ADMIT: Kind(make=_text, met="agree", follows=_agreed),
        CONFIRM: Kind(make=_confirmation, met="confirm", may_put="person.propose", follows=_confirmed),
    },
    proposed=_proposed,
    back=_never_back,
    returned=lambda row, hash, back, reason, person: None,
    ends=lambda row: row.put_at + rules.LAPSES,
    lapse="end",
    expired=_ended,
)
__all__ = ["ADMISSION", "ApprovalRefused", "admit", "enrol", "keep_time", "object_to", "propose", "sign"]
