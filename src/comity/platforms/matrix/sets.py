"""What a thing on the homeserver consists of: a message with its edits and files, a room, an account, a file."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from comity.platforms.port import PlatformDown
from comity_edge.rewriting import QUOTED, unquoted

from . import address
from .client import ADMIN, CLIENT, Client, Unknown, part
from .commands import Target

PAGE, PAGES = 100, 1000  # of one author's later messages in a room, among which a message's edits are looked for
PATIENCE = 20.0  # seconds for which they are looked for
GLANCE = 4.0  # seconds for which those are that quote it
FILES_AT_MOST = 20
EDITS_LISTED = 1_000  # a page of the list has no more lines than an edge takes, however often somebody edits
QUOTED_WITHIN = 2_000  # later messages of a room, among which those that quote one are looked for
NAMED = 100  # accounts whose name contains another
MESSAGES = ["m.room.message", "m.room.encrypted", "m.sticker", "org.matrix.msc3381.poll.start", "m.poll.start"]
IMAGES = ("image/", "video/", "audio/")
# what a homeserver says of an event that changes by itself, or differs from one asker to the next
PASSING = ("unsigned", "age", "age_ts", "user_id")


@dataclass(frozen=True)
class File:
    """A file on a homeserver. `digest`: SHA-256 (hex) of its bytes; empty where the homeserver doesn't say it."""

    url: str
    digest: str = ""
    type: str = ""
    quarantined: bool = False
    known: bool = True


@dataclass(frozen=True)
class Message:
    """An event, its edits (the oldest first) and the files of all of them. `whole`: whether all that its author sent
    later could be looked through; if not, there may be further edits."""

    event: Mapping[str, Any]
    edits: tuple[Mapping[str, Any], ...] = ()
    files: tuple[File, ...] = field(default_factory=tuple)
    whole: bool = True

    def targets(self) -> list[Target]:
        """What the list names of it. Later edits need no line, nor very many: an edge knows them by what they replace;
        nor do later uploads of the same bytes."""
        room, state = str(self.event["room_id"]), str(self.event["type"]) if "state_key" in self.event else ""
        made = [Target(str(self.event["event_id"]), room, state)]
        made += [Target(str(one["event_id"]), room) for one in self.edits[:EDITS_LISTED]]
        made += [one for file in self.files for one in of_file(file)]
        return list(dict.fromkeys(made))  # two files may be of the same bytes


def of_file(file: File) -> list[Target]:
    """What the list names of a file: itself, and any of the same bytes."""
    return [Target(file.url), *([Target(f"sha256:{file.digest}")] if file.digest else [])]


class _NotAll(Exception):
    """More was sent after an event than can be looked through."""


