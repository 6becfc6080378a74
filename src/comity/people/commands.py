"""Every act on staff: invited, enrolled, signed in, granted, ended. Each is one transaction with its event."""

from __future__ import annotations

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

from comity import clock
from comity.ledger.commands import record

from . import demo_keys, passkeys, sessions
from .models import ROLES, Grant, Invite, Key, Person, _session_salt
from .software import SoftwareAuthenticator

INVITE_DAYS = 7
FIRST_ROLES = ("administrator", "handler", "decider", "counsel", "head")
KEYS_AT_MOST = 10
DEMO_PEOPLE = (("handler", "BE"), ("decider", "BE"), ("decider", "EE"), ("counsel", "BE"))


class Refused(Exception):
    """An act on people that can't be done; the text says why and what to do."""


# Coming in ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(roles: Iterable[str], jurisdiction: str, by: str) -> str:
    """Make a one-time link for a new member of the desk and give it; it lasts seven days. Raises Refused."""
    wanted = _roles(roles)
    place = jurisdiction.strip().upper()
    if len(place) != 2 or not (place.isascii() and place.isalpha()):
        raise Refused(f"jurisdiction: two letters of a country are asked for (BE), not {jurisdiction!r}")
    token, now = secrets.token_urlsafe(32), clock.now()
    Invite.objects.create(
        token_hash=_token_hash(token),
        roles=wanted,
        jurisdiction=place,
        by=by,
        made_at=now,
        expires_at=now + timedelta(days=INVITE_DAYS),
    )
    record("person.invited", realm="real", by=by, public={"roles": wanted, "jurisdiction": place})
    return f"{passkeys.origin()}/people/invite/{token}"


@transaction.atomic
def first_invite() -> str | None:
    """A link for the first real person, while there is none; links given out for that before stop working.

    It carries every role of casework and the administrator's, so that one person can start; a quorum of two still
    takes a second person.
    """
    _one_at_a_time("first invite")
    if Person.objects.filter(realm="real", is_active=True).exists():
        return None
    Invite.objects.filter(by="gateway", used_at=None, expires_at__gt=clock.now()).delete()
    return invite(FIRST_ROLES, settings.COMITY.provider["establishment"], "gateway")


def _roles(roles: Iterable[str]) -> list[str]:
    wanted = sorted({role.strip().lower() for role in roles})
    unknown = [role for role in wanted if role not in ROLES]
    if unknown or not wanted:
        raise Refused(f"role: one or more of {', '.join(ROLES)}" + (f", not {unknown[0]!r}" if unknown else ""))
    return wanted


def _token_hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


def open_invite(token: str) -> Invite:
    """The invitation behind a link, if it can still be used. Raises Refused."""
    found = Invite.objects.filter(token_hash=_token_hash(token)).first()
    if found is None:
        raise Refused("This link is not known. Check that it was copied whole, or ask for a new one.")
    _refuse_spent(found)
    return found


def _refuse_spent(found: Invite) -> None:
    if found.used_at is not None:
        raise Refused("This link has been used. It works once; sign in with the passkey made then.")
    if found.expires_at <= clock.now():
        raise Refused("This link has expired. Ask for a new one.")


@transaction.atomic
def enrol(token: str, person_id: uuid.UUID, challenge: bytes, response: Mapping[str, Any]) -> Key:
    """Make the person of a one-time link, with their first passkey. Raises Refused, PasskeyRefused.

    There is no session before there is a passkey, so the link alone opens nothing.
    """
    found = Invite.objects.select_for_update().filter(token_hash=_token_hash(token)).first()
    if found is None:
        raise Refused("This link is not known. Check that it was copied whole, or ask for a new one.")
    _refuse_spent(found)
    public = passkeys.verify_registration(challenge, response)
    person = _make_person(person_id, name_for(person_id, found), "real", found.roles, found.jurisdiction)
    key = _hold(person, bytes(public))
    found.used_at, found.person = clock.now(), person
    found.save(update_fields=["used_at", "person"])
    return key


def name_for(person_id: uuid.UUID, found: Invite) -> str:
    """What a person is called: first role, jurisdiction, four letters. No name of anybody."""
    first = next(role for role in (*FIRST_ROLES, *ROLES) if role in found.roles)
    return f"{first}-{found.jurisdiction.lower()}-{person_id.hex[:6]}"


