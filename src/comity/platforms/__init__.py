"""Platforms: which one an address belongs to, and which of them a realm may reach."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from comity import operator
from comity.platforms.naming import Account, Naming
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved, Shown
from comity.platforms.sandbox import Sandbox, World

__all__ = [
    "PLAYED",
    "Platform",
    "PlatformDown",
    "PlatformRefused",
    "each",
    "for_url",
    "reached",
    "resolve",
    "sandbox_world",
]

PLAYED = frozenset({"demo", "drill"})  # the realms in which nothing is real


def _token(data: Path) -> str:
    """The token by which the sandbox recognises our connector; the same file that `serve` gives the sandbox."""
    return operator.secret(data, "sandbox.key")


def each() -> Iterator[Platform]:
    """The configured platforms, one line each."""
    if settings.COMITY.sandbox_url:
        yield Sandbox(settings.COMITY.sandbox_url, _token(settings.COMITY.data))


def _reaches(realm: str, platform: Platform) -> bool:
    """Whether a realm may reach a platform.

    What is played in `demo` and `drill` stays on the sandbox; no setting and no other platform's code can change that:
    a class that inherits from the sandbox's is another platform.
    """
    return realm not in PLAYED or type(platform) is Sandbox


def for_url(url: str, realm: str) -> Platform | None:
    """The platform an address belongs to, for acts in a realm; None if this realm reaches none that it belongs to.

    It, `among` and `reached` alone return a platform, so none is asked or acted on before this check. Makes no network
    call.
    """
    return next((platform for platform in reached(realm) if platform.owns(url)), None)


def among(urls: Sequence[str], realm: str) -> list[tuple[Platform, list[int]]]:
    """The platforms that addresses belong to, for acts in a realm, each with the positions of its addresses.

    Addresses of no platform that this realm reaches are left out. Makes no network call.
    """
    them = [(platform, list[int]()) for platform in reached(realm)]
    for n, url in enumerate(urls):
        next((at for platform, at in them if platform.owns(url)), []).append(n)
    return [(platform, at) for platform, at in them if at]


def reached(realm: str) -> list[Platform]:
    """The platforms that a realm reaches, for what is done to a platform as a whole. Makes no network call."""
    return [platform for platform in each() if _reaches(realm, platform)]


def resolve(url: str, realm: str) -> Resolved | None:
    """What is at an address: None if it isn't ours; `found` is None if the platform couldn't say."""
    platform = for_url(url, realm)
    if platform is None:
        return None
    try:
        return platform.resolve(url)
    except (PlatformDown, PlatformRefused):
        return Resolved(url, found=None)


def accounts(name: str, realm: str) -> list[Account] | None:
    """The accounts that a name may mean on the platforms a realm reaches; None if none of them can say. Raises
    PlatformDown, PlatformRefused: then it isn't known whether there are others."""
    asked = [one for one in each() if _reaches(realm, one) and isinstance(one, Naming)]
    return [found for one in asked for found in one.accounts(name)] if asked else None


def shown(snapshot: bytes, realm: str) -> Shown:
    """What a stored snapshot shows people, interpreted by the platform it was taken from. Makes no network call."""
    found = (platform.shown(snapshot) for platform in reached(realm))
    return next((one for one in found if one != Shown()), Shown())


def sandbox_world() -> World:
    """What the demo does on the sandbox as its people. Raises LookupError if no sandbox is configured."""
    if not settings.COMITY.sandbox_url:
        raise LookupError("COMITY_SANDBOX_URL is not set: there is no sandbox")
    return World(settings.COMITY.sandbox_url, _token(settings.COMITY.data))
