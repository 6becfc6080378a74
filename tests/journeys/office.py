"""An authority at its own desk: it writes orders by mail, signed with DKIM or not, and reads what comes back."""

import base64
import json
import re
import secrets
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from running import Gateway, Received, Relay

from comity.platforms.sandbox.world import World

DOMAIN = "office.ireland.example"
ADDRESS = f"orders@{DOMAIN}"
PHONE = "+353 1 000 0000"
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]

REGISTER = f"""
[[authority]]
id = "ie-office"
name = "Office for Content"
kind = "regulator"
country = "IE"
domains = ["{DOMAIN}"]
address = "{ADDRESS}"
phone = "{PHONE}"
accredited = true
accredited_at = "2026-01-15T09:00:00Z"
checked_at = "2026-09-01T09:00:00Z"
prior_information_at = "2026-02-01T09:00:00Z"
competent_for = ["eu-tco-removal-order"]
languages = ["en"]
"""

ORDER = """REMOVAL ORDER
(Article 3 of Regulation (EU) 2021/784)

SECTION A

Member State of the issuing competent authority: Ireland
Addressee and, where relevant, legal representative: Lantern Messaging, 1 Example Quay, 1000 Brussels, Belgium
Contact point: orders@lantern.example
Member State where the hosting service provider has its main establishment or where its legal representative resides
or is established: Belgium
Time and date of issuing of the removal order: {at:%d %B %Y, %H:%M} (UTC)
Reference number of the removal order: {reference}

SECTION B

URL and any additional information enabling the identification and exact location of the terrorist content: {url}
Reasons for considering the material to be terrorist content, in accordance with point (7) of Article 2 of the
Regulation. The material (please tick the relevant box(es)):
[x] incites others to commit terrorist offences, such as by glorifying terrorist acts, by advocating the
    commission of such offences (point (7)(a) of Article 2)
Additional information for considering the material to be terrorist content: The message praises an attack and calls on
readers to repeat it.

SECTION C

[ ] For reasons of public security, the addressee must refrain from informing the content provider of the removal of
    or disabling of access to terrorist content

SECTION E

Type of issuing competent authority (please tick the relevant box):
[x] other competent authority
Name of the issuing competent authority: Office for Content
Name of its representative and post held (title and grade): A. Byrne, head of unit
File No: {reference}/F
Address: 1 Example Road, Dublin
E-mail address: {address}
Date: {at:%d %B %Y}
Official stamp (if available) and signature: Stamp of the Office for Content

SECTION G

Competent body or court before which the removal order can be challenged: High Court
Deadline for challenging the removal order (days/months starting from): 28 days from receipt
"""


def known(data: Path, key: bytes, more: str = "") -> None:
    """Make the office known to a gateway that hasn't started yet: on its register, its DKIM record in the resolver's
    file. `more`: what else stands in its comity.toml."""
    (data / "comity.toml").write_text(REGISTER + more)
    public = serialization.load_pem_private_key(key, password=None).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    (data / "resolver.json").write_text(json.dumps({f"s1._domainkey.{DOMAIN}": record}))


@dataclass
class Office:
    """The authority, the gateway it writes to, and the mailbox it reads."""

    gateway: Gateway
    relay: Relay
    key: bytes

    @property
    def world(self) -> World:
        """The sandbox, to post on and to misbehave with."""
        token = Path(self.gateway.data / "keys" / "sandbox.key").read_text().strip()
        return World(self.gateway.sandbox, token)

    def post(self, text: str = "A harmless message for a journey", author: str = "anna") -> str:
        """A fresh public message; gives its URL."""
        return self.world.post("harbour", author, text)

    def order(self, url: str, *, reference: str = "", sender: str = ADDRESS, signed: bool = True) -> EmailMessage:
        """Write an order about a message and send it. `signed`: with the office's own DKIM key."""
        now = datetime.now(UTC)
        reference = reference or f"IE-{secrets.randbelow(10**6):06}"
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Office for Content <{sender}>", "orders@lantern.example"
        mail["Subject"], mail["Date"] = f"Removal order {reference}", format_datetime(now)
        mail["Message-ID"] = f"<{secrets.token_hex(8)}@{sender.partition('@')[2]}>"
        mail.set_content(ORDER.format(at=now, reference=reference, url=url, address=ADDRESS))
        raw = mail.as_bytes(policy=SMTP)
        if signed:
            raw = dkim.sign(raw, b"s1", DOMAIN.encode(), self.key, include_headers=SIGNED) + raw
        self.send(raw, sender)
        return mail

    def send(self, raw: bytes, sender: str = ADDRESS) -> None:
        """Hand bytes to the gateway's e-mail door."""
        with smtplib.SMTP(*self.gateway.smtp) as smtp:
            smtp.sendmail(sender, ["orders@lantern.example"], raw)

    def request(self, message_id: Any) -> dict[str, Any]:
        """How the gateway lists the mail."""
        rows = self.gateway.comity("requests", "list")["requests"]
        return next(row for row in rows if row["message_id"] == str(message_id))

    def case(self, message_id: Any) -> str:
        """The number of the case that a mail opened; from the acknowledgement, as the office itself learns it."""
        subject = str(self.acknowledgement(message_id).message["subject"])
        found = re.search(r"C-[0-9A-Z]{8}", subject)
        assert found, f"no number of a case in {subject!r}"
        return found.group()

    def acknowledgement(self, message_id: Any) -> Received:
        """The first mail in the thread. Of a mail that nobody has signed it waits behind a drill's two hundred, where
        one is under way."""
        return self.relay.wait_for(lambda m: m.message["in-reply-to"] == str(message_id), 120)

    def answer(self, message_id: Any) -> Received:
        """The answer in the thread: the mail with a PDF."""
        return self.relay.wait_for(
            lambda m: m.message["in-reply-to"] == str(message_id) and list(m.message.iter_attachments()) != []
        )
