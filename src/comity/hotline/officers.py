"""Officers of services: invited by a one-time link after a confirmed call-back, in by passkey, suspended with their
service. Each act is one transaction."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml
from django.conf import settings
from django.core import signing
from django.db import transaction

from comity import clock
from comity.authorities import commands as register
from comity.cases import commands as cases
from comity.cases import document
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.people import founding, passkeys
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm
from comity.people.software import SoftwareAuthenticator

from . import rules
from .commands import GATEWAY, active, locked, service_of, tell
from .models import Call, Officer, Service

LASTS = timedelta(days=2)
SESSION = timedelta(hours=12)
COOKIE, SALT, PATH = "comity_hotline", "comity.hotline.session", "/hotline/"
REINSTATE = "service-reinstate"


class Closed(Exception):
    """A one-time link that opens nothing; the text says why."""


# -- invited ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(person: Person, service: str, *, confirmed: bool) -> tuple[Officer, str]:
    """Invite an officer of an accredited service, and give the token of the one-time link, which is shown once.

    `confirmed`: the service was called at its number on our register, and confirmed the officer. Raises NotAllowed,
    BadInput.
    """
    entry = register.entry(service)
    allow(person, "service.invite", Realm(entry.realm if entry else person.realm))
    if not confirmed:
        raise BadInput("confirmed", "call the service at its number on our register first, and let it confirm them")
    found = service_of(service, entry.realm if entry else person.realm)
    token = secrets.token_urlsafe(24)
    made = Officer.objects.create(
        service=found,
        realm=found.realm,
        link=_hash(token),
        link_ends_at=clock.now() + LASTS,
        invited_at=clock.now(),
        invited_by=person.by,
    )
    _told("officer.invited", made, person.by)
    return made, token


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


def _told(kind: str, officer: Officer, by: str, once: str | None = None) -> bool:
    public, sealed = {"service": officer.service_id}, {"officer": str(officer.id)}
    return record(kind, realm=officer.realm, by=by, once=once, public=public, sealed=sealed).new


def opened(token: str, *, lock: bool = False) -> Officer:
    """The officer whom a one-time link invites. Raises Closed."""
    rows = Officer.objects.select_for_update(of=("self",)) if lock else Officer.objects
    found = rows.select_related("service").filter(link=_hash(token)).first()
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
    """End an officer's access and sessions; what they raised stays. Raises NotAllowed, BadInput."""
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


# -- signed in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def identify(challenge: bytes, response: Mapping[str, Any]) -> Officer:
    """The officer whose passkey answered a challenge, once. Raises PasskeyRefused, whose text tells of nobody."""
    key = passkeys.credential_id(response)
    found = Officer.objects.select_related("service").filter(key=key, ended_at=None).first()
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
    found = Officer.objects.select_related("service").filter(id=id, ended_at=None).first()
    if found is None or _stamp(found) != stamp or (found.realm == "demo" and not settings.COMITY.demo):
        return None
    return found


# -- signed -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(officer: Officer, call_id: str, response: Mapping[str, Any]) -> Call:
    """Sign the hash of a call of one's own with one's passkey: the service's own channel, as a call-back is.

    Raises Suspended, BadInput, PasskeyRefused, Call.DoesNotExist.
    """
    officer = active(officer.id)
    known = Call.objects.filter(id=call_id, officer=officer).values_list("request", flat=True).first()
    if known is None:
        raise Call.DoesNotExist
    request = cases.locked(known) if known else None
    call = locked(call_id)
    if request is None:
        raise BadInput("call", f"it is one with {call.joined_to_id}: sign that one")
    if call.signed_at is not None:
        return call
    passkeys.verify_assertion(bytes.fromhex(call.mark), [bytes(officer.public or b"")], response)
    call.signed_at = clock.now()
    call.save(update_fields=["signed_at"])
    kept = document.of(request)
    said = {"authority": officer.service_id, "confirmed": True, "by": officer.by, "how": "passkey"}
    if not any(one["confirmed"] is False for one in kept["callbacks"]):  # a denial isn't undone by whoever was denied
        kept["callbacks"].append(said | {"at": clock.now().isoformat(), "mark": call.mark})
        document.keep(request, kept)
    tell(call, "call.signed", officer.by, once=f"signed:{call.id}")
    return call


# -- suspended --------------------------------------------------------------------------------------------------------


def count_false(call: Call) -> None:
    """A call of a service was found false by a person; the second since it was last reviewed suspends it."""
    if call.service_id is None:
        return
    service = Service.objects.select_for_update().get(id=call.service_id)
    found = Call.objects.filter(service=service, outcome="false", joined_to=None)
    if service.reviewed_at is not None:
        found = found.filter(closed_at__gt=service.reviewed_at)
    if found.count() >= rules.FALSE_ONES and service.state == "open":
        _suspend(service, GATEWAY, "false")


@transaction.atomic
def suspend(person: Person, service: str) -> Service:
    """Suspend a service by one hand; only two people reinstate it. Raises NotAllowed, NotNow, BadInput."""
    entry = register.entry(service)
    allow(person, "service.suspend", Realm(entry.realm if entry else person.realm))
    found = service_of(service, entry.realm if entry else person.realm)
    _suspend(found, person.by, "person")
    return found


