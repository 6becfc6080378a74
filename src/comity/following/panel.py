"""The status page of a demand as the desk sees it on its case: its link, and what was written there."""

from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.people.rules import may
from comity.web.parts import Field, Form, Link, Pair

from .models import Link as Secret
from .models import Written


def panel(looking: Looking) -> Panel:
    """The link's state, what was written by it, and the two acts on it."""
    rows, request = list[Pair](), looking.case.request
    found = Secret.objects.filter(request=request).order_by("-n").first()
    if found is not None:
        rows.append(Pair("Link", _state(found), at=found.revoked_at or found.opened_at or found.made_at))
    for one in Written.objects.filter(link__request=request).order_by("at")[:50]:
        to = Link("Read it", f"/console/requests/{one.request_id}")
        rows.append(Pair("Written", "by its officer" if one.proven else "by whoever has the link", at=one.at, link=to))
    forms = _forms(request.id, found) if may(looking.person, "link.revoke", looking.case) else ()
    return Panel("following", "The authority’s page", "Its page", "following/panel.html", tuple(_row(rows, forms)))


def _state(link: Secret) -> str:
    if link.revoked_at:
        return "revoked"
    return "opened last" if link.opened_at else "made, and not opened yet"


def _row(pairs: list[Pair], forms: tuple[Form, ...]) -> list[tuple[list[Pair], tuple[Form, ...]]]:
    return [(pairs, forms)] if pairs else []


def _forms(request: str, found: Secret | None) -> tuple[Form, ...]:
    at = f"/console/requests/{request}/link"

    def form(what: str, words: str) -> Form:
        return Form(at, words, (Field("what", "", what, kind="hidden"),), second=True, id=f"link-{what}")

    ends = (form("revoke", "Revoke the link"),) if found and not found.revoked_at else ()
    return (*ends, form("renew", "Send a fresh link to the registered address"))
