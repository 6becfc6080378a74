"""What the sides say, and the links by which a State speaks: writers, each one transaction with its event.

A link goes to the registered address alone. It works once, for thirty days, and no longer once another address is
registered. What was written with it is in the vault before the page says so.
"""

import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.alerts import commands as alerts
from comity.ledger.commands import record
from comity.outbox import commands as outbox
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.vault import commands as vault

from . import letters, rules
from .models import Link, Relation, Said

GATEWAY, STATE = "gateway", "state"
KEPT = timedelta(days=3650)  # as long as the record of a relation is of use to anybody
TEXT_AT_MOST = 20_000
REASON = 500
PATHS = {
    rules.CONTACT: "confirm",
    rules.STATEMENT: "speak",
    rules.SUBMISSION: "submit",
    rules.ANNOTATION: "annotate",
    rules.SETTLEMENT: "settle",
    rules.PROPOSAL: "propose",
}
ASKED = {
    rules.CONTACT: "contact.asked",
    rules.STATEMENT: "statement.asked",
    rules.PROPOSAL: "proposal.asked",
}


class Used(Exception):
    """A link that was used before, or whose time is over; the text says which."""


# -- links ------------------------------------------------------------------------------------------------------------


def send(relation: Relation, purpose: str, by: str, thing: str = "") -> Link:
    """Send a fresh link to the registered address of a locked relation; those of its kind before no longer work.
    `thing`: the number of the dispute that it is for."""
    now, token = clock.now(), b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    call_off(relation, purpose, thing)
    made = Link.objects.create(
        relation=relation,
        purpose=purpose,
        thing=thing,
        token_hash=vault.keyed_hash(f"country:{token}"),
        made_at=now,
        expires_at=now + (rules.ANSWERED_WITHIN if purpose == rules.CONTACT else rules.LINK_LASTS),
    )
    url = f"{settings.COMITY.base_url}/countries/{PATHS[purpose]}/{token}"
    outbox.queue(
        key=f"country:{made.pk}",
        realm=relation.realm,
        kind=purpose,
        to=relation.contact,
        subject=letters.subject(purpose, thing or relation.number),
        text=letters.text(purpose, relation.country, url, made.expires_at, settings.COMITY.name, thing),
        case=thing or relation.number,
        by=by,
    )
    if thing:
        _tell(relation, "dispute.asked", by, thing, link=made.pk, purpose=purpose)
    else:
        _tell(relation, ASKED[purpose], by, link=made.pk)
    return made


def call_off(relation: Relation, purpose: str, thing: str = "") -> None:
    """The links of a kind that were sent until now no longer work."""
    now = clock.now()
    mine = Link.objects.filter(relation=relation, purpose=purpose, thing=thing)
    mine.filter(used_at=None, expires_at__gt=now).update(expires_at=now)


def _tell(relation: Relation, kind: str, by: str, thing: str = "", **told: object) -> None:
    public = {"country": relation.country, **told}
    record(kind, realm=relation.realm, by=by, case=thing or relation.number, public=public)


def expire(relation: Relation) -> None:
    """No link that was sent to the address until now works any more."""
    now = clock.now()
    Link.objects.filter(relation=relation, used_at=None, expires_at__gt=now).update(expires_at=now, missed_at=now)


@transaction.atomic
def invite(person: Person, relation_id: int) -> Link:
    """Send a State the link by which it can speak. Raises NotAllowed, BadInput."""
    relation = Relation.objects.select_for_update().get(id=relation_id)
    allow(person, "country.move", relation)
    if not relation.contact:
        raise BadInput("contact", "no address is registered for this country; register one first")
    return send(relation, rules.STATEMENT, person.by)


@transaction.atomic
def ask_for_link(relation_id: int) -> bool:
    """Anybody asks that a State be sent its link; whether it was. It goes to the registered address, once a day."""
    relation = Relation.objects.select_for_update().get(id=relation_id)
    lately = Link.objects.filter(
        relation=relation, purpose=rules.STATEMENT, made_at__gt=clock.now() - rules.ASKED_AGAIN
    )
    if not relation.contact or lately.exists():
        return False
    send(relation, rules.STATEMENT, GATEWAY)
    return True


@transaction.atomic
def ask_to_propose(relation_id: int) -> bool:
    """Anybody asks that a State be sent the link by which it proposes a change of a regulation; whether it was. It goes
    to the registered address, once a day."""
    relation = Relation.objects.select_for_update().get(id=relation_id)
    lately = Link.objects.filter(relation=relation, purpose=rules.PROPOSAL, made_at__gt=clock.now() - rules.ASKED_AGAIN)
    if not relation.contact or lately.exists():
        return False
    send(relation, rules.PROPOSAL, GATEWAY)
    return True


@transaction.atomic
def use(link: Link) -> Relation:
    """Use a link up, within the transaction of what it was for; gives whose it is. Raises Used."""
    taken = take(link)
    taken.save(update_fields=["used_at"])
    return taken.relation


def by_token(token: str, purpose: str) -> Link | None:
    """The link that a token opens, used and expired ones too; None for an unknown one."""
    found = Link.objects.filter(token_hash=vault.keyed_hash(f"country:{token[:64]}"), purpose=purpose)
    return found.select_related("relation", "said").first()


