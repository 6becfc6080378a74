"""The only writers of the register's applications: asked, proven, called back, put to people, accepted, refused; and of
how an authority stands: suspended, reinstated, its term over. Each act is one transaction."""

import secrets
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from comity import clock
from comity.authorities import commands as register
from comity.authorities import rules as of_register
from comity.authorities.dkim import Unreachable
from comity.authorities.models import Authority
from comity.cases.models import Request
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.ledger.commands import record
from comity.outbox import commands as outbox
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm
from comity.vault import commands as vault

from . import domain, letters, rules
from .models import Application, Standing

GATEWAY, APPLICANT = "gateway", "applicant"
ACCEPT, REINSTATE = "register-accept", "register-reinstate"
FEWEST = 2  # people who accept, whatever the data say
KEPT = timedelta(days=400)
WORDS, NAME, PHONE, REASON = 2000, 300, 40, 1000
A_DAY = 20  # applications that come in a day to a realm from one domain, and looks at its record in an hour
AT_ONCE = 200


@dataclass(frozen=True)
class Rules:
    """Who accredits, for how long, and what waits, as data (`quorums.yaml`)."""

    accept: Quorum
    reinstate: Quorum
    term: timedelta
    told_before: timedelta
    change_waits: timedelta
    lapses: timedelta


