"""A later request changes an order.

Before it is decided it is judged anew; once it stands, only what it drops is lifted, by as many people as signed it,
and its authority is told at its registered address. Nothing goes to anybody else.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from comity.cases import changing, deciding, lifts
from comity.cases.changing import Change
from comity.cases.models import Case
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault

from . import letters, lifting
from .commands import matter_of, queue_letter, registered

REPLACED = frozenset({"answering", "answered"})


def change(person: Person, case_id: str, change: Change) -> None:
    """Say what a later request says of an order. Raises NotAllowed, BadInput, rules.NotNow."""
    with transaction.atomic():
        case = deciding.locked(case_id)
        allow(person, "order.change", case)
        changing.verify(case, change)
        mail = changing.source(case, change.request, change.how)
        change = Change(change.how, mail.id, change.dropped, change.path, change.value)
        if case.state in changing.STANDING:
            _of_standing(person, case, change, lifts.Document(f"{mail.id}.eml", vault.get(mail.raw), mail.id))
        elif change.how in changing.ENDS:
            changing.end(person, case, change)
        else:
            changing.judge_anew(person, case, change)


def _of_standing(person: Person, case: Case, change: Change, document: lifts.Document) -> None:
    if change.how in changing.SAYS:
        if not changing.say(person, case, change):
            _doubtful(case)
        return
    if change.how == "superseded" and not _replaced(case, change):
        raise BadInput("request", "the order that takes its place doesn't stand yet: what this one holds back stays")
    changing.put(person, case, change)
    said: Mapping[str, Any] = {"how": change.how, "request": change.request, "dropped": list(change.dropped)}
    targets = list(change.dropped) if change.how in changing.DROPS else []
    deciding.propose(
        case.id,
        "lift",
        by=person.by,
        reason=REASONS[change.how].format(request=change.request),
        letters=lifting.letters_of(case, targets),
        ground="order",
        document=document,
        targets=targets,
        change=said,
    )


REASONS: Mapping[str, str] = {
    "narrowed": "Its authority has narrowed the order (request {request}): what it dropped is put back.",
    "withdrawn": "Its authority has withdrawn the order (request {request}).",
    "quashed": "The order was quashed (request {request}).",
    "superseded": "Another order takes its place (request {request}), and stands.",
}


def _replaced(case: Case, change: Change) -> bool:
    """Whether the request opened a case of the same authority under the same instrument, which stands."""
    found = Case.objects.filter(request=change.request, instrument=case.instrument, authority=case.authority)
    return found.exclude(id=case.id).filter(state__in=REPLACED).exists()


def _doubtful(case: Case) -> None:
    record("order.doubtful", realm=case.realm, by=GATEWAY, case=case.id, request=case.request_id)


def withdrawn(event: Event) -> None:
    """Tell the authority that its order is over, and that nothing was done on it. Nobody else."""
    case = Case.objects.get(id=event.case)
    if to := registered(case):
        letter = letters.withdrawn(matter_of(case, to))
        queue_letter(event, case.id, letter, None, key=f"withdrawn:{event.id}", kind="withdrawn")
