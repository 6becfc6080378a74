"""At each page's door: who is there, and whether they may. The deciding is in `rules.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from . import passkeys
from .models import Person
from .rules import may

View = Callable[..., HttpResponse]


def person_of(request: HttpRequest) -> Person:
    """Who is signed in. Raises PermissionDenied for a stranger (use it behind `signed_in`)."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def demand(request: HttpRequest, act: str, thing: object | None = None) -> Person:
    """Who is signed in, if they may do this. Raises PermissionDenied."""
    if not may(request.user, act, thing):
        raise PermissionDenied
    return person_of(request)


def signed_in(view: View) -> View:
    """Strangers go to sign-in, and come back to the page they asked for."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, Person):
            return view(request, *args, **kwargs)
        wanted = request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}")

    return inner


def where_passkeys_work(view: View) -> View:
    """Send a page asked for by an IP address to our own host: an address can't be a relying party."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = urlsplit(f"//{request.get_host()}").hostname
        if request.method != "GET" or asked == passkeys.rp_id():
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(passkeys.origin() + request.get_full_path())

    return inner


def at_most(count: int, seconds: int) -> Callable[[View], View]:
    """So many requests from one address in so many seconds, in this process; more get 429 and are told when.

    Tokens and passkeys can't be guessed; this bounds the load and the sessions that strangers can make.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _count(request, view.__name__, seconds) > count:
                answer = render(request, "people/too_many.html", {"seconds": seconds}, status=429)
                answer.headers["Retry-After"] = str(seconds)
                return answer
            return view(request, *args, **kwargs)

        return inner

    return wrap


def _count(request: HttpRequest, name: str, seconds: int) -> int:
    address = sha256(str(request.META.get("REMOTE_ADDR", "")).encode()).hexdigest()[:16]
    mark = f"people:{name}:{address}"
    if cache.add(mark, 1, seconds):
        return 1
    try:
        return int(cache.incr(mark))
    except ValueError:  # it ran out between the two calls
        return 1


def me(request: HttpRequest) -> dict[str, Any]:
    """How the desk's frame calls who is signed in: role, jurisdiction, key."""
    person = person_of(request)
    return {
        "role": ", ".join(person.roles),
        "jurisdiction": person.jurisdiction,
        "key": request.session.get("key", ""),
        "sign_out": "/people/sign-out",
    }