class Reader:
    """Looks with the credential that only reads. Raises PlatformDown, PlatformRefused; Unknown where nothing is."""

    def __init__(self, client: Client, server: str) -> None:
        self.client, self._server = client, server

    def room_id(self, name: str) -> str:
        """The id of a room, given it or an alias. Raises Unknown."""
        if name.startswith("!"):
            return name
        found = self.client.ask("GET", f"{CLIENT}/v3/directory/room/{part(name)}").get("room_id")
        if not isinstance(found, str) or not address.ROOM.fullmatch(found):
            raise PlatformDown("the homeserver's answer makes no sense: room_id")
        return found

    def event(self, room: str, event: str) -> dict[str, Any]:
        """An event as it was sent, redacted or not. Raises Unknown."""
        found = self.client.ask("GET", f"{ADMIN}/v1/fetch_event/{part(event)}").get("event")
        if not isinstance(found, dict) or not isinstance(found.get("content"), dict):
            raise PlatformDown("the homeserver's answer makes no sense: event")
        _verify_id(found, "event_id", event)
        if found.get("room_id") != room:
            raise Unknown
        return {"event_id": event, **found}

    def as_shown(self, room: str, event: str) -> dict[str, Any]:
        """An event as members of its room get it: redacted, if it was. Raises Unknown."""
        found = self._around(room, event).get("event")
        if not isinstance(found, dict):
            raise PlatformDown("the homeserver's answer makes no sense: event")
        return _verify_id(found, "event_id", event)

    def message(self, room: str, event: str) -> Message:
        """An event with its edits and files; of an edit the event that it edits. Raises Unknown."""
        found = self._edited(self.event(room, event))
        edits, whole = self._edits(found) if "state_key" not in found else ([], True)
        urls = dict.fromkeys(url for one in (found, *edits) for url in files_of(one["content"]))
        return Message(found, tuple(edits), tuple(self.file(url) for url in list(urls)[:FILES_AT_MOST]), whole)

    def _edited(self, event: dict[str, Any]) -> dict[str, Any]:
        """What an event edits, if it is an edit: people see the two as one, and a link may name either."""
        relates = event["content"].get("m.relates_to")
        if not isinstance(relates, dict) or relates.get("rel_type") != "m.replace":
            return event
        first = relates.get("event_id")
        try:
            found = self.event(str(event["room_id"]), first) if isinstance(first, str) and first[:1] == "$" else event
        except Unknown:
            return event
        # nobody edits another's message: one that says so is a message of its own
        return found if found.get("sender") == event.get("sender") else event

    def _edits(self, event: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], bool]:
        """The edits of an event: among what its author sent later, as nobody else can edit it, up to the latest, which
        a homeserver tells with the event; whether all of that was looked through. An edge withholds an edit whether it
        was found here or not."""
        made = list[Mapping[str, Any]]()
        around = self._around(str(event["room_id"]), str(event["event_id"]))
        latest = _latest_edit(around.get("event"))
        if latest == "":
            return made, True
        try:
            for one in self._later(str(event["room_id"]), around.get("end"), {"senders": [event["sender"]]}):
                relates = one["content"].get("m.relates_to")
                said = relates if isinstance(relates, dict) else {}
                if (said.get("rel_type"), said.get("event_id")) == ("m.replace", event["event_id"]):
                    made.append(one)
                if one.get("event_id") == latest:
                    return made, True
        except _NotAll:
            if latest:
                made.append(self.event(str(event["room_id"]), latest))
            return made, False
        return made, True

    def quotes(self, event: Mapping[str, Any]) -> int:
        """How many of the messages that were sent soon after an event repeat words of it: replies in which a client
        quotes it. They are counted, and not withheld: an edge takes the quotation out of them, out of later ones too.
        """
        found = 0
        with suppress(_NotAll):
            at = self._around(str(event["room_id"]), str(event["event_id"])).get("end")
            for one in islice(self._later(str(event["room_id"]), at, {}, GLANCE), QUOTED_WITHIN):
                found += quotes(one["content"], str(event["event_id"]))
        return found

    def _around(self, room: str, event: str) -> dict[str, Any]:
        """An event as members of its room get it, and from where on they read what came after it. Raises Unknown."""
        return self.client.ask("GET", f"{ADMIN}/v1/rooms/{part(room)}/context/{part(event)}", None, {"limit": "0"})

    def _later(
        self, room: str, at: object, only: Mapping[str, Any], patience: float | None = None
    ) -> Iterator[dict[str, Any]]:
        """What was sent in a room later, for as long as there is time. Raises _NotAll, also where the homeserver takes
        too long for a page: in a large room it may."""
        asked = {"dir": "f", "limit": str(PAGE), "filter": json.dumps({"types": MESSAGES, **only})}
        end = time.monotonic() + (PATIENCE if patience is None else patience)
        for _ in range(PAGES):
            if not isinstance(at, str):
                return
            if time.monotonic() > end:
                break
            try:
                page = self.client.ask("GET", f"{ADMIN}/v1/rooms/{part(room)}/messages", None, asked | {"from": at})
            except PlatformDown:
                raise _NotAll from None
            chunk = page.get("chunk")
            if not isinstance(chunk, list):
                raise PlatformDown("the homeserver's answer makes no sense: chunk")
            yield from (one for one in chunk if isinstance(one, dict) and isinstance(one.get("content"), dict))
            at = page.get("end") if chunk else None
        if isinstance(at, str):
            raise _NotAll

    def file(self, url: str) -> File:
        """What the homeserver knows of a file; one of another server's that it hasn't fetched is not known."""
        server, media = url.removeprefix("mxc://").split("/", 1)
        try:
            said = self.client.ask("GET", f"{ADMIN}/v1/media/{part(server)}/{part(media)}").get("media_info")
        except Unknown:
            return File(url, known=False)
        if not isinstance(said, dict):
            raise PlatformDown("the homeserver's answer makes no sense: media_info")
        _verify_id(said, "media_id", media)
        digest = str(said.get("sha256") or "")
        kind = str(said.get("media_type") or "")[:100]
        return File(url, digest if len(digest) == 64 else "", kind, bool(said.get("quarantined_by")))

    def bytes_of(self, url: str) -> bytes:
        """A file's bytes, quarantined or not."""
        server, media = url.removeprefix("mxc://").split("/", 1)
        path = f"{CLIENT}/v1/media/download/{part(server)}/{part(media)}"
        return self.client.file(path, {"admin_unsafely_bypass_quarantine": "true"})

    def room(self, room: str) -> dict[str, Any]:
        """What the homeserver says of a room. Raises Unknown."""
        return _verify_id(self.client.ask("GET", f"{ADMIN}/v1/rooms/{part(room)}"), "room_id", room)

    def blocked(self, room: str) -> bool:
        """Whether nobody may join a room."""
        return self.client.ask("GET", f"{ADMIN}/v1/rooms/{part(room)}/block").get("block") is True

    def named(self, name: str) -> list[dict[str, Any]]:
        """Accounts of its own whose handle or shown name contains a text."""
        query = {"name": name, "limit": str(NAMED), "guests": "false"}
        return _users(self.client.ask("GET", f"{ADMIN}/v2/users", None, query))

    def user(self, user: str) -> dict[str, Any]:
        """What the homeserver says of an account of its own. Raises Unknown."""
        return _verify_id(self.client.ask("GET", f"{ADMIN}/v2/users/{part(user)}"), "name", user)


