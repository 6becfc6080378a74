"""A decision about an order of another authority that has a case here. Where the order falls by it, the lift is put to
people on the order's case, with the decision as its document; the decision is answered once what fell is seen undone.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from comity import clock, instruments
from comity.alerts import commands as alerts
from comity.answers import commands as answers
from comity.answers import lifting
from comity.authorities import commands as register
from comity.cases import clocks, deciding, document, lifts, thread
from comity.cases import rules as life
from comity.cases.find import plain
from comity.cases.models import Case, Term
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.measures import looking
from comity.vault import commands as vault

from . import rules
from .models import Inquiry

DECISION = "decision"  # the letter by which who decided is answered, signed with the lift


def order_of(case: Case) -> Case | None:
    """The case of the order that a decision is about: in whose thread it came, or which has the reference that it
    names; None where there is none, or more than one."""
    about = instruments.of(case.instrument).reinstates
    kept = document.of_case(case)
    found = thread.named(document.envelope(kept)) if about else None
    if found is not None and (found.instrument, found.realm) == (about, case.realm):
        return found
    form = document.order(kept).get("facts", {}).get("form", {})
    reference = plain(str(form.get("reference") or ""))
    if not about or not reference:
        return None
    terms = Term.objects.filter(term=vault.keyed_hash(reference), case__instrument=about, case__realm=case.realm)
    them = [one for one in Case.objects.filter(id__in=terms.values("case")) if _named(one) == reference]
    return them[0] if len(them) == 1 else None


def _named(case: Case) -> str:
    form = document.order(document.of_case(case)).get("facts", {}).get("form", {})
    return plain(str(form.get("reference") or ""))


def _ours(case: Case) -> bool:
    """Whether it comes from an authority of our own State: no other may decide about another's order."""
    entry = register.entry(case.authority) if case.authority else None
    return entry is not None and entry.accredited and entry.country == answers.house().state


def put(event: Event) -> None:
    """A decision was judged and its answer drafted: where the order has fallen, put the lift to people on its case."""
    case = Case.objects.get(id=event.case)
    if (case.plan, case.state) != ("reinstate", "to-decide") or event.public.get("kind") != "answer":
        return
    order = order_of(case)
    if order is None or not _ours(case) or (order.state, "lift") not in life.LIFE:
        _unfound(event)
        return
    letters: dict[str, Any] = {**lifting.letters_of(order), DECISION: deciding.letters_of(case)["answer"]}
    said = document.envelope(document.of_case(case)).get("subject") or case.id
    reason = f"Decided by the authority of our own State, case {case.id}: {said}"[:500]
    proof = lifts.Document(f"{case.request_id}.eml", vault.get(case.request.raw), case.request_id)
    deciding.propose(
        order.id, "lift", by=GATEWAY, reason=reason, letters=letters, ground="order", document=proof, of=case.id
    )
    _fell(event, order.id)


@step("unfound", deciding.of)
def _unfound(event: Event, case: Case, tell: Tell) -> None:
    """The desk must find which order it is about."""
    tell("order.unfound")


def _fell(event: Event, order_id: str) -> None:
    """The order's own case says that it has fallen, and until when it is put back: at once."""
    if done(f"fell:{event.id}"):
        return
    with transaction.atomic():
        order = deciding.locked(order_id)
        now = clock.now()
        asked = Inquiry.objects.select_for_update().filter(case=order, kind=rules.SCRUTINY, closed_at=None).first()
        if asked is not None:
            asked.outcome, asked.closed_at = rules.INFRINGES, now
            asked.save()
            clocks.met(order, rules.CLOCKS[rules.SCRUTINY], now)
        at, cite = now.isoformat(), instruments.of(Case.objects.get(id=event.case).instrument).cite
        row = {"id": rules.REINSTATE, "due_target": at, "due_legal": at, "cite": cite}
        clocks.start(order, row, now)
        clocks.settle(order)
        record(
            "order.fallen",
            realm=order.realm,
            by=GATEWAY,
            case=order.id,
            request=order.request_id,
            cause=event.id,
            once=f"fell:{event.id}",
        )


def follow(event: Event) -> None:
    """The lift that carries out a decision was approved: the decision's own case goes on with it."""
    if event.public["kind"] != "lift" or not (of := _decision(event)):
        return
    with transaction.atomic():
        case = deciding.locked(of)
        if (case.state, "approve") in life.LIFE:
            deciding.move(case.id, "approve")


def _decision(event: Event) -> str:
    return str(deciding.lift_of(str(event.case)).act.get("of") or "")


def answered(event: Event) -> None:
    """What a decision had put back was seen: answer it, with the letter that was signed with the lift."""
    if event.public["kind"] != "lift" or not looking.all_undone(str(event.case)):
        return
    if of := _decision(event):
        _answer(event, of)


def _which(of: str) -> str:
    return of


@step("decision-answered", deciding.of, part=_which)
def _answer(event: Event, order: Case, tell: Tell, of: str) -> None:
    letter: Mapping[str, Any] = deciding.lift_of(order.id).act["letters"][DECISION]
    answers.send(event, of, letter, looking.when(event))
    for act in ("observe", "answer"):
        case = deciding.move(of, act)
    clocks.handled(case, event.at)
    clocks.met(case, rules.CLOCKS[rules.SCRUTINY], event.at)
    alerts.settle(case.realm, "order.unfound", of)
    tell("case.answered", case=of, request=case.request_id, public={"met": True})
