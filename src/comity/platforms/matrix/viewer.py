"""An ordinary account that looks through the edge, from a country: another client than the one that acts."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from comity import clock
from comity.platforms.port import Seen, SeenGate, State
from comity_edge import gates
from comity_edge.looks import header
from comity_edge.rewriting import STUB

from . import sets
from .client import CLIENT, Client, part

GONE = (403, 404)
GATED = -1  # no status of HTTP: the edge itself refused, because the country is shut

NOWHERE = f"{CLIENT}/v3/rooms/{part('!nowhere')}"
# tried without a token, and with nothing in it: each is answered by what it lacks, unless it is shut
DOORS: dict[str, tuple[str, str, Any]] = {
    "signups": ("POST", f"{CLIENT}/v3/register", {}),
    "writing": ("PUT", f"{NOWHERE}/send/m.room.message/nothing", {}),
    "reading": ("GET", f"{NOWHERE}/messages", None),
    "notice": ("GET", gates.PAGE, None),
    "export": ("GET", gates.EXPORT, None),
    "appeals": ("GET", gates.APPEALS, None),
}


class Viewer:
    """Looks through the edge with an ordinary account's token; the edge takes our word on the country, and nobody
    else's. It joins a public room in order to look into it, as people do."""

    def __init__(self, edge: str, token: str, edge_token: str, timeout: float) -> None:
        self._client, self._edge_token = Client(edge, token, timeout), edge_token
        self._stranger = Client(edge, "nobody", timeout)

    def _get(self, path: str, country: str, method: str = "GET", body: Any = None) -> tuple[int, bytes]:
        said = header(self._edge_token, country, clock.now().timestamp())
        return _gated(*self._client.raw(method, path, body, headers={"X-Comity-Look": said}))

    def gate(self, country: str) -> SeenGate:
        """What a stranger in a country finds: without any token, by what no homeserver does anything for."""
        stranger = self._stranger
        said = {"X-Comity-Look": header(self._edge_token, country, clock.now().timestamp()), "Authorization": ""}
        tried = {door: _gated(*stranger.raw(*call, headers=said)) for door, call in DOORS.items()}
        passed = {door: None if status >= 500 else status != GATED for door, (status, _) in tried.items()}
        notice, export, appeals = (tried[door][0] for door in ("notice", "export", "appeals"))
        return SeenGate(
            passed["signups"],
            passed["writing"],
            passed["reading"],
            b"data-notice" in tried["notice"][1] if notice in (200, 403, 404) else None,
            _open(export, 401),
            _open(appeals, 303),
        )

    def known(self) -> None:
        """That the homeserver knows the account, asked through the edge. Raises PlatformDown, PlatformRefused."""
        self._client.ask("GET", f"{CLIENT}/v3/account/whoami")

    def message(self, room: str, event: str, country: str) -> Seen:
        """What is seen of a message: its words, its edits', its files. Visible if any of it is."""
        status, said = self._event(room, event, country)
        if said is None:
            return _seen(_state(status), country)
        shown = [one for one in (said, *self._edits(room, event, country)) if not stubbed(one)]
        if said.get("unsigned", {}).get("redacted_because") and not said["content"]:
            return _seen("gone", country)
        files = [self._file(url, country) for url in dict.fromkeys(self._files(shown))]
        if not shown:
            return _seen("withheld", country)
        words = [sets.lasting(one)["content"] for one in shown]
        return _seen("visible", country, json.dumps(words, sort_keys=True).encode() + b"".join(raw for _, raw in files))

    def _event(self, room: str, event: str, country: str) -> tuple[int, dict[str, Any] | None]:
        path = f"{CLIENT}/v3/rooms/{part(room)}/event/{part(event)}"
        status, raw = self._get(path, country)
        # to join says something in the room, which no country that is left may: so it joins from where the gateway is
        if status in GONE and self._client.raw("POST", f"{CLIENT}/v3/join/{part(room)}", {})[0] == 200:
            status, raw = self._get(path, country)
        said = _object(raw) if status == 200 else None
        return (0 if status == 200 and said is None else status), said

    def _edits(self, room: str, event: str, country: str) -> list[dict[str, Any]]:
        path = f"{CLIENT}/v1/rooms/{part(room)}/relations/{part(event)}/m.replace"
        status, raw = self._get(path, country)
        chunk = (_json(raw) or {}).get("chunk") if status == 200 else None
        return [one for one in chunk or () if isinstance(one, dict) and isinstance(one.get("content"), dict)]

    def _files(self, shown: list[dict[str, Any]]) -> Iterator[str]:
        return (url for one in shown for url in sets.files_of(one["content"]))

    def _file(self, url: str, country: str) -> tuple[int, bytes]:
        server, media = url.removeprefix("mxc://").split("/", 1)
        status, raw = self._get(f"{CLIENT}/v1/media/download/{part(server)}/{part(media)}", country)
        return status, raw if status == 200 else b""

    def file(self, url: str, country: str) -> Seen:
        """What is seen of a file."""
        status, raw = self._file(url, country)
        return _seen(_state(status), country, raw)

    def room(self, room: str, country: str) -> Seen:
        """What is seen of a room: what its summary says of it."""
        status, raw = self._get(f"{CLIENT}/v1/room_summary/{part(room)}", country)
        said = _json(raw) or {}
        kept = {key: said.get(key) for key in ("room_id", "name", "topic", "avatar_url", "canonical_alias")}
        return _seen(_state(status), country, json.dumps(kept, sort_keys=True).encode())

    def user(self, user: str, country: str) -> Seen:
        """What is seen of an account: its profile."""
        status, raw = self._get(f"{CLIENT}/v3/profile/{part(user)}", country)
        return _seen(_state(status), country, raw)


def stubbed(event: dict[str, Any]) -> bool:
    """Whether an event shows nothing of what was written."""
    content = event["content"]
    return not content or (content.get("msgtype") == "m.notice" and content.get("body") == STUB)


def _state(status: int) -> State:
    found: dict[int, State] = {200: "visible", 451: "withheld", GATED: "gated", **dict.fromkeys(GONE, "gone")}
    return found.get(status, "unknown")


def _gated(status: int, raw: bytes) -> tuple[int, bytes]:
    shut = status == 403 and (_json(raw) or {}).get("errcode") == gates.SHUT
    return (GATED if shut else status), raw


def _open(status: int, expected: int) -> bool | None:
    """Whether a door that no gate shuts is there."""
    return None if status >= 500 else status == expected


def _seen(state: State, country: str, shown: bytes = b"") -> Seen:
    return Seen(state, country, clock.now(), hashlib.sha256(shown).hexdigest() if state == "visible" else "")


def _json(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _object(raw: bytes) -> dict[str, Any] | None:
    """An event, whole."""
    found = _json(raw)
    return found if found is not None and isinstance(found.get("content"), dict) else None
