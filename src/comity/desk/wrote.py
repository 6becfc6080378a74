"""What a sender wrote in their own words: first of all on the pages where somebody decides."""

from collections.abc import Mapping
from typing import Any

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


def first(case: Case, kept: Mapping[str, Any]) -> Wrote | None:
    """What stands in the mail that opened a case, whose document is opened already."""
    return _wrote(case.request, kept, "opened")


def later(case: Case) -> tuple[Wrote, ...]:
    """What came in the thread of a case since, the latest first."""
    rows = Joined.objects.filter(case=case).exclude(request=case.request_id).select_related("request").order_by("-id")
    shown = list(rows[:REPLIES_AT_MOST])
    kept = document.of_many(row.request for row in shown) if shown else {}
    return tuple(_wrote(row.request, kept[row.request_id], row.how) for row in shown if row.request_id in kept)


def _wrote(request: Request, kept: Mapping[str, Any], how: str) -> Wrote:
    reading = kept["reading"] or {}
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
    try:
        return _wrote(request, document.of(request), "reply")
    except vault.Gone:
        return None
