"""What custodians are asked to open, and their answers: shares of listed parts sealed to one recipient, or a ground.

A request names everything that must fit, and its digest is bound into what is sealed: a share given for one opening and
one recipient's key opens in no other. What a custodian checks before giving is in `custodian/checks.py`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import items, shamir, streams, texts
from .hybrid import BadKey, NotOpened, Private, Public
from .items import SALT, SHARE, Head, Item, Part
from .rosters import BadRoster, Custodian, Roster
from .texts import CODE, HEX, BadText

GROUNDS = (
    "not-witnessed",  # the act is not in the record, or no witness has seen it
    "not-signed",  # its signatures do not lead to the charter, or don't make its quorum
    "not-covered",  # the finding doesn't cover a category, person or day that is asked for
    "not-competent",  # who ordered it may not order this
    "not-valid",  # the order lacks what it needs: a validation, a signature, a date, reasons
    "recipient",  # the recipient's key is too young, not called back, or not theirs
    "privilege",  # immunity or privilege: lawyers, journalists, physicians, parliament
    "rights",  # a manifest breach of fundamental rights
    "conflict",  # the law of a third country forbids it
    "impossible",  # it can't be done in fact: nothing is held, or the item is another
    "ended",  # the order was withdrawn, or what was kept has reached its end
)


class BadOpening(BadText):
    """A request, share or refusal that is not one, or not for this; the text says how."""


class BadShare(BadOpening):
    """Shares that don't fit their commitments. `custodians`: whose."""

    def __init__(self, custodians: Sequence[str], says: str) -> None:
        super().__init__(says)
        self.custodians = tuple(custodians)


@dataclass(frozen=True)
class Opening:
    """A request to open. `said` is all of it (README: opening.json); the rest is what must fit to give a share."""

    number: str
    item: str
    head: str
    parts: tuple[int, ...]
    recipient: Public
    said: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Of everything that was asked: what a share is bound to."""
        return texts.digest(self.said)

    def info(self, custodian: str) -> bytes:
        """What a custodian's shares for the recipient are bound to."""
        about = {"opening": self.digest, "recipient": self.recipient.fingerprint, "custodian": custodian}
        return texts.tagged("shares", about)


@dataclass(frozen=True)
class Given:
    """A custodian's shares of the listed parts, sealed to the recipient."""

    opening: str
    custodian: str
    parts: tuple[int, ...]
    sealed: bytes
    signature: bytes = b""

    def told(self) -> dict[str, Any]:
        """What the custodian signs."""
        sealed = texts.b64(self.sealed)
        about = {"opening": self.opening, "custodian": self.custodian, "parts": list(self.parts)}
        return {"v": 1, "kind": "shares", **about, "sealed": sealed}

    @property
    def raw(self) -> bytes:
        """The file."""
        return texts.canonical({**self.told(), "signature": texts.b64(self.signature)})


@dataclass(frozen=True)
class Refused:
    """A custodian's refusal, on a ground of GROUNDS; `why` in their own words, which go to the desk alone."""

    opening: str
    custodian: str
    ground: str
    why: str = ""
    signature: bytes = b""

    def told(self) -> dict[str, Any]:
        """What the custodian signs."""
        about = {"opening": self.opening, "custodian": self.custodian}
        return {"v": 1, "kind": "refusal", **about, "ground": self.ground, "why": self.why}

    @property
    def raw(self) -> bytes:
        """The file."""
        return texts.canonical({**self.told(), "signature": texts.b64(self.signature)})


def parse(raw: bytes) -> Opening:
    """A request to open. Raises BadOpening."""
    try:
        said = texts.parse(raw, "opening")
        item, recipient = said.get("item"), said.get("recipient")
        if not isinstance(item, dict) or not isinstance(recipient, dict):
            raise BadText("item, recipient: objects are asked for")
        names = (texts.text(said, "opening"), texts.text(item, "item"), texts.text(item, "head", HEX))
        public = Public(texts.binary(recipient, "key"))
        if public.fingerprint != texts.text(recipient, "fingerprint", HEX):
            raise BadText("recipient.fingerprint: it is not that of the key")
        return Opening(*names, texts.numbers(said, "parts"), public, said)
    except (BadText, BadKey) as error:
        raise BadOpening(str(error)) from None


def _text_of(order: Mapping[str, Any]) -> bytes:
    try:
        return texts.binary(order, "text") if order.get("text") else b""
    except BadText as error:
        raise BadOpening(f"order.{error}") from None


