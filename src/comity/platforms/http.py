"""Any platform over HTTP: the port, spoken to an adapter by signed calls (`openapi.yaml` is the contract)."""

import base64
import binascii
import json
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from comity import clock
from comity.addresses import Claim, claim, path, split
from comity.platforms import said
from comity.platforms import territory as territories
from comity.platforms.asking import Adapter, Limits, Secrets, refusal
from comity.platforms.naming import Account
from comity.platforms.port import (
    IRREVERSIBLE,
    LEVELS,
    Capabilities,
    PlatformDown,
    PlatformError,
    PlatformRefused,
    Receipt,
    Resolved,
    Seen,
    SeenGate,
    Shown,
)
from comity.platforms.stranger import Stranger

__all__ = ["HttpPlatform", "Limits", "Secrets"]

ASKED_AGAIN = 300.0  # seconds after which what it can do is asked anew, at the next use
SAFE = "/:@!$&'()*+,;=~"  # what stands in a path as it is (RFC 3986, 3.3)
MEDIA = ("image/", "video/", "audio/")


class HttpPlatform:
    """An adapter as a `Platform`, with `Many` targets per call. Thread-safe.

    `url`: where the adapter listens, https, or http where it is on this machine or a private network; the operator's
    word, so an inside address is allowed. `name`: ours for it, in words. `addresses`: the hosts, or beginnings of
    addresses, that are the platform's own (`https://forum.example/t/`); empty: all on the host of `url`. `known`: what
    it answered when it was last asked what it can do (`answered`); None: it is asked at first use. `ca`: the
    certificates to trust, and no others (PEM). One instance for each adapter: it keeps its connections.

    Raises ValueError, naming the argument, for what can't be used.
    """

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        *,
        name: str = "",
        addresses: Sequence[str] = (),
        limits: Limits = Limits(),  # noqa: B008  # it is frozen
        known: Mapping[str, Any] | None = None,
        ca: Path | None = None,
    ) -> None:
        self.adapter = Adapter(url, secrets, limits, ca)
        at = urlsplit(self.adapter.url)
        self.name, self._claims = name, [_claimed(one) for one in addresses or (f"{at.scheme}://{at.netloc}/",)]
        self.at_once, self._limits, self._irreversible = limits.at_once, limits, bool(secrets.irreversible)
        self._can: Capabilities | None = None
        self.offers, self._asked, self._asking = said.Offers(), float("-inf"), threading.Lock()
        self.answered: Mapping[str, Any] | None = None
        self.stranger = Stranger(limits.timeout, ca)
        if known is not None:
            self._hear(known)

    # -- what it can ---------------------------------------------------------------------------------------------------

    def ask_capabilities(self) -> Capabilities:
        """What it says it can do, asked now, and remembered. Raises PlatformDown, PlatformRefused."""
        return self._hear(self.adapter.ask("capabilities", {}))

    def _hear(self, answered: Mapping[str, Any]) -> Capabilities:
        can, self.offers = said.capabilities(answered, self._irreversible)
        self._can = replace(can, name=self.name or can.name)
        self.answered, self._asked = answered, time.monotonic()
        return self._can

    def capabilities(self) -> Capabilities:
        """What it last said it can do; nothing, if it never said. What is some minutes old is asked anew beside, so
        that nobody waits for it."""
        if time.monotonic() - self._asked > ASKED_AGAIN and self._asking.acquire(blocking=self._can is None):
            if self._can is None:
                self._ask_once()
            else:
                threading.Thread(target=self._ask_once, daemon=True).start()
        return self._can or Capabilities(self.name, {}, by_country=False, notifies=False)

    def _ask_once(self) -> None:
        """Ask, unless somebody has meanwhile; whoever calls holds the lock."""
        try:
            if time.monotonic() - self._asked > ASKED_AGAIN:
                with suppress(PlatformError):
                    self.ask_capabilities()
        finally:
            self._asked = time.monotonic()  # one that is down is not asked again by each who wants to know
            self._asking.release()

    def _able(self) -> Capabilities:
        """What it last said it can do. Raises PlatformDown if it never said: then nothing is refused for it."""
        self.capabilities()
        if self._can is None:
            raise PlatformDown("the platform has not said yet what it can do")
        return self._can

    # -- looking -------------------------------------------------------------------------------------------------------

    def owns(self, url: str) -> bool:
        """Whether an address stands below one of the platform's own."""
        return any(its.covers(url) for its, _ in self._claims)

    def _spelled(self, url: str) -> str:
        """An address in one spelling: scheme and host as the operator wrote them, no dot segments, no fragment."""
        base, parts = next((base for its, base in self._claims if its.covers(url)), None), split(url)
        if base is None or parts is None:
            raise PlatformRefused("not-ours", "The address is on another platform.")
        query = f"?{quote(parts.query, SAFE + '?%')}" if parts.query else ""
        return base + "%2F".join(quote(piece, SAFE) for piece in path(parts.path).split("%2F")) + query

    def resolve(self, url: str) -> Resolved:
        """What is at an address. Raises PlatformDown, PlatformRefused "not-ours"."""
        return self.resolve_many([url])[0]

    def resolve_many(self, urls: Sequence[str]) -> list[Resolved]:
        """What is at each address. Raises PlatformDown, PlatformRefused."""
        spelled = [self._spelled(url) for url in urls]
        answers = self._many("resolve", "urls", spelled)
        return [self._resolved(url, _given(answer)) for url, answer in zip(spelled, answers, strict=True)]

    def _resolved(self, url: str, answer: dict[str, Any]) -> Resolved:
        found = said.resolved(url, answer)
        if not self.owns(found.url):
            raise said.wrong("url", "must be one of its own addresses")
        return found

    def snapshot(self, ref: str) -> bytes:
        """Content and state of a thing as canonical JSON. Raises PlatformDown, PlatformRefused "unknown"."""
        (kept,) = self.snapshot_many([ref])
        if isinstance(kept, PlatformRefused):
            raise kept
        return kept

    def snapshot_many(self, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
        """Content and state of each thing. Raises PlatformDown."""
        answers = self._many("snapshot", "refs", list(refs))
        return [one if isinstance(one, PlatformRefused) else said.snapshot(one) for one in answers]

    def shown(self, snapshot: bytes) -> Shown:
        """The `texts` and `pictures` of a snapshot."""
        try:
            kept = json.loads(snapshot)
            texts = tuple(text for text in kept.get("texts", []) if isinstance(text, str))
            return Shown(texts, tuple(_picture(one) for one in kept.get("pictures", [])))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
            return Shown()

    def observe(self, url: str, country: str) -> Seen:
        """What the platform's own viewer sees there; where its pages say from where they are seen, a stranger of ours
        looks too, and what they see counts against what the platform says."""
        nothing = Seen("unknown", country[:2], clock.now())
        if not said.COUNTRY.fullmatch(country) or not self.owns(url):
            return nothing
        spelled, _ = self._spelled(url), self.capabilities()
        try:
            (answer,) = self._many("observe", "looks", [{"url": spelled, "country": country}])
            seen = said.seen(_given(answer), country)
        except PlatformError:
            return nothing
        hidden, viewer = seen.state in ("withheld", "gone"), self.offers.viewer
        if hidden and viewer and self.stranger.sees(spelled, viewer, country):
            return Seen("visible", country, clock.now())
        return seen

    # -- acting --------------------------------------------------------------------------------------------------------

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """Apply a measure to a thing. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        (done,) = self.act_many(kind, territory, [(key, ref)])
        if isinstance(done, PlatformRefused):
            raise done
        return done

    def act_many(
        self, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
    ) -> list[Receipt | PlatformRefused]:
        """Apply a measure to each thing. Raises PlatformDown, PlatformRefused "cannot", UnknownTerritory."""
        countries, can = sorted(territories.reach(territory)), self._able()
        if kind not in can.measures:
            able = ", ".join(sorted(can.measures)) or "nothing"
            raise PlatformRefused("cannot", f"This platform can do {able}; it cannot {kind[:40]}.")
        if kind == "preserve":
            countries = []
        elif not can.by_country and countries != [territories.WORLD]:
            raise PlatformRefused("cannot", "This platform can't act country by country.")
        state = "preserved" if kind == "preserve" else "withheld"
        level = "irreversible" if kind in IRREVERSIBLE else "reversible"
        asked = [{"key": key, "ref": ref} for key, ref in deeds]
        about = {"kind": kind, "countries": countries}
        answers = self._many("act", "deeds", asked, about, level)
        return [_receipt(one["key"], no, {state, "lifted"}) for one, no in zip(asked, answers, strict=True)]

    def lift(self, key: str) -> Receipt:
        """Undo what a key did. Raises PlatformDown, PlatformRefused."""
        (done,) = self.lift_many([key])
        if isinstance(done, PlatformRefused):
            raise done
        return done

    def lift_many(self, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
        """Undo what each key did. Raises PlatformDown."""
        answers = self._many("lift", "keys", list(keys), level="reversible")
        return [_receipt(key, answer, {"lifted"}) for key, answer in zip(keys, answers, strict=True)]

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """Tell a thing's author. Raises PlatformDown, PlatformRefused "not-contactable", "cannot"."""
        if not self._able().notifies:
            raise PlatformRefused("cannot", "This platform can't tell people.")
        answer = self.adapter.ask("notify", {"key": key, "ref": ref, "text": text}, "reversible")
        return said.receipt(key, answer, {"told"})

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """Shut the platform to people in a country. Raises PlatformDown, PlatformRefused, UnknownTerritory."""
        countries = sorted(territories.of_one(country))
        if level not in self._able().gates:
            raise PlatformRefused("cannot", f"level: {level[:20]!r} is none of {', '.join(LEVELS)} that it has.")
        data = {"key": key, "countries": countries, "level": level, "notice": dict(notice)}
        return said.receipt(key, self.adapter.ask("gate", data, "reversible"), {"gated", "lifted"})

    def observe_gate(self, country: str) -> SeenGate:
        """What the platform's own stranger finds in a country. Raises nothing."""
        if not said.COUNTRY.fullmatch(country):
            return SeenGate()
        try:
            return said.seen_gate(self.adapter.ask("observe-gate", {"country": country}))
        except PlatformError:
            return SeenGate()

    def people(self, country: str) -> int | None:
        """How many accounts there are in a country and its parts; None: it doesn't know. Raises PlatformDown,
        PlatformRefused, UnknownTerritory."""
        countries = sorted(territories.of_one(country))
        self._able()
        if not self.offers.people:
            return None
        answer = self.adapter.ask("people", {"countries": countries})
        count = answer.get("people")
        if count is not None and (type(count) is not int or count < 0):
            raise said.wrong("people", "must be a whole number, or null")
        return count

    def accounts(self, name: str) -> list[Account] | None:
        """Whose account is called so; None: it can't say. Raises PlatformDown, PlatformRefused."""
        self._able()
        if not self.offers.accounts:
            return None
        found = said.accounts(self.adapter.ask("accounts", {"name": name}))
        if not all(self.owns(one.url) for one in found):
            raise said.wrong("accounts.url", "must be one of its own addresses")
        return found

    def missed(self, after: str) -> tuple[list[dict[str, Any]], str, bool]:
        """The events after the one where we stopped (`after`: what it said then, empty at first), where it now stands,
        and whether there are more. Raises PlatformDown, PlatformRefused."""
        answer = self.adapter.ask("events", {"after": after})
        events, last = answer.get("events"), answer.get("next")
        if not isinstance(events, list) or not isinstance(last, str) or len(last) > said.LONGEST:
            raise said.wrong("events", "must be a list, and next a text")
        return [one for one in events if isinstance(one, dict)], last, answer.get("more") is True

    def _many(
        self,
        call: str,
        field: str,
        them: Sequence[Any],
        about: Mapping[str, Any] | None = None,
        level: str = "read",
    ) -> list[dict[str, Any] | PlatformRefused]:
        """The answer to each, in as many calls as it takes. Raises PlatformDown, PlatformRefused."""
        got: list[dict[str, Any] | PlatformRefused] = []
        if len(them) > 1:
            self.capabilities()
        most = min(self.offers.at_once, self._limits.at_once)
        while len(got) < len(them):
            rest = them[len(got) : len(got) + most]
            answer = self.adapter.ask(call, {**(about or {}), field: list(rest)}, level)
            got += [refusal(one) if "error" in one else one for one in said.answers(answer, len(rest))]
        return got


def _claimed(text: str) -> tuple[Claim, str]:
    """What the platform claims, and how its addresses begin. Raises ValueError."""
    parts = split(text)
    try:
        its = claim(text)
    except ValueError as why:
        raise ValueError(f"addresses: {text[:80]!r}: {why}") from None
    scheme = urlsplit(text).scheme if "://" in text else "http" if its.host == "localhost" else "https"
    return its, f"{scheme}://{parts.netloc.lower() if parts else its.host}"


def _given(answer: dict[str, Any] | PlatformRefused) -> dict[str, Any]:
    if isinstance(answer, PlatformRefused):
        raise answer
    return answer


def _receipt(key: str, answer: dict[str, Any] | PlatformRefused, states: Collection[str]) -> Receipt | PlatformRefused:
    return answer if isinstance(answer, PlatformRefused) else said.receipt(key, answer, states)


def _picture(said_of: Mapping[str, Any]) -> tuple[str, bytes]:
    kind = said_of["type"]
    if not kind.startswith(MEDIA):
        raise ValueError(kind)
    return kind, base64.b64decode(said_of["base64"], validate=True)
