"""What the demo does on its homeserver as its people: post, read from a country."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from comity import clock
from comity.platforms import for_url
from comity.platforms.matrix import address
from comity.platforms.matrix.viewer import stubbed
from comity.platforms.port import PlatformDown, State
from comity_edge.looks import header

from .homeserver import People, ask
from .keeper import SERVER, STANDS, WANTED, home

MAKES = 300.0  # seconds: the first time its environment is made
STARTS = 60.0


def _stands(data: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((home(data) / STANDS).read_text())
    except (OSError, ValueError):
        return None
    return found


def want() -> None:
    """Ask for it to be started; it may take half a minute the first time, when its environment is made."""
    data = settings.COMITY.data
    home(data).mkdir(mode=0o700, parents=True, exist_ok=True)
    found = _stands(data)
    if found and "failed" in found:
        (home(data) / STANDS).unlink(missing_ok=True)
    (home(data) / WANTED).touch(mode=0o600)


def stands() -> bool:
    """Whether it is there. Raises PlatformDown if it could not be started."""
    found = _stands(settings.COMITY.data)
    if found and "failed" in found:
        raise PlatformDown(str(found["failed"]))
    return found is not None


def await_it() -> None:
    """Wait until it is there. Raises PlatformDown."""
    end = time.monotonic() + MAKES
    while not stands():
        if time.monotonic() > end:
            raise PlatformDown(f"the homeserver did not start within {MAKES:g} s")
        time.sleep(0.1)


class MatrixWorld:
    """The homeserver's people. Calls raise PlatformDown if it isn't there."""

    def __init__(self) -> None:
        found = _stands(settings.COMITY.data)
        if not found or "failed" in found:
            raise PlatformDown("the demo's homeserver is not started")
        self._said, self.base_url = found, str(found["edge"])

    def post(self, channel: str, author: str, text: str) -> str:
        """Luc says something in the harbour; its address."""
        del channel, author
        luc = People(self._said["matrix"], "", self._said["author"])
        event = luc.say(self._said["room"], text)
        return address.spelled(f"{self._said['room']}/{event}", SERVER)

    def read(self, url: str, country: str) -> tuple[State, str]:
        """How Anna, in a country, finds an address, and the words that she reads there."""
        status, said = self.event(url, country)
        if said is None:
            return ("withheld" if status == 451 else "gone" if status in (403, 404) else "unknown"), ""
        body = str(said["content"].get("body", ""))
        return ("withheld" if stubbed(said) else "visible"), body

    def event(self, url: str, country: str) -> tuple[int, dict[str, Any] | None]:
        """The status and the event as Anna's client gets it through the edge, as from a country."""
        at = address.parse(url)
        if at is None:
            return 404, None
        token = settings.COMITY.matrix.secret("edge_key") if settings.COMITY.matrix else ""
        look = {"X-Comity-Look": header(token, country, clock.now().timestamp())}
        path = f"/_matrix/client/v3/rooms/{quote(at.room, safe='')}/event/{quote(at.event, safe='')}"
        try:
            status, raw = ask("GET", self.base_url + path, token=self._said["reader"], headers=look)
        except OSError:
            raise PlatformDown("the demo's homeserver does not answer") from None
        return status, json.loads(raw) if status == 200 else None


def owns(url: str) -> bool:
    """Whether an address is one of the demo's homeserver."""
    platform = for_url(url, "demo")
    return platform is not None and platform.table is settings.COMITY.matrix
