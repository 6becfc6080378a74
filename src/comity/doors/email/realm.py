"""The realm of a mail, from its envelope alone.

`demo` and `drill` only for a recipient with a token that this gateway minted, and only from loopback; a drill's says
until when it counts, and afterwards is no mailbox at all, so that a drill's mail never comes in as a real one. Nothing
in a message can claim either.
"""

import hmac
import ipaddress
import re
import secrets
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings

from comity import clock, operator

PREFIX, DRILL = "demo+", "drill+"
OF_DRILL = re.compile(r"drill\+([0-9a-f]{8})([0-9a-f]{16})([0-9a-f]{32})")
DEMO_KEY, DRILL_KEY = "demo-door.key", "drill-door.key"
UNDER_WAY = 600  # seconds for which a mail whose recipient was taken in time may still be on its way to its end


def _mac(nonce: str, key: str = DEMO_KEY) -> str:
    secret = operator.secret(settings.COMITY.data, key).encode()
    return hmac.new(secret, nonce.encode(), sha256).hexdigest()[:32]


def mint() -> str:
    """A fresh recipient for one demo mail: `demo+<token>@localhost`."""
    nonce = secrets.token_hex(8)
    return f"{PREFIX}{nonce}{_mac(nonce)}@localhost"


def mint_drill(until: datetime) -> str:
    """A fresh recipient for the mails of one drill, good until an instant (UTC): `drill+<until><token>@localhost`."""
    said = f"{int(until.astimezone(UTC).timestamp()):08x}{secrets.token_hex(8)}"
    return f"{DRILL}{said}{_mac(said, DRILL_KEY)}@localhost"


def _minted(recipient: str) -> bool:
    local = recipient.rpartition("@")[0].lower()
    nonce, mac = local[len(PREFIX) :][:16], local[len(PREFIX) + 16 :]
    return local.startswith(PREFIX) and hmac.compare_digest(mac.encode(), _mac(nonce).encode())


def _drilled(recipient: str, late: int = 0) -> bool:
    found = OF_DRILL.fullmatch(recipient.rpartition("@")[0].lower())
    if found is None or not hmac.compare_digest(found[3], _mac(found[1] + found[2], DRILL_KEY)):
        return False
    return int(found[1], 16) + late >= clock.now().timestamp()


def loopback(host: str) -> bool:
    """Whether a peer's address is this machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def no_mailbox(recipient: str, peer: str) -> bool:
    """Whether a recipient has a drill's form and is none from here and now: a forged one, or a drill that is over."""
    drill = recipient.lower().startswith(DRILL)
    return drill and not (loopback(peer) and _drilled(recipient))


def of(recipients: list[str], peer: str) -> str:
    """`drill`, `demo` or `real`."""
    if not loopback(peer):
        return "real"
    if any(_drilled(one, UNDER_WAY) for one in recipients):
        return "drill"
    return "demo" if settings.COMITY.demo and any(map(_minted, recipients)) else "real"
