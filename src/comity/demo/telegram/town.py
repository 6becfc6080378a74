"""The peer of Telegram as its people have it: they write, open a chat with the bot, and look at its pages."""

import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from comity.connected import Connected
from comity.platforms.line import Line
from comity.platforms.port import PlatformDown
from comity.platforms.telegram import links

SQUARE, ALICE = "townsq", 777001
LARGEST = 4 * 1024 * 1024
SHOWN = re.compile(r"<article[^>]*>.*?<p>(.*?)</p></article>", re.DOTALL)


def table() -> Connected:
    """The peer as a platform. Raises LookupError if the demo has none."""
    found: Connected | None = settings.COMITY.telegram
    if found is None:
        raise LookupError("COMITY_TELEGRAM_URL is not set: there is no peer of Telegram")
    return found


def base() -> str:
    """Where the peer is. Raises LookupError."""
    return table().url


def _read(answer: http.client.HTTPResponse) -> bytes:
    raw = answer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise PlatformDown("the peer's answer is too large")
    return raw


def _key() -> str:
    try:
        return (settings.COMITY.data / "telegram" / "people.key").read_text("ascii").strip()
    except OSError:
        raise PlatformDown("the peer of Telegram isn't there yet") from None


def _asked(method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {_key()}", "Content-Type": "application/json"}
    try:
        line = Line(urlsplit(base()), 10.0, keep=False)
        status, raw = line.ask(_read, method, path, None if body is None else json.dumps(body).encode(), headers)
        said = json.loads(raw)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PlatformDown(f"no answer from the peer of Telegram ({type(error).__name__})") from None
    if status != 200:
        raise PlatformDown(f"the peer of Telegram answered {status}")
    return said["result"]


def do(deed: str, **body: Any) -> Any:
    """Something that somebody does there. Raises PlatformDown, LookupError."""
    return _asked("POST", f"/people/{deed}", body)


def post(text: str) -> str:
    """Alice writes in the square, having opened a chat with the bot before; gives the address."""
    do("start", user=ALICE, text="/appeal")
    return f"https://t.me/{SQUARE}/{do('post', chat=SQUARE, user=ALICE, text=text)['message_id']}"


def told() -> list[str]:
    """What the bot has written to Alice, the oldest first."""
    found = _asked("GET", f"/people/chat?name={ALICE}")["messages"]
    return [str(one.get("text", "")) for one in found if one.get("from", {}).get("is_bot")]


def owns(url: str) -> bool:
    """Whether an address is of the demo's peer."""
    link = links.read(url) if settings.COMITY.telegram else None
    return link is not None and bool(link.name)


def page(url: str) -> str:
    """Where anyone on the web sees what is at an address: the peer's own page for it."""
    link = links.read(url)
    return f"{base()}/{link.name}/{link.message}" if link and link.message else base()


def read(url: str) -> tuple[str, str]:
    """What anyone sees at an address, and what they read there; the same from everywhere. Raises PlatformDown,
    LookupError."""
    at = urlsplit(page(url))
    try:
        status, raw = Line(at, 10.0, keep=False).ask(_read, "GET", at.path)
    except (OSError, http.client.HTTPException) as error:
        raise PlatformDown(f"no answer from the peer of Telegram ({type(error).__name__})") from None
    shown = SHOWN.search(raw.decode("utf-8", "replace"))
    return ("visible", shown[1]) if status == 200 and shown else ("gone", "")
