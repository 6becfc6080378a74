"""The closed list of everything that can happen. An event that is not here can't be recorded.

The list alone decides in which part a key is stored, whatever the recording act calls it. `public` may be published one
day: nothing in it distinguishes a case under a non-disclosure from any other, or identifies a person
(docs/decisions/public-parts.md). `sealed` holds ids and vault references, opened when shown; `inside` are codes, stored
with the sealed ones, that the desk sees.
"""

from collections.abc import Mapping
from typing import Any

from . import sentences as says
from .kinds import DECIDED, Kind
from .of_balance import OF_BALANCE
from .of_calls import OF_CALLS
from .of_custody import OF_CUSTODY
from .of_drills import OF_DRILLS
from .of_duty import OF_DUTY
from .of_filings import OF_FILINGS
from .of_notices import OF_NOTICES
from .of_risk import OF_RISK
from .of_shadow import OF_SHADOW
from .of_states import OF_STATES
from .sentences import blanks, either

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
    Kind("reading.failed", "The request could not be read; a person looks at it", inside=("reason",)),
    Kind(
        "reading.waits",
        "Reading waits: many unproven mails came of this sender, its site or of all",
        ("why",),
        more=blanks(": {why}", why=says.WHY),
    ),
    Kind("reading.resumed", "What waited to be read has its turn now"),
    Kind(
        "files.read",
        "The files that came with what was typed were read",
        (),
        ("facts",),
        more=says.files,
        inside=("flags", "read", "differ"),
    ),
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
        "instead.chosen",
        "Its platform can't do what is ordered: what is done instead was chosen, and is put to the deciders",
        ("kind",),
        ("reason", "finding"),
        more=blanks(": {kind}", kind=says.INSTEAD),
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
    Kind("production.waits", "Its authority was told that what it orders stands, and that it is sent by custody"),
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
    Kind(
        "measure.narrowed",
        "Part of a measure lifted: what its order dropped",
        ("kind",),
        ("measure",),
        more=blanks(": {targets} of its targets"),
        inside=("targets",),
    ),
    Kind("measure.lifted", "Measure lifted", ("kind",), ("measure", "reason"), more=blanks(": {kind}")),
    Kind("measure.again", "What was lifted, or not done in shadow, is put to the deciders once more", (), ("reason",)),
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
    Kind(
        "order.altered",
        "Order changed by a later request, which is proven as it is",
        ("how",),
        ("request",),
        more=blanks(": {how}"),
    ),
    Kind("order.withdrawn", "Order taken back before anybody had decided: the case is over", ("how",), ("request",)),
    Kind("order.judged-anew", "What is left of the order was judged anew", ("pack", "version", "outcome")),
    Kind("order.doubtful", "As it was changed, the order is valid no longer; a person looks what follows"),
    Kind("order.unfound", "The order that a decision is about was not found here, or nothing of it can be put back"),
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
    Kind(
        "regulation.sunset",
        "Version of a regulation ended on the day that was signed with it",
        ("regulation", "version"),
        more=blanks(": {regulation} {version}"),
    ),
    Kind(
        "regulation.ends-soon",
        "Version of a regulation ends soon by itself, unless it is renewed; the desk is alerted",
        ("regulation", "version", "until"),
        more=blanks(": {regulation} {version}, {until}"),
    ),
    # a State and us
    *OF_STATES,
    *OF_BALANCE,
    *OF_RISK,
    *OF_DRILLS,
    # people
    Kind(
        "gateway.founded",
        "Desk founded by a charter that all founders signed",
        ("alone",),
        ("act", "people"),
        inside=("count", "jurisdictions"),
        more=says.nothing,
    ),
    Kind("demo.founded", "The people of the demo signed its charter", (), ("act", "people"), more=says.nothing),
    Kind(
        "figures.stated",
        "What the tables held of a day was stated in the record",
        ("date", "counts"),
        more=blanks(": {date}"),
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
        "Candidate put to those who decide and guard; anyone may object",
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
    Kind(
        "person.objected",
        "Objection to an admission",
        ("source",),
        ("person", "act"),
        more=blanks(": from {source}", source=says.SOURCES),
    ),
    Kind("person.declined", "Admission ended: not signed in time, or no longer valid", (), ("person", "act")),
    Kind(
        "person.confirmed",
        "Guardian confirmed that a person and who brought them in are two people",
        (),
        ("person", "act"),
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
    *OF_DUTY,
    *OF_CALLS,
    *OF_CUSTODY,
    *OF_FILINGS,
    *OF_NOTICES,
    *OF_SHADOW,
    Kind("sessions.ended", "All sessions of a person ended", (), ("person",)),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def parts(kind: str, told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The public and the sealed part of an event (the latter with what is stored inside), from everything told of
    it."""
    public = {key: value for key, value in told.items() if key in KINDS[kind].public}
    return public, {key: value for key, value in told.items() if key not in public}
