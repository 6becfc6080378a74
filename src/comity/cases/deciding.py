"""Drafts, decisions and approvals: what people do with a case, each one transaction with its event."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY
from comity.library import in_force
from comity.outbox import letters
from comity.people import founding
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Approval, Person
from comity.people.refusals import BadInput, NotAllowed, allow
from comity.people.rules import Quorum
from comity.platforms.port import IRREVERSIBLE
from comity.regulations import judge
from comity.vault import commands as vault

from . import able, alone, clocks, lifts, reviews, rules, shadowed
from .models import Case, Draft, Finding


def locked(case_id: str) -> Case:
    """A case's row, locked until the transaction ends."""
    return Case.objects.select_for_update().get(id=case_id)


def of(event: Event) -> Case:
    """The case an event is about, locked: what a step of it begins with."""
    return locked(str(event.case))


def finding_of(case: Case) -> dict[str, Any]:
    """The case's latest finding and the facts it was made from: `{"facts": …, "finding": …}`; where something else is
    done than it orders, as it is carried out."""
    row = latest(case)
    kept = ordered(row)
    return kept | {"finding": rules.applied(kept["finding"], row.instead)} if row.instead else kept


def ordered(row: Finding) -> dict[str, Any]:
    """A finding as it was made, and the facts."""
    return dict(vault.get_json(row.doc))


def turn_to(case: Case, row: Finding, kind: str) -> None:
    """What is done on a locked case is another measure (`instead`) from now on; what was put to people is void."""
    row.instead = kind
    row.save(update_fields=["instead"])
    case.title = rules.title(finding_of(case)["finding"], finding_of(case)["facts"])
    case.save(update_fields=["title"])
    _raise(case)


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
    desk of one person; to say what stands in the way, one decider. Raises alone.Barred.
    """
    if act["kind"] not in ("execute", "answer"):
        return Quorum(count=1, roles=("decider",), jurisdictions=1), {}
    quorum = Quorum.read(_asked(kept["finding"], act["what"]))
    under = alone.lowered(quorum, case.realm, act["kind"], act, kept["facts"])
    return (Quorum(1, ("decider",)) if under else quorum), under


def _asked(finding: Mapping[str, Any], what: Collection[str]) -> Mapping[str, Any]:
    """How many must sign: what can't be undone takes one person more, whoever asks for it."""
    approvals: Mapping[str, Any] = finding["approvals"]
    chosen = (finding.get("instead") or {}).get("kind")  # then it is counted there already
    return approvals if chosen in IRREVERSIBLE or not IRREVERSIBLE & {*what} else rules.one_more(approvals)


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


def put_draft(case: Case, letter: str, doc: Mapping[str, Any], *, by: str = GATEWAY) -> str:
    """Keep a letter of a locked case as drafted; gives its place in the vault. Raises the case's version: a first
    signature over older words is void."""
    ref = vault.put_json(dict(doc), case.request.until)
    Draft.objects.create(case=case, finding=latest(case).version, letter=letter, doc=ref, by=by, at=clock.now())
    _raise(case)
    return ref


def _raise(case: Case) -> None:
    decisions.void(CASE, case, "edit" if (case.state, "edit") in rules.LIFE else "")


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
        ref, public = put_draft(case, letter, edited, by=person.by), {"letter": letter}
        record("draft.edited", realm=case.realm, by=person.by, case=case.id, public=public, sealed={"draft": ref})


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
    if kind != "lift" and (among := shadowed.names(kept["facts"], case.realm)):
        act["shadow"] = among
    what, where = rules.measures(finding, ACTS)
    if kind == "lift":
        return act | {"what": ["lift"], "targets": rules.actable(finding), "territory": where}
    letters = letters_of(case)
    if kind in ("annex3", "answer"):
        return act | {"letters": {k: v for k, v in letters.items() if k == "answer"}}
    act |= {"what": what, "targets": rules.actable(finding), "territory": where, "letters": letters}
    act |= {"instead": finding["instead"]} if finding.get("instead") else {}
    return act | ({"keep": rules.to_keep(finding, kept["facts"])} if "preserve" in what else {})


ACTS = frozenset({"withhold", "preserve", "redact", "suspend", "block"})  # the kinds of measure that are put to people


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


def put_as_it_stands(event: Event) -> None:
    """Something has entered shadow, or left it: what was put to people before is put anew, as it would go now; the
    signatures given are void."""
    for case in Case.objects.filter(open=True, state__in=("to-decide", "second-approval")).exclude(act=""):
        with suppress(rules.NotNow):  # decided, or sent back, just now
            _turn(case.id)


@transaction.atomic
def _turn(case_id: str) -> None:
    """Void what is put and put it anew at once: between the two nobody would know that it waits."""
    case = locked(case_id)
    put = Act.objects.filter(hash=case.act, state="open").first()
    if put is not None and shadowed.of_act(vault.get_json(put.doc)) != shadowed.now(case):
        _raise(case)
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
        record(kind, realm=case.realm, by=GATEWAY, case=case.id, once=once, public=public)


