"""Acts on staff: invite, enrol, sign in, grant, end. Each is one transaction, its event included."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comity import clock
from comity.ledger.commands import record

from . import admissions, approvals, demo_keys, passkeys, sessions, tags
from .approvals import ApprovedAct
from .models import ROLES, Domain, Grant, Invite, Key, Person, _session_salt
from .rules import ADMIT
from .software import SoftwareAuthenticator

INVITE_DAYS = 7
FIRST_ROLES = ("administrator", "handler", "decider", "counsel", "head")
FOR_EVER = timedelta(days=36_500)
FOUNDERS = "founders"  # `by` of a founding's link, which nobody of the desk made
KEYS_AT_MOST = 10
DEMO_PEOPLE = (("handler", "BE"), ("decider", "BE"), ("decider", "EE"), ("counsel", "BE"), ("head", "EE"))
DEMO_COUNCIL = (("council", "BE"), ("council", "EE"), ("council", "JP"))
DEMO_GUARDIANS = (("guardian", "CH"),)
DEMO_EVERYONE = (*DEMO_PEOPLE, *DEMO_COUNCIL, *DEMO_GUARDIANS)
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+", re.A)


class Refused(Exception):
    """An act on people that cannot be done; the text says why and what to do."""


# Coming in ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(signed: ApprovedAct) -> str:
    """Make the one-time link of a signed invitation and return it; it is valid for seven days. Raises Refused."""
    text = signed.act
    return make_link(text["roles"], text["jurisdiction"], f"person:{text['put_by']}", act=signed.hash)


@transaction.atomic
def invite_as_operator(roles: Iterable[str], jurisdiction: str) -> str:
    """Make a one-time link on the server. Who comes by it is a candidate, whatever the link says. Raises Refused."""
    return make_link(roles, jurisdiction, "operator")


def make_link(roles: Iterable[str], jurisdiction: str, by: str, *, act: str = "", where: str = "invite") -> str:
    """Write an invitation and return its link, within the caller's transaction. Raises Refused."""
    wanted, place = wanted_roles(roles), place_of(jurisdiction)
    token, now = secrets.token_urlsafe(32), clock.now()
    expires, hash = now + timedelta(days=INVITE_DAYS), _token_hash(token)
    fields = {"token_hash": hash, "roles": wanted, "jurisdiction": place, "by": by, "made_at": now, "act": act}
    tags.make(Invite, **fields, expires_at=expires)
    record("person.invited", realm="real", by=by, public={"roles": wanted, "jurisdiction": place}, sealed={"act": act})
    return f"{passkeys.origin()}/people/{where}/{token}"


def place_of(jurisdiction: str) -> str:
    """A two-letter country code (ISO 3166-1), in capitals. Raises Refused."""
    place = jurisdiction.strip().upper()
    if len(place) != 2 or not (place.isascii() and place.isalpha()):
        says = _("jurisdiction: two letters of a country are asked for (BE), not %(given)s")
        raise Refused(says % {"given": repr(jurisdiction[:40])})
    return place


def wanted_roles(roles: Iterable[str]) -> list[str]:
    """The requested roles, each once. Raises Refused naming one that doesn't exist."""
    wanted = sorted({role.strip().lower() for role in roles})
    unknown = [role for role in wanted if role not in ROLES]
    if unknown:
        says = _("role: one or more of %(roles)s, not %(given)s")
        raise Refused(says % {"roles": ", ".join(ROLES), "given": repr(unknown[0][:40])})
    if not wanted:
        raise Refused(_("role: one or more of %(roles)s") % {"roles": ", ".join(ROLES)})
    verify_alone(wanted)
    return wanted


_ALONE = {  # roles that nobody has beside another, and what is said to whoever tries
    "council": lazy("role: a member of the council has no other role, and nobody of the desk is one"),
    "guardian": lazy("role: a guardian has no other role, and nobody of the desk is one"),
}


def verify_alone(roles: Iterable[str]) -> None:
    """Who votes on the rules is not of the desk that applies them, nor is who guards it. Raises Refused."""
    held = set(roles)
    for role, says in _ALONE.items():
        if role in held and held - {role}:
            raise Refused(str(says))


