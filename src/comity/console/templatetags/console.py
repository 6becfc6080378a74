"""What the console's own pages need in addition to the look."""

from typing import Any

from django import template

from comity.web.templatetags.look import inner

register = template.Library()


@register.inclusion_tag("console/parts/sign.html", takes_context=True)
def sign(context: dict[str, Any], sign: Any, huge: bool = False) -> dict[str, Any]:
    """The one button, after everything that it signs."""
    return inner(context, sign=sign, huge=huge, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("console/parts/realms.html")
def realms(realms: Any, current: str) -> dict[str, Any]:
    """The choice of realm; counts stop at 1000+."""
    return {"realms": realms, "current": current}
