"""The events of custody. An opening's `case` is its own number; that it is there tells nothing of a person."""

from .kinds import Kind
from .sentences import blanks

OF_CUSTODY: tuple[Kind, ...] = (
    Kind(
        "roster.adopted",
        "Roster of custodians adopted",
        ("version", "roster", "k", "n", "places"),
        more=blanks(": number {version}, {k} of {n}"),
    ),
    Kind(
        "item.sealed",
        "What an order names was sealed by its platform, and is kept",
        ("item", "head", "content", "parts", "roster"),
        more=blanks(": {parts} parts"),
    ),
    Kind("item.unsealed", "Nothing could be sealed for an order", inside=("why",), more=blanks(": {why}")),
    Kind("item.ended", "What was kept for an order was destroyed at its end", ("item",)),
    Kind(
        "recipient.logged",
        "An authority gave a public key to which data are sealed",
        ("recipient", "authority", "country"),
    ),
    Kind("recipient.called-back", "An authority was called back about its key, and it is theirs", ("recipient",)),
    Kind(
        "recipient.ended",
        "An authority’s key counts no more",
        ("recipient",),
        inside=("why",),
        more=blanks(": {why}"),
    ),
    Kind("opening.prepared", "An opening was prepared", ("item",), inside=("parts",), more=blanks(": {parts} parts")),
    Kind("opening.put", "An opening was put to the deciders", (), ("act",)),
    Kind("opening.returned", "An opening was sent back", (), ("act", "reason")),
    Kind(
        "opening.asked",
        "An opening was approved by the quorum",
        ("opening", "act", "item", "recipient", "emergency"),
    ),
    Kind("opening.sent", "Custodians were asked to open", ("opening",), inside=("called",)),
    Kind("custodian.called", "Stand-ins were called", ("opening",), inside=("called",)),
    Kind("share.given", "A custodian gave their shares", ("opening", "custodian"), more=blanks(": {custodian}")),
    Kind(
        "share.refused",
        "A custodian refused",
        ("opening", "custodian", "ground"),
        ("answer",),
        more=blanks(": {custodian}, {ground}"),
    ),
    Kind("share.bad", "The recipient says that a custodian’s shares do not fit", ("opening", "custodian")),
    Kind("opening.short", "Too few custodians are left who could open; the desk is alerted", ("opening",)),
    Kind("opening.complete", "Enough custodians gave their shares", ("opening", "production")),
    Kind("opening.ended", "An opening has ended", ("opening",), inside=("why",), more=blanks(": {why}")),
    Kind("production.collected", "The authority collected its production", ("opening", "production")),
    # neither is published: one is there only where somebody is told
    Kind("production.told", "The persons were told what had been produced", (), inside=("channel",), published=False),
    Kind("production.released", "A person said that the persons may be told of a production", (), published=False),
    Kind("production.due", "A production waits to be collected; the desk is alerted", ("opening",)),
)
