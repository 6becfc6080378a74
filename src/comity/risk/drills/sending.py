"""Hands a drill's mails to the door, as any sender would: by SMTP. Nothing else of a drill touches a socket."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from comity.doors.email.realm import loopback
from comity.platforms import sandbox_world
from comity.platforms.port import PlatformError
from comity.serve import ports
from comity.terminal import Misuse
from comity.world.orders import Sent

from .mails import text_of

CHANNEL, AUTHOR = "harbour", "luc"
SECONDS = 60


class NoDoor(Exception):
    """A drill can't be sent; `why` is its code (`rules.WHY`), the text says what is missing."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


def verify_ours(door: str) -> None:
    """Check that a door is this machine's own: the token of a drill counts from the loopback alone, and from elsewhere
    its mails would be taken for real ones. Raises NoDoor."""
    try:
        at = ports.parse(door, "the e-mail door")
    except Misuse:
        raise NoDoor("door", "no e-mail door is known: start `comity serve`, or set COMITY_SMTP") from None
    if at.host != "localhost" and not loopback(at.host.strip("[]")):
        raise NoDoor("door", f"the e-mail door at {at.host} isn’t this machine’s: a drill is sent where the door runs")


@contextmanager
def line(door: str) -> Iterator[smtplib.SMTP]:
    """A connection to the door. Raises NoDoor, also for what the door says meanwhile."""
    verify_ours(door)
    at = ports.parse(door, "the e-mail door")
    try:
        with smtplib.SMTP(at.host, at.port, timeout=SECONDS) as smtp:
            yield smtp
    except (smtplib.SMTPException, OSError) as error:
        raise NoDoor("door", f"the door at {door} did not take it: {type(error).__name__}") from None


def post(drill: str, one: Sent) -> str:
    """The address of a message on the sandbox for a mail to be about; posted once. Raises NoDoor."""
    try:
        return sandbox_world().post(CHANNEL, AUTHOR, text_of(drill, one), key=f"{drill}.{one.n}")
    except (PlatformError, LookupError) as error:
        raise NoDoor("sandbox", f"the sandbox can’t be posted on: {type(error).__name__}") from None


def nowhere(one: Sent) -> str:
    """An address on the sandbox at which nothing stands."""
    try:
        return f"{sandbox_world().base_url}/c/{CHANNEL}/{9 * 10**8 + int(one.token[:6], 16)}"
    except LookupError:
        raise NoDoor("sandbox", "there is no sandbox") from None
