"""What everyone and the authority sees: who the custodians are, a key given, a production collected. No cookie."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.authorities.models import Authority
from comity.following.views import GUESSES, MINUTE, quiet
from comity.people.access import at_most, failures_at_most
from comity.people.refusals import BadInput
from comity.web import context
from comity.web.files import download
from comity.web.middleware import takes_file
from comity_seal import viewer as seal_viewer

from . import answering, letters, pages, places, production, recipients, viewer, words
from .models import Opening

KEY_AT_MOST = 8_000


@require_safe
def custodians(request: HttpRequest, realm: str) -> HttpResponse:
    """Who holds shares, how many open, and how it went."""
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    return render(
        request,
        "custody/custodians.html",
        {"realm": realm, "page": pages.custodians(realm), "grounds": words.GROUNDS.items()},
    )


def secret(view: Any) -> Any:
    """What every page behind a secret address has: guesses are few, and nothing of it stays anywhere."""

    @csrf_exempt
    @failures_at_most(GUESSES, MINUTE)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return quiet(view(request, *args, **kwargs))
        except Http404:
            return quiet(render(request, "404.html", status=404))
        except production.Over as over:
            return quiet(_over(request, str(over)))

    return inner


def _over(request: HttpRequest, why: str) -> HttpResponse:
    says = {
        "recipient": _("The key that it was sealed to counts no more. Give us another, and it is opened to that one."),
        "over": _("It was withdrawn, or its time is over."),
    }
    shown = {"title": _("Nothing can be collected here"), "says": says.get(why, says["over"]), "back": "/authorities/"}
    return render(request, "web/error.html", shown, status=410)


def _opening(token: str) -> Opening:
    found = production.by_token(token)
    if found is None:
        raise Http404
    return found


@secret
@require_safe
def collecting(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is in a production, and how it is opened."""
    opening = _opening(token)
    package = production.latest(opening)
    shown = {"realm": opening.realm, "here": f"/production/{token}", "page": pages.production(opening, package)} | {
        "limits": letters.LIMITS
    }
    return render(request, "custody/production.html", shown)


@secret
@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file. That it was collected is noted before a byte of it leaves."""
    opening = _opening(token)
    found = production.latest(opening) if request.method == "HEAD" else production.collect(opening.id)
    file = places.production(opening.id, found.number).open("rb")
    name = f"production-{opening.id}-{found.number}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@secret
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page on which its reader opens it. What they choose there is sent to nobody."""
    _opening(token)
    response = HttpResponse(viewer.page(), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = viewer.policy()
    return response


@secret
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponseBase:
    """What proves that it was collected."""
    found = production.receipt(_opening(token))
    if found is None:
        raise Http404
    return download(found, "receipt.tlog-proof")


@secret
@require_POST
@at_most(20, MINUTE)
def bad(request: HttpRequest, token: str) -> HttpResponseBase:
    """The recipient found that a custodian's shares don't fit."""
    opening = _opening(token)
    for name in request.POST.getlist("custodian")[:32]:
        answering.bad(opening.id, name)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"v": 1, "noted": True})
    return HttpResponseRedirect(f"/production/{token}{context.kept(request)}")


def _authority(token: str) -> Authority:
    for one in Authority.objects.filter(accredited=True):
        if recipients.token_of(one.realm, one.id) == token:
            return one
    raise Http404


SCRIPTS = ("kept.js", "opening.js")


@require_safe
def script(request: HttpRequest, name: str) -> HttpResponse:
    """A script by which an authority's browser makes its key: the same that a package brings along."""
    if name not in SCRIPTS:
        raise Http404
    response = HttpResponse(seal_viewer.source(name), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@secret
@require_http_methods(["GET", "HEAD", "POST"])
@at_most(30, MINUTE)
def key(request: HttpRequest, token: str) -> HttpResponseBase:
    """An authority gives the public key that its data are sealed to."""
    office, error = _authority(token), ""
    if request.method == "POST":
        try:
            public = recipients.public_of(request.POST.get("key", "")[:KEY_AT_MOST])
            recipients.log(office.realm, office.id, public)
            return HttpResponseRedirect(f"{request.path}{context.kept(request)}")
        except BadInput as no:
            error = no.rule
    row = recipients.of(office.realm, office.id)
    shown = {"realm": office.realm, "office": office, "row": row, "error": error, "here": request.path}
    return render(request, "custody/key.html", shown, status=400 if error else 200)


gives_key = takes_file(key, KEY_AT_MOST)
