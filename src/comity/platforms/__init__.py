"""Platforms: which one an address belongs to, and which of them a realm may reach."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from comity import connected, operator
from comity.connected import Connected
from comity.platforms import signed
from comity.platforms.guarded import Guarded, InShadow, guarded
from comity.platforms.http import HttpPlatform, Limits, Secrets
from comity.platforms.naming import Account, Naming
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved, Shown
from comity.platforms.sandbox import Sandbox, World

if TYPE_CHECKING:
    from comity.platforms.kit import Report
    from comity.platforms.matrix.connector import MatrixPlatform
    from comity.platforms.telegram.connector import Telegram

__all__ = [
    "PLAYED",
    "InShadow",
    "Platform",
    "PlatformDown",
    "PlatformRefused",
    "World",
    "among",
    "each",
    "for_url",
    "forum_world",
    "reached",
    "resolve",
    "sandbox_world",
    "try_forum",
    "world_at",
]

PLAYED = frozenset({"demo", "drill"})  # the realms in which nothing is real


def _token(data: Path) -> str:
    """The token by which the sandbox recognises our connector; the same file that `serve` gives the sandbox."""
    return operator.secret(data, "sandbox.key")


def _owner(data: Path, name: str) -> str:
    """The platform's own token, where it lies beside us: in a demo, whose people one can be. No connector has it."""
    path = data / name / "owner"
    return path.read_text().strip() if path.exists() else ""


def _sandbox(table: Connected) -> Platform:
    return Sandbox(settings.COMITY.sandbox_url, _token(settings.COMITY.data))


def adapter_of(table: Connected) -> HttpPlatform:
    """The same object for the same table: it remembers what its adapter can do, and keeps its lines open."""
    if table.name not in _kept or _kept[table.name][0] != table:
        _kept[table.name] = (
            table,
            HttpPlatform(table.url, secrets_of(table), name=table.name, addresses=table.addresses),
        )
    return _kept[table.name][1]


_kept: dict[str, tuple[Connected, HttpPlatform]] = {}


def secrets_of(table: Connected) -> Secrets:
    """The secrets that calls to a platform are signed with; those of the demo's forum are made of its token, as it
    makes them itself. Raises ValueError, OSError."""
    if table.played:
        token = operator.secret(settings.COMITY.data, "forum.key")
        return Secrets(signed.derived(token, "read"), signed.derived(token, "reversible"))
    given = {name: path.read_text("ascii").strip() for name, path in table.keys.items()}
    return Secrets(given["read_key"], given["act_key"], given.get("irreversible_key", ""))


def matrix_of(table: Connected) -> "MatrixPlatform":
    """A Matrix homeserver; the same object for the same table: it keeps its lines open."""
    from comity.platforms.matrix.connector import (  # it has tables, and this module is there before
        MatrixPlatform,
        Tokens,
    )

    if table.name not in _homeservers or _homeservers[table.name][0] != table:
        tokens = Tokens(*(table.secret(f"{key}_key") for key in ("read", "viewer", "edge", "act", "irreversible")))
        made = MatrixPlatform(table.name, table.url, table.server_name, table.edge, tokens, appeals=table.appeals)
        _homeservers[table.name] = (table, made)
    return _homeservers[table.name][1]


_homeservers: dict[str, "tuple[Connected, MatrixPlatform]"] = {}


def bot_of(table: Connected) -> "Telegram":
    """The bot of a table; the same object for the same table: it remembers its last looks."""
    from comity.platforms.telegram import bots  # it has tables, and this module is there before tables are

    if table.name not in _bots or _bots[table.name][0] != table:
        _bots[table.name] = (table, bots.of(table))
    return _bots[table.name][1]


_bots: dict[str, tuple[Connected, "Telegram"]] = {}

KINDS: dict[str, Callable[[Connected], Platform]] = {
    "sandbox": _sandbox,
    "http": adapter_of,
    "matrix": matrix_of,
    "telegram": bot_of,
}


def _in_shadow(name: str) -> bool:
    from comity.platforms import shadow  # it has a table, and this module is there before tables are

    return shadow.stands(name)


