"""What a sender wrote in their own words: first of all on the pages where somebody decides."""

from comity.cases import document
from comity.cases.models import Case, Joined, Request
from comity.vault import commands as vault
from comity.web.parts import Link

from .pages import Wrote

SHOWN = 900
REPLIES_AT_MOST = 20
HOW = {
    "opened": "The sender wrote",
    "reply": "They wrote again",
    "duplicate": "The same order came again",
}


def first(case: Case) -> Wrote | None:
    """What stands in the mail that opened a case."""
    return _wrote(case.request, "opened")


def later(case: Case) -> tuple[Wrote, ...]:
    """What came in the thread of a case since, the latest first."""
    rows = Joined.objects.filter(case=case).exclude(request=case.request_id).select_related("request").order_by("-id")
    made = [_wrote(row.request, row.how) for row in rows[:REPLIES_AT_MOST]]
    return tuple(one for one in made if one)


def _wrote(request: Request, how: str) -> Wrote | None:
    try:
        reading = document.of(request)["reading"] or {}
    except vault.Gone:
        return None
    own, beside = str(reading.get("own") or ""), str(reading.get("beside") or "")
    words = beside[:SHOWN].rstrip() + (" …" if len(beside) > SHOWN else "")
    machine = "maybe-automatic" in request.flags
    heading = f"{HOW[how]}{', or a machine did' if machine and how == 'reply' else ''}"
    says = "" if words else "Nothing in words of their own beside it."
    link = Link("Read the mail", f"/console/requests/{request.id}")
    return Wrote(heading, request.received_at, words, says, link, whole=own if own != words else "")


def doubtful(case: Case) -> Request | None:
    """The latest reply of a case that a machine may have sent: a person says whether it clarifies anything."""
    rows = Joined.objects.filter(case=case, how="reply", request__flags__contains=["maybe-automatic"])
    row = rows.select_related("request").order_by("-id").first()
    return row.request if row else None


def of_reply(request: Request) -> Wrote | None:
    """What stands in a reply."""
    return _wrote(request, "reply")
