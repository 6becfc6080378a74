"""Drafts, decisions and approvals: what people do with a case, each one transaction with its event."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.library import in_force
from comity.outbox import letters
from comity.people import approvals
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum
from comity.regulations import judge
from comity.vault import commands as vault

from . import able, alone, rules
from .models import Case, Draft, Finding


def finding_of(case: Case) -> dict[str, Any]:
    """The case's latest finding and the facts it was made from: `{"facts": …, "finding": …}`."""
    return dict(vault.get_json(latest(case).doc))


def finding_with(case: Case, more: Mapping[str, Any]) -> judge.Finding:
    """What the regulation in force at receipt says once more is known (when it was removed, when a complaint came).
    Nothing of it is kept. Raises as `judge.judge`."""
    facts = finding_of(case)["facts"] | dict(more)
    return judge.judge(facts, in_force.library(case.realm).in_force(case.instrument, case.received_at))


def latest(case: Case) -> Finding:
    """The row of the case's latest finding."""
    return Finding.objects.filter(case=case).latest("version")


def letters_of(case: Case) -> dict[str, Any]:
    """The letters as they stand, by name: the last draft of each for the latest finding."""
    drafts = Draft.objects.filter(case=case, finding=latest(case).version).order_by("letter", "-id").distinct("letter")
    return {draft.letter: vault.get_json(draft.doc) for draft in drafts}


