"""The platforms that may tell us what happens on them: each with the secret of its messages, and its realm.

One line of `every` for each kind of platform; its adapter is kept, with its connections and what it can do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from comity import operator
from comity.platforms import adapter_of, signed
from comity.platforms.http import HttpPlatform, Limits, Secrets


@dataclass(frozen=True)
class Source:
    """A platform that tells: what it is called, in which realm what it tells counts, what its messages are signed
    with (`whsec_…`), and itself, to be asked for what was missed."""

    name: str
    realm: str
    secret: str
    platform: HttpPlatform


def every() -> Iterator[Source]:
    """All of them. Makes no network call."""
    if settings.COMITY.sandbox_url:
        token = operator.secret(settings.COMITY.data, "sandbox.key")
        yield Source("sandbox", "demo", signed.derived(token, "events"), _sandbox(settings.COMITY.sandbox_url, token))
    for table in settings.COMITY.platforms:
        if "events_key" in table.keys:
            yield Source(table.name, "real", table.keys["events_key"].read_text("ascii").strip(), adapter_of(table))


def named(name: str) -> Source | None:
    """The one of a name; None if there is none."""
    return next((source for source in every() if source.name == name), None)


@lru_cache(maxsize=4)
def _sandbox(url: str, token: str) -> HttpPlatform:
    secrets = Secrets(*(signed.derived(token, level) for level in ("read", "reversible")))
    return HttpPlatform(f"{url}/port", secrets, addresses=(url,), limits=Limits(timeout=5.0, repeats=0))
