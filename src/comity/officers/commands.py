"""Officers of authorities: invited by a one-time link after a confirmed call-back, in by passkey, ended. Each act is
one transaction."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction

from comity import clock
from comity.authorities import commands as register
from comity.authorities import rules as of_register
from comity.authorities.models import Authority
from comity.ledger.commands import record
from comity.outbox import commands as outbox
from comity.people import passkeys
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.people.software import SoftwareAuthenticator

from . import letters
from .models import Officer

GATEWAY = "gateway"
LASTS = timedelta(days=2)
SESSION = timedelta(hours=12)
SALT = "comity.hotline.session"


class Closed(Exception):
    """A one-time link that opens nothing; the text says why."""


# -- invited ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(person: Person, authority: str, *, confirmed: bool) -> tuple[Officer, str]:
    """Invite an officer of an accredited authority, and give the token of the one-time link, which is shown once.

    `confirmed`: the authority was called at its number on our register, and confirmed the officer. Raises NotAllowed,
    BadInput.
    """
    entry = register.entry(authority)
    allow(person, "officer.invite", Realm(entry.realm if entry else person.realm))
    if not confirmed:
        raise BadInput("confirmed", "call the authority at its number on our register first, and let it confirm them")
    if entry is None or not entry.accredited:
        raise BadInput("authority", "choose one that is accredited on our register")
    return _made(entry, person.by)


def _made(entry: Authority, by: str) -> tuple[Officer, str]:
    token = secrets.token_urlsafe(24)
    now = clock.now()
    of_it = {"link": hashed(token), "link_ends_at": now + LASTS, "invited_at": now, "invited_by": by}
    made = Officer.objects.create(authority=entry.id, realm=entry.realm, **of_it)
    _told("officer.invited", made, by)
    return made, token


@transaction.atomic
def invite_by_mail(person: Person, authority: str, address: str, *, confirmed: bool) -> Officer:
    """Send an officer their one-time link, to an address of the authority's own domain. Raises NotAllowed, BadInput."""
    made, token = invite(person, authority, confirmed=confirmed)
    entry = register.entry(authority)
    own = [of_register.host(one) for one in (entry.domains if entry else ())]
    if not any(of_register.within(of_register.domain_of(address), one) for one in own):
        raise BadInput("address", f"an address of the authority’s own domain: {', '.join(own) or 'it has none'}")
    url = f"{settings.COMITY.base_url}/authorities/join/{token}"
    subject, text = letters.invitation(entry.name if entry else authority, url, made.link_ends_at)
    outbox.queue(
        key=f"officer:{made.id}",
        realm=made.realm,
        kind="invitation",
        to=address,
        subject=subject,
        text=text,
        by=person.by,
    )
    return made


def hashed(token: str) -> bytes:
    """A one-time link's token, as it is kept."""
    return sha256(token.encode("utf-8", "replace")).digest()


def _told(kind: str, officer: Officer, by: str, once: str | None = None) -> bool:
    public, sealed = {"service": officer.authority}, {"officer": str(officer.id)}
    return record(kind, realm=officer.realm, by=by, once=once, public=public, sealed=sealed).new


def opened(token: str, *, lock: bool = False) -> Officer:
    """The officer whom a one-time link invites. Raises Closed."""
    rows = Officer.objects.select_for_update() if lock else Officer.objects
    found = rows.filter(link=hashed(token)).first()
    if found is None:
        raise Closed("This link is not known. Check that it was copied whole, or ask for a new one.")
    if found.enrolled_at is not None:
        raise Closed("This link has been used. It works once; sign in with the passkey made then.")
    if found.link_ends_at <= clock.now() or found.ended_at is not None:
        raise Closed("This link has expired. Ask for a new one.")
    return found


@transaction.atomic
def enrol(token: str, challenge: bytes, response: Mapping[str, Any]) -> Officer:
    """Keep the passkey that was made by a one-time link, which is used up. Raises Closed, PasskeyRefused."""
    officer = opened(token, lock=True)
    public = bytes(passkeys.verify_registration(challenge, response))
    hold(officer, public)
    return officer


def hold(officer: Officer, public: bytes) -> None:
    """Keep the passkey of a locked officer. Raises PasskeyRefused for one that another holds."""
    officer.key, officer.public, officer.enrolled_at = passkeys.key_id(public), public, clock.now()
    if Officer.objects.filter(key=officer.key).exclude(id=officer.id).exists():
        raise passkeys.PasskeyRefused("this passkey is an officer's already")
    officer.save(update_fields=["key", "public", "enrolled_at"])
    _told("officer.enrolled", officer, officer.by)


@transaction.atomic
def end(person: Person, officer: str) -> None:
    """End an officer's access and sessions; what they did stays. Raises NotAllowed, BadInput."""
    found = Officer.objects.select_for_update().filter(id=officer).first() if _is_id(officer) else None
    if found is None:
        raise BadInput("officer", "there is none of that number")
    allow(person, "service.suspend", found)
    if found.ended_at is None:
        found.ended_at, found.session_salt = clock.now(), secrets.token_hex(16)
        found.save(update_fields=["ended_at", "session_salt"])
        _told("officer.ended", found, person.by)


