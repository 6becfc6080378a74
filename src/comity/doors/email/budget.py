"""The memory for what senders have sent and nobody has answered yet: one shared limit.

Only received bytes count, never what a sender announces. When the limit is reached, stalled senders are cut off in
favour of those still sending; and one address never has more than half of it.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

AT_MOST = 256 * 1024 * 1024  # bytes of all senders in memory; beyond it only small mails are accepted
SMALL = 512 * 1024
STEP = 256 * 1024  # bytes a sender must complete every STOPPED seconds, or it counts as stalled
STOPPED = 10.0  # seconds


@dataclass(eq=False)
class Held:
    """What one sender has sent since our last reply.

    `address` is empty for this machine itself, where a mail server may relay everyone's mail. `moved_at` (seconds of
    the loop's clock): when its last STEP was complete.
    """

    address: str
    cut: Callable[[], None]
    size: int = 0
    moved_at: float = 0.0
    storing: bool = False  # complete, and waiting for us


@dataclass
class Budget:
    """The bytes of all senders together."""

    held: set[Held] = field(default_factory=set)
    total: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def take(self, one: Held, size: int, now: float) -> bool:
        """Count received bytes; False if the sender has to be cut off for them."""
        if not one.size or one.size // STEP < (one.size + size) // STEP:
            one.moved_at = now
        one.size += size
        self.held.add(one)
        self.total += size
        self.by_address[one.address] += size
        return one.size <= SMALL or self._fits(one, now)

    def free(self, one: Held) -> None:
        """The sender got its answer, or is gone."""
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
        """The sender that has been stalled for the longest; None if none is."""
        others = (h for h in self.held if h is not but and not h.storing and now - h.moved_at > STOPPED)
        return min(others, key=lambda h: h.moved_at, default=None)


def counted_under(peer: str) -> str:
    """The address a sender is counted under: its /64 for IPv6, empty for this machine."""
    try:
        ip = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    if mapped.is_loopback:
        return ""
    return str(mapped) if mapped.version == 4 else str(ipaddress.ip_network((mapped, 64), strict=False))
