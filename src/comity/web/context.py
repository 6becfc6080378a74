"""What every template can rely on."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from comity import clock
from comity.web import when
from comity.web.look import Look


def home() -> ZoneInfo:
    """The provider's own time zone."""
    return when.zone(settings.COMITY.provider["zone"]) or ZoneInfo("UTC")


def kept(request: HttpRequest) -> str:
    """The query that keeps the requested language in a public page's links; empty if none was requested."""
    asked = getattr(request, "asked_language", "")
    return f"?language={asked}" if asked else ""


def site(request: HttpRequest) -> dict[str, Any]:
    """The context of every page.

    `now` (UTC), `zone` (the viewer's), `operator` (who runs this), `look` (this page's widths and glyphs), `kept` (the
    query of a public page's links); `languages`: the other languages the page can be read in, (code, name).
    """
    spoken = get_language()
    others = [] if getattr(request, "at_desk", False) else [one for one in settings.LANGUAGES if one[0] != spoken]
    return {
        "now": clock.now(),
        "zone": getattr(request, "zone", None) or home(),
        "operator": settings.COMITY,
        "look": getattr(request, "look", None) or Look(),
        "kept": kept(request),
        "languages": others,
    }
