"""The closed list of everything that can happen. An event that is not here can't be recorded.

The list alone decides in which part a key is stored, whatever the recording act calls it. `public` may be published one
day: nothing in it distinguishes a case under a non-disclosure from any other, or identifies a person
(docs/decisions/public-parts.md). `sealed` holds ids and vault references, opened when shown; `inside` are codes, stored
with the sealed ones, that the desk sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import sentences as says
from .sentences import blanks, either


@dataclass(frozen=True)
class Kind:
    """A kind of event: dotted name, sentence for people, and the keys its parts may have.

    `more` extends the sentence by the codes that the desk sees. `published`: whether it may be published at all; of
    some kinds, that they happened at all betrays too much.
    """

    name: str
    sentence: str
    public: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    more: says.Told = says.everything
    inside: tuple[str, ...] = ()
    published: bool = True

    def say(self, told: Mapping[str, Any], words: says.Words) -> str:
        """What an event of this kind adds to the sentence; `words`: what higher rooms know of its codes."""
        return self.more(told, words)


DECIDED = blanks(": {kind}", kind=says.DECISIONS)
OF_PLAN, OF_STEP = blanks(": {country}"), blanks(": {step}, {country}")

_ALL = (
    # what comes in
    Kind(
        "request.received",
        "Request received and stored before we said yes",
        ("door",),
        (),
        more=says.received,
        inside=("bytes",),
    ),
    Kind("reading.failed", "The request could not be read; a person looks at it", ("reason",)),
    Kind(
        "reading.waits",
        "Reading waits: many unproven mails came of this sender, its site or of all",
        ("why",),
        more=blanks(": {why}", why=says.WHY),
    ),
    Kind("reading.resumed", "What waited to be read has its turn now"),
    Kind("facts.read", "Facts read", ("instrument",), ("facts",), more=says.read, inside=("flags", "read")),
    Kind(
        "facts.corrected",
        "Fact corrected; both values stay",
        (),
        ("facts",),
        more=blanks(": {field}", field="fact"),
        inside=("field",),
    ),
    Kind(
        "callback.recorded",
        "Call-back to the registered number recorded",
        ("confirmed",),
        ("authority",),
        more=either("confirmed", ": it is theirs", ": it is not theirs"),
    ),
    Kind(
        "register.checked",
        "The authority was looked up in the register that its law names",
        ("found",),
        ("authority",),
        more=blanks(": {found}", found=says.LOOKED_UP),
    ),
    Kind(
        "sender.graded", "Sender graded", ("grade",), ("verification",), more=says.graded, inside=("authority", "flags")
    ),
    Kind("platform.back", "The platform answers again: what the addresses lead to is looked up again"),
    Kind(
        "request.triaged", "Request sorted by a person", ("lane",), ("reply",), more=blanks(": {lane}", lane=says.LANES)
    ),
    Kind(
        "request.waiting",
        "Request waits in the triage lane for a person",
        ("why",),
        more=blanks(": {why}", why=says.WHY),
    ),
    Kind(
        "request.judged",
        "Request without a case judged",
        ("pack", "version", "outcome"),
        ("finding",),
        more=says.judged_alone,
        inside=("holds", "fails", "unknown"),
    ),
    # none of these is published: that one is there says that somebody wrote of a danger, or of one of our people
    Kind("danger.found", "It may speak of danger to somebody's life; the desk is alerted", published=False),
    Kind(
        "claim.found",
        "It may speak of process or harm against a person of ours; counsel is alerted",
        published=False,
    ),
    Kind(
        "question.answered",
        "Question answered by a person",
        inside=("question", "answer"),
        more=blanks(": {question} {answer}", question=says.QUESTIONS, answer=says.ANSWERS),
        published=False,
    ),
    Kind("danger.acted", "What was done about the danger is recorded", (), ("note",), published=False),
    Kind("danger.reviewed", "The danger was looked at again", (), ("note",), published=False),
    Kind(
        "order.entered",
        "Order entered by a person: instrument and facts, each with its place",
        ("instrument",),
        ("facts",),
        more=says.opened,
    ),
    Kind("content.viewed", "Content looked at", (), ("ref",), more=blanks(": the {what}"), inside=("what",)),
    # the case
    Kind("case.opened", "Case opened", ("instrument",), (), more=says.opened, inside=("country",)),
    Kind("case.joined", "The same order again: joined its case", (), ("request",)),
    Kind(
        "order.changed",
        "The same order again, with other facts: both are shown, and it is judged again",
        (),
        ("request",),
    ),
    Kind("reply.received", "The sender wrote again in the thread of a case", (), ("request",)),
    Kind("clarification.received", "Clarification received: the time runs from it", (), ("request",)),
    Kind(
        "order.prolonged", "Order prolonged by its authority: what stands under it ends later", ("how",), ("request",)
    ),
    Kind(
        "case.judged",
        "Judged",
        ("pack", "version", "outcome"),
        ("finding",),
        more=says.judged,
        inside=("holds", "fails", "unknown"),
    ),
    Kind("case.taken", "Case taken", ("taken",), more=either("taken", "", ": put back")),
    Kind("case.drafted", "Decision and letters drafted", ("kind",), ("draft",), more=says.lettered),
    Kind("draft.edited", "Draft edited", (), ("draft",), more=says.lettered, inside=("letter",)),
    Kind("decision.proposed", "Decision put to the deciders", ("kind",), ("act", "reason", "document"), more=DECIDED),
    Kind(
        "approval.given",
        "Approval given",
        ("number", "of"),
        ("act", "approval"),
        more=blanks(": number {number} of {of}, from {jurisdiction}"),
        inside=("jurisdiction",),
    ),
    Kind("approval.refused", "Approval refused, with the reason", (), ("act",), more=says.refused, inside=("why",)),
    Kind("approval.voided", "What was put to people is void: it has changed since", ("kind",), ("act",), more=DECIDED),
    Kind("decision.approved", "Decision approved by the quorum", ("kind",), ("act",), more=DECIDED),
    Kind(
        "decision.barred",
        "Decision put to nobody: one person decides here, and it takes two; the desk is alerted",
        ("why",),
        more=blanks(": {why}", why="barred"),
    ),
    Kind(
        "decision.unable",
        "Decision put to nobody: a platform can't do what it would decide; the desk is alerted",
        ("why",),
    ),
    Kind(
        "decision.reviewed",
        "Reviewed what one person had decided",
        ("stands",),
        ("act",),
        more=either("stands", ": it stands", ": it is lifted"),
    ),
    Kind(
        "review.waits",
        "The review of what one person decided or lifted waits, and its time is going; the desk is alerted",
        ("gone",),
        more=says.gone,
    ),
    Kind(
        "lift.reviewed",
        "Lift of a mistake reviewed by somebody who had not signed it",
        ("right",),
        ("act",),
        more=either("right", ": it was right", ": it was wrong"),
    ),
    Kind("lift.wrong", "A lift was found wrong on review; the desk is alerted", (), ("act",)),
    Kind("decision.returned", "Decision put aside", ("as",), ("reason", "act"), more=says.returned),
    Kind("clock.half", "Half of the time is gone; the desk is alerted", ("deadline",), more=says.nothing),
    Kind("case.closed", "Case closed: nobody's order; nothing was done", (), ("reason",)),
    Kind(
        "case.forged",
        "Order flagged as forged: its clocks stop, nothing was done, and whoever sent it is told nothing",
        (),
        ("reason",),
        published=False,
    ),
    Kind("case.answered", "Case answered", ("met",), more=either("met", ", in time", ", late")),
    # acts on a platform
    Kind(
        "measure.begun",
        "Measure begun: prior state kept",
        ("kind", "territory"),
        ("measure",),
        more=says.measured,
        inside=("targets",),
    ),
    Kind("measure.acted", "The platform took the measure", ("kind", "territory"), ("measure",), more=says.measured),
    Kind("measure.lifted", "Measure lifted", ("kind",), ("measure", "reason"), more=blanks(": {kind}")),
    Kind("measure.again", "What was lifted is put to the deciders once more", (), ("reason",)),
    Kind("end.near", "What is kept for an order ends soon; the desk looks whether it was prolonged"),
    Kind("measure.ended", "Measure ended by itself: its time is over", ("kind",), ("measure",)),
    Kind("measure.prolonged", "End of a measure put off", ("kind",), ("measure",)),
    Kind(
        "measure.failed",
        "Measure failed or is not effective; the desk is alerted",
        ("kind", "why"),
        ("measure",),
        more=blanks(": {why}", why=says.WHY),
    ),
    Kind(
        "effect.observed",
        "Effect observed by an ordinary viewer",
        ("kind", "effective", "seen", "sampled"),
        ("measure",),
        more=says.observed,
    ),
    Kind(
        "preserved",
        "Content preserved under seal",
        (),
        ("measure", "snapshot"),
        more=says.preserved,
        inside=("targets",),
    ),
    Kind("brake.set", "Brake set: nothing is done on the platform", (), ("reason",)),
    Kind("brake.released", "Brake released", (), ("reason",)),
    # what goes out
    Kind(
        "reply.withheld",
        "Reply not sent, so that no machine is answered for ever",
        ("kind", "why"),
        more=blanks(": {kind}, {why}", kind=says.MAILS, why=says.WHY),
    ),
    Kind("mail.queued", "Mail made and stored, to be sent", ("kind",), ("mail",), more=says.lettered),
    Kind("mail.sent", "Mail taken by the relay", ("kind",), ("mail",), more=says.lettered),
    Kind("mail.shown", "Mail kept in the outbox: no relay is set", ("kind",), ("mail",), more=says.lettered),
    Kind("mail.failed", "Mail refused for good; the desk is alerted", ("kind", "code"), ("mail",), more=says.lettered),
    Kind("mail.bounced", "Mail came back; the desk is alerted", ("kind",), ("mail",), more=says.lettered),
    # none of these is published: one is there only where somebody was told, or was not
    Kind(
        "notification.sent",
        "Person notified",
        (),
        ("notification",),
        more=says.notified,
        inside=("channel",),
        published=False,
    ),
    Kind(
        "notification.held",
        "Notification held back by a non-disclosure",
        (),
        ("notification",),
        more=says.held,
        inside=("until",),
        published=False,
    ),
    Kind("notification.released", "Held notification released", (), ("notification",), published=False),
    Kind("complaint.received", "Complaint received", (), ("complaint",), published=False),
    Kind("complaint.answered", "Complaint answered", (), ("complaint",), published=False),
    Kind("inquiry.sent", "An authority was asked", ("kind",), ("inquiry",), more=blanks(": {kind}", kind=says.ASKED)),
    Kind("inquiry.replied", "Its reply to our question came", (), ("inquiry", "request")),
    Kind(
        "inquiry.closed",
        "What came of a question was written down",
        ("kind", "outcome"),
        ("inquiry",),
        more=blanks(": {outcome}", outcome=says.CAME),
    ),
    Kind("order.fallen", "The order has no effect any more: what was done under it is undone", (), ("inquiry",)),
    Kind("copy.given", "Copy of the order given to the person affected", (), ("complaint",), published=False),
    # the road itself
    Kind("step.given-up", "A step failed each time it was tried, and is given up; the desk is alerted", ("command",)),
    Kind(
        "clock.failed",
        "What is due by the clock failed, and is tried again; the desk is alerted",
        ("command",),
        more=blanks(": {command}"),
    ),
    # the life of a regulation (the event's `case` is the number of the change)
    Kind(
        "regulation.drafted",
        "Change of a regulation begun: a copy to be edited",
        ("regulation", "version"),
        more=says.versioned,
    ),
    Kind("regulation.edited", "Text of a change of a regulation edited", ("regulation",), more=says.nothing),
    Kind(
        "regulation.tried",
        "Change of a regulation tried on past cases; nothing was done to them",
        ("regulation", "cases", "more", "less", "other"),
        more=says.tried,
    ),
    Kind(
        "regulation.proposed",
        "Change of a regulation put to the people who adopt it",
        ("regulation", "version", "sha256", "from", "urgent"),
        ("act",),
        more=says.put,
    ),
    Kind(
        "regulation.returned",
        "Change of a regulation sent back to be edited",
        ("regulation",),
        ("act",),
        more=says.nothing,
    ),
    Kind("regulation.withdrawn", "Change of a regulation withdrawn", ("regulation",), more=says.nothing),
    Kind(
        "regulation.adopted",
        "New version of a regulation adopted by the quorum",
        ("regulation", "version", "sha256", "from"),
        ("act",),
        more=says.put,
    ),
    Kind("regulation.in-force", "Version of a regulation in force", ("regulation", "version"), more=says.versioned),
    Kind("regulation.superseded", "Version of a regulation superseded", ("regulation", "version"), more=says.versioned),
    Kind(
        "regulation.emergency",
        "Emergency change of a regulation in force at once, by one signature",
        ("regulation", "version", "sha256", "until"),
        ("act",),
        more=says.urgent,
    ),
    Kind(
        "regulation.confirmed",
        "Emergency change of a regulation confirmed by the quorum",
        ("regulation", "version", "until"),
        ("act",),
        more=says.confirmed,
    ),
    Kind(
        "regulation.ended", "Emergency change of a regulation ended", ("regulation", "version", "as"), more=says.ended
    ),
    # a claim on one of our people (the event's `case` is its number); none is published
    Kind("claim.opened", "Claim on a person opened", inside=("door",), more=blanks(": by {door}"), published=False),
    Kind(
        "claim.sorted",
        "Claim on a person sorted by counsel or the head",
        (),
        ("reason",),
        inside=("court", "pressure"),
        more=blanks(": process {court}, pressure {pressure}", court=says.ANSWERS, pressure=says.ANSWERS),
        published=False,
    ),
    Kind("claim.dated", "Day that a claim on a person names set", published=False),
    Kind("claim.concerns", "Post that a claim is about set", published=False),
    Kind("claim.joined", "Claim on a person joined to another: it is the same", inside=("to",), published=False),
    Kind("claim.linked", "Case named in which the demand inside is judged", inside=("to",), published=False),
    Kind("claim.passed", "Papers passed to that person's own counsel", published=False),
    Kind(
        "claim.told",
        "Person told by a channel of their own",
        inside=("how",),
        more=blanks(" {how}", how=says.HOW),
        published=False,
    ),
    Kind(
        "claim.answered",
        "Pressure turned to the lawful door",
        inside=("how",),
        more=blanks(" {how}", how=says.HOW),
        published=False,
    ),
    Kind(
        "claim.ended",
        "Claim on a person ended",
        (),
        ("reason",),
        inside=("track",),
        more=blanks(": {track}"),
        published=False,
    ),
    Kind(
        "claim.due",
        "The day a claim names is near or past, and no papers have left; the desk is alerted",
        published=False,
    ),
    Kind("post.changed", "Who holds a post of ours and who their counsel is changed", published=False),
    Kind("privilege.noted", "Privileged note taken", published=False),
    # how we stand with a State (the event's `case` is the number of the relation)
    Kind(
        "relation.moved",
        "Relation with a State moved",
        ("country", "step", "before", "after"),
        ("act",),
        more=blanks(": {country}, from {before} to {after}"),
    ),
    Kind(
        "relation.observed",
        "Looked whether people in a State reach us",
        ("country", "reach"),
        more=blanks(": {country}, {reach}"),
    ),
    Kind(
        "agreement.proposed",
        "Agreement with a State put to the people who make it",
        ("country", "version"),
        ("act",),
        more=blanks(": {country}, version {version}"),
    ),
    Kind(
        "agreement.returned",
        "Agreement with a State sent back",
        ("country", "version"),
        ("act",),
        more=blanks(": {country}, version {version}"),
    ),
    Kind(
        "agreement.made",
        "Agreement with a State made by the quorum",
        ("country", "version", "sha256"),
        ("act",),
        more=blanks(": {country}, version {version}"),
    ),
    Kind(
        "agreement.ended",
        "Agreement with a State ended: its time is over",
        ("country", "version"),
        more=blanks(": {country}, version {version}"),
    ),
    Kind("contact.changed", "Registered address of a State changed", ("country",), more=blanks(": {country}")),
    Kind(
        "contact.asked",
        "Registered address of a State asked whether it is read",
        ("country",),
        ("link",),
        more=blanks(": {country}"),
    ),
    Kind(
        "contact.checked",
        "Registered address of a State confirmed",
        ("country",),
        ("link",),
        more=blanks(": {country}"),
    ),
    Kind(
        "contact.missed",
        "Registered address of a State not confirmed in time; the desk is alerted",
        ("country",),
        ("link",),
        more=blanks(": {country}"),
    ),
    Kind(
        "statement.asked",
        "Link sent to the registered address of a State, by which it can speak",
        ("country",),
        ("link",),
        more=blanks(": {country}"),
    ),
    Kind(
        "statement.received",
        "Words of a State received by its link and stored before we said so; the desk is alerted",
        ("country",),
        ("said",),
        more=blanks(": {country}"),
    ),
    Kind("statement.made", "Words of ours on a State published", ("country",), ("said",), more=blanks(": {country}")),
    Kind(
        "statement.shown",
        "Words of a State shown to everyone, or kept back with the reason",
        ("country", "shown"),
        ("said",),
        more=either("shown", ": shown", ": kept back"),
    ),
    # disputes with a State (the event's `case` is the number of the dispute); what isn't published betrays talks
    Kind(
        "dispute.opened",
        "Dispute with a State drafted",
        ("country", "claimant"),
        more=blanks(": {country}"),
        published=False,
    ),
    Kind(
        "dispute.moved",
        "Dispute with a State moved",
        ("country", "step", "before", "after"),
        ("act",),
        more=blanks(": {country}, from {before} to {after}"),
    ),
    Kind("dispute.mediator", "Mediator of a dispute named", ("country",), more=blanks(": {country}"), published=False),
    Kind(
        "dispute.asked",
        "Link sent to the registered address of a State: for a submission, a note, or to confirm terms",
        ("country", "purpose"),
        ("link",),
        more=blanks(": {country}, {purpose}"),
        published=False,
    ),
    Kind(
        "submission.entered",
        "Submission entered",
        ("country", "side", "n", "how", "sha256"),
        ("submission",),
        more=blanks(": number {n}, of {side}"),
    ),
    Kind(
        "submission.served",
        "Service of a submission recorded",
        ("country", "side", "n", "how"),
        ("submission",),
        more=blanks(": number {n}, {how}"),
    ),
    Kind(
        "submission.received",
        "Submission of a State received by its link and stored before we said so; the desk is alerted",
        ("country",),
        ("submission", "link"),
        more=blanks(": {country}"),
    ),
    Kind(
        "exhibit.entered",
        "Exhibit put in",
        ("country", "side", "n", "sha256"),
        ("exhibit",),
        more=blanks(": number {n}, of {side}"),
    ),
    Kind("dispute.due-set", "Deadline of a dispute set", ("country", "side"), ("due",), more=blanks(": of {side}")),
    Kind("dispute.due-met", "Deadline of a dispute met", ("country", "side"), ("due",), more=blanks(": of {side}")),
    Kind(
        "dispute.due-soon",
        "Deadline of a dispute is near; the desk is alerted",
        ("country", "side"),
        ("due",),
        more=blanks(": of {side}"),
    ),
    Kind(
        "dispute.late",
        "Deadline of a dispute has passed; the desk is alerted",
        ("country", "side"),
        ("due",),
        more=blanks(": of {side}"),
    ),
    Kind(
        "interim.made",
        "Interim measure made, until its day",
        ("country", "side", "until"),
        ("interim",),
        more=blanks(": until {until}"),
    ),
    Kind("interim.ended", "Interim measure ended", ("country", "state"), ("interim",), more=blanks(": {state}")),
    # the settlement lane: no timeline, so no number; and nothing of it is public
    Kind("offer.kept", "Paper kept without prejudice", (), ("dispute", "offer"), published=False),
    Kind("settlement.proposed", "Terms put to the quorum", ("country",), ("act",), published=False),
    Kind("settlement.returned", "Terms sent back", ("country",), ("act", "reason"), published=False),
    Kind("settlement.signed", "Terms signed by the quorum", ("country",), ("act",), published=False),
    Kind("settlement.withdrawn", "Signed terms taken back", ("country",), ("reason",), published=False),
    Kind("settlement.declined", "Signed terms not confirmed by the State", ("country",), ("act",), published=False),
    Kind(
        "settlement.confirmed",
        "Signed terms confirmed by the State",
        ("country",),
        ("act",),
        more=blanks(": {country}"),
    ),
    Kind("summary.proposed", "Neutral summary put to the quorum", ("country",), ("act",), published=False),
    Kind("summary.returned", "Neutral summary sent back", ("country",), ("act", "reason"), published=False),
    Kind(
        "summary.published",
        "Neutral summary of a dispute published by the quorum",
        ("country", "sha256"),
        ("act",),
        more=blanks(": {country}"),
    ),
    Kind("annotation.made", "Our note on a summary published", ("country",), ("said",), more=blanks(": {country}")),
    Kind(
        "annotation.received",
        "Note of a State on a summary received by its link; the desk is alerted",
        ("country",),
        ("said",),
        more=blanks(": {country}"),
    ),
    Kind(
        "bundle.made",
        "Bundle made for the forum",
        ("country", "n", "pages", "sha256"),
        more=blanks(": number {n}, {pages} pages"),
    ),
    # a country is left, or come back to (the event's `case` is the number of the plan). What happens before everyone is
    # told is never published: that a plan is there says that somebody is to be brought to safety first
    Kind("plan.drafted", "Plan drafted", inside=("country", "kind"), more=OF_PLAN, published=False),
    Kind("plan.edited", "Plan changed: it is to be tried anew", inside=("country",), more=OF_PLAN, published=False),
    Kind(
        "plan.tried",
        "Plan tried on the rows as they are: a dry run",
        inside=("country", "sha256"),
        more=OF_PLAN,
        published=False,
    ),
    Kind("plan.withdrawn", "Plan withdrawn, never begun", inside=("country",), more=OF_PLAN, published=False),
    Kind("plan.proposed", "Put to people", (), ("act",), inside=("country", "kind"), more=DECIDED, published=False),
    Kind("plan.returned", "Sent back", (), ("act",), inside=("country",), more=OF_PLAN, published=False),
    Kind(
        "plan.approved",
        "Plan signed by the quorum: it runs",
        (),
        ("act",),
        inside=("country", "kind"),
        more=OF_PLAN,
        published=False,
    ),
    Kind(
        "step.attested",
        "Step attested by a person",
        inside=("country", "step", "number", "of"),
        more=blanks(": {step}, number {number} of {of}"),
        published=False,
    ),
    Kind(
        "plan.told",
        "The State and its authorities written to",
        ("country", "letters"),
        more=blanks(": {letters} letters"),
    ),
    Kind(
        "plan.paused",
        "Plan paused; the desk is alerted",
        more=blanks(": {why}"),
        inside=("country", "why"),
        published=False,
    ),
    Kind(
        "plan.resumed",
        "Plan goes on, signed by the quorum",
        (),
        ("act",),
        more=OF_PLAN,
        inside=("country",),
        published=False,
    ),
    Kind(
        "plan.reversing",
        "Plan is being reversed, signed by people",
        (),
        ("act",),
        more=OF_PLAN,
        inside=("country",),
        published=False,
    ),
    Kind(
        "plan.reversed",
        "Plan reversed: all that it did is undone, and seen to be",
        more=OF_PLAN,
        inside=("country",),
        published=False,
    ),
    Kind("plan.done", "Plan done: each step was seen", ("country",), more=OF_PLAN),
    Kind(
        "plan.reviewed",
        "What was urgent reviewed by people",
        (),
        ("act",),
        more=OF_PLAN,
        inside=("country",),
        published=False,
    ),
    Kind("plan.look-due", "The daily look is due", ("country",), more=OF_PLAN),
    Kind(
        "plan.looked",
        "Looked at again, in the country and next door",
        ("country", "right"),
        more=either("right", ": as it should be", ": not as it should be"),
    ),
    Kind("step.to-sign", "Step due: it is put to the quorum first", ("country", "step"), ("row",), more=OF_STEP),
    Kind("step.put", "Step put to the quorum, over a fresh dry run", ("country", "step"), more=OF_STEP),
    Kind("step.signed", "Step signed by the quorum", ("country", "step"), ("act",), more=OF_STEP),
    Kind("step.due", "Step due", ("country", "step"), ("row",), more=OF_STEP),
    Kind("step.acted", "Step done, by the platform’s word; viewers look", ("country", "step"), ("row",), more=OF_STEP),
    Kind("step.seen", "Step seen to be done", ("country", "step"), more=OF_STEP),
    Kind("step.failed", "Step not as it should be", ("country", "step", "why"), more=blanks(": {step}, {why}")),
    Kind("step.undone", "Step undone, and seen to be", ("country", "step"), more=OF_STEP),
    Kind(
        "step.waits", "The platform doesn’t answer; the step is tried again", ("country", "step", "why"), more=OF_STEP
    ),
    Kind(
        "gate.wrong",
        "What viewers find isn’t as it should be; the desk is alerted",
        ("country", "step", "why"),
        more=blanks(": {step}, {why}"),
    ),
    # people
    Kind(
        "gateway.founded",
        "Desk founded by a charter that all founders signed",
        ("alone",),
        ("act", "people"),
        inside=("count", "jurisdictions"),
        more=says.nothing,
    ),
    Kind(
        "people.authenticated",
        "What stood in the tables of people was tagged once, as it was found",
        ("person", "key", "grant", "act", "approval"),
        more=says.nothing,
    ),
    Kind("person.invited", "Person invited", (), ("person", "act"), inside=("roles", "jurisdiction")),
    Kind("person.enrolled", "Person enrolled with a passkey", (), ("person",), inside=("roles", "jurisdiction")),
    Kind(
        "person.proposed",
        "Candidate waits until somebody vouches: no role that decides before that",
        (),
        ("person", "act"),
        inside=("roles", "jurisdiction"),
        more=says.roles,
    ),
    Kind(
        "person.admitted",
        "Person admitted; everyone of the desk is alerted",
        (),
        ("person", "act"),
        inside=("roles", "jurisdiction", "vouched"),
        more=says.roles,
    ),
    Kind("person.signed-in", "Person signed in", (), ("person",)),
    Kind("person.signed-out", "Person signed out", (), ("person",)),
    Kind("key.added", "Person added a passkey", (), ("person", "key"), more=says.nothing),
    Kind("key.ended", "A passkey of a person ended", (), ("person", "key"), more=says.nothing),
    Kind(
        "role.granted",
        "Role granted; everyone of the desk is alerted",
        (),
        ("person", "act"),
        inside=("role",),
        more=says.roles,
    ),
    Kind(
        "role.revoked",
        "Role taken; everyone of the desk is alerted",
        (),
        ("person", "act"),
        inside=("role",),
        more=says.roles,
    ),
    Kind(
        "person.deactivated",
        "Person deactivated; sessions ended, everyone of the desk is alerted",
        (),
        ("person", "act"),
        more=says.nothing,
    ),
    Kind("sessions.ended", "All sessions of a person ended", (), ("person",)),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def parts(kind: str, told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The public and the sealed part of an event (the latter with what is stored inside), from everything told of
    it."""
    public = {key: value for key, value in told.items() if key in KINDS[kind].public}
    return public, {key: value for key, value in told.items() if key not in public}
