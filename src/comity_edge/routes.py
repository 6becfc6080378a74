"""Which route an address is, and how what it answers is treated. Data, and one lookup. Pure.

Each route of Synapse 1.163 is sorted here, and a test asks Synapse itself which it has. What isn't sorted is "unknown":
a viewer from whom anything is withheld is told that the server doesn't have it, which clients are made for.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

Treatment = Literal["pass", "events", "state", "search", "listed", "profile", "file", "room", "unknown"]


@dataclass(frozen=True)
class Route:
    """How an answer is treated, and what the address names: `room`, `event`, `user`, `file` (mxc://…), `kind` of
    state."""

    treatment: Treatment
    room: str = ""
    event: str = ""
    user: str = ""
    file: str = ""
    kind: str = ""
    key: str = ""


_CLIENT = r"/_matrix/client/(?:api/v1|r0|v[1-9]|unstable(?:/[a-z0-9._-]+)?)"
_MEDIA = r"/_matrix/(?:client/(?:v1|unstable/[a-z0-9._-]+)/media|media/(?:r0|v1|v3))"
_ROOM, _USER, _ANY = "(?P<room>[^/]+)", "(?P<user>[^/]+)", "[^/]*"

# what shows events, as timelines, lists or one by one
_EVENTS = (
    r"/sync",
    r"/events(?:/(?P<event>[^/]+))?",
    r"/initialSync",
    r"/notifications",
    rf"/rooms/{_ROOM}/(?:messages|members|state|initialSync|threads)",
    rf"/rooms/{_ROOM}/joined_members",
    rf"/rooms/{_ROOM}/(?:event|context)/(?P<event>[^/]+)",
    rf"/rooms/{_ROOM}/relations/(?P<event>[^/]+)(?:/{_ANY}){{0,2}}",
    r"/dehydrated_device(?:/.*)?",
    r"/delayed_events(?:/[^/]+){0,2}",
    rf"/rooms/{_ROOM}/timestamp_to_event",
)
# what shows rooms and people as lists, or a room's summary
_LISTED = (
    r"/publicRooms",
    r"/user_directory/search",
    rf"/rooms/{_ROOM}/hierarchy",
    rf"/(?:rooms/)?(?:summary/)?{_ROOM}/summary",
    rf"/(?:room_summary|summary)/{_ROOM}",
    r"/mutual_rooms",
    r"/joined_rooms",
)
# what changes a room or says something of it, and shows nothing that others wrote
_ROOMS = (
    rf"/rooms/{_ROOM}/(?:join|invite|kick|ban|unban|knock|upgrade|is_joined)(?:/{_ANY})?",
    rf"/(?:join|knock)/{_ROOM}(?:/[^/]+)?",
    rf"/rooms/{_ROOM}/aliases",
    rf"/directory/room/{_ROOM}",
    rf"/directory/list/(?:appservice/{_ANY}|room)/{_ROOM}",
)
_PASS = (
    r"/versions|/capabilities|/password_policy|/refresh|/tokenrefresh|/auth_metadata|/voip/turnServer",
    r"/(?:login|logout|register|account|account_validity|add_threepid|registration|auth)(?:/.*)?",
    r"/(?:devices|delete_devices|keys|room_keys|sendToDevice|pushers|pushrules|thirdparty)(?:/.*)?",
    r"/user/[^/]+/(?:filter|openid|account_data)(?:/.*)?",
    r"/user/[^/]+/rooms/[^/]+/(?:account_data|tags)(?:/.*)?",
    r"/users/[^/]+/report",
    r"/createRoom(?:/[^/]+)?",
    r"/rooms/[^/]+/(?:leave|forget|read_markers|typing|receipt|report|send|redact)(?:/.*)?",
    r"/rooms/[^/]+/thread/[^/]+/subscription|/thread_subscriptions|/retention/configuration|/rtc/transports",
    r"/admin/whois/[^/]+|/appservice/.*|/account_status|/rendezvous(?:/.*)?",
    r"/media/(?:config|preview_url)",
)


def _compiled() -> tuple[tuple[re.Pattern[str], Treatment], ...]:
    state = rf"/rooms/{_ROOM}/state/(?P<kind>[^/]+)(?:/(?P<key>[^/]*))?"
    passed = "|".join(f"(?:{_CLIENT}(?:{path}))" for path in _PASS)
    made: list[tuple[str, Treatment]] = [(f"{_CLIENT}{path}/?", "events") for path in _EVENTS]
    made += [(f"{_CLIENT}{state}", "state"), (f"{_CLIENT}/search/?", "search")]
    made += [(f"{_CLIENT}{path}/?", "listed") for path in _LISTED]
    made += [(f"{_CLIENT}/(?:profile|presence)/{_USER}(?:/[^/]+)?/?", "profile")]
    made += [(rf"{_MEDIA}/(?:download|thumbnail)/(?P<server>[^/]+)/(?P<media>[^/]+)(?:/[^/]*)?", "file")]
    made += [(f"{_CLIENT}{path}/?", "room") for path in _ROOMS]
    made += [(f"(?:{passed})/?", "pass")]
    made += [(rf"{_MEDIA}/(?:config|preview_url|upload|create)(?:/.*)?|/_matrix/client/versions", "pass")]
    made += [(r"/_matrix/(?:federation|key|app)/.*|/\.well-known/matrix/.*|/health|/_matrix/static.*|/|", "pass")]
    made += [(r"/_synapse/client/.*", "pass")]
    return tuple((re.compile(pattern), treatment) for pattern, treatment in made)


ROUTES = _compiled()
UNKNOWN = Route("unknown")
MOST_PARTS = 60


@lru_cache(maxsize=4096)
def sort(path: str) -> Route:
    """Which route a path is (percent-encoded, as it came, without its query)."""
    parts = path.split("/")
    if len(parts) > MOST_PARTS or any(unquote(one) in ("", ".", "..") for one in parts[1:-1]):
        return UNKNOWN  # one of those through whom it goes might take it for another address than we do
    for pattern, treatment in ROUTES:
        if found := pattern.fullmatch(path):
            return _route(treatment, {key: unquote(value) for key, value in found.groupdict().items() if value})
    return UNKNOWN


def _route(treatment: Treatment, said: dict[str, str]) -> Route:
    file = f"mxc://{said.pop('server')}/{said.pop('media')}" if "media" in said else ""
    return Route(treatment, file=file, **said)
