"""The only writers of requests and cases. What is a step of the road takes the event it follows, and does its work
once however often it runs; what people do takes the person, and asks `may` first."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from comity import clock, lane
from comity.alerts import commands as alerts
from comity.authorities import commands as register
from comity.authorities.rules import Verification
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.outbox import commands as outbox
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm
from comity.reading import child
from comity.vault import commands as vault

from . import document, find, questions, rules, thread, turns
from .correcting import PATH_LENGTH, Uncorrectable, verify_correction
from .models import Case, Request
from .rules import VERIFIED


def locked(request: str) -> Request:
    """The request's row, locked until the transaction ends."""
    return Request.objects.select_for_update().get(id=request)


def of(event: Event) -> Request:
    """The row of the request that an event is about, locked until the transaction ends."""
    return locked(str(event.request))


# -- steps of the road ------------------------------------------------------------------------------------------------


def read_request(event: Event) -> None:
    """Read what came in, in a child process with limits. What can't be read goes to a person; the mail stays.

    An unproven mail waits for its turn, is read by a child that lets others go first, and has less done for it.
    """
    request = Request.objects.get(id=event.request)
    unproven = lane.current() == lane.UNPROVEN
    if request.kind not in ("unread", "waits") or (unproven and not turns.ask(request, event.id)):
        return
    began = time.monotonic()
    try:
        reading = child.read(vault.get(request.raw), reading_context(request) | {"unproven": unproven})
    except child.ReadingFailed as failure:
        _not_read(event, failure)
    else:
        _read(event, reading)
    turns.took(request, time.monotonic() - began)


def read_now(person: Person, request_id: str) -> None:
    """Let a mail that waits for its turn be read at once: what a person asks for waits for no stranger."""
    request = Request.objects.get(id=request_id)
    allow(person, "request.read", request)
    if not turns.begin(request_id, person.by):
        raise BadInput("request", "it doesn't wait to be read (any more)")


def reading_context(request: Request) -> dict[str, Any]:
    """What the reader is told beside a request's bytes."""
    us = settings.COMITY
    return {
        "data": str(us.data),
        "mailboxes": list(us.mailboxes),
        "received_at": request.received_at.isoformat(),
        "zone": us.provider["zone"],
        "mail_server": us.mail_server,
    }


def _glance(request: Request, envelope: Mapping[str, Any]) -> None:
    """Point `peek` to subject and sender as read: what lists show. A folded Message-ID the door didn't see."""
    sender, seen = envelope.get("from") or {}, document.peek(request)
    shown = {"from": sender.get("address"), "name": sender.get("name"), "subject": envelope.get("subject")}
    shown["message_id"] = seen.get("message_id") or envelope.get("message_id")
    request.peek = vault.put_json(seen | {key: value for key, value in shown.items() if value}, request.until)


@step("read", of)
def _not_read(event: Event, request: Request, tell: Tell, failure: child.ReadingFailed) -> None:
    request.kind, request.lane = "failed", "triage"
    request.flags = sorted({"unreadable", *questions.kept_flags(request)})
    request.behind = 0 if request.signature else turns.nth(request)
    _glance(request, failure.envelope or {})
    request.save(update_fields=["kind", "lane", "flags", "behind", "peek"])
    document.keep(request, document.of(request) | {"envelope": failure.envelope})
    tell("reading.failed", public={"reason": failure.reason})


def kind_of(reading: Mapping[str, Any]) -> str:
    """What a reading is of: `bounce` and `auto` open nothing; an `order` names its instrument; else `mail`."""
    if reading["silent"]:
        return "bounce" if reading["envelope"].get("bounce") else "auto"
    return "order" if reading["orders"] else "mail"


@step("read", of)
def _read(event: Event, request: Request, tell: Tell, reading: Mapping[str, Any]) -> None:
    door = {} if request.door == "email" else {"door": request.door}
    kept = document.of(request) | {"reading": {**reading, **door}}
    request.kind, request.flags = kind_of(reading), sorted({*reading["flags"], *questions.kept_flags(request)})
    message_id = reading["envelope"].get("message_id")
    request.message_hash = vault.keyed_hash(message_id) if message_id else None
    _glance(request, reading["envelope"])
    request.save(update_fields=["kind", "flags", "message_hash", "peek"])
    ref = document.keep(request, kept)
    order = document.order(kept)
    for n in range(document.orders(kept)):
        said = document.about(kept, n)
        find.index(request, None, find.terms(said, document.said(said).get("facts", {})))
    public = {"instrument": order.get("instrument"), "flags": request.flags, "read": len(order.get("places", {}))}
    tell("facts.read", public=public, sealed={"facts": ref})


def note_bounce(event: Event) -> None:
    """A bounce of a mail of ours: the mail is marked, and the desk alerted. It opens no case."""
    request = Request.objects.get(id=event.request)
    if request.kind == "bounce":
        outbox.bounce(document.of(request)["reading"], vault.get(request.raw), event.id)


