"""The one clock: everything that needs the time asks here, so that a test can stop it or make it jump."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen or datetime.now(UTC)


@contextmanager
def freeze(at: datetime) -> Iterator[None]:
    """Hold the clock at an instant (UTC-aware) for the duration of the block; `advance` moves it."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def advance(seconds: float) -> None:
    """Move a frozen clock by this many seconds. Raises RuntimeError if the clock is running."""
    global _frozen
    if _frozen is None:
        raise RuntimeError("the clock runs: freeze it first")
    _frozen += timedelta(seconds=seconds)
