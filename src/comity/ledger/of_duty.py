"""What can happen to who is rung, and who answers. Who it was is never public."""

from . import sentences as says
from .kinds import Kind
from .sentences import blanks, either

OF_DUTY = (
    Kind(
        "ring.sent", "Somebody was rung", ("kind",), ("ring", "person"), more=blanks(" by {kind}", kind=says.CHANNELS)
    ),
    Kind("ring.seen", "A ring was seen", ("kind",), ("ring", "person"), more=says.nothing),
    Kind(
        "ring.failed",
        "A ring reached nobody; the next is rung at once",
        ("kind",),
        ("ring", "person"),
        inside=("code",),
        more=blanks(", by {kind}", kind=says.CHANNELS),
    ),
    Kind("ring.stopped", "It rings no more", ("why",), more=blanks(": {why}", why=says.RUNG)),
    Kind(
        "ring.unanswered", "Nobody on duty has answered; it rings on", ("why",), more=blanks(": {why}", why=says.RUNG)
    ),
    Kind("shift.set", "A shift was set", ("post",), ("person", "shift"), more=blanks(": {post}")),
    Kind("absence.set", "An absence was set", (), ("person", "absence"), more=says.nothing),
    Kind("shift.ended", "A shift was ended early, or handed over", ("post",), ("person", "shift"), more=says.nothing),
    Kind("device.added", "A way to reach somebody was added", ("kind",), ("person", "device"), more=says.nothing),
    Kind("device.ended", "A way to reach somebody has ended", ("kind",), ("person", "device"), more=says.nothing),
    Kind(
        "device.tested",
        "A way to reach somebody was rung, and answered",
        ("kind",),
        ("person", "device"),
        more=says.nothing,
    ),
    Kind(
        "rota.hole",
        "The rota has a hole within seven days",
        (),
        ("person",),
        more=says.nothing,
        inside=("why", "starts"),
    ),
    Kind(
        "duty.tested",
        "The daily test of the ladder",
        ("answered",),
        ("person",),
        more=either("answered", ": answered", ": not answered"),
        inside=("seconds",),
    ),
)