@step("grade", of)
def grade_sender(event: Event, request: Request, tell: Tell) -> None:
    """Match the sender to an authority of the request's own realm, and grade how strongly it is known.

    The realm is the envelope's and nothing else's: no sender, and no register, can move a mail into another.
    """
    if request.kind not in ("order", "mail", "auto"):
        return
    kept = document.of(request)
    if (verification := verified(request, kept)) is None:
        return
    ref = document.keep(request, kept)
    public = {"grade": request.grade, "authority": verification["authority"], "flags": request.flags}
    tell("sender.graded", case=None, public=public, sealed={"verification": ref})


def verified(request: Request, kept: dict[str, Any]) -> Mapping[str, Any] | None:
    """Grade the sender of a locked request, in its row and in its document, which the caller keeps; None where there is
    nobody to grade: an automatic reply that is no office's."""
    verification = _verified(request, kept)
    if request.kind == "auto" and not _mark_added(verification):
        return None
    kept["verification"] = verification
    request.kind = "mail" if request.kind == "auto" else request.kind
    request.grade, request.authority = verification["grade"], verification["authority"] or ""
    request.flags = sorted({*request.flags, *verification["flags"]})
    request.behind = 0 if request.grade in VERIFIED else turns.nth(request)
    request.save(update_fields=["kind", "grade", "authority", "flags", "behind"])
    return verification


def _verified(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent it, as the document keeps it. An order that the mail quotes is nobody's, unless the mail is a reply in
    the thread of its sender's own case: then the sender's own words count, and the order doesn't."""
    made = _as_kept(register.grade(kept["reading"], kept["callbacks"], request.realm))
    if kept["reading"].get("others") and thread.replied_to(request, kept, made) is None:
        made = _as_kept(register.grade(kept["reading"], kept["callbacks"], request.realm, others=True))
    if request.kind == "auto":
        made["flags"] = [*made["flags"], "maybe-automatic"]
    return made


def _as_kept(verification: Verification) -> dict[str, Any]:
    return {
        "grade": verification.grade,
        "authority": verification.authority,
        "reasons": list(verification.reasons),
        "flags": list(verification.flags),
        "covers": list(verification.covers),
    }


def _mark_added(verification: Mapping[str, Any]) -> bool:
    """Whether a proven office's mail is called an automatic reply by a line outside its signature, which anyone on the
    way could have added: then it opens what it would without it."""
    return verification["grade"] in rules.VERIFIED and "auto-submitted" not in verification["covers"]


def alert(event: Event) -> None:
    """Put on every page of the desk what needs a person now, until one has dealt with it. The same again on the same
    thing is the same alert, and whatever unproven mail without a case brings about is one thing."""
    case = Case.objects.filter(id=event.case).first() if event.case else None
    proven = _proven(event, case)
    thing = event.case or (event.request if proven else "") or ""
    alerts.raise_alert(event, thing=thing, proven=proven, case=case.id if case else None)


def _proven(event: Event, case: Case | None) -> bool:
    """Whether an event is about what a proven sender asked, or about ourselves."""
    if case is not None:
        return case.grade in VERIFIED
    request = Request.objects.filter(id=event.request).first() if event.request else None
    return request is None or request.grade in VERIFIED or bool(request.signature)


def repeated(event: Event) -> None:
    """An order came again whose measure no longer stands, or about which we had asked: a person looks what is meant."""
    if Case.objects.filter(id=event.case, state__in=("lifted", "not-carried-out", "waiting")).exists():
        alert(event)


def driving(case: Case) -> str:
    """The name of the clock that drives a case; empty where none does."""
    clocks = case.deadlines.filter(name__in=rules.OURS, met_at=None, stopped_at=None, due_target__isnull=False)
    return clocks.order_by("due_target", "id").values_list("name", flat=True).first() or ""


def half_time(now: datetime) -> None:
    """Tell, once for each case, that half of its time is gone."""
    for case in Case.objects.filter(half__lte=now)[:200]:
        with transaction.atomic():
            if not Case.objects.filter(id=case.id, half=case.half).update(half=None):
                continue
            if case.open and case.state not in ("waiting", "answering"):
                record("clock.half", realm=case.realm, by=GATEWAY, case=case.id, public={"deadline": driving(case)})


# -- what people do ---------------------------------------------------------------------------------------------------


def look(person: Person, request: Request, what: str) -> None:
    """Record that a person looks at content, before it is shown."""
    allow(person, "content.view", request)
    _looked(request, what, person.by)


def look_at_case(person: Person, case: Case) -> None:
    """Record that a person looks at a case with its order and letters: once an hour, as pages are loaded again."""
    allow(person, "content.view", case)
    once = f"looked:{case.id}:{person.id}:{clock.now():%Y%m%d%H}"
    with transaction.atomic():
        record(
            "content.viewed",
            realm=case.realm,
            by=person.by,
            case=case.id,
            request=case.request_id,
            once=once,
            public={"what": "case"},
        )


def look_at_mail(person: Person, mail: Any, what: str) -> None:
    """Record that a person looks at a mail of ours, or takes a file of it."""
    allow(person, "content.view", mail)
    with transaction.atomic():
        told = {"case": mail.case or None, "request": mail.request or None}
        record("content.viewed", realm=mail.realm, by=person.by, public={"what": what}, **told)


def look_at_list(person: Person, realm: str, what: str) -> None:
    """Record that a person takes away a list that names senders and subjects."""
    allow(person, "content.view", Realm(realm))
    with transaction.atomic():
        record("content.viewed", realm=realm, by=person.by, public={"what": what})


def look_as_operator(request: Request, what: str) -> None:
    """Record that the operator looks at content on the server itself, before it is shown."""
    _looked(request, what, "operator")


def _looked(request: Request, what: str, by: str) -> None:
    with transaction.atomic():
        case = request.joined.order_by("id").values_list("case_id", flat=True).first()
        record(
            "content.viewed",
            realm=request.realm,
            by=by,
            case=case,
            request=request.id,
            public={"what": what},
        )


def sort(person: Person, request_id: str, lane: str, reply: str) -> None:
    """Send what is no order to support, press, civil or "not ours", with a written reply; or hand it to counsel, who
    answers it (`answered`) or sends it on."""
    if lane not in LANES:
        raise BadInput("lane", f"one of {', '.join(LANES)}")
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "counsel.answer" if request.lane == "counsel" else "triage.send", request)
        if lane not in lanes_from(request.lane):
            raise BadInput("lane", f"not from here: it is sorted already ({request.lane or 'no triage'})")
        questions.verify_sortable(request, lane)
        if lane != "counsel" and request.kind != "auto" and not reply.strip():
            raise BadInput("reply", "a written reply is needed, so that nobody waits for nothing")
        request.lane = lane
        request.save(update_fields=["lane"])
        if lane != "counsel":  # it has its reply: nothing of it is due any more but what was begun about a danger
            running = request.deadlines.filter(met_at=None).exclude(name__in=("acknowledge", "act", "review"))
            running.update(met_at=clock.now())
        questions.settle(request)
        record(
            "request.triaged",
            realm=request.realm,
            by=person.by,
            request=request.id,
            public={"lane": lane},
            sealed={"reply": vault.put_json({"text": reply}, request.until)},
        )


