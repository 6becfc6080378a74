"""What comes after a call: its review by the quorum, what came of it, the order that follows. And the clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.authorities import commands as register
from comity.cases import asking
from comity.cases import commands as cases
from comity.cases.models import Request
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.officers.models import Officer
from comity.outbox import commands as outbox
from comity.outbox import rules as addresses
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput
from comity.people.rules import Quorum

from . import commands, letters, officers, rules
from .commands import GATEWAY, REVIEW, acting_on, active, locked, tell
from .models import Call, Due

REVIEWED = "call-review"
LONGEST = 4_000
AT_ONCE = 200


# -- reviewed ---------------------------------------------------------------------------------------------------------


def _lock(id: str) -> Call:
    request = Call.objects.values_list("request", flat=True).get(id=id)
    if request:
        cases.locked(request)
    return locked(id)


def _made(call: Call, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    rules.OF_IT.after(call.state, "review")
    reason = str(said.get("reason", "")).strip()
    if not reason:
        raise BadInput("reason", "say in a sentence what was right in how it was dealt with, and what not")
    act = {"kind": kind, "what": ["review a call of the hotline"], "call": call.id, "reason": reason[:LONGEST]}
    return act, officers.quorum("review", call.realm)


def _proposed(call: Call, act: Mapping[str, Any], hash: str, by: str) -> None:
    record("call.review-put", realm=call.realm, by=by, case=call.id, request=call.request or None, sealed={"act": hash})


def _reviewed(call: Call, signed: ApprovedAct, person: Person) -> None:
    if call.request:
        asking.meet(cases.locked(call.request), REVIEW)
    alerts.settle(call.realm, "call.due", call.id)
    tell(call, "call.reviewed", person.by, reason=str(signed.act["reason"]))


def _returned(call: Call, hash: str, back: Back, reason: str, person: Person) -> None:
    tell(call, "call.returned", person.by, reason=reason[:LONGEST])


OF_IT: Subject[Call] = Subject(
    life=rules.OF_IT,
    lock=_lock,
    number=lambda call: call.id,
    kinds={REVIEWED: Kind(_made, met="review", may_put="call.review", follows=_reviewed)},
    proposed=_proposed,
    back=lambda call, how: Back("call.review", "return"),
    returned=_returned,
)


def propose(person: Person, call_id: str, reason: str) -> str:
    """Put the review of a closed call, in words, to the quorum. Raises NotAllowed, NotNow, BadInput."""
    return decisions.propose(OF_IT, call_id, REVIEWED, {"reason": reason}, by=person)


def sign(person: Person, call_id: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Sign it; true once enough have. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(OF_IT, call_id, person, hash, response)


def send_back(person: Person, call_id: str, reason: str) -> None:
    """Send a review back; signatures given are void. Raises NotAllowed, NotNow, BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    decisions.send_back(OF_IT, call_id, person, reason)


def put(call: Call) -> Act | None:
    """The review that waits for signatures; None where none does."""
    return Act.objects.filter(hash=call.act, state="open").first() if call.act else None


# -- what came of it --------------------------------------------------------------------------------------------------


@transaction.atomic
def outcome(officer: Officer, call_id: str, said: str) -> Call:
    """The service says what came of a call of its own; it may say otherwise later. Raises Suspended, BadInput."""
    if said not in rules.OUTCOMES:
        raise BadInput("outcome", f"one of {', '.join(rules.OUTCOMES)}")
    officer = active(officer.id)
    call = locked(call_id)
    if call.service_id != officer.authority or call.joined_to_id:
        raise Call.DoesNotExist
    if call.callback == "denied" or (call.outcome == "false" and call.closed_at and said != "false"):
        raise BadInput("outcome", "a person has found it false; write to us if that is wrong")
    if call.outcome == said:
        return call
    call.outcome = said
    call.save(update_fields=["outcome"])
    Due.objects.filter(call=call, name__startswith="outcome", asked_at__isnull=False, done_at=None).update(
        done_at=clock.now(), answer=said
    )
    tell(call, "call.outcome", officer.by, outcome=said)
    if said == "false":
        officers.count_false(call)
    return call


def ask_outcome(event: Event) -> None:
    """A call was closed: its service is asked what came of it."""
    call = Call.objects.filter(id=event.case, joined_to=None).first()
    if call is not None and not call.outcome:
        _ask(call, f"close:{event.id}", "hotline-outcome", letters.asking_subject(call.id), letters.asking(call.id))


def _ask(call: Call, key: str, kind: str, subject: str, text: str) -> None:
    entry = register.entry(call.service_id) if call.service_id else None
    if entry is None:
        return
    try:
        addresses.address(entry.address)
    except addresses.BadAddress:
        return
    outbox.queue(
        key=f"hotline:{call.id}:{key}",
        realm=call.realm,
        kind=kind,
        to=entry.address,
        subject=subject,
        text=text,
        case=call.id,
        by=GATEWAY,
    )


@transaction.atomic
def ordered(person: Person, call_id: str) -> None:
    """Say that the formal order which a call owes has come. Raises NotAllowed, BadInput."""
    call = acting_on(person, call_id, "call.act")
    if call.ordered_at is None:
        call.ordered_at = clock.now()
        call.save(update_fields=["ordered_at"])
        Due.objects.filter(call=call, name="formal-order", done_at=None).update(done_at=clock.now())
        alerts.settle(call.realm, "call.due", call.id)
        tell(call, "call.ordered", person.by)


# -- by the clock -----------------------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """What time alone brings about: rung for again, unanswered, asked once more, the order and the review due."""
    commands.unanswered(now)
    commands.lapse(now)
    for due in Due.objects.filter(asked_at=None, done_at=None, due_at__lte=now).order_by("due_at")[:AT_ONCE]:
        with transaction.atomic():
            _due(due.pk, now)
    _reviews_due(now)


def _due(id: int, now: datetime) -> None:
    call = locked(Due.objects.values_list("call_id", flat=True).get(id=id))
    due = Due.objects.select_for_update().filter(id=id, asked_at=None, done_at=None).first()
    if due is None:
        return
    due.asked_at = now
    if due.name == "formal-order":
        restricted = call.acted_at is not None and call.service_id is not None
        if restricted:
            subject, text = letters.ordering_subject(call.id), letters.ordering(call.id)
            _ask(call, due.name, "hotline-order", subject, text)
            tell(call, "call.due", GATEWAY, once=f"due:{call.id}:{due.name}", name=due.name)
    elif call.service_id and call.outcome in ("", "secret", "helped", "no-use"):
        _ask(call, due.name, "hotline-outcome", letters.asking_subject(call.id), letters.asking(call.id))
    due.save(update_fields=["asked_at"])


def _reviews_due(now: datetime) -> None:
    for call in Call.objects.filter(state="to-review", joined_to=None).order_by("closed_at")[:AT_ONCE]:
        at = review_due(call)
        if at is not None and at <= now:
            with transaction.atomic():
                tell(call, "call.due", GATEWAY, once=f"due:{call.id}:review", name=REVIEW)


def review_due(call: Call) -> datetime | None:
    """By when a call is to be reviewed, by its rule (UTC)."""
    row = Request.objects.filter(id=call.request, deadlines__name=REVIEW)
    return row.values_list("deadlines__due_target", flat=True).first() if call.request else None