def was_used(link: Link) -> bool:
    """Whether a link was used, as it stands now."""
    return Link.objects.filter(pk=link.pk, used_at__isnull=False).exists()


def take(link: Link) -> Link:
    """A link's row, locked, still good, and used from now on: the caller saves `used_at`. Raises Used."""
    found = Link.objects.select_for_update(of=("self",)).select_related("relation").get(pk=link.pk)
    if found.used_at is not None:
        raise Used("used")
    if found.expires_at <= clock.now():
        raise Used("expired")
    found.used_at = clock.now()
    return found


@transaction.atomic
def confirm(link: Link) -> None:
    """A registered address is read: its owner says so by the link. Raises Used."""
    taken = take(link)
    taken.save(update_fields=["used_at"])
    relation = Relation.objects.select_for_update().get(pk=taken.relation_id)
    relation.contact_checked_at = taken.used_at
    relation.save(update_fields=["contact_checked_at"])
    _tell(relation, "contact.checked", STATE, link=taken.pk)
    alerts.settle(relation.realm, "contact.missed", relation.number)


def miss(now: datetime) -> None:
    """Tell, once for each link, that a registered address did not confirm in time (`now`: UTC)."""
    waiting = Link.objects.filter(purpose=rules.CONTACT, used_at=None, missed_at=None, expires_at__lte=now)
    for id in list(waiting.order_by("expires_at").values_list("id", flat=True)[:50]):
        with transaction.atomic():
            if Link.objects.filter(id=id, used_at=None, missed_at=None).update(missed_at=now):
                link = Link.objects.select_related("relation").get(id=id)
                if not Link.objects.filter(relation=link.relation, purpose=rules.CONTACT, id__gt=id).exists():
                    _tell(link.relation, "contact.missed", GATEWAY, link=id)


# -- words ------------------------------------------------------------------------------------------------------------


def written(text: str) -> str:
    """What somebody typed, whole. Raises BadInput."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput("text", _("write what you want to say"))
    if len(words) > TEXT_AT_MOST:
        raise BadInput("text", _("at most %(most)s characters") % {"most": TEXT_AT_MOST})
    return words


def _about(relation: Relation, side: str, number: str) -> Said | None:
    """The words of the other side that are annotated. Raises BadInput."""
    if not number:
        return None
    others = Said.objects.filter(relation=relation, thing="").exclude(side=side)
    found = others.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 16 else None
    if found is None:
        raise BadInput("about", _("choose words of the other side that stand on the page"))
    return found


@transaction.atomic
def speak(link: Link, text: str, source: str, about: str = "") -> Said:
    """Take what a State says by its link, on our relation or, where the link is for one, on the summary of a dispute:
    stored first, told after. Raises Used, BadInput."""
    taken = take(link)
    words, about_it = written(text), _about(taken.relation, rules.STATE, about)
    said = Said.objects.create(
        relation=taken.relation,
        side=rules.STATE,
        at=clock.now(),
        source=" ".join(source.split())[:200],
        doc=vault.put(words.encode(), clock.now() + KEPT),
        about=about_it,
        thing=taken.thing,
    )
    taken.said = said
    taken.save(update_fields=["used_at", "said"])
    _tell(
        taken.relation, "annotation.received" if said.thing else "statement.received", STATE, said.thing, said=said.pk
    )
    return said


@transaction.atomic
def say(person: Person, relation_id: int, text: str, about: str = "", thing: str = "") -> Said:
    """Publish what we say; `thing`: as a note on the summary of a dispute. Raises NotAllowed, BadInput."""
    relation = Relation.objects.select_for_update().get(id=relation_id)
    allow(person, "country.move", relation)
    said = Said.objects.create(
        relation=relation,
        side=rules.US,
        at=clock.now(),
        source=f"{', '.join(sorted(person.roles))}, {person.jurisdiction}",
        doc=vault.put(written(text).encode(), clock.now() + KEPT),
        about=_about(relation, rules.US, about),
        thing=thing,
        shown=True,
    )
    _tell(relation, "annotation.made" if thing else "statement.made", person.by, thing, said=said.pk)
    return said


@transaction.atomic
def show(person: Person, relation_id: int, said_id: int, shown: bool, reason: str = "") -> Said:
    """Show what a State said to everyone, or keep it back with a reason that is published (it names a person, say).

    Raises NotAllowed, BadInput, Said.DoesNotExist.
    """
    theirs = Said.objects.filter(relation=relation_id, side=rules.STATE).select_related("relation")
    said = theirs.select_for_update(of=("self",)).get(pk=said_id)
    allow(person, "country.move", said.relation)
    why = " ".join(reason.split())
    if not shown and not why:
        raise BadInput("reason", "say why the words of a State are kept back; it is published in their place")
    if len(why) > REASON:
        raise BadInput("reason", f"at most {REASON} characters")
    said.shown, said.kept_back = shown, "" if shown else why
    said.save(update_fields=["shown", "kept_back"])
    _tell(said.relation, "statement.shown", person.by, said.thing, said=said.pk, shown=shown)
    came = "annotation.received" if said.thing else "statement.received"
    alerts.settle(said.relation.realm, came, said.thing or said.relation.number)
    return said
