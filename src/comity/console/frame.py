"""The frame around every page of the console: who is looking, in which realm, and the signs above it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from comity.people import access
from comity.people.models import Person
from comity.web.parts import Banner, Link

REALMS = ("real", "drill", "demo")
Sign = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Me:
    """The viewer, by role, jurisdiction and key; never by name. `switch` leads to the demo's people, in the demo."""

    role: str
    jurisdiction: str
    key: str = ""
    sign_out: str = ""
    switch: Link | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame around a page. `current`: queue, cases, requests, regulations, claims, countries, people or empty.

    `banner` and `brake` are the signs: what can't wait, and whether all acts on the platform are stopped.
    `shadow`: what of the realm's platforms acts on nothing, in words.
    """

    me: Me
    realm: str = "real"
    current: str = ""
    banner: Banner | None = None
    brake: bool = False
    shadow: str = ""


def realms(person: Person) -> tuple[str, ...]:
    """The realms that a person may look at."""
    return ("demo",) if person.realm == "demo" else REALMS


def realm_of(request: HttpRequest, person: Person) -> str:
    """The realm a page shows: the demo for its people, otherwise the one asked for, by default the real one."""
    asked = request.GET.get("realm", "")
    return "demo" if person.realm == "demo" else asked if asked in REALMS else "real"


def frame(request: HttpRequest, realm: str, current: str = "") -> Frame:
    """The frame of one page; each sign on it costs one query."""
    return Frame(me(request), realm, current, **{name: sign(realm) for name, sign in _signs().items()})


def me(request: HttpRequest) -> Me:
    """Who is signed in, as the frame shows them."""
    who = access.me(request)
    switch = Link("Be someone else", "/demo/") if access.person_of(request).realm == "demo" else None
    return Me(who["role"], who["jurisdiction"], who["key"], who["sign_out"], switch)


@cache
def _signs() -> Mapping[str, Sign]:
    return {name: import_string(path) for name, path in settings.CONSOLE_SIGNS.items()}
