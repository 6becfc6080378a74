"""An order that lasts for a time may be prolonged by its authority, in a later mail that is proven as the order is.

What the mail says is for a person to see; how long it then lasts is the regulation's, by the version that judged it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow

from . import deciding, document, rules
from .commands import locked
from .facts import instant
from .models import Case, Deadline, Request
from .obstacles import now_of, say

HOW = ("extension", "confirmation")  # prolonged by the act's own time; or until what it keeps is produced
STANDING = frozenset({"carrying-out", "not-effective", "answering", "answered"})


def mails(case: Case) -> list[Request]:
    """The later mails of a case by which it may have been prolonged: its own authority's, and proven. Oldest first."""
    later = Request.objects.filter(joined__case=case, grade__in=rules.VERIFIED).exclude(id=case.request_id)
    return list(later.filter(authority=case.authority).order_by("received_at", "id"))


def may_last(case: Case) -> bool:
    """Whether the order lasts for a time that can still be put off."""
    lasting = case.deadlines.filter(name__in=rules.ENDS, met_at=None, due_legal__isnull=False).exists()
    return lasting and (case.state in STANDING or (case.state, "judge") in rules.LIFE)


def prolong(person: Person, case_id: str, how: str, mail_id: str) -> None:
    """Say that a later mail prolongs the order. Before it is decided the case is judged again; once it stands, its end
    is put off (`ending.put_off`). Raises BadInput, NotAllowed, rules.NotNow."""
    if how not in HOW:
        raise BadInput("how", f"one of {', '.join(HOW)}")
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "fact.correct", case)
        mail = next((one for one in mails(case) if one.id == mail_id), None)
        if mail is None:
            raise BadInput("mail", "choose a later mail of this case that its own authority sent, and that is proven")
        if not may_last(case):
            raise rules.not_now(case.state, "prolong")
        said = {"received_at": instant(mail.received_at)} | ({"ended_at": None} if how == "confirmation" else {})
        request = locked(case.request_id)
        kept = document.of(request)
        finding = deciding.finding_with(case, said_of(case, kept) | {how: said})
        _verify_longer(case, finding)
        ref = say(request, kept, case.order, {how: said}, person.by)
        _tell(person, case, mail, how, ref, finding)


def _tell(person: Person, case: Case, mail: Request, how: str, ref: str, finding: Mapping[str, Any]) -> None:
    tell = partial(record, realm=case.realm, by=person.by, case=case.id, request=case.request_id)
    if case.state not in STANDING:
        tell("facts.corrected", public={"field": how}, sealed={"facts": ref})
        return
    for row in finding["deadlines"]:
        if row["id"] in rules.ENDS:
            ends = {name: _at(row[name]) for name in ("due_target", "due_legal")}
            Deadline.objects.filter(case=case, name=row["id"]).update(**ends)
    tell("order.prolonged", public={"how": how}, sealed={"request": mail.id})


def _verify_longer(case: Case, finding: Mapping[str, Any]) -> None:
    """Raises BadInput unless the regulation lets the order last longer by this."""
    before = case.deadlines.get(name__in=rules.ENDS).due_legal
    now = next((_at(row["due_legal"]) for row in finding["deadlines"] if row["id"] in rules.ENDS), before)
    if now is not None and before is not None and now <= before:
        said = [check["says"] for check in finding["checks"] if check["holds"] is False and "exten" in check["id"]]
        raise BadInput("mail", said[0] if said else "the regulation lets it last no longer by this")


def said_of(case: Case, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What has been said of a prolongation so far, as facts, in the document of the case's request."""
    facts = now_of(case, kept)
    return {how: facts[how] for how in HOW if facts.get(how)}


def end_of(case: Case) -> datetime | None:
    """Until when the order lasts now (UTC); None where it has no end of its own."""
    finding = deciding.finding_with(case, said_of(case, document.of(case.request)))
    return next((_at(duty.get("until")) for duty in finding["duties"] if duty["id"] == "preserve"), None)


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
