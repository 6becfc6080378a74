"""The sample mails of the demo: what arrives at a platform, made fresh each time.

Pure. Everyone in them is invented; domains end in `.example`. Orders are signed with the key of the demo's offices.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from comity.authorities import played
from comity.demo import annex, preservation
from comity.demo.custody import certificate
from comity.demo.keys import SELECTOR
from comity.demo.register import (
    ADDRESS,
    DOMAIN,
    DOMAINS,
    JUDGE_ADDRESS,
    JUDGE_NAME,
    NAME,
    PHONE,
    PROSECUTOR_ADDRESS,
    PROSECUTOR_NAME,
    SERVICE_ADDRESS,
    SERVICE_NAME,
    ZONE,
)
from comity.demo.representative.orders import ORDERS, Order
from comity.reading import form as forms

TO = "orders@lantern.example"
FORGED_DOMAIN = "online-safty.example"


PRESERVE, PROLONG, THREAT, URGENT = "preserve", "prolong", "threat", "urgent-mail"
DISCLOSE = "disclosure"
OF_PROSECUTOR = (PRESERVE, PROLONG)


@dataclass(frozen=True)
class Sample:
    """One kind of mail; `needs_target` tells whether a fresh message on the platform is made for it."""

    name: str
    says: str
    needs_target: bool


SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample("good-pdf", "A removal order as it should be: Annex I as a PDF with form fields", True),
        Sample("good-text", "The same order as labelled text in the mail", True),
        Sample("missing-elements", "An order without category and redress, which does not stop it", True),
        Sample("cannot-carry-out", "An order whose address leads nowhere", False),
        Sample("forged", "An order from a domain that only looks like the authority's", True),
        Sample(THREAT, "A threat against an employee, with no order in it", False),
        Sample(URGENT, "A mail that says that a child is in danger, from the mailbox of a service", True),
        Sample("support", "An ordinary mail of a user, sent to the wrong address", False),
        Sample(PRESERVE, "A European Preservation Order (EPOC-PR): an account’s data are to be kept", False),
        Sample(PROLONG, "A later mail of that prosecutor: thirty days more", False),
        Sample(DISCLOSE, "A European Production Order (EPOC) in an emergency: an account’s data, for a judge", False),
        *(Sample(one.name, one.says, one.about == "message") for one in ORDERS.values()),
    )
}


def make(
    name: str,
    *,
    target_url: str | None,
    reference: str,
    issued_at: datetime,
    message_id: str,
    key: bytes,
    to: str = TO,
    replies_to: str = "",
) -> bytes:
    """The bytes of one sample. `issued_at`: when the order says it was issued, with a zone; `key`: PEM (`keys.ensure`);
    `replies_to`: the Message-ID of a mail of ours that it answers.

    Raises KeyError for an unknown name, ValueError where a target is needed and missing.
    """
    sample = SAMPLES[name]
    if sample.needs_target and not target_url:
        raise ValueError(f"sample {name} needs the address of a message")
    if issued_at.tzinfo is None:
        raise ValueError("issued_at needs a time zone")
    target = target_url or "https://lantern.example/c/nowhere/0"
    mail = (
        order(ORDERS[name], target, reference, issued_at)
        if name in ORDERS
        else MAKERS[name](target, reference, issued_at)
    )
    mail["To"] = to
    mail["Date"] = format_datetime(issued_at.astimezone(ZoneInfo(ZONE)).replace(microsecond=0))
    mail["Message-ID"] = message_id if message_id.startswith("<") else f"<{message_id}>"
    if replies_to:
        mail["In-Reply-To"] = replies_to
    raw = mail.as_bytes(policy=SMTP)
    domain = str(mail["From"]).rstrip(">").rpartition("@")[2]
    return sign(raw, key, domain) if domain in DOMAINS else raw


def sign(raw: bytes, key: bytes, domain: str = DOMAIN) -> bytes:
    """A mail under the key of one of the demo's offices."""
    return played.sign(raw, key, domain, SELECTOR)


