"""Propose, sign, send back, void, expire: each one transaction that holds the subject's row.

The subject's row is locked first, then the act's and the person's (`people.approvals`), so that two who sign at once
take turns and cannot deadlock.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity.people import approvals
from comity.people.approvals import ApprovalRefused, ApprovedAct, NotApproved
from comity.people.models import Act, Person
from comity.people.refusals import allow
from comity.people.rules import Quorum

from .subject import Row, Said, Subject

NOTHING: Said = {}


def propose(subject: Subject[Row], id: Any, kind: str, said: Said = NOTHING, *, by: Person | str) -> str:
    """Put an act to people; returns its hash. `by`: a person, who must be allowed to, or a name that answers for it.

    What is put already is kept if version, quorum and rule are the same. Raises NotAllowed, NotNow, and whatever the
    kind's `make` raises.
    """
    with transaction.atomic():
        return put(subject, subject.lock(id), kind, said, by=by)


def put(subject: Subject[Row], row: Row, kind: str, said: Said = NOTHING, *, by: Person | str) -> str:
    """As `propose`, within the transaction that has locked the row."""
    if kind not in subject.kinds:
        raise subject.life.not_now(row.state, kind)
    of = subject.kinds[kind]
    if isinstance(by, Person) and of.may_put:
        allow(by, of.may_put, row)
    state = subject.life.after(row.state, of.put) if of.put else row.state
    act, quorum = of.make(row, kind, said)
    if (before := _stands(subject, row, kind, act, quorum)) is not None:
        return before
    row.state = state
    if subject.rises:
        _rise(subject, row)
    _drop_before(subject, row, kind)
    number, version = subject.number(row), _version(subject, row)
    hash = approvals.propose(act, realm=row.realm, case=number, version=version, quorum=quorum)
    if not of.beside:
        row.act = hash
    row.save()
    subject.proposed(row, act, hash, by.by if isinstance(by, Person) else by)
    return hash


def _stands(subject: Subject[Row], row: Row, kind: str, act: Mapping[str, Any], quorum: Quorum) -> str | None:
    """The hash of what is put to people already, if it asks the same of the same people."""
    if subject.kinds[kind].beside:
        return None
    found = Act.objects.filter(hash=row.act, version=_version(subject, row), state="open", kind=kind).first()
    same = found is not None and (found.rule, approvals.under_of(found)) == (quorum, dict(act.get("under") or {}))
    return found.hash if found is not None and same else None


def _drop_before(subject: Subject[Row], row: Row, kind: str) -> None:
    beside = Act.objects.filter(case=subject.number(row), kind=kind, state="open").values_list("hash", flat=True)
    for hash in list(beside) if subject.kinds[kind].beside else [row.act]:
        approvals.drop(hash)


def sign(subject: Subject[Row], id: Any, person: Person, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Add one signature; true if it meets the quorum. `response` is the passkey's, None for a demo person.

    Before anything follows, every signature is verified again. Raises ApprovalRefused (recorded as an event of its
    own), NotAllowed, NotNow, and whatever the kind's `follows` raises: then everything is rolled back.
    """
    try:
        return _sign(subject, id, person, hash, response)
    except ApprovalRefused as refused:
        approvals.keep_refusal(person, hash, refused)  # the event that `approve` recorded was rolled back
        raise


@transaction.atomic
def _sign(subject: Subject[Row], id: Any, person: Person, hash: str, response: Mapping[str, Any] | None) -> bool:
    row = subject.lock(id)
    act = approvals.of_case(hash, subject.number(row))
    of = subject.kinds[act.kind]
    if of.may_sign:
        allow(person, of.may_sign, row)
    given = approvals.approve_as_demo(person, hash) if response is None else approvals.approve(person, hash, response)
    if not of.beside and hash != row.act:
        raise ApprovalRefused("void")
    if step := of.met if given.complete else of.sign:
        row.state = subject.life.after(row.state, step)
        row.save(update_fields=["state"])
    if given.complete:
        of.follows(row, _verified(subject, row, act), person)
    return bool(given.complete)


def _verified(subject: Subject[Row], row: Row, act: Act) -> ApprovedAct:
    try:
        return approvals.approved(act.hash, case=subject.number(row), kind=act.kind)
    except NotApproved as why:
        raise ApprovalRefused("altered", str(why)) from None


def send_back(subject: Subject[Row], id: Any, person: Person, reason: str, how: str = "") -> Row:
    """Send what was put to people back, with a reason; signatures given become void. `how`: which way, for the room.

    Raises NotAllowed, NotNow.
    """
    with transaction.atomic():
        row = subject.lock(id)
        back, hash = subject.back(row, how), row.act
        allow(person, back.may, row)
        void(subject, row, back.step)
        subject.returned(row, hash, back, reason, person)
        return row


def void(subject: Subject[Row], row: Row, step: str = "") -> None:
    """What was put to people is no longer true: the version of a locked row rises, and it takes a step of its life
    cycle.

    Raises NotNow.
    """
    row.state = subject.life.after(row.state, step) if step else row.state
    _rise(subject, row)
    row.save(update_fields=["state", "act", subject.version])


def expire(subject: Subject[Row], id: Any, now: datetime) -> bool:
    """End what was put to people, or what came of it, once it has expired at `now` (UTC); whether it did."""
    with transaction.atomic():
        row = subject.lock(id)
        ends, hash = subject.ends(row), row.act
        if ends is None or ends > now or subject.lapse not in subject.life.acts_in(row.state):
            return False
        void(subject, row, subject.lapse)
        subject.expired(row, hash)
        return True


def expire_each(subject: Subject[Row], ids: Iterable[Any], now: datetime) -> None:
    """Expire each of these, for the clock: every one in a transaction of its own."""
    for id in ids:
        expire(subject, id, now)


def approved(number: str, kind: str, *, last: bool = False) -> ApprovedAct:
    """The first approved act of a kind about a subject, or the `last`, verified again. Raises NotApproved."""
    acts = Act.objects.filter(case=number, kind=kind, state="approved").order_by(
        "-approved_at" if last else "approved_at"
    )
    return approvals.approved(acts.values_list("hash", flat=True).first() or "", case=number, kind=kind)


def _rise(subject: Subject[Row], row: Row) -> None:
    setattr(row, subject.version, _version(subject, row) + 1)
    row.act = ""
    approvals.void(subject.number(row), _version(subject, row))


def _version(subject: Subject[Row], row: Row) -> int:
    return int(getattr(row, subject.version))
