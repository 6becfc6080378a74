"""The events of the hotline. The event's `case` is the number of the call; none is published: one would tell of one."""

from .kinds import Kind
from .sentences import blanks, either

OF_CALLS: tuple[Kind, ...] = (
    Kind(
        "call.raised", "Call for help raised", inside=("door", "service"), more=blanks(": by {door}"), published=False
    ),
    Kind("call.joined", "Call for help joined to one that rang before", inside=("to",), published=False),
    Kind("call.signed", "Call signed with an officer's passkey", published=False),
    Kind("call.acknowledged", "Call acknowledged", inside=("late",), published=False),
    Kind(
        "call.unanswered",
        "Nobody has acknowledged a call in its time; it rings on",
        published=False,
    ),
    Kind("call.lapsed", "Call rung for again: who had it did nothing", published=False),
    Kind("call.acted", "Something done about a call", inside=("what",), more=blanks(": {what}"), published=False),
    Kind("call.handed-over", "Call handed over, and rung for again", (), ("reason",), published=False),
    Kind(
        "call.written",
        "Line written in the thread of a call",
        inside=("side",),
        more=blanks(", by the {side}"),
        published=False,
    ),
    Kind(
        "call.called-back",
        "Service of a call called at its registered number",
        inside=("confirmed",),
        more=either("confirmed", ": it is theirs", ": denied"),
        published=False,
    ),
    Kind(
        "call.named",
        "Places that a mail means named by a person, as a call's order",
        inside=("places",),
        more=blanks(": {places}"),
        published=False,
    ),
    Kind("call.released", "What was kept for a call let go", published=False),
    Kind("call.closed", "Call closed, with a reason", (), ("reason",), published=False),
    Kind("call.review-put", "Review of a call put to the quorum", (), ("act",), published=False),
    Kind("call.returned", "Review of a call sent back", (), ("reason",), published=False),
    Kind("call.reviewed", "Call reviewed by the quorum", (), ("reason",), published=False),
    Kind(
        "call.outcome",
        "Service said what came of a call",
        inside=("outcome",),
        more=blanks(": {outcome}"),
        published=False,
    ),
    Kind("call.ordered", "Formal order after a call has come", published=False),
    Kind(
        "call.due",
        "Something about a call is due; the desk is alerted",
        inside=("name",),
        more=blanks(": {name}"),
        published=False,
    ),
    Kind(
        "officer.invited",
        "Officer of a service invited to the hotline",
        (),
        ("officer",),
        inside=("service",),
        published=False,
    ),
    Kind(
        "officer.enrolled",
        "Officer of a service made their passkey",
        (),
        ("officer",),
        inside=("service",),
        published=False,
    ),
    Kind("officer.signed-in", "Officer of a service signed in", (), ("officer",), inside=("service",), published=False),
    Kind(
        "officer.ended", "Officer's access to the hotline ended", (), ("officer",), inside=("service",), published=False
    ),
    Kind(
        "officer.contained",
        "Very many calls from one account; all are kept, and the desk is alerted",
        inside=("service",),
        published=False,
    ),
    Kind("service.suspended", "Service suspended on the hotline", inside=("service", "why"), published=False),
    Kind(
        "service.review-put",
        "Reinstatement of a service put to people",
        (),
        ("act",),
        inside=("service",),
        published=False,
    ),
    Kind("service.reinstated", "Service reinstated on the hotline", (), ("act",), inside=("service",), published=False),
)
