"""What the homeserver itself can do to a thing, for everyone everywhere. Each act is read back: its 200 proves nothing.

Looked at before it is done: what stood before a reversible act is what its lift puts back, and a lock of an account
that isn't there would make one. What others of our keys still hold stays held.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from comity.platforms.port import PlatformDown, PlatformRefused

from . import commands
from .client import ADMIN, CLIENT, Client, Unknown, part
from .models import Deed
from .sets import Reader

MESSAGES, FILES, ROOMS = frozenset({"message"}), frozenset({"message", "file"}), frozenset({"channel", "group"})
ACCOUNTS = frozenset({"account"})
REVERSIBLE = {"quarantine": FILES, "block": ROOMS, "lock": ACCOUNTS, "suspend": ACCOUNTS}
IRREVERSIBLE = {"redact": MESSAGES, "purge": ROOMS, "deactivate": ACCOUNTS}
EVERY = REVERSIBLE | IRREVERSIBLE
ACCOUNT_STATE = ("name", "displayname", "avatar_url", "deactivated", "locked", "suspended", "shadow_banned", "admin")
REASON = "Removed on a legal order."  # every member of the room reads it


def prior(reader: Reader, kind: str, ref: str) -> dict[str, Any]:
    """What stands before a deed, by name of what it changes: `true` where it was so already. Raises Unknown, and
    PlatformRefused "cannot" where the kind of thing doesn't fit."""
    fits = "message" if "/$" in ref else {"!": "channel", "@": "account", "m": "file"}.get(ref[:1], "")
    if fits not in EVERY[kind]:
        raise PlatformRefused("cannot", f"A {fits or 'thing'} can't be put under {kind}.")
    if kind == "quarantine":
        return {file.url: file.quarantined for file in _files(reader, ref) if file.known}
    if kind == "block":
        reader.room(ref)
        return {ref: reader.blocked(ref)}
    if kind in ("lock", "suspend", "deactivate"):
        return {ref: _flag(reader, kind, ref)}
    if kind == "redact":
        return dict.fromkeys(_events(reader, ref), False)
    reader.room(ref)
    return {}


def _flag(reader: Reader, kind: str, user: str) -> bool:
    said = reader.user(user)
    return bool(said.get({"lock": "locked", "suspend": "suspended", "deactivate": "deactivated"}[kind]))


def _files(reader: Reader, ref: str) -> Sequence[Any]:
    room, _, event = ref.partition("/")
    return reader.message(room, event).files if ref.startswith("!") else (reader.file(ref),)


def _events(reader: Reader, ref: str) -> list[str]:
    """A message's events, its edits first: once it is redacted nobody could list them."""
    room, _, event = ref.partition("/")
    found = reader.message(room, event)
    if not found.whole:
        raise PlatformRefused("cannot", "More was sent after it than can be looked through: an edit of it might stay.")
    return [*(str(one["event_id"]) for one in found.edits), str(found.event["event_id"])]


def do(client: Client, reader: Reader, deed: Deed) -> None:
    """Do what a deed says, and look whether it is so. Raises PlatformDown, PlatformRefused."""
    if deed.kind == "purge":
        _purge(client, reader, deed.ref)
        return
    for name in deed.prior:
        _set(client, reader, deed, name, on=True)


def undo(client: Client, reader: Reader, deed: Deed, others: Sequence[Deed]) -> None:
    """Put back what stood before a deed, but for what others of our keys hold. Of several deeds on one thing it is the
    first that found what was there before us."""
    for name, before in deed.prior.items():
        holding = _holding(reader, deed, name, others)
        for other, its in holding:  # they know from now on what stood before all of us
            if not before and other.prior[its]:
                commands.found_before(other, its, False)
        if not holding and not before:
            _set(client, reader, deed, name, on=False)


def _holding(reader: Reader, deed: Deed, name: str, others: Sequence[Deed]) -> list[tuple[Deed, str]]:
    """Which of the others hold what a deed holds, and under which of their names: a homeserver quarantines bytes, and
    lets go of every file that has them."""
    found = [(other, name) for other in others if name in other.prior]
    digest = reader.file(name).digest if deed.kind == "quarantine" and others else ""
    if not digest:
        return found
    same = [(other, its) for other in others for its in other.prior if its != name]
    return found + [(other, its) for other, its in same if reader.file(its).digest == digest]


