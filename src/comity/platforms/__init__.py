"""Platforms: which of them an address belongs to."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from comity import operator
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved
from comity.platforms.sandbox import Sandbox, World

__all__ = ["Platform", "PlatformDown", "PlatformRefused", "each", "for_url", "resolve", "sandbox_world"]


def _token(data: Path) -> str:
    """The word by which the sandbox knows our connector; the same file that `serve` gives the sandbox."""
    return operator.secret(data, "sandbox.key")


def each() -> Iterator[Platform]:
    """The configured platforms, one line each."""
    if settings.COMITY.sandbox_url:
        yield Sandbox(settings.COMITY.sandbox_url, _token(settings.COMITY.data))


def for_url(url: str) -> Platform | None:
    """The platform an address belongs to; None where it is none of ours. Asks nobody."""
    return next((platform for platform in each() if platform.owns(url)), None)


def resolve(url: str) -> Resolved | None:
    """What stands at an address: None where it is none of ours, `found` None where the platform couldn't say."""
    platform = for_url(url)
    if platform is None:
        return None
    try:
        return platform.resolve(url)
    except (PlatformDown, PlatformRefused):
        return Resolved(url, found=None)


def sandbox_world() -> World:
    """What the demo does on the sandbox as its people. Raises LookupError where no sandbox is configured."""
    if not settings.COMITY.sandbox_url:
        raise LookupError("COMITY_SANDBOX_URL is not set: there is no sandbox")
    return World(settings.COMITY.sandbox_url, _token(settings.COMITY.data))
