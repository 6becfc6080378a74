"""What a status page shows. Reads; writes nothing.

Whoever isn't proven sees a number and when it came, and until when the law would give us: what they could know anyway.
Of one that is proven the page says how it stands, never what was done: that is in our letters, which only the
registered mailbox opens.
"""

import email
import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.utils.translation import get_language

from comity.authorities import commands as register
from comity.cases import deciding, document, gather, pages
from comity.cases.lacks import Lack, driving, lacks
from comity.cases.models import Case, Request
from comity.cases.rules import VERIFIED
from comity.library import in_force, in_words
from comity.outbox import commands as outbox
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.regulations import matching
from comity.regulations.packs import NoPack
from comity.vault import commands as vault
from comity.web.parts import Clock

from . import words
from .models import Link, MailboxLink, Written


@dataclass(frozen=True)
class OfCase:
    """One case of a demand, as its authority sees it. `asked`: what its words leave open."""

    number: str
    title: str
    state: str
    clock: Clock | None
    cite: str
    asked: tuple[Lack, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter of ours to the registered address: what it is, and when it was sent."""

    id: Any
    says: str
    at: datetime
    subject: str = ""
    text: str = ""


@dataclass(frozen=True)
class Status:
    """A status page. `unconfirmed`: whose registered address was sent a link that confirms it, and waits; `at_once`:
    what its regulation gives us, before it was judged."""

    number: str
    at: datetime
    realm: str
    title: str
    proven: bool
    says: str
    cases: tuple[OfCase, ...]
    letters: tuple[Letter, ...]
    written: tuple[tuple[datetime, str], ...]
    unconfirmed: str = ""
    denied: bool = False
    at_once: OfCase | None = None


def status(link: Link) -> Status:
    """The page of a link. Raises vault.Gone once the demand's time is over."""
    request, kept = link.request, document.of(link.request)
    proven = request.grade in VERIFIED
    found = [one.case for one in request.joined.select_related("case").order_by("id")]
    sent = MailboxLink.objects.filter(request=request, purpose="confirm").order_by("-id").first()
    return Status(
        number=request.id,
        at=request.received_at,
        realm=request.realm,
        title=title(str(document.said(kept).get("facts", {}).get("instrument") or ""), request),
        proven=proven,
        says=_says(request, proven, bool(found)),
        cases=tuple(map(_of_case, found)) if proven or request.door == "web" else (),
        at_once=_at_once(request, kept) if request.door == "web" and not found else None,
        letters=letters(request) if proven else (),
        written=tuple((one.at, one.request_id) for one in Written.objects.filter(link__request=request).order_by("at")),
        unconfirmed=_name(sent.authority) if sent and not proven and not sent.said else "",
        denied=bool(sent and sent.said == "denied"),
    )


def _says(request: Request, proven: bool, judged: bool) -> str:
    if not proven and request.kind != "unread":
        return str(words.UNPROVEN)
    if judged:
        return ""
    return str(words.BY_PERSON if request.lane else words.RECEIVED)


def _name(authority: str) -> str:
    entry = register.entry(authority)
    return entry.name if entry else authority


def title(instrument: str, request: Request) -> str:
    """What an instrument is called, in the reader's language; empty for none that we know."""
    try:
        pack = in_force.library(request.realm).in_force(instrument, request.received_at)
    except NoPack:
        return ""
    return in_words.say(pack.title, str(get_language() or "en"))


def _of_case(case: Case) -> OfCase:
    rows = list(case.deadlines.all())
    drives = pages.driving(rows)
    clock = pages.clock_of(rows) if rows else None
    named = title(case.instrument, case.request) or case.instrument
    return OfCase(case.id, named, words.state(case.state), clock, drives.cite if drives else "", _asked(case))


def _at_once(request: Request, kept: Mapping[str, Any]) -> OfCase | None:
    """What is known the moment that it was filed: until when its regulation gives us, and what its words leave open."""
    if not document.order(kept):
        return None
    library = in_force.library(request.realm)
    finding = matching.judge_request(gather.facts_of(request, kept), library)
    try:
        pack = library.version(finding["pack"], finding["version"])
    except NoPack:
        return None
    clock, cite, _ = driving(finding, request.received_at)
    return OfCase("", "", str(words.RECEIVED), clock, cite, lacks(pack, finding, str(get_language() or "en")))


def _asked(case: Case) -> tuple[Lack, ...]:
    """What its words leave open, as long as something can still be done about it."""
    if not case.open:
        return ()
    finding = deciding.finding_of(case)["finding"]
    try:
        pack = in_force.library(case.realm).version(finding["pack"], finding["version"])
    except NoPack:
        return ()
    return lacks(pack, finding, str(get_language() or "en"))


# procedural words, and the links themselves, are no letters
PROCEDURAL = ("acknowledgement", "reply", "status-link", "confirm-link", "letters-link")


def letters(request: Request) -> tuple[Letter, ...]:
    """Our letters about a demand that went to the registered address of its authority, the first first."""
    return tuple(Letter(mail.id, words.letter(mail.kind), mail.queued_at) for mail in _mails(request))


def _mails(request: Request) -> Sequence[Mail]:
    entry = register.entry(request.authority) if request.authority else None
    if entry is None or not entry.address:
        return ()
    of_it = list(request.joined.values_list("case_id", flat=True))
    rows = list(Mail.objects.filter(case__in=of_it).exclude(kind__in=PROCEDURAL).order_by("queued_at")[:100])
    to = outbox.parties(rows)
    return [mail for mail in rows if to.get(mail.id, {}).get("to", "").lower() == entry.address.lower()]


def opened(link: MailboxLink) -> tuple[Letter, ...]:
    """Our letters with their words, for who reads the registered mailbox. Raises vault.Gone."""
    made = []
    for mail in _mails(link.request):
        message = _message(mail)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        made.append(Letter(mail.id, words.letter(mail.kind), mail.queued_at, str(message["Subject"]), text))
    return tuple(made)


def _message(mail: Mail) -> EmailMessage:
    found = email.message_from_bytes(vault.get(mail.doc), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def attached(link: MailboxLink, id: Any) -> tuple[str, bytes]:
    """Name and bytes of the letter that a mail of ours carries. Raises BadInput where it carries none, vault.Gone."""
    mail = next((one for one in _mails(link.request) if one.id == id), None)
    part = next(iter(_message(mail).iter_attachments()), None) if mail else None
    if part is None:
        raise BadInput("letter", "there is none of that number")
    data = part.get_payload(decode=True)
    return part.get_filename() or "letter.pdf", data if isinstance(data, bytes) else b""


def subject(request: Request) -> str:
    """The reference that a filing gives, by which its office knows it."""
    facts = document.said(document.of(request)).get("facts", {})
    return str((facts.get("form") or {}).get("reference") or "")[:200]


def named(request: Request) -> str:
    """What a request is, in the reader's language."""
    return title(str(document.said(document.of(request)).get("facts", {}).get("instrument") or ""), request)
