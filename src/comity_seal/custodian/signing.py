"""How custodians make a roster: one drafts it from public cards, the file goes round, each signs on their own machine.

{"v":1,"roster":{…},"signatures":{"be":"…"}}      as `comity_seal.rosters` reads it, with the signatures so far
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .. import rosters, texts
from ..hybrid import Private, Public
from ..rosters import BadRoster, Custodian, Roster, Signed
from .keeper import Keeper


def draft(cards: Sequence[bytes], k: int, day: str, charter: str = "", before: bytes = b"") -> Signed:
    """A roster of these cards that nobody has signed yet: the first, which names a `charter`, or the one after
    `before`. Raises BadRoster, BadText."""
    last = rosters.parse(before).roster if before else None
    them = [_read(card) for card in cards]
    taken = {one.signs: one.x for one in last.custodians} if last else {}
    free = (x for x in range(1, 256) if x not in taken.values())
    placed = tuple(replace(one, x=taken.get(one.signs) or next(free)) for one in them)
    version, previous = (last.version + 1, last.hash) if last else (1, "")
    roster = Roster(version, k, placed, day, previous, charter or (last.charter if last else ""))
    rosters.verify_rules(roster)
    return rosters.parse(Signed(roster, {}).raw)  # what each field must be is checked there


def _read(card: bytes) -> Custodian:
    said: dict[str, Any] = texts.parse(card, "card", 100_000)
    key = Public(texts.binary(said, "key"))
    names = texts.text(said, "name", texts.CODE), texts.text(said, "jurisdiction", texts.PLACE)
    return Custodian(*names, 0, key, texts.text(said, "signs", texts.HEX), texts.text(said, "person"))


def sign(raw: bytes, keeper: Keeper, key: Private) -> Signed:
    """The same with this custodian's signature: of who is in it, or was in the one before. Raises BadRoster."""
    signed = rosters.parse(raw)
    rosters.verify_rules(signed.roster)
    last = next((one for one in keeper.rosters() if one.hash == signed.roster.previous), None)
    if signed.roster.previous and last is None:
        raise BadRoster("previous: the roster before this one is not known here: comity custodian init --roster FILE")
    mine = {one.name: one.signs for one in signed.roster.custodians}.get(keeper.name) == key.signs
    theirs = {one.name: one.signs for one in last.custodians}.get(keeper.name) if last else None
    if not mine and theirs != key.signs:
        raise BadRoster(f"custodian {keeper.name}: your key is neither in it, nor in the one before")
    name = f"{keeper.name}+" if theirs not in (None, key.signs) else keeper.name  # a new key under an old name
    return Signed(signed.roster, {**signed.signatures, name: rosters.sign(signed.roster, keeper.name, key)})


def told(signed: Signed) -> dict[str, Any]:
    """What the command line says of one."""
    roster = signed.roster
    them = [{"name": one.name, "jurisdiction": one.jurisdiction, "signs": one.signs} for one in roster.custodians]
    about = {"version": roster.version, "k": roster.k, "hash": roster.hash, "charter": roster.charter}
    return {**about, "custodians": them, "signed": sorted(signed.signatures)}
