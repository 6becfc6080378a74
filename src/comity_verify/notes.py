"""Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

ED25519, ECDSA, COSIGNATURE, RFC6962, ML_DSA = 1, 2, 4, 5, 6
MOST_SIGNATURES, LARGEST = 100, 1_000_000
LARGEST_NUMBER = 2**63 - 1
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_NUMBER = re.compile("0|[1-9][0-9]{0,18}", re.A)
_LENGTHS = {ED25519: (32, 64), COSIGNATURE: (32, 72), ML_DSA: (1312, 8 + 2420)}


class BadNote(ValueError):
    """A note, key or checkpoint that is malformed or doesn't verify; the text says how."""


class NotSigned(BadNote):
    """No known key has signed, or a known key's signature doesn't fit."""


def number(text: str, what: str) -> int:
    """A decimal as the formats write it: ASCII digits, no sign, no leading zero, below 2**63. Raises BadNote."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise BadNote(f"{what}: not a plain decimal number: {text[:40]!r}")
    return int(text)


def unbase64(text: str, what: str, length: int | None = None, *, exact: bool = True) -> bytes:
    """Standard Base 64 with padding; with `exact` also refusing spare bits that are not zero. Raises BadNote."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(f"{what}: not base64") from None
    if length is not None and len(data) != length:
        raise BadNote(f"{what}: {len(data)} bytes, and {length} are asked for")
    if exact and base64.b64encode(data).decode() != text:
        raise BadNote(f"{what}: not the canonical base64")
    return data


def b64(data: bytes) -> str:
    """Standard Base 64 with padding."""
    return base64.b64encode(data).decode()


def good_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no plus sign, no space, nothing that isn't printed."""
    return bool(name) and not any(c == "+" or c in _SPACES or c < " " for c in name)


# Keys ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A public key with its name, as in a vkey."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature names its key."""
        if self.type == ECDSA:
            return sha256(self.public).digest()[:4]
        public = sha256(self.public).digest() if self.type == RFC6962 else self.public
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as text."""
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.type]) + self.public)}"

    @property
    def cosigning(self) -> "Key":
        """The same Ed25519 key as a cosigner's."""
        return Key(self.name, COSIGNATURE, self.public) if self.type == ED25519 else self

    def verify(self, text: bytes, signature: bytes) -> int:
        """Check the bytes after the key's id over a note's text; returns a cosignature's time, else 0. Raises
        NotSigned."""
        try:
            return self._verify(text, signature)
        except (InvalidSignature, ValueError):
            raise NotSigned(f"the signature of {self.name} doesn't fit") from None

    def _verify(self, text: bytes, signature: bytes) -> int:
        if self.type in _LENGTHS and len(signature) != _LENGTHS[self.type][1]:
            raise InvalidSignature
        if self.type == ED25519:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
            return 0
        if self.type == ECDSA:
            public = load_der_public_key(self.public)
            if not isinstance(public, ec.EllipticCurvePublicKey):
                raise InvalidSignature
            public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
            return 0
        time, signed = int.from_bytes(signature[:8], "big"), signature[8:]
        if not 0 < time <= LARGEST_NUMBER:
            raise InvalidSignature
        if self.type == COSIGNATURE:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signed, cosigned(text, time))
            return time
        if self.type == ML_DSA:
            head = checkpoint(text.decode())
            verify_subtree(self, time, head.origin, 0, head.size, head.root, signed)
            return time
        raise InvalidSignature


