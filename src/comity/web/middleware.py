"""Headers of every answer, bounds on every request, and the viewer's language and time zone."""

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from comity import language
from comity.web import context, views, when
from comity.web.look import Look

Answer = Callable[[HttpRequest], HttpResponse]

_DESK = ("/console/", "/people/", "/demo/")
_NOT_YET = ("/people/founding/", "/people/invite/")  # whoever comes by these links is of the desk later, or never
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    # with no-referrer, browsers send "Origin: null" with a form, and the CSRF check refuses it
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def policy(nonce: str) -> str:
    """The content policy (CSP 3): everything from this origin, styles only from files and the one block with the
    nonce."""
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Headers:
    """Sets the content policy and related headers on every answer, errors and files included; so it comes first."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        look = Look()
        vars(request)["look"] = look  # read by context.site
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(look.nonce))
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-store")  # WhiteNoise sets its own for static files
        if settings.SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


class Language:
    """Speaks the viewer's language: the one asked for (`?language=fr`), else their browser's. The desk speaks English.

    No cookie stores the choice: every link of a public page carries it along (`context.site`).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at_desk = request.path.startswith(_DESK) and not request.path.startswith(_NOT_YET)
        asked = str(request.GET.get("language", ""))
        asked = asked if asked in dict(settings.LANGUAGES) and not at_desk else ""
        spoken = language.ENGLISH if at_desk else asked or translation.get_language_from_request(request)
        vars(request)["asked_language"], vars(request)["at_desk"] = asked, at_desk  # read by context.site
        with translation.override(spoken):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", spoken)
        patch_vary_headers(response, ["Accept-Language"])
        return response


class Bounded:
    """Refuses a form larger than any of ours with 413 before anyone reads it. A file is taken by the few pages that say
    so, and how large (`takes_file`), in memory: none of a stranger's is ever written to the disk."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = (request.META.get("CONTENT_LENGTH") or "").lstrip("0")
        of_files = request.content_type == "multipart/form-data"
        most = largest(request.path_info) if of_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if declared.isdigit() and int(declared[:20]) > most:
            return views.too_large(request)
        if of_files and most > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            request.upload_handlers = [_InMemory(request)]
        return self.get_response(request)


class _InMemory(MemoryFileUploadHandler):
    """Keeps a file in memory however large a form may be here: Django's own looks at one setting for all pages."""

    def handle_raw_input(self, *args: Any, **more: Any) -> None:
        """Take part: the form's length was looked at before."""
        self.activated = True


def largest(path: str) -> int:
    """How many bytes a form may hold on the page of a path: its files, where it takes any, and its words."""
    words: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        return int(getattr(resolve(path).func, "takes_file", 0)) + words
    except Resolver404:
        return words


def takes_file(view: Callable[..., Any], most: int) -> Callable[..., Any]:
    """Let a page take files in its form, of `most` bytes together; any other drops what comes with one."""
    view.takes_file = most  # type: ignore[attr-defined]
    return view


class NothingTurned:
    """Shows the characters that reverse the text after them (U+202D, U+202E) as �, on every page.

    With one in it, a name or an address reads as another (Unicode Technical Report 36, "bidirectional text spoofing").
    What is stored stays as it came.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            for turning in ("\u202d", "\u202e"):
                response.content = response.content.replace(turning.encode(), "\ufffd".encode())
        return response


class NoNul:
    """Refuses a NUL character in a URL or a form with 400: no text contains one, and PostgreSQL cannot store it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [request.path, *_values(request.GET), *_values(request.POST)]
        if any("\x00" in text for text in given):
            raise SuspiciousOperation("NUL in an address or a form")
        return self.get_response(request)


def _values(form: QueryDict) -> Iterator[str]:
    for _, values in form.lists():
        yield from (value for value in values if isinstance(value, str))


class Zone:
    """Sets the viewer's zone on the request: their machine's (cookie `tz`), else their jurisdiction's, else ours."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = viewer_zone(request)
        vars(request)["zone"] = zone  # read by context.site
        with timezone.override(zone):
            return self.get_response(request)


def viewer_zone(request: HttpRequest) -> ZoneInfo:
    """The zone in which this viewer reads times."""
    jurisdiction = getattr(request.user, "jurisdiction", "") or ""
    return when.zone(request.COOKIES.get("tz", "")) or when.zone_of(jurisdiction) or context.home()
