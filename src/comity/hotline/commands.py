"""The only writers of a call's life: raised, joined, acknowledged, acted, handed over, closed. Each act is one
transaction, its events included; a request's row is locked before its call's.

Officers and services stand in `officers.py`, what is done on the platform in `acting.py`, what comes after in
`after.py`.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts import paging
from comity.alerts.models import Round
from comity.answers.commands import spoken
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.cases import asking, document, entering, turns
from comity.cases import commands as cases
from comity.cases.facts import instant
from comity.cases.models import Case, Request
from comity.cases.receive import Incoming, prepare, receive
from comity.cases.rules import OF_A_CALL, VERIFIED
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.library import in_force
from comity.officers import commands as officers
from comity.officers.models import Officer
from comity.outbox import commands as outbox
from comity.outbox import rules as addresses
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.reading import speech
from comity.regulations import matching
from comity.regulations.facts import check
from comity.vault import commands as vault

from . import letters, rules
from .models import Call, Due, Line, Service
from .rules import OF_IT, Said
from .words import CODES

GATEWAY = "gateway"
DOOR = "hotline"
DESK, SERVICE = "desk", "service"
LIFE = "life"  # the ladder
ACKNOWLEDGE, ACT, REVIEW = "acknowledge", "act", "review"


class Suspended(Exception):
    """The officer's access has ended, or their service is suspended; what they call still rings by telephone."""


def locked(call_id: str) -> Call:
    """A call's row, locked until the transaction ends. Raises Call.DoesNotExist."""
    found = Call.objects.select_for_update(of=("self",)).select_related("service", "officer", "joined_to")
    return found.get(id=call_id)


def acting_on(person: Person, call_id: str, act: str) -> Call:
    """A locked call on which somebody may act; what rings for it, and its request, locked before it, as paging does.

    Raises NotAllowed, BadInput, Call.DoesNotExist.
    """
    hold_rings(call_id)
    request = Call.objects.values_list("request", flat=True).get(id=call_id)
    if request:
        cases.locked(request)
    call = locked(call_id)
    allow(person, act, call)
    if call.joined_to_id:
        raise BadInput("call", f"it is one with {call.joined_to_id}: act there")
    return call


def hold_rings(call_id: str) -> None:
    """Lock what rings for a call."""
    list(Round.objects.select_for_update().filter(subject=call_id).values_list("id", flat=True))


def tell(call: Call, kind: str, by: str, *, once: str | None = None, reason: str = "", **told: Any) -> Event:
    """Record what happened to a call."""
    sealed = {"reason": vault.put_json({"text": reason}, call.until)} if reason else {}
    request = call.request or None
    return record(kind, realm=call.realm, by=by, case=call.id, request=request, once=once, public=told, sealed=sealed)


def move(call: Call, step: str) -> None:
    """Take a step of a locked call's life. Raises NotNow."""
    call.state = OF_IT.after(call.state, step)


def words(field: str, text: str, most: int, hint: str = "", *, needed: bool = True) -> str:
    """A few sentences as somebody typed them. Raises BadInput."""
    said = text.replace("\r", "").strip()
    if not said and needed:
        raise BadInput(field, hint)
    if len(said) > most:
        raise BadInput(field, f"at most {most:,} characters")
    return said


# -- raised -----------------------------------------------------------------------------------------------------------


def checked(said: Said) -> Said:
    """What an officer typed, in its bounds. Raises BadInput."""
    if said.imminence not in rules.IMMINENCE:
        raise BadInput("imminence", f"one of {', '.join(rules.IMMINENCE)}")
    links = tuple(dict.fromkeys(one.strip() for one in said.links if one.strip()))
    if len(links) > rules.MOST_LINKS:
        raise BadInput("links", f"at most {rules.MOST_LINKS}")
    if any(len(one) > rules.LINK for one in links):
        raise BadInput("links", f"at most {rules.LINK:,} characters each")
    return Said(
        words("what", said.what, rules.TEXT, "say what is happening; a few words are enough"),
        words("where", said.where, rules.PLACE, needed=False),
        said.imminence,
        links,
        words("back", said.back, rules.BACK, needed=False),
    )


def typed_key(key: str) -> str:
    """The key that was made where something was typed. Raises BadInput."""
    if not rules.KEY.fullmatch(key):
        raise BadInput("key", "16 to 64 letters, digits and hyphens, made once for what was typed")
    return key


