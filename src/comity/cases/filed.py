"""What comes by a door where it is typed, not mailed: kept verbatim as a mail, with what was typed as its reading.

An order that is typed is graded and judged as any; words that are written on the page of a demand join its cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Any

from django.conf import settings

from comity.ledger.commands import record
from comity.outbox import rules as addresses
from comity.people.refusals import BadInput
from comity.regulations.facts import check
from comity.regulations.packs import Pack

from . import document, entering
from .commands import locked, verified
from .models import Case, Joined, Request
from .receive import Incoming, prepare, receive

NOBODY = "no-reply@{door}.invalid"  # nobody is written to there
FILES_AT_MOST = 25 * 1024 * 1024  # of all files that come with what is typed
FILE_COUNT = 20


@dataclass(frozen=True)
class File:
    """A file that somebody hands in: its bytes, and what its name and sender say that it is."""

    data: bytes
    name: str = ""
    declared: str = ""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Typed:
    """What was typed, by whom (a code, as events have it), at which door. `to_reply`: the address that procedural words
    go to, if any; `name`: the authority, as it is named there."""

    door: str
    realm: str
    at: datetime
    by: str
    name: str
    to_reply: str
    subject: str
    text: str
    files: Sequence[File] = ()
    message_id: str = ""
    envelope: Mapping[str, Any] = field(default_factory=dict)


def verify_files(files: Sequence[File]) -> None:
    """Raises BadInput for too many or too large ones, or an empty one."""
    if len(files) > FILE_COUNT:
        raise BadInput("files", f"at most {FILE_COUNT}")
    if sum(len(one.data) for one in files) > FILES_AT_MOST:
        raise BadInput("files", f"at most {FILES_AT_MOST // 1024 // 1024} MB together")
    if any(not one.data for one in files):
        raise BadInput("files", "one of them is empty")


def mail(typed: Typed) -> bytes:
    """What was typed, with its files, as it is kept verbatim."""
    made = EmailMessage(policy=SMTP)
    made["From"] = formataddr((addresses.line(typed.name, 200).replace('"', "'"), NOBODY.format(door=typed.door)))
    made["To"] = settings.COMITY.mailboxes[0]
    made["Subject"] = addresses.line(typed.subject, 200)
    made["Date"] = format_datetime(typed.at)
    if typed.message_id:
        made["Message-ID"] = typed.message_id
    made.set_content(printable(typed.text))
    for one in typed.files:
        name = addresses.line(one.name, 120) or "file"
        made.add_attachment(one.data, maintype="application", subtype=_subtype(one), filename=name)
    return made.as_bytes()


def _subtype(one: File) -> str:
    return "pdf" if one.data.startswith(b"%PDF-") else "octet-stream"


def printable(text: str) -> str:
    """A text without characters that no text contains."""
    return "".join(c for c in text.replace("\r", "") if ord(c) >= 32 or c in "\n\t")


def keep(typed: Typed, order: Mapping[str, Any] | None, *, callbacks: Sequence[Mapping[str, Any]] = ()) -> Request:
    """Keep what was typed as a request, within the caller's transaction: its road begins as `request.received`, and the
    reading is what was typed. Raises BadInput."""
    verify_files(typed.files)
    peek = {"subject": addresses.line(typed.subject, 200), "from": typed.name, "message_id": typed.message_id}
    item = prepare(Incoming(mail(typed), typed.door, typed.realm, typed.at, peek))
    receive([item])
    request = locked(item.id)
    kept = document.of(request)
    kept["reading"] = _reading(typed, order)
    kept["callbacks"] = [*kept["callbacks"], *callbacks]
    request.kind = "order" if order else "mail"
    request.save(update_fields=["kind"])
    if order is None:  # it goes no road of its own: who wrote it is known now
        verified(request, kept)
    document.keep(request, kept)
    return request


def _reading(typed: Typed, order: Mapping[str, Any] | None) -> dict[str, Any]:
    to = [{"address": settings.COMITY.mailboxes[0]}]
    sender = {"name": typed.name, "address": typed.to_reply or NOBODY.format(door=typed.door)}
    envelope = {"from": sender, "to": to, "subject": typed.subject, "message_id": typed.message_id or None}
    envelope |= dict(typed.envelope)
    text = printable(typed.text)
    parts = [{"n": 1, "type": "text/plain", "name": "", "size": len(text)}] if typed.files else []
    parts += [
        {"n": n, "type": f"application/{_subtype(one)}", "name": one.name[:120], "size": len(one.data)}
        for n, one in enumerate(typed.files, 2)
    ]
    said = {"envelope": envelope, "text": text, "own": text, "parts": parts, "door": typed.door}
    rest = {"orders": [dict(order)] if order else [], "others": False, "silent": False, "sheet": None, "demand": None}
    return {**entering.UNREAD, **said, **rest}


def order_of(pack: Pack, facts: Mapping[str, Any], where: str, by: str, at: datetime) -> dict[str, Any]:
    """What was typed, as a reading has an order; `where`: where its facts stand. Raises BadInput for what breaks the
    schema."""
    said = {"instrument": pack.id, **facts}
    for error in check(said):
        raise BadInput(error.path or "facts", error.rule)
    typed = [f"form.{key}" for key in said.get("form", {})] + [key for key in said if key not in ("form", "authority")]
    places = {path: {"where": where, "text": "", "source": entering.SOURCE} for path in typed}
    told = {"source": entering.SOURCE, "by": by, "at": at.isoformat()}
    empty: dict[str, Any] = {"flags": [], "sheet": None, "part": None, "others": False}
    language = said.get("language")
    return {"instrument": pack.id, "facts": said, "places": places, "language": language} | empty | told


def begin(request: Request, instrument: str, by: str) -> None:
    """Let the order that was typed go its road."""
    public, sealed = {"instrument": instrument}, {"facts": request.facts}
    record("order.entered", realm=request.realm, by=by, request=request.id, public=public, sealed=sealed)


def join(request: Request, case: Case, kind: str, by: str) -> None:
    """Let what was written on the page of a demand join a case of it, and record that as `kind`."""
    Joined.objects.get_or_create(case=case, request=request, defaults={"how": "reply"})
    once, sealed = f"written:{request.id}:{case.id}", {"request": request.id}
    record(kind, realm=case.realm, by=by, case=case.id, request=request.id, once=once, sealed=sealed)