def quorum_of(case: Case, act: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[Quorum, dict[str, Any]]:
    """Who must sign, and under which rule of ours if not the regulation's own number (empty: its own).

    To act, or to answer that nothing is done, it is what the pack demands, but for a narrow act that can be undone on a
    desk of one person; to say what stands in the way, or to lift, one decider. Raises alone.Barred.
    """
    if act["kind"] not in ("execute", "answer"):
        return Quorum(count=1, roles=("decider",), jurisdictions=1), {}
    quorum = Quorum.read(kept["finding"]["approvals"])
    under = alone.lowered(quorum, case.realm, act["kind"], act, kept["facts"])
    return (Quorum(1, ("decider",)) if under else quorum), under


def barred(case: Case) -> str:
    """Why what is to be decided can be put to nobody here, in a sentence; empty where it can."""
    kind = kind_for(case)
    if kind not in ("execute", "answer"):
        return ""
    try:
        _bounds(case, act_of(case, kind), finding_of(case))
    except (alone.Barred, able.Unable) as why:
        return str(why)
    return ""


def _bounds(case: Case, act: Mapping[str, Any], kept: Mapping[str, Any]) -> tuple[Quorum, dict[str, Any]]:
    """As `quorum_of`, once the platforms have said that they can. Raises able.Unable, alone.Barred."""
    if act["kind"] == "execute":
        able.verify_able(act, kept["facts"], case.realm)
    return quorum_of(case, act, kept)


def put_draft(case_id: str, letter: str, doc: Mapping[str, Any], *, by: str, event: Event | None = None) -> None:
    """Keep a letter as drafted. Raises the case's version: a first signature over older words is void."""
    case = Case.objects.select_for_update().get(id=case_id)
    once = f"draft:{letter}:{event.id}" if event else None
    if once and done(once):
        return  # a worker given up for dead was slow, and had done it
    ref = vault.put_json(dict(doc), case.request.until)
    Draft.objects.create(case=case, finding=latest(case).version, letter=letter, doc=ref, by=by, at=clock.now())
    _raise(case)
    record(
        "draft.edited" if event is None else "case.drafted",
        realm=case.realm,
        by=by,
        case=case.id,
        cause=event.id if event else None,
        once=once,
        public={"letter": letter} if event is None else {"kind": letter},
        sealed={"draft": ref},
    )


def _raise(case: Case) -> None:
    case.version += 1
    case.act = ""
    approvals.void(case.id, case.version)
    if (case.state, "edit") in rules.LIFE:
        case.state = rules.after(case.state, "edit")
    case.save(update_fields=["version", "act", "state"])


def edit_draft(person: Person, case_id: str, letter: str, paragraphs: list[str]) -> None:
    """Edit the free paragraphs of a letter; the form's own fields stay as the finding made them."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "draft.edit", case)
        if (case.state, "edit") not in rules.LIFE:
            raise rules.not_now(case.state, "edit")
        doc = letters_of(case).get(letter)
        if doc is None:
            raise BadInput("letter", "no such letter on this case")
        try:
            edited = letters.edit(doc, paragraphs)
        except letters.NotALetter as wrong:
            raise BadInput("text", str(wrong)) from None
        put_draft(case.id, letter, edited, by=person.by)


def act_of(case: Case, kind: str) -> dict[str, Any]:
    """Exactly what will be done and sent, as it is signed: measure, targets, territory, until, letters, version."""
    kept = finding_of(case)
    finding = kept["finding"]
    act = {
        "kind": kind,
        "case": case.id,
        "realm": case.realm,
        "version": case.version,
        "nonce": secrets.token_hex(16),
        "what": [],
        "targets": [],
        "territory": [],
        "until": kept["facts"].get("until"),
        "letters": {},
    }
    what, where = rules.measures(finding, ACTS)
    if kind == "lift":
        return act | {"what": ["lift"], "targets": rules.actable(finding), "territory": where}
    letters = letters_of(case)
    if kind in ("annex3", "answer"):
        return act | {"letters": {k: v for k, v in letters.items() if k == "answer"}}
    act |= {"what": what, "targets": rules.actable(finding), "territory": where, "letters": letters}
    return act | ({"keep": rules.to_keep(finding, kept["facts"])} if "preserve" in what else {})


ACTS = frozenset({"withhold", "preserve"})  # the kinds of measure that are put to people


def kind_for(case: Case) -> str | None:
    """What can be put to the deciders now: the finding's plan while it is to be decided, a lift once it stands."""
    if case.state in ("to-decide", "second-approval"):
        return {"execute": "execute", "annex3": "annex3", "person": "answer"}.get(case.plan)
    return "lift" if (case.state, "lift") in rules.LIFE else None


def lacks_letters(case: Case, kind: str) -> bool:
    """Whether a letter that a decision of this kind sends isn't drafted yet."""
    needed = {"answer"} if kind != "lift" else set()
    if kind == "execute" and rules.told(finding_of(case)["finding"]):
        needed |= {"notification"}
    return not letters_of(case).keys() >= needed


def put_forward(event: Event) -> None:
    """Once the letters of the latest finding are there, put the decision to the deciders."""
    _put(Case.objects.get(id=event.case))


def put_anew(event: Event) -> None:
    """Who decides here has changed: what was put to one person, or to nobody, is put to those who do now."""
    for case in Case.objects.filter(open=True, state="to-decide").exclude(realm=alone.PLAYED_BY_FOUR):
        with suppress(rules.NotNow):  # decided, or sent back, just now
            _put(case)


def _put(case: Case) -> None:
    kind = kind_for(case)
    if kind is None or kind == "lift" or lacks_letters(case, kind):
        return
    try:
        if kind == "answer":  # in a person's words: a person puts it, unless it can be put to nobody
            quorum_of(case, act_of(case, kind), finding_of(case))
        else:
            propose(case.id, kind)
    except (alone.Barred, able.Unable) as why:
        _bar(case, why)


def _bar(case: Case, outside: alone.Barred | able.Unable) -> None:
    once = f"barred:{case.id}:{case.version}"
    kind = "decision.barred" if isinstance(outside, alone.Barred) else "decision.unable"
    with transaction.atomic():
        public = {"why": outside.why}
        record(kind, realm=case.realm, by="gateway", case=case.id, once=once, public=public)


def propose(
    case_id: str, kind: str, by: str = "gateway", *, reason: str = "", letters: Mapping[str, Any] | None = None
) -> str:
    """The hash of the act that is put to the deciders; the same one until the case's version rises.

    A lift is put with its `reason` and with the `letters` that go out with it: both are signed. Raises rules.NotNow
    where the case's state or plan doesn't call for such an act, its letters aren't drafted, or a platform can't do it
    (able.Unable); BadInput for a lift without a reason.
    """
    if kind == "lift" and not reason.strip():
        raise BadInput("reason", "say why it is lifted, in a sentence")
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        if kind != kind_for(case):
            raise rules.not_now(case.state, kind)
        if lacks_letters(case, kind):
            raise rules.not_now(case.state, "the letters are still being drafted")
        act = act_of(case, kind)
        quorum, under = _bounds(case, act, finding_of(case))
        found = Act.objects.filter(hash=case.act, version=case.version, state="open", kind=kind).first()
        if found is not None and (found.rule, approvals.under_of(found)) == (quorum, under):
            return found.hash
        approvals.drop(case.act)  # put when other people decided here
        if kind == "lift":
            act |= {"reason": reason.strip(), "letters": dict(letters or {})}
        act |= {"under": under} if under else {}
        case.act = approvals.propose(act, realm=case.realm, case=case.id, version=case.version, quorum=quorum)
        case.open = True  # a lift waits in the queue, too
        case.save(update_fields=["act", "open"])
        record(
            "decision.proposed",
            realm=case.realm,
            by=by,
            case=case.id,
            public={"kind": kind},
            sealed={"act": case.act} | kept(case, reason),
        )
        return case.act


def kept(case: Case, reason: str) -> dict[str, str]:
    """A reason as an event seals it: its place in the vault."""
    return {"reason": vault.put_json({"text": reason.strip()}, case.request.until)} if reason.strip() else {}


def lift_of(case_id: str) -> approvals.ApprovedAct:
    """The approved act under which a case's measures are lifted. Raises approvals.NotApproved."""
    return _approved_act(case_id, "lift")


def decision_of(case_id: str) -> approvals.ApprovedAct:
    """The approved act under which a case's measures were taken. Raises approvals.NotApproved."""
    return _approved_act(case_id, "execute")


def _approved_act(case_id: str, kind: str) -> approvals.ApprovedAct:
    acts = Act.objects.filter(case=case_id, kind=kind, state="approved").order_by("approved_at")
    return approvals.approved(acts.values_list("hash", flat=True).first() or "", case=case_id, kind=kind)


def sign(person: Person, case_id: str, act_hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one approval; true when the quorum is met by it. `response` is the passkey's, None for a demo person.

    Raises approvals.ApprovalRefused (kept as an event of its own), rules.NotNow.
    """
    try:
        return _sign(person, case_id, act_hash, response)
    except approvals.ApprovalRefused as refused:
        approvals.keep_refusal(person, act_hash, refused)
        raise


def _sign(person: Person, case_id: str, act_hash: str, response: Mapping[str, Any] | None) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        act = approvals.of_case(act_hash, case.id)
        if response is None:
            approval = approvals.approve_as_demo(person, act_hash)
        else:
            approval = approvals.approve(person, act_hash, response)
        if act.kind not in ("lift", "review"):
            case.state = rules.after(case.state, "approve" if approval.complete else "sign")
            case.save(update_fields=["state"])
        if approval.complete:
            _approved(case, act, person)
        return bool(approval.complete)


def _approved(case: Case, act: Act, person: Person) -> None:
    if act.kind in ("lift", "review"):
        _reviewed(case, act, person)
    if act.kind == "review":
        return
    record(
        "decision.approved",
        realm=case.realm,
        by=person.by,
        case=case.id,
        request=case.request_id,
        once=f"approved:{act.hash}",
        public={"kind": act.kind},
        sealed={"act": act.hash},
    )


def _reviewed(case: Case, act: Act, person: Person) -> None:
    """Who decided alone has reviewed it: it stands, or it is lifted. Nothing where no review waits."""
    now = clock.now()
    if not case.deadlines.filter(name="review", met_at=None).update(met_at=now):
        return
    alerts.settle(case.realm, "review.waits", case.id)
    settle(case)
    if act.kind == "lift":
        case.open = True  # until it is done
        case.save(update_fields=["open"])
    record(
        "decision.reviewed",
        realm=case.realm,
        by=person.by,
        case=case.id,
        once=f"reviewed:{act.hash}",
        public={"stands": act.kind == "review"},
        sealed={"act": act.hash},
    )


def lifting(case: Case) -> Act | None:
    """The lift that is put to the deciders and waits for one of them."""
    return Act.objects.filter(hash=case.act, kind="lift", state="open").first()


def send_back(person: Person, case_id: str, reason: str, *, to_counsel: bool = False) -> None:
    """Send a decision back to the desk with a reason, or ask counsel; signatures given are void. The clock runs on."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "counsel.answer" if case.state == "with-counsel" else "decision.return", case)
        how = "to-counsel" if to_counsel else _how_returned(case)
        if how == "lift-dropped":
            case.open = _is_open(case)
        else:
            case.state = rules.after(case.state, "ask-counsel" if to_counsel else "return")
        act, case.act = case.act, ""
        case.version += 1
        approvals.void(case.id, case.version)
        case.save(update_fields=["state", "act", "version", "open"])
        record(
            "decision.returned",
            realm=case.realm,
            by=person.by,
            case=case.id,
            public={"as": how},
            sealed={"act": act} | kept(case, reason),
        )


def _how_returned(case: Case) -> str:
    if lifting(case):
        return "lift-dropped"
    return "opinion" if case.state == "with-counsel" else "sent-back"


def close(person: Person, case_id: str, reason: str) -> None:
    """Close a case whose sender could not be verified: nothing is done, and nobody is answered. With a reason."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "case.close", case)
        case = move(case.id, "close")
        handled(case, clock.now())
        record(
            "case.closed",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=case.request_id,
            sealed={"reason": vault.put_json({"text": reason}, case.request.until)},
        )


def move(case_id: str, act: str) -> Case:
    """Move a locked case along its life; what measures and answers call in their own transaction."""
    case = Case.objects.select_for_update().get(id=case_id)
    case.state = rules.after(case.state, act)
    case.open = _is_open(case)
    case.save(update_fields=["state", "open"])
    return case


def _is_open(case: Case) -> bool:
    """Whether its state, a complaint or a review leaves anything to do."""
    return case.state not in rules.CLOSED or case.deadlines.filter(name__in=rules.LATER, met_at=None).exists()


def settle(case: Case) -> None:
    """Set whether a case is open, and when the first of its clocks that runs is due, from its state and its clocks."""
    running = case.deadlines.filter(name__in=rules.OURS, met_at=None, stopped_at=None, due_target__isnull=False)
    case.open = _is_open(case)
    first = running.order_by("due_target").values_list("due_target", flat=True).first()
    case.due = first if case.open else None
    case.save(update_fields=["open", "due"])


def handled(case: Case, at: datetime) -> None:
    """The order itself is dealt with at an instant (UTC): the clocks that drove it are met."""
    for name in case.deadlines.filter(name__in=rules.DRIVING).values_list("name", flat=True):
        met(case, name, at)


def met(case: Case, name: str, at: datetime) -> bool:
    """A clock of a case is met at an instant (UTC); true when in time by our target."""
    clock_row = case.deadlines.select_for_update().filter(name=name).first()
    if clock_row is None:
        return True
    if clock_row.met_at is None:
        clock_row.met_at = at
        clock_row.save(update_fields=["met_at"])
    case.half = None
    case.save(update_fields=["half"])
    settle(case)
    return clock_row.due_target is None or clock_row.met_at <= clock_row.due_target
