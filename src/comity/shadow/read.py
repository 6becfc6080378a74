"""How platforms are: asked now, in bounded time; what was done on each last; what stands and how it looked."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from datetime import datetime

from comity.measures import targets
from comity.measures.models import Measure
from comity.platforms.guarded import Guarded
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.vault import commands as vault

from .models import Drift

PATIENCE = 3.0  # seconds that a page waits for a platform
LATEST = 200  # measures of a realm among which those of one platform are looked for
SHOWN = 20


@dataclass(frozen=True)
class Health:
    """Whether a platform answered just now, and in how many milliseconds."""

    up: bool
    ms: int
    says: str


def health(platforms: Sequence[Guarded]) -> list[Health]:
    """How platforms are now, all asked at once. One that doesn't answer in time is left to end by itself."""
    asked = ThreadPoolExecutor(max_workers=max(len(platforms), 1))
    try:
        began = time.monotonic()
        them = [asked.submit(_ask, one) for one in platforms]
        return [_heard(one, began) for one in them]
    finally:
        asked.shutdown(wait=False, cancel_futures=True)


def _heard(answer: Future[Health], began: float) -> Health:
    left = max(0.0, PATIENCE - (time.monotonic() - began))
    try:
        return answer.result(timeout=left)
    except TooLate:
        return Health(False, int(PATIENCE * 1000), f"no answer within {PATIENCE:g} seconds")


def _ask(platform: Guarded) -> Health:
    """Ask it the cheapest thing that reads and changes nothing."""
    began = time.monotonic()
    try:
        platform.ask()
    except PlatformDown as why:
        return Health(False, _ms(began), str(why))
    except PlatformRefused as why:
        refused = why.code in ("no-token", "not-signed", "forbidden", "unauthorised")
        return Health(not refused, _ms(began), str(why) if refused else "it answers")
    return Health(True, _ms(began), "it answers")


def _ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


@dataclass(frozen=True)
class Done:
    """A measure on a platform, with the last look at it."""

    measure: Measure
    drift: Drift | None

    @property
    def at(self) -> datetime:
        """When it was last acted on (UTC)."""
        return self.measure.lifted_at or self.measure.acted_at or self.measure.begun_at


def done_on(platform: Guarded, realm: str) -> list[Done]:
    """The last measures on a platform, the latest first."""
    rows = Measure.objects.filter(case__realm=realm).select_related("case", "drift").order_by("-begun_at")
    found = [row for row in rows[:LATEST] if _on(platform, row)][:SHOWN]
    return [Done(row, getattr(row, "drift", None)) for row in found]


def drifted(platforms: Sequence[Guarded], realm: str) -> list[int]:
    """Of each platform, how many measures that we believe to stand aren't seen as they should be."""
    wrong = Drift.objects.filter(right=False, measure__lifted_at=None, measure__case__realm=realm)
    rows = [one.measure for one in wrong.select_related("measure")[:LATEST]]
    return [sum(_on(platform, row) for row in rows) for platform in platforms]


def _on(platform: Guarded, measure: Measure) -> bool:
    try:
        return any(platform.owns(url) for url, _ in targets.targets_of(measure))
    except vault.Gone:
        return False
