"""What every template can rely on."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest

from comity import clock
from comity.web import when
from comity.web.look import Look


def home() -> ZoneInfo:
    """The provider's own zone."""
    return when.zone(settings.COMITY.provider["zone"]) or ZoneInfo("UTC")


def site(request: HttpRequest) -> dict[str, Any]:
    """`now` (UTC), `zone` (the viewer's), `operator` (who runs this), `look` (this page's widths and glyphs)."""
    return {
        "now": clock.now(),
        "zone": getattr(request, "zone", None) or home(),
        "operator": settings.COMITY,
        "look": getattr(request, "look", None) or Look(),
    }
