"""An item: what one order names, sealed by whoever holds it in parts (category × person × day) under own keys.

A file of lines and frames, written and read as a stream:

    {"v":1,"kind":"comity-item",…}          the head: what binds everything; its digest names the item
    [{"category":…,"person":…,"day":…},…]   the parts' heads
    {"be":"…",…}                            an envelope for each custodian of the roster
    frames                                  each part's chunks: four bytes of length, the chunk; length 0 ends a part
    {"v":1,"bodies":[[length,tags],…],"envelopes":{"be":sha256},"head":…,"signature":…}
                                            the tail, signed by the sealer; its length in 8 bytes

The head lists the digest of each part's head, so that a few parts can be shown to belong to it and the others stay
unknown. In a part's head a person is a salted commitment; who is who stands inside the envelopes, and in each part's
own first line. A category, person and day with no data is a part too: it holds no document, and nobody outside sees
which.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from . import documents, shamir, streams, texts
from .documents import Document
from .rosters import Roster
from .streams import BadPart
from .texts import CODE, DAY, HEX, ITEM, TIME, BadText

CATEGORIES = ("subscriber", "access", "traffic", "content")
DAYLESS = frozenset({"subscriber"})  # as it stands, of no day; what has days is covered day by day
MOST_PARTS, LONGEST_LINE = 20_000, 64_000_000
SHARE, SALT = 33, 32


class BadItem(BadText):
    """An item that is not one, or not this one; the text says how."""


@dataclass(frozen=True)
class Records:
    """What is to be sealed under one key. `day` (UTC) is "" for a category that has none; none: no records."""

    category: str
    person: str
    day: str
    documents: Callable[[], Iterable[Document]] = field(repr=False)


@dataclass(frozen=True)
class Part:
    """A part's head. `person`: a commitment; `key`: that to its key; `shares`: one to each share, as rostered."""

    item: str
    number: int
    category: str
    person: str
    day: str
    key: str
    shares: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "item": self.item,
            "number": self.number,
            "category": self.category,
            "person": self.person,
            "day": self.day,
            "key": self.key,
            "shares": list(self.shares),
        }

    @cached_property
    def raw(self) -> bytes:
        """Its canonical JSON."""
        return texts.canonical(self.told())

    @cached_property
    def digest(self) -> str:
        """By which the item's head names it."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class Head:
    """An item's head. `case`: a commitment to its number; `roster`: a roster's hash; `sealer`: an Ed25519 key, in hex;
    `sealed`: when (UTC); `described`: the platform's data dictionary, field by field."""

    item: str
    case: str
    roster: str
    version: int
    k: int
    n: int
    sealer: str
    sealed: str
    described: Mapping[str, Any]
    parts: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """As it stands in the file."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**fields, "v": 1, "kind": "comity-item", "parts": list(self.parts)}

    @cached_property
    def raw(self) -> bytes:
        """Its canonical JSON."""
        return texts.canonical(self.told())

    @cached_property
    def digest(self) -> str:
        """The item's own name: nothing in it can change without changing this."""
        return hashlib.sha256(self.raw).hexdigest()

    def info(self, custodian: str) -> bytes:
        """What an envelope to a custodian is bound to."""
        return f"comity/seal/envelope/v1\n{self.digest}\n{custodian}".encode()


@dataclass(frozen=True)
class Body:
    """A part's sealed bytes: how many, and SHA-256 over the tags of their chunks."""

    length: int
    tags: str


@dataclass(frozen=True)
class Item:
    """An item as read, without its bodies. `envelopes`: those that are here, of all in `tail`; `offsets`: where each
    part's frames begin in the file; `hashes`: the SHA-256 of each part's chunks."""

    head: Head
    parts: tuple[Part, ...]
    envelopes: Mapping[str, bytes]
    bodies: tuple[Body, ...]
    tail: Mapping[str, Any]
    signature: bytes
    offsets: tuple[int, ...] = ()
    hashes: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The digest of `hashes`: said in the record when the item comes, before anybody can have a key, it shows later
        that not even the recipient has altered a byte."""
        return texts.digest(list(self.hashes))


def tail(head: Head, bodies: Sequence[Body], envelopes: Mapping[str, str]) -> dict[str, Any]:
    """What the sealer signs. `envelopes`: the SHA-256 of each custodian's."""
    lengths = [[one.length, one.tags] for one in bodies]
    return {"v": 1, "head": head.digest, "bodies": lengths, "envelopes": dict(envelopes)}


def _hashes(envelopes: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(one).hexdigest() for name, one in envelopes.items()}


# Sealing --------------------------------------------------------------------------------------------------------------


