"""The operator's DKIM key: made once, stored in `keys/outbox.dkim.pem` outside the database, published in DNS."""

import base64
import contextlib
import os
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SELECTOR = "comity"
# absent fields are signed too, so that none can be added unnoticed (RFC 6376 §5.4)
SIGNED = [
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
]


def pem(data: Path) -> bytes:
    """The private key, RSA 2048, made on first use; if two processes start at once, both read the one written first."""
    path = data / "keys" / "outbox.dkim.pem"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_bytes(_new())
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_bytes()


def _new() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL  # what dkimpy reads
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def sign(raw: bytes, domain: str, data: Path) -> bytes:
    """The mail with a DKIM-Signature (RFC 6376, relaxed/relaxed) by the operator's key prepended."""
    way = (b"relaxed", b"relaxed")
    header = dkim.sign(raw, SELECTOR.encode(), domain.encode(), pem(data), canonicalize=way, include_headers=SIGNED)
    return bytes(header) + raw


def dns_record(domain: str, data: Path) -> tuple[str, str]:
    """Name and text of the TXT record that lets others verify our mail (RFC 6376 §3.6.1)."""
    key = serialization.load_pem_private_key(pem(data), None).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"{SELECTOR}._domainkey.{domain}", f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
