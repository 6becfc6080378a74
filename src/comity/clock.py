"""The one clock. Everything that asks for the time asks here, so that a test can stop it or make it jump."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_frozen: datetime | None = None


def now() -> datetime:
    """This instant, in UTC."""
    return _frozen or datetime.now(UTC)


@contextmanager
def freeze(at: datetime) -> Iterator[None]:
    """Hold the clock at an instant (UTC-aware) while the block runs; `advance` moves it."""
    global _frozen
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def advance(seconds: float) -> None:
    """Move a frozen clock by so many seconds. Raises RuntimeError when the clock runs."""
    global _frozen
    if _frozen is None:
        raise RuntimeError("the clock runs: freeze it first")
    _frozen += timedelta(seconds=seconds)
