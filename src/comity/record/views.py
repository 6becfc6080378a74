"""The record for everyone: files that any web server could serve, and pages that explain them. No cookie."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.cases.models import Case
from comity.web.files import download
from comity_verify import tiles
from comity_verify.entries import BadEntry
from comity_verify.source import Missing

from . import pages, places, read, receipts, sequencer

FOREVER = "public, max-age=31536000, immutable"
SECONDS = "public, max-age=1"
TEXT = "text/plain; charset=utf-8"
DIGITS = 18


def _realm(realm: str) -> str:
    """The realm of a page; the demo's only where there is a demo."""
    if realm == "demo" and not settings.COMITY.demo:
        raise Http404
    return realm


def _open(response: HttpResponseBase, cache: str) -> HttpResponseBase:
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"  # other sites' verifiers read it in a browser
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def checkpoint(request: HttpRequest, realm: str) -> HttpResponseBase:
    """The published head, a signed note."""
    try:
        raw = (places.directory(_realm(realm)) / "checkpoint").read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    return _open(HttpResponse(raw, content_type=TEXT), SECONDS)


@require_safe
def tile(request: HttpRequest, realm: str, rest: str) -> HttpResponseBase:
    """A tile or a bundle; its path is exactly as tlog-tiles spells it, so it names no other file."""
    try:
        found = tiles.parse_path(f"tile/{rest}")
        file = open(places.directory(_realm(realm)) / found.path, "rb")  # noqa: SIM115 the response closes it
    except (tiles.Malformed, FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise Http404 from None
    return _open(FileResponse(file, content_type="application/octet-stream"), FOREVER)


@require_safe
def policy(request: HttpRequest, realm: str) -> HttpResponseBase:
    """The trust policy that the log publishes of itself (C2SP tlog-policy)."""
    return _open(HttpResponse(places.policy(_realm(realm)), content_type=TEXT), SECONDS)


@require_safe
def vkey(request: HttpRequest, realm: str) -> HttpResponseBase:
    """The log's verifier key."""
    return _open(HttpResponse(f"{places.signer(_realm(realm)).key.vkey}\n", content_type=TEXT), SECONDS)


@require_safe
def proof(request: HttpRequest, realm: str, number: int) -> HttpResponseBase:
    """The proof of an entry, as a tlog-proof with the entry in it."""
    found = receipts.public_proof(_realm(realm), number) if len(str(number)) <= DIGITS else None
    if found is None:
        raise Http404
    return _open(download(found, f"entry-{number}.tlog-proof"), "no-store")


def _page(request: HttpRequest, realm: str, template: str, **more: Any) -> HttpResponse:
    """A page with what all of them show: the head, and where the log is."""
    head = more.pop("head", None) or read.head(_realm(realm))
    shown = {"realm": realm, "here": places.below(realm), "head": head, "at": places.url(realm), **more}
    return render(request, f"record/{template}.html", shown)


@require_safe
def index(request: HttpRequest, realm: str) -> HttpResponse:
    """The latest entries, or those before a number (`?before=`)."""
    head, asked = read.head(_realm(realm)), str(request.GET.get("before", ""))
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= DIGITS else None
    try:
        rows, wrong = pages.rows(realm, head, before), ""
    except (Missing, tiles.Malformed) as error:
        rows, wrong = [], str(error)
    older = rows[-1].number if rows and rows[-1].number else None
    goes, stopped = sequencer.status()
    more = {"rows": rows, "older": older, "wrong": wrong, "before": before, "goes": goes, "why": stopped.get(realm)}
    return _page(request, realm, "index", head=head, **more)


@require_safe
def entry(request: HttpRequest, realm: str, number: int) -> HttpResponse:
    """One entry, with its proof as a picture and as a table."""
    head = read.head(_realm(realm))
    try:
        shown = pages.entry(realm, number, head) if len(str(number)) <= DIGITS else None
    except (Missing, tiles.Malformed, BadEntry) as error:
        return _page(request, realm, "broken", head=head, number=number, why=str(error))
    if shown is None:
        raise Http404
    return _page(request, realm, "entry", head=head, one=shown)


@require_safe
def people(request: HttpRequest, realm: str) -> HttpResponse:
    """Who decides here, by the record's own entries."""
    head = read.head(_realm(realm))
    members, wrong = pages.people(realm, head)
    waiting = pages.candidates(realm, head)
    return _page(request, realm, "people", head=head, members=members, wrong=wrong, candidates=waiting)


@require_safe
def figures(request: HttpRequest, realm: str) -> HttpResponse:
    """What was stated of each day, recounted."""
    head = read.head(_realm(realm))
    days, wrong = pages.figures(realm, head)
    return _page(request, realm, "figures", head=head, days=days, wrong=wrong)


@require_safe
def verify(request: HttpRequest, realm: str) -> HttpResponse:
    """A receipt dropped here is verified in the browser; nothing of it is sent anywhere."""
    return _page(request, realm, "verify", policy=places.policy(_realm(realm)))


@require_safe
def demo_receipt(request: HttpRequest, realm: str, case: str) -> HttpResponse:
    """The demo's own receipt, as the office that sent the order got it, beside where it is checked."""
    return _page(request, realm, "verify", policy=places.policy(_realm(realm)), receipt=f"{request.path}/file")


@require_safe
def demo_receipt_file(request: HttpRequest, realm: str, case: str) -> HttpResponseBase:
    """The file: in the demo for everyone, since nobody's case is in it."""
    if not Case.objects.filter(id=case, realm=_realm(realm)).exists():
        raise Http404
    found = receipts.of_thing(case)
    if found is None:
        raise Http404
    return download(found, receipts.NAME)


@require_safe
def compromise(request: HttpRequest, realm: str) -> HttpResponse:
    """What an attacker who holds each part gets, and what they don't."""
    return _page(request, realm, "compromise")


@require_safe
def proves(request: HttpRequest, realm: str) -> HttpResponse:
    """What the record proves, and what it doesn't."""
    return _page(request, realm, "proves")
