"""Who holds shares: a numbered list that is signed by k of the one before, and pinned by whoever seals.

1. At least three jurisdictions, and none alone holds k: no court of one country can open anything.
2. Each custodian has signed the first roster; each next one is signed by k custodians of the last, and by all who are
   new in it, which shows that they hold their keys.
3. A sealer follows from the roster it has pinned to the next, and takes none that leaves a number out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import texts
from .hybrid import BadKey, Private, Public
from .texts import CODE, DAY, HEX, PLACE, BadText

LEAST_PLACES, MOST = 3, 32


class BadRoster(BadText):
    """A roster that breaks a rule, or isn't the next one; the text says which."""


@dataclass(frozen=True)
class Custodian:
    """One custodian: name, jurisdiction (ISO 3166), x of their shares, public keys, and who they are in the record."""

    name: str
    jurisdiction: str
    x: int
    key: Public
    signs: str
    person: str = ""

    def told(self) -> dict[str, Any]:
        """As it stands in a roster."""
        return {**vars(self), "key": texts.b64(self.key.raw)}


@dataclass(frozen=True)
class Roster:
    """A roster without its signatures. `previous`: the hash of the one before; `charter`: of the record's."""

    version: int
    k: int
    custodians: tuple[Custodian, ...]
    day: str
    previous: str = ""
    charter: str = ""

    def told(self) -> dict[str, Any]:
        """What is hashed and signed."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**fields, "v": 1, "custodians": [one.told() for one in self.custodians]}

    @cached_property
    def hash(self) -> str:
        """Its digest: how everything that is sealed names it."""
        return texts.digest(self.told())

    @property
    def n(self) -> int:
        """How many custodians there are."""
        return len(self.custodians)

    def called(self, name: str) -> Custodian:
        """The custodian of a name. Raises BadRoster."""
        for one in self.custodians:
            if one.name == name:
                return one
        raise BadRoster(f"custodian {name[:60]}: not in roster {self.version}")


@dataclass(frozen=True)
class Signed:
    """A roster and who signed it: name → Ed25519 signature."""

    roster: Roster
    signatures: Mapping[str, bytes]

    @property
    def raw(self) -> bytes:
        """The file."""
        by = {name: texts.b64(signature) for name, signature in self.signatures.items()}
        return texts.canonical({"v": 1, "roster": self.roster.told(), "signatures": by})


def verify_rules(roster: Roster) -> None:
    """The rules that any roster keeps. Raises BadRoster."""
    places = Counter(one.jurisdiction for one in roster.custodians)
    if not 2 <= roster.k <= roster.n <= MOST:
        raise BadRoster(f"k, custodians: 2 <= k <= n <= {MOST} is asked for, and it is {roster.k} of {roster.n}")
    if len(places) < LEAST_PLACES:
        raise BadRoster(f"custodians: {LEAST_PLACES} jurisdictions at least, and these are {len(places)}")
    if (most := max(places.values())) >= roster.k:
        raise BadRoster(f"custodians: one jurisdiction has {most}, and {roster.k} open: no jurisdiction may alone")
    for name in ("name", "x", "signs", "person"):
        values = [getattr(one, name) for one in roster.custodians if getattr(one, name)]
        if len({*values}) != len(values):
            raise BadRoster(f"custodians: the same {name} twice")
    if len({one.key.raw for one in roster.custodians}) != roster.n:
        raise BadRoster("custodians: the same key twice")
    if (roster.version == 1) == bool(roster.previous):
        raise BadRoster("previous: every roster but the first names the one before")


def sign(roster: Roster, name: str, key: Private) -> bytes:
    """A custodian's signature over a roster."""
    return key.signing.sign(texts.tagged("roster", roster.told()))


def verify_first(signed: Signed) -> Roster:
    """The first roster, signed by every one of its custodians. Raises BadRoster."""
    roster = signed.roster
    verify_rules(roster)
    if roster.version != 1:
        raise BadRoster(f"version: the first roster is asked for, and this is {roster.version}")
    _verify_signatures(signed, {one.name: one.signs for one in roster.custodians}, roster.n)
    return roster


def verify_next(pinned: Roster, signed: Signed) -> Roster:
    """The roster after the one that is pinned. Raises BadRoster."""
    roster = signed.roster
    verify_rules(roster)
    if roster.version != pinned.version + 1 or roster.previous != pinned.hash:
        raise BadRoster(f"version, previous: what follows roster {pinned.version} is asked for")
    _verify_signatures(signed, {one.name: one.signs for one in pinned.custodians}, pinned.k)
    known = {one.signs for one in pinned.custodians}
    newcomers = {one.name: one.signs for one in roster.custodians if one.signs not in known}
    _verify_signatures(signed, newcomers, len(newcomers), own=True)
    return roster


def _verify_signatures(signed: Signed, by: Mapping[str, str], least: int, *, own: bool = False) -> None:
    message, good = texts.tagged("roster", signed.roster.told()), 0
    for name, key in by.items():
        signature = signed.signatures.get(f"{name}+" if own and f"{name}+" in signed.signatures else name)
        if signature is None:
            continue
        try:
            texts.verify(key, signature, message, name)
        except BadText as error:
            raise BadRoster(f"signatures: {error}") from None
        good += 1
    if good < least:
        raise BadRoster(f"signatures: {least} are asked for, and {good} are here")


def chain(files: Iterable[bytes]) -> Roster:
    """The last of rosters in order, each verified by the one before. Raises BadRoster."""
    last: Roster | None = None
    for raw in files:
        signed = parse(raw)
        last = verify_first(signed) if last is None else verify_next(last, signed)
    if last is None:
        raise BadRoster("there is no roster")
    return last


def parse(raw: bytes) -> Signed:
    """A signed roster's file, its signatures unverified. Raises BadRoster."""
    try:
        said = texts.parse(raw, "roster", 1_000_000)
        roster, by = said.get("roster"), said.get("signatures")
        if not isinstance(roster, dict) or not isinstance(by, dict) or len(by) > 2 * MOST:
            raise BadText("roster, signatures: objects are asked for")
        found = _roster(roster)
        if found.told() != roster:
            raise BadText("roster: it has keys that are not known")
        return Signed(found, {name: texts.binary(by, name, 64) for name in by})
    except (BadText, BadKey) as error:
        raise BadRoster(str(error)) from None


def _roster(said: Mapping[str, Any]) -> Roster:
    return Roster(
        texts.number(said, "version", 1),
        texts.number(said, "k", 2, MOST),
        tuple(map(_custodian, texts.objects(said, "custodians")[: MOST + 1])),
        texts.text(said, "day", DAY),
        texts.text(said, "previous") and texts.text(said, "previous", HEX),
        texts.text(said, "charter") and texts.text(said, "charter", HEX),
    )


def _custodian(said: Mapping[str, Any]) -> Custodian:
    return Custodian(
        texts.text(said, "name", CODE),
        texts.text(said, "jurisdiction", PLACE),
        texts.number(said, "x", 1, 255),
        Public(texts.binary(said, "key")),
        texts.text(said, "signs", HEX),
        texts.text(said, "person"),
    )
