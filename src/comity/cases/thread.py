"""To which case a mail is a reply: by the Message-IDs of our own letters, or by our number in its subject.

A number is easily copied, so a reply joins a case only when its sender is verified as that case's authority, and only
by header fields that the sender's signature covers; else it is flagged, and goes on as a thing of its own.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from comity.outbox.models import Mail

from . import rules
from .models import ALPHABET, Case, Request

NUMBER = re.compile(rf"\bC-[{ALPHABET}]{{8}}\b")
REFERENCES_AT_MOST = 20
THREADING = frozenset({"in-reply-to", "references", "subject"})


def named(envelope: Mapping[str, Any], by: Collection[str] = THREADING) -> Case | None:
    """The case that a mail's thread or subject names, whoever sent it; looked for in the header fields `by` only."""
    replied = [envelope.get("in_reply_to")] if "in-reply-to" in by else []
    earlier = (envelope.get("references") or [])[-REFERENCES_AT_MOST:] if "references" in by else []
    subject = str(envelope.get("subject") or "").upper() if "subject" in by else ""
    ours = Mail.objects.filter(message_id__in=[str(i) for i in (*replied, *earlier) if i]).exclude(case=None)
    mail = ours.order_by("-queued_at").first()
    number = mail.case if mail else next(iter(NUMBER.findall(subject)), None)
    return Case.objects.filter(id=number).first() if number else None


def replied_to(request: Request, kept: Mapping[str, Any], verification: Mapping[str, Any]) -> Case | None:
    """The case in whose thread its own authority writes here, as a verification shows; else None."""
    grade, authority = verification["grade"], verification["authority"]
    if grade not in rules.VERIFIED or not authority:
        return None
    # what a call confirmed was the whole mail; a signature holds what it covers
    by = THREADING if grade == "accredited-channel" else THREADING & set(verification.get("covers") or ())
    case = named(kept["reading"]["envelope"], by)
    theirs = case is not None and case.authority == authority and case.realm == request.realm
    return case if theirs else None


def case_of(request: Request, kept: Mapping[str, Any]) -> Case | None:
    """The case this request may join as a reply; None where it names none, is not its authority's, or is an order."""
    if request.cases.exists():
        return None
    case = replied_to(request, kept, kept["verification"])
    if case is None and named(kept["reading"]["envelope"]) is not None:
        Request.objects.filter(id=request.id).update(flags=sorted({*request.flags, "foreign-reference"}))
    own_order = kept["reading"]["orders"] and not kept["reading"].get("others")
    return None if own_order else case
