"""The gateway's own key for lists of measures: what edges verify them with."""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comity import operator

SECRET = "edge.key"  # noqa: S105  # a file's name


def key(data: Path) -> Ed25519PrivateKey:
    """The key that lists are signed with, made of a secret of the gateway's own."""
    seed = hashlib.sha256(b"comity list of measures:" + operator.secret(data, SECRET).encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(data: Path) -> str:
    """What an edge verifies the list with: 32 bytes in base64."""
    return base64.b64encode(key(data).public_key().public_bytes_raw()).decode()