def each() -> Iterator[Guarded]:
    """The platforms that are connected, each behind its name and its shadow."""
    for table in connected.every(settings.COMITY):
        if table.kind in KINDS and (table.kind != connected.SANDBOX or settings.COMITY.sandbox_url):
            if table.kind == "matrix" and not _there(table):
                continue
            yield guarded(table, KINDS[table.kind](table), partial(_in_shadow, table.name))


def _there(table: Connected) -> bool:
    """Whether a homeserver's tokens are there: those of the demo's are made when it is first started."""
    return not table.played or all(path.exists() for path in table.keys.values())


def _reaches(realm: str, platform: Guarded) -> bool:
    """Whether a realm may reach a platform.

    What is played in `demo` and `drill` stays on the sandbox and, in the demo, on the forum and the peer of Telegram
    that the gateway itself starts for it; no setting and no other platform's code can change that: a class that
    inherits from the sandbox's is another platform, and no table makes one that is played.
    """
    if realm not in PLAYED:
        return not platform.table.played
    us = settings.COMITY
    ours = realm == "demo" and any(platform.table is one for one in (us.forum, us.matrix, us.telegram) if one)
    return type(platform.inner) is Sandbox or ours


def for_url(url: str, realm: str) -> Guarded | None:
    """The platform an address belongs to, for acts in a realm; None if this realm reaches none that it belongs to.

    It, `among` and `reached` alone return a platform, so none is asked or acted on before this check, nor while it is
    in shadow. Makes no network call.
    """
    return next((platform for platform in reached(realm) if platform.owns(url)), None)


def among(urls: Sequence[str], realm: str) -> list[tuple[Guarded, list[int]]]:
    """The platforms that addresses belong to, for acts in a realm, each with the positions of its addresses.

    Addresses of no platform that this realm reaches are left out. Makes no network call.
    """
    them = [(platform, list[int]()) for platform in reached(realm)]
    for n, url in enumerate(urls):
        next((at for platform, at in them if platform.owns(url)), []).append(n)
    return [(platform, at) for platform, at in them if at]


def reached(realm: str) -> list[Guarded]:
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
    told = [one.inner.accounts(name) for one in reached(realm) if isinstance(one.inner, Naming)]
    said = [found for found in told if found is not None]
    return [one for found in said for one in found] if said else None


def shown(snapshot: bytes, realm: str) -> Shown:
    """What a stored snapshot shows people, interpreted by the platform it was taken from. Makes no network call."""
    found = (platform.shown(snapshot) for platform in reached(realm))
    return next((one for one in found if one != Shown()), Shown())


def forum_world() -> World:
    """What the demo does on its forum as its people. Raises LookupError if there is none."""
    if settings.COMITY.forum is None:
        raise LookupError("COMITY_FORUM_URL is not set: there is no forum")
    (base,) = settings.COMITY.forum.addresses
    data = settings.COMITY.data
    return World(base, operator.secret(data, "forum.key"), owner=_owner(data, "forum"))


def world_at(url: str) -> World:
    """The world on which an address of the demo lies. Raises LookupError."""
    forum = settings.COMITY.forum
    return forum_world() if forum and any(claim.covers(url) for claim in forum.claims) else sandbox_world()


def try_forum() -> "Report":
    """Every guarantee of the port, tried on the demo's forum: on what it offers for that, and all of it lifted again.
    Raises LookupError if there is none."""
    from comity.platforms.kit import Trial, run

    forum = settings.COMITY.forum
    if forum is None:
        raise LookupError("COMITY_FORUM_URL is not set: there is no forum")
    secrets, limits = secrets_of(forum), Limits(repeats=0)
    tried = HttpPlatform(forum.url, secrets, name=forum.name, addresses=forum.addresses, limits=limits)
    return run(Trial(tried, secrets, limits.timeout))


def sandbox_world() -> World:
    """What the demo does on the sandbox as its people. Raises LookupError if no sandbox is configured."""
    if not settings.COMITY.sandbox_url:
        raise LookupError("COMITY_SANDBOX_URL is not set: there is no sandbox")
    data = settings.COMITY.data
    return World(settings.COMITY.sandbox_url, _token(data), owner=_owner(data, "sandbox"))