def order_of(opening: Opening, apart: bytes = b"") -> bytes:
    """The bytes of the order: in the request, or beside it (`apart`) where they are too many for that. Raises
    BadOpening where they are nowhere, or aren't those that were filed."""
    order = of(opening, "order")
    raw = _text_of(order) or apart
    if not raw:
        raise BadOpening("order: its text is not here, so nobody can read what was ordered")
    if hash_of(raw) != texts.text(order, "sha256", texts.HEX):
        raise BadOpening("order: what is shown is not what was filed")
    return raw


def of(opening: Opening, name: str) -> Mapping[str, Any]:
    """An object of a request, by name; an empty one where there is none."""
    value = opening.said.get(name)
    return value if isinstance(value, dict) else {}


# The custodian's side -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsealed:
    """An envelope as its custodian reads it: who the persons are, and share with salt of each part."""

    persons: Mapping[str, bytes]
    shares: tuple[bytes, ...]

    def person(self, part: Part) -> str:
        """Whose records a part holds. Raises BadOpening."""
        for ref, salt in self.persons.items():
            if texts.commit(salt, "person", ref) == part.person:
                return ref
        raise BadOpening(f"part {part.number}: it is of nobody whom the envelope names")


def unseal(head: Head, envelope: bytes, custodian: str, key: Private) -> Unsealed:
    """Open a custodian's own envelope of an item. Raises NotOpened, BadOpening."""
    text = key.open(envelope, head.info(custodian))
    who, cut, rest = text.partition(b"\n")
    size = SHARE + SALT
    if not cut or len(rest) != size * len(head.parts):
        raise BadOpening("the envelope does not hold a share of each part")
    try:
        persons = {ref: bytes.fromhex(salt) for ref, salt in texts.value(who, "persons").items()}
    except (ValueError, AttributeError, TypeError):
        raise BadOpening("the envelope does not say who is who") from None
    return Unsealed(persons, tuple(rest[at : at + size] for at in range(0, len(rest), size)))


def give(opening: Opening, item: Item, custodian: str, key: Private) -> Given:
    """A custodian's shares of the listed parts and no other, sealed to the recipient. Raises BadOpening, NotOpened.

    It checks that the request is of this item; whether it *may* be given is checked before.
    """
    verify_of(opening, item.head)
    if custodian not in item.envelopes:
        raise BadOpening(f"custodian {custodian}: the item has no envelope for them")
    mine = unseal(item.head, item.envelopes[custodian], custodian, key)
    shares = {}
    for number in opening.parts:
        if items.commit_share(mine.shares[number]) not in item.parts[number].shares:
            raise BadOpening(f"part {number}: my own share does not fit its commitment")
        shares[str(number)] = texts.b64(mine.shares[number])
    sealed = opening.recipient.seal(texts.canonical(shares), opening.info(custodian))
    given = Given(opening.digest, custodian, opening.parts, sealed)
    return Given(*given_fields(given), key.signing.sign(texts.tagged("answer", given.told())))


def given_fields(given: Given) -> tuple[str, str, tuple[int, ...], bytes]:
    """All but the signature."""
    return given.opening, given.custodian, given.parts, given.sealed


def refuse(opening: Opening, custodian: str, ground: str, key: Private, why: str = "") -> Refused:
    """A custodian's refusal. Raises BadOpening for a ground that is none."""
    if ground not in GROUNDS:
        raise BadOpening(f"ground: one of {', '.join(GROUNDS)}")
    said = Refused(opening.digest, custodian, ground, why).told()
    return Refused(opening.digest, custodian, ground, why, key.signing.sign(texts.tagged("answer", said)))


def verify_of(opening: Opening, head: Head) -> None:
    """That a request is of this item, and lists parts that it has. Raises BadOpening."""
    if opening.item != head.item or opening.head != head.digest:
        raise BadOpening("item: the request is of another item, or of this one as it was not")
    if opening.parts[-1] >= len(head.parts):
        raise BadOpening(f"parts: the item has {len(head.parts)}, and number {opening.parts[-1]} is asked for")


# The gateway's and the recipient's side -------------------------------------------------------------------------------


def parse_answer(raw: bytes, opening: Opening, roster: Roster, current: Roster | None = None) -> Given | Refused:
    """A custodian's answer, its signature verified: by one of this roster, to this opening.

    `current`: the roster of today; who isn't in it any more, by the same key, is not heard. Raises BadOpening.
    """
    try:
        said = texts.parse(raw, "answer")
        custodian = roster.called(texts.text(said, "custodian", CODE))
        if current is not None and all(one.signs != custodian.signs for one in current.custodians):
            raise BadRoster(f"custodian {custodian.name}: revoked by roster {current.version}")
        signature = texts.binary(said, "signature", 64)
        found = _given(said, signature) if said.get("kind") == "shares" else _refused(said, signature)
        if {**found.told(), "signature": said["signature"]} != said:
            raise BadText("answer: it has keys that are not known")
        texts.verify(custodian.signs, signature, texts.tagged("answer", found.told()), custodian.name)
    except (BadText, BadRoster) as error:
        raise BadOpening(str(error)) from None
    if found.opening != opening.digest:
        raise BadOpening(f"opening: {custodian.name} answered another request")
    if isinstance(found, Given) and found.parts != opening.parts:
        raise BadOpening(f"parts: {custodian.name} gave shares of other parts than those asked for")
    return found


