"""The only writer of what comes on paper: kept as a request, with who took it in and how it was checked."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.db import transaction

from comity import clock
from comity.cases import commands as cases
from comity.cases import document, filed
from comity.cases.filed import File
from comity.cases.models import Request
from comity.cases.receive import Incoming, prepare, receive
from comity.ledger.commands import record
from comity.outbox import rules as addresses
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.vault import commands as vault

WAYS = ("fax", "post", "phone", "hand")
AGO = timedelta(days=60)  # that something may have lain before it was taken in
NAME, SUBJECT, TEXT, CHECKED = 300, 200, 50_000, 2000


@dataclass(frozen=True)
class Paper:
    """What came: by what (`WAYS`), when (UTC), from whom as it says, about what, its words as typed, its scans; and how
    it was checked so far."""

    way: str
    at: datetime | None
    name: str
    subject: str
    text: str
    files: Sequence[File]
    checked: str


def checked(paper: Paper) -> Paper:
    """What was typed, in its bounds. Raises BadInput."""
    if paper.way not in WAYS:
        raise BadInput("way", f"one of {', '.join(WAYS)}")
    now = clock.now()
    if paper.at is None or not now - AGO <= paper.at <= now + timedelta(minutes=1):
        raise BadInput("at", f"when it came: not after now, and not more than {AGO.days} days ago")
    for name, most in (("name", NAME), ("subject", SUBJECT), ("text", TEXT), ("checked", CHECKED)):
        if len(getattr(paper, name)) > most:
            raise BadInput(name, f"at most {most:,} characters")
    if not paper.name.strip():
        raise BadInput("name", "from whom it says that it is, as it stands there")
    if not paper.text.strip() and not paper.files:
        raise BadInput("text", "type what it says, or choose its scan")
    if not paper.checked.strip():
        raise BadInput("checked", "say how you checked it so far, or that you haven’t")
    filed.verify_files(paper.files)
    return paper


@transaction.atomic
def take(person: Person, realm: str, paper: Paper) -> Request:
    """Take in what came. It is read and graded like any request; the clock runs from when it came. Raises NotAllowed,
    BadInput."""
    allow(person, "paper.take", Realm(realm))
    paper = checked(paper)
    at = paper.at or clock.now()
    subject = addresses.line(paper.subject.strip() or f"Came by {paper.way}", SUBJECT)
    peek = {"subject": subject, "from": paper.name.strip(), "message_id": ""}
    item = prepare(Incoming(_mail(paper, at, subject), paper.way, realm, at, peek))
    receive([item])
    request = cases.locked(item.id)
    kept = document.of(request)
    kept["taken"] = {"by": person.by, "at": clock.now().isoformat(), "checked": paper.checked.strip()}
    document.keep(request, kept)
    reason = vault.put_json({"text": paper.checked.strip()}, request.until)
    public, sealed = {"way": paper.way}, {"reason": reason}
    record("paper.taken", realm=realm, by=person.by, request=request.id, public=public, sealed=sealed)
    return request


def _mail(paper: Paper, at: datetime, subject: str) -> bytes:
    """What came, as it is kept verbatim: the typed words, and each scan as a part of its own type."""
    made = EmailMessage(policy=SMTP)
    name = addresses.line(paper.name, NAME).replace('"', "'")
    made["From"] = formataddr((name, filed.NOBODY.format(door="paper")))
    made["To"], made["Subject"], made["Date"] = settings.COMITY.mailboxes[0], subject, format_datetime(at)
    made.set_content(filed.printable(paper.text))
    for one in paper.files:
        kind = mimetypes.guess_type(one.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        main, sub = ("application", "octet-stream") if main in ("message", "multipart", "text") else (main, sub)
        made.add_attachment(one.data, maintype=main, subtype=sub, filename=addresses.line(one.name, 120) or "scan")
    return made.as_bytes()
