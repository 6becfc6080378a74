"""Every platform as the rest of the gateway gets it: one that is in shadow is looked at, and never acted on.

The check stands here, before each call that changes anything, and not with those who call: what is forgotten there
acts on nothing all the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

from comity.connected import SPELLED, Connected
from comity.platforms.port import (
    Capabilities,
    Many,
    Platform,
    PlatformDown,
    PlatformRefused,
    Receipt,
    Resolved,
    Sealing,
    Seen,
    SeenGate,
    Shown,
    Standing,
)
from comity.platforms.territory import COUNTRIES


class InShadow(PlatformDown):
    """It is in shadow: nothing was asked of it. What was to be done waits until it has left, or people do it."""


class Guarded:
    """A platform behind its name. `shadowed()` is asked before each act: whether it is in shadow now."""

    def __init__(self, table: Connected, platform: Platform, shadowed: Callable[[], bool]) -> None:
        self.table, self.inner, self._shadowed = table, platform, shadowed

    @property
    def called(self) -> str:
        """Its name in comity.toml."""
        return self.table.name

    @property
    def probe(self) -> str:
        """An address of its own, to ask it whether it is there."""
        if self.table.claims:
            return f"https://{self.table.claims[0]}"
        if self.table.server_name:
            return f"https://matrix.to/#/@nobody:{self.table.server_name}"
        return f"{getattr(self.inner, 'base_url', '')}/u/nobody"

    @property
    def here(self) -> bool:
        """Whether it looks from one place alone, by what this process keeps: then many looks at once gain nothing."""
        return bool(getattr(self.inner, "here", False))

    def knows(self, country: str) -> bool:
        """Whether a country is one that it can have people in: ISO 3166-1's, and those that it invents."""
        return country in COUNTRIES or country in getattr(self.inner, "invented", ())

    def ask(self) -> None:
        """Ask whether it is there: the cheapest thing that reads and changes nothing. Raises PlatformDown,
        PlatformRefused."""
        alive = getattr(self.inner, "alive", None)
        if alive is None:
            self.resolve(self.probe)
        else:
            alive()

    def _verify_live(self) -> None:
        if self._shadowed():
            raise InShadow(f"{self.called} is in shadow: nothing is done there")

    def owns(self, url: str) -> bool:
        """Whether an address is one of those that it claims."""
        if not self.table.claims or self.table.kind in SPELLED:
            return self.inner.owns(url)
        return any(claim.covers(url) for claim in self.table.claims)

    def capabilities(self) -> Capabilities:
        """As the platform's."""
        return self.inner.capabilities()

    def resolve(self, url: str) -> Resolved:
        """As the platform's."""
        return self.inner.resolve(url)

    def snapshot(self, ref: str) -> bytes:
        """As the platform's."""
        return self.inner.snapshot(ref)

    def shown(self, snapshot: bytes) -> Shown:
        """As the platform's."""
        return self.inner.shown(snapshot)

    def observe(self, url: str, country: str) -> Seen:
        """As the platform's."""
        return self.inner.observe(url, country)

    def observe_gate(self, country: str) -> SeenGate:
        """As the platform's."""
        return self.inner.observe_gate(country)

    def people(self, country: str) -> int | None:
        """As the platform's."""
        return self.inner.people(country)

    def stands(self, key: str) -> bool | None:
        """Whether what a key did stands, where the platform reads that back; else None: a viewer tells."""
        return self.inner.stands(key) if isinstance(self.inner, Standing) else None

    def act(self, key: str, kind: str, ref: str, territory: Collection[str]) -> Receipt:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self.inner.act(key, kind, ref, territory)

    def lift(self, key: str) -> Receipt:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self.inner.lift(key)

    def notify(self, key: str, ref: str, text: str) -> Receipt:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self.inner.notify(key, ref, text)

    def gate(self, key: str, country: str, level: str, notice: Mapping[str, str]) -> Receipt:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self.inner.gate(key, country, level, notice)

    def sealing(self) -> Sealing | None:
        """The same where it gives private data away, sealed; None where it doesn't. In shadow, too: what an order names
        is kept by being sealed, nothing there changes, and nobody opens it before shadow is left."""
        return self.inner if isinstance(self.inner, Sealing) else None


class GuardedMany(Guarded):
    """One that takes many targets in one call."""

    def __init__(self, table: Connected, platform: Platform, many: Many, shadowed: Callable[[], bool]) -> None:
        super().__init__(table, platform, shadowed)
        self._many = many

    @property
    def at_once(self) -> int:
        """As the platform's; it may ask it first."""
        return self._many.at_once

    def resolve_many(self, urls: Sequence[str]) -> list[Resolved]:
        """As the platform's."""
        return self._many.resolve_many(urls)

    def snapshot_many(self, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
        """As the platform's."""
        return self._many.snapshot_many(refs)

    def act_many(
        self, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
    ) -> list[Receipt | PlatformRefused]:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self._many.act_many(kind, territory, deeds)

    def lift_many(self, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
        """As the platform's, once it isn't in shadow. Raises InShadow."""
        self._verify_live()
        return self._many.lift_many(keys)


def guarded(table: Connected, platform: Platform, shadowed: Callable[[], bool]) -> Guarded:
    """A platform behind its name and its shadow."""
    if hasattr(type(platform), "act_many"):  # to ask a platform itself how many it takes may take a call
        return GuardedMany(table, platform, cast(Many, platform), shadowed)
    return Guarded(table, platform, shadowed)
