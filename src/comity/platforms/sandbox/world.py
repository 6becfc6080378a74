"""What only a sandbox lets one do, for the demo and for tests: post, edit, be somebody, misbehave."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from comity.platforms.line import Line
from comity.platforms.port import State
from comity.platforms.sandbox import address, viewer
from comity.platforms.sandbox.client import Client


@dataclass(frozen=True)
class Inhabitant:
    """One of the sandbox's people. `page`: the link under which one acts as them (inbox, own messages); empty
    without the owner's token."""

    id: str
    name: str
    country: str | None
    contactable: bool
    page: str


class World:
    """The sandbox's own world. Calls raise PlatformDown, PlatformRefused.

    `owner`: the platform's own token, which no gateway has; only with it can one be somebody there."""

    def __init__(self, base_url: str, token: str, timeout: float = 10.0, *, owner: str = "") -> None:
        self._client, self._timeout = Client(base_url, token, timeout), timeout
        self._owner = Client(base_url, owner or token, timeout)
        self.base_url = self._client.base_url

    def post(
        self, channel: str, author: str, text: str, *, picture: bytes | None = None, draw: str = "", key: str = ""
    ) -> str:
        """Post a message; returns its URL.

        `picture` is a PNG, or `draw` a word from which one is drawn. With the same `key` again, the first message is
        returned.
        """
        body: dict[str, Any] = {"channel": channel, "author": author, "text": text}
        body |= {"picture": base64.b64encode(picture).decode()} if picture else {}
        body |= {"draw": draw} if draw else {}
        body |= {"key": key} if key else {}
        return self.base_url + str(self._client.send("POST", "/api/messages", **body)["ref"])

    def edit(self, url: str, text: str) -> None:
        """Give a message a new text; the earlier one stays readable below it."""
        self._client.send("POST", "/api/edits", ref=address.ref(self.base_url, url), text=text)

    def remove(self, url: str) -> None:
        """Let the author delete a message for good."""
        self._client.send("POST", "/api/removals", ref=address.ref(self.base_url, url))

    def inhabitants(self) -> list[Inhabitant]:
        """Everyone who lives here."""
        return [
            Inhabitant(a["id"], a["name"], a["country"], a["contactable"], page and self.base_url + page)
            for a in self._owner.get("/api/authors")["authors"]
            for page in [a.get("page", "")]
        ]

    def read(self, url: str, country: str) -> tuple[State, str]:
        """How an ordinary viewer in a country finds an address, and the first words that they read there. As `viewer`
        does it: without our token, and by another client than the one that acts."""
        ref = address.ref(self.base_url, url)
        line = Line(urlsplit(self.base_url), self._timeout, keep=False)
        return viewer.read(line, ref, country, self._timeout) if ref else ("gone", "")

    def misbehave(self, mode: str) -> None:
        """How the platform answers from now on: "normal"; "pretend" (says yes and does nothing); "down"; "slow";
        "spill" (a gate put up takes hold in every country); "shallow" (a gate is said on the pages, and not
        enforced)."""
        self._client.send("PUT", "/api/mode", mode=mode)