def raise_call(officer: Officer, said: Said, key: str, ladder: str = LIFE) -> Call:
    """Keep what an officer typed, and page at once. The same key again is the same call, once. `ladder`: which one is
    climbed; the demo shows another, in seconds.

    Raises Suspended, BadInput (also for a key that was used for other words).
    """
    said, key = checked(said), typed_key(key)
    try:
        with transaction.atomic():
            return _raised(officer.id, said, key, ladder)
    except IntegrityError:  # the same, sent twice at once: the other one was first
        with transaction.atomic():
            return _raised(officer.id, said, key, ladder)


def active(id: Any, *, lock: bool = True) -> Officer:
    """An officer who may call now, their row locked. Raises Suspended."""
    found = officers.active(id, lock=lock)
    if found is None or not _accredited(found.authority, found.realm) or service_row(found) is None:
        raise Suspended
    if Service.objects.filter(id=found.authority, state="suspended").exists():
        raise Suspended
    return found


def service_row(officer: Officer) -> Service | None:
    """How an officer's service stands on this line; None for one of an authority that has none here."""
    return Service.objects.filter(id=officer.authority).first()


def _accredited(service: str, realm: str) -> bool:
    return Authority.objects.filter(id=service, kind="service", realm=realm, accredited=True).exists()


def _raised(officer_id: Any, said: Said, key: str, ladder: str) -> Call:
    officer = active(officer_id)
    if (before := Call.objects.filter(key=key).first()) is not None:
        return _same(before, officer, said)
    now = clock.now()
    call = Call(realm=officer.realm, service_id=officer.authority, officer=officer, key=key, raised_at=now)
    call.imminence, call.until = said.imminence, now + timedelta(days=settings.COMITY.keep_days)
    call.doc = vault.put_json(said.as_json(), call.until)
    call.mark = rules.mark(call.id, officer.authority, key, said.as_json())
    recent = Call.objects.filter(officer=officer, raised_at__gt=now - rules.JOINS)
    call.joined_to = recent.filter(joined_to=None, state__in=rules.OPEN).order_by("raised_at").first()
    call.save(force_insert=True)
    if call.joined_to is not None:
        _join(call, call.joined_to, officer.by)
        _contain(officer, recent.count() + 1)
    else:
        begin(call, said, ladder)
    return call


def _same(before: Call, officer: Officer, said: Said) -> Call:
    if before.officer_id != officer.id or vault.get_json(before.doc) != said.as_json():
        raise BadInput("key", "it was used for something else; begin a new one")
    return before


def _join(call: Call, first: Call, by: str) -> None:
    """Kept whole, and shown with the first: nobody is woken twice for it."""
    tell(call, "call.joined", by, to=first.id)


def _contain(officer: Officer, count: int) -> None:
    """Very many calls of one account are all kept; people look at the account."""
    if count < rules.MANY or not officers.contain(officer):
        return
    public = {"service": officer.authority}
    record("officer.contained", realm=officer.realm, by=GATEWAY, case=None, public=public)


def begin(call: Call, said: Said, ladder: str = LIFE) -> None:
    """Let a call that was just kept become a request, with its clocks, and page: all in this transaction."""
    request = _request(call, said)
    call.request, call.rung = request.id, True
    call.save(update_fields=["request", "rung"])
    by = call.officer.by if call.officer else GATEWAY
    raised = tell(call, "call.raised", by, once=f"call:{call.id}", door=call.door, service=call.service_id or "")
    _dues(call, request)
    paging.ring(call.id, call.realm, by, raised.id, ladder)


def apart(person: Person, call_id: str) -> Call:
    """Say that a call which was joined to another is one of its own: it is rung for. Raises NotAllowed, BadInput."""
    with transaction.atomic():
        if number := Call.objects.values_list("request", flat=True).get(id=call_id):
            cases.locked(number)
        call = locked(call_id)
        allow(person, "call.act", call)
        if call.joined_to_id is None:
            raise BadInput("call", "it is one of its own already")
        call.joined_to = None
        call.save(update_fields=["joined_to"])
        if call.door == "email":
            call.rung = True
            call.save(update_fields=["rung"])
            _begin_mail(call, cases.locked(call.request))
        else:
            begin(call, read_said(call))
        return call


def read_said(call: Call) -> Said:
    """What was typed of a call. Raises vault.Gone."""
    kept = vault.get_json(call.doc)
    return Said(kept["what"], kept["where"], kept["imminence"], tuple(kept["links"]), kept["back"])


