"""The front page and the regulations as readable text. No session, no cookie, no script."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe

from comity.platforms.territory import covers
from comity.regulations import packs, text

from . import record

TCO = "eu-tco-removal-order"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, how to reach us, how to send an order so that it goes fast."""
    us = settings.COMITY
    shown = {
        "languages": [language(code) for code in us.provider["languages"]],
        "member": covers(["EU"], str(us.provider["establishment"] or "")),
        "supervisor": us.establishment_authority.get("name", ""),
        "rules": f"/regulations/{TCO}" if TCO in packs.load().ids() else "/regulations/",
        "record": record.latest(),
        "orders": us.mailboxes[0],
        "others": us.mailboxes[1:],
    }
    return render(request, "front/home.html", shown)


def language(code: str) -> str:
    """A language's name in English, or its code where we have none."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


@require_safe
def regulations(request: HttpRequest) -> HttpResponse:
    """Every regulation we apply, each with all its versions, the newest first."""
    library = packs.load()
    shown = [[text.page(pack) for pack in reversed(library.versions(name))] for name in library.ids()]
    return render(request, "front/regulations.html", {"regulations": shown})


@require_safe
def current(request: HttpRequest, pack: str) -> HttpResponse:
    """To the newest version of a regulation."""
    try:
        newest = packs.load().in_force(pack, None)
    except packs.NoPack:
        raise Http404 from None
    return HttpResponseRedirect(f"/regulations/{newest.id}/{newest.version}")


@require_safe
def regulation(request: HttpRequest, pack: str, version: str) -> HttpResponse:
    """One version of one regulation, as a clerk reads it."""
    library = packs.load()
    try:
        found, versions = library.version(pack, version), library.versions(pack)
    except packs.NoPack:
        raise Http404 from None
    shown = {"page": text.page(found), "newest": versions[-1].version, "versions": [v.version for v in versions]}
    return render(request, "front/regulation.html", shown)