def note_domain(person: Person, domain: str) -> None:
    """Keep where an organisation publishes the fingerprints of a person's keys, before it is signed. Raises Refused."""
    named = domain.strip().lower().removeprefix("https://").rstrip("/")
    if named and not (len(named) <= 100 and _DOMAIN.fullmatch(named)):
        raise Refused(_("domain: a name such as guardian.example.org is asked for"))
    if named:
        Domain.objects.update_or_create(person=person, defaults={"name": named})


def _token_hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


def open_invite(token: str, *, lock: bool = False) -> Invite:
    """The invitation behind a link, if it can still be used. Raises Refused."""
    rows = Invite.objects.select_for_update() if lock else Invite.objects.all()
    found = rows.filter(token_hash=_token_hash(token)).first()
    if found is None or not tags.fits(found):
        raise Refused(_("This link is not known. Check that it was copied whole, or ask for a new one."))
    if found.used_at is not None:
        raise Refused(_("This link has been used. It works once; sign in with the passkey made then."))
    if found.expires_at <= clock.now():
        raise Refused(_("This link has expired. Ask for a new one."))
    return found


@transaction.atomic
def enrol(token: str, person_id: uuid.UUID, challenge: bytes, response: Mapping[str, Any]) -> Key:
    """Make the person of a one-time link, with their first passkey. Raises Refused, PasskeyRefused.

    There is no session before there is a passkey, so the link alone opens nothing. The person is a candidate, without a
    role; who puts their admission to whom is the next floor's (`admissions.commands.enrol`).
    """
    found = open_invite(token, lock=True)
    if found.by == FOUNDERS:
        raise Refused(_("This link founds a desk. Open it as it was given to you."))
    public = passkeys.verify_registration(challenge, response)
    person = make_person(person_id, name_for(person_id, found.roles, found.jurisdiction), "real", (), found)
    key = hold(person, bytes(public))
    tags.change(found, used_at=clock.now(), person=person)
    return key


def name_for(person_id: uuid.UUID, roles: Iterable[str], place: str) -> str:
    """What a person is called: first role, jurisdiction, six hexadecimal digits. Nobody's real name."""
    first = next(role for role in (*FIRST_ROLES, *ROLES) if role in roles)
    return f"{first}-{place.lower()}-{person_id.hex[:6]}"


def make_person(
    person_id: uuid.UUID, name: str, realm: str, roles: Iterable[str], where: Invite | str, act: str = ""
) -> Person:
    """Write a person with the roles they start with; `where`: their invitation, or a jurisdiction."""
    place = where if isinstance(where, str) else where.jurisdiction
    now, wanted = clock.now(), sorted(set(roles))
    fields = {"id": person_id, "name": name, "realm": realm, "roles": wanted, "jurisdiction": place}
    person: Person = tags.make(Person, **fields, enrolled_at=now)
    for role in wanted:
        tags.make(Grant, person=person, role=role, since=now, act=act)
    public = {"roles": wanted, "jurisdiction": place}
    record("person.enrolled", realm=realm, by=person.by, public=public, sealed={"person": str(person.id)})
    return person


def hold(person: Person, public: bytes) -> Key:
    """Write a person's key. Raises Refused if somebody has it already."""
    named = passkeys.key_id(public)
    if Key.objects.filter(pk=named).exists():
        raise Refused(_("This passkey is enrolled already."))
    key = tags.make(Key, id=named, person=person, public=public, enrolled_at=clock.now())
    mark = passkeys.fingerprint(public)
    sealed = {"person": str(person.id), "key": mark}
    record("key.added", realm=person.realm, by=person.by, once=f"key:{mark}", sealed=sealed)
    return key


# Signing in and out ---------------------------------------------------------------------------------------------------


def identify(challenge: bytes, response: Mapping[str, Any]) -> Key:
    """The key of a real person that answered this challenge. Raises PasskeyRefused, whose text doesn't reveal who
    exists."""
    key = Key.objects.select_related("person").filter(pk=passkeys.credential_id(response), ended_at=None).first()
    if key is None or not (tags.fits(key) and is_here(key.person)):
        raise passkeys.PasskeyRefused(_("this passkey is not enrolled here, or no longer"))
    passkeys.verify_assertion(challenge, [bytes(key.public)], response)
    return key


def is_here(person: Person) -> bool:
    """Whether somebody is a real, active person, by rows that this gateway wrote."""
    return person.is_active and person.realm == "real" and tags.fits(person)