def filled(target: str, reference: str, issued_at: datetime) -> dict[str, Any]:
    """Annex I as the office fills it in."""
    local = issued_at.astimezone(ZoneInfo(ZONE))
    hours = int((local.utcoffset() or issued_at - issued_at).total_seconds() // 3600)
    return {
        "issuing_state": "Germany",
        "addressee": "Lantern Messaging, 1 Example Quay, 1000 Brussels, Belgium",
        "contact_point": TO,
        "establishment_state": "Belgium",
        "issued_at": f"{local.day} {local:%B %Y}, {local:%H:%M:%S} (UTC+{hours})",
        "reference": reference,
        "urls": target,
        "categories": ["a-incite"],
        "reasons": "The message holds up a recent attack as an example, praises those who carried it out and calls on "
        "readers to repeat it. It gives no sign of journalism, research, art or education.",
        "non_disclosure": False,
        "cross_border": True,
        "copy_sent": True,
        "issuer_kind": ["other"],
        "issuing_authority": NAME,
        "issuer_representative": "Dr. A. Sommerfeld, head of the removal orders unit",
        "issuing_file_number": f"OOS/{reference}",
        "issuer_address": "Musterufer 11, 10115 Berlin, Germany",
        "issuer_phone": PHONE,
        "issuer_email": ADDRESS,
        "signed_on": f"{local.day} {local:%B %Y}",
        "signature": f"Electronic stamp of the {NAME}",
        "feedback_contact": f"Duty desk, {ADDRESS}, {PHONE}",
        "establishment_authority_contact": "tco@media-authority.example",
        "redress_body": "Administrative Court of Berlin",
        "redress_deadline": "One month starting from the day on which the removal order was received",
        "redress_law_url": f"https://{DOMAIN}/redress",
    }


def letter(sender: str, address: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    user, _, domain = address.partition("@")
    mail["From"] = Address(sender, user, domain)
    mail["Subject"] = subject
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    return mail


def annex_data() -> dict[str, Any]:
    path = resources.files("comity.reading").joinpath("forms", "tco-annex-1.json")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def good_pdf(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    content = filled(target, reference, issued_at)
    mail = letter(
        NAME,
        ADDRESS,
        f"Removal order {reference}",
        f"Dear colleagues,\n\nPlease find attached a removal order under {forms.load().reads['legal_basis']}.\n"
        f"Our duty desk answers at {PHONE}.\n\nYours faithfully,\n{NAME}\n",
    )
    mail.add_attachment(
        annex.draw(forms.load(), content, annex_data()["preamble"]),
        maintype="application",
        subtype="pdf",
        filename=f"removal-order-{reference}.pdf",
    )
    return mail


def good_text(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    return in_text(filled(target, reference, issued_at), ADDRESS)


def in_text(content: dict[str, Any], address: str) -> EmailMessage:
    return letter(NAME, address, f"Removal order {content['reference']}", written(content))


def written(content: dict[str, Any]) -> str:
    """Annex I as labelled text."""
    body = annex.text(forms.load(), content, annex_data()["preamble"])
    return "\n".join([body, "", "Yours faithfully,", NAME, ""])


def missing_elements(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    content = filled(target, reference, issued_at)
    content |= {
        "categories": [],
        "issuing_file_number": "",
        "redress_body": "",
        "redress_deadline": "",
        "redress_law_url": "",
    }
    return in_text(content, ADDRESS)


def cannot_carry_out(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    return in_text(filled(target, reference, issued_at), ADDRESS)


def forged(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    mail = in_text(filled(target, reference, issued_at), f"orders@{FORGED_DOMAIN}")
    mail["Reply-To"] = "desk-orders@quickmail.example"
    return mail


def threat(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    del target, issued_at
    text = (
        "To the management of Lantern,\n\n"
        "We have asked twice for the telephone number of the person who writes the channel harbour-talk, and received "
        "standard letters.\n\n"
        "You employ an office manager in our capital. If the data are not in this mailbox by Friday, your "
        "employee will be "
        "detained at the office the same evening.\n\n"
        f"Our sign: {reference}\n\n"
        "Directorate for Information Order\nMinistry of the Interior\n"
    )
    return letter("Directorate for Information Order", "liaison@interior-veltria.example", "Your office manager", text)


def urgent(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    del issued_at
    text = (
        "To whoever is on duty at Lantern,\n\n"
        "a girl of nine was abducted in Nordhafen at noon. The man who holds her posts here, and says that he will "
        f"kill her at six:\n\n{target}\n\n"
        "Her life is at risk. Please take it down at once; there is no time for a call.\n\n"
        f"Our file: {reference}\n\nOfficer on watch\n{SERVICE_NAME}\n"
    )
    return letter(SERVICE_NAME, SERVICE_ADDRESS, "URGENT: child abducted, life at risk", text)


def support(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    del target, reference, issued_at
    text = (
        "Hello,\n\nsince the last update I no longer get notifications when my phone is locked. I have "
        "restarted it twice.\n"
        "What else can I try?\n\nThanks\nMira\n"
    )
    return letter("Mira Lindqvist", "mira@postbox.example", "No notifications since the update", text)


def preserve(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    content = preservation.filled(target, reference, issued_at)
    mail = letter(PROSECUTOR_NAME, PROSECUTOR_ADDRESS, f"EPOC-PR {reference}", preservation.cover(content))
    name = f"epoc-pr-{reference.replace('/', '-')}.pdf"
    mail.add_attachment(preservation.pdf(content), maintype="application", subtype="pdf", filename=name)
    return mail


def prolong(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    content = preservation.filled(target, reference, issued_at)
    return letter(PROSECUTOR_NAME, PROSECUTOR_ADDRESS, f"Re: EPOC-PR {reference}", preservation.extension(content))


def disclose(target: str, reference: str, issued_at: datetime) -> EmailMessage:
    content = certificate.filled(target, reference, issued_at)
    mail = letter(JUDGE_NAME, JUDGE_ADDRESS, f"EPOC {reference}", certificate.cover(content))
    name = f"epoc-{reference.replace('/', '-')}.pdf"
    mail.add_attachment(certificate.pdf(content), maintype="application", subtype="pdf", filename=name)
    return mail


def order(one: Order, target: str, reference: str, issued_at: datetime) -> EmailMessage:
    """A letter of an office, as it is sent."""
    return letter(one.sender, one.address, one.subject(reference), one.text(target, reference, issued_at))


MAKERS: dict[str, Callable[[str, str, datetime], EmailMessage]] = {
    "good-pdf": good_pdf,
    "good-text": good_text,
    "missing-elements": missing_elements,
    "cannot-carry-out": cannot_carry_out,
    "forged": forged,
    THREAT: threat,
    URGENT: urgent,
    "support": support,
    PRESERVE: preserve,
    PROLONG: prolong,
    DISCLOSE: disclose,
}
