"""At the door of each page: who is asking, and whether they may. The decision itself is made in `rules.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render

from . import passkeys
from .models import Person
from .rules import may

View = Callable[..., HttpResponseBase]  # a page, or a stream


def person_of(request: HttpRequest) -> Person:
    """Who is signed in. Raises PermissionDenied for an anonymous visitor (use it behind `signed_in`)."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def demand(request: HttpRequest, act: str, thing: object | None = None) -> Person:
    """Who is signed in, if they may do this. Raises PermissionDenied."""
    if not may(request.user, act, thing):
        raise PermissionDenied
    return person_of(request)


def signed_in(view: View) -> View:
    """Send anonymous visitors to sign-in, and afterwards back to the page they asked for."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Person):
            return view(request, *args, **kwargs)
        wanted = request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}")

    return inner


def where_passkeys_work(view: View) -> View:
    """Redirect a request for an IP address to our own host: an address cannot be a WebAuthn relying party."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = urlsplit(f"//{request.get_host()}").hostname
        if request.method != "GET" or asked == passkeys.rp_id():
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(passkeys.origin() + request.get_full_path())

    return inner


def at_most(count: int, seconds: int) -> Callable[[View], View]:
    """Rate limit: `count` requests per client in `seconds`, counted per process; further ones get 429 with
    Retry-After."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if _count(request, view.__name__, seconds) > count:
                return _too_many(request, seconds)
            return view(request, *args, **kwargs)

        return inner

    return wrap


def failures_at_most(count: int, seconds: int) -> Callable[[View], View]:
    """Rate limit on refusals: `count` per client in `seconds`; further refusals get 429.

    Every request is still processed, and a correct one still succeeds: where many people share an address (an unlisted
    proxy, an office), the failures of some never lock out the others. Keys cannot be guessed, so trying gains nothing;
    a refusal costs no more than any page and stores nothing.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = view(request, *args, **kwargs)
            refused = 400 <= answer.status_code < 500
            if refused and _count(request, view.__name__, seconds) > count:
                return _too_many(request, seconds)
            return answer

        return inner

    return wrap


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    answer = render(request, "people/too_many.html", {"seconds": seconds}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _count(request: HttpRequest, name: str, seconds: int) -> int:
    """How often one client has been counted; the cache keeps a few hundred clients and evicts the rest."""
    who = str(request.user.pk) if isinstance(getattr(request, "user", None), Person) else client(request)
    return counted(who, name, seconds)


def counted(who: str, name: str, seconds: int) -> int:
    """How often somebody, a person's id or a client's address, has asked for a page in so many seconds, this time
    too."""
    mark = f"people:{name}:{sha256(who.encode()).hexdigest()[:16]}"
    if cache.add(mark, 1, seconds):
        return 1
    try:
        return int(cache.incr(mark))
    except ValueError:  # it expired between the two calls
        return 1


def client(request: HttpRequest) -> str:
    """The network address of the client; of IPv6 the /64, which is one household's.

    `X-Forwarded-For` is trusted from the right, only as far as proxies named in comity.toml wrote it: the first address
    that isn't one of theirs is the client's. Anyone can write what is left of it.
    """
    near = str(request.META.get("REMOTE_ADDR", ""))
    told = [one.strip() for one in str(request.META.get("HTTP_X_FORWARDED_FOR", ""))[-1000:].split(",")]
    while _is_proxy(near) and told and _address(told[-1]):
        near = told.pop()
    address = _address(near)
    if address is None:
        return near
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_proxy(text: str) -> bool:
    address = _address(text)
    return address is not None and any(address in ip_network(one, strict=False) for one in settings.COMITY.proxies)


def me(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, as the desk's frame shows them: role, jurisdiction, key."""
    person = person_of(request)
    return {
        "role": ", ".join(person.roles),
        "jurisdiction": person.jurisdiction,
        "key": request.session.get("key", ""),
        "sign_out": "/people/sign-out",
    }
