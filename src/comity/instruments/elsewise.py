"""What an authority is told where its platform can't withhold country by country, and something else is done. Pure."""

from django.utils.translation import gettext as _

from comity.language import within

from .matter import Matter

HIDES = frozenset({"redact", "purge"})


def hides(matter: Matter) -> bool:
    """Whether what is done instead takes it from everybody's sight, as was ordered of some."""
    return str(matter.instead.get("kind") or "") in HIDES


def said(matter: Matter) -> str:
    """That it can't be done as ordered, and what is done instead; empty where it is done as ordered."""
    kind = str(matter.instead.get("kind") or "")
    if not kind:
        return ""
    return f"{_cannot(matter)} {_done(kind)}"


def _cannot(matter: Matter) -> str:
    place = within(list(matter.instead.get("territory") or [])) or _("everywhere")
    words = _(
        "The platform on which the content stands has no means to hide it %(where)s alone: what is done there is done "
        "for everybody."
    )
    return words % {"where": place}


def _done(kind: str) -> str:
    if kind == "redact":
        return _(
            "So it was deleted for everybody, which reaches further than you ordered and cannot be undone; people of "
            "ours signed that, and a sealed copy is kept. Should the order fall, the content can't be put back there."
        )
    if kind == "suspend":
        return _(
            "So the content itself stands as before. Its author can write nothing more there until this is lifted."
        )
    return _("So the content itself stands as before. Nobody but its administrators can write in that chat any more.")
