"""The gate of every page for signed-in people, and the answers if it stays shut."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

from comity.ledger.life import NotNow
from comity.people.access import View, at_most, demand, signed_in
from comity.people.approvals import ApprovalRefused
from comity.people.passkeys import PasskeyRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.vault.commands import Gone

MINUTE = 60


def console(*methods: str, most: int = 0, missing: tuple[type[Exception], ...] = ()) -> Callable[[View], View]:
    """Open a view to the desk, for these methods (GET, POST).

    Anonymous visitors go to sign-in and come back; what a person may not do, what isn't possible now and input that
    isn't accepted are answered on a page of their own. `most`: requests per person per minute. `missing`: exceptions
    that mean not found.
    """

    def wrap(view: View) -> View:
        bounded = at_most(most, MINUTE)(view) if most else view

        @require_http_methods(list(methods))
        @signed_in
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            demand(request, "console.view")
            back = request.path if "GET" in methods else _above(request.path)
            try:
                return bounded(request, *args, **kwargs)
            except missing:
                raise Http404 from None
            except NotAllowed as refused:
                raise PermissionDenied(str(refused)) from None
            except (NotNow, ApprovalRefused) as refused:
                return _told(request, "This can’t be done now", str(refused), back, 409)
            except (BadInput, PasskeyRefused) as bad:
                return _told(request, "This can’t be accepted", str(bad), back, 400)
            except Gone:
                return _told(request, "Expired", GONE, back, 410)

        return inner

    return wrap


GONE = "What this page would show was deleted at its end date."


def _above(path: str) -> str:
    """The closest page above a URL that only takes a form, so that the way back leads somewhere."""
    while path:
        path = path.rpartition("/")[0]
        try:
            resolve(path)
            return path
        except Resolver404:
            continue
    return "/"


def _told(request: HttpRequest, title: str, says: str, back: str, status: int) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "says": says, "back": back}, status=status)
