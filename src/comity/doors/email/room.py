"""The room for what senders have sent and nobody has answered yet: bounded together, and shared out.

Only bytes that came count, never what somebody announces. When it is full, who has stopped sending gives way to who
sends; and one address never has more than half of it.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

AT_MOST = 256 * 1024 * 1024  # bytes, of all senders together, in memory; beyond it only small mails are heard
SMALL = 512 * 1024
STEP = 256 * 1024  # bytes; who takes longer for so many than the next has stopped
STOPPED = 10.0  # seconds


@dataclass(eq=False)
class Held:
    """What one sender has sent since our last reply. `address` is empty for this machine's own: there a mail server
    may stand that hands on everyone's mail. `moved_at` (seconds of the loop's clock): when its last STEP was full."""

    address: str
    cut: Callable[[], None]
    size: int = 0
    moved_at: float = 0.0
    storing: bool = False  # it is all there, and waits for us


@dataclass
class Room:
    """All senders'."""

    held: set[Held] = field(default_factory=set)
    total: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def take(self, one: Held, size: int, now: float) -> bool:
        """Count bytes that came; False where the sender has to be cut for them."""
        if not one.size or one.size // STEP < (one.size + size) // STEP:
            one.moved_at = now
        one.size += size
        self.held.add(one)
        self.total += size
        self.by_address[one.address] += size
        return one.size <= SMALL or self._fits(one, now)

    def free(self, one: Held) -> None:
        """The sender was answered, or is gone."""
        self.held.discard(one)
        self.total -= one.size
        self.by_address[one.address] -= one.size
        if not self.by_address[one.address]:
            del self.by_address[one.address]
        one.size, one.storing = 0, False

    def _fits(self, one: Held, now: float) -> bool:
        if one.address and self.by_address[one.address] > AT_MOST // 2:
            return False
        while self.total > AT_MOST and (other := self._stopped(one, now)):
            self.free(other)
            other.cut()
        return self.total <= AT_MOST

    def _stopped(self, but: Held, now: float) -> Held | None:
        """Who has sent nothing to speak of for the longest, if there is one."""
        others = (h for h in self.held if h is not but and not h.storing and now - h.moved_at > STOPPED)
        return min(others, key=lambda h: h.moved_at, default=None)


def counted_under(peer: str) -> str:
    """Under which address a sender is counted: an IPv6 network of 64 bits is one, this machine is none."""
    try:
        ip = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    if mapped.is_loopback:
        return ""
    return str(mapped) if mapped.version == 4 else str(ipaddress.ip_network((mapped, 64), strict=False))
