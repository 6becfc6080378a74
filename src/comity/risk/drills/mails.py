"""The mails of a drill: what the seeded world says arrives, as bytes. Pure but for the key that signs.

Each says in its first line that it is a drill, and so does its subject.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from comity.authorities import played
from comity.reading import form as forms
from comity.reading import written
from comity.world.orders import DEFECTIVE, EMERGENCY, FALSE_ALARM, FORGED, LOOKALIKE, MAIL, ORDER, PROVEN, Sent

from .offices import OFFICES, SELECTOR, SERVICE, Office

SAYS = "DRILL: made for an exercise of this desk, of no office, wording after the annex of {law}."
SAYS_MAIL = "DRILL: made for an exercise of this desk."
TARGETED = frozenset({ORDER, EMERGENCY})  # about a message that is posted for it
DOMAIN = "drill.example"


@dataclass(frozen=True)
class Here:
    """Whom the mails go to: our first mailbox, and the State of our establishment (two letters)."""

    to: str
    establishment: str


def message_id(drill: str, one: Sent) -> str:
    """The Message-ID of a mail: of the drill's number and the mail's own token, so that no two drills share one."""
    return f"<{drill.lower()}.{one.n}.{one.token}@{DOMAIN}>"


def text_of(drill: str, one: Sent) -> str:
    """What stands on the sandbox, for a mail to be about."""
    return f"Drill message {drill} {one.n} ({one.token[:6]}). Pretend that it says: {one.reasons}"


def sender(one: Sent) -> str:
    """The envelope's sender."""
    return _from(one)[1]


def make(drill: str, one: Sent, target: str, here: Here, at: datetime, key: bytes) -> bytes:
    """The bytes of one mail, sent at an instant (with a zone). `target`: the address that it is about."""
    mail = MAKERS[one.kind](one, target, at, here)
    mail["To"] = here.to
    mail["Date"] = format_datetime(at.replace(microsecond=0))
    mail["Message-ID"] = message_id(drill, one)
    raw = mail.as_bytes(policy=SMTP)
    if one.kind in PROVEN:
        return played.sign(raw, key, sender(one).rpartition("@")[2], SELECTOR)
    return _claimed(raw, one) if one.kind == FORGED else raw


def _claimed(raw: bytes, one: Sent) -> bytes:
    """A signature line in an office's own name that holds nothing."""
    domain = OFFICES[one.office].domain
    line = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={SELECTOR}; h=from:subject; bh=AAAA; b=AA"
    )
    return line.encode() + b"AA\r\n" + raw


def _from(one: Sent) -> tuple[str, str]:
    office = OFFICES[one.office]
    if one.kind == MAIL:
        return f"User {one.sender}", f"user{one.sender}@postbox.example"
    if one.kind == EMERGENCY:
        return SERVICE.name, f"night@{SERVICE.domain}"
    if one.kind == FALSE_ALARM:
        return SERVICE.name, f"night{one.sender}@{SERVICE.resembles}"
    if one.kind == LOOKALIKE:
        return office.name, f"orders{one.sender}@{office.resembles}"
    return office.name, office.address


def _letter(one: Sent, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    name, address = _from(one)
    user, _, domain = address.partition("@")
    mail["From"] = Address(name, user, domain)
    mail["Subject"] = f"[DRILL] {subject}"
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    return mail


def _order(one: Sent, target: str, at: datetime, here: Here) -> EmailMessage:
    form = forms.load()
    content = _filled(one, OFFICES[one.office], target, at, here)
    text = written.text(form, content, form.preamble, SAYS.format(law=form.law))
    return _letter(
        one, f"Removal order {one.reference}", f"{text}\n\nYours faithfully,\n{content['issuing_authority']}\n"
    )


def _defective(one: Sent, target: str, at: datetime, here: Here) -> EmailMessage:
    """An order that names no address: what it is about isn't there."""
    return _order(one, "", at, here)


def _filled(one: Sent, office: Office, target: str, at: datetime, here: Here) -> dict[str, Any]:
    """Annex I as the office fills it in."""
    day = f"{at.day} {at:%B %Y}"
    return {
        "issuing_state": COUNTRIES[office.country],
        "addressee": "The platform of this exercise",
        "contact_point": here.to,
        "establishment_state": here.establishment,
        "establishment_authority_contact": f"tco@{DOMAIN}",
        "issued_at": f"{day}, {at:%H:%M:%S} (UTC+0)",
        "reference": one.reference,
        "urls": target,
        "categories": [one.category],
        "reasons": f"{one.reasons} It gives no sign of journalism, research, art or education.",
        "non_disclosure": False,
        "cross_border": True,
        "copy_sent": True,
        "issuer_kind": ["other"],
        "issuing_authority": office.name,
        "issuer_representative": "The officer on duty",
        "issuing_file_number": f"{office.id}/{one.reference}",
        "issuer_address": f"1 Drill Street, {COUNTRIES[office.country]}",
        "issuer_phone": "+32 2 000 90 00",
        "issuer_email": office.address,
        "signed_on": day,
        "signature": f"Electronic stamp of the {office.name}",
        "feedback_contact": f"Duty desk, {office.address}",
        "redress_body": f"Administrative Court, {COUNTRIES[office.country]}",
        "redress_deadline": "One month starting from the day on which the removal order was received",
        "redress_law_url": f"https://{office.domain}/redress",
    }


COUNTRIES: Mapping[str, str] = {"DE": "Germany", "FR": "France", "ES": "Spain", "EE": "Estonia"}


def _mail(one: Sent, target: str, at: datetime, here: Here) -> EmailMessage:
    text = f"{SAYS_MAIL}\n\nHello,\n\n{one.subject.lower()}. I have tried it twice. What else can I do?\n\nThanks\n"
    return _letter(one, one.subject, text)


def _alarm(one: Sent, target: str, at: datetime, here: Here) -> EmailMessage:
    asks = "Please keep it and call us back." if one.kind == EMERGENCY else "Send us the account’s name and number now."
    text = (
        f"{SAYS_MAIL}\n\nTo whoever is on duty,\n\na boy of eleven was abducted this morning. The man who holds him "
        f"posts here, and says that he will kill him tonight:\n\n{target}\n\nHis life is at risk. {asks}\n\n"
        f"Our file: {one.reference}\n\nOfficer on watch\n{SERVICE.name}\n"
    )
    return _letter(one, "URGENT: child abducted, life at risk", text)


MAKERS: Mapping[str, Callable[[Sent, str, datetime, "Here"], EmailMessage]] = {
    ORDER: _order,
    DEFECTIVE: _defective,
    LOOKALIKE: _order,
    FORGED: _order,
    MAIL: _mail,
    EMERGENCY: _alarm,
    FALSE_ALARM: _alarm,
}
