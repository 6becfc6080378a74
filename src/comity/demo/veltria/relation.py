"""Who acts, and how we stand with Veltria, so that a story can begin whatever was played before."""

import re
from email import message_from_bytes
from email.policy import default

from comity.countries import commands as countries
from comity.countries import speaking
from comity.countries.models import Link, Relation
from comity.outbox.models import Mail
from comity.people import commands as people
from comity.people.models import Person
from comity.vault import commands as vault

from .. import standing

REALM, COUNTRY = "demo", "XV"
CONTACT = "relations@foreign-veltria.example"
TALK = "Their ministry and we speak about how orders are to reach us."
STRAIN = "Talks about a residence of our staff have led nowhere."
TERMS = {
    "title": "How orders reach us, and what each side answers",
    "text": (
        "1. Orders of the courts of Veltria go to our contact address, with a file number and the law they rest on.\n"
        "2. What an order must say stands in our published regulation, as changed by its quorum.\n"
        "3. Nobody on either side writes to the other’s staff."
    ),
    "until": "",
    "reason": "Both sides know from now on what the other does with an order.",
}
TOKEN = re.compile(r"/countries/[a-z]+/([a-z2-7]{26})\b")


def person(key: str) -> Person:
    """One of the demo's people, by a key of `rules.WHO`."""
    return next(one for one in people.demo_people() if standing.key_of(one) == key)


def relation() -> Relation:
    """How we stand with Veltria; in no table before anything was done."""
    return countries.of(REALM, COUNTRY)


def talking() -> Relation:
    """Talks are open, and the State's address is registered."""
    counsel = person("counsel-be")
    if relation().state == "none":
        countries.move(counsel, REALM, COUNTRY, "talk", TALK)
    if not relation().contact:
        countries.register(counsel, REALM, COUNTRY, CONTACT)
    return relation()


def strained() -> Relation:
    """The relation is one that can be left: strained, or in dispute."""
    found = talking()
    if found.state == "talking":
        countries.move(person("counsel-be"), REALM, COUNTRY, "dispute", STRAIN)
    elif found.state == "agreed":
        countries.move(person("counsel-be"), REALM, COUNTRY, "strain", STRAIN)
    return relation()


def agreed(starts: str) -> Relation:
    """An agreement stands, signed by two deciders from two jurisdictions. `starts`: a day (ISO)."""
    found = talking()
    if found.state in ("talking", "disputed"):
        hash = countries.propose(person("counsel-be"), REALM, COUNTRY, {**TERMS, "starts": starts})
        for key in ("decider-be", "decider-ee"):
            countries.sign(person(key), found.pk, hash, None)
    return relation()


def link_of(purpose: str, number: str) -> Link:
    """The link in the latest mail of a kind about a subject to the State's address, as whoever reads it finds it.

    Raises LookupError where none was sent.
    """
    mail = Mail.objects.filter(realm=REALM, kind=purpose, case=number).order_by("-queued_at").first()
    found = TOKEN.search(_text(mail)) if mail else None
    link = speaking.by_token(found[1], purpose) if found else None
    if link is None:
        raise LookupError(f"no link of the kind {purpose} was sent to Veltria")
    return link


def _text(mail: Mail) -> str:
    body = message_from_bytes(vault.get(mail.doc), policy=default).get_body(("plain",))
    return str(body.get_content()) if body else ""
