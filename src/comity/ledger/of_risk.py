"""What can happen to growing risk: alarms."""

from .kinds import Kind
from .sentences import blanks

OF_RISK = (
    # an alarm (the event's `case` is its number)
    Kind(
        "alarm.raised",
        "Alarm: something grows, or has changed",
        ("alarm", "name", "since"),
        more=blanks(": {name}, since {since}"),
        inside=("country", "instrument", "size"),
    ),
    Kind(
        "alarm.judged",
        "Alarm judged by a person",
        ("verdict", "name"),
        more=blanks(": {name}, {verdict}"),
        inside=("country",),
    ),
    Kind(
        "growth.made", "Made-up growth put in place, in the demo alone", ("seed", "rows"), more=blanks(": seed {seed}")
    ),
)