def _verify_id(said: dict[str, Any], field: str, ident: str) -> dict[str, Any]:
    """An answer about what was asked for. Raises PlatformDown for one about something else."""
    if said.get(field, ident) != ident:
        raise PlatformDown(f"the homeserver's answer makes no sense: {field} is another")
    return said


def _latest_edit(event: object) -> str | None:
    """The latest edit of an event as members of its room get it; empty: it has none. None: nobody tells, as where it
    was redacted."""
    unsigned = event.get("unsigned") if isinstance(event, dict) else None
    if not isinstance(unsigned, dict) or unsigned.get("redacted_because"):
        return None
    relations = unsigned.get("m.relations")
    latest = relations.get("m.replace") if isinstance(relations, dict) else None
    return str(latest.get("event_id") or "") or None if isinstance(latest, dict) else ""


def _users(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = page.get("users")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PlatformDown("the homeserver's answer makes no sense: users")
    return [row for row in rows if address.USER.fullmatch(str(row.get("name")))]


def files_of(content: Mapping[str, Any]) -> Iterator[str]:
    """The files that an event's content shows, its edit's and its thumbnails too, encrypted or not."""
    for said in (content, content.get("m.new_content")):
        if not isinstance(said, dict):
            continue
        raw = said.get("info")
        info: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
        for holder, name, sealed in ((said, "url", "file"), (info, "thumbnail_url", "thumbnail_file")):
            packed = holder.get(sealed)
            for url in (holder.get(name), packed.get("url") if isinstance(packed, dict) else None):
                if isinstance(url, str) and address.FILE.fullmatch(url):
                    yield url


def quotes(content: Mapping[str, Any], event: str) -> bool:
    """Whether a message answers an event and repeats its words, as clients do for those that don't show the original
    (Matrix specification, "Rich replies", fallbacks)."""
    relates = content.get("m.relates_to")
    answers = relates.get("m.in_reply_to") if isinstance(relates, dict) else None
    if not isinstance(answers, dict) or answers.get("event_id") != event:
        return False
    body, formatted = str(content.get("body", "")), str(content.get("formatted_body", ""))
    return unquoted(body) != body or QUOTED.search(formatted) is not None


def lasting(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without what changes by itself."""
    return {key: value for key, value in event.items() if key not in PASSING}


def canonical(kept: Mapping[str, Any]) -> bytes:
    """A snapshot as bytes: the same for the same."""
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def texts(message: Mapping[str, Any]) -> Iterator[str]:
    """What people read of a message, the oldest first."""
    for event in (message["event"], *message["edits"]):
        content = event["content"]
        said = content.get("m.new_content") if isinstance(content.get("m.new_content"), dict) else content
        for name in ("body", "topic", "name", "ciphertext"):
            if isinstance(said.get(name), str):
                yield said[name]
                break


def kept_file(file: File, raw: bytes) -> dict[str, Any]:
    """A file as a snapshot keeps it."""
    return {
        "url": file.url,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "type": file.type,
        "quarantined": file.quarantined,
        "base64": base64.b64encode(raw).decode(),
    }


def sent_at(event: Mapping[str, Any]) -> datetime | None:
    """When an event was sent, as its sender's server says (UTC)."""
    said = event.get("origin_server_ts")
    if type(said) is not int or not 0 < said < 2**43:
        return None
    return datetime.fromtimestamp(said / 1000, UTC)
