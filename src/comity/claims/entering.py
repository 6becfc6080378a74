"""A claim that came by fax, by post, by telephone or by hand: typed in, with its scan.

What is typed becomes a mail as one that came by the door, so that it is kept, read and judged as any; the scan is
attached to it. It has its claim at once, whatever words are found in it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.cases import commands as cases
from comity.cases.receive import Incoming, prepare, receive
from comity.outbox import rules as addresses
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.web.files import named

from . import rules
from .commands import begun, said_line, words
from .models import Claim

LONGEST = 100_000
MOST_SCAN = 10_000_000
BACK = timedelta(days=60)  # so long ago at most a paper came that is typed in today
LINE = 200


@dataclass(frozen=True)
class Typed:
    """What somebody typed of a claim. `at`: when it came (UTC); `address`: where the sender is answered, if by mail."""

    door: str
    at: datetime
    sender: str
    subject: str
    text: str
    address: str = ""
    scan: bytes = b""
    scan_name: str = ""


def enter(person: Person, realm: str, typed: Typed) -> Claim:
    """Enter a claim that came on paper or by telephone, in a realm. Raises NotAllowed, BadInput."""
    allow(person, "claim.open", Realm(realm))
    raw, sender = _mail(_checked(typed)), said_line("sender", typed.sender, LINE, "who sent it, or who called")
    subject = said_line("subject", typed.subject, LINE, "what it is about, in a few words")
    peek = {"subject": subject, "from": typed.address or sender, "message_id": ""}
    item = prepare(Incoming(raw, typed.door, realm, typed.at, peek))
    with transaction.atomic():
        receive([item])
        return begun(cases.locked(item.id), person.by)


def _checked(typed: Typed) -> Typed:
    now = clock.now()
    if typed.door not in rules.TYPED:
        raise BadInput("door", f"one of {', '.join(rules.TYPED)}")
    if typed.at > now or typed.at < now - BACK:
        raise BadInput("at", f"not in the future, and within {BACK.days} days")
    if len(typed.scan) > MOST_SCAN:
        raise BadInput("scan", f"at most {MOST_SCAN // 1_000_000} MB")
    if typed.address:
        try:
            addresses.address(typed.address)
        except addresses.BadAddress as wrong:
            raise BadInput("address", str(wrong)) from None
    words("text", typed.text, LONGEST, "what it says, or what was said; its scan is kept with it")
    return typed


def _mail(typed: Typed) -> bytes:
    """What was typed as a mail, its scan attached; the sender is as typed, and nothing proves it."""
    made = EmailMessage(policy=SMTP)
    name = addresses.line(typed.sender, LINE).replace('"', "'").replace("\\", "/")
    made["From"] = formataddr((name, typed.address.strip() or f"no-reply@{typed.door}.invalid"))
    made["To"] = settings.COMITY.mailboxes[0]
    made["Subject"] = addresses.line(typed.subject, LINE)
    made["Date"] = format_datetime(typed.at)
    made["Message-ID"] = f"<{uuid4()}@{typed.door}.invalid>"
    made.set_content("".join(c for c in typed.text.replace("\r", "") if ord(c) >= 32 or c in "\n\t"))
    if typed.scan:
        file = named(typed.scan_name, 2)
        kind = "pdf" if typed.scan.startswith(b"%PDF-") else "octet-stream"
        made.add_attachment(typed.scan, maintype="application", subtype=kind, filename=file)
    return made.as_bytes()