def _suspend(service: Service, by: str, why: str) -> None:
    service.state = rules.OF_SERVICE.after(service.state, "suspend")
    service.suspended_at = clock.now()
    service.save(update_fields=["state", "suspended_at"])
    public = {"service": service.id, "why": why}
    record("service.suspended", realm=service.realm, by=by, public=public)


def _lock(id: str) -> Service:
    return Service.objects.select_for_update().get(id=id)


def _made(service: Service, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    rules.OF_SERVICE.after(service.state, "reinstate")
    reason = str(said.get("reason", "")).strip()
    if not reason:
        raise BadInput("reason", "say in a sentence what was looked at, and why it may call again")
    act = {"kind": kind, "what": ["reinstate a service on the hotline"], "service": service.id, "reason": reason[:4000]}
    return act, quorum("reinstate", service.realm)


@cache
def quorums() -> Mapping[str, Quorum]:
    """Who signs what is looked at after a call, as data (`quorums.yaml`). Raises ValueError."""
    data = yaml.safe_load(files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    return {name: Quorum.read(rule) for name, rule in data.items()}


def quorum(kind: str, realm: str) -> Quorum:
    """Who signs a `review` or a `reinstate`; on a desk founded by one person, that one."""
    rule = quorums()[kind]
    if founding.founded_alone() is not None and realm != "demo":
        return Quorum(1, rule.roles)
    deciding = Person.objects.filter(realm=realm, is_active=True, roles__overlap=list(rule.roles))
    states = deciding.values("jurisdiction").distinct().count()
    return quorums().get(f"{kind}-of-one-state", rule) if states < rule.jurisdictions else rule


def _reinstated(service: Service, signed: ApprovedAct, person: Person) -> None:
    service.suspended_at, service.reviewed_at = None, clock.now()
    service.save(update_fields=["suspended_at", "reviewed_at"])
    public, sealed = {"service": service.id}, {"act": signed.hash}
    record("service.reinstated", realm=service.realm, by=person.by, public=public, sealed=sealed)


def _proposed(service: Service, act: Mapping[str, Any], hash: str, by: str) -> None:
    public, sealed = {"service": service.id}, {"act": hash}
    record("service.review-put", realm=service.realm, by=by, public=public, sealed=sealed)


def _returned(service: Service, hash: str, back: Back, reason: str, person: Person) -> None:
    raise BadInput("service", "it isn't sent back: it stays suspended unless two sign")


OF_IT: Subject[Service] = Subject(
    life=rules.OF_SERVICE,
    lock=_lock,
    number=lambda service: f"V-{sha256(service.id.encode()).hexdigest()[:10].upper()}",
    kinds={REINSTATE: Kind(_made, met="reinstate", may_put="service.reinstate", follows=_reinstated)},
    proposed=_proposed,
    back=lambda service, how: Back("service.reinstate"),
    returned=_returned,
)


def propose(person: Person, service: str, reason: str) -> str:
    """Put the reinstatement of a suspended service to people. Raises NotAllowed, NotNow, BadInput."""
    return decisions.propose(OF_IT, service, REINSTATE, {"reason": reason}, by=person)


def sign_review(person: Person, service: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Sign it; true once enough have. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(OF_IT, service, person, hash, response)


def act_of(service: Service) -> Any:
    """What is put to people about a service, with its signatures; None where nothing is."""

    return Act.objects.filter(hash=service.act, state="open").first()


# -- the demo's own ---------------------------------------------------------------------------------------------------


@transaction.atomic
def demo_officer(service: str) -> Officer:
    """The officer of the demo's service, whose passkey this server keeps. Raises Closed where the demo is off."""
    if not settings.COMITY.demo:
        raise Closed("The demo is off.")
    found = Officer.objects.select_for_update().filter(service=service, realm="demo", ended_at=None).first()
    if found is not None and found.public is not None and demo_key(found).exists():
        return found
    row = service_of(service, "demo")
    made = Officer(service=row, realm="demo", invited_at=clock.now(), invited_by=GATEWAY)
    made.link, made.link_ends_at = _hash(secrets.token_urlsafe(24)), clock.now()
    made.save(force_insert=True)
    authenticator = SoftwareAuthenticator.make()
    authenticator.save(demo_key(made))
    hold(made, bytes(authenticator.public))
    return made


def demo_key(officer: Officer) -> Any:
    """The file of a demo officer's key. Raises ValueError for anyone else: the server keeps no real officer's key."""
    if officer.realm != "demo":
        raise ValueError("only demo officers have keys that the server keeps")
    return settings.COMITY.data / "demo" / "authenticators" / f"officer-{officer.id}.key"


def server_signs(officer: Officer) -> bool:
    """Whether this server keeps the key of an officer: of the demo's own, and of nobody who made one."""
    return officer.realm == "demo" and bool(demo_key(officer).exists())


def sign_as_demo(officer: Officer, call_id: str) -> Call:
    """Sign a call as the demo's officer. Raises as `sign`."""
    mark = Call.objects.values_list("mark", flat=True).get(id=call_id, officer=officer)
    response = SoftwareAuthenticator.load(demo_key(officer)).sign(bytes.fromhex(mark))
    return sign(officer, call_id, response)
