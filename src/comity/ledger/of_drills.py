"""What is done about risk: levels of management, risks that turn, and drills."""

from .kinds import Kind
from .sentences import blanks

OF_DRILLS = (
    # a level of management (the event's `case` is its number)
    Kind(
        "level.raised",
        "Level of management raised by one hand; it ends by itself",
        ("level", "until", "reasons"),
        ("reason",),
        more=blanks(": {level}, until {until}"),
        inside=("basis",),
    ),
    Kind(
        "level.put", "Lower level of management put to people", ("level",), ("act", "reason"), more=blanks(": {level}")
    ),
    Kind("level.lowered", "Level of management lowered by two", ("level",), ("act",), more=blanks(": {level}")),
    Kind(
        "level.returned", "Lower level of management sent back", ("level",), ("act", "reason"), more=blanks(": {level}")
    ),
    Kind("level.ended", "Raised level of management ended by itself", ("level",), more=blanks(": {level}")),
    Kind("desk.made", "People taken on in the made-up desk of the demo", ("people",), more=blanks(": {people}")),
    # a risk of the register (the event's `case` is its number)
    Kind(
        "risk.turned",
        "Risk turned, as its proofs stand now",
        ("risk", "was", "band", "size"),
        more=blanks(": {risk}, from {was} to {band}"),
    ),
    # a drill (the event's `case` is its number)
    Kind("drill.begun", "Drill begun", ("name", "load", "people"), more=blanks(": {name}")),
    Kind(
        "drill.ended",
        "Drill over, and scored",
        ("name", "met", "sent", "stored", "judged", "lost", "missed"),
        more=blanks(": {name}"),
    ),
    Kind(
        "drill.broken",
        "Drill broken off: it proves nothing, and can be begun anew",
        ("name", "why"),
        more=blanks(": {why}"),
    ),
    Kind("drill.cleared", "What a drill left open was taken back by its offices", ("cases",), more=blanks(": {cases}")),
)
