"""The road of a demand: what follows what.

A state's demand comes in by a door and is stored before we say yes (`request.received`). It is read; its sender is
matched and graded; the platform is asked what the address leads to; the pack in force at receipt judges it; a case is
opened, acknowledged, drafted, and what the order names in public is kept safe. People decide. Then the measure is
taken, looked at from inside and outside, and only what was seen is answered to the authority and told to the person.

Each command is run by the worker in a job of its own, once for an event however often it is tried. Where what follows
an event depends on what it is about, that stands after its kind: `decision.approved lift`. Nothing else in the
product calls upwards: who wants to know what happens after an event reads this page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from comity.accreditation import commands as accreditation
from comity.admissions import commands as admissions
from comity.adoption import commands as adoption
from comity.alerts import drills
from comity.answers import changing, lasting, lifting
from comity.answers import commands as answers
from comity.balance import bounds, coded, dates, proposing
from comity.cases import asking, attached, counted, deciding, given_up, judging, lanes, obstacles, reviews, turns
from comity.cases import changing as changes
from comity.cases import commands as cases
from comity.claims import commands as claims
from comity.countries import commands as countries
from comity.custody import asking as custodians
from comity.custody import commands as custody
from comity.custody import production, recipients, seals, telling
from comity.disputes import commands as disputes
from comity.figures import commands as figures
from comity.following import commands as following
from comity.hotline import after as hotline_after
from comity.hotline import commands as hotline
from comity.inquiries import commands as inquiries
from comity.inquiries import fallen
from comity.leaving import carrying as leaving
from comity.ledger.models import Event
from comity.measures import commands as measures
from comity.measures import ending, reducing, unseen
from comity.notices import commands as notices
from comity.notifications import commands as notifications
from comity.notifications import keeping
from comity.outbox import commands as outbox
from comity.people import commands as people
from comity.platforms.telegram import evidence as telegram
from comity.record import figures as record_figures
from comity.risk import commands as risk
from comity.risk import leveling, turning
from comity.risk.drills import commands as drill
from comity.shadow import commands as shadow
from comity.vault import commands as vault

Command = Callable[[Event], timedelta | None]  # in how long it is to be run again, where it isn't through

STEPS: Mapping[str, tuple[Command, ...]] = {
    # what came in is read, its sender graded, and judged
    "request.received": (cases.read_request,),
    "reading.resumed": (cases.read_request,),
    "facts.read": (asking.ask, cases.grade_sender, cases.note_bounce),
    "facts.corrected": (cases.grade_sender,),
    "callback.recorded": (cases.grade_sender, following.tell_confirmed),
    "register.checked": (cases.grade_sender,),
    "sender.graded": (judging.judge_request,),
    "platform.back": (judging.judge_request,),
    # what words can't decide is put to a person, whoever sent it; the desk is alerted, and what is answered judged by
    "danger.found": (hotline.from_mail, cases.alert),
    "claim.found": (claims.open_found, cases.alert),
    "claim.due": (cases.alert,),
    "question.answered": (judging.judge_request,),
    "order.entered": (cases.grade_sender, attached.read_files),
    "files.read": (asking.ask, cases.grade_sender),
    # what no pack judges waits for a person, who sorts it with a written reply
    "request.waiting": (answers.acknowledge,),
    "request.triaged": (answers.reply,),
    # a case is acknowledged once, drafted from its finding, and what it names in public is kept safe
    "case.opened": (answers.acknowledge, following.join_case),
    "case.joined": (answers.acknowledge, cases.repeated),
    "order.changed": (answers.acknowledge, obstacles.clarified, cases.alert),
    "reply.received": (answers.acknowledge, obstacles.clarified, inquiries.replied, cases.alert, attached.read_files),
    "clarification.received": (cases.grade_sender,),
    "order.prolonged": (ending.put_off, lasting.prolonged),
    "case.judged": (answers.draft, notifications.draft, measures.preserve, seals.keep),
    "instead.chosen": (answers.draft, notifications.draft),
    "case.drafted": (deciding.put_forward,),
    "case.drafted answer": (fallen.put,),
    "draft.edited": (deciding.put_forward,),
    "measure.again": (deciding.put_forward,),
    # people decided: act, or say what stands in the way, or undo
    "decision.approved execute": (shadow.would, measures.begin, answers.stand_by),
    "decision.approved annex3": (shadow.would, answers.cannot),
    "decision.approved answer": (shadow.would, answers.cannot, answers.decline),
    "decision.approved lift": (measures.lift, fallen.follow, changes.settle),
    # custody: what stands is opened by several custodians, once its act is in the record; only its authority reads it
    "production.waits": (custody.prepare,),
    "opening.prepared": (production.ask_key, custody.forward),
    "recipient.logged": (custody.forward, cases.alert),
    "recipient.called-back": (custody.forward,),
    "recipient.ended": (custody.recipient_ended,),
    "opening.asked": (custodians.ask,),
    "opening.ended": (custody.prepare_again,),
    "share.given": (production.make,),
    "share.bad": (production.again, cases.alert),
    "share.refused": (cases.alert,),
    "opening.short": (cases.alert,),
    "opening.complete": (production.tell_ready, production.produced),
    "production.collected": (telling.plan,),
    "production.due": (cases.alert,),
    "item.unsealed": (cases.alert,),
    "brake.released": (measures.resume,),
    # in shadow nothing of it is done; who enters or leaves it finds what is put to them as it would go now
    "shadow.begun": (deciding.put_as_it_stands,),
    "shadow.left": (deciding.put_as_it_stands,),
    "platform.drifted": (cases.alert,),
    "list.differs": (cases.alert,),
    # the effect is what was seen, not what the platform promised
    "measure.acted": (reviews.start, measures.observe, hotline.measured),
    "measure.lifted": (measures.observe, custody.fell),
    "measure.narrowed": (measures.observe,),
    "measure.ended": (ending.over, lasting.ended, custody.fell),
    "effect.observed": (answers.answer, notifications.notify),
    "effect.observed narrow": (lifting.tell,),
    "effect.observed lift": (lifting.tell, inquiries.reinstated, fallen.answered),
    # what leaves
    "mail.queued": (outbox.deliver,),
    # what the desk must see
    "reading.failed": (asking.ask, cases.alert, answers.acknowledge),
    "reading.waits": (cases.alert,),
    "measure.failed": (cases.alert,),
    "clock.half": (cases.alert,),
    "mail.failed": (cases.alert,),
    "mail.bounced": (cases.alert,),
    "decision.barred": (cases.alert,),
    "decision.unable": (cases.alert,),
    "review.waits": (cases.alert,),
    "lift.wrong": (cases.alert,),
    "order.fallen": (cases.alert,),
    "order.unfound": (cases.alert,),
    # a later request changed an order: what was kept for one that is over is let go, and its authority told
    "order.withdrawn": (measures.let_go, changing.withdrawn, custody.fell),
    "order.doubtful": (cases.alert,),
    "end.near": (cases.alert,),
    "complaint.received": (notifications.start_clock, cases.alert),
    "regulation.emergency": (cases.alert,),
    "regulation.ended": (cases.alert,),
    "regulation.ends-soon": (cases.alert,),
    "regulation.sunset": (proposing.ended, cases.alert),
    "regulation.adopted": (proposing.adopted,),
    # the balance: a bound is crossed; a rule is proposed, and what the council carried goes to those who adopt
    "bound.crossed": (bounds.alert,),
    "proposal.received": (proposing.alert,),
    "proposal.late": (proposing.alert,),
    "proposal.frozen": (cases.alert,),
    "proposal.carried": (proposing.put_to_quorum,),
    "proposal.unsigned": (cases.alert,),
    # growing risk: a series changed, or the load will be more than can be done
    "alarm.raised": (risk.alert, turning.after),
    "alarm.judged": (turning.after,),
    # a drill is sent through the real door, scored, and tidied up; what rests on it is looked at anew
    "drill.begun": (drill.run,),
    "drill.ended": (drill.put_away, turning.after),
    "drill.broken": (drill.put_away,),
    "level.raised": (turning.after, cases.alert),
    "level.lowered": (turning.after,),
    "level.ended": (turning.after, cases.alert),
    "risk.turned": (turning.alert,),
    # a State speaks, or is not heard where it should be
    "statement.received": (cases.alert,),
    "contact.missed": (cases.alert,),
    # the hotline: a signature raises the grade, what was done is told in its thread, and what came of it is asked
    "call.signed": (cases.grade_sender,),
    # what is typed on our page is nobody's until its officer's passkey, or the registered mailbox, says whose it is
    "filing.signed": (cases.grade_sender,),
    "mailbox.confirmed": (cases.grade_sender,),
    "mailbox.denied": (cases.grade_sender, cases.alert),
    "link.written": (cases.alert, attached.read_files),
    # the register: what isn't over of an authority is graded anew as its entry now stands
    "register.changed": (cases.grade_sender,),
    "register.applied": (cases.alert,),
    "register.suspended": (recipients.suspended, cases.alert),
    "register.lapsed": (cases.alert,),
    "register.reinstated": (production.ask_key_again,),
    "register.accepted": (production.ask_key_again,),
    "preserved": (hotline.measured,),
    "call.closed": (hotline_after.ask_outcome,),
    "call.due": (cases.alert,),
    "officer.contained": (cases.alert,),
    "service.suspended": (cases.alert,),
    # a dispute: something came by a link, or is due
    "submission.received": (cases.alert,),
    "annotation.received": (cases.alert,),
    "settlement.confirmed": (cases.alert,),
    "settlement.declined": (cases.alert,),
    "dispute.due-soon": (cases.alert,),
    "dispute.late": (cases.alert,),
    # a country is left, or come back to: step by step, each seen from there and next door, and undone the last first
    "step.to-sign": (leaving.put_step,),
    "step.due": (leaving.act,),
    "step.acted": (leaving.observe,),
    "plan.reversing": (leaving.undo,),
    "plan.look-due": (leaving.look,),
    "plan.paused": (cases.alert,),
    "step.waits": (cases.alert,),
    "gate.wrong": (cases.alert,),
    # who may decide has changed: everyone who does sees it
    "gateway.founded": (cases.alert, deciding.put_anew),
    "person.proposed": (cases.alert,),
    "person.objected": (cases.alert,),
    "person.admitted": (cases.alert,),
    "person.declined": (cases.alert,),
    "role.granted": (cases.alert,),
    "role.revoked": (cases.alert,),
    "person.deactivated": (cases.alert, admissions.left),
}

# what time alone brings about
BY_THE_CLOCK: tuple[Callable[[datetime], object], ...] = (
    keeping.keep_standing,  # before what forgets, and what opens
    counted.fill,  # before what forgets, too
    figures.keep_time,  # and this
    record_figures.keep_time,
    admissions.keep_time,
    coded.keep_time,
    bounds.keep_time,
    dates.keep_time,
    risk.keep_time,
    leveling.keep_time,
    drill.keep_time,
    turning.keep_time,
    cases.half_time,
    claims.keep_time,
    reviews.remind,
    lanes.look_again,
    given_up.tell,
    ending.tell_near,
    ending.end_due,
    unseen.look_again,
    reducing.reduce,
    turns.release,
    turns.forget,
    notifications.release_due,
    adoption.keep_time,
    accreditation.keep_time,
    countries.keep_time,
    disputes.keep_time,
    leaving.keep_time,
    hotline_after.keep_time,
    drills.keep_time,
    notices.forget,
    shadow.keep_time,
    custodians.keep_time,
    seals.end_due,
    production.remind,
    telling.tell_due,
    vault.seal_again,
    vault.forget,
    people.forget,
    telegram.forget,
)

# what is forgotten doesn't come back: it waits until these went through, which keep or count what stands
FIRST: Mapping[Callable[[datetime], object], tuple[Callable[[datetime], object], ...]] = {
    vault.forget: (keeping.keep_standing, counted.fill, figures.keep_time, ending.end_due),
}

# acts that wait for a machine other than ours run outside their case's lock
_LONG: tuple[Command, ...] = (
    cases.read_request,
    attached.read_files,
    judging.judge_request,
    measures.preserve,
    seals.keep,
    custody.prepare,
    custody.prepare_again,
    custodians.ask,
    production.make,
    production.again,
    measures.begin,
    measures.lift,
    measures.observe,
    notifications.notify,
    outbox.deliver,
    drill.run,
    drill.put_away,
    leaving.put_step,
    leaving.act,
    leaving.observe,
    leaving.undo,
    leaving.look,
)


def name(command: Callable[..., object]) -> str:
    """The name under which a command's job is deferred: `cases.read_request`."""
    return f"{command.__module__.removeprefix('comity.').removesuffix('.commands')}.{command.__name__}"


ROAD: Mapping[str, tuple[str, ...]] = {kind: tuple(map(name, steps)) for kind, steps in STEPS.items()}
COMMANDS: Mapping[str, Command] = {name(command): command for steps in STEPS.values() for command in steps}
LONG: frozenset[str] = frozenset(map(name, _LONG))