def stands(reader: Reader, deed: Deed) -> bool:
    """Whether what a deed did is so now. Raises PlatformDown, PlatformRefused."""
    if deed.kind == "purge":
        try:
            reader.room(deed.ref)
        except Unknown:
            return True
        return False
    return all(_stands(reader, deed, name) for name in deed.prior)


def _set(client: Client, reader: Reader, deed: Deed, name: str, *, on: bool) -> None:
    _SETS[deed.kind](client, deed, name, on)
    if _stands(reader, deed, name) is not on:
        raise PlatformDown(f"the homeserver said yes to {deed.kind}, and it is not so")


def _stands(reader: Reader, deed: Deed, name: str) -> bool:
    if deed.kind == "quarantine":
        return reader.file(name).quarantined
    if deed.kind == "block":
        return reader.blocked(name)
    if deed.kind == "redact":
        room = deed.ref.partition("/")[0]
        return _redacted(reader.as_shown(room, name))
    return _flag(reader, deed.kind, name)


def _redacted(event: Mapping[str, Any]) -> bool:
    unsigned = event.get("unsigned")
    said = unsigned if isinstance(unsigned, dict) else {}
    return bool(said.get("redacted_because") or said.get("redacted_by") or event.get("redacted_because"))


def _quarantine(client: Client, deed: Deed, name: str, on: bool) -> None:
    server, media = name.removeprefix("mxc://").split("/", 1)
    call = "quarantine" if on else "unquarantine"
    client.ask("POST", f"{ADMIN}/v1/media/{call}/{part(server)}/{part(media)}", {})


def _block(client: Client, deed: Deed, name: str, on: bool) -> None:
    client.ask("PUT", f"{ADMIN}/v1/rooms/{part(name)}/block", {"block": on})


def _lock(client: Client, deed: Deed, name: str, on: bool) -> None:
    if client.ask("GET", f"{ADMIN}/v2/users/{part(name)}").get("name") != name:  # PUT would make it
        raise Unknown
    client.ask("PUT", f"{ADMIN}/v2/users/{part(name)}", {"locked": on})


def _suspend(client: Client, deed: Deed, name: str, on: bool) -> None:
    client.ask("PUT", f"{ADMIN}/v1/suspend/{part(name)}", {"suspend": on})


def _deactivate(client: Client, deed: Deed, name: str, on: bool) -> None:
    client.ask("GET", f"{ADMIN}/v2/users/{part(name)}")
    client.ask("POST", f"{ADMIN}/v1/deactivate/{part(name)}", {"erase": False})


def _redact(client: Client, deed: Deed, name: str, on: bool) -> None:
    """Redact as an administrator who is in the room with power there: never as the author."""
    room = deed.ref.partition("/")[0]
    mark = hashlib.sha256(f"{deed.platform}:{deed.key}:{name}".encode()).hexdigest()[:32]
    where = f"{CLIENT}/v3/rooms/{part(room)}/redact/{part(name)}/{mark}"
    try:
        client.ask("PUT", where, {"reason": REASON})
    except PlatformRefused:
        client.ask("POST", f"{ADMIN}/v1/rooms/{part(room)}/make_room_admin", {})
        client.ask("POST", f"{CLIENT}/v3/join/{part(room)}", {})
        client.ask("PUT", where, {"reason": REASON})


def _purge(client: Client, reader: Reader, room: str) -> None:
    try:
        reader.room(room)
    except Unknown:
        return
    with suppress(PlatformRefused):  # it is under way since an earlier call
        client.ask("DELETE", f"{ADMIN}/v2/rooms/{part(room)}", {"block": True, "purge": True})
    try:
        reader.room(room)
    except Unknown:
        return
    raise PlatformDown("the homeserver shuts the room down, and has not finished yet")


_SETS = {
    "quarantine": _quarantine,
    "block": _block,
    "lock": _lock,
    "suspend": _suspend,
    "deactivate": _deactivate,
    "redact": _redact,
}
