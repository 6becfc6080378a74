"""How a desk begins: until all of its founders have signed one charter, nobody holds a role.

One link, printed on the server, opens the founding page. Whoever is to decide or guard from the first day enrols there,
each with their own key and jurisdiction; the charter names them all, with keys and roles, and all sign it. It takes
three people in two jurisdictions: two who decide, and a guardian, who is not of the desk and without whom nobody is let
in later. A person who is alone says so there, and the front page says it to everyone. The gateway sees keys, not
people: that two keys are two people is what the founders put their names to, and the page says that too. A desk whose
people could let nobody in, as one of before there were guardians, is founded again in the same way; whoever still
decides or guards is among the founders.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.ledger.commands import record
from comity.vault import commands as vault

from . import approvals, commands, one_person, passkeys, tags
from .approvals import ApprovalRefused
from .commands import FOUNDERS, Refused
from .models import Act, Domain, Invite, Key, Person
from .rules import COUNCIL, DECIDING, FOUNDING, GUARDIAN, Quorum, lacks

REALM = "real"
AT_MOST = 20
IN_ORDER = ("enrolled_at", "pk")  # one order, though two came at one instant: the charter is compared with it


@dataclass(frozen=True)
class Founder:
    """One of those who found a desk: the person, the roles they are to have, their keys."""

    person: Person
    roles: tuple[str, ...]
    keys: tuple[Key, ...]


# The link -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def first_link() -> str | None:
    """The founding link while nobody decides here, or while those who do could let nobody in; else None. A desk of one
    person who said so is left alone. Links given out earlier stop working."""
    commands.one_at_a_time("founding")
    return None if not lacking() or founded_alone() else _link()


@transaction.atomic
def open_again() -> str:
    """A founding link, made on the server. Raises Refused if those who are here can let others in."""
    commands.one_at_a_time("founding")
    if not lacking():
        raise Refused(
            _("This desk is founded. Its people let others in: invite, then two who decide and a guardian sign.")
        )
    return _link()


def _link() -> str:
    Invite.objects.filter(by=FOUNDERS, used_at=None).delete()
    place = settings.COMITY.provider["establishment"] or "BE"
    return commands.make_link(commands.FIRST_ROLES, place, FOUNDERS, where="founding")


def open_founding(token: str, *, lock: bool = False) -> Invite:
    """The founding behind a link, if it can still be signed. Raises Refused."""
    found = commands.open_invite(token, lock=lock)
    if found.by != FOUNDERS or not lacking():
        raise Refused(_("This link founds nothing. If you have a passkey here, sign in with it."))
    return found


# Who ------------------------------------------------------------------------------------------------------------------


def holders() -> list[Person]:
    """The real people who hold a deciding role, by rows that this gateway wrote."""
    found = Person.objects.filter(realm=REALM, is_active=True, roles__overlap=sorted(DECIDING)).order_by(*IN_ORDER)
    return [person for person in found if tags.fits(person)]


def guardians() -> list[Person]:
    """The real people who guard, by rows that this gateway wrote."""
    found = Person.objects.filter(realm=REALM, is_active=True, roles__overlap=sorted(GUARDIAN)).order_by(*IN_ORDER)
    return [person for person in found if tags.fits(person)]


def lacking() -> tuple[str, ...]:
    """What this desk's people lack to let anybody in: codes of `rules.lacks`; empty for nothing."""
    return lacks((person.roles, person.jurisdiction) for person in [*holders(), *guardians()])


def alone() -> bool:
    """Whether one person alone decides here. The front page says so."""
    return len(holders()) == 1


def founded_alone() -> tuple[Person, str] | None:
    """Who founded this desk alone and still decides alone, with the signed charter's hash; None on any other desk."""
    here = holders()
    charter = approvals.founded_alone(str(here[0].id), clock.now()) if len(here) == 1 else None
    return (here[0], charter) if charter else None


def founders() -> list[Founder]:
    """Those who are to sign: everyone who decides or guards, and everyone who enrolled by the founding link."""
    joined = Invite.objects.filter(by=FOUNDERS, person__is_active=True)
    wanted: dict[Any, tuple[str, ...]] = {row.person_id: tuple(row.roles) for row in joined if tags.fits(row)}
    wanted = {person.id: tuple(person.roles) for person in [*holders(), *guardians()]} | wanted
    people = [one for one in Person.objects.filter(id__in=wanted).order_by(*IN_ORDER) if commands.is_here(one)]
    keys: dict[Any, list[Key]] = {}
    for key in Key.objects.filter(person__in=people, ended_at=None).order_by(*IN_ORDER):
        if tags.fits(key):
            keys.setdefault(key.person_id, []).append(key)
    return [Founder(one, wanted[one.id], tuple(keys.get(one.id, ()))) for one in people]


# The charter ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def join(
    token: str,
    roles: Iterable[str],
    place: str,
    person_id: uuid.UUID,
    challenge: bytes,
    response: Mapping[str, Any],
    domain: str = "",
) -> Key:
    """Enrol a founder, as yet without a role; the charter is put again. Raises Refused, PasskeyRefused."""
    commands.one_at_a_time("founding")
    open_founding(token, lock=True)
    if len(founders()) >= AT_MOST:
        raise Refused(_("%(most)s people at most found a desk; they invite the others.") % {"most": AT_MOST})
    public = passkeys.verify_registration(challenge, response)
    wanted, where, now = commands.wanted_roles(roles), commands.place_of(place), clock.now()
    _verify_founds(wanted)
    person = commands.make_person(person_id, commands.name_for(person_id, wanted, where), REALM, (), where)
    key = commands.hold(person, bytes(public))
    commands.note_domain(person, domain)
    fields = {
        "token_hash": uuid.uuid4().bytes,
        "roles": wanted,
        "jurisdiction": where,
        "by": FOUNDERS,
        "person": person,
    }
    tags.make(Invite, **fields, made_at=now, used_at=now, expires_at=now + timedelta(days=1))
    put(alone=False)
    return key


