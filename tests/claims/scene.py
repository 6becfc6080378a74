"""Claims in a few words: a mail that makes one, a post with its counsel, one that is sorted."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

from cases.test_waiting import mail
from django.test import Client
from road import Road

from comity import clock
from comity.cases.models import Request
from comity.claims import commands, entering, posts
from comity.claims.models import Claim, Post
from comity.outbox.models import Mail
from comity.people.commands import make_person
from comity.people.models import Person
from comity.vault import commands as vault

THREAT = "If the data are not in this mailbox by Friday, your employee will be detained.\n"
SUMMONS = (
    "You are hereby summoned to appear in person before the Metropolitan Magistrate, Court No. 19, on\n"
    "14 December at 10.30 a.m., to answer a complaint. Case No. CC/1187/2026, under section 179 of the Code.\n"
    "To: Ms Okafor, Head of Compliance of your company. An appeal lies within ten days.\n"
)
WHY = "It quotes a court, a file number and a day to appear."
KNOWN = {
    "who": "Ngozi Okafor",
    "counsel": "Maître Sow",
    "counsel_address": "sow@chambers.example",
    "channel": "ngozi@home.example",
}


def came(road: Road, text: str, subject: str = "A letter", **headers: str) -> Claim:
    """The claim that a mail opens."""
    request = road.receive(mail(text, subject, **headers))
    road.drive()
    assert road.refused == []
    return Claim.objects.get(request=request)


def post(road: Road, **other: str) -> Post:
    return posts.set_post(road.person("counsel"), "demo", "Head of compliance, India", KNOWN | other)


def is_sorted(road: Road, claim: Claim, court: str, pressure: str, **more: str) -> Claim:
    made = commands.sort(road.person("counsel"), claim.id, court, pressure, WHY, **more)
    road.drive()
    return made


def typed(door: str = "fax", **other: object) -> entering.Typed:
    said = {
        "at": clock.now() - timedelta(hours=1),
        "sender": "Registry, District Court",
        "subject": "Summons",
        "text": SUMMONS,
    }
    return entering.Typed(door=door, **(said | other))


def staff(role: str) -> Person:
    """Somebody else of the demo's, in a role that its people needn't have."""
    found = Person.objects.filter(realm="demo", roles=[role]).first()
    return found or make_person(uuid4(), f"demo-{role}-lt", "demo", [role], "LT")


def again(claim: Claim) -> Claim:
    return Claim.objects.get(id=claim.id)


def request_of(claim: Claim) -> Request:
    return Request.objects.get(id=claim.request_id)


def made(found: Mail) -> EmailMessage:
    return message_from_bytes(vault.get(found.doc), _class=EmailMessage, policy=default)


def words_of(found: Mail) -> str:
    body = made(found).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def sent_in(person: Person | None = None) -> Client:
    client = Client(HTTP_HOST="localhost:8000")
    if person is not None:
        client.force_login(person)
    return client


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
