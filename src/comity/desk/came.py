"""What came, as the left side of a case shows it: the mail, the order as it came, our letters, the preserved copy."""

import json
from collections.abc import Mapping
from typing import Any

from comity.answers import sent
from comity.cases import document
from comity.cases.models import Case, Request
from comity.outbox.models import Mail
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
        Pair("Sender", grade=Grade(request.grade)),
    ]
    if verification["reasons"]:
        made.append(Pair("Why", " ".join(verification["reasons"])))
    return tuple(made)


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


def copy_shown(snapshot: bytes) -> dict[str, str]:
    """Text, with its earlier versions, and picture (a data URL) of a preserved copy, as the platform gave it."""
    kept = json.loads(snapshot)
    versions = [str(version.get("text", "")) for version in kept.get("versions", []) if isinstance(version, Mapping)]
    picture = kept.get("picture") or {}
    return {
        "text": "\n\n".join(versions),
        "picture": f"data:image/png;base64,{picture['base64']}" if picture.get("base64") else "",
    }
