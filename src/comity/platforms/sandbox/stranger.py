"""A stranger in a country, who tries what anybody can try, and leaves nothing behind: forms are sent empty, which a
door that is open answers by what they lack, and one that is shut by saying so."""

from comity.platforms.line import Line
from comity.platforms.port import SeenGate
from comity.platforms.sandbox import viewer

ANY_CHANNEL = "/c/town-square"  # where writing is tried from where no channel is shown
NOBODY = "/u/nobody/export"  # a copy of one's data is its owner's; whoever else asks is told so, unless it is shut
LACKS = frozenset({400, 401})
REFUSED = frozenset({403, 404, 405, 410, 451})


def tries(line: Line, country: str, timeout: float = 10.0) -> SeenGate:
    """What a stranger in a country finds; `timeout` in seconds, for each try."""
    status, page = viewer.get(line, f"/?from={country}", timeout)
    front = viewer.Marks(page)
    channel = front.channels[0] if front.channels else ANY_CHANNEL
    return SeenGate(
        signups=_door(viewer.send(line, f"/join?from={country}", b"name=", timeout)),
        writing=_door(viewer.send(line, f"{channel}?from={country}", b"text=", timeout)),
        reading=_reads(line, front, status, country, timeout),
        notice=_noticed(front) if status in (200, viewer.SHUT) else None,
        export=_finds(line, NOBODY, "export", country, timeout),
        appeals=_finds(line, "/appeals", "appeals", country, timeout),
    )


def _door(status: int) -> bool | None:
    """Whether a form could have been sent, by how an empty one is answered."""
    return True if status in LACKS else False if status in REFUSED else None


def _noticed(front: viewer.Marks) -> bool:
    return ("data-notice", "") in front.marks


def _reads(line: Line, front: viewer.Marks, status: int, country: str, timeout: float) -> bool | None:
    """Whether what people wrote is shown: the front page leads to a channel, and there is the channel."""
    if status not in (200, viewer.SHUT):
        return None
    if viewer.GATED in front.marks or not front.channels:
        return False
    status, page = viewer.get(line, f"{front.channels[0]}?from={country}", timeout)
    return not viewer.gated(page) if status in (200, viewer.SHUT) else None


def _finds(line: Line, path: str, door: str, country: str, timeout: float) -> bool | None:
    status, page = viewer.get(line, f"{path}?from={country}", timeout)
    if ("data-door", door) in viewer.Marks(page).marks:
        return True
    return False if status == 200 or status in REFUSED else None