def _is_id(text: str) -> bool:
    return len(text) == 36 and all(c in "0123456789abcdef-" for c in text)


@transaction.atomic
def contain(officer: Officer) -> bool:
    """Mark an account from which very much comes; whether it was marked now."""
    if officer.contained_at is not None:
        return False
    officer.contained_at = clock.now()
    officer.save(update_fields=["contained_at"])
    return True


# -- signed in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def identify(challenge: bytes, response: Mapping[str, Any]) -> Officer:
    """The officer whose passkey answered a challenge, once. Raises PasskeyRefused, whose text tells of nobody."""
    key = passkeys.credential_id(response)
    found = Officer.objects.filter(key=key, ended_at=None).first()
    if found is None or found.public is None:
        raise passkeys.PasskeyRefused("this passkey is not enrolled here, or no longer")
    passkeys.verify_assertion(challenge, [bytes(found.public)], response)
    once = f"officer-in:{sha256(challenge).hexdigest()}"
    if not _told("officer.signed-in", found, found.by, once):
        raise passkeys.PasskeyRefused("this was used already; begin again")
    return found


def session(officer: Officer) -> str:
    """What their cookie says."""
    return signing.dumps([str(officer.id), _stamp(officer)], salt=SALT)


def _stamp(officer: Officer) -> str:
    return sha256(f"{officer.id}:{officer.session_salt}".encode()).hexdigest()[:32]


def of_session(cookie: str) -> Officer | None:
    """Who a cookie lets in; None for nobody, once it is over, or where the demo is off."""
    try:
        id, stamp = signing.loads(cookie, salt=SALT, max_age=SESSION)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Officer.objects.filter(id=id, ended_at=None).first()
    if found is None or _stamp(found) != stamp or (found.realm == "demo" and not settings.COMITY.demo):
        return None
    return found


def active(id: Any, *, lock: bool = True) -> Officer | None:
    """An enrolled officer of an authority that is accredited now, their row locked; else None."""
    rows = Officer.objects.select_for_update() if lock else Officer.objects
    found = rows.filter(id=id, enrolled_at__isnull=False, ended_at=None).first()
    if found is None:
        return None
    stands = Authority.objects.filter(id=found.authority, realm=found.realm, accredited=True)
    return found if stands.exists() else None


def verify_signed(officer: Officer, mark: str, response: Mapping[str, Any]) -> None:
    """Raises PasskeyRefused unless the officer's passkey signed a mark (SHA-256, in hex)."""
    passkeys.verify_assertion(bytes.fromhex(mark), [bytes(officer.public or b"")], response)


# -- the demo's own ---------------------------------------------------------------------------------------------------


@transaction.atomic
def demo_officer(authority: str) -> Officer:
    """The officer of one of the demo's authorities, whose passkey this server keeps. Raises Closed where the demo is
    off."""
    if not settings.COMITY.demo:
        raise Closed("The demo is off.")
    found = Officer.objects.select_for_update().filter(authority=authority, realm="demo", ended_at=None).first()
    if found is not None and found.public is not None and demo_key(found).exists():
        return found
    if not Authority.objects.filter(id=authority, realm="demo", accredited=True).exists():
        raise Closed("It is not accredited in the demo.")
    made = Officer(authority=authority, realm="demo", invited_at=clock.now(), invited_by=GATEWAY)
    made.link, made.link_ends_at = hashed(secrets.token_urlsafe(24)), clock.now()
    made.save(force_insert=True)
    enrol_as_demo(made)
    return made


@transaction.atomic
def enrol_as_demo(officer: Officer) -> None:
    """Make the passkey of a demo officer, which this server keeps. Raises ValueError for anyone else."""
    authenticator, at = SoftwareAuthenticator.make(), demo_key(officer)
    authenticator.save(at)
    hold(officer, bytes(authenticator.public))


@transaction.atomic
def enrol_by_link_as_demo(token: str) -> Officer:
    """Use up the one-time link of a demo officer: the server makes and keeps the passkey. Raises Closed, ValueError for
    anyone else."""
    officer = opened(token, lock=True)
    enrol_as_demo(officer)
    return officer


def demo_key(officer: Officer) -> Any:
    """The file of a demo officer's key. Raises ValueError for anyone else: the server keeps no real officer's key."""
    if officer.realm != "demo":
        raise ValueError("only demo officers have keys that the server keeps")
    return settings.COMITY.data / "demo" / "authenticators" / f"officer-{officer.id}.key"


def server_signs(officer: Officer) -> bool:
    """Whether this server keeps the key of an officer: of the demo's own, and of nobody who made one."""
    return officer.realm == "demo" and bool(demo_key(officer).exists())


def signed_as_demo(officer: Officer, mark: str) -> Mapping[str, Any]:
    """What the passkey of a demo officer answers over a mark. Raises ValueError for anyone else."""
    return SoftwareAuthenticator.load(demo_key(officer)).sign(bytes.fromhex(mark))