def _make_person(person_id: uuid.UUID, name: str, realm: str, roles: Iterable[str], jurisdiction: str) -> Person:
    now, wanted = clock.now(), _roles(roles)
    person: Person = Person.objects.create(
        id=person_id, name=name, realm=realm, roles=wanted, jurisdiction=jurisdiction, enrolled_at=now
    )
    Grant.objects.bulk_create(Grant(person=person, role=role, since=now) for role in wanted)
    public = {"roles": wanted, "jurisdiction": jurisdiction}
    record("person.enrolled", realm=realm, by=person.by, public=public, sealed={"person": str(person.id)})
    return person


def _hold(person: Person, public: bytes) -> Key:
    named = passkeys.key_id(public)
    if Key.objects.filter(pk=named).exists():
        raise Refused("This passkey is enrolled already.")
    key = Key.objects.create(id=named, person=person, public=public, enrolled_at=clock.now())
    mark = passkeys.fingerprint(public)
    sealed = {"person": str(person.id), "key": mark}
    record("key.added", realm=person.realm, by=person.by, once=f"key:{mark}", sealed=sealed)
    return key


# Signing in and out ---------------------------------------------------------------------------------------------------


def identify(challenge: bytes, response: Mapping[str, Any]) -> Key:
    """The key of a real person which answered this challenge. Raises PasskeyRefused, whose text tells no one apart."""
    key = Key.objects.select_related("person").filter(pk=passkeys.credential_id(response), ended_at=None).first()
    if key is None or not key.person.is_active or key.person.realm != "real":
        raise passkeys.PasskeyRefused("this passkey is not enrolled here, or not any more")
    passkeys.verify_assertion(challenge, [bytes(key.public)], response)
    return key


@transaction.atomic
def sign_in(request: HttpRequest, key: Key) -> None:
    """Begin a session of the person whose key has just been shown."""
    person = key.person
    sessions.begin(request, key)
    record("person.signed-in", realm=person.realm, by=person.by, sealed={"person": str(person.id)})


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    """End this session; a stranger's is no matter."""
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
    locked = _lock(person)
    _end_sessions(locked)
    locked.save(update_fields=["session_salt"])
    record("sessions.ended", realm=person.realm, by=by, sealed={"person": str(person.id)})


def _end_sessions(person: Person) -> None:
    person.session_salt = _session_salt()


def forget(now: datetime) -> int:
    """Delete sessions that have run out, at an instant (UTC). Gives how many. For the clock, now and then."""
    count, _ = Session.objects.filter(expire_date__lte=now).delete()
    return int(count)


# Keys and roles -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_key(person: Person, challenge: bytes, response: Mapping[str, Any]) -> Key:
    """One more passkey for a person who has just shown one they have. Raises Refused, PasskeyRefused."""
    locked = _lock(person)
    if not locked.is_active or locked.realm != "real":
        raise Refused("Only people who work here have passkeys of their own.")
    if _held(locked).count() >= KEYS_AT_MOST:
        raise Refused(f"A person has {KEYS_AT_MOST} passkeys at most. End one first.")
    return _hold(locked, bytes(passkeys.verify_registration(challenge, response)))


@transaction.atomic
def end_key(person: Person, key_id: str, by: str) -> None:
    """End a passkey of a person: it opens and signs nothing from now on. The last one stays. Raises Refused."""
    locked = _lock(person)
    held = list(_held(locked))
    key = next((key for key in held if key.id == key_id), None)
    if key is None:
        raise Refused("This person has no such passkey.")
    if len(held) == 1:
        raise Refused("This is the only passkey. Add another one first.")
    key.ended_at = clock.now()
    key.save(update_fields=["ended_at"])
    _end_sessions(locked)  # one of them may have been opened with this key
    locked.save(update_fields=["session_salt"])
    sealed = {"person": str(person.id), "key": passkeys.fingerprint(bytes(key.public))}
    record("key.ended", realm=person.realm, by=by, sealed=sealed)


