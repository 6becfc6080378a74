"""DKIM signatures of a mail, verified without network access of its own (RFC 6376, RFC 8301, RFC 8463).

`lookup(name)` returns the TXT record of a name, or None. A signature counts only if it is valid and also means what a
reader takes it to mean: it covers From, everything that shapes the body and the whole body, over a head that can be
split in only one way; it has not expired, and its key is not weak. The input is hostile: this runs in the reading
child.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import dkim
import dns.exception
import dns.resolver
from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

from comity.authorities import head as heads
from comity.authorities.head import Head

Lookup = Callable[[str], str | None]
MOST_SIGNATURES = 6
MOST_HEADER_BYTES = 256 * 1024
MOST_COVERED = 200
WEAKEST_RSA = 1024
DNS_SECONDS = 2.0
RESERVED = {"example", "test", "invalid", "localhost"}
SOUND = {"rsa-sha256", "ed25519-sha256"}


@dataclass(frozen=True)
class Signature:
    """One DKIM-Signature field: who signed, whether it is valid, and if not, why, in plain words.

    `covers`: the names of the header fields it signs (h=), in lower case.
    """

    domain: str
    selector: str
    valid: bool
    why: str
    covers: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)


class Unreachable(Exception):
    """The name server did not answer: the signature is unchecked, not invalid."""


def signatures(raw: bytes, lookup: Lookup, now: float | None = None) -> list[Signature]:
    """Every DKIM signature of a mail with its verdict. `now`: seconds since 1970, for expiry (x=); None: the
    present."""
    mail = heads.split(raw)
    lines = mail.all("dkim-signature")[:MOST_SIGNATURES]
    if not lines:
        return []
    at = now if now is not None else time.time()
    unsafe = unsafe_head(mail)
    whole = mail.message() if not unsafe else b""
    out = []
    for index, line in enumerate(lines):
        tags = tags_of(line.raw.partition(b":")[2])
        domain, selector = tags.get("d", "").lower().rstrip("."), tags.get("s", "").lower()
        why = unsafe or unfit(tags, mail, at) or unsound(whole, index, lookup)
        says = why or f"the signature of {domain[:255]} holds"
        out.append(Signature(domain[:255], selector[:255], not why, says, covered(tags)))
    return out


def tags_of(line: bytes) -> dict[str, str]:
    """The tags of a signature or key record (RFC 6376, 3.2), without the whitespace inside values."""
    flat = re.sub(r"[\r\n]+", "", line.decode("utf-8", "replace"))
    pairs = [part.split("=", 1) for part in flat.split(";") if "=" in part]
    return {key.strip(): re.sub(r"\s+", "", value) for key, value in pairs}


def covered(tags: dict[str, str]) -> tuple[str, ...]:
    """The names of the header fields that a signature covers (h=)."""
    return tuple(name.lower() for name in tags.get("h", "").split(":")[:MOST_COVERED])


def unsafe_head(mail: Head) -> str:
    """Why no signature over this head can be trusted; empty if nothing speaks against it.

    A mail server, a reader and a verifier that split the head differently would each see another mail under one
    signature.
    """
    if sum(len(field.raw) + 2 for field in mail.fields) > MOST_HEADER_BYTES:
        return "the mail has too many header lines to check"
    if mail.flaws:
        return "the head of the mail has lines that mail servers split in different ways, so nothing signed in it holds"
    froms = len(mail.all("from"))
    if froms != 1:
        return "the mail has more than one From line" if froms else "the mail has no From line"
    if doubled := mail.doubled():
        return f"the mail has more than one line of {', '.join(doubled)}, and a signature holds for one of them only"
    return ""


def unfit(tags: dict[str, str], mail: Head, now: float) -> str:
    """Why a signature cannot be trusted even if it verifies; empty if nothing speaks against it."""
    covers = covered(tags)
    if tags.get("a", "") not in SOUND:
        return "the signature uses an algorithm that is not accepted (RFC 8301)"
    if "from" not in covers:
        return "the signature does not cover From"
    if loose := mail.shaped_beside(covers):
        return f"the signature does not cover {', '.join(loose)}, which decides how the body is read"
    if "l" in tags and not whole_body(tags, mail.body):
        return "the signature covers only the first part of the body (l=)"
    if tags.get("x") and (not tags["x"].isdigit() or int(tags["x"][:12]) < now):
        return "the signature has expired (x=)"
    if tags.get("i") and not aligned_identity(tags["i"], tags.get("d", "")):
        return "the signature names an identity outside its domain (i=)"
    return ""


def whole_body(tags: dict[str, str], body: bytes) -> bool:
    """Whether the length that a signature gives (l=) is that of the whole canonical body (RFC 6376, 3.4.5).

    A shorter one would let anyone append text under a valid signature.
    """
    try:
        policy = CanonicalizationPolicy.from_c_value(tags["c"].encode() if "c" in tags else None)
        return tags["l"].isdigit() and int(tags["l"][:12]) == len(
            policy.canonicalize_body(re.sub(rb"\r?\n", b"\r\n", body))
        )
    except InvalidCanonicalizationPolicyError:
        return False


def aligned_identity(identity: str, domain: str) -> bool:
    """Whether the identity (i=) is in the signing domain (d=) or below it (RFC 6376, 3.5)."""
    host = identity.rpartition("@")[2].lower().rstrip(".")
    own = domain.lower().rstrip(".")
    return host == own or host.endswith("." + own)


def unsound(raw: bytes, index: int, lookup: Lookup) -> str:
    """Why the cryptography fails; empty if it verifies."""
    failure: list[str] = []

    def dnsfunc(name: bytes, timeout: int = 5) -> bytes | None:
        del timeout
        try:
            found = lookup(name.decode("ascii", "replace").rstrip(".").lower())
        except Unreachable:
            failure.append("the key could not be asked for: the name server did not answer")
            return None
        if found is None:
            failure.append("the signing domain publishes no such key")
        elif re.search(r"(?:^|;)\s*t\s*=[^;]*\by\b", found):
            failure.append("the signing domain says that it only tests this key (t=y)")
            return None
        return found.encode() if found is not None else None

    try:
        holds = dkim.DKIM(raw, minkey=WEAKEST_RSA).verify(idx=index, dnsfunc=dnsfunc)
    except dkim.KeyFormatError:
        return (failure or ["the published key cannot be used"])[0]
    except dkim.ValidationError as error:
        return (failure or [f"the signature line is malformed ({type(error).__name__})"])[0]
    except dkim.DKIMException as error:
        return (failure or [f"the signature could not be checked ({type(error).__name__})"])[0]
    except Exception as error:  # on hostile input the library raises more than its own errors
        return (failure or [f"the signature could not be checked ({type(error).__name__})"])[0]
    return "" if holds else (failure or ["the mail was changed after it was signed, or the key is another"])[0]


def from_records(records: dict[str, str]) -> Lookup:
    """A lookup in a table: the resolver file's contents."""
    table = {name.rstrip(".").lower(): value for name, value in records.items()}
    return lambda name: table.get(name.rstrip(".").lower())


def load_records(path: Path) -> dict[str, str]:
    """The resolver file, JSON `{name: TXT}`; empty if there is none. Raises ValueError if it is anything else."""
    if not path.exists():
        return {}
    found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ValueError(f"{path.name}: expected a JSON object of names and TXT records")
    return found


def by_dns(name: str) -> str | None:
    """The TXT record from DNS, within two seconds. Raises Unreachable if no server answers."""
    # RFC 6761: special-use names that no server answers for, so none is asked
    if name.rstrip(".").rpartition(".")[2] in RESERVED:
        return None
    try:
        resolver = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    resolver.lifetime = resolver.timeout = DNS_SECONDS
    try:
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    return b"".join(next(iter(answer)).strings).decode("utf-8", "replace")


def chained(*lookups: Lookup) -> Lookup:
    """A lookup whose first source that knows a name answers."""

    def look(name: str) -> str | None:
        return next((found for one in lookups if (found := one(name)) is not None), None)

    return look
