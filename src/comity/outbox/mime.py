"""A mail as bytes, always the same for the same words: boundary, date and Message-ID are given, none left to chance."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from . import rules

LINE = 200  # a whole subject fits: folded right after "Subject:", it would begin with a space


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail: its name, its media type (`application/pdf`), its bytes."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True)
class Words:
    """What one mail says and to whom; `date` is in UTC and fixed when it is queued."""

    sender_name: str
    sender: rules.Address
    to: rules.Address
    subject: str
    text: str
    message_id: str
    date: datetime
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    attachments: Sequence[Attachment] = ()
    automatic: bool = False


def message_id(digest: bytes, domain: str) -> str:
    """Our Message-ID from a keyed hash of the mail's key: the same when repeated, and unguessable to others."""
    return f"<comity.{base64.b32encode(digest).decode().rstrip('=').lower()}@{domain}>"


def build(words: Words) -> bytes:
    """The mail with CRLF line ends, 7-bit except for headers that need SMTPUTF8 (RFC 6532)."""
    mail = EmailMessage(
        policy=(policy.SMTPUTF8 if words.to.smtputf8 else policy.SMTP).clone(cte_type="7bit", max_line_length=LINE)
    )
    name = rules.line(words.sender_name, rules.NAME_LIMIT).replace('"', "'").replace("\\", "/")
    mail["From"] = f'"{name}" <{words.sender}>'
    mail["To"] = str(words.to)
    mail["Subject"] = rules.line(words.subject, rules.SUBJECT_LIMIT)
    mail["Date"] = format_datetime(words.date)
    mail["Message-ID"] = words.message_id
    _thread(mail, words)
    if words.automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(_body(words.text), cte="quoted-printable")
    _attach(mail, words)
    return mail.as_bytes()


def _thread(mail: EmailMessage, words: Words) -> None:
    if parent := rules.message_id(words.in_reply_to):
        mail["In-Reply-To"] = parent
    if ids := rules.references(words.in_reply_to, words.references):
        mail["References"] = " ".join(ids)


def _body(text: str) -> str:
    """Line ends unified; characters that UTF-8 can't encode or a mail may not contain become a visible U+FFFD."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join("\ufffd" if ord(c) < 32 and c not in "\n\t" else c for c in ends)


def _attach(mail: EmailMessage, words: Words) -> None:
    for file in words.attachments:
        main, _, sub = file.type.partition("/")
        mail.add_attachment(
            file.data, maintype=main, subtype=sub or "octet-stream", filename=rules.line(file.name, 100)
        )
    if words.attachments:
        mail.set_boundary("comity-" + hashlib.sha256(words.message_id.encode()).hexdigest()[:40])
