"""What only the desk's pages need."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from comity.desk import mail, words
from comity.desk.pages import QueueRow

register = template.Library()


@register.simple_tag(takes_context=True)
def bands(context: dict[str, Any], rows: tuple[QueueRow, ...]) -> list[words.Band]:
    """The queue's rows in their bands."""
    return words.bands(rows, context["now"], context["zone"])


@register.simple_tag(takes_context=True)
def tally(context: dict[str, Any], rows: tuple[QueueRow, ...]) -> str:
    """One line over the queue: 4 within the hour, 2 today."""
    found = words.bands(rows, context["now"], context["zone"])
    return ", ".join(f"{len(band.rows)} {band.title[:1].lower()}{band.title[1:]}" for band in found)


@register.filter
def safe_mail(raw: str) -> SafeString:
    """A mail's HTML, safe to look at."""
    return mail.safe_html(raw)
