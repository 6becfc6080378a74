"""The first look at a mail, before anything is read: is it, judging by its head alone, from an accredited authority?

It decides how soon a mail is read, and nothing else: the body is not hashed and the register's rules are not asked
(`dkim.py` and `rules.py` do both, later). So it costs a fraction of a millisecond, however large the mail is. Only the
keys of listed domains are looked up, and a name server that is slow, or invented names without end, are soon given up
on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

import dkim as library

from . import dkim
from .dkim import Lookup, Unreachable

HEAD_BYTES = 64 * 1024
SIGNATURES = 3
_SIGNED = re.compile(rb"(?im)^dkim-signature[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)")
_FROM = re.compile(rb"(?im)^from[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)")
_DOMAIN = re.compile(rb"@([a-z0-9](?:[a-z0-9.-]{0,252}))", re.IGNORECASE)


def head_of(raw: bytes) -> bytes:
    """The head of a mail with the blank line after it; cut where it is longer than any honest one."""
    start = raw[:HEAD_BYTES]
    end = re.search(rb"\r?\n\r?\n", start)
    return start[: end.end()] if end else start + b"\r\n\r\n"


def signers(raw: bytes) -> tuple[str, ...]:
    """The domains that a mail's DKIM signatures name, unchecked."""
    named = (dkim.tags_of(line).get("d", "") for line in _SIGNED.findall(head_of(raw))[:SIGNATURES])
    return tuple(dict.fromkeys(name.lower().rstrip(".")[:253] for name in named if name))


class _HeadOnly(library.DKIM):  # type: ignore[misc]
    """A signature verified over the head; the body hash it states is taken at its word."""

    def verify_sig(self, sig: Mapping[bytes, bytes], *rest: Any) -> bool:
        """Verify the signature without hashing the body."""
        return bool(super().verify_sig({tag: value for tag, value in sig.items() if tag != b"bh"}, *rest))


def proven_by(raw: bytes, listed: Collection[str], lookup: Lookup) -> bytes | None:
    """A digest of the valid signature over the head by a listed domain (From's own or a parent); None if there is none.

    By the digest, the same mail, or its head on another body, is recognised again.
    """
    head = head_of(raw)
    froms = _FROM.findall(head)
    senders = [host.decode().lower().rstrip(".") for host in _DOMAIN.findall(froms[0])] if len(froms) == 1 else []
    for index, line in enumerate(_SIGNED.findall(head)[:SIGNATURES]):
        tags = dkim.tags_of(line)
        domain = tags.get("d", "").lower().rstrip(".")
        if domain in listed and senders and _under(senders[-1], domain) and _holds(head, index, tags, lookup):
            return blake2b(tags.get("b", "").encode(), digest_size=16).digest()
    return None


def _under(sender: str, domain: str) -> bool:
    return sender == domain or sender.endswith("." + domain)


def _holds(head: bytes, index: int, tags: Mapping[str, str], lookup: Lookup) -> bool:
    def key(name: bytes, timeout: int = 5) -> bytes | None:
        del timeout
        try:
            found = lookup(name.decode("ascii", "replace").rstrip(".").lower())
        except Unreachable:
            return None
        return found.encode() if found is not None else None

    if "from" not in tags.get("h", "").lower().split(":") or tags.get("a", "") not in dkim.SOUND:
        return False
    try:
        return bool(_HeadOnly(head, minkey=dkim.WEAKEST_RSA).verify(idx=index, dnsfunc=key))
    except Exception:  # on hostile input the library raises more than its own errors
        return False
