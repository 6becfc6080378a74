"""Many targets on one platform: in as few calls as it supports, else one by one. Answers come in the order asked."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from .port import Many, Platform, PlatformRefused, Receipt, Resolved, Seen, Standing

T = TypeVar("T")
A = TypeVar("A")


def in_calls(platform: Platform, them: Sequence[T]) -> Iterator[Sequence[T]]:
    """The targets, split into what the platform takes in one call."""
    most = max(platform.at_once, 1) if isinstance(platform, Many) else 1
    return (them[start : start + most] for start in range(0, len(them), most))


def resolve(platform: Platform, urls: Sequence[str]) -> list[Resolved]:
    """What is at each address. Raises PlatformDown, PlatformRefused."""
    return [
        found
        for some in in_calls(platform, urls)
        for found in (
            platform.resolve_many(some)
            if isinstance(platform, Many) and len(some) > 1
            else [platform.resolve(url) for url in some]
        )
    ]


def snapshots(platform: Platform, refs: Sequence[str]) -> list[bytes | PlatformRefused]:
    """Content and state of each thing, or why not. Raises PlatformDown."""
    return [
        copy
        for some in in_calls(platform, refs)
        for copy in (
            platform.snapshot_many(some)
            if isinstance(platform, Many) and len(some) > 1
            else _each(platform.snapshot, some)
        )
    ]


def act(
    platform: Platform, kind: str, territory: Collection[str], deeds: Sequence[tuple[str, str]]
) -> list[Receipt | PlatformRefused]:
    """Apply a measure to each thing, (key, ref): one of `in_calls`. Raises PlatformDown."""
    if isinstance(platform, Many) and len(deeds) > 1:
        return platform.act_many(kind, territory, deeds)
    return _each(lambda deed: platform.act(deed[0], kind, deed[1], territory), deeds)


def lift(platform: Platform, keys: Sequence[str]) -> list[Receipt | PlatformRefused]:
    """Undo what each key did: one of `in_calls`. Raises PlatformDown."""
    if isinstance(platform, Many) and len(keys) > 1:
        return platform.lift_many(keys)
    return _each(platform.lift, keys)


VIEWERS = 8  # who look at one platform at once


@cache
def _viewers(platform: str) -> ThreadPoolExecutor:
    """Those who look at a platform, kept from look to look with the line that each has to it; a slow one holds up
    nobody else's."""
    return ThreadPoolExecutor(VIEWERS, f"viewer of {platform}")


def observe(looks: Sequence[tuple[Platform, str, str]]) -> list[Seen]:
    """What a viewer sees at each (platform, address, country): several look at once, so that a slow platform is looked
    at from many countries in the time of few."""
    if any(getattr(platform, "here", False) for platform, *_ in looks):
        return [platform.observe(url, country) for platform, url, country in looks]
    begun = [
        _viewers(getattr(platform, "called", "")).submit(platform.observe, url, country)
        for platform, url, country in looks
    ]
    try:
        return [look.result() for look in begun]
    finally:
        for look in begun:
            look.cancel()  # where one fails, the rest tell nothing more, and others wait for the same viewers


def stands(platform: Platform, key: str) -> bool | None:
    """Whether what a key did stands, where its platform reads that back (`port.Standing`); None: nothing tells."""
    return platform.stands(key) if isinstance(platform, Standing) else None


def _each(ask: Callable[[T], A], them: Sequence[T]) -> list[A | PlatformRefused]:
    answers: list[A | PlatformRefused] = []
    for one in them:
        try:
            answers.append(ask(one))
        except PlatformRefused as no:
            answers.append(no)
    return answers
