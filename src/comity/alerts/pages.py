"""Alerts: the first one on every page of the desk, all of them in a list, and each on a page of its own."""

from dataclasses import dataclass
from typing import Literal

from comity.console.forms import FormPage
from comity.web.parts import Banner, Form, Link

from . import commands, paging
from .models import Alert

MOST, LATELY = 100, 20  # alerts in a list: that wait, and that were dealt with last
PEOPLE = ("gateway.founded", "person.admitted", "role.granted", "role.revoked", "person.deactivated")
ALERTS = {
    "ring.unanswered": "it rings, and nobody on duty has answered. Take it now, or wake somebody.",
    "rota.hole": "The rota has a hole in the next seven days, or somebody on it can’t be reached. Fill it today.",
    "duty.tested": "The daily test rang, and nobody answered. Look who was on duty, and by what they were rung.",
    "danger.found": "Somebody’s life may be in danger. Read it now, and say what it is.",
    "call.due": "its review, or the order that a service owes, is due. Look at the call.",
    "officer.contained": "Very many calls for help came from one account. All are kept; look at the account.",
    "service.suspended": "A service was suspended on the hotline. Review it, and reinstate it or not.",
    "claim.found": "Counsel: a mail may be about process, or harm held out, against one of our people. Read it now.",
    "claim.due": "Counsel: the day that a claim on a person names is near or past, and no papers have left.",
    "measure.failed": "not effective, or the platform is down. It is tried again; look at it.",
    "platform.drifted": "what stands there is not seen any more as it should be. Look at its measure.",
    "list.differs": "A homeserver’s filter withholds other than what this gateway lists. Its page says more.",
    "clock.half": "half of its time is gone.",
    "review.waits": "one person decided it, and its review still waits. Review it before its day is over.",
    "lift.wrong": "its lift was found wrong on review; nothing is withheld now. Put it to the deciders again, or not.",
    "decision.barred": "it takes two people, and this desk has one: it is put to nobody. The case says why.",
    "decision.unable": "a platform can’t do what it would decide: it is put to nobody. The case says why.",
    "reading.failed": "A mail could not be read by the machine. A person must look at it.",
    "reading.waits": "Many unproven mails came. Some wait to be read; look whether one of them can’t.",
    "step.given-up": "a step failed for hours and isn’t tried any more. Look what is missing; tell the operator.",
    "clock.failed": "Something due by the clock fails, and is tried again. Tell the operator: the log says what.",
    "mail.failed": "a letter of ours was refused for good.",
    "mail.bounced": "a letter of ours came back.",
    "complaint.received": "the person affected has complained. Somebody answers who did not sign the act.",
    "case.joined": "the same order came again after it was lifted or closed. Put it to the deciders again, or not.",
    "link.written": "somebody who has the link to its status page wrote. Read it: it proves nothing of who they are.",
    "mailbox.denied": "the office in whose name it was typed says that it is not theirs. Close it as forged.",
    "register.applied": "Somebody applied to the register of authorities. Check it, and what its domain looks like.",
    "register.suspended": "An authority was suspended. What is open of it was graded anew; look at it.",
    "register.lapsed": "The term of an authority is over. Its mail is called back from now on.",
    "order.changed": "the same order came again and says something else. Compare the two before anything is done.",
    "reply.received": "the authority has written again.",
    "end.near": "what is kept for it ends soon. Look whether its authority has prolonged it; else it ends by itself.",
    "order.fallen": "the order has no effect any more. Put a lift to the deciders at once.",
    "order.doubtful": "its authority has changed it, and as it is now it isn’t valid. Look whether it is lifted.",
    "order.unfound": "it decides about another authority’s order, which isn’t found here, or of which nothing stands.",
    "regulation.emergency": "A regulation was changed as an emergency. It ends by itself unless the quorum signs.",
    "regulation.ended": "An emergency change of a regulation has ended. The version before it counts again.",
    "regulation.ends-soon": "a version of a regulation ends by itself in 60 days. To renew it, propose it anew.",
    "regulation.sunset": "a version of a regulation has ended on its day. The version before it counts again.",
    "bound.crossed": "a bound of the balance is crossed. Look at its likely causes; the council answers it.",
    "alarm.raised": "something grows, or has changed. Look what is behind it, and say whether it is real.",
    "risk.turned": "a risk of the register has turned red, or worse. Look which proof doesn’t hold any more.",
    "level.raised": "the level of management was raised. Look what it asks for: people on call, drills sooner.",
    "level.ended": "the raised level of management has ended by itself. Raise it again if what it rested on stands.",
    "proposal.received": "somebody proposes to change a rule. Admit it, or refuse it on a listed ground, in 48 hours.",
    "proposal.late": "a proposal was neither admitted nor refused in its 48 hours. Do it now.",
    "proposal.frozen": "a proposal is frozen: a member of the council says it is under threat. See to their safety.",
    "proposal.unsigned": "a carried proposal was not signed by those who adopt. Everyone is told so.",
    "statement.received": "a State has spoken by its link. Look whether its words name somebody, and show them.",
    "submission.received": "a State has handed in a submission by its link. Read it, and see what it starts.",
    "annotation.received": "a State has written a note on a summary. Look whether it names somebody, and show it.",
    "settlement.confirmed": "the State has confirmed the terms. The dispute is settled by them.",
    "settlement.declined": "the State has not confirmed the terms. Look in the settlement lane whether it says why.",
    "dispute.due-soon": "a deadline of a dispute is near. Look whose it is, and what is missing.",
    "dispute.late": "a deadline of a dispute has passed. Look whose it was, and say what follows.",
    "recipient.logged": "an authority gave its key. Ring its registered number, and say whether the key is theirs.",
    "share.bad": "the recipient found shares that do not fit. They are left out, and their custodian is asked again.",
    "share.refused": "a custodian refused, and said why. Look whether others can open, or what is answered instead.",
    "opening.short": "too few custodians are left who could open it. Tell the authority what can’t be given, and why.",
    "production.due": "what was opened for an authority waits to be collected. Remind it at its registered number.",
    "item.unsealed": "nothing could be sealed for an order. Look what its platform says, and what is missing.",
    "contact.missed": "a State did not confirm its registered address. It may be lost: ask there by another way.",
    "gateway.founded": "This desk was founded. Who signed, and whether it is one person, stands under People.",
    "plan.paused": "a plan of leaving a country, or of coming back, has stopped. Look why.",
    "step.waits": "the platform doesn’t answer a step of a plan. It is tried again.",
    "gate.wrong": "viewers in a country, or next door, find something else than a plan says. Look at it now.",
    "person.proposed": "Somebody is to decide or to guard here. Look under People: sign, or object.",
    "person.objected": "Somebody objected to an admission. Read it under People before you sign.",
    "person.declined": "An admission has ended: nobody signed it in time, or it verifies no more.",
    "person.admitted": "Somebody was admitted to this desk. Look under People who vouched for them.",
    "role.granted": "Somebody was given a role. Look under People who signed it.",
    "role.revoked": "Somebody lost a role.",
    "person.deactivated": "Somebody has left this desk: their keys and roles have ended.",
}
OF_DUTY = ("ring.unanswered", "rota.hole", "duty.tested")
OF_A_CLAIM = ("claim.found", "claim.due")
OF_A_CALL = ("call.due",)
OF_A_SERVICE = ("officer.contained", "service.suspended")
OF_A_STATE = ("statement.received", "contact.missed")
OF_THE_REGISTER = ("register.applied", "register.suspended", "register.lapsed")
OF_A_BOUND = ("bound.crossed",)
OF_RISK = ("alarm.raised",)
OF_A_LEVEL = ("level.raised", "level.ended")
OF_THE_RISKS = ("risk.turned", *OF_A_LEVEL)
OF_CUSTODY = ("recipient.logged", "share.bad", "share.refused", "opening.short", "production.due", "item.unsealed")
OF_A_PROPOSAL = ("proposal.received", "proposal.late", "proposal.frozen", "proposal.unsigned")
OF_A_PLAN = ("plan.paused", "step.waits", "gate.wrong")
OF_A_DISPUTE = (
    "submission.received",
    "annotation.received",
    "settlement.confirmed",
    "settlement.declined",
    "dispute.due-soon",
    "dispute.late",
)
SOON = (
    "clock.half",
    "end.near",
    "complaint.received",
    "reply.received",
    "link.written",
    "regulation.ended",
    "reading.waits",
    "rota.hole",
    "regulation.ends-soon",
    "regulation.sunset",
    "bound.crossed",
    *OF_RISK,
    *OF_A_LEVEL,
    *OF_A_PROPOSAL,
    *OF_A_STATE,
    *OF_A_DISPUTE[:-1],
    *OF_THE_REGISTER,
    *PEOPLE,
)


