"""What the attacks of the raid are tried on, and what each says of itself."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from comity.custody import places, rostered, seals
from comity.custody.models import Opening
from comity.serve.state import Running
from comity.vault import commands as vault
from comity_seal import items, openings, shamir, streams, texts
from comity_seal.custodian import checks
from comity_seal.custodian.keeper import Keeper, Request
from comity_seal.hybrid import NotOpened, Private
from comity_seal.openings import Given
from comity_seal.texts import BadText

from ..client import NotPlayed
from . import custodians, played
from .founding import OPEN, PLACES, authority_key, custodian_key


@dataclass(frozen=True)
class Attack:
    """One attack as it went: what it holds, what it did, what it got, how many sealed bytes, and where it is seen.
    `control`: how many bytes the same opens with k custodians' shares and the authority's key."""

    id: str
    holds: str
    did: str
    got: str
    bytes: int
    seen_in: str
    control: int


class Ground:
    """What the attacks are tried on: an item with a planted text, whose opening was approved and is asked."""

    def __init__(self, running: Running, secret: str) -> None:
        self.running, self.secret = running, secret
        self.message = played.plant(secret)
        self.opening: Opening = played.asked(running)
        self.raw = vault.get(self.opening.request)
        self.asked = openings.parse(self.raw)
        self.roster = rostered.signed(self.opening.item.roster).roster
        self.path = places.item(self.opening.item_id)
        with self.path.open("rb") as file:
            self.item = items.read(places.whole(file, seals.envelopes_of(self.opening.item)))
        self.number = self._with_secret()
        self.fork = ""

    def _with_secret(self) -> int:
        """The part in which the planted text is, found as its reader finds it."""
        given = [self.given(name) for name in list(PLACES)[:OPEN]]
        for number, raw in self.opened(self.asked, given, authority_key()).items():
            if self.secret.encode() in raw:
                return number
        raise NotPlayed("the planted text is in no part: nothing could be shown")

    def given(self, name: str, asked: openings.Opening | None = None) -> Given:
        """What a custodian gives for a request, past every check."""
        return openings.give(asked or self.asked, self.item, name, custodian_key(name))

    def opened(self, asked: openings.Opening, given: list[Given], key: Private) -> dict[int, bytes]:
        """What shares open with a key. Raises BadOpening, BadPart."""
        parts = {n: self.item.parts[n] for n in asked.parts}
        found = openings.keys(asked, self.item.head, parts, given, key)
        return {number: self.unsealed(number, one) for number, one in found.items()}

    def unsealed(self, number: int, key: bytes) -> bytes:
        """A part under a key. Raises BadPart."""
        with self.path.open("rb") as file:
            whole = places.whole(file, self.item.envelopes)
            chunks = list(items.body(whole, self.item, number))
        return b"".join(streams.unseal(key, self.item.parts[number].digest.encode(), chunks))

    def control(self, names: tuple[str, ...] = tuple(PLACES)[:OPEN]) -> int:
        """How many bytes of the part with the planted text k custodians and the authority open; 0: they don't."""
        try:
            read = self.opened(self.asked, [self.given(name) for name in names], authority_key())
        except (BadText, NotOpened, streams.BadPart):
            return 0
        return len(read[self.number]) if self.secret.encode() in read[self.number] else 0

    def shares(self, names: tuple[str, ...]) -> list[bytes]:
        """The shares of the part, from these custodians' own envelopes and keys."""
        them = [openings.unseal(self.item.head, self.item.envelopes[n], n, custodian_key(n)) for n in names]
        return [one.shares[self.number][: items.SHARE] for one in them]

    def tries(self, shares: list[bytes]) -> int:
        """How many bytes a key made of these shares opens."""
        try:
            return len(self.unsealed(self.number, shamir.combine(shares)))
        except (streams.BadPart, ValueError):
            return 0

    def refused(self, name: str, raw: bytes) -> str:
        """Which of a custodian's own checks a request fails; empty: none, and they would give."""
        keeper = Keeper(custodians.listening(self.running.web, name))
        request = Request(raw, openings.parse(raw), replace(self.item, envelopes={name: self.item.envelopes[name]}))
        found = checks.run(keeper, request, custodian_key(name))
        return ", ".join(one.id for one in found.checks if not one.holds)

    def everyone(self, change: Mapping[str, Any]) -> tuple[int, str]:
        """A changed request before each custodian's program: how many would give, and what stops the others."""
        raw = texts.canonical({**json.loads(self.raw), "opening": f"O-{secrets.token_hex(4).upper()}", **change})
        said = [self.refused(name, raw) for name in PLACES]
        return sum(not one for one in said), next((one for one in said if one), "")

    def bytes_if(self, gave: int) -> int:
        """What so many custodians who would give come to."""
        return self.control() if gave >= OPEN else 0