NO_CHANGE: Mapping[str, Any] = {}


def propose(
    case_id: str,
    kind: str,
    by: str = GATEWAY,
    *,
    reason: str = "",
    letters: Mapping[str, Any] | None = None,
    ground: str = "",
    document: lifts.Document | None = None,
    targets: Sequence[str] = (),
    of: str = "",
    change: Mapping[str, Any] = NO_CHANGE,
) -> str:
    """The hash of the act that is put to the deciders; the same one until the case's version rises.

    A lift is put with its `reason`, its `ground` (`lifts.rule`), the `document` it rests on, and the `letters` that go
    out with it: all are signed. It is of all that stands, or of some `targets` alone; `of` is the case of the decision
    that it carries out, where that has one, and `change` what a later request says of the order. Raises rules.NotNow
    where the case's state or plan doesn't call for such an act, its letters aren't drafted, or a platform can't do it
    (able.Unable); BadInput for a lift without what its ground asks for, and for a review, which only a person puts.
    """
    if kind in (reviews.NAME, lifts.NAME):
        raise BadInput("kind", "a review is put by the one who makes it")
    said: dict[str, Any] = {"reason": reason, "letters": letters or {}, "ground": ground, "document": document}
    said |= {"targets": list(targets), "of": of, "change": dict(change)}
    return decisions.propose(CASE, case_id, kind, said, by=by)


def review(person: Person, case_id: str, reason: str) -> str:
    """Put it in words why what one person decided stands, to be signed. The hash of the act.

    Raises NotAllowed, BadInput for a missing reason, rules.NotNow where nothing waits for a review.
    """
    return decisions.propose(CASE, case_id, reviews.NAME, {"reason": reason}, by=person)


def review_lift(person: Person, case_id: str, reason: str, *, right: bool | None) -> str:
    """Put it in words whether it was right to lift a measure, to be signed by who did not sign the lift. The hash.

    Raises NotAllowed, BadInput for a missing reason or word, rules.NotNow where nothing waits for a review.
    """
    case = Case.objects.get(id=case_id)
    allow(person, "lift.review", case)
    if lifts.waiting(case) and not lifts.may_review(case, person):
        raise NotAllowed("who signed a lift doesn't review it")
    return decisions.propose(CASE, case_id, lifts.NAME, {"reason": reason, "right": right}, by=person)