def parse_key(vkey: str) -> Key:
    """A vkey. Raises BadNote."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not good_name(parts[0]) or not re.fullmatch("[0-9a-f]{8}", parts[1], re.A):
        raise BadNote(f"not a verifier key: {vkey[:80]!r}")
    data = unbase64(parts[2], "the verifier key")
    key = Key(parts[0], data[0] if data else 0, data[1:])
    if key.type not in (ED25519, ECDSA, COSIGNATURE, RFC6962, ML_DSA):
        raise BadNote(f"the verifier key {key.name}: a type that is not supported: {key.type}")
    if key.type in _LENGTHS and len(key.public) != _LENGTHS[key.type][0]:
        raise BadNote(f"the verifier key {key.name}: of the wrong length")
    if key.type in (ECDSA, RFC6962):
        _check_der(key)
    if key.id.hex() != parts[1]:
        raise BadNote(f"the verifier key {key.name}: its id is not that of its bytes")
    return key


def _check_der(key: Key) -> None:
    try:
        load_der_public_key(key.public)
    except Exception:
        raise BadNote(f"the verifier key {key.name}: not a public key") from None


@dataclass(frozen=True)
class Signer:
    """An Ed25519 signing key with its name. Never printed: `repr` shows the name alone."""

    name: str
    seed: bytes = field(repr=False)

    @cached_property
    def _private(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def key(self) -> Key:
        """Its public key, for plain signatures."""
        return Key(self.name, ED25519, self._private.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The key as text, after Go's convention."""
        return f"PRIVATE+KEY+{self.name}+{self.key.id.hex()}+{b64(bytes([ED25519]) + self.seed)}"

    def line(self, text: str) -> str:
        """A signature line over a note's text. Raises BadNote unless the text ends its last line."""
        if not text.endswith("\n"):
            raise BadNote("a note's text ends with a line feed")
        return signature_line(self.name, self.key.id + self._private.sign(text.encode()))

    def cosign(self, text: str, time: int) -> str:
        """A cosignature line over a checkpoint's text, at a POSIX time."""
        signed = self._private.sign(cosigned(text.encode(), time))
        return signature_line(self.name, self.key.cosigning.id + time.to_bytes(8, "big") + signed)


def parse_signer(skey: str) -> Signer:
    """A signing key. Raises BadNote."""
    parts = skey.split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not good_name(parts[2]):
        raise BadNote("not a signing key")
    data = unbase64(parts[4], "the signing key")
    if len(data) != 33 or data[0] != ED25519:
        raise BadNote("the signing key: only Ed25519 is supported")
    signer = Signer(parts[2], data[1:])
    if signer.key.id.hex() != parts[3]:
        raise BadNote("the signing key: its id is not that of its bytes")
    return signer


def signature_line(name: str, data: bytes) -> str:
    """One line of a note's signatures."""
    return f"\u2014 {name} {b64(data)}\n"


# Notes ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signature:
    """One signature line as it stands: whose, by which key id, what bytes follow, and the line itself."""

    name: str
    id: bytes
    data: bytes
    line: str


@dataclass(frozen=True)
class Note:
    """A note that is well formed; `opened` says whose signatures were checked."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Opened:
    """A note after its known signatures were verified: keys with their times (0 for plain ones), and the others."""

    text: str
    verified: tuple[tuple[Key, int], ...]
    unverified: tuple[Signature, ...]

    def by(self, key: Key) -> bool:
        """Whether this key has signed."""
        return any((one.name, one.id) == (key.name, key.id) for one, _ in self.verified)


def parse_signature(line: str) -> Signature:
    """One signature line without its line feed. Raises BadNote."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not good_name(parts[1]):
        raise BadNote("a signature line is malformed")
    data = unbase64(parts[2], "a signature", exact=False)
    if len(data) < 5:
        raise BadNote("a signature is too short")
    return Signature(parts[1], data[:4], data[4:], line + "\n")