@transaction.atomic
def grant(person: Person, role: str, by: str) -> None:
    """Give a role to a real person who works here; given already, nothing happens. Raises Refused."""
    (wanted,), locked = _roles([role]), _lock(person)
    if locked.realm != "real" or not locked.is_active:
        raise Refused("Roles are given to real people who work here.")
    if wanted in locked.roles:
        return
    Grant.objects.create(person=locked, role=wanted, since=clock.now())
    _set_roles(locked, {*locked.roles, wanted})
    record("role.granted", realm="real", by=by, public={"role": wanted}, sealed={"person": str(person.id)})


@transaction.atomic
def revoke(person: Person, role: str, by: str) -> None:
    """Take a role from a real person, at once. Raises Refused if they don't have it."""
    (wanted,), locked = _roles([role]), _lock(person)
    if locked.realm != "real" or wanted not in locked.roles:
        raise Refused(f"This person is no {wanted}.")
    Grant.objects.filter(person=locked, role=wanted, until=None).update(until=clock.now())
    _set_roles(locked, set(locked.roles) - {wanted})
    record("role.revoked", realm="real", by=by, public={"role": wanted}, sealed={"person": str(person.id)})


def _set_roles(person: Person, roles: set[str]) -> None:
    person.roles = sorted(roles)
    person.save(update_fields=["roles"])


@transaction.atomic
def deactivate(person: Person, by: str) -> None:
    """A person leaves: sessions, keys and roles end at once. What they signed before stands. Twice is once."""
    locked, now = _lock(person), clock.now()
    if not locked.is_active:
        return
    locked.is_active, locked.ended_at = False, now
    _end_sessions(locked)
    locked.save(update_fields=["is_active", "ended_at", "session_salt"])
    _held(locked).update(ended_at=now)
    Grant.objects.filter(person=locked, until=None).update(until=now)
    record("person.deactivated", realm=person.realm, by=by, sealed={"person": str(person.id)})


def _lock(person: Person) -> Person:
    locked: Person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    return locked


def _held(person: Person) -> QuerySet[Key]:
    return Key.objects.filter(person=person, ended_at=None)


def _one_at_a_time(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"people: {what}"])


# The demo -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ensure_demo_people() -> list[Person]:
    """The people one can be in the demo, each with an authenticator that this server keeps. Raises Refused.

    Made once; a key whose file is lost is ended and replaced.
    """
    if not settings.COMITY.demo:
        raise Refused("The demo is off (comity.toml: demo = true).")
    _one_at_a_time("demo people")
    people = [_demo_person(role, place) for role, place in DEMO_PEOPLE]
    for person in people:
        _ensure_demo_key(person)
    return people


def demo_people() -> list[Person]:
    """The people one can be in the demo, in the order of the story; none where the demo is off."""
    if not settings.COMITY.demo:
        return []
    named = {person.name: person for person in Person.objects.filter(realm="demo", is_active=True)}
    names = [f"demo-{role}-{place.lower()}" for role, place in DEMO_PEOPLE]
    return [named[name] for name in names if name in named]


def _demo_person(role: str, place: str) -> Person:
    name = f"demo-{role}-{place.lower()}"
    found: Person | None = Person.objects.filter(name=name, realm="demo").first()
    return found if found is not None else _make_person(uuid.uuid4(), name, "demo", [role], place)


def _ensure_demo_key(person: Person) -> None:
    held = set(_held(person).values_list("id", flat=True))
    try:
        kept = passkeys.encode(demo_keys.load(person).id)
    except (OSError, ValueError):
        kept = ""
    if held == {kept}:
        return
    _held(person).update(ended_at=clock.now())
    made = SoftwareAuthenticator.make()
    made.save(demo_keys.path(person))
    _hold(person, bytes(made.public))


def become(request: HttpRequest, who: Person) -> None:
    """Be one of the demo's people. Raises Refused where the demo is off, and for anyone who isn't of it."""
    if not settings.COMITY.demo:
        raise Refused("The demo is off.")
    fresh = Person.objects.filter(pk=who.pk, realm="demo", is_active=True).first()
    if fresh is None:
        raise Refused("One can be the demo's own people only.")
    key = _held(fresh).first()
    if key is None:
        raise Refused("The demo's people are not ready yet.")
    sign_in(request, key)
