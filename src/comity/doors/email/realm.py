"""The realm of a mail, from its envelope alone.

`demo` only for a recipient with a token that this gateway minted, and only from loopback. Nothing in a message can
claim it.
"""

import hmac
import ipaddress
import secrets
from hashlib import sha256

from django.conf import settings

from comity import operator

PREFIX = "demo+"


def _mac(nonce: str) -> str:
    key = operator.secret(settings.COMITY.data, "demo-door.key").encode()
    return hmac.new(key, nonce.encode(), sha256).hexdigest()[:32]


def mint() -> str:
    """A fresh recipient for one demo mail: `demo+<token>@localhost`."""
    nonce = secrets.token_hex(8)
    return f"{PREFIX}{nonce}{_mac(nonce)}@localhost"


def _minted(recipient: str) -> bool:
    local = recipient.rpartition("@")[0].lower()
    nonce, mac = local[len(PREFIX) :][:16], local[len(PREFIX) + 16 :]
    return local.startswith(PREFIX) and hmac.compare_digest(mac.encode(), _mac(nonce).encode())


def loopback(host: str) -> bool:
    """Whether a peer's address is this machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def of(recipients: list[str], peer: str) -> str:
    """`demo` or `real`."""
    if not (settings.COMITY.demo and loopback(peer)):
        return "real"
    return "demo" if any(map(_minted, recipients)) else "real"
