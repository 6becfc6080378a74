"""The record as this custodian verified it: entry by entry, from the charter on, by a policy that they were given.

Nothing that the gateway says of itself is taken: who may sign is read from the log's own entries, back to the charter,
and a head that was seen here must be on the way to the one of today. When each head was first seen is kept, so that how
long something has stood in the record is known without anybody's word.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comity_verify import audit, merkle, notes, policies, receipts, tiles
from comity_verify.entries import BadEntry
from comity_verify.notes import BadNote, unbase64
from comity_verify.people import People
from comity_verify.policies import Policy
from comity_verify.proofs import parse as parse_proof
from comity_verify.receipts import Read
from comity_verify.source import Source, Unreachable
from comity_verify.writer import replace

from ..texts import BadText
from .keeper import Keeper

MOST_HEADS = 5_000


class BadRecord(BadText):
    """The record doesn't verify, can't be reached, or doesn't say what is claimed; the text says how."""


@dataclass(frozen=True)
class Seen:
    """The record as it was just verified."""

    size: int
    people: People
    policy: Policy
    heads: tuple[tuple[int, int], ...]  # sizes, and when each was first seen here (POSIX)

    def stood(self, index: int, now: int) -> int:
        """For how many seconds an entry is known to have stood in the record, by what was seen here; -1: not yet."""
        return next((now - at for size, at in self.heads if size > index), -1)


def walk(keeper: Keeper) -> Seen:
    """Verify the whole record, from where the last walk ended. Raises BadRecord."""
    settings = keeper.settings
    if not settings.ledger or not settings.policy:
        raise BadRecord("no record is configured: `comity custodian init --ledger URL --policy FILE`")
    try:
        policy = policies.parse(settings.policy.encode())
        walked = audit.Audit(Source(settings.ledger), policy, keeper.directory / "audit")
        report = walked.run()
    except (BadNote, Unreachable, OSError, ValueError, KeyError, TypeError) as error:
        raise BadRecord(f"the record can't be verified: {error}") from None
    if report.verdict == audit.TAMPERED or not report.quorum:
        raise BadRecord(f"the record is {report.verdict}: {'; '.join(report.problems)[:400]}")
    return Seen(report.size, walked.people, policy, _heads(keeper, report.size))


def _heads(keeper: Keeper, size: int) -> tuple[tuple[int, int], ...]:
    path = keeper.directory / "heads.json"
    heads = [(int(one), int(at)) for one, at in json.loads(path.read_bytes())] if path.exists() else []
    if not heads or heads[-1][0] < size:
        heads = [*heads, (size, keeper.now())][-MOST_HEADS:]
        replace(path, json.dumps(heads).encode())
    return tuple(heads)


@dataclass(frozen=True)
class Proven:
    """What a receipt has proven by this custodian's own policy. `cosigned`: the earliest time at which a witness saw a
    head with the entry (POSIX)."""

    read: Read
    cosigned: int

    @property
    def said(self) -> Mapping[str, Any]:
        """The entry's public part."""
        return self.read.entry.public

    @property
    def by(self) -> str:
        """Who did it: as revealed, else as published."""
        return str(self.read.revealed.get("by") or self.read.entry.by)


def proven(seen: Seen, text: Any, kind: str, what: str) -> Proven:
    """A receipt of an entry of this kind, under a head that enough witnesses cosigned, in the record that was walked.

    Raises BadRecord.
    """
    try:
        raw = unbase64(text if isinstance(text, str) else "", what)
        read = receipts.read(raw, seen.policy)
    except (BadNote, BadEntry, merkle.Unproven, tiles.Malformed, ValueError) as error:
        raise BadRecord(f"{what}: its receipt does not verify: {error}") from None
    if not read.quorum:
        raise BadRecord(f"{what}: too few witnesses have seen it")
    if read.entry.kind != kind:
        raise BadRecord(f"{what}: the receipt is of {read.entry.kind or 'a sealed entry'}, and {kind} is asked for")
    if read.index >= seen.size:
        raise BadRecord(f"{what}: the record that was verified here doesn't reach entry {read.index} yet")
    return Proven(read, _cosigned(raw, seen.policy))


def _cosigned(raw: bytes, policy: Policy) -> int:
    opened = notes.open_note(parse_proof(raw).checkpoint, policy.keys)
    times = [time for key, time in opened.verified if time and policy.signed([key])]
    return min(times, default=2**53)
