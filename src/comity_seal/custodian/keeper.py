"""What a custodian keeps in a directory of their own: key, rosters, what was asked and what was answered, heads seen.

custodian.json      who they are, where gateway and record are, whose record it is (a trust policy)
key.json            the key (keys.py); card.json: its public half, for a roster
rosters/N.json      the rosters, each verified by the one before
inbox/O-….opening   a request, inbox/O-….card: what it is about, and inbox/O-….order: the order, where it is large
answers/DIGEST.json what was answered to it, which is given again and never changed
given.jsonl         what was given or refused, line by line
heads.json          when each head of the record was first seen here; audit/: how far it was verified
"""

import json
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity_verify.writer import replace

from .. import items, keys, openings, rosters, texts
from ..hybrid import Private
from ..items import Item
from ..openings import Given, Opening, Refused
from ..rosters import Roster
from ..texts import CODE, PLACE, BadText

NUMBER = re.compile("O-[0-9A-Z]{2,10}", re.A)
REALMS = ("real", "drill", "demo")
WAIT = 24 * 3600  # seconds for which a recipient's key must have stood in the record before anything is sealed to it


class BadKeeper(BadText):
    """A directory that is no custodian's, or something in it that is damaged; the text says what."""


@dataclass(frozen=True)
class Settings:
    """Who a custodian is, and whom they listen to. `wait`: seconds a recipient's key waits, by realm."""

    name: str
    jurisdiction: str
    person: str = ""
    gateway: str = ""
    ledger: str = ""
    policy: str = ""
    sealer: str = ""
    realm: str = "real"

    @property
    def wait(self) -> int:
        """How long a recipient's key waits, in seconds; the demo's people have no day."""
        return 0 if self.realm == "demo" else WAIT


@dataclass(frozen=True)
class Request:
    """A request that lies here, with the item it is about."""

    raw: bytes
    opening: Opening
    item: Item