@transaction.atomic
def sign_in(request: HttpRequest, key: Key, challenge: bytes = b"") -> None:
    """Start a session of the person whose key has just been shown. Raises PasskeyRefused: a challenge is valid once."""
    person = key.person
    once = f"signed-in:{sha256(challenge).hexdigest()}" if challenge else None
    sealed = {"person": str(person.id)}
    if not record("person.signed-in", realm=person.realm, by=person.by, once=once, sealed=sealed).new:
        raise passkeys.PasskeyRefused(_("this was used already; begin again"))
    sessions.begin(request, key)


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    """End this session; does nothing for an anonymous visitor."""
    if isinstance(request.user, Person):
        record(
            "person.signed-out",
            realm=request.user.realm,
            by=request.user.by,
            sealed={"person": str(request.user.id)},
        )
    sessions.end(request)


@transaction.atomic
def end_sessions(person: Person, by: str) -> None:
    """End every session of a person, everywhere, with their next request."""
    locked = lock(person)
    _end_sessions(locked)
    locked.save(update_fields=["session_salt"])
    record("sessions.ended", realm=person.realm, by=by, sealed={"person": str(person.id)})


def _end_sessions(person: Person) -> None:
    person.session_salt = _session_salt()


def forget(now: datetime) -> int:
    """Delete sessions expired by `now` (UTC); returns how many. Called by the clock."""
    count = Session.objects.filter(expire_date__lte=now).delete()[0]
    return int(count)


# Keys and roles -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_key(person: Person, challenge: bytes, response: Mapping[str, Any]) -> Key:
    """Add a passkey to a person who has just used one they have. Raises Refused, PasskeyRefused."""
    locked = lock(person)
    if not is_here(locked):
        raise Refused("Only people who work here have passkeys of their own.")
    if any(one.text.get("person") == str(locked.id) for one in admissions.waiting()):
        raise Refused("You are waiting to be admitted with the passkey you have. Add others after that.")
    if _held(locked).count() >= KEYS_AT_MOST:
        raise Refused(f"A person has {KEYS_AT_MOST} passkeys at most. End one first.")
    return hold(locked, bytes(passkeys.verify_registration(challenge, response)))


@transaction.atomic
def end_key(person: Person, key_id: str, by: str) -> None:
    """End one of a person's passkeys: from now on it neither signs in nor signs. The last one stays. Raises Refused."""
    locked = lock(person)
    held = list(_held(locked))
    key = next((key for key in held if key.id == key_id), None)
    if key is None:
        raise Refused("This person has no such passkey.")
    if len(held) == 1:
        raise Refused("This is the only passkey. Add another one first.")
    tags.change(key, ended_at=clock.now())
    _end_sessions(locked)  # one of them may have been opened with this key
    locked.save(update_fields=["session_salt"])
    sealed = {"person": str(person.id), "key": passkeys.fingerprint(bytes(key.public))}
    record("key.ended", realm=person.realm, by=by, sealed=sealed)


@transaction.atomic
def grant(signed: ApprovedAct) -> None:
    """Give the roles of a signed act to its person, who must be active; those they have already stay. Raises
    Refused."""
    text = signed.act
    person = lock(Person.objects.get(pk=text["person"]))
    if not is_here(person):
        raise Refused("Roles are given to real people who work here.")
    if text["kind"] == ADMIT and admissions.keys_of(person) != text["keys"]:
        raise Refused("The candidate's passkeys are not those that were vouched for.")
    give(person, text["roles"], signed)
    told = {"roles": text["roles"], "jurisdiction": person.jurisdiction, "vouched": len(signed.approvals)}
    sealed = {"person": str(person.id), "act": signed.hash}
    if text["kind"] == ADMIT:
        record("person.admitted", realm="real", by=_last(signed), public=told, sealed=sealed)
    else:
        record("role.granted", realm="real", by=_last(signed), public={"role": text["roles"][0]}, sealed=sealed)


def give(person: Person, roles: Iterable[str], signed: ApprovedAct) -> None:
    """Write what a signed act gives to a person, within the caller's transaction, and keep the act permanently."""
    new = sorted(set(roles) - set(person.roles))
    verify_alone({*person.roles, *new})
    for role in new:
        tags.make(Grant, person=person, role=role, since=clock.now(), act=signed.hash)
    tags.change(person, roles=sorted({*person.roles, *new}))
    approvals.keep(signed.hash, clock.now() + FOR_EVER)