def _request(call: Call, said: Said) -> Request:
    """The call as a request by its own door: an order under our rule, above every queue, judged as any."""
    service = register.entry(str(call.service_id))
    name = service.name if service else "?"
    subject = addresses.line(f"{call.id}: {said.what}", 200)
    peek = {"subject": subject, "from": name, "message_id": ""}
    item = prepare(Incoming(_mail(call, said, name, subject), DOOR, call.realm, call.raised_at, peek))
    receive([item])
    request = cases.locked(item.id)
    envelope = {"from": {"name": name, "address": NOBODY}, "to": [], "subject": subject, "auto": True}
    by = call.officer.by if call.officer else GATEWAY
    one = order(call, said, service, by, "typed on the hotline’s page")
    reading = {**entering.UNREAD, "envelope": envelope, "text": said.what, "own": said.what, "orders": [one]}
    kept = document.of(request)
    kept["reading"] = {**reading, **entering.ALONE}
    request.kind = "order"
    request.save(update_fields=["kind"])
    ref = document.keep(request, kept)
    asking.put_danger(request, by)
    public, sealed = {"instrument": asking.HOTLINE}, {"facts": ref}
    record("order.entered", realm=call.realm, by=GATEWAY, request=request.id, public=public, sealed=sealed)
    return request


NOBODY = "no-reply@hotline.invalid"  # a call is answered in its thread, and on the service's registered address


def _mail(call: Call, said: Said, name: str, subject: str) -> bytes:
    """What was typed, as it is kept verbatim."""
    made = EmailMessage(policy=SMTP)
    made["From"] = formataddr((addresses.line(name, 200).replace('"', "'"), NOBODY))
    made["To"] = settings.COMITY.mailboxes[0]
    made["Subject"] = subject
    made["Date"] = format_datetime(call.raised_at)
    made["Message-ID"] = f"<{call.id.lower()}@hotline.invalid>"
    lines = (said.what, said.where, said.imminence, *said.links, said.back)
    made.set_content("".join(c for c in "\n".join(lines) if ord(c) >= 32 or c in "\n\t"))
    return made.as_bytes()


def order(call: Call, said: Said, service: Authority | None, by: str, where: str) -> dict[str, Any]:
    """The call as a reading has an order; each fact with its place, which is the form. Raises BadInput."""
    facts: dict[str, Any] = {"instrument": asking.HOTLINE, "form": {"reference": call.id}}
    if said.links:
        facts["form"]["urls"] = list(said.links)
    if service is not None:
        facts["form"] |= {"issuing_authority": service.name, "issuing_state": service.country}
        facts["authority"] = {"name": service.name, "country": service.country}
    for error in check(facts):
        raise BadInput(error.path or "facts", error.rule)
    places = {f"form.{key}": {"where": where, "text": "", "source": entering.SOURCE} for key in facts["form"]}
    empty: dict[str, Any] = {"language": None, "flags": [], "sheet": None, "part": None, "others": False}
    told = {"source": entering.SOURCE, "by": by, "at": clock.now().isoformat()}
    return {"instrument": asking.HOTLINE, "facts": facts, "places": places} | empty | told


def _dues(call: Call, request: Request) -> None:
    """What is asked or looked at later, by the rule in force at receipt."""
    given = {"received_at": instant(request.received_at), "provider": settings.COMITY.provider}
    facts = given | {"instrument": asking.HOTLINE, "danger": {}}
    finding = matching.judge_request(facts, in_force.library(call.realm))
    for one in finding["deadlines"]:
        if one["id"] in OF_A_CALL and one.get("due_target"):
            at = datetime.fromisoformat(one["due_target"])
            Due.objects.get_or_create(call=call, name=one["id"], defaults={"due_at": at})


# -- a person has it --------------------------------------------------------------------------------------------------


def acknowledge(person: Person, call_id: str) -> bool:
    """Take a call in one tap; whether it was this person who first did. A later tap is kept, and learns who.

    Raises NotAllowed, BadInput, Call.DoesNotExist.
    """
    with transaction.atomic():
        acting_on(person, call_id, "call.acknowledge")
        with suppress(Round.DoesNotExist):  # a mail beyond those that ring
            paging.acknowledge(person, call_id)
        return taken(person, call_id)


