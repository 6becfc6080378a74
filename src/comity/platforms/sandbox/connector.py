"""The port, implemented for the sandbox."""

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from comity import clock
from comity.platforms import territory as territories
from comity.platforms.line import Line
from comity.platforms.naming import MOST, Account, plain
from comity.platforms.port import (
    LEVELS,
    Author,
    Capabilities,
    Parts,
    Pinned,
    PlatformDown,
    PlatformRefused,
    Receipt,
    Resolved,
    Seen,
    SeenGate,
    Shown,
)
from comity.platforms.sandbox import address, stranger, viewer
from comity.platforms.sandbox.client import Client, refusal

ADDRESSED = frozenset({"message", "post", "file", "channel", "group", "account"})
# the platform's kinds → those of the facts
KINDS = {"picture": "file"}
SLUG = re.compile(r"[a-z0-9-]{1,60}")
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST_NAME = 120
PNG = "image/png"
INVENTED = ("XV",)  # user-assigned in ISO 3166-1: a country of the demo alone, and the sandbox is the demo's platform


class Sandbox:
    """The sandbox as a `Platform`, with `Many` targets per call. Thread-safe; `timeout` in seconds, for each call.

    It keeps its connections open: one that acts, and a viewer's without a token.
    """

    at_once = 200
    invented = INVENTED

    def __init__(self, base_url: str, token: str, timeout: float = 10.0) -> None:
        self._client = Client(base_url, token, timeout, keep=True)
        self.base_url, self._timeout = self._client.base_url, timeout
        self._viewer = Line(urlsplit(self.base_url), timeout)

    def owns(self, url: str) -> bool:
        """Whether an address is on the configured base."""
        return address.owns(self.base_url, url)

    def capabilities(self) -> Capabilities:
        """Withholding, country by country, and preserving, of anything that has an address."""
        measures = {"withhold": ADDRESSED, "preserve": ADDRESSED}
        return Capabilities("Lantern (sandbox)", measures, by_country=True, notifies=True, gates=LEVELS)

    def resolve(self, url: str) -> Resolved:
        """What is at an address. Raises PlatformDown, PlatformRefused "not-ours"."""
        ref = self._ref(url)
        if ref is None:
            return Resolved(url.strip(), found=False)
        return _resolved(f"{self.base_url}{ref}", ref, self._client.get("/api/resolve", ref=ref))

    def accounts(self, name: str) -> list[Account]:
        """Who is called so, by handle or shown name. Raises PlatformDown, PlatformRefused."""
        rows, called = self._client.get("/api/authors").get("authors"), plain(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PlatformDown("the platform's answer is not the list it should be")
        found = [row for row in rows if called in (plain(str(row.get("id"))), plain(str(row.get("name"))))]
        return [_account(self.base_url, row) for row in found if SLUG.fullmatch(str(row.get("id")))][:MOST]

    def resolve_many(self, urls: Sequence[str]) -> list[Resolved]:
        """What is at each address. Raises PlatformDown, PlatformRefused."""
        refs = [self._ref(url) for url in urls]
        asked = [ref for ref in refs if ref is not None]
        answers = iter(self._many("/api/resolve", [{"ref": ref} for ref in asked]))
        return [
            Resolved(url.strip(), found=False)
            if ref is None
            else _resolved(f"{self.base_url}{ref}", ref, _given(next(answers)))
            for url, ref in zip(urls, refs, strict=True)
        ]

    def _ref(self, url: str) -> str | None:
        if not self.owns(url):
            raise PlatformRefused("not-ours", "The address is on another platform.")
        return address.ref(self.base_url, url)

    def snapshot(self, ref: str) -> bytes:
        """Content and state of a thing as canonical JSON. Raises PlatformDown, PlatformRefused "unknown"."""
        return self._client.raw("/api/snapshot", ref=ref)

    def snapshot_many(self, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
        """Content and state of each thing. Raises PlatformDown."""
        answers = self._many("/api/snapshot", [{"ref": ref} for ref in refs])
        return [answer if isinstance(answer, PlatformRefused) else canonical(answer) for answer in answers]

    def shown(self, snapshot: bytes) -> Shown:
        """The texts and the picture of a message's snapshot."""
        try:
            kept = json.loads(snapshot)
            texts = tuple(str(version["text"]) for version in kept["versions"])
            drawn = kept.get("picture")
            return Shown(texts, ((PNG, base64.b64decode(drawn["base64"], validate=True)),) if drawn else ())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Shown()

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Withhold or preserve a thing. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        call, said = self._deed(kind, territory)
        return _receipt(key, self._client.send("POST", call, key=key, ref=ref, **said))

    def act_many(
        self, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
    ) -> list[Receipt | PlatformRefused]:
        """Withhold or preserve each thing. Raises PlatformDown, PlatformRefused "cannot", UnknownTerritory."""
        call, said = self._deed(kind, territory)
        return self._receipts(call, [{"key": key, "ref": ref} | said for key, ref in deeds])

    def _deed(self, kind: str, territory: Collection[str]) -> tuple[str, dict[str, Any]]:
        if kind not in self.capabilities().measures:
            raise PlatformRefused("cannot", f"This platform can withhold and preserve; it cannot {kind[:40]}.")
        if kind == "preserve":
            return "/api/preserve", {}
        return "/api/withhold", {"kind": kind, "countries": sorted(territories.reach(territory))}

    def _receipts(self, call: str, bodies: list[dict[str, Any]]) -> list[Receipt | PlatformRefused]:
        answers = zip(bodies, self._many(call, bodies), strict=True)
        return [no if isinstance(no, PlatformRefused) else _receipt(body["key"], no) for body, no in answers]

    def _many(self, call: str, bodies: list[dict[str, Any]]) -> list[dict[str, Any] | PlatformRefused]:
        """The answer to each body of one call. Raises PlatformDown."""
        got: list[dict[str, Any] | PlatformRefused] = []
        while len(got) < len(bodies):
            rest = bodies[len(got) :]
            answers = self._client.send("POST", "/api/many", call=call, bodies=rest).get("answers")
            if not isinstance(answers, list) or not 0 < len(answers) <= len(rest):
                raise PlatformDown("the platform's answer is not one for each that was asked")
            got += [_answer(answer) for answer in answers]
        return got

    def lift(self, key: str) -> Receipt:
        """Undo what a key withheld or preserved. Raises PlatformDown, PlatformRefused."""
        return _receipt(key, self._client.send("POST", "/api/lift", key=key))

    def lift_many(self, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
        """Undo what each key withheld or preserved. Raises PlatformDown."""
        return self._receipts("/api/lift", [{"key": key} for key in keys])

    def observe(self, url: str, country: str) -> Seen:
        """Look at an address as a viewer in a country. Another platform's address is unknown to us."""
        ref = address.ref(self.base_url, url)
        if not COUNTRY.fullmatch(country) or not self.owns(url):
            return Seen("unknown", country[:2], clock.now())
        return viewer.look(self._viewer, ref, country, self._timeout) if ref else Seen("gone", country, clock.now())

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Put a notice into the author's inbox. Raises PlatformDown, PlatformRefused "not-contactable"."""
        return _receipt(key, self._client.send("POST", "/api/notify", key=key, ref=ref, text=text))

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """Shut the sandbox to people in a country. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        countries = sorted(territories.of_one(country, INVENTED))
        if level not in LEVELS:
            raise PlatformRefused("cannot", f"level: {level[:20]!r} is none of {', '.join(LEVELS)}.")
        body = {"key": key, "countries": countries, "level": level, "notice": dict(notice)}
        return _receipt(key, self._client.send("POST", "/api/gate", **body))

    def observe_gate(self, country: str) -> SeenGate:
        """What a stranger in a country finds when they try."""
        return stranger.tries(self._viewer, country, self._timeout) if COUNTRY.fullmatch(country) else SeenGate()

    def people(self, country: str) -> int | None:
        """How many accounts there are in a country and its parts. Raises PlatformDown, PlatformRefused,
        UnknownTerritory."""
        them = self._client.get("/api/people").get("people")
        if not isinstance(them, dict) or not all(type(n) is int for n in them.values()):
            raise PlatformDown("the platform's answer lacks what it should say")
        return sum(int(them.get(code, 0)) for code in territories.of_one(country, INVENTED))

    def pinned(self) -> Pinned:
        """To whom the sandbox seals. Raises PlatformDown."""
        return _pinned(self._client.get("/api/roster"))

    def pin(self, roster: bytes) -> Pinned:
        """Have it pin this roster. Raises PlatformDown, PlatformRefused."""
        return _pinned(self._client.put("/api/roster", roster))

    def seal(self, key: str, asked: Mapping[str, Any], into: BinaryIO) -> None:
        """Write one sealed item, streamed. Raises PlatformDown, PlatformRefused."""
        self._client.stream("/api/records", {"key": key, **asked}, into)

    def collected(self, key: str) -> None:
        """The sandbox need not keep it any more. Raises PlatformDown, PlatformRefused."""
        self._client.send("POST", "/api/records-collected", key=key)


def _pinned(answer: dict[str, Any]) -> Pinned:
    hash, sealer = answer.get("hash"), answer.get("sealer")
    if not isinstance(sealer, str) or not (hash is None or isinstance(hash, str)):
        raise PlatformDown("the platform's answer lacks what it should say")
    return Pinned(hash or "", sealer)


def canonical(snapshot: dict[str, Any]) -> bytes:
    """A snapshot in the same bytes in which the platform returns a single one."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _account(base: str, row: dict[str, Any]) -> Account:
    country = str(row.get("country") or "")
    named = str(row.get("name") or "")[:LONGEST_NAME]
    return Account(f"{base}/u/{row['id']}", named, country if COUNTRY.fullmatch(country) else None)


def _answer(answer: object) -> dict[str, Any] | PlatformRefused:
    """One of many answers; a refusal becomes a value. Raises PlatformDown."""
    if not isinstance(answer, dict):
        raise PlatformDown("one of the platform's answers is not the object it should be")
    if "error" in answer:
        return refusal(answer)
    return answer


def _given(answer: dict[str, Any] | PlatformRefused) -> dict[str, Any]:
    if isinstance(answer, PlatformRefused):
        raise answer
    return answer


def _resolved(url: str, ref: str, answer: dict[str, Any]) -> Resolved:
    """The platform's answer as a value. Raises PlatformDown if it isn't well-formed."""
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
