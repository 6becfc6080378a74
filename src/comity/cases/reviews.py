"""The review of what one person decided alone: its clock, who reads it again, and the signature that it stands."""

import secrets
from datetime import datetime

from django.db import transaction

from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.people import approvals, one_person
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum

from . import deciding, rules
from .models import Case, Deadline

NAME = "review"
ONE = Quorum(1, ("decider",))
AFTER = frozenset({"answering", "answered", "not-effective"})


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
        Deadline.objects.get_or_create(case=case, name=NAME, defaults=first)
        deciding.settle(case)


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


def propose(person: Person, case_id: str, reason: str) -> str:
    """Put it in words why what was done stands, to be signed. The hash of the act.

    Raises NotAllowed, BadInput for a missing reason, rules.NotNow where nothing waits for a review.
    """
    if not reason.strip():
        raise BadInput("reason", "say why it stands, in a sentence")
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "decision.review", case)
        if not reviewable(case):
            raise rules.not_now(case.state, "nothing waits for a review")
        for before in Act.objects.filter(case=case.id, kind=NAME, state="open"):
            approvals.drop(before.hash)
        decision = deciding.decision_of(case.id)
        act = {name: decision.act[name] for name in ("case", "realm", "what", "targets", "territory", "under")}
        act |= {"kind": NAME, "of": decision.hash, "reason": reason.strip(), "nonce": secrets.token_hex(16)}
        act |= {"version": case.version}
        hash = approvals.propose(_of(act), realm=case.realm, case=case.id, version=case.version, quorum=ONE)
        sealed = {"act": hash} | deciding.kept(case, reason)
        record("decision.proposed", realm=case.realm, by=person.by, case=case.id, public={"kind": NAME}, sealed=sealed)
        return hash


def _of(act: dict[str, object]) -> dict[str, object]:
    """The rule stands in a review as what it is about: the review itself is signed under no rule but its own quorum."""
    return {name: value for name, value in act.items() if name != "under"} | {"reviews_under": act["under"]}


def remind(now: datetime) -> None:
    """Tell once that half of the time for a review is gone (UTC), and once that all of it is."""
    for row in Deadline.objects.filter(name=NAME, met_at=None).select_related("case").order_by("id")[:1000]:
        due = row.due_target or row.started_at
        for gone, at in (("half", row.started_at + (due - row.started_at) / 2), ("all", due)):
            if at <= now:
                _remind(row.case, gone)


def _remind(case: Case, gone: str) -> None:
    once = f"review.waits:{case.id}:{gone}"
    if done(once):
        return
    with transaction.atomic():
        record("review.waits", realm=case.realm, by="gateway", case=case.id, once=once, public={"gone": gone})
