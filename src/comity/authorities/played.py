"""The DKIM keys of offices that are played, in the demo and in drills: made once, with their public records in a
resolver file of their own.

What an attacker who holds such a key can do: sign orders of offices in a realm that is played. The records stand for
`.example` domains that nobody owns, so nothing real can be reached with it.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .dkim import load_records

# what says who wrote, in which thread, and how the body is read: outside a signature none of it counts
SIGNED_HEADERS = [b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"auto-submitted"]
SIGNED_HEADERS += [b"mime-version", b"content-type", b"content-transfer-encoding"]


def ensure(folder: Path, selector: str, domains: Iterable[str]) -> bytes:
    """The key as PEM, from FOLDER/dkim.key, made where it is missing, as are its domains' records in resolver.json."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "dkim.key"
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PrivateFormat.TraditionalOpenSSL
        place(path, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    pem = path.read_bytes()
    publish(folder, {f"{selector}._domainkey.{domain}": record(pem) for domain in domains})
    return pem


def publish(folder: Path, records: dict[str, str]) -> None:
    """Publish TXT records in the DNS that is played: the folder's resolver file."""
    resolver = folder / "resolver.json"
    known = load_records(resolver)
    if known | records == known and resolver.exists():
        return
    fresh = resolver.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(known | records, indent=1), "utf-8")
    fresh.replace(resolver)


def place(path: Path, content: bytes) -> None:
    """Write a secret once: of two processes that start together the first wins, and both use its key."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


@cache  # reading a private key checks its primes, which takes a tenth of a second
def record(pem: bytes) -> str:
    """The TXT record of the public half (RFC 6376, 3.6.1)."""
    key = serialization.load_pem_private_key(pem, password=None)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode("ascii")


def sign(raw: bytes, key: bytes, domain: str, selector: str) -> bytes:
    """A mail under the key (PEM) of an office that is played."""
    line: bytes = dkim.sign(
        raw,
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=SIGNED_HEADERS,
    )
    return line + raw
