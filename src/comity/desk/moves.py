"""Whose move it is: act, wait or ask, and a sentence; for everyone on the queue, for one viewer on the case's page."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from comity.cases import lifts, rules
from comity.cases.models import Case, Deadline
from comity.cases.rules import CLOSED
from comity.inquiries import commands as inquiries
from comity.inquiries.rules import AUTHORITY, CLOCKS
from comity.ledger.models import Event
from comity.measures.brakes import braked
from comity.notifications import commands as complaints
from comity.people import founding
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.web.parts import Next

from . import checking

NEXT: Mapping[str, Next] = {
    "verifying": Next("ask", "Call the registered number, not the one in the mail."),
    "second-approval": Next("act", "Give the second approval."),
    "carrying-out": Next("wait", "Being carried out; the effect is looked at next."),
    "not-effective": Next("act", "The platform said yes; an ordinary viewer still sees it. It is tried again."),
    "answering": Next("wait", "Seen to work; the answer goes out."),
    "to-produce": Next("wait", "It stands, and is kept sealed. It is opened by custodians: see its opening."),
    "answered": Next("wait", "Answered. Nothing is left to do."),
    "waiting": Next("wait", "What stands in the way was said; the clock starts again with their answer."),
    "with-counsel": Next("ask", "Counsel has it, and sends it back to the desk with an opinion."),
    "not-carried-out": Next("wait", "Ended without a measure: nothing was done on the platform."),
    "lifted": Next("wait", "The measure was lifted, and seen to be undone. Nothing is left to do."),
    "withdrawn": Next(
        "wait", "Its authority took it back, or it was quashed, before anybody decided. Nothing was done."
    ),
    "in-shadow": Next(
        "act", "Nothing was done: it is in shadow. Do it as you do without us, and say here what you did."
    ),
    "by-hand": Next("wait", "In shadow: people did what they did, and said so. Nothing is left to do."),
    "ended": Next("wait", "Its time was over, and it ended by itself. Nothing is left to do."),
}
TO_DECIDE: Mapping[str, Next] = {
    "execute": Next("act", "Decide. The measure and both letters are drafted."),
    "annex3": Next("act", "Sign what stands in the way; one decider is enough."),
    "reinstate": Next("act", "The order that it is about has fallen. The lift is put to the deciders on its case."),
    "person": Next("ask", "Weigh what the finding leaves to a person."),
}
DRAFTING = Next("wait", "The letters are being drafted, and put to the deciders.")
OPINION = Next("act", "Counsel’s opinion is there. Read it, and put what follows to the deciders again.")
OF_COUNSEL = Next("act", "Give your opinion: the desk asks for it.")
SENT_BACK = Next("act", "It was sent back with a reason. Change what is wrong, and put it to the deciders again.")
NOT_THEIRS = Next("act", "The authority says that it is not theirs. Close it as nobody’s order.")
HELD = Next("wait", "Approved, and held by the brake: nothing is done until it is released. The clock runs on.")
LIFT = Next("act", "A lift is put to the deciders. They decide it.")
CHECK = Next("act", "Check its authority against the register of its law. It is on ours, and nobody has looked it up.")
REVIEW = Next("act", "Review it: one person decided it. Read it again, and sign that it stands, or lift it.")
LIFT_REVIEW = Next("act", "Review the lift: one person signed it, as a mistake of ours. Somebody else reads it again.")
COMPLAINT = Next("act", "Answer the complaint of the person affected: somebody does who did not sign the act.")
REINSTATE = Next(
    "act", "By then it is to be seen again: the order ends, or has fallen. Before that put a lift to the deciders."
)
ASKED = Next("wait", "An authority was asked. Write down what comes, or that nothing came.")
REPLIED = Next("act", "The authority’s reply is there: read it, and write down what it says.")
LATER: Mapping[str, Next] = {
    "reinstate": REINSTATE,
    "review": REVIEW,
    "lift-review": LIFT_REVIEW,
    "complaint": COMPLAINT,
    "replied": REPLIED,
}
BARRED = Next(
    "ask", "It takes two people, and this desk has one. Found the desk with a second person; the case says why."
)
UNABLE = Next("ask", "A platform can’t do what it would decide. The case says which, and what.")


def next_of(case: Case, *, told: frozenset[str] = frozenset()) -> Next:
    """What to do with a case now. `told`: what events add to its state (`returned`, `opinion`, …)."""
    if case.open and case.state in CLOSED:
        return LIFT if "lifting" in told else next((step for name, step in LATER.items() if name in told), ASKED)
    if case.state == "carrying-out" and "braked" in told:
        return HELD
    if case.state == "verifying" and "not-theirs" in told:
        return NOT_THEIRS
    if case.state != "to-decide":
        return NEXT[case.state]
    if not case.act and told & {"sent-back", "opinion"}:
        return OPINION if "opinion" in told else SENT_BACK
    if not case.act and "barred" in told:
        return BARRED
    if not case.act and "unable" in told:
        return UNABLE
    drafting = case.plan in ("execute", "annex3") and not case.act
    return DRAFTING if drafting else TO_DECIDE.get(case.plan, TO_DECIDE["person"])


def of(cases: Iterable[Case]) -> dict[str, Next]:
    """The move of each case, in a few queries however many there are."""
    found = list(cases)
    known = _told(found) | {"braked": _held(found), "lifting": _lifting(found)} | _later(found)

    def told(case: Case) -> frozenset[str]:
        return frozenset(word for word, those in known.items() if {case.id, case.request_id} & those)

    return {case.id: next_of(case, told=told(case)) for case in found}


def _told(cases: Iterable[Case]) -> dict[str, set[str]]:
    """Which cases were sent back, have counsel's opinion, or can be put to nobody, and are not put to the deciders
    again yet; and which requests are not of the authority that they name, as it said when it was called."""
    idle = [case.id for case in cases if case.state == "to-decide" and not case.act]
    asked = [case.request_id for case in cases if case.state == "verifying"]
    if not (idle or asked):
        return {}
    events = Event.objects.filter(
        Q(kind__in=("decision.returned", "decision.barred", "decision.unable"), case__in=idle)
        | Q(kind="callback.recorded", request__in=asked)
    )
    rows = list(events.order_by("id").values_list("kind", "case", "request", "public"))
    calls = {
        request: public["confirmed"] for kind, _, request, public in rows if request and kind == "callback.recorded"
    }
    last = {
        case: public.get("as", kind.removeprefix("decision."))
        for kind, case, _, public in rows
        if case and kind != "callback.recorded"
    }
    barred = {case for case, how in last.items() if how == "barred"}
    return {
        "sent-back": {case for case, how in last.items() if how == "sent-back"},
        "opinion": {case for case, how in last.items() if how == "opinion"},
        "barred": barred if barred and founding.alone() else set(),
        "unable": {case for case, how in last.items() if how == "unable"},
        "not-theirs": {request for request, confirmed in calls.items() if not confirmed},
    }


def _held(cases: Iterable[Case]) -> set[str]:
    """The approved cases that the brake holds."""
    approved = [case for case in cases if case.state == "carrying-out"]
    realms = {case.realm for case in approved if not hasattr(case, "braked")}
    stopped = set(filter(braked, realms))
    return {case.id for case in approved if getattr(case, "braked", case.realm in stopped)}


def _lifting(cases: Iterable[Case]) -> set[str]:
    """The ended cases whose lift waits, or is being carried out."""
    ended = [case for case in cases if case.open and case.act and case.state in CLOSED - {"lifted"}]
    asked = [case.act for case in ended if not hasattr(case, "lifting")]
    lifts = set(Act.objects.filter(hash__in=asked, kind="lift").values_list("hash", flat=True)) if asked else set()
    return {case.id for case in ended if getattr(case, "lifting", case.act in lifts)}


def _later(cases: Iterable[Case]) -> dict[str, set[str]]:
    """The ended cases of which something runs on, by the clock of it: a review, a complaint, a question."""
    ended = [case.id for case in cases if case.open and case.state in CLOSED]
    rows = Deadline.objects.filter(case__in=ended, name__in=rules.LATER, met_at=None) if ended else ()
    found: dict[str, set[str]] = {name: set() for name in rules.LATER}
    for row in rows:
        found[row.name].add(row.case_id)
    asked = found[FOLLOW_UP]
    return found | {"replied": inquiries.replied_in(asked) if asked else set()}


FOLLOW_UP = CLOCKS[AUTHORITY]


def for_viewer(case: Case, person: Person, act: Act | None, *, signed: bool) -> Next:
    """The move of one case for one viewer: who has signed waits for another, and who can't sign for the deciders."""
    usual = of([case])[case.id]
    if usual is NEXT["verifying"] and checking.needed(case.request):
        return CHECK
    if case.state == "with-counsel" and {"counsel", "head"} & set(person.roles):
        return OF_COUNSEL
    if usual is COMPLAINT:
        may_answer = complaints.may_answer(person, case)
        return Next("act", "Answer the complaint of the person affected.") if may_answer else Next("wait", usual.text)
    if usual is REVIEW and not may(person, "decision.review", case):
        return Next("wait", "A decider reviews it: one person decided it alone.")
    if usual is LIFT_REVIEW and not lifts.may_review(case, person):
        return Next("wait", "Somebody who didn’t sign the lift reviews it: a decider, counsel or the head.")
    if act is None or act.state != "open" or usual.kind != "act":
        return usual
    if signed:
        return Next("wait", "You have signed. Another decider signs next.")
    return usual if may(person, "approve", act) else Next("wait", f"It is put to the deciders. {_count(act)}")


def _count(act: Act) -> str:
    given = act.approvals.count()
    return f"{given or 'None'} of {act.rule.count} {'has' if given == 1 or act.rule.count == 1 else 'have'} signed."
