"""Whatever Apprise reaches (optional extra `[pagers]`): the only module that knows it, imported when something is sent.

The address is the operator's own setting and never a person's input: Apprise takes any. The body is a number alone,
since Apprise's log may hold it. It says accepted or not, and never delivered.
"""

from dataclasses import dataclass

CONNECT_SECONDS, READ_SECONDS = 2, 3


@dataclass(frozen=True)
class Said:
    """`sent` or `failed`, and why."""

    state: str
    code: str = ""


def send(url: str, subject: str) -> Said:
    """Send a number to an address as Apprise writes them. Never raises."""
    try:
        from apprise import Apprise  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return Said("failed", "no-extra")
    try:
        pager = Apprise()
        timed = f"{url}{'&' if '?' in url else '?'}cto={CONNECT_SECONDS}&rto={READ_SECONDS}"
        if not pager.add(timed):
            return Said("failed", "bad-address")
        return Said("sent", "accepted") if pager.notify(body=subject) else Said("failed", "refused")
    except Exception:  # 179 services' code, of which anything may come; a ring that fails lets the ladder go on
        return Said("failed", "error")
