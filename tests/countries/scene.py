"""A relation in a few words: an agreement put and signed, an address registered, its links taken from our mails."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

from django.test import Client
from people.members import Member

from comity.countries import commands
from comity.countries.models import Relation
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.vault import commands as vault

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
WHY = "Their ministry has written to us."
SAID = {
    "title": "Agreement on removal orders",
    "text": "1. Orders go to the contact point.\n2. Each is answered within the hour.",
    "starts": "2026-12-01",
    "until": "",
    "reason": "It says in one page who writes to whom.",
}


def relation(country: str = "FR", realm: str = "real") -> Relation:
    return Relation.objects.get(country=country, realm=realm)


def talking(member: Member, country: str = "FR") -> Relation:
    return commands.move(member.person, "real", country, "talk", WHY)


def put(member: Member, country: str = "FR", **other: str) -> str:
    return commands.propose(member.person, "real", country, SAID | other)


def sign(member: Member, hash: str = "", country: str = "FR") -> bool:
    """One more signature under what is put to people now."""
    found = relation(country)
    act = hash or found.act
    return commands.sign(member.person, found.pk, act, member.sign(act))


def agreed(one: Member, other: Member, country: str = "FR", **more: str) -> Relation:
    talking(one, country)
    put(one, country, **more)
    sign(one, country=country)
    assert sign(other, country=country)
    return relation(country)


def registered(member: Member, country: str = "FR", to: str = "contact@ministry.example") -> Relation:
    return commands.register(member.person, "real", country, to)


def mails(kind: str) -> list[str]:
    """The words of our mails of a kind, the first first, with whom they went to."""
    found = sorted(Mail.objects.filter(kind=kind), key=lambda mail: int(mail.key.partition(":")[2]))
    parsed = [message_from_bytes(vault.get(mail.doc), policy=default) for mail in found]
    return [f"To: {one['To']}\n{one.get_body().get_content()}" for one in parsed]


def link_in(text: str) -> str:
    """The path of the secret link in a mail."""
    return re.search(r"http://localhost:8000(/countries/(?:speak|confirm)/[a-z2-7]{26})\s", text)[1]


def sent_in(who: Member | Person | None = None, **headers: str) -> Client:
    client = Client(HTTP_HOST="localhost:8000", **headers)
    if who is not None:
        client.force_login(who.person if isinstance(who, Member) else who)
    return client