def banner(realm: str) -> Banner | None:
    """What can't wait in a realm, for every page, and how much more does not; None if nothing does."""
    waiting = commands.open_in(realm)[: MOST + 1]
    if not waiting:
        return None
    first, more = waiting[0], len(waiting) - 1
    about, says = _about(first), _says(first)
    others = Link(f"{more if more < MOST else f'{MOST}+'} more", f"/console/alerts/?realm={realm}") if more else None
    leads = Link("Open it", f"/console/alerts/{first.id}")
    return Banner(f"{about}:" if about else "", says, leads, tone=_tone(first), others=others)


@dataclass(frozen=True, slots=True)
class Row:
    """One alert in the list."""

    alert: Alert
    about: str
    says: str
    where: str
    late: bool


def listed(realm: str) -> tuple[list[Row], list[Row]]:
    """What nobody has dealt with, in the order of the banner, and what was dealt with last."""
    over = Alert.objects.filter(realm=realm, seen_at__isnull=False).order_by("-seen_at")[:LATELY]
    return [_row(one) for one in commands.open_in(realm)[:MOST]], [_row(one) for one in over]


def _row(alert: Alert) -> Row:
    says = _says(alert)
    return Row(alert, _about(alert), says[:1].upper() + says[1:], where(alert), _tone(alert) == "late")