@dataclass
class _Made:
    """A part being sealed: its head, its key, and each custodian's share with its salt."""

    part: Part
    key: bytes = field(repr=False)
    shares: list[bytes] = field(repr=False)


def seal(
    records: Sequence[Records],
    roster: Roster,
    *,
    case: str,
    sealer: ed25519.Ed25519PrivateKey,
    sealed: str,
    described: Mapping[str, Any] | None = None,
) -> Iterator[bytes]:
    """An item's file, as a stream. `case`: the commitment that the order's keeper gave; `sealed`: now (UTC, to the
    second, `Z`). Raises BadItem before the first byte."""
    if not 0 < len(records) <= MOST_PARTS:
        raise BadItem(f"an item has 1 to {MOST_PARTS} parts, and these are {len(records)}")
    if not HEX.fullmatch(case):
        raise BadItem("case: a commitment of 64 hexadecimal digits is asked for")
    item, salts = secrets.token_hex(16), {one.person: secrets.token_bytes(SALT) for one in records}
    persons = {ref: texts.commit(salt, "person", ref) for ref, salt in salts.items()}
    made = [_make(item, number, one, persons[one.person], roster) for number, one in enumerate(records)]
    public = sealer.public_key().public_bytes_raw().hex()
    digests = tuple(one.part.digest for one in made)
    head = Head(
        item, case, roster.hash, roster.version, roster.k, roster.n, public, sealed, dict(described or {}), digests
    )
    return _written(head, made, _envelopes(head, made, roster, salts), records, sealer)


def _make(item: str, number: int, one: Records, person: str, roster: Roster) -> _Made:
    if one.category not in CATEGORIES or not (one.day == "" or DAY.fullmatch(one.day)):
        raise BadItem(f"part {number}: a category of {', '.join(CATEGORIES)}, and a day as YYYY-MM-DD or none")
    random = os.urandom(streams.KEY + SALT * roster.n)  # asked for once: it is a call into the kernel
    key, xs = random[: streams.KEY], [custodian.x for custodian in roster.custodians]
    shares = [
        share + random[at : at + SALT]
        for share, at in zip(shamir.split(key, roster.k, xs), range(streams.KEY, len(random), SALT), strict=True)
    ]
    commits = tuple(commit_share(share) for share in shares)
    return _Made(Part(item, number, one.category, person, one.day, streams.commitment(key), commits), key, shares)


def commit_share(share: bytes) -> str:
    """The commitment to a share: SHA-256 of a tag, the share's 33 bytes and its salt's 32."""
    return hashlib.sha256(b"comity/seal/share/v1\n" + share).hexdigest()


def _envelopes(head: Head, made: Sequence[_Made], roster: Roster, salts: Mapping[str, bytes]) -> dict[str, bytes]:
    """One message for each custodian: who is who, a line feed, then share and salt of each part in order."""
    who = texts.canonical({ref: salt.hex() for ref, salt in salts.items()}) + b"\n"
    return {
        custodian.name: custodian.key.seal(who + b"".join(one.shares[at] for one in made), head.info(custodian.name))
        for at, custodian in enumerate(roster.custodians)
    }


def _written(
    head: Head,
    made: Sequence[_Made],
    envelopes: Mapping[str, bytes],
    records: Sequence[Records],
    sealer: ed25519.Ed25519PrivateKey,
) -> Iterator[bytes]:
    yield head.raw + b"\n"
    yield b"[" + b",".join(one.part.raw for one in made) + b"]\n"
    yield texts.canonical({name: texts.b64(one) for name, one in envelopes.items()}) + b"\n"
    bodies: list[Body] = []
    for one, record in zip(made, records, strict=True):
        yield from _body(one, record, bodies)
    said = tail(head, bodies, _hashes(envelopes))
    signature = sealer.sign(texts.tagged("item", said))
    line = texts.canonical({**said, "signature": texts.b64(signature)})
    yield line + len(line).to_bytes(8, "big")


def _body(made: _Made, record: Records, bodies: list[Body]) -> Iterator[bytes]:
    """A part's frames. Its first line says in clear what its head has as codes and commitments."""
    first = texts.canonical({"category": record.category, "person": record.person, "day": record.day}) + b"\n"
    tags = streams.Tags()
    for chunk in streams.seal(made.key, made.part.digest.encode(), documents.write(first, record.documents())):
        tags.add(chunk)
        yield len(chunk).to_bytes(4, "big")
        yield chunk
    yield bytes(4)
    bodies.append(Body(tags.length, tags.digest))


# Reading --------------------------------------------------------------------------------------------------------------