def _verify_founds(wanted: Iterable[str]) -> None:
    roles = set(wanted)
    if COUNCIL & roles:
        raise Refused(_("role: a member of the council is invited later; they are of no founding"))
    if (DECIDING | GUARDIAN).isdisjoint(roles):
        says = _("role: a founder has one of %(roles)s, or guards; others are invited later")
        raise Refused(says % {"roles": ", ".join(sorted(DECIDING))})


@transaction.atomic
def leave(token: str, person_id: uuid.UUID) -> None:
    """Take a founder off the list before all have signed; whoever holds a role already stays. Raises Refused."""
    commands.one_at_a_time("founding")
    open_founding(token, lock=True)
    found = next((one.person for one in founders() if one.person.id == person_id and not one.person.roles), None)
    if found is None:
        raise Refused(_("There is no such founder, or they hold a role already."))
    commands.deactivate(found, FOUNDERS)
    put(alone=False)


@transaction.atomic
def choose_alone(token: str) -> None:
    """Put the charter of a desk of one person: that person says so, in public. Raises Refused."""
    commands.one_at_a_time("founding")
    open_founding(token, lock=True)
    if len(found := founders()) != 1:
        raise Refused(_("Only one person who has enrolled here can be alone."))
    if DECIDING.isdisjoint(found[0].roles):
        raise Refused(_("Somebody who guards founds no desk alone."))
    put(alone=True)


def put(*, alone: bool) -> None:
    """Put the charter of the founders on the list now to all of them; one of an older list becomes void."""
    for row in Act.objects.filter(kind=FOUNDING, state="open"):
        approvals.drop(row.hash)
    people = founders()
    if len(people) != 1 if alone else missing(people):
        return
    ids = tuple(str(one.person.id) for one in people)
    quorum = Quorum(len(people), tuple(DECIDING), people=ids)
    text = {"kind": FOUNDING, "alone": alone, "people": [_named(one) for one in people]}
    approvals.propose(text, realm=REALM, case=None, version=0, quorum=quorum)


def _named(one: Founder) -> dict[str, Any]:
    keys = [passkeys.fingerprint(bytes(key.public)) for key in one.keys]
    who = {"person": str(one.person.id), "called": one.person.name, "jurisdiction": one.person.jurisdiction}
    at_home = Domain.objects.filter(person=one.person).values_list("name", flat=True).first()
    return {**who, "roles": sorted(one.roles), "keys": keys} | ({"domain": at_home} if at_home else {})


def missing(people: Iterable[Founder]) -> tuple[str, ...]:
    """What a list of founders lacks: codes of `rules.lacks`."""
    return lacks((one.roles, one.person.jurisdiction) for one in people)


def charter() -> Act | None:
    """The charter that is put to the founders, if it can be signed."""
    return Act.objects.filter(kind=FOUNDING, state="open").order_by("-proposed_at").first()


def text_of(act: Act) -> dict[str, Any]:
    """What a charter says. Raises `vault.Gone`."""
    return dict(json.loads(vault.get(act.doc)))


def signed_by(act: Act) -> set[Any]:
    """The ids of those who have signed a charter."""
    return {one.person_id for one in act.approvals.all() if tags.fits(one)}


def unsigned(act: Act) -> list[Person]:
    """The founders who have not signed a charter yet."""
    signed = signed_by(act)
    return [one.person for one in founders() if one.person.id not in signed]


# Signing it -----------------------------------------------------------------------------------------------------------


def sign(token: str, hash: str, response: Mapping[str, Any]) -> tuple[Key, bool]:
    """Sign the charter with the passkey of whichever founder is at the page; the last signature founds the desk.

    Returns the key, and whether the desk is founded by it. Raises Refused, ApprovalRefused, PasskeyRefused.
    """
    key = Key.objects.select_related("person").filter(pk=passkeys.credential_id(response), ended_at=None).first()
    if key is None or not (tags.fits(key) and commands.is_here(key.person)):
        raise passkeys.PasskeyRefused(_("this passkey is not on the list"))
    try:
        return key, _sign(token, key.person, hash, response)
    except ApprovalRefused as refusal:
        approvals.keep_refusal(key.person, hash, refusal)
        raise


@transaction.atomic
def _sign(token: str, person: Person, hash: str, response: Mapping[str, Any]) -> bool:
    commands.one_at_a_time("founding")
    link = open_founding(token, lock=True)
    act = charter()
    if act is None or act.hash != hash:
        raise ApprovalRefused("void")
    if not approvals.approve(person, hash, response).complete:
        return False
    _found(approvals.approved(hash, kind=FOUNDING))
    link.delete()
    return True


def _found(signed: approvals.ApprovedAct) -> None:
    """Give everyone on the charter their roles, after checking that it names exactly those on the list now."""
    people = {str(one.person.id): one for one in founders()}
    if signed.act["people"] != [_named(one) for one in people.values()]:
        raise Refused(_("The list of founders has changed since this was put. Open the page again."))
    for one in people.values():
        commands.give(commands.lock(one.person), one.roles, signed)
    one_person.note(signed.hash, len(people), clock.now())
    told = {
        "count": len(people),
        "jurisdictions": sorted({one.person.jurisdiction for one in people.values()}),
        "alone": bool(signed.act["alone"]),
    }
    sealed = {"act": signed.hash, "people": sorted(people)}
    record("gateway.founded", realm=REALM, by=FOUNDERS, public=told, sealed=sealed)
