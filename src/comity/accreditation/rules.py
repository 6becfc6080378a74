"""The life of an application as a table, what is checked before it is put to people, what looks like another: pure."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.authorities import rules as register
from comity.authorities.models import Authority
from comity.ledger.life import Life
from comity.ledger.life import NotNow as NotNow

STATES = ("applied", "to-accept", "accepted", "refused", "lapsed")
OPEN = ("applied", "to-accept")
LIFE: Mapping[tuple[str, str], str] = {
    ("applied", "put"): "to-accept",
    ("to-accept", "put"): "to-accept",
    ("to-accept", "sign"): "to-accept",
    ("to-accept", "accept"): "accepted",
    # sent back by a person, or because what proved it is no longer there
    ("to-accept", "return"): "applied",
    ("applied", "refuse"): "refused",
    ("to-accept", "refuse"): "refused",
    ("applied", "lapse"): "lapsed",
}
OF_IT = Life("application", LIFE)

STANDS = ("open", "suspended")
OF_AUTHORITY = Life("authority", {("open", "suspend"): "suspended", ("suspended", "reinstate"): "open"})

NEW, CHANGE, IMPORT = "new", "change", "import"
TOLD = ("phone", "address", "domains")  # a change of which waits, and tells the old one
KINDS = ("court", "judge", "prosecutor", "police", "regulator", "ministry", "service")
CHALLENGE = "_comity-challenge"
RECORD = "comity-verify="


@dataclass(frozen=True)
class Item:
    """One item of the checklist: what is checked, whether it is done, and what it rests on."""

    name: str
    done: bool
    needed: bool = True


def record_name(domain: str) -> str:
    """Where the TXT record of a domain is looked for."""
    return f"{CHALLENGE}.{domain}"


def record_text(token: str) -> str:
    """What the record says."""
    return f"{RECORD}{token}"


def challenge() -> str:
    """A fresh challenge for a domain: it is published, so it is no secret."""
    return secrets.token_hex(16)


def holds(found: str | None, token: str) -> bool:
    """Whether a TXT record is the one that was asked for."""
    return found is not None and secrets.compare_digest(found.strip().encode(), record_text(token).encode())


def looks_like(domains: Sequence[str], known: Iterable[Authority], but: str = "") -> tuple[str, str] | None:
    """The domain of an authority on the register that one of these could be taken for, and whose it is (its id)."""
    for row in known:
        if row.id == but:
            continue
        for real in row.domains:
            if any(register.resembles(register.host(one), register.host(real)) for one in domains):
                return real, row.id
    return None


def checklist(
    kind: str, changed: Sequence[str], proven: datetime | None, called: datetime | None, resembles: str, weighed: str
) -> tuple[Item, ...]:
    """What must be done before an application is put to people. An entry from a file was checked by the operator."""
    domain = kind == NEW or "domains" in changed
    items = [Item("domain", proven is not None, domain), Item("called", called is not None, kind != IMPORT)]
    if resembles:
        items.append(Item("resembles", bool(weighed)))
    return tuple(item for item in items if item.needed)


def missing(items: Sequence[Item]) -> tuple[str, ...]:
    """The names of what isn't done."""
    return tuple(item.name for item in items if not item.done)


def slug(country: str, name: str, taken: Iterable[str]) -> str:
    """A fresh id for the register from a State and a name."""
    words = re.sub(r"[^a-z0-9]+", "-", register.plain_letters(name)).strip("-")[:40].strip("-") or "office"
    base, known = f"{country.lower()}-{words}", set(taken)
    return next(one for n in range(1, 10_000) if (one := base if n == 1 else f"{base}-{n}") not in known)