LANES = ("support", "press", "civil", "not-ours", "counsel", "answered")


def lanes_from(lane: str) -> tuple[str, ...]:
    """Where a request may be sent from its lane: the handler sorts, counsel answers or sorts on, and then it stays."""
    sending = ("support", "press", "civil", "not-ours")
    return {"triage": (*sending, "counsel"), "counsel": ("answered", *sending)}.get(lane, ())


def record_callback(person: Person, request_id: str, authority: str, confirmed: bool) -> None:
    """A handler called the authority at its registered number, and it did (or did not) confirm this request."""
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "callback.record", request)
        called_back(request, authority, person.by, confirmed=confirmed)


def called_back(request: Request, authority: str, by: str, *, confirmed: bool) -> None:
    """What came of calling an authority about a locked request, said by somebody who may say it. Raises BadInput."""
    entry = register.entry(authority)
    if entry is None:
        raise BadInput("authority", "choose one that is on our register")
    if entry.realm != request.realm:
        raise BadInput("authority", f"not on the register of realm {request.realm}")
    kept = document.of(request)
    said = {"authority": authority, "confirmed": confirmed, "by": by, "at": clock.now().isoformat()}
    kept["callbacks"].append(said)
    document.keep(request, kept)
    record(
        "callback.recorded",
        realm=request.realm,
        by=by,
        request=request.id,
        case=request.joined.values_list("case_id", flat=True).first(),
        public={"confirmed": confirmed},
        sealed={"authority": authority},
    )


def correct(person: Person, request_id: str, path: str, value: Any, *, unknown: bool = False, order: int = 0) -> None:
    """Correct one fact of one of a mail's orders (from 0) in place. Both values stay; its case is judged again."""
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "fact.correct", request)
        kept = document.of(request)
        correction = {"path": path, "value": value, "unknown": unknown, "by": person.by, "at": clock.now().isoformat()}
        correction |= {"order": order} if order else {}
        said = document.about(kept, order)
        try:
            verify_correction(document.said(said).get("facts", {}), said["corrections"], correction)
        except Uncorrectable as wrong:
            raise BadInput(path[:PATH_LENGTH], str(wrong)) from None
        kept["corrections"].append(correction)
        ref = document.keep(request, kept)
        record(
            "facts.corrected",
            realm=request.realm,
            by=person.by,
            request=request.id,
            case=request.joined.filter(case__order=order).values_list("case_id", flat=True).first(),
            public={"field": path},
            sealed={"facts": ref},
        )


def take(person: Person, case_id: str) -> None:
    """Take a case, or put it back if it is yours. Changes no version: a signature given stands."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(id=case_id)
        allow(person, "case.take", case)
        mine = case.taken_by == person.id
        case.taken_by = None if mine else person.id
        case.save(update_fields=["taken_by"])
        record("case.taken", realm=case.realm, by=person.by, case=case.id, public={"taken": not mine})