class Keeper:
    """A custodian's directory. Raises BadKeeper when it is none."""

    def __init__(self, directory: Path, now: Callable[[], float] = time.time) -> None:
        self.directory, self._now = directory, now
        try:
            said = texts.parse((directory / "custodian.json").read_bytes(), "custodian.json", 100_000)
            self.settings = _settings(said)
        except OSError as error:
            raise BadKeeper(
                f"{directory}: no custodian's directory ({error.strerror}); `comity custodian init`"
            ) from None

    @property
    def name(self) -> str:
        """How the roster calls them."""
        return self.settings.name

    def now(self) -> int:
        """This machine's time (POSIX, seconds), which never goes back behind what was seen. Raises BadKeeper."""
        path, now = self.directory / "clock.json", int(self._now())
        seen = int(path.read_text()) if path.exists() else 0
        if now < seen - 300:
            raise BadKeeper(f"the clock of this machine went back by {seen - now} seconds: set it right first")
        if now > seen:
            replace(path, str(now).encode())
        return now

    def key(self, passphrase: Callable[[], str] = lambda: "") -> Private:
        """Their key. Raises BadKey, Locked, OSError."""
        return keys.read(self.directory / "key.json", passphrase)

    # rosters
    def rosters(self) -> list[Roster]:
        """All that are known, each verified by the one before. Raises BadRoster."""
        files = sorted((self.directory / "rosters").glob("*.json"), key=lambda path: int(path.stem))
        found: list[Roster] = []
        for path in files:
            signed = rosters.parse(path.read_bytes())
            found.append(rosters.verify_next(found[-1], signed) if found else rosters.verify_first(signed))
        return found

    def follow(self, raw: bytes) -> Roster:
        """Take the first roster, or the next one. Raises BadRoster."""
        known, signed = self.rosters(), rosters.parse(raw)
        for one in known:
            if one.hash == signed.roster.hash:
                return one
        roster = rosters.verify_next(known[-1], signed) if known else rosters.verify_first(signed)
        path = self.directory / "rosters" / f"{roster.version}.json"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        replace(path, raw)
        return roster

    # requests
    def put(self, number: str, opening: bytes, card: bytes, order: bytes = b"") -> Request:
        """Keep a request that came; `order`: the order's bytes, where they stand beside it. Raises BadOpening, BadItem,
        BadKeeper."""
        request = _request(opening, card)
        if not NUMBER.fullmatch(number) or request.opening.number != number:
            raise BadKeeper(f"{number[:20]}: the request says that it is another")
        inbox = self.directory / "inbox"
        inbox.mkdir(mode=0o700, exist_ok=True)
        if order:
            openings.order_of(request.opening, order)
            replace(inbox / f"{number}.order", order)
        replace(inbox / f"{number}.card", card)
        replace(inbox / f"{number}.opening", opening)
        return request

    def order(self, number: str) -> bytes:
        """The order's bytes, where they came beside a request; none where they stand in it, or are not here."""
        path = self.directory / "inbox" / f"{number}.order"
        return path.read_bytes() if NUMBER.fullmatch(number) and path.exists() else b""

    def numbers(self) -> list[str]:
        """The requests that lie here."""
        return sorted(path.stem for path in (self.directory / "inbox").glob("*.opening") if NUMBER.fullmatch(path.stem))

    def request(self, number: str) -> Request:
        """A request. Raises BadKeeper where there is none, BadOpening, BadItem."""
        if number not in self.numbers():
            raise BadKeeper(f"{number[:20]}: no such request here")
        inbox = self.directory / "inbox"
        return _request((inbox / f"{number}.opening").read_bytes(), (inbox / f"{number}.card").read_bytes())

    # answers
    def answered(self, opening: Opening) -> bytes | None:
        """What was answered to this very request; None: nothing yet."""
        path = self.directory / "answers" / f"{opening.digest}.json"
        return path.read_bytes() if path.exists() else None

    def answer(self, opening: Opening, answer: Given | Refused) -> bytes:
        """Keep an answer, before it goes anywhere; a second answer to the same request is the first one."""
        if (before := self.answered(opening)) is not None:
            return before
        path = self.directory / "answers" / f"{opening.digest}.json"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._log(opening, answer)
        replace(path, answer.raw)
        return answer.raw

    def _log(self, opening: Opening, answer: Given | Refused) -> None:
        said = {
            "at": self.now(),
            "opening": opening.number,
            "request": opening.digest,
            "item": opening.item,
            "head": opening.head,
            "parts": list(opening.parts),
            "recipient": opening.recipient.fingerprint,
            "authority": str(openings.of(opening, "order").get("authority", "")),
            "act": openings.hash_of(str(openings.of(opening, "act").get("text", "")).encode()),
            "did": "gave" if isinstance(answer, Given) else f"refused: {answer.ground}",
        }
        with open(os.open(self.directory / "given.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(texts.canonical(said) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def log(self) -> list[dict[str, Any]]:
        """What was given or refused, the latest last; a line that a crash cut off is left out."""
        path = self.directory / "given.jsonl"
        found = []
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found


def init(directory: Path, settings: Settings, passphrase: str = "") -> dict[str, Any]:
    """Make a custodian's directory with a new key; returns the public card. Raises BadKeeper, FileExistsError."""
    said = {"v": 1, **vars(settings)}
    _settings(said)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Private(secrets.token_bytes(32))
    keys.write(directory / "key.json", key, settings.name, passphrase)
    card = {name: said[name] for name in ("v", "name", "jurisdiction", "person")}
    card |= {"key": texts.b64(key.public.raw), "signs": key.signs}
    replace(directory / "card.json", texts.canonical(card) + b"\n")
    replace(directory / "custodian.json", texts.canonical(said) + b"\n")
    return {**card, "fingerprint": key.public.fingerprint}


def configure(directory: Path, **about: str) -> Settings:
    """Change whom a custodian listens to. Raises BadKeeper."""
    said = {"v": 1, **vars(Keeper(directory).settings), **about}
    settings = _settings(said)
    replace(directory / "custodian.json", texts.canonical(said) + b"\n")
    return settings


def _settings(said: dict[str, Any]) -> Settings:
    try:
        texts.text(said, "name", CODE)
        texts.text(said, "jurisdiction", PLACE)
        if texts.text(said, "realm") not in REALMS:
            raise BadText(f"realm: one of {', '.join(REALMS)}")
        return Settings(**{name: texts.text(said, name) for name in Settings.__dataclass_fields__})
    except BadText as error:
        raise BadKeeper(f"custodian.json: {error}") from None


def _request(opening: bytes, card: bytes) -> Request:
    return Request(opening, openings.parse(opening), items.parse_card(card))