def taken(person: Person, call_id: str) -> bool:
    """Somebody has a call, within the transaction that holds what rings for it; whether they were the first."""
    request = Call.objects.values_list("request", flat=True).get(id=call_id)
    if request:
        cases.locked(request)
    call = locked(call_id)
    if call.state not in rules.RINGING:
        if call.acked_by != person.by:
            tell(call, "call.acknowledged", person.by, once=f"acked:{call.id}:{call.version}:{person.id}", late=True)
        return bool(call.acked_by == person.by)
    move(call, ACKNOWLEDGE)
    call.acked_at, call.acked_by = clock.now(), person.by
    call.save(update_fields=["state", "acked_at", "acked_by"])
    if call.request:
        turns.begin(call.request, person.by)  # a mail that waits to be read: somebody wants to know what it says
    _met(call, ACKNOWLEDGE)
    tell(call, "call.acknowledged", person.by, late=False)
    return True


def _met(call: Call, name: str) -> None:
    """A clock of the call's request is met."""
    if call.request:
        asking.meet(cases.locked(call.request), name)


def acted(call: Call, what: str, by: str) -> None:
    """Something was done about a locked call; its clock is met. Nothing where its life doesn't take it."""
    if (call.state, ACT) not in rules.LIFE:
        return
    move(call, ACT)
    call.acted_at = call.acted_at or clock.now()
    call.save(update_fields=["state", "acted_at"])
    _met(call, ACT)
    tell(call, "call.acted", by, what=what)


def say_acted(person: Person, call_id: str, note: str) -> None:
    """Say in words what was done, as that somebody was told. Raises NotAllowed, BadInput, NotNow."""
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        said = words("note", note, rules.LINE, "say in a sentence what was done")
        OF_IT.after(call.state, ACT)
        _write(call, DESK, person.by, said, f"acted-{call.id}-{clock.now().timestamp():.6f}")
        acted(call, "told", person.by)


def hand_over(person: Person, call_id: str, note: str) -> None:
    """Hand a call to the next shift, with a sentence: it is rung for again. Raises NotAllowed, BadInput, NotNow."""
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        said = words("note", note, rules.LINE, "say in a sentence how it stands, for who takes it")
        move(call, "hand-over")
        call.version += 1
        call.save(update_fields=["state", "version"])
        told = tell(call, "call.handed-over", person.by, reason=said)
        paging.ring(call.id, call.realm, person.by, told.id)


def close(person: Person, call_id: str, reason: str) -> None:
    """Close a call, with a reason; it is reviewed by others, and the service is asked what came of it.

    Raises NotAllowed, BadInput, NotNow.
    """
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        end(call, words("reason", reason, rules.LINE, "say why, in a sentence"), person.by)


def end(call: Call, reason: str, by: str, outcome: str = "") -> None:
    """Close a locked call: nothing of it rings any more."""
    move(call, "close")
    call.closed_at, call.outcome = clock.now(), outcome or call.outcome
    call.save(update_fields=["state", "closed_at", "outcome"])
    paging.stop(call.id)
    alerts.settle(call.realm, "danger.found", call.request)
    tell(call, "call.closed", by, reason=reason)


def ordinary(person: Person, call_id: str, note: str) -> None:
    """Say of a call that it is an ordinary matter: the service is told where those go, and it is counted."""
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        said = words("note", note, rules.LINE, "say in a sentence what it is, and where it goes")
        call.ordinary = True
        call.save(update_fields=["ordinary"])
        _write(call, DESK, person.by, said, f"ordinary-{call.id}", "ordinary")
        end(call, said, person.by)


# -- the thread -------------------------------------------------------------------------------------------------------


def write(person: Person, call_id: str, text: str, key: str) -> Line:
    """Write to the service, until the call is closed. The same key again is the same line.

    Raises NotAllowed, BadInput, NotNow.
    """
    with transaction.atomic():
        call = acting_on(person, call_id, "call.act")
        return _written(call, DESK, person.by, text, key)


def write_as_officer(officer: Officer, call_id: str, text: str, key: str) -> Line:
    """An officer writes in the thread of a call of their service. Raises Suspended, BadInput, NotNow."""
    with transaction.atomic():
        officer = active(officer.id)
        call = locked(call_id)
        if call.service_id != officer.authority:
            raise Call.DoesNotExist
        return _written(call.joined_to or call, SERVICE, officer.by, text, key)


