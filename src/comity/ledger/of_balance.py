"""What can happen to the balance: figures that platforms report, bounds, proposals, comments and votes."""

from .kinds import Kind
from .sentences import blanks

OF_VERSION = blanks(": {regulation}")

OF_BALANCE = (
    Kind("figures.source", "Token made by which a platform reports", ("platform",), more=blanks(": {platform}")),
    Kind(
        "figures.reported",
        "Daily counts of a platform stored",
        ("platform", "day", "new", "changed", "doubted"),
        more=blanks(": {platform}, {day}"),
    ),
    # a bound (the event's `case` is its number)
    Kind(
        "bound.proposed",
        "Bound put to the council",
        ("indicator", "country", "budget"),
        ("act",),
        more=blanks(": {indicator}"),
    ),
    Kind(
        "bound.set",
        "Bound set by the council",
        ("indicator", "country", "budget"),
        ("act",),
        more=blanks(": {indicator}"),
    ),
    Kind("bound.returned", "Bound sent back", ("indicator",), ("act",), more=blanks(": {indicator}")),
    Kind("bound.ended", "Bound ended: another took its place", ("indicator",), more=blanks(": {indicator}")),
    Kind(
        "bound.crossed",
        "Bound crossed; the desk and the council are alerted",
        ("indicator", "country", "since"),
        ("crossing",),
        more=blanks(": {indicator}, since {since}"),
    ),
    Kind(
        "bound.answered",
        "Crossing answered by the council",
        ("indicator",),
        ("crossing", "act"),
        more=blanks(": {indicator}"),
    ),
    Kind(
        "bound.closed",
        "Crossing closed: what crossed is within its bound",
        ("indicator",),
        ("crossing",),
        more=blanks(": {indicator}"),
    ),
    Kind(
        "proposal.asked",
        "Link sent to the registered address of a State, by which it can propose a change",
        ("country",),
        ("link",),
        more=blanks(": {country}"),
    ),
    # a proposal (the event's `case` is its number)
    Kind(
        "proposal.received",
        "Proposal received and stored before we said so",
        ("regulation", "lane"),
        more=blanks(": {regulation}, by {lane}"),
    ),
    Kind("proposal.admitted", "Proposal admitted", ("regulation",), more=OF_VERSION),
    Kind(
        "proposal.refused", "Proposal refused on a listed ground", ("regulation", "ground"), more=blanks(": {ground}")
    ),
    Kind(
        "proposal.late",
        "Proposal not admitted or refused in its time; the desk is alerted",
        ("regulation",),
        more=OF_VERSION,
    ),
    Kind("proposal.shaped", "Words of a proposal made a draft", ("regulation", "sha256"), ("draft",), more=OF_VERSION),
    Kind("proposal.confirmed", "Draft confirmed by who proposed it", ("regulation", "sha256"), more=OF_VERSION),
    Kind(
        "proposal.published",
        "Proposal published with what differs, its trial and its what-if",
        ("regulation", "sha256", "until"),
        more=blanks(": until {until}"),
    ),
    Kind(
        "proposal.edited",
        "Proposal goes back to be changed; what was published no longer stands",
        ("regulation",),
        more=OF_VERSION,
    ),
    Kind(
        "proposal.closed",
        "Consultation closed on its day",
        ("regulation", "comments"),
        more=blanks(": {comments} comments"),
    ),
    Kind(
        "proposal.balloted",
        "Proposal put to the council’s vote",
        ("regulation", "sha256", "until"),
        more=blanks(": until {until}"),
    ),
    Kind(
        "proposal.voted",
        "Vote of a member of the council",
        ("regulation", "choice", "jurisdiction"),
        ("act",),
        more=blanks(": {choice}, {jurisdiction}"),
    ),
    Kind(
        "proposal.carried",
        "Proposal carried",
        ("regulation", "sha256", "for", "against", "abstain", "jurisdictions"),
        more=blanks(": {for} for, {against} against"),
    ),
    Kind(
        "proposal.failed",
        "Proposal not carried",
        ("regulation", "for", "against", "abstain", "jurisdictions", "why"),
        more=blanks(": {for} for, {against} against"),
    ),
    Kind(
        "proposal.put", "Carried proposal put to those who adopt", ("regulation", "sha256"), ("act",), more=OF_VERSION
    ),
    Kind(
        "proposal.adopted", "Carried proposal adopted", ("regulation", "version", "sha256"), more=blanks(": {version}")
    ),
    Kind("proposal.unsigned", "Carried proposal left unsigned by those who adopt", ("regulation",), more=OF_VERSION),
    Kind("proposal.ended", "Adopted proposal ended on its day", ("regulation",), more=OF_VERSION),
    Kind("proposal.withdrawn", "Proposal withdrawn by who made it", ("regulation",), more=OF_VERSION),
    Kind(
        "proposal.frozen",
        "Proposal frozen: a member of the council says it is under threat",
        ("regulation", "until"),
        inside=("jurisdictions",),
        more=blanks(": until {until}"),
    ),
    Kind("proposal.marked", "Threat noted by a member of the council", inside=("regulation",), published=False),
    Kind("proposal.thawed", "Freeze of a proposal over", ("regulation",), more=OF_VERSION),
    Kind(
        "proposal.hastened", "Dates of a proposal brought forward, in the demo alone", ("regulation",), more=OF_VERSION
    ),
    Kind(
        "comment.received",
        "Comment received and stored before we said so",
        ("lane",),
        ("comment",),
        more=blanks(": by {lane}"),
    ),
    Kind("comment.repeated", "The same comment again: counted", (), ("comment",)),
    Kind("comment.answered", "Comments answered", ("comments",), ("answer",), more=blanks(": {comments}")),
    Kind("comment.hidden", "Comment hidden on a listed ground", ("ground",), ("comment",), more=blanks(": {ground}")),
    Kind(
        "balance.made", "Made-up year put in place, in the demo alone", ("seed", "rows"), more=blanks(": seed {seed}")
    ),
)
