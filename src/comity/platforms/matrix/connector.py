"""The port, implemented for a Matrix homeserver."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from comity import clock
from comity.platforms import territory as territories
from comity.platforms.naming import MOST, Account, plain
from comity.platforms.port import (
    LEVELS,
    Author,
    Capabilities,
    Parts,
    PlatformDown,
    PlatformRefused,
    Receipt,
    Resolved,
    Seen,
    SeenGate,
    Shown,
)

from . import address, commands, listing, notices, sets, whole
from .client import ADMIN, Client, Unknown
from .commands import Asked, Target
from .models import Deed
from .viewer import Viewer

COUNTRY = re.compile(r"[A-Z]{2}")
MESSAGE, FILE, CHANNEL, GROUP, ACCOUNT = "message", "file", "channel", "group", "account"
ANYTHING = frozenset({MESSAGE, FILE, CHANNEL, GROUP, ACCOUNT})
EDGES = 8.0  # seconds that an act waits until every edge holds the list
NAME = 120
# said to people before they decide: where an edge withholds, and where the homeserver stands alone
LIMITS = (
    "only-through-edge",  # viewers who don't come through the edge (federation, push) see it
    "received-stays",  # what a client has already, it keeps
    "country-by-address",  # by the address of a network: who comes by a VPN is somewhere else
    "encrypted-unread",  # in encrypted rooms nobody sees what is withheld
)
ALONE = (
    "by-country",  # nothing in front of it tells one country from another
    "restore",  # what is redacted is gone
    "members-stay",  # whoever is in a blocked room reads and writes on
    "other-servers",  # they are asked to redact their copies
    "received-stays",
    "encrypted-unread",
)


@dataclass(frozen=True)
class Tokens:
    """The credentials, each for one purpose: access tokens of administrators that `read`, `act` (what can be undone)
    and do what is `irreversible`, the last two empty where none is given; that of an ordinary account (`viewer`); and
    the one by which the `edge` and the gateway know each other."""

    read: str
    viewer: str
    edge: str
    act: str = ""
    irreversible: str = ""


class MatrixPlatform:
    """A homeserver as a `Platform`. Thread-safe; `timeout` in seconds, for each call.

    `url`: the homeserver itself, `edge`: what viewers reach; empty: nothing stands in front, and nothing is withheld by
    country; `server`: its name, which stands in ids; `appeals`: where its edge sends people who appeal: without it no
    country can be shut.
    """

    def __init__(
        self,
        name: str,
        url: str,
        server: str,
        edge: str,
        tokens: Tokens,
        timeout: float = 10.0,
        appeals: str = "",
    ) -> None:
        self.name, self.server, self.base_url = name, server.lower(), (edge or url).rstrip("/")
        self._reader = sets.Reader(Client(url, tokens.read, timeout), self.server)
        self._act, self._irreversible = Client(url, tokens.act, timeout), Client(url, tokens.irreversible, timeout)
        self._can_act, self._can_end, self._appeals = bool(tokens.act), bool(tokens.irreversible), appeals
        self._has_edge, self._viewer = bool(edge), Viewer(self.base_url, tokens.viewer, tokens.edge, timeout)

    # -- what it can ---------------------------------------------------------------------------------------------------

    def owns(self, url: str) -> bool:
        """Whether an address names something of this homeserver, by its server's name."""
        at = address.parse(url)
        return at is not None and self.server in at.servers

    def capabilities(self) -> Capabilities:
        """Withholding by country at the edge; what the homeserver itself can do is for everyone, everywhere."""
        measures = {"withhold": ANYTHING, "preserve": ANYTHING} if self._has_edge else {"preserve": ANYTHING}
        if self._can_act:
            measures |= whole.REVERSIBLE
        if self._can_end:
            measures |= whole.IRREVERSIBLE
        gates, limits = LEVELS if self._appeals and self._has_edge else (), LIMITS if self._has_edge else ALONE
        every = frozenset(whole.EVERY)
        return Capabilities(self.name, measures, self._has_edge, self._can_act, gates, limits, everywhere=every)

    def credentials(self) -> Mapping[str, Callable[[], object]]:
        """A try for each credential that is given: that the homeserver knows it, as an administrator's where it has to
        be, and the observer's through the edge. Each raises PlatformDown, PlatformRefused."""
        admins = {"read": self._reader.client, "act": self._act, "irreversible": self._irreversible}
        given = {"read": True, "act": self._can_act, "irreversible": self._can_end}
        tried: dict[str, Callable[[], object]] = {
            name: partial(client.ask, "GET", f"{ADMIN}/v2/users", None, {"limit": "1"})
            for name, client in admins.items()
            if given[name]
        }
        return tried | {"viewer": self._viewer.known}

    # -- looking -------------------------------------------------------------------------------------------------------

    def resolve(self, url: str) -> Resolved:
        """What is at an address. Raises PlatformDown, PlatformRefused "not-ours"."""
        at = address.parse(url) if self.owns(url) else None
        if at is None:
            raise PlatformRefused("not-ours", "The address is on another platform.")
        try:
            if at.file:
                return self._file(at.file)
            if at.user:
                return self._account(at.user)
            room = self._reader.room_id(at.room)
            return self._message(room, at.event) if at.event else self._room(room)
        except Unknown:
            return Resolved(url.strip(), found=False)

    def _spelled(self, ref: str) -> str:
        return address.spelled(ref, self.server)

    def _message(self, room: str, event: str) -> Resolved:
        message = self._reader.message(room, event)
        ref, kind = f"{room}/{message.event['event_id']}", MESSAGE
        about = self._reader.room(room)
        parts = Parts(1, len(message.edits), len(message.files), self._reader.quotes(message.event))
        author = self._author(str(message.event["sender"]))
        named = str(about.get("name") or about.get("canonical_alias") or "")[:NAME]
        sent = sets.sent_at(message.event)
        return Resolved(
            self._spelled(ref), True, ref, kind, audience(about), author, parts, channel=named, posted_at=sent
        )

    def _author(self, user: str) -> Author:
        """Who wrote it. A homeserver doesn't know in which country they are; only its own people can be told."""
        if address.server_of(user) != self.server:
            return Author(None, False, user)
        try:
            said = self._reader.user(user)
        except Unknown:
            return Author(None, False, user)
        return Author(None, self._can_act and not said.get("deactivated"), user)

    def _room(self, room: str) -> Resolved:
        about = self._reader.room(room)
        named = str(about.get("name") or about.get("canonical_alias") or "")[:NAME]
        creator = about.get("creator")
        author = self._author(creator) if isinstance(creator, str) else None
        heard = audience(about)
        kind = CHANNEL if heard in ("public", "open-group") else GROUP
        return Resolved(self._spelled(room), True, room, kind, heard, author, channel=named)

    def _account(self, user: str) -> Resolved:
        self._reader.user(user)
        return Resolved(self._spelled(user), True, user, ACCOUNT, "public", self._author(user))

    def accounts(self, name: str) -> list[Account]:
        """Who is called so, by handle or shown name. Raises PlatformDown, PlatformRefused."""
        called = plain(name)
        rows = self._reader.named(called.partition(":")[0]) if called else []
        spoken = {called, called.removesuffix(f":{self.server}")}
        found = [row for row in rows if spoken & {_localpart(row), plain(str(row.get("displayname") or ""))}]
        return [
            Account(self._spelled(str(row["name"])), str(row.get("displayname") or "")[:NAME], None) for row in found
        ][:MOST]

    def _file(self, url: str) -> Resolved:
        found = self._reader.file(url)
        if not found.known:
            raise Unknown
        return Resolved(url, True, url, FILE, "public", parts=Parts(1))

    def snapshot(self, ref: str) -> bytes:
        """Content and state of a thing as canonical JSON. Raises PlatformDown, PlatformRefused "unknown"."""
        return sets.canonical({"ref": ref, **self._content(ref), "standing": self._standing(ref)})

    def _content(self, ref: str) -> dict[str, Any]:
        kind, room, event = _kind(ref)
        if kind == FILE:
            return {"files": [self._kept(self._reader.file(ref))]}
        if kind == ACCOUNT:
            said = self._reader.user(ref)
            return {"account": {key: said.get(key) for key in whole.ACCOUNT_STATE}}
        if kind == CHANNEL:
            about = self._reader.room(ref)
            kept = {key: about.get(key) for key in ("name", "topic", "avatar", "canonical_alias", "creator", "public")}
            return {"room": kept | {"block": self._reader.blocked(ref)}}
        message = self._reader.message(room, event)
        return {
            "event": sets.lasting(message.event),
            "edits": [sets.lasting(one) for one in message.edits],
            "files": [self._kept(one) for one in message.files],
            **({} if message.whole else {"whole": False}),
        }

    def _kept(self, file: sets.File) -> dict[str, Any]:
        if not file.known:
            return {"url": file.url, "known": False}
        return sets.kept_file(file, self._reader.bytes_of(file.url))

    def _standing(self, ref: str) -> list[list[Any]]:
        """What holds it back, by whichever keys: each kind with its territory."""
        found = commands.standing(self.name, ref)
        return sorted([one.kind, one.territory] for one in found if one.kind not in ("preserve", "notify"))

    def shown(self, snapshot: bytes) -> Shown:
        """The texts and the pictures of a message's snapshot."""
        try:
            kept = json.loads(snapshot)
            texts = tuple(sets.texts(kept)) if "event" in kept else ()
            files = [one for one in kept.get("files", []) if str(one.get("type", "")).startswith(sets.IMAGES)]
            return Shown(texts, tuple((one["type"], base64.b64decode(one["base64"], validate=True)) for one in files))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
            return Shown()

    def observe(self, url: str, country: str) -> Seen:
        """Look at an address as an ordinary account in a country does, through the edge."""
        nothing = Seen("unknown", country[:2], clock.now())
        at = address.parse(url) if COUNTRY.fullmatch(country) and self.owns(url) else None
        if at is None:
            return nothing
        try:
            if at.file:
                return self._viewer.file(at.file, country)
            if at.user:
                return self._viewer.user(at.user, country)
            room = self._reader.room_id(at.room)
            return self._viewer.message(room, at.event, country) if at.event else self._viewer.room(room, country)
        except Unknown:
            return Seen("gone", country, clock.now())
        except (PlatformDown, PlatformRefused):
            return nothing

    # -- acting --------------------------------------------------------------------------------------------------------

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Apply a measure to a thing. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        countries = tuple(sorted(territories.reach(territory)))
        if kind not in self.capabilities().measures:
            able = ", ".join(sorted(self.capabilities().measures))
            raise PlatformRefused("cannot", f"This platform can {able}; it cannot {kind[:40]}.")
        if kind not in ("withhold", "preserve") and countries != (territories.WORLD,):
            raise PlatformRefused("cannot", f"This platform can't {kind} country by country: it does so everywhere.")
        asked = Asked(key, kind, ref, () if kind == "preserve" else countries)
        deed = commands.verify_same(self.name, asked)
        if deed is None:
            targets = self._targets(kind, ref)
            prior = whole.prior(self._reader, kind, ref) if kind in whole.EVERY else {}
            deed = commands.begin(self.name, asked, targets, prior)
        return self._carried_out(deed)

    def _targets(self, kind: str, ref: str) -> list[Target]:
        """The set that a deed is about, as it is now. Raises PlatformRefused "unknown"."""
        of, room, event = _kind(ref)
        found = self._reader.message(room, event).targets() if of == MESSAGE else self._there(of, ref)
        if kind == "quarantine":  # of all with the same bytes: whoever else holds those is told by them
            return [one for one in found if one.target.startswith(("mxc://", commands.BYTES))]
        return found if kind == "withhold" else []

    def _there(self, of: str, ref: str) -> list[Target]:
        if of == FILE:
            file = self._reader.file(ref)
            if not file.known:
                raise Unknown
            return sets.of_file(file)
        if of == ACCOUNT:
            self._reader.user(ref)
            return [Target(ref)]
        alias = self._reader.room(ref).get("canonical_alias")
        return [Target(ref), *([Target(alias)] if isinstance(alias, str) and address.ALIAS.fullmatch(alias) else [])]

    def _carried_out(self, deed: Deed) -> Receipt:
        """Do what a deed says, unless it was lifted; read it back; remember that it was seen to be so."""
        state = {"preserve": "preserved", "gate": "gated"}.get(deed.kind, "withheld")
        if deed.state == "lifted":
            return Receipt(deed.key, "lifted", False, clock.now())
        if deed.done_at is None:
            if deed.kind in commands.LISTED:
                self._await_edges()
            elif deed.kind in whole.EVERY:
                client = self._irreversible if deed.kind in whole.IRREVERSIBLE else self._act
                whole.do(client, self._reader, deed)
        return Receipt(deed.key, state, commands.done(deed), clock.now())

    def _await_edges(self) -> None:
        """Wait until every edge holds the list as it is. Raises PlatformDown: an act that no edge holds is none."""
        if not listing.await_edges(self.name, commands.serial(self.name), EDGES):
            raise PlatformDown("the list is written, but not every edge in front of the homeserver holds it yet")

    def lift(self, key: str) -> Receipt:
        """Undo what a key did. Raises PlatformDown, PlatformRefused "cannot" for what can't be undone."""
        found = commands.of_key(self.name, key)
        if found is not None and found.kind in whole.IRREVERSIBLE and found.state == "standing":
            raise PlatformRefused("cannot", f"What was done ({found.kind}) can't be undone: Matrix has no way back.")
        deed, stood = commands.lift(self.name, key)
        if deed.undone_at is None and deed.kind:
            if deed.kind in commands.LISTED:
                self._await_edges()
            elif deed.kind in whole.REVERSIBLE:
                whole.undo(self._act, self._reader, deed, commands.standing_with(deed))
            stood = commands.done(deed, undone=True) or stood
        return Receipt(key, "lifted", stood, clock.now())

    def stands(self, key: str) -> bool | None:
        """Whether what a key did stands now, read back; None: it did nothing, was lifted, or nothing tells."""
        deed = commands.of_key(self.name, key)
        if (
            deed is None
            or deed.state == "lifted"
            or deed.done_at is None
            or deed.kind not in {*commands.LISTED, *whole.EVERY}
        ):
            return None
        try:
            if deed.kind in commands.LISTED:
                return listing.await_edges(self.name, commands.serial(self.name), 0)
            return whole.stands(self._reader, deed) if deed.kind in whole.EVERY else None
        except (PlatformDown, PlatformRefused):
            return None

    # -- telling -------------------------------------------------------------------------------------------------------

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Tell a thing's author, by a notice of the server. Raises PlatformDown, PlatformRefused "not-contactable"."""
        if not self._can_act:
            raise PlatformRefused("cannot", "This platform can't tell people.")
        author = self._author_of(ref)
        if author is None or not author.contactable:
            raise PlatformRefused("not-contactable", "There is nobody on this homeserver to tell.")
        said = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        deed = commands.begin(self.name, Asked(key, "notify", ref, said=said))
        if deed.done_at is None:
            body = {"user_id": author.id, "content": {"msgtype": "m.text", "body": text}}
            mark = hashlib.sha256(f"{self.name}:{key}".encode()).hexdigest()[:32]
            answer = self._act.ask("PUT", f"{ADMIN}/v1/send_server_notice/{mark}", body)
            if not isinstance(answer.get("event_id"), str):
                raise PlatformDown("the homeserver's answer makes no sense: event_id")
        return Receipt(key, "told", commands.done(deed), clock.now())

    def _author_of(self, ref: str) -> Author | None:
        kind, room, event = _kind(ref)
        if kind == MESSAGE:
            return self._author(str(self._reader.event(room, event)["sender"]))
        if kind == ACCOUNT:
            return self._author(ref)
        if kind == CHANNEL:
            creator = self._reader.room(ref).get("creator")
            return self._author(creator) if isinstance(creator, str) else None
        return None

    # -- countries -----------------------------------------------------------------------------------------------------

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """Shut the edge to a country, up to a level. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        countries = tuple(sorted(territories.of_one(country)))
        able = self.capabilities().gates
        if level not in able:
            says = f"must be one of {', '.join(able)}" if able else "its edge knows no way to an appeal (`appeals`)"
            raise PlatformRefused("cannot", f"level: {level[:20]!r}: {says}.")
        told = notices.verified(notice, needed=level == LEVELS[-1])
        said = hashlib.sha256(json.dumps([level, told], sort_keys=True).encode()).hexdigest()
        asked = Asked(key, "gate", f"{commands.GATE}{country}", countries, said)
        return self._carried_out(commands.begin(self.name, asked, [Target(asked.ref, state=level)], {"notice": told}))

    def observe_gate(self, country: str) -> SeenGate:
        """Try as a stranger in a country does, through the edge."""
        if country not in territories.COUNTRIES:
            return SeenGate()
        try:
            return self._viewer.gate(country)
        except (PlatformDown, PlatformRefused):
            return SeenGate()

    def people(self, country: str) -> int | None:
        """A homeserver doesn't know where its people are. Raises UnknownTerritory."""
        territories.of_one(country)
        return None


def _localpart(row: Mapping[str, Any]) -> str:
    return plain(str(row.get("name"))).partition(":")[0]


def _kind(ref: str) -> tuple[str, str, str]:
    """What kind of thing a ref names, and of an event its room and id. Raises PlatformRefused "unknown"."""
    room, _, event = ref.partition("/")
    if address.FILE.fullmatch(ref):
        return FILE, "", ""
    if address.USER.fullmatch(ref):
        return ACCOUNT, "", ""
    if address.ROOM.fullmatch(room) and (not event or address.EVENT.fullmatch(event)):
        return (MESSAGE if event else CHANNEL), room, event
    raise Unknown


def audience(about: Mapping[str, Any]) -> str:
    """Who can read a room, by what the homeserver says of it."""
    if about.get("join_rules") == "public" or about.get("history_visibility") == "world_readable":
        return "public" if about.get("public") is True else "open-group"
    members = about.get("joined_members")
    return "private" if type(members) is int and members <= 2 and not about.get("name") else "closed-group"


__all__ = ["LIMITS", "MatrixPlatform", "Tokens", "audience"]
