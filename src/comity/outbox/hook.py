"""Pagers: ntfy by its own plain POST, and whatever else Apprise reaches (optional extra `[pagers]`), the only module
that knows it, imported when something is sent.

The address is the operator's own setting and never a person's input: Apprise takes any. The body is a number alone,
since Apprise's log may hold it. It says accepted or not, and never delivered.
"""

import base64
import http.client
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

CONNECT_SECONDS, READ_SECONDS = 2, 3


@dataclass(frozen=True)
class Said:
    """`sent` or `failed`, and why."""

    state: str
    code: str = ""


def send(url: str, subject: str) -> Said:
    """Send a number to an address as Apprise writes them. Never raises."""
    at = urlsplit(url)
    if at.scheme in ("ntfy", "ntfys") and at.path.strip("/"):
        return _ntfy(at, subject)
    return _apprise(url, subject)


def _ntfy(at: SplitResult, subject: str) -> Said:
    """`ntfys://[token@|user:password@]host[:port]/topic`: POST the number, urgent (docs.ntfy.sh/publish)."""
    kind = http.client.HTTPSConnection if at.scheme == "ntfys" else http.client.HTTPConnection
    headers = {"Priority": "urgent", "Content-Type": "text/plain"} | _signed_in(at)
    pager = kind(at.hostname or "", at.port, timeout=READ_SECONDS)
    try:
        pager.request("POST", f"/{at.path.strip('/')}", subject.encode(), headers)
        status = pager.getresponse().status
    except TimeoutError:
        return Said("failed", "timeout")
    except (OSError, http.client.HTTPException, ValueError):
        return Said("failed", "unreached")
    finally:
        pager.close()
    return Said("sent", "accepted") if status == http.client.OK else Said("failed", str(status))


def _signed_in(at: SplitResult) -> dict[str, str]:
    name, secret = unquote(at.username or ""), unquote(at.password or "")
    if name and not secret:
        return {"Authorization": f"Bearer {name}"}
    both = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {both}"} if name else {}


def _apprise(url: str, subject: str) -> Said:
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
