"""The DKIM key of the demo's offices, made at the first start, and its public record in a resolver file.

What an attacker who holds this key can do: sign demo orders. The record stands for `.example` domains that nobody
owns, and the offices are in realm `demo`, so nothing real can be reached with it.
"""

from __future__ import annotations

import base64
import json
import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from comity.authorities.dkim import load_records
from comity.demo.register import DOMAINS

SELECTOR = "demo"
RECORDS = tuple(f"{SELECTOR}._domainkey.{domain}" for domain in DOMAINS)


def ensure(data: Path) -> bytes:
    """The key as PEM, from DATA/demo/dkim.key, made where it is missing, as are its TXT records in resolver.json."""
    folder = data / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "dkim.key"
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PrivateFormat.TraditionalOpenSSL
        place(path, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    pem = path.read_bytes()
    _publish(folder / "resolver.json", dict.fromkeys(RECORDS, record(pem)))
    return pem


def publish(data: Path, name: str, text: str) -> None:
    """Publish a TXT record in the demo's own DNS: the resolver file."""
    _publish(data / "demo" / "resolver.json", {name: text})


def _publish(resolver: Path, records: dict[str, str]) -> None:
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
