"""What is known of a request, gathered for the judge: what it says, with its corrections; its sender, as the register
has it; and what the platform says of its addresses."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.conf import settings

from comity.authorities import commands as register
from comity.library import in_force
from comity.platforms import among, for_url, many
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Resolved
from comity.regulations.packs import NoPack

from . import document, questions
from .facts import Sender, assemble, corrected, listed, named
from .models import Case, Request

TARGETS_AT_MOST = 10_000
# for the judge a fax is a letter that came quicker, the hotline and our page are portals
AS = {"fax": "post", "hotline": "portal", "web": "portal"}


def facts_of(request: Request, kept: Mapping[str, Any], removed_at: datetime | None = None) -> dict[str, Any]:
    """The facts of a request as the judge takes them."""
    to = [str(a.get("address")) for a in (kept["reading"]["envelope"].get("to") or [])]
    ours = any(address.lower() in settings.COMITY.mailboxes for address in to)
    read = _said(request, kept)
    facts = assemble(
        read,
        corrections=kept["corrections"],
        received_at=request.received_at,
        sender=sender_of(request, request.received_at, str(read.get("instrument") or "")),
        provider=settings.COMITY.provider,
        channel={"to": "contact-point" if ours else "other", "kind": AS.get(request.door, request.door)},
        resolved={url: found["facts"] for url, found in kept["resolved"].items()},
        removed_at=removed_at,
    )
    for fact, answered in questions.facts(request).items():
        facts[fact] = {**(facts.get(fact) or {}), **answered}
    return facts


def sender_of(request: Request, received_at: datetime, instrument: str) -> Sender:
    """The register's entry for a request's sender, with what a person found of it elsewhere for an instrument, and what
    we know of earlier orders from it."""
    entry = register.entry(request.authority) if request.authority else None
    if entry is None:
        return Sender(None, None, None, None, False, (), request.grade)
    earlier = Case.objects.filter(authority=entry.id, received_at__lt=received_at).exists()
    accredited, competent_for = register.standing(entry, instrument)
    return Sender(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        country=entry.country,
        accredited=accredited,
        competent_for=competent_for,
        grade=request.grade,
        prior_information_at=entry.prior_information_at,
        first_order=not earlier,
    )


def _said(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the mail says, as facts. Of a mail that is no known order: an instrument only where a version was in force
    at receipt, and only the addresses that lead to a platform of ours."""
    if order := document.order(kept):
        return {"instrument": order.get("instrument"), **order.get("facts", {})}
    said: dict[str, Any] = deepcopy(document.said(kept).get("facts", {}))
    form = said.get("form", {})
    ours = [url for url in form.pop("urls", ()) if for_url(url, request.realm) is not None]
    form |= {"urls": ours} if ours else {}
    library, named = in_force.library(request.realm), str(said.get("instrument") or "")
    try:
        library.in_force(named, request.received_at)
    except NoPack:
        named = "" if named in library.ids() else named
    return said | {"instrument": named}


def _addresses(facts: Mapping[str, Any], realm: str) -> list[Any]:
    """The addresses about which the platform is asked: all that a form lists; of what an order of data names by, those
    that are an address of a platform of ours."""
    urls = listed(facts)
    return urls if urls is not None else [ref for ref in named(facts) if for_url(ref, realm) is not None]


# -- the platform ---------------------------------------------------------------------------------------------------


def ask_platform(kept: Mapping[str, Any], realm: str) -> dict[str, Any]:
    """What the platform says of each address of the first order of a document, by address: facts, and what is shown."""
    facts = corrected(document.order(kept).get("facts", {}), kept["corrections"])
    named = [url for url in _addresses(facts, realm) if isinstance(url, str)]
    urls = list(dict.fromkeys(named[:TARGETS_AT_MOST]))
    resolved: dict[str, Any] = dict.fromkeys(urls, FOREIGN)
    for platform, at in among(urls, realm):
        resolved |= _said_by(platform, [urls[n] for n in at])
    return resolved


def _said_by(platform: Platform, urls: Sequence[str]) -> dict[str, Any]:
    """What one platform says of its addresses, in as few calls as it offers; once it is silent it is asked no more."""
    said: dict[str, Any] = dict.fromkeys(urls, SILENT)
    with suppress(PlatformDown):
        for some in many.in_calls(platform, urls):
            said |= _each(platform, some)
    return said


def _each(platform: Platform, urls: Sequence[str]) -> dict[str, Any]:
    try:
        return dict(zip(urls, map(_resolved, many.resolve(platform, urls)), strict=True))
    except PlatformRefused:  # which one, an answer for all of them doesn't say
        alone = [{urls[0]: UNKNOWN}] if len(urls) == 1 else [_each(platform, [url]) for url in urls]
        return {url: said for one in alone for url, said in one.items()}


DOWN = "platform-down"


def flags(request: Request, resolved: Mapping[str, Any]) -> list[str]:
    """The request's flags, with or without the one that says that the platform was silent."""
    down = any(found["shown"].get("down") for found in resolved.values())
    return sorted({*request.flags, DOWN} if down else {*request.flags} - {DOWN})


SILENT: Mapping[str, Any] = {"facts": {"found": None}, "shown": {"down": True}}
UNKNOWN: Mapping[str, Any] = {"facts": {"found": None}, "shown": {}}
FOREIGN: Mapping[str, Any] = {"facts": {"found": False}, "shown": {"foreign": True}}


def _resolved(found: Resolved) -> dict[str, Any]:
    shown = {"says": found.says(), "url": found.url}
    shown |= {"posted_at": found.posted_at.isoformat()} if found.posted_at else {}
    return {"facts": found.facts(), "shown": shown}