def read(file: IO[bytes], sealer: str | None = None, content: str | None = None) -> Item:
    """An item from a file that can seek, every hash of it checked; with `sealer` also that it is theirs, with `content`
    also that no byte has changed since it came.

    Bodies are hashed as they stream by: memory doesn't grow with them. Raises BadItem.
    """
    head = parse_head(_line(file))
    parts = _parts(head, _line(file))
    envelopes = _sealed(_line(file))
    offsets, bodies, hashes = [], [], []
    for part in parts:
        offsets.append(file.tell())
        body, sha256 = hashed(frames(file), part.number)
        bodies.append(body)
        hashes.append(sha256)
    said = tail(head, bodies, _hashes(envelopes))
    item = Item(
        head, parts, envelopes, tuple(bodies), said, _signature(head, said, file), tuple(offsets), tuple(hashes)
    )
    if sealer is not None and head.sealer != sealer:
        raise BadItem("sealer: it was sealed by another platform than the one that is pinned")
    if content is not None and item.content != content:
        raise BadItem("content: a part's bytes are not those that came")
    return item


def _line(file: IO[bytes]) -> bytes:
    line = file.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise BadItem("the item is cut off, or a line is too long")
    return line[:-1]


def parse_head(raw: bytes) -> Head:
    """An item's head. Raises BadItem."""
    try:
        said = texts.parse(raw, "item", LONGEST_LINE)
        digests = said.get("parts")
        if not isinstance(digests, list) or not all(isinstance(one, str) and HEX.fullmatch(one) for one in digests):
            raise BadText("parts: a list of digests is asked for")
        if not 0 < len(digests) <= MOST_PARTS:
            raise BadText(f"parts: 1 to {MOST_PARTS} of them")
        described = said.get("described")
        if not isinstance(described, dict):
            raise BadText("described: an object is asked for")
        head = Head(
            item=texts.text(said, "item", ITEM),
            case=texts.text(said, "case", HEX),
            roster=texts.text(said, "roster", HEX),
            version=texts.number(said, "version", 1),
            k=texts.number(said, "k", 2, 255),
            n=texts.number(said, "n", 2, 255),
            sealer=texts.text(said, "sealer", HEX),
            sealed=texts.text(said, "sealed", TIME),
            described=described,
            parts=tuple(digests),
        )
    except BadText as error:
        raise BadItem(f"head: {error}") from None
    if texts.canonical(head.told()) != raw:
        raise BadItem("head: it is not canonical, or has keys that are not known")
    return head


def parse_part(said: Any) -> Part:
    """A part's head. Raises BadItem."""
    try:
        if not isinstance(said, dict):
            raise BadText("an object is asked for")
        shares = said.get("shares")
        if not isinstance(shares, list) or not all(isinstance(one, str) and HEX.fullmatch(one) for one in shares):
            raise BadText("shares: a list of commitments is asked for")
        day = texts.text(said, "day") and texts.text(said, "day", DAY)
        hashes = (texts.text(said, "person", HEX), day, texts.text(said, "key", HEX))
        part = Part(
            texts.text(said, "item"),
            texts.number(said, "number"),
            texts.text(said, "category", CODE),
            *hashes,
            tuple(shares),
        )
    except BadText as error:
        raise BadItem(f"a part's head: {error}") from None
    if part.told() != said:
        raise BadItem("a part's head has keys that are not known")
    return part


def verify_part(head: Head, part: Part) -> None:
    """That a part is one of this item. Raises BadItem."""
    if part.number >= len(head.parts) or head.parts[part.number] != part.digest or part.item != head.item:
        raise BadItem(f"part {part.number} is not of this item, or was altered")
    if len(part.shares) != head.n:
        raise BadItem(f"part {part.number}: {head.n} commitments to shares are asked for")


def _parts(head: Head, raw: bytes) -> tuple[Part, ...]:
    said = _value(raw, "parts")
    if not isinstance(said, list) or len(said) != len(head.parts):
        raise BadItem("parts: as many heads as the item's head lists")
    parts = tuple(map(parse_part, said))
    for number, part in enumerate(parts):
        if part.number != number:
            raise BadItem(f"parts: number {part.number} stands in the place of {number}")
        verify_part(head, part)
    return parts


def _value(raw: bytes, what: str) -> Any:
    try:
        return texts.value(raw, what)
    except BadText as error:
        raise BadItem(str(error)) from None


def _sealed(raw: bytes) -> dict[str, bytes]:
    said = _value(raw, "envelopes")
    if not isinstance(said, dict) or len(said) > 255:
        raise BadItem("envelopes: an object is asked for")
    try:
        return {name: texts.binary(said, name) for name in said}
    except BadText as error:
        raise BadItem(f"envelopes: {error}") from None


