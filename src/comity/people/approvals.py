"""The product's one approval and quorum: passkey signatures over the SHA-256 of a canonical act.

1. `propose` fixes an act as text: what is to be done, the quorum, the realm, the case's version, a random id.
2. `options` and `approve`: each person's authenticator signs the text's hash as its WebAuthn challenge.
3. `approved` reads the text again, verifies every signature and every signer's roles at that instant, and only then
   returns an `ApprovedAct`. Nothing else in the product can make one, so what was not approved cannot be carried out.

Locks are always taken in the same order: the subject's row (by the caller), the act's row, the person's row.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.vault import commands as vault

from . import demo_keys, one_person, passkeys, tags
from .chain import standing as standing
from .models import Act, Approval, Key, Person
from .rules import FOUNDING, Quorum, Signer, counts, helps, may_sign, met

REASONS = {
    "unknown": "There is no such act.",
    "void": "The case has changed since this was put to you. Open it again and read the current version.",
    "complete": "Enough people have approved this already; your signature was not needed and is not recorded.",
    "realm": "The demo's people approve only in the demo, and real people only outside it.",
    "inactive": "This person no longer works here.",
    "role": "This act needs another role.",
    "twice": "You have approved this already. The next signature must be another person's.",
    "jurisdiction": "This act needs people from more jurisdictions. The next signature must come from another one.",
    "pair": "Whoever brought you in, or whom you brought in, has signed this: you count once until a guardian confirms "
    "that you are two people.",
    "group": "Enough of those who sign in your role have signed; the next signature must be by somebody in the other.",
    "signature": "The passkey's answer does not fit this act.",
    "gone": "The text of this act can no longer be read.",
    "altered": "What was signed here no longer verifies. It is not carried out; ask whoever runs this gateway.",
    "older": "This was put to people before you joined. Only people here then can sign it; it can be put again.",
    "one-person": "This was put under the rule for a desk of one person, which doesn't hold here. Put it again.",
}


class ApprovalRefused(Exception):
    """An approval that doesn't count. `reason` is a key of REASONS; the text is for the person."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{REASONS[reason]} ({detail})" if detail else REASONS[reason])
        self.reason = reason


class NotApproved(Exception):
    """The stored act, its signatures or its signers fail verification; the text says what fails."""


_MAKER = object()
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class ApprovedBy:
    """One verified signature: who (person's id), in which roles, from which jurisdiction, when (UTC)."""

    person: str
    roles: frozenset[str]
    jurisdiction: str
    key: str
    at: datetime
    one_with: str = ""  # see `rules.Signer`


@dataclass(frozen=True)
class ApprovedAct:
    """An act whose signatures have just been verified again. Only `approved` makes one; it is immutable."""

    text: bytes
    hash: str
    approvals: tuple[ApprovedBy, ...]
    maker: object = None

    def __post_init__(self) -> None:
        if self.maker is not _MAKER:
            raise TypeError("an ApprovedAct is made by people.approvals.approved alone")
        object.__setattr__(self, "maker", None)

    @property
    def act(self) -> dict[str, Any]:
        """What was signed, parsed from the signed text on each access, so that no caller can alter it for another."""
        return dict(json.loads(self.text))


def canonical(act: Mapping[str, Any]) -> bytes:
    """The one text of an act: JSON in UTF-8, keys sorted, no whitespace.

    It may hold strings, integers, booleans, null, lists and objects: no floats, whose text differs between writers.
    Raises ValueError naming what else it found.
    """
    _check_value(act, "act", 0)
    try:
        return json.dumps(act, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict).encode()
    except UnicodeEncodeError:
        raise ValueError("act: a text holds half a character (a lone surrogate)") from None