def _made(case: Case, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    reason = said["reason"].strip()
    if kind == "lift" and not reason:
        raise BadInput("reason", "say why it is lifted, in a sentence")
    if kind != kind_for(case):
        raise rules.not_now(case.state, kind)
    if lacks_letters(case, kind):
        raise rules.not_now(case.state, "the letters are still being drafted")
    act = act_of(case, kind)
    if kind == "lift":
        if not lifts.can_be(case):
            raise BadInput("kind", "nothing that stands here can be taken back: it was deleted for good")
        rests, quorum = lifts.made(case, said)
        case.open = True  # it waits in the queue, too
        return act | rests | lifts.part(act, said) | {"reason": reason, "letters": dict(said["letters"])}, quorum
    quorum, under = _bounds(case, act, finding_of(case))
    return act | ({"under": under} if under else {}), quorum


def _proposed(case: Case, act: Mapping[str, Any], hash: str, by: str) -> None:
    sealed = {"act": hash} | kept(case, act.get("reason", ""))
    if act.get("document"):
        sealed |= {"document": act["document"]["ref"]}
    record("decision.proposed", realm=case.realm, by=by, case=case.id, public={"kind": act["kind"]}, sealed=sealed)


def kept(case: Case, reason: str) -> dict[str, str]:
    """A reason as an event seals it: its place in the vault."""
    return {"reason": vault.put_json({"text": reason.strip()}, case.request.until)} if reason.strip() else {}


def lift_of(case_id: str) -> ApprovedAct:
    """The approved act under which a case's measures are lifted, the last of them. Raises approvals.NotApproved."""
    return decisions.approved(case_id, "lift", last=True)


def sign(person: Person, case_id: str, act_hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one approval; true when the quorum is met by it. `response` is the passkey's, None for a demo person.

    Raises approvals.ApprovalRefused (kept as an event of its own), rules.NotNow.
    """
    return decisions.sign(CASE, case_id, person, act_hash, response)


def _approved(case: Case, signed: ApprovedAct, person: Person) -> None:
    record(
        "decision.approved",
        realm=case.realm,
        by=person.by,
        case=case.id,
        request=case.request_id,
        once=f"approved:{signed.hash}",
        public={"kind": signed.act["kind"]},
        sealed={"act": signed.hash},
    )


def _lift_approved(case: Case, signed: ApprovedAct, person: Person) -> None:
    """Who decided alone has thought again: that is their review."""
    if thought_again := reviews.done_by(case, signed, person):
        case.open = True  # until it is done
        case.save(update_fields=["open"])
    if not (thought_again and founding.founded_alone()):
        lifts.start_review(case, signed)
    _approved(case, signed, person)


def took_part(case: Case) -> frozenset[str]:
    """Who put or signed what was decided on a case, by id: a complaint about it isn't theirs to decide."""
    acts = Act.objects.filter(case=case.id, state="approved", kind__in=("execute", "annex3", "answer"))
    hashes = list(acts.values_list("hash", flat=True))
    signed = Approval.objects.filter(act__hash__in=hashes).values_list("person_id", flat=True)
    put = Event.objects.filter(kind="decision.proposed", case=case.id, sealed__act__in=hashes, by__startswith="person:")
    by = (one.removeprefix("person:") for one in put.values_list("by", flat=True))
    return frozenset({*map(str, signed), *by})


def lifting(case: Case) -> Act | None:
    """The lift that is put to the deciders and waits for one of them."""
    return Act.objects.filter(hash=case.act, kind="lift", state="open").first()


def send_back(person: Person, case_id: str, reason: str, *, to_counsel: bool = False) -> None:
    """Send a decision back to the desk with a reason, or ask counsel; signatures given are void. The clock runs on."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    decisions.send_back(CASE, case_id, person, reason, "to-counsel" if to_counsel else "")


def _back(case: Case, how: str) -> Back:
    may = "counsel.answer" if case.state == "with-counsel" else "decision.return"
    if how == "to-counsel":
        return Back(may, "ask-counsel", how)
    if lifting(case):
        return Back(may, "", "lift-dropped")
    return Back(may, "return", "opinion" if case.state == "with-counsel" else "sent-back")


def _returned(case: Case, hash: str, back: Back, reason: str, person: Person) -> None:
    case.open = clocks.is_open(case)
    case.save(update_fields=["open"])
    record(
        "decision.returned",
        realm=case.realm,
        by=person.by,
        case=case.id,
        public={"as": back.called},
        sealed={"act": hash} | kept(case, reason),
    )


def close(person: Person, case_id: str, reason: str, *, forged: bool = False) -> None:
    """Close a case whose sender could not be verified, with a reason; `forged`: because a person says that it is.

    Its clocks stop then: nothing was met. Nothing is done, and nobody is answered; what comes in its thread of a forged
    one is acknowledged to nobody. Raises BadInput, NotAllowed, rules.NotNow.
    """
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "case.close", case)
        case = move(case.id, "close")
        clocks.stop(case, clock.now(), "forged" if forged else "closed")
        record(
            "case.forged" if forged else "case.closed",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=case.request_id,
            sealed=kept(case, reason),
        )


def again(person: Person, case_id: str, reason: str) -> None:
    """Put what was lifted to the deciders once more: its lift was found wrong, or the same order came again since. As
    many sign as the regulation asks for, and nothing is withheld before. Raises BadInput, NotAllowed, rules.NotNow."""
    if not reason.strip():
        raise BadInput("reason", "say why it is to be decided again, in a sentence")
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "measure.again", case)
        if not lifts.may_again(case):
            raise rules.not_now(case.state, "its lift wasn't found wrong, and no such order came since")
        decisions.void(CASE, case, "again")
        clocks.settle(case)
        for kind in ("lift.wrong", "case.joined"):
            alerts.settle(case.realm, kind, case.id)
        record(
            "measure.again",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=case.request_id,
            sealed=kept(case, reason),
        )


def is_forged(case: Case) -> bool:
    """Whether a person has said that its order is forged."""
    return case.state in rules.CLOSED and Event.objects.filter(kind="case.forged", case=case.id).exists()


def move(case_id: str, act: str) -> Case:
    """Move a locked case along its life; what measures and answers call in their own transaction."""
    case = Case.objects.select_for_update().get(id=case_id)
    case.state = rules.after(case.state, act)
    case.open = clocks.is_open(case)
    case.save(update_fields=["state", "open"])
    return case


def end(case: Case) -> None:
    """The time of a locked case is over by itself: a lift that was put to people has nothing left to undo, and is
    void."""
    if lifting(case):
        decisions.void(CASE, case, "end")
        case.open = clocks.is_open(case)
        case.save(update_fields=["open"])
    else:
        move(case.id, "end")


_DECIDED: Kind[Case] = Kind(_made, sign="sign", met="approve", follows=_approved)
CASE: Subject[Case] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda case: case.id,
    kinds={
        "execute": _DECIDED,
        "annex3": _DECIDED,
        "answer": _DECIDED,
        "lift": Kind(_made, follows=_lift_approved),
        lifts.NAME: Kind(lifts.review_made, may_put="lift.review", beside=True, follows=lifts.reviewed),
        reviews.NAME: Kind(reviews.made, may_put="decision.review", beside=True, follows=reviews.done_by),
    },
    proposed=_proposed,
    back=_back,
    returned=_returned,
)
