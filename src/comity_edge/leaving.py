"""A copy of what is somebody's own, where their country is left: asked of the homeserver with their own token, and
handed on as it comes, a line of JSON for each thing.

What others wrote is not theirs, and not in it. Whoever has no account here gets nothing.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote

PAGE, PAGES = 200, 2_000  # events of one answer, and answers for one room
NOTHING: Any = {"room": {"rooms": []}, "presence": {"types": []}}
API = "/_matrix/client/v3"
Ask = Callable[[str], Awaitable[dict[str, Any] | None]]


async def lines(ask: Ask) -> AsyncIterator[bytes]:
    """All of it; `ask` gives what the homeserver answers to a path, None where it refuses. None at all: whose token it
    is nobody knows."""
    me = await ask(f"{API}/account/whoami")
    user = str(me.get("user_id")) if me else ""
    if not me or not user:
        return
    yield _line("account", {"user_id": user})
    for kind, path in (("profile", f"profile/{quote(user, safe='')}"), ("settings", f"sync?filter={_asked(NOTHING)}")):
        said = await ask(f"{API}/{path}")
        yield _line(kind, said if kind == "profile" else (said or {}).get("account_data"))
    rooms = (await ask(f"{API}/joined_rooms") or {}).get("joined_rooms")
    for room in rooms if isinstance(rooms, list) else ():
        async for one in _of_room(ask, str(room), user):
            yield one


async def _of_room(ask: Ask, room: str, user: str) -> AsyncIterator[bytes]:
    """What somebody sent in a room, the latest first."""
    at = ""
    for _ in range(PAGES):
        only = _asked({"senders": [user]})
        page = await ask(f"{API}/rooms/{quote(room, safe='')}/messages?dir=b&limit={PAGE}&filter={only}{at}")
        chunk = page.get("chunk") if page else None
        for event in chunk if isinstance(chunk, list) else ():
            if isinstance(event, dict) and event.get("sender") == user:
                yield _line("sent", event)
        end = page.get("end") if page else None
        if not isinstance(end, str):
            return
        at = f"&from={quote(end, safe='')}"


def _asked(only: Any) -> str:
    return quote(json.dumps(only, separators=(",", ":")))


def _line(kind: str, said: Any) -> bytes:
    return json.dumps({kind: said}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