def _given(said: Mapping[str, Any], signature: bytes) -> Given:
    hashes = texts.text(said, "opening", HEX), texts.text(said, "custodian", CODE)
    return Given(*hashes, texts.numbers(said, "parts"), texts.binary(said, "sealed"), signature)


def _refused(said: Mapping[str, Any], signature: bytes) -> Refused:
    ground, why = texts.text(said, "ground"), texts.text(said, "why")
    if said.get("kind") != "refusal" or ground not in GROUNDS or len(why) > 2000:
        raise BadText(f"kind, ground, why: shares, or a refusal on one of {', '.join(GROUNDS)}")
    return Refused(texts.text(said, "opening", HEX), texts.text(said, "custodian", CODE), ground, why, signature)


def keys(
    opening: Opening,
    head: Head,
    parts: Mapping[int, Part],
    given: Sequence[Given],
    key: Private,
    roster: Roster | None = None,
) -> dict[int, bytes]:
    """Each listed part's key, from the shares of k custodians. `parts`: the heads of the listed parts, by number;
    `roster`: the item's, by which a custodian who gives another's share is named.

    Raises BadShare naming those whose shares don't fit, unless k others' do; BadOpening for too few.
    """
    verify_of(opening, head)
    for number in opening.parts:
        items.verify_part(head, parts[number])
    good, bad = _good(opening, parts, given, key, roster)
    if len(good) < head.k:
        says = f"{len(good)} custodians' shares fit, and {head.k} are asked for"
        raise BadShare(bad, f"{says}: those of {', '.join(bad)} do not") if bad else BadOpening(says)
    return {
        number: _key(parts[number], [one[number] for one in list(good.values())[: head.k]]) for number in opening.parts
    }


def bad_shares(
    opening: Opening, parts: Mapping[int, Part], given: Sequence[Given], key: Private, roster: Roster | None = None
) -> tuple[str, ...]:
    """Whose shares don't open with the recipient's key, or don't fit their commitments."""
    return tuple(_good(opening, parts, given, key, roster)[1])


def _good(
    opening: Opening, parts: Mapping[int, Part], given: Sequence[Given], key: Private, roster: Roster | None
) -> tuple[dict[str, dict[int, bytes]], list[str]]:
    place = {one.name: at for at, one in enumerate(roster.custodians)} if roster else {}
    good: dict[str, dict[int, bytes]] = {}
    bad: list[str] = []
    xs: set[int] = set()
    for one in given:
        try:
            shares = _shares(opening, parts, one, key, place.get(one.custodian))
        except (BadText, NotOpened, ValueError):
            bad.append(one.custodian)
            continue
        x = shares[opening.parts[0]][-1]
        if one.custodian not in good and x not in xs:
            good[one.custodian] = shares
            xs.add(x)
    return good, bad


def _shares(
    opening: Opening, parts: Mapping[int, Part], given: Given, key: Private, at: int | None
) -> dict[int, bytes]:
    """One custodian's shares, each checked against its commitment: their own, in the place that is theirs (`at`), or
    else in the same of each part. Another's would fit a commitment too, and then be one too few."""
    if given.opening != opening.digest:
        raise BadOpening("shares for another opening")
    said = texts.value(key.open(given.sealed, opening.info(given.custodian)), "shares")
    if not isinstance(said, dict) or {*said} != {str(number) for number in opening.parts}:
        raise BadOpening("shares of other parts")
    found = {}
    for number in opening.parts:
        whole = texts.binary(said, str(number), SHARE + SALT)
        commits = parts[number].shares
        at = commits.index(items.commit_share(whole)) if at is None else at  # ValueError: none of them
        if commits[at] != items.commit_share(whole):
            raise BadOpening("a share that does not fit its commitment")
        found[number] = whole[:SHARE]
    return found


def _key(part: Part, shares: Sequence[bytes]) -> bytes:
    key = shamir.combine(shares)
    if streams.commitment(key) != part.key:
        raise BadOpening(f"part {part.number}: what the sealer shared out is not the key that it committed to")
    return key


def hash_of(raw: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


__all__ = [
    "GROUNDS",
    "BadOpening",
    "BadShare",
    "Custodian",
    "Given",
    "Opening",
    "Refused",
    "give",
    "keys",
    "parse",
    "refuse",
]