def _written(call: Call, side: str, by: str, text: str, key: str) -> Line:
    said, key = words("text", text, rules.LINE, "write a sentence"), typed_key(key)
    if (before := Line.objects.filter(key=key).first()) is not None:
        if (before.call_id, before.by) != (call.id, by) or vault.get_json(before.doc)["text"] != said:
            raise BadInput("key", "it was used for something else; begin a new line")
        return before
    if call.state not in rules.OPEN:
        raise OF_IT.not_now(call.state, "write")
    return _write(call, side, by, said, key)


def _write(call: Call, side: str, by: str, said: str, key: str, code: str = "") -> Line:
    """`code`: what we say ourselves, before what somebody wrote, each reader in their own language."""
    doc = vault.put_json({"text": said, "code": code}, call.until)
    line = Line.objects.create(call=call, side=side, by=by, at=clock.now(), doc=doc, key=key)
    told = tell(call, "call.written", by, side=side)
    if side == DESK and call.door == "email":
        _write_back(call, line, by, told)
    return line


def text_of(ref: str) -> str:
    """A line of a thread in the language of whoever reads it now. Raises vault.Gone."""
    kept = vault.get_json(ref)
    said = (str(CODES[kept["code"]]) if kept.get("code") in CODES else "", str(kept["text"]))
    return " ".join(one for one in said if one)


def _write_back(call: Call, line: Line, by: str, told: Event) -> None:
    """Whoever called by mail has no page: what the desk writes goes to them in their own thread."""
    request = Request.objects.get(id=call.request)
    with suppress(outbox.Withheld), override(spoken(request)):
        outbox.reply(
            key=f"hotline:line:{told.id}",
            realm=call.realm,
            kind="hotline-line",
            envelope=document.envelope(document.of(request)),
            subject=letters.writing_subject(call.id),
            text=text_of(line.doc),
            verified=request.grade in VERIFIED,
            case=call.id,
            request=request.id,
            cause=told.id,
            by=by,
            limited=False,
        )


def seen(call: Call, side: str) -> None:
    """The other side's lines were shown."""
    unseen = Line.objects.filter(call=call, seen_at=None).exclude(side=side)
    if unseen.exists():
        unseen.update(seen_at=clock.now())


# -- by mail ----------------------------------------------------------------------------------------------------------


def from_mail(event: Event) -> None:
    """A mail that speaks of danger is a call, whoever sent it; it rings, unless it joins one or too many rang.

    Bounces, automatic mail and lists don't ring: the alert on every page stands for them all the same.
    """
    call_for(Request.objects.get(id=event.request))


def call_for(request: Request) -> None:
    """Let a mail that was read, and speaks of danger, be a call. The same again is no second one."""
    if request.door != "email" or called(request.id):
        return
    with transaction.atomic():
        request = cases.locked(request.id)
        if not called(request.id):
            kept = document.of(request)
            sender = str((document.envelope(kept).get("from") or {}).get("address") or "")
            call_of_mail(request, sender, rings=_rings(kept, request))


def called(request: str) -> bool:
    """Whether a mail is a call already."""
    return Call.objects.filter(key=f"mail-{request}").exists()


def call_of_mail(request: Request, sender: str, *, rings: bool, seen: str = "") -> None:
    """Let a locked mail be a call. `rings`: it is somebody's own, and wakes; `seen`: what was seen of it before it was
    read, which its page shows until then."""
    now, sender = clock.now(), sender.lower()
    call = Call(realm=request.realm, door="email", key=f"mail-{request.id}", request=request.id, raised_at=now)
    call.mark, call.until = sha256(request.id.encode()).hexdigest(), request.until
    call.sender = vault.keyed_hash(f"hotline:{sender}") if sender else None
    call.doc = vault.put_json(Said(seen).as_json(), call.until)
    here = Call.objects.filter(realm=request.realm, door="email", joined_to=None)
    if call.sender is not None:
        recent = here.filter(sender=call.sender, raised_at__gt=now - rules.JOINS, state__in=rules.OPEN)
        call.joined_to = recent.order_by("raised_at").first()
    call.rung = call.joined_to is None and rings and (_proven(request) or _may_ring(here, now))
    call.save(force_insert=True)
    if call.joined_to is not None:
        _join(call, call.joined_to, GATEWAY)
    else:
        _begin_mail(call, request)


def _begin_mail(call: Call, request: Request) -> None:
    raised = tell(call, "call.raised", GATEWAY, once=f"call:{call.id}", door=call.door, service="")
    _dues(call, request)
    if call.rung:
        paging.ring(call.id, call.realm, GATEWAY, raised.id)


