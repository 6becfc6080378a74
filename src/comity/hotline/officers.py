"""What officers of services do on the hotline beyond what any officer does (`comity.officers`): they sign calls, and
are suspended with their service. Each act is one transaction."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction

from comity import clock
from comity.authorities import commands as register
from comity.cases import commands as cases
from comity.cases import document
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.people import founding
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm

from . import rules
from .commands import GATEWAY, active, locked, service_of, tell
from .models import Call, Service

REINSTATE = "service-reinstate"


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
    officers.verify_signed(officer, call.mark, response)
    call.signed_at = clock.now()
    call.save(update_fields=["signed_at"])
    kept = document.of(request)
    said = {"authority": officer.authority, "confirmed": True, "by": officer.by, "how": "passkey"}
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


# -- officers of services ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(person: Person, service: str, *, confirmed: bool) -> tuple[Officer, str]:
    """Invite an officer of a service, and give the token of the one-time link, which is shown once. Raises NotAllowed,
    BadInput."""
    entry = register.entry(service)
    allow(person, "service.invite", Realm(entry.realm if entry else person.realm))
    service_of(service, entry.realm if entry else person.realm)
    return officers.invite(person, service, confirmed=confirmed)


def demo_officer(service: str) -> Officer:
    """The officer of the demo's service, whose passkey this server keeps. Raises Closed where the demo is off."""
    made = officers.demo_officer(service)
    with transaction.atomic():
        service_of(service, "demo")
    return made


def sign_as_demo(officer: Officer, call_id: str) -> Call:
    """Sign a call as the demo's officer. Raises as `sign`."""
    mark = Call.objects.values_list("mark", flat=True).get(id=call_id, officer=officer)
    return sign(officer, call_id, officers.signed_as_demo(officer, mark))
