"""Shadow: begun, put to people, left; and what would have been done meanwhile. What would have been done on a case is
never published: nothing was."""

from collections.abc import Mapping

from . import sentences as says
from .kinds import DECIDED, Kind
from .sentences import blanks

BEGUN: Mapping[str, str] = {"settings": "by the settings", "by-hand": "by one person"}
SAID: Mapping[str, str] = {
    "same": "the same was done by people",
    "other": "people did something else",
    "nothing": "people did nothing",
}
SEEN: Mapping[str, str] = {
    "same": "as it would have been",
    "more": "more is gone than would have been",
    "less": "less is gone than would have been",
    "nothing": "it is there as before",
    "unknown": "no look told anything",
}
OF_SHADOW: tuple[Kind, ...] = (
    Kind(
        "shadow.begun",
        "Shadow begun: everything is judged, drafted and recorded, and nothing is done",
        ("platform", "how"),
        ("reason",),
        more=blanks(" on {platform}, {how}", how=BEGUN),
    ),
    Kind(
        "shadow.proposed",
        "Leaving shadow put to people",
        ("platform",),
        ("act", "reason"),
        more=blanks(": {platform}"),
    ),
    Kind(
        "shadow.returned",
        "Leaving shadow sent back; signatures given are void",
        ("platform",),
        ("act", "reason"),
        more=blanks(": {platform}"),
    ),
    Kind(
        "shadow.left",
        "Shadow left by the quorum: from now on what is decided is done",
        ("platform",),
        ("act",),
        more=blanks(": {platform}"),
    ),
    Kind(
        "decision.would",
        "In shadow: nothing was done. This would have been",
        sealed=("act",),
        more=DECIDED,
        inside=("kind", "platforms", "targets"),
        published=False,
    ),
    Kind(
        "shadow.said",
        "Said what people did where the gateway only watched",
        (),
        ("reason",),
        more=blanks(": {said}", said=SAID),
        inside=("said",),
        published=False,
    ),
    Kind(
        "shadow.looked",
        "Looked, a while later, at what people did where the gateway only watched",
        more=blanks(": {seen}", seen=SEEN),
        inside=("seen",),
        published=False,
    ),
    Kind("mail.would", "In shadow: a letter was kept and not sent", ("kind",), ("mail",), more=says.nothing),
    Kind(
        "platform.drifted",
        "A standing measure is not seen any more as it should be",
        (),
        ("measure",),
        inside=("platform",),
        published=False,
    ),
    Kind(
        "list.differs",
        "A filter in front of a homeserver withholds other than what is listed here: the gateway was put back to an "
        "older state, or the filter’s file was changed by another hand",
        ("platform",),
        inside=("holds", "listed"),
        more=blanks(": {platform}"),
    ),
    Kind(
        "measure.put-back",
        "What somebody had undone by hand was put back, as people had signed it",
        (),
        ("measure",),
        inside=("kind",),
        more=blanks(": {kind}"),
        published=False,
    ),
)
