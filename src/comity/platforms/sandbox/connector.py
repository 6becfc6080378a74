"""The port, spoken to the sandbox."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from comity import clock
from comity.platforms import territory as territories
from comity.platforms.port import Author, Capabilities, Parts, PlatformDown, PlatformRefused, Receipt, Resolved, Seen
from comity.platforms.sandbox import address, viewer
from comity.platforms.sandbox.client import Client

ADDRESSED = frozenset({"message", "post", "file", "channel", "group", "account"})
# The platform's words for kinds, in those of the facts.
KINDS = {"picture": "file"}
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_NAME = 120


class Sandbox:
    """The sandbox as a `Platform`. Immutable, safe to share between threads; `timeout` in seconds, for each call."""

    def __init__(self, base_url: str, token: str, timeout: float = 10.0) -> None:
        self._client = Client(base_url, token, timeout)
        self.base_url, self._timeout = self._client.base_url, timeout

    def owns(self, url: str) -> bool:
        """Whether an address is on the configured base."""
        return address.owns(self.base_url, url)

    def capabilities(self) -> Capabilities:
        """Withholding, country by country, and preserving, of anything that has an address."""
        measures = {"withhold": ADDRESSED, "preserve": ADDRESSED}
        return Capabilities("Lantern (sandbox)", measures, by_country=True, notifies=True)

    def resolve(self, url: str) -> Resolved:
        """What stands at an address. Raises PlatformDown, PlatformRefused "not-ours"."""
        if not self.owns(url):
            raise PlatformRefused("not-ours", "The address is on another platform.")
        ref = address.ref(self.base_url, url)
        if ref is None:
            return Resolved(url.strip(), found=False)
        return _resolved(f"{self.base_url}{ref}", ref, self._client.get("/api/resolve", ref=ref))

    def snapshot(self, ref: str) -> bytes:
        """Content and state of a thing as canonical JSON. Raises PlatformDown, PlatformRefused "unknown"."""
        return self._client.raw("/api/snapshot", ref=ref)

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Withhold or preserve a thing. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        if kind not in self.capabilities().measures:
            raise PlatformRefused("cannot", f"This platform can withhold and preserve; it cannot {kind[:40]}.")
        if kind == "preserve":
            return _receipt(key, self._client.send("POST", "/api/preserve", key=key, ref=ref))
        countries = sorted(territories.reach(territory))
        answer = self._client.send("POST", "/api/withhold", key=key, kind=kind, ref=ref, countries=countries)
        return _receipt(key, answer)

    def lift(self, key: str) -> Receipt:
        """Undo what a key withheld or preserved. Raises PlatformDown, PlatformRefused."""
        return _receipt(key, self._client.send("POST", "/api/lift", key=key))

    def observe(self, url: str, country: str) -> Seen:
        """Look at an address as a viewer in a country. Another platform's address is unknown to us."""
        ref = address.ref(self.base_url, url)
        if not COUNTRY.fullmatch(country) or not self.owns(url):
            return Seen("unknown", country[:2], clock.now())
        return viewer.look(self.base_url, ref, country, self._timeout) if ref else Seen("gone", country, clock.now())

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Put a notice into the author's inbox. Raises PlatformDown, PlatformRefused "not-contactable"."""
        return _receipt(key, self._client.send("POST", "/api/notify", key=key, ref=ref, text=text))


def _resolved(url: str, ref: str, answer: dict[str, Any]) -> Resolved:
    """The platform's answer as a value. Raises PlatformDown where it isn't what it should be."""
    if answer.get("found") is False:
        return Resolved(url, found=False, ref=ref)
    try:
        who = answer["author"]
        author = Author(who["country"], bool(who["contactable"]), str(who["id"])) if who else None
        parts = Parts(1, int(answer["edits"]), int(answer["pictures"]))
        kind, posted = str(answer["kind"]), answer.get("posted_at")
        return Resolved(
            url,
            True,
            ref,
            KINDS.get(kind, kind),
            str(answer["audience"]),
            author,
            parts,
            channel=str(answer.get("channel") or "")[:LONGEST_NAME],
            posted_at=datetime.fromisoformat(str(posted)).astimezone(UTC) if posted else None,
        )
    except (KeyError, TypeError, ValueError):
        raise PlatformDown("the platform's answer lacks what it should say") from None


def _receipt(key: str, answer: dict[str, Any]) -> Receipt:
    state, new = answer.get("state"), answer.get("new")
    if answer.get("key") != key or not isinstance(state, str) or not isinstance(new, bool):
        raise PlatformDown("the platform's answer is not a receipt for this key")
    return Receipt(key, state, new, clock.now())
