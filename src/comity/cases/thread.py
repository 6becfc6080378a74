"""To which case a mail is a reply: by the Message-IDs of our own letters, or by our number in its subject.

A number is easily copied, so a reply joins a case only when its sender is verified as that case's authority; else it is
flagged, and goes on as a thing of its own.
"""

import re
from collections.abc import Mapping
from typing import Any

from comity.outbox.models import Mail

from . import rules
from .models import ALPHABET, Case, Request

NUMBER = re.compile(rf"\bC-[{ALPHABET}]{{8}}\b")
REFERENCES_AT_MOST = 20


def named(envelope: Mapping[str, Any]) -> Case | None:
    """The case that a mail's thread or subject names, whoever sent it."""
    ids = [envelope.get("in_reply_to"), *(envelope.get("references") or [])[-REFERENCES_AT_MOST:]]
    ours = Mail.objects.filter(message_id__in=[str(i) for i in ids if i]).exclude(case=None)
    mail = ours.order_by("-queued_at").first()
    number = mail.case if mail else next(iter(NUMBER.findall(str(envelope.get("subject") or "").upper())), None)
    return Case.objects.filter(id=number).first() if number else None


def case_of(request: Request, kept: Mapping[str, Any]) -> Case | None:
    """The case this request may join as a reply; None where it names none, is not its authority's, or is an order."""
    case = named(kept["reading"]["envelope"])
    if case is None or request.cases.exists():
        return None
    theirs = request.grade in rules.VERIFIED and request.authority == case.authority and request.realm == case.realm
    if not theirs:
        Request.objects.filter(id=request.id).update(flags=sorted({*request.flags, "foreign-reference"}))
        return None
    return case if not kept["reading"]["orders"] else None
