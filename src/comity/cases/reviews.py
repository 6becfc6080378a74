"""The review of what one person decided alone: its clock, who reads it again, and the signature that it stands."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.decisions import commands as decisions
from comity.decisions.subject import Said
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.people import approvals, one_person
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput
from comity.people.rules import Quorum

from . import clocks, lifts, rules
from .models import Case, Deadline

NAME = "review"
ONE = Quorum(1, ("decider",))
AFTER = frozenset({"answering", "answered", "not-effective", "ended"})


def start(event: Event) -> None:
    """Start the clock of the review, once a measure was taken on one signature under the rule for that."""
    decision = Act.objects.filter(case=event.case, kind="execute", state="approved").latest("approved_at")
    rule = one_person.known(approvals.under_of(decision).get("sha256"))
    if rule is None:
        return
    due = event.at + rule.review
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=event.case)
        if case.state == "lifted":
            return
        first = {"started_at": event.at, "due_target": due, "due_legal": due, "cite": f"{rule.act}, {rule.version}"}
        _, new = Deadline.objects.get_or_create(case=case, name=NAME, defaults=first)
        if not new:  # of a measure before it, which was lifted
            Deadline.objects.filter(case=case, name=NAME, started_at__lt=event.at).update(**first, met_at=None)
        clocks.settle(case)


def waiting(case: Case) -> Deadline | None:
    """The review that a case waits for."""
    return case.deadlines.filter(name=NAME, met_at=None).first()


def reviewable(case: Case) -> bool:
    """Whether it can be reviewed now: it was done, and nobody has reviewed it yet."""
    return case.state in AFTER and waiting(case) is not None


def put(case: Case) -> Act | None:
    """The review that is put to be signed."""
    acts = Act.objects.filter(case=case.id, version=case.version, kind=NAME, state="open")
    return acts.order_by("-proposed_at").first()


def made(case: Case, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What a review is signed as: of which decision, in which words. Raises BadInput, rules.NotNow."""
    reason = said["reason"].strip()
    if not reason:
        raise BadInput("reason", "say why it stands, in a sentence")
    if not reviewable(case):
        raise rules.not_now(case.state, "nothing waits for a review")
    decision = decisions.approved(case.id, "execute", last=True)
    act = {name: decision.act[name] for name in ("case", "realm", "what", "targets", "territory", "under")}
    act |= {"kind": kind, "of": decision.hash, "reason": reason, "nonce": secrets.token_hex(16)}
    return _of(act | {"version": case.version}), ONE


def done_by(case: Case, signed: ApprovedAct, person: Person) -> bool:
    """Who decided alone has reviewed it: it stands, or it is lifted. False where no review waits."""
    if not case.deadlines.filter(name=NAME, met_at=None).update(met_at=clock.now()):
        return False
    alerts.settle(case.realm, "review.waits", case.id)
    clocks.settle(case)
    record(
        "decision.reviewed",
        realm=case.realm,
        by=person.by,
        case=case.id,
        once=f"reviewed:{signed.hash}",
        public={"stands": signed.act["kind"] == NAME},
        sealed={"act": signed.hash},
    )
    return True


def _of(act: dict[str, Any]) -> dict[str, Any]:
    """The rule stands in a review as what it is about: the review itself is signed under no rule but its own quorum."""
    return {name: value for name, value in act.items() if name != "under"} | {"reviews_under": act["under"]}


def remind(now: datetime) -> None:
    """Tell once that half of the time for a review is gone (UTC), and once that all of it is."""
    for name in (NAME, lifts.NAME):
        for row in Deadline.objects.filter(name=name, met_at=None).select_related("case").order_by("id")[:1000]:
            due = row.due_target or row.started_at
            for gone, at in (("half", row.started_at + (due - row.started_at) / 2), ("all", due)):
                if at <= now:
                    _remind(row, gone)


def _remind(row: Deadline, gone: str) -> None:
    case, own = row.case, "" if row.name == NAME else f"{row.name}:"
    once = f"review.waits:{case.id}:{own}{gone}"
    if done(once):
        return
    with transaction.atomic():
        record("review.waits", realm=case.realm, by="gateway", case=case.id, once=once, public={"gone": gone})