def _last(signed: ApprovedAct) -> str:
    return f"person:{signed.approvals[-1].person}"


@transaction.atomic
def revoke(signed: ApprovedAct) -> None:
    """Take the role of a signed act from its person, immediately. Raises Refused if they don't have it."""
    (role,) = signed.act["roles"]
    person = lock(Person.objects.get(pk=signed.act["person"]))
    if person.realm != "real" or role not in person.roles:
        raise Refused(f"This person doesn't have the role {role}.")
    for row in Grant.objects.filter(person=person, role=role, until=None):
        tags.change(row, until=clock.now())
    tags.change(person, roles=sorted(set(person.roles) - {role}))
    sealed = {"person": str(person.id), "act": signed.hash}
    record("role.revoked", realm="real", by=_last(signed), public={"role": role}, sealed=sealed)


@transaction.atomic
def dismiss(signed: ApprovedAct) -> None:
    """Deactivate the person of a signed act."""
    deactivate(Person.objects.get(pk=signed.act["person"]), _last(signed), act=signed.hash)


@transaction.atomic
def deactivate(person: Person, by: str, act: str = "") -> None:
    """A person leaves: their sessions, keys, roles and the open acts about or by them end immediately. Idempotent.

    What they signed before remains valid.
    """
    locked, now = lock(person), clock.now()
    if not locked.is_active:
        return
    _end_sessions(locked)
    locked.save(update_fields=["session_salt"])
    tags.change(locked, is_active=False, ended_at=now)
    for key in _held(locked):
        tags.change(key, ended_at=now)
    for row in Grant.objects.filter(person=locked, until=None):
        tags.change(row, until=now)
    Invite.objects.filter(by=locked.by, used_at=None).delete()
    admissions.drop(str(locked.id))
    record("person.deactivated", realm=person.realm, by=by, sealed={"person": str(person.id), "act": act})


def lock(person: Person) -> Person:
    """The person's row, locked until this transaction ends, so that acts on one person take turns."""
    locked: Person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    return locked


def _held(person: Person) -> QuerySet[Key]:
    return Key.objects.filter(person=person, ended_at=None)


def one_at_a_time(what: str) -> None:
    """Wait for a lock by this name and hold it until this transaction ends, where there is no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"people: {what}"])


# The demo -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ensure_demo_people() -> list[Person]:
    """The people of the demo, each with a software authenticator that this server keeps. Raises Refused.

    Made once; a key whose file is lost is ended and replaced.
    """
    if not settings.COMITY.demo:
        raise Refused("The demo is off (comity.toml: demo = true).")
    one_at_a_time("demo people")
    people = [_demo_person(role, place) for role, place in DEMO_EVERYONE]
    for person in people:
        _ensure_demo_key(person)
    return people


def demo_people() -> list[Person]:
    """The people one can be in the demo, in the order of the story; empty if the demo is off."""
    if not settings.COMITY.demo:
        return []
    named = {person.name: person for person in Person.objects.filter(realm="demo", is_active=True)}
    names = [f"demo-{role}-{place.lower()}" for role, place in DEMO_EVERYONE]
    return [named[name] for name in names if name in named]


def _demo_person(role: str, place: str) -> Person:
    name = f"demo-{role}-{place.lower()}"
    found: Person | None = Person.objects.filter(name=name, realm="demo").first()
    return found if found is not None else make_person(uuid.uuid4(), name, "demo", [role], place)


def _ensure_demo_key(person: Person) -> None:
    held = set(_held(person).values_list("id", flat=True))
    try:
        kept = passkeys.encode(demo_keys.load(person).id)
    except (OSError, ValueError):
        kept = ""
    if held == {kept}:
        return
    for key in _held(person):
        tags.change(key, ended_at=clock.now())
    made = SoftwareAuthenticator.make()
    made.save(demo_keys.path(person))
    hold(person, bytes(made.public))


def become(request: HttpRequest, who: Person) -> None:
    """Sign in as one of the demo's people. Raises Refused if the demo is off, and for anyone else."""
    if not settings.COMITY.demo:
        raise Refused("The demo is off.")
    fresh = Person.objects.filter(pk=who.pk, realm="demo", is_active=True).first()
    if fresh is None:
        raise Refused("Only the demo's own people can be taken on.")
    key = _held(fresh).first()
    if key is None:
        raise Refused("The demo's people are not ready yet.")
    sign_in(request, key)
