"""What came, as the left side of a case shows it: the mail, the order as it came, our letters, the preserved copy."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from comity.answers import sent
from comity.authorities import words as verified
from comity.cases import document
from comity.cases.models import Case, Request
from comity.console import labels
from comity.outbox.models import Mail
from comity.platforms import shown
from comity.web.parts import Grade, Link, Pair, Sheet

from . import sheet


def mail_pairs(request: Request, kept: Mapping[str, Any]) -> tuple[Pair, ...]:
    """Who wrote what when, and how strongly we know it."""
    reading, peek = kept["reading"], document.peek(request)
    envelope = reading["envelope"] if reading else {}
    sender = envelope.get("from") or {}
    verification = kept["verification"] or {"reasons": []}
    made = [
        Pair("From", str(sender.get("address") or peek.get("from", ""))),
        Pair("To", ", ".join(str(a.get("address", "")) for a in envelope.get("to") or []) or "(none named)"),
        Pair("Subject", str(envelope.get("subject") or peek.get("subject", ""))),
        Pair("Received", at=request.received_at),
        Pair("Sender", verified.how(request.grade), grade=Grade(request.grade)),
    ]
    if verification["reasons"]:
        made.append(Pair("Why", " ".join(verification["reasons"])))
    return (*made, *_otherwise(reading or {}))


def _otherwise(reading: Mapping[str, Any]) -> list[Pair]:
    """What a file says otherwise than what was typed beside it. What was typed counts, until a person corrects it."""
    return [
        Pair(
            f"Its file says otherwise: {labels.label(one['path'])}",
            f"the file: {_said(one, 'says')} ({one['where'] or 'an attachment'})",
            bold=f"typed: {_said(one, 'typed')}",
        )
        for one in reading.get("otherwise") or ()
    ]


def _said(one: Mapping[str, Any], name: str) -> str:
    return labels.shown(one["path"], one[name]) or "nothing"


def sheet_of(kept: Mapping[str, Any], marked: Mapping[str, int]) -> Sheet | None:
    """The order as it came: its form where it was read field by field, else the text of the mail."""
    reading = kept["reading"]
    if not reading:
        return None
    if reading.get("sheet"):
        return sheet.of_form(reading["sheet"], marked, "The order, as it came")
    places = document.order(kept).get("places", {})
    return sheet.of_text(reading.get("text", ""), places, marked, "The order, as it came")


def thread(case: Case) -> tuple[Pair, ...]:
    """What we wrote, and whether it was taken."""
    made = []
    for mail in Mail.objects.filter(case=case.id).order_by("queued_at")[:20]:
        link = Link("Read it", f"/console/outbox/{mail.id}")
        made.append(Pair(mail.kind.capitalize(), sent.became(mail), at=mail.queued_at, link=link))
    return tuple(made)


PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def copy_shown(copy: bytes, realm: str) -> dict[str, str]:
    """Text, with its earlier versions, and picture (a data URL) of a preserved copy, as its platform shows it."""
    shows = shown(copy, realm)
    picture = next(((kind, data) for kind, data in shows.pictures if kind in PICTURES), None)
    return {
        "text": "\n\n".join(shows.texts),
        "picture": f"data:{picture[0]};base64,{b64encode(picture[1]).decode()}" if picture else "",
    }