def frames(file: IO[bytes]) -> Iterator[bytes]:
    """The chunks of one part, from where the file stands. Raises BadItem."""
    while True:
        length = int.from_bytes(_exactly(file, 4), "big")
        if not length:
            return
        if length > streams.CHUNK + streams.TAG:
            raise BadItem("a chunk is longer than any may be")
        yield _exactly(file, length)


def _exactly(file: IO[bytes], length: int) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise BadItem("the item is cut off")
    return data


def hashed(chunks: Iterable[bytes], number: int) -> tuple[Body, str]:
    """What the sealer signed of a part, and the SHA-256 of all its bytes, from its chunks. Raises BadItem."""
    tags, whole = streams.Tags(), hashlib.sha256()
    for chunk in chunks:
        tags.add(chunk)
        whole.update(chunk)
    if not tags.length:
        raise BadItem(f"part {number} is empty")
    return Body(tags.length, tags.digest), whole.hexdigest()


def _signature(head: Head, expected: Mapping[str, Any], file: IO[bytes]) -> bytes:
    raw = file.read(LONGEST_LINE)
    line, length = raw[:-8], int.from_bytes(raw[-8:], "big")
    try:
        said = texts.parse(line, "tail", LONGEST_LINE)
        signature = texts.binary(said, "signature", 64)
    except BadText as error:
        raise BadItem(f"tail: {error}") from None
    if length != len(line) or {**expected, "signature": said["signature"]} != said:
        raise BadItem("tail: bytes or an envelope are not those that were sealed, or the item is cut off")
    verify_sealed(head, expected, signature)
    return signature


def verify_sealed(head: Head, said: Mapping[str, Any], signature: bytes) -> None:
    """The sealer's signature over a tail, which names one envelope for each custodian. Raises BadItem."""
    try:
        texts.verify(head.sealer, signature, texts.tagged("item", said), "the sealer")
        if len(said["envelopes"]) != head.n:
            raise BadText(f"envelopes: {head.n} are asked for")
    except BadText as error:
        raise BadItem(f"tail: {error}") from None


def card(item: Item, custodian: str) -> bytes:
    """What a custodian is given of an item: all but the parts' bytes, and their own envelope. Raises BadItem."""
    if custodian not in item.envelopes:
        raise BadItem(f"custodian {custodian}: the item has no envelope for them")
    return texts.canonical(
        {
            **item.tail,
            "kind": "comity-card",
            "head": item.head.told(),
            "parts": [part.told() for part in item.parts],
            "mine": {custodian: texts.b64(item.envelopes[custodian])},
            "signature": texts.b64(item.signature),
        }
    )


def parse_card(raw: bytes) -> Item:
    """An item from its card: everything checked but the bytes, which are not there. Raises BadItem."""
    try:
        said = texts.parse(raw, "card", LONGEST_LINE)
        if said.get("kind") != "comity-card":
            raise BadText("kind: the card of an item is asked for")
        signature = texts.binary(said, "signature", 64)
    except BadText as error:
        raise BadItem(f"card: {error}") from None
    head = parse_head(texts.canonical(said.get("head")))
    parts = _parts(head, texts.canonical(said.get("parts")))
    bodies, sealed = parse_bodies(head, said.get("bodies")), parse_hashes(said.get("envelopes"))
    mine = _sealed(texts.canonical(said.get("mine")))
    if any(sealed.get(name) != hash for name, hash in _hashes(mine).items()):
        raise BadItem("card: the envelope is not the one that was sealed")
    verify_sealed(head, tail(head, bodies, sealed), signature)
    return Item(head, parts, mine, bodies, tail(head, bodies, sealed), signature)


def parse_hashes(said: Any) -> dict[str, str]:
    """The hash of each envelope. Raises BadItem."""
    if not isinstance(said, dict) or not all(isinstance(one, str) and HEX.fullmatch(one) for one in said.values()):
        raise BadItem("envelopes: a hash for each custodian is asked for")
    return said


def parse_bodies(head: Head, said: Any) -> tuple[Body, ...]:
    """Length and hash of each part's bytes. Raises BadItem."""
    if not isinstance(said, list) or len(said) != len(head.parts):
        raise BadItem("bodies: one for each part of the item")
    if not all(isinstance(one, list) and len(one) == 2 and type(one[0]) is int for one in said):
        raise BadItem("bodies: a length and a hash each")
    return tuple(Body(length, str(tags)) for length, tags in said)


def body(file: IO[bytes], item: Item, number: int) -> Iterator[bytes]:
    """The sealed chunks of one part, from the item's file."""
    file.seek(item.offsets[number])
    return frames(file)


__all__ = ["BadItem", "BadPart", "Body", "Head", "Item", "Part", "Records", "body", "frames", "read", "seal"]
