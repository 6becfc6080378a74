"""A proof that one entry is in a log, as a file that verifies offline (C2SP tlog-proof)."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import merkle
from .notes import BadNote, Checkpoint, NotSigned, b64, checkpoint, number, open_note, unbase64
from .policies import Policy

FIRST = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


@dataclass(frozen=True)
class Proof:
    """A proof's parts, unverified. `extra` proves nothing by itself."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @property
    def text(self) -> bytes:
        """The file."""
        extra = "" if self.extra is None else f"extra {b64(self.extra)}\n"
        hashes = "".join(f"{b64(hash)}\n" for hash in self.hashes)
        return f"{FIRST}\n{extra}index {self.index}\n{hashes}\n".encode() + self.checkpoint


@dataclass(frozen=True)
class Proven:
    """What a proof has proven: the entry's place, the head it is under, and the witnesses who saw that head."""

    index: int
    head: Checkpoint
    witnesses: Sequence[str]


def parse(raw: bytes) -> Proof:
    """A proof file's parts. Raises BadNote."""
    head, cut, note = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("the proof holds what is not ASCII") from None
    if not cut or not note or lines.pop(0) != FIRST:
        raise BadNote(f"not a proof: its first line is {FIRST}, and a checkpoint follows an empty line")
    extra = unbase64(lines.pop(0)[6:], "extra") if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise BadNote("the proof has no index")
    index = number(lines.pop(0)[6:], "index")
    if len(lines) > MOST_HASHES:
        raise BadNote("the proof has too many hashes")
    return Proof(index, tuple(unbase64(line, "a hash of the proof", 32) for line in lines), note, extra)


def verify(raw: bytes, entry: bytes, policy: Policy) -> Proven:
    """Verify that an entry is in a log of the policy, under a head that its quorum has cosigned.

    Raises BadNote (NotSigned where it is a matter of signatures), merkle.Unproven.
    """
    proof = parse(raw)
    opened = open_note(proof.checkpoint, policy.keys)
    head = checkpoint(opened.text)
    if not any(opened.by(key) and key.name == head.origin for key, _ in policy.logs.values()):
        raise NotSigned("no log that the policy names has signed the checkpoint")
    signed = policy.signed([key for key, _ in opened.verified])
    merkle.verify_inclusion(proof.index, head.size, merkle.leaf_hash(entry), proof.hashes, head.root)
    if not policy.satisfied(signed):
        raise NotSigned(f"too few witnesses have cosigned: {len(signed)} of {len(policy.witnesses)}")
    return Proven(proof.index, head, signed)