def _says(alert: Alert) -> str:
    return ALERTS.get(alert.kind, "needs a look.") + (f" ({alert.count} times)" if alert.count > 1 else "")


def _tone(alert: Alert) -> Literal["late", "soon"]:
    return "soon" if alert.kind in SOON else "late"


def _about(alert: Alert) -> str:
    """The number of what an alert is about: a case, a relation with a State, a plan, a dispute or a claim."""
    known = (
        *OF_A_BOUND,
        *OF_RISK,
        *OF_THE_RISKS,
        *OF_A_PROPOSAL,
        *OF_A_CALL,
        *OF_A_STATE,
        *OF_A_PLAN,
        *OF_A_DISPUTE,
        "claim.due",
        "ring.unanswered",
        "duty.tested",
    )
    return alert.case or (alert.thing if alert.kind in known else "")


def where(alert: Alert) -> str:
    """The path an alert leads to."""
    if alert.kind in OF_DUTY:
        return "/console/duty/rota" if alert.kind == "rota.hole" else paging.where(alert.thing)
    if alert.kind in OF_A_BOUND:
        return f"/console/balance/bounds/{alert.thing}"
    if alert.kind in OF_RISK:
        return f"/console/risk/alarms/{alert.thing}"
    if alert.kind in OF_A_LEVEL:
        return f"/console/risk/level?realm={alert.realm}"
    if alert.kind in OF_THE_RISKS:
        return f"/console/risk/register/{alert.thing}?realm={alert.realm}"
    if alert.kind in OF_A_PROPOSAL:
        return f"/console/proposals/{alert.thing}"
    if alert.kind in OF_A_STATE:
        return f"/console/countries/{alert.thing.split('-')[1]}?realm={alert.realm}"
    if alert.kind in OF_A_PLAN:
        return f"/console/plans/{alert.thing}"
    if alert.kind in OF_A_DISPUTE:
        return f"/console/disputes/{alert.thing}"
    if alert.kind in OF_A_CALL:
        return f"/console/hotline/{alert.thing}"
    if alert.kind in OF_A_SERVICE:
        return f"/console/hotline/services?realm={alert.realm}"
    if alert.kind in OF_CUSTODY:
        return _in_custody(alert)
    if alert.kind in OF_THE_REGISTER:
        return f"/console/register/{alert.thing}" if alert.thing else f"/console/register/?realm={alert.realm}"
    if alert.case:
        return f"/console/cases/{alert.case}#measures"
    if alert.kind in PEOPLE:
        return "/people/"
    if alert.kind in OF_A_CLAIM:
        own = alert.thing if alert.thing.startswith("P-") else f"?realm={alert.realm}&state=unsorted"
        return f"/console/claims/{own}"
    if alert.kind in commands.ABOVE:
        return f"/console/?realm={alert.realm}"
    return f"/console/requests/?realm={alert.realm}{'&state=waits' if alert.kind == 'reading.waits' else ''}"


def _in_custody(alert: Alert) -> str:
    """An opening's page, a case's, or the list of both."""
    number = alert.case or alert.thing
    if number.startswith("O-"):
        return f"/console/custody/{number}"
    return f"/console/cases/{number}#measures" if number.startswith("C-") else f"/console/custody/?realm={alert.realm}"


def _named(alert: Alert) -> str:
    """The page that an alert about no case leads to."""
    if alert.kind in PEOPLE:
        return "People"
    if alert.kind in OF_A_BOUND:
        return "Balance"
    if alert.kind in OF_THE_RISKS:
        return "Risks"
    if alert.kind in OF_A_PROPOSAL:
        return "Proposals"
    if alert.kind in OF_DUTY:
        return "Rota" if alert.kind == "rota.hole" else "Rings"
    if alert.kind in (*OF_A_STATE, *OF_A_PLAN):
        return "Countries"
    if alert.kind in OF_A_DISPUTE:
        return "Disputes"
    if alert.kind in (*OF_A_CALL, *OF_A_SERVICE):
        return "Hotline"
    if alert.kind in OF_A_CLAIM:
        return "Claims"
    if alert.kind in OF_THE_REGISTER:
        return "Register"
    if alert.kind in OF_CUSTODY:
        return "Custody"
    return "Queue" if alert.kind in commands.ABOVE else "Requests"


def alert_page(alert: Alert, path: str, where: str) -> FormPage:
    """One alert: what it says, where to look, and the button that it has been dealt with."""
    leads = Link(f"Case {alert.case}" if alert.case else _named(alert), where)
    words = ALERTS.get(alert.kind, "needs a look.")
    often = f" It is so {alert.count} times." if alert.count > 1 else ""
    says = (words[:1].upper() + words[1:] + often,)
    form = Form(path, "It has been dealt with", second=True)
    after = "Once it is dealt with, take the warning off the pages of everyone at the desk."
    return FormPage(
        f"{_about(alert) or 'The desk'} needs a look",
        (Link("Queue", "/console/"), leads),
        (*says, after),
        form,
        primary=Link("Open it", where),
    )