def _check_value(value: object, where: str, depth: int) -> None:
    if depth > 20:
        raise ValueError(f"{where}: nested too deeply for an act")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise ValueError(f"{where}: keys of an act are texts")
            _check_value(inner, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _check_value(inner, f"{where}[{number}]", depth + 1)
    elif not (value is None or isinstance(value, str | int)):
        raise ValueError(f"{where}: an act holds texts, whole numbers, yes/no, null, lists and objects only")


@transaction.atomic
def propose(act: Mapping[str, Any], *, realm: str, case: str | None, version: int, quorum: Quorum) -> str:
    """Fix an act for people to approve; returns its hash. Acts on earlier versions of the case become void.

    The signed text also carries realm, case, version, quorum and a random id (`nonce`), so a signature fits this act
    alone. The caller holds the case's lock. Raises ValueError.
    """
    text = canonical(_complete(act, realm, case, version, quorum))
    hash = sha256(text).hexdigest()
    if Act.objects.filter(hash=hash).exists():
        return hash
    if case is not None:
        void(case, version)
    until = clock.now() + timedelta(days=settings.COMITY.keep_days)
    tags.make(
        Act,
        hash=hash,
        realm=realm,
        kind=act["kind"],
        case=case,
        version=version,
        doc=vault.put(text, until),
        quorum=quorum.as_json(),
        proposed_at=clock.now(),
    )
    return hash


def _complete(act: Mapping[str, Any], realm: str, case: str | None, version: int, quorum: Quorum) -> dict[str, Any]:
    if not isinstance(act.get("kind"), str) or not 0 < len(act["kind"]) <= 40:
        raise ValueError("act.kind: a name of 1 to 40 letters is asked for")
    fixed = {"realm": realm, "case": case, "version": version, "quorum": quorum.as_json()}
    for name, value in fixed.items():
        if name in act and act[name] != value:
            raise ValueError(f"act.{name}: says other than what is proposed")
    return {**act, **fixed, "nonce": act.get("nonce") or secrets.token_hex(16)}


@transaction.atomic
def void(case: str, below_version: int) -> int:
    """Void the acts on earlier versions of the case that are not approved yet; returns how many.

    Locked in the order of their hashes, so that two callers cannot deadlock.
    """
    stale = Act.objects.select_for_update(no_key=True).filter(case=case, version__lt=below_version, state="open")
    acts = list(stale.order_by("hash"))
    for act in acts:
        _void(act)
    return len(acts)


@transaction.atomic
def drop(hash: str) -> None:
    """Void one act that isn't approved yet; does nothing to any other."""
    for act in Act.objects.select_for_update(no_key=True).filter(hash=hash, state="open"):
        _void(act)


def _void(act: Act) -> None:
    act.state = "void"
    act.save(update_fields=["state"])
    record(
        "approval.voided",
        realm=act.realm,
        by="gateway",
        case=act.case,
        once=f"approval.voided:{act.hash}",
        public={"kind": act.kind},
        sealed={"act": act.hash},
    )


def options(person: Person, hash: str) -> dict[str, Any]:
    """The `navigator.credentials.get` options with which this person may sign this act. Raises ApprovalRefused."""
    act = _find(hash, Act.objects.all())
    _refuse_unless_open_to(person, act)
    return passkeys.request_options(sha256(_text(act)).digest(), held_by([person]))


def held_by(people: Iterable[Person]) -> list[bytes]:
    """The public keys that these people currently hold, without rows that this gateway did not write."""
    held = Key.objects.filter(person__in=list(people), ended_at=None).order_by("enrolled_at", "pk")
    return [bytes(key.public) for key in held if tags.fits(key)]


def approve(person: Person, hash: str, response: Mapping[str, Any]) -> Approval:
    """Record one person's approval, given by their browser as WebAuthn JSON. Raises ApprovalRefused.

    The act becomes `approved` once its quorum is met; `Approval.complete` says whether this approval met it. A refusal
    is recorded as an event; a caller that rolls back its own transaction calls `keep_refusal` afterwards.
    """
    try:
        with transaction.atomic():
            return _approve(person, hash, response)
    except ApprovalRefused as refusal:
        keep_refusal(person, hash, refusal)
        raise


def approve_as_demo(person: Person, hash: str) -> Approval:
    """Approve with the software authenticator that this server keeps for a demo person. Raises ApprovalRefused."""
    act = _find(hash, Act.objects.all())
    if not (settings.COMITY.demo and person.realm == "demo" and act.realm == "demo"):
        raise ApprovalRefused("realm")
    return approve(person, hash, demo_keys.load(person).sign(sha256(_text(act)).digest(), person=person.id.bytes))


def _approve(person: Person, hash: str, response: Mapping[str, Any]) -> Approval:
    # The act's row is locked first and the person's second, so that two deciders take turns and a deactivation
    # either comes before this signature or after it.
    act = _find(hash, Act.objects.select_for_update(no_key=True))
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    _refuse_unless_open_to(person, act)
    key, now = _verify(person, act, response), clock.now()
    approval = tags.make(Approval, act=act, person=person, key=key, at=now, response=passkeys.kept(response))
    signers = _signers(act)
    approval.complete = met(act.rule, signers)
    if approval.complete:
        act.state, act.approved_at = "approved", now
        act.save(update_fields=["state", "approved_at"])
    _record_approval(act, person, approval, len(signers))
    return approval


def _verify(person: Person, act: Act, response: Mapping[str, Any]) -> Key:
    held = {bytes(key.public): key for key in Key.objects.filter(person=person, ended_at=None) if tags.fits(key)}
    try:
        return held[passkeys.verify_assertion(sha256(_text(act)).digest(), held, response)]
    except passkeys.PasskeyRefused as refusal:
        raise ApprovalRefused("signature", str(refusal)) from None


def _record_approval(act: Act, person: Person, approval: Approval, number: int) -> None:
    record(
        "approval.given",
        realm=act.realm,
        by=person.by,
        case=act.case,
        once=f"approval.given:{approval.pk}",
        public={"number": number, "of": act.rule.count},
        sealed={"act": act.hash, "approval": str(approval.pk), "jurisdiction": person.jurisdiction},
    )


@transaction.atomic
def keep_refusal(person: Person, hash: str, refusal: ApprovalRefused) -> None:
    """Record a refusal: for `approve`, and for its caller after rolling back the transaction around it."""
    act = Act.objects.filter(hash=hash).first() if refusal.reason != "unknown" else None
    record(
        "approval.refused",
        realm=person.realm,
        by=person.by,
        case=act.case if act else None,
        sealed={"act": act.hash if act else "", "why": refusal.reason},
    )


def _find(hash: str, acts: Any) -> Act:
    act: Act | None = acts.filter(hash=hash).first() if _HASH.fullmatch(hash) else None
    if act is None:
        raise ApprovalRefused("unknown")
    return act


def of_case(hash: str, case: str) -> Act:
    """The act on a case that a page named. Raises ApprovalRefused."""
    return _find(hash, Act.objects.filter(case=case))


def _text(act: Act) -> bytes:
    """The act's text, checked against its hash. Raises ApprovalRefused."""
    try:
        text = vault.get(act.doc)
    except vault.Gone:
        raise ApprovalRefused("gone") from None
    if sha256(text).hexdigest() != act.hash:
        raise ApprovalRefused("gone", "it was changed")
    return text


def under_of(act: Act) -> dict[str, Any]:
    """The rule under which one signature is enough for an act, as its text names it; empty for all others.

    Raises ApprovalRefused if the text cannot be read.
    """
    return dict(json.loads(_text(act)).get("under") or {})


def _refuse_unless_open_to(person: Person, act: Act) -> None:
    if not person.is_active:
        raise ApprovalRefused("inactive")
    if (person.realm == "demo") != (act.realm == "demo") or (person.realm == "demo" and not settings.COMITY.demo):
        raise ApprovalRefused("realm")
    as_of = standing(person, clock.now())
    if not (may_sign(person, act.kind, act) and counts(act.rule, as_of)):
        raise ApprovalRefused("role")
    signers = _signers(act)
    if any(signer.person == str(person.id) for signer in signers):
        raise ApprovalRefused("twice")
    if act.state != "open":
        raise ApprovalRefused("void" if act.state == "void" else "complete")
    if act.proposed_at < person.enrolled_at:
        raise ApprovalRefused("older")
    if not helps(act.rule, signers, as_of):
        raise ApprovalRefused(_why_no_help(act.rule, signers, as_of))
    under = under_of(act)
    if under and founded_alone(str(person.id), clock.now()) != under["charter"]:
        raise ApprovalRefused("one-person")


def _why_no_help(rule: Quorum, signers: list[Signer], one: Signer) -> str:
    """Why another signature brings an act no nearer: a key of REASONS."""
    if any(other.person == one.one_with or other.one_with == one.person for other in signers):
        return "pair"
    places = {other.jurisdiction for other in signers}
    return "jurisdiction" if len(places) < rule.jurisdictions and one.jurisdiction in places else "group"


def _signers(act: Act) -> list[Signer]:
    given = Approval.objects.filter(act=act).select_related("person").order_by("id")
    return [standing(approval.person, approval.at) for approval in given if tags.fits(approval)]


def approved(hash: str, *, case: str | None = None, kind: str | None = None) -> ApprovedAct:
    """The act, after everything that makes it approved has been verified again from the stored bytes.

    Verified: the text against the hash and its row; the quorum in the text; each signature, by a key of its signer that
    an event records and that was valid then; each signer's realm and roles at that instant; that each of these rows
    bears this gateway's tag; and, for a single signature under the rule of a desk of one person, that it was lawful
    then. A caller that acts on a case, or in one way, names both, and an act of another case or kind is refused. Raises
    NotApproved.
    """
    row = Act.objects.filter(hash=hash).first() if _HASH.fullmatch(hash) else None
    if row is None or row.state != "approved":
        raise NotApproved("no approved act has this hash" if row is None else f"the act is {row.state}")
    if (case is not None and row.case != case) or (kind is not None and row.kind != kind):
        raise NotApproved("the act is of another case or kind")
    text, quorum = _reread(row)
    given = Approval.objects.filter(act=row).select_related("person", "key").order_by("id")
    verified = tuple(_verify_again(row, approval) for approval in given)
    if not tags.fits(row):
        raise NotApproved("the act's row isn't one that this gateway wrote")
    if not met(quorum, (Signer(one.person, one.roles, one.jurisdiction, one.one_with) for one in verified)):
        raise NotApproved("the signatures don't make the quorum that the act asks for")
    if "under" in json.loads(text):
        _verify_one_person(json.loads(text), quorum, verified)
    return ApprovedAct(text, row.hash, verified, _MAKER)


def _reread(row: Act) -> tuple[bytes, Quorum]:
    try:
        text = _text(row)
    except ApprovalRefused as refusal:
        raise NotApproved(str(refusal)) from None
    act = json.loads(text)
    for name in ("realm", "case", "version", "kind", "quorum"):
        if act.get(name) != getattr(row, name):
            raise NotApproved(f"the row says another {name} than the signed act")
    return text, Quorum.read(act["quorum"])


def _verify_again(row: Act, approval: Approval) -> ApprovedBy:
    person, key, at = approval.person, approval.key, approval.at
    if (person.realm == "demo") != (row.realm == "demo"):
        raise NotApproved("a signer of another realm")
    if key.person_id != person.id or key.enrolled_at > at or (key.ended_at is not None and key.ended_at < at):
        raise NotApproved("a signature by a key that wasn't the signer's at that time")
    mark = passkeys.fingerprint(bytes(key.public))
    if not Event.objects.filter(once=f"key:{mark}", by=person.by, at__lte=at).exists():
        raise NotApproved("a signature by a key whose enrolment no event tells of")
    try:
        passkeys.verify_assertion(bytes.fromhex(row.hash), [bytes(key.public)], approval.response, again=True)
    except passkeys.PasskeyRefused as refusal:
        raise NotApproved(f"a signature doesn't fit the act: {refusal}") from None
    if not (tags.fits(key) and tags.fits(approval)):
        raise NotApproved("a key or a signature that was written past this gateway")
    if row.proposed_at < person.enrolled_at and not tags.stood_before(approval):
        raise NotApproved("a signature by somebody who joined after the act was put")
    as_of = standing(person, at)
    return ApprovedBy(as_of.person, as_of.roles, as_of.jurisdiction, key.short, at, as_of.one_with)


def _verify_one_person(act: Mapping[str, Any], quorum: Quorum, signers: tuple[ApprovedBy, ...]) -> None:
    """Check that the rule an act names is ours, covers the act, and applied to its signer when they signed."""
    under = act["under"]
    rule = one_person.known(under.get("sha256"))
    if rule is None or quorum != rule.quorum:
        raise NotApproved("signed by one person under a rule that isn't ours, or for another quorum than its own")
    if rule.outside(act["kind"], act["what"], len(act["targets"]), under["kinds"]):
        raise NotApproved("signed by one person, and outside the rule that it names")
    if any(founded_alone(one.person, one.at) != under["charter"] for one in signers):
        raise NotApproved("signed by one person on a desk that wasn't founded alone, or where others decided")


def founded_alone(person: str, at: datetime) -> str | None:
    """The hash of the charter by which a person founded this desk alone, if nobody else had decided here until then.

    Verified again each time: the file of foundings, the charter with its tags and signature, and everybody's roles
    until that instant (UTC). None if any of it fails.
    """
    hash = one_person.sole_charter(at)
    if hash is None or one_person.others(person, at):
        return None
    try:
        charter = approved(hash, kind=FOUNDING).act
    except NotApproved:
        return None
    mine = charter["alone"] is True and [one["person"] for one in charter["people"]] == [person]
    return hash if mine else None


def keep(hash: str, until: datetime) -> None:
    """Keep an act's text readable until an instant (UTC), as long as what it ordered is in effect. Raises
    `vault.Gone`."""
    vault.extend(Act.objects.get(hash=hash).doc, until)