def _proven(request: Request) -> bool:
    """Whether an accredited office is behind a mail, so far as is known."""
    if request.grade in VERIFIED:
        return True
    return bool(request.signature)


def _may_ring(here: Any, now: datetime) -> bool:
    """Whether another unaccredited mail may ring within this hour: all of them together."""
    rung = here.filter(rung=True, raised_at__gt=now - timedelta(hours=1))
    return bool(rung.count() < rules.MAILS_RING)


def _rings(kept: Mapping[str, Any], request: Request) -> bool:
    """Whether a mail is somebody's own, so far as it says: neither returned, automatic nor to a list, and the words
    stand in what its sender wrote."""
    envelope, reading = document.envelope(kept), kept["reading"] or {}
    own = "\n\n".join(str(one or "") for one in (envelope.get("subject"), reading.get("own")))
    attached = any(one.get("part") for one in reading.get("speaks") or ())
    if reading and not attached and rules.DANGER not in speech.flags(own):
        return False  # it stands in what is quoted or forwarded
    return (
        request.kind not in ("bounce", "auto")
        and not any(envelope.get(one) for one in ("bounce", "auto"))
        and not to_a_list(vault.get(request.raw)[:HEAD])
    )


def to_a_list(head: bytes) -> bool:
    """Whether the head of a mail says that it went to a list (RFC 2369, 2919)."""
    return any(BytesHeaderParser().parsebytes(head).get(name) for name in ("List-Id", "List-Unsubscribe"))


HEAD = 65_536


# -- by the clock, and by the road ------------------------------------------------------------------------------------


def exhausted(call: Call) -> None:
    """Nobody has a locked call within its time: it rings on, and everybody sees it."""
    if call.state != "raised":
        return
    move(call, "exhaust")
    call.save(update_fields=["state"])
    tell(call, "call.unanswered", GATEWAY, once=f"unanswered:{call.id}:{call.version}")


def unanswered(now: datetime) -> None:
    """Calls that nobody acknowledged by the clock of their rule."""
    late = Call.objects.filter(state="raised", joined_to=None).order_by("raised_at")[:200]
    for known in late:
        with transaction.atomic():
            request = cases.locked(known.request) if known.request else None
            due = request and request.deadlines.filter(name=ACKNOWLEDGE).values_list("due_target", flat=True).first()
            call = locked(known.id)
            if call.state == "raised" and due and due <= now and not call.acked_at:
                exhausted(call)


def lapse(now: datetime) -> None:
    """A call that somebody has, and nobody does anything about, is rung for again."""
    for known in Call.objects.filter(state="acknowledged").order_by("acked_at")[:200]:
        with transaction.atomic():
            hold_rings(known.id)
            call = locked(known.id)
            last = Event.objects.filter(case=call.id).order_by("-id").values_list("at", flat=True).first()
            if last and rules.lapsed(call.state, last, now):
                move(call, "lapse")
                call.version += 1
                call.save(update_fields=["state", "version"])
                told = tell(call, "call.lapsed", GATEWAY, once=f"lapsed:{call.id}:{call.version}")
                paging.ring(call.id, call.realm, GATEWAY, told.id)


def measured(event: Event) -> None:
    """What the platform took, or was kept, for a call's case was done about it; the service reads it in the thread."""
    case = Case.objects.filter(id=event.case, instrument=asking.HOTLINE).select_related("request").first()
    if case is None:
        return
    with transaction.atomic():
        cases.locked(case.request_id)
        known = Call.objects.filter(request=case.request_id, joined_to=None).first()
        if known is None or Line.objects.filter(key=f"did-{event.id}-{known.id}").exists():
            return
        call = locked(known.id)
        kind = "preserve" if event.kind == "preserved" else str(event.told.get("kind") or "")
        if call.state != "closed":
            code = kind if kind in CODES else "withhold"
            _write(call, GATEWAY, GATEWAY, "", f"did-{event.id}-{call.id}", code)
        acted(call, kind, GATEWAY)


def service_of(id: str, realm: str) -> Service:
    """How a service on the register stands on this line, its row locked. Raises BadInput."""
    if not _accredited(id, realm):
        raise BadInput("service", "choose a service that is accredited on our register")
    Service.objects.get_or_create(id=id, defaults={"realm": realm})
    return Service.objects.select_for_update().get(id=id)