def parse(raw: bytes) -> Note:
    """A signed note's parts, unverified. Raises BadNote."""
    if len(raw) > LARGEST:
        raise BadNote("the note is too long")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("the note is not UTF-8") from None
    if any(c < " " and c != "\n" for c in text):
        raise BadNote("the note holds a control character")
    cut = text.rfind("\n\n")
    if cut < 0 or not text.endswith("\n") or cut + 2 >= len(text):
        raise BadNote("the note has no signatures")
    lines = text[cut + 2 : -1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(f"more than {MOST_SIGNATURES} signatures")
    return Note(text[: cut + 1], tuple(map(parse_signature, lines)))


def open_note(raw: bytes, keys: Iterable[Key]) -> Opened:
    """Verify the signatures of known keys; others stay unverified. Raises BadNote, NotSigned if none is verified or one
    of a known key doesn't fit."""
    known = {(key.name, key.id): key for key in keys}
    note = parse(raw)
    verified: dict[tuple[str, bytes], tuple[Key, int]] = {}
    others: dict[str, Signature] = {}
    for one in note.signatures:
        which = (one.name, one.id)
        if which not in known:
            others.setdefault(one.line, one)
        elif which not in verified:
            verified[which] = (known[which], known[which].verify(note.text.encode(), one.data))
    if not verified:
        raise NotSigned("no known key has signed the note")
    return Opened(note.text, tuple(verified.values()), tuple(others.values()))


def assemble(text: str, lines: Sequence[str]) -> bytes:
    """A note from its text and signature lines; of two by the same key the later replaces the earlier in its place."""
    kept: dict[tuple[str, bytes], str] = {}
    for line in lines:
        one = parse_signature(line.rstrip("\n"))
        kept[one.name, one.id] = one.line
    return (text + "\n" + "".join(kept.values())).encode()


# Checkpoints ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checkpoint:
    """A log's head: whose, how many entries, the root over them, and lines that nobody relies on."""

    origin: str
    size: int
    root: bytes
    extension: str = ""

    @property
    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n{self.extension}"


def checkpoint(text: str) -> Checkpoint:
    """A checkpoint from a note's text. Raises BadNote."""
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint has three lines or more, none of them empty")
    root = unbase64(lines[2], "the checkpoint's root", 32)
    rest = "".join(f"{line}\n" for line in lines[3:])
    return Checkpoint(lines[0], number(lines[1], "the checkpoint's size"), root, rest)


def open_checkpoint(raw: bytes, origin: str, keys: Iterable[Key]) -> tuple[Checkpoint, Opened]:
    """A checkpoint that one of its log's keys has signed; cosigners' keys may be among them. Raises BadNote."""
    opened = open_note(raw, keys)
    head = checkpoint(opened.text)
    if head.origin != origin:
        raise BadNote(f"the checkpoint is of another log: {head.origin[:80]!r}")
    return head, opened


def cosigned(text: bytes, time: int) -> bytes:
    """What a cosigner with an Ed25519 key signs."""
    return b"cosignature/v1\ntime %d\n" % time + text


def subtree_message(cosigner: str, time: int, origin: str, start: int, end: int, hash: bytes) -> bytes:
    """What a cosigner with an ML-DSA-44 key signs. Raises BadNote."""
    name, log = cosigner.encode(), origin.encode()
    if not (1 <= len(name) <= 255 and 1 <= len(log) <= 255) or (start and time):
        raise BadNote("a name of 1 to 255 bytes is asked for, and no time unless the whole tree is meant")
    numbers = start.to_bytes(8, "big") + end.to_bytes(8, "big") + hash
    return b"subtree/v1\n\x00" + bytes([len(name)]) + name + time.to_bytes(8, "big") + bytes([len(log)]) + log + numbers


def verify_subtree(key: Key, time: int, origin: str, start: int, end: int, hash: bytes, signature: bytes) -> None:
    """Check an ML-DSA-44 cosignature (FIPS 204). Raises InvalidSignature."""
    from cryptography.hazmat.primitives.asymmetric import mldsa  # only newer releases have it

    message = subtree_message(key.name, time, origin, start, end, hash)
    mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)


def origin_hash(origin: str) -> str:
    """A log's identity as a file name or part of a URL."""
    return sha256(origin.encode()).hexdigest()
