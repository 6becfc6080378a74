"""What an event becomes in the record: its public part, and commitments to everything else. Pure."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.ledger import public
from comity.ledger.events import KINDS, parts
from comity.ledger.models import Event
from comity_verify.entries import SALT, VERSION, canonical, commit
from comity_verify.tiles import LARGEST_ENTRY

ALWAYS = ("at", "by", "case", "request")  # sealed in every entry, so that none tells by what it lacks
SYSTEM = frozenset({"gateway", "founders", "demo", "server", "worker", "clock", "operator"})


@dataclass(frozen=True)
class Made:
    """An entry, and what opens it: the salt of each sealed field; of one sealed as a whole, also what it would have
    been."""

    body: bytes
    opening: Mapping[str, Any]


def make(event: Event, signed: Mapping[str, Any], *, whole: bool) -> Made:
    """The entry of an event. `signed`: what its people signed, as `comity_verify.people` reads it; `whole`: one
    commitment is all that is published."""
    salts, inner = _inner(event, signed)
    if not whole and len(canonical(inner)) <= LARGEST_ENTRY:
        return Made(canonical(inner), {"salts": salts})
    salt = os.urandom(SALT)
    body = {"v": VERSION, "realm": event.realm, "sealed": {"entry": commit(salt, "entry", inner)}}
    return Made(canonical(body), {"salts": salts, "inner": inner, "entry": salt.hex()})


def _inner(event: Event, signed: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    shown, kept = shown_and_sealed(event)
    blob = os.urandom(SALT * len(kept))
    salts = {name: blob[i * SALT : i * SALT + SALT] for i, name in enumerate(kept)}
    entry = {
        "v": VERSION,
        "kind": event.kind,
        "day": f"{event.at:%Y-%m-%d}",
        "realm": event.realm,
        "by": who(event.by),
        "public": shown,
        "sealed": {name: commit(salts[name], name, value) for name, value in kept.items()},
    }
    return {name: salt.hex() for name, salt in salts.items()}, entry | ({"signed": signed} if signed else {})


def shown_and_sealed(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is published of an event and what is sealed, by today's closed list, whatever it was stored as.

    Rows written before a key was moved inside, or before its values were checked, have it sealed.
    """
    shown, inside = parts(event.kind, {**event.public, **event.sealed})
    for name in [*shown]:
        try:
            public.verify(name, shown[name])
        except public.Personal:
            inside[name] = shown.pop(name)
    kind = KINDS[event.kind]
    told = {name: inside.get(name) for name in sorted({*kind.sealed, *kind.inside, *inside})}
    fixed = {"at": stamp(event.at), "by": event.by, "case": event.case, "request": event.request}
    return shown, {**{f"said.{name}" if name in ALWAYS else name: value for name, value in told.items()}, **fixed}


def stamp(at: datetime) -> str:
    """An instant as an entry seals it: UTC, exact."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"


def who(by: str) -> str:
    """What is published of who did it: a person, an officer, or a part of the gateway; never which person."""
    first = by.partition(":")[0]
    return first if ":" in by and first.isascii() and first.isalpha() else by if by in SYSTEM else "gateway"


def sealed_values(event: Event) -> Mapping[str, Any]:
    """The values of the sealed fields, for revealing one."""
    return shown_and_sealed(event)[1]


def published(kind: str) -> bool:
    """Whether it may be published at all that an event of this kind happened."""
    return KINDS[kind].published


def inner_fields(opening: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The salts of an opening, by the fields' names."""
    for name, salt in opening["salts"].items():
        yield name, bytes.fromhex(salt)


def dump(opening: Mapping[str, Any]) -> bytes:
    """An opening as it is sealed in the table."""
    return json.dumps(opening, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