@cache
def data() -> Rules:
    """The rule that this gateway is set up with. Raises ValueError for one that a single person could meet."""
    said = yaml.safe_load(resources.files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    accept, reinstate = Quorum.read(said["accept"]), Quorum.read(said["reinstate"])
    if accept.count < FEWEST or reinstate.count < FEWEST:
        raise ValueError("quorums.yaml: at least two people accept, and reinstate")
    days = {name: timedelta(days=said[name]) for name in ("told_before_days", "lapses_days")}
    return Rules(
        accept,
        reinstate,
        timedelta(days=round(said["term_months"] * 365.25 / 12)),
        days["told_before_days"],
        timedelta(hours=said["change_waits_hours"]),
        days["lapses_days"],
    )


@dataclass(frozen=True)
class Asked:
    """What somebody asks to stand on the register; `who`: who asks, in their own words."""

    name: str
    kind: str
    country: str
    domains: tuple[str, ...]
    address: str
    phone: str
    competent_for: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    who: str = ""


def tell(row: Application, kind: str, by: str, reason: str = "", **public: object) -> None:
    """Record what happened to an application."""
    sealed = {"reason": vault.put_json({"text": reason}, row.until)} if reason else {}
    record(kind, realm=row.realm, by=by, case=row.id, public=public, sealed=sealed)


def locked(id: str) -> Application:
    """An application's row, locked until the transaction ends. Raises Application.DoesNotExist."""
    return Application.objects.select_for_update().get(id=id)


# -- asked ------------------------------------------------------------------------------------------------------------


def checked(asked: Asked, realm: str, but: str = "") -> Asked:
    """What was asked, in its bounds. Raises BadInput, also for a domain that is another authority's."""
    words: dict[str, Any] = {name: " ".join(str(getattr(asked, name)).split()) for name in ("name", "address", "phone")}
    if not words["name"] or len(words["name"]) > NAME:
        raise BadInput("name", _("the name of the authority, at most %(most)s characters") % {"most": NAME})
    if asked.kind not in rules.KINDS:
        raise BadInput("kind", _("choose one"))
    if not words["phone"] or len(words["phone"]) > PHONE or sum(c.isdigit() for c in words["phone"]) < 5:
        raise BadInput("phone", _("the number of its switchboard, with the country’s code"))
    if len(asked.who) > WORDS:
        raise BadInput("who", _("at most %(most)s characters") % {"most": WORDS})
    table = {"id": "new", "kind": asked.kind, "country": asked.country.strip().upper(), "realm": realm}
    given = {
        "domains": [one.strip() for one in asked.domains if one.strip()],
        "competent_for": list(asked.competent_for),
    }
    try:
        entry = register.entry_of({**table, **words, **given, "languages": list(asked.languages)})
    except register.BadEntry as wrong:
        raise BadInput(wrong.field, wrong.rule) from None
    _verify_apart(entry["domains"], words["address"], but)
    of_it: dict[str, Any] = {"country": entry["country"], "domains": tuple(entry["domains"]), "who": asked.who.strip()}
    return replace(asked, **words, **of_it)


def _verify_apart(domains: list[str], address: str, but: str) -> None:
    if not domains or not address:
        raise BadInput("domains" if address else "address", _("needed, so that we know your mail and where to answer"))
    if not any(of_register.within(of_register.domain_of(address), of_register.host(one)) for one in domains):
        raise BadInput("address", _("an address of the mail domain that you name"))
    others = Authority.objects.exclude(id=but).filter(domains__overlap=domains)
    if others.exists():
        raise BadInput("domains", _("it is on our register for another authority; write to us if it is yours"))


@transaction.atomic
def apply(asked: Asked, realm: str) -> tuple[Application, str]:
    """Keep what an authority asks, and give the token of its page. Anybody may. Raises BadInput."""
    said, now = checked(asked, realm), clock.now()
    recent = Application.objects.filter(
        realm=realm, domains__overlap=list(said.domains), at__gt=now - timedelta(days=1)
    )
    if recent.count() >= A_DAY:
        raise BadInput("domains", _("too many applications for it today; write to us"))
    return keep(said, realm, rules.NEW, "", APPLICANT)


def keep(
    said: Asked, realm: str, sort: str, authority: str, by: str, changed: tuple[str, ...] = ()
) -> tuple[Application, str]:
    """Keep what was asked, within the caller's transaction, and give the token of its page."""
    token, now = b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower(), clock.now()
    alike = rules.looks_like(said.domains, Authority.objects.filter(realm=realm).exclude(id=authority), authority)
    row = Application(
        realm=realm,
        sort=sort,
        authority=authority or rules.slug(said.country, said.name, Authority.objects.values_list("id", flat=True)),
        name=said.name,
        kind=said.kind,
        country=said.country,
        domains=list(said.domains),
        address=said.address,
        phone=said.phone,
        competent_for=list(said.competent_for),
        languages=list(said.languages),
        changed=list(changed),
        until=now + KEPT,
        token_hash=vault.keyed_hash(f"applied:{token}"),
        challenge=rules.challenge(),
        resembles=alike[0] if alike else "",
        resembles_of=alike[1] if alike else "",
        at=now,
    )
    row.doc = vault.put_json({"who": said.who}, row.until)
    row.save(force_insert=True)
    tell(row, "register.applied", by, sort=sort, alike=bool(alike))
    return row, token


def by_token(token: str) -> Application | None:
    """The application whose page a token opens; None for an unknown one."""
    return Application.objects.filter(token_hash=vault.keyed_hash(f"applied:{token[:64]}")).first()


def url_of(token: str) -> str:
    """The address of an application's page."""
    return f"{settings.COMITY.base_url}/authorities/applied/{token}"


@transaction.atomic
def change(person: Person, authority: str, asked: Asked) -> Application:
    """Ask for a change of an entry: what it is known by waits, and its old address is told at once. Raises NotAllowed,
    BadInput."""
    entry = register.entry(authority)
    allow(person, "register.apply", Realm(entry.realm if entry else person.realm))
    if entry is None:
        raise BadInput("authority", "choose one that is on our register")
    said = checked(asked, entry.realm, entry.id)
    changed = tuple(name for name in CHANGES if _value(getattr(said, name)) != _value(getattr(entry, name)))
    if not changed:
        raise BadInput("name", "nothing of it is different")
    row, _token = keep(said, entry.realm, rules.CHANGE, entry.id, person.by, changed)
    told = [name for name in changed if name in rules.TOLD]
    if told:
        row.waits_until = clock.now() + data().change_waits
        row.save(update_fields=["waits_until"])
        subject, text = letters.changing(row.id, entry.name, told, row.waits_until)
        _mail(row, "told", entry.address, subject, text, person.by)
    return row


CHANGES = ("name", "kind", "country", "domains", "address", "phone", "competent_for", "languages")


def _value(found: Any) -> Any:
    return tuple(found) if isinstance(found, list | tuple) else found


def _mail(row: Application, what: str, to: str, subject: str, text: str, by: str) -> None:
    told: dict[str, Any] = {"realm": row.realm, "to": to, "case": row.id, "by": by}
    outbox.queue(key=f"register:{row.id}:{what}", kind="register", subject=subject, text=text, **told)


# -- proven -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def look(id: str) -> bool:
    """Look whether the domain publishes the record that was asked for; whether it does. Raises Unreachable."""
    row = locked(id)
    if row.state not in rules.OPEN or row.proven_at is not None:
        return row.proven_at is not None
    if not domain.proves(row.domains, row.challenge):
        return False
    row.proven_at, row.proven_by = clock.now(), "dns"
    row.save(update_fields=["proven_at", "proven_by"])
    tell(row, "register.proven", GATEWAY, how="dns")
    return True


@transaction.atomic
def send_mail(person: Person, id: str, address: str, where: str) -> None:
    """Send the link that proves a domain to an address of it, which the desk found published (`where`). Raises
    NotAllowed, NotNow, BadInput."""
    row = locked(id)
    allow(person, "register.check", row)
    if row.state != "applied":
        raise rules.OF_IT.not_now(row.state, "send its mail")
    own = [of_register.host(one) for one in row.domains]
    if not any(of_register.within(of_register.domain_of(address), one) for one in own):
        raise BadInput("address", "an address of the domain that it applies with")
    if not where.strip():
        raise BadInput("where", "say where the address is published; not one that the applicant gave")
    token = b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    row.mail_hash, row.mail_to, row.mail_at = vault.keyed_hash(f"prove:{token}"), address.strip()[:320], clock.now()
    row.save(update_fields=["mail_hash", "mail_to", "mail_at"])
    url = f"{settings.COMITY.base_url}/authorities/prove/{token}"
    subject, text = letters.prove(row.id, row.name, url)
    _mail(row, f"prove:{row.mail_hash.hex()}", row.mail_to, subject, text, person.by)
    tell(row, "register.mailed", person.by, where)


def by_mail(token: str) -> Application | None:
    """The application that a mailed link proves; None for an unknown one."""
    return Application.objects.filter(mail_hash=vault.keyed_hash(f"prove:{token[:64]}")).first()


@transaction.atomic
def prove(row: Application) -> None:
    """Whoever reads the published address says that the office applies."""
    row = locked(row.id)
    if row.state in rules.OPEN and row.proven_at is None:
        row.proven_at, row.proven_by = clock.now(), "mail"
        row.save(update_fields=["proven_at", "proven_by"])
        tell(row, "register.proven", APPLICANT, how="mail")


@transaction.atomic
def call_back(person: Person, id: str, *, confirmed: bool, number: str, source: str) -> None:
    """The authority was called: a new one at a number that the desk found itself (`source`), one that changes at its
    old number. A denial refuses it. Raises NotAllowed, NotNow, BadInput."""
    row = locked(id)
    allow(person, "register.check", row)
    if row.state != "applied":
        raise rules.OF_IT.not_now(row.state, "call back")
    if not source.strip():
        raise BadInput("source", "say where the number is published; never one from the application")
    said = f"{number.strip()[:PHONE]}: {source.strip()[:REASON]}"
    row.called_at, row.called_by = clock.now(), person.by
    if not confirmed:
        row.called_at = None
        _refuse(row, person.by, f"Called back, it denied the application. {said}")
        return
    row.save(update_fields=["called_at", "called_by"])
    tell(row, "register.called", person.by, said)


@transaction.atomic
def weigh(person: Person, id: str, reason: str) -> None:
    """Say why a domain that looks like another's is another authority all the same. Raises NotAllowed, BadInput."""
    row = locked(id)
    allow(person, "register.check", row)
    row.weighed = " ".join(reason.split())[:REASON]
    if not row.weighed:
        raise BadInput("reason", "say in a sentence how you know that both exist, and are not one posing as the other")
    row.save(update_fields=["weighed"])
    tell(row, "register.weighed", person.by, row.weighed)


def items(row: Application) -> tuple[rules.Item, ...]:
    """The checklist of an application."""
    return rules.checklist(row.sort, row.changed, row.proven_at, row.called_at, row.resembles, row.weighed)


def rivals(row: Application) -> list[str]:
    """Other open applications for one of the same domains: one of them is not what it says."""
    others = Application.objects.filter(state__in=rules.OPEN, domains__overlap=row.domains).exclude(id=row.id)
    return [] if row.sort == rules.CHANGE else list(others.order_by("at").values_list("id", flat=True)[:20])


# -- accepted ---------------------------------------------------------------------------------------------------------


def _acceptance(row: Application, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    if lacks := rules.missing(items(row)):
        raise BadInput("checklist", f"not done yet: {', '.join(lacks)}")
    if others := rivals(row):
        raise BadInput("domains", f"{', '.join(others)} claims the same domain: refuse one of them first")
    if row.waits_until and row.waits_until > clock.now():
        raise BadInput("waits", f"it waits until {row.waits_until:%d %b %Y %H:%M} UTC, while the old one is told")
    act = {"kind": kind, "what": [f"{SORTS[row.sort]}: {row.name}, {row.country}"], "entry": table(row)}
    return act | {"until": term_of(row).isoformat(), "resembles": row.resembles, "weighed": row.weighed}, data().accept


SORTS = {
    rules.NEW: "put an authority on the register",
    rules.CHANGE: "change an entry of the register",
    rules.IMPORT: "take an entry over from a file",
}


def table(row: Application) -> dict[str, Any]:
    """An application as the register takes it."""
    names = ("name", "kind", "country", "realm", "address", "phone")
    found = {name: getattr(row, name) for name in names} | {"id": row.authority, "domains": list(row.domains)}
    entry = register.entry(row.authority)
    prior = entry.prior_information_at if entry else None
    found |= {"prior_information_at": prior.isoformat()} if prior else {}
    return found | {"competent_for": list(row.competent_for), "languages": list(row.languages)}


def term_of(row: Application) -> datetime:
    """Until when it would stand: a change leaves the term as it is."""
    entry = register.entry(row.authority) if row.sort == rules.CHANGE else None
    return entry.until if entry and entry.until else clock.now() + data().term


def _accepted(row: Application, signed: ApprovedAct, person: Person) -> None:
    until = datetime.fromisoformat(str(signed.act["until"]))
    try:
        register.admit(signed.act["entry"], until)
    except register.BadEntry as wrong:
        raise BadInput(wrong.field, wrong.rule) from None
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    Standing.objects.get_or_create(id=row.authority, defaults={"realm": row.realm})
    tell(row, "register.accepted", person.by, authority=row.authority)
    subject, text = letters.decided(row.id, row.name, True, until)
    _mail(row, "decided", row.address, subject, text, person.by)
    _grade_anew(row.authority, row.realm, person.by)


def _proposed(row: Application, act: Mapping[str, Any], hash: str, by: str) -> None:
    tell(row, "register.put", by)


def _returned(row: Application, hash: str, back: Back, reason: str, person: Person) -> None:
    tell(row, "register.returned", person.by, reason)


OF_IT: Subject[Application] = Subject(
    life=rules.OF_IT,
    lock=locked,
    number=lambda row: row.id,
    kinds={
        ACCEPT: Kind(_acceptance, put="put", sign="sign", met="accept", may_put="register.check", follows=_accepted)
    },
    proposed=_proposed,
    back=lambda row, how: Back("register.accept", "return"),
    returned=_returned,
)


def propose(person: Person, id: str) -> str:
    """Put an application to those who accept. Raises NotAllowed, NotNow, BadInput."""
    return decisions.propose(OF_IT, id, ACCEPT, by=person)


def sign(person: Person, id: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Sign it; true once enough have, and it stands. What proved its domain by DNS is looked up again: where it is
    gone, it is sent back instead. Raises ApprovalRefused, NotAllowed, NotNow, BadInput."""
    row = Application.objects.get(id=id)
    if row.proven_by == "dns" and not _still(row):
        _unproven(id)
        raise BadInput("domain", "the record that proved it is no longer published: it is sent back to be proven again")
    return decisions.sign(OF_IT, id, person, hash, response)


def _still(row: Application) -> bool:
    try:
        return domain.proves(row.domains, row.challenge)
    except Unreachable:
        raise BadInput("domain", "the name server does not answer; sign again in a minute") from None


@transaction.atomic
def _unproven(id: str) -> None:
    row = locked(id)
    if row.state != "to-accept":
        return
    row.proven_at, row.proven_by = None, ""
    row.save(update_fields=["proven_at", "proven_by"])
    decisions.void(OF_IT, row, "return")
    tell(row, "register.unproven", GATEWAY)


def send_back(person: Person, id: str, reason: str) -> None:
    """Send it back, with a reason. Raises NotAllowed, NotNow, BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    decisions.send_back(OF_IT, id, person, reason.strip()[:REASON])


@transaction.atomic
def refuse(person: Person, id: str, reason: str) -> None:
    """Refuse an application by one hand, with a reason. Raises NotAllowed, NotNow, BadInput."""
    row = locked(id)
    allow(person, "register.accept", row)
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence; the applicant reads that it was refused, not this")
    _refuse(row, person.by, reason.strip()[:REASON])


def _refuse(row: Application, by: str, reason: str) -> None:
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at", "called_at", "called_by"])
    decisions.void(OF_IT, row, "refuse")
    tell(row, "register.refused", by, reason)
    if row.sort == rules.NEW and row.proven_at is not None:  # nobody else is written to at a stranger's word
        subject, text = letters.decided(row.id, row.name, False, None)
        _mail(row, "decided", row.address, subject, text, by)


def act_of(row: Application | Standing) -> Act | None:
    """What is put to people about it; None where nothing is."""
    return Act.objects.filter(hash=row.act, state="open").first() if row.act else None


# -- how an authority stands ------------------------------------------------------------------------------------------


def _standing(entry: Authority) -> Standing:
    Standing.objects.get_or_create(id=entry.id, defaults={"realm": entry.realm})
    return Standing.objects.select_for_update().get(id=entry.id)


@transaction.atomic
def suspend(person: Person, authority: str, reason: str) -> None:
    """Suspend an authority by one hand, at once and everywhere: its mails, its filings, its officers, its calls; what
    waits of it is graded anew. Raises NotAllowed, NotNow, BadInput."""
    entry = register.entry(authority)
    allow(person, "register.suspend", Realm(entry.realm if entry else person.realm))
    if entry is None:
        raise BadInput("authority", "choose one that is on our register")
    if not reason.strip():
        raise BadInput("reason", "say why, in a sentence")
    row = _standing(entry)
    row.state = rules.OF_AUTHORITY.after(row.state, "suspend")
    row.save(update_fields=["state"])
    register.suspend(entry.id)
    sealed = {"reason": vault.put_json({"text": reason.strip()[:REASON]}, clock.now() + KEPT)}
    record("register.suspended", realm=entry.realm, by=person.by, public={"authority": entry.id}, sealed=sealed)
    _grade_anew(entry.id, entry.realm, person.by)


def _grade_anew(authority: str, realm: str, by: str) -> None:
    """What isn't over of an authority is graded anew, as its entry now stands."""
    waiting = Request.objects.filter(realm=realm, joined__case__open=True).filter(authority=authority)
    for request in waiting.distinct().order_by("id")[:AT_ONCE]:
        case = request.joined.order_by("id").values_list("case_id", flat=True).first()
        record("register.changed", realm=realm, by=by, request=request.id, case=case, public={"authority": authority})


def _reinstatement(row: Standing, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    rules.OF_AUTHORITY.after(row.state, "reinstate")
    reason = " ".join(str(said.get("reason", "")).split())[:REASON]
    if not reason:
        raise BadInput("reason", "say in a sentence what was looked at, and why it counts again")
    act = {"kind": kind, "what": ["let a suspended authority count again"], "authority": row.id, "reason": reason}
    return act, data().reinstate


def _reinstated(row: Standing, signed: ApprovedAct, person: Person) -> None:
    register.reinstate(row.id)
    public, sealed = {"authority": row.id}, {"act": signed.hash}
    record("register.reinstated", realm=row.realm, by=person.by, public=public, sealed=sealed)
    _grade_anew(row.id, row.realm, person.by)


def _lock_standing(id: str) -> Standing:
    return Standing.objects.select_for_update().get(id=id)


def _reinstatement_put(row: Standing, act: Mapping[str, Any], hash: str, by: str) -> None:
    public, sealed = {"authority": row.id}, {"act": hash}
    record("register.reinstatement-put", realm=row.realm, by=by, public=public, sealed=sealed)


def _stays(row: Standing, hash: str, back: Back, reason: str, person: Person) -> None:
    raise BadInput("authority", "it isn't sent back: it stays suspended unless two sign")


OF_STANDING: Subject[Standing] = Subject(
    life=rules.OF_AUTHORITY,
    lock=_lock_standing,
    number=lambda row: f"A-{sha256(row.id.encode()).hexdigest()[:10].upper()}",
    kinds={REINSTATE: Kind(_reinstatement, met="reinstate", may_put="register.check", follows=_reinstated)},
    proposed=_reinstatement_put,
    back=lambda row, how: Back("register.accept"),
    returned=_stays,
)


def propose_reinstatement(person: Person, authority: str, reason: str) -> str:
    """Put the reinstatement of a suspended authority to people. Raises NotAllowed, NotNow, BadInput."""
    return decisions.propose(OF_STANDING, authority, REINSTATE, {"reason": reason}, by=person)


def sign_reinstatement(person: Person, authority: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Sign it; true once enough have. Raises ApprovalRefused, NotAllowed, NotNow."""
    return decisions.sign(OF_STANDING, authority, person, hash, response)


# -- by the clock -----------------------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """Terms that end soon are told, those that are over end, applications that nobody decided lapse (`now`: UTC)."""
    for id in _due(now + data().told_before):
        _tell_near(id, now)
    for id in list(Authority.objects.filter(accredited=True, until__lte=now).values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            entry = register.lapse(id)
            record("register.lapsed", realm=entry.realm, by=GATEWAY, public={"authority": id})
            _grade_anew(id, entry.realm, GATEWAY)
    old = Application.objects.filter(state="applied", at__lte=now - data().lapses)
    for id in list(old.values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            row = locked(id)
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            decisions.void(OF_IT, row, "lapse")
            tell(row, "register.application-lapsed", GATEWAY)


def _due(by: datetime) -> list[str]:
    near = Authority.objects.filter(accredited=True, until__lte=by).values_list("id", flat=True)
    return list(near[:AT_ONCE])


def _tell_near(id: str, now: datetime) -> None:
    with transaction.atomic():
        entry = Authority.objects.get(id=id)
        row = _standing(entry)
        if entry.until is None or row.told_until == entry.until:
            return
        row.told_until = entry.until
        row.save(update_fields=["told_until"])
        record("register.ends-soon", realm=entry.realm, by=GATEWAY, public={"authority": id})
        subject, text = letters.ends(entry.name, entry.until)
        key = f"register-ends:{id}:{entry.until:%Y%m%d}"
        outbox.queue(key=key, realm=entry.realm, kind="register", to=entry.address, subject=subject, text=text)
