"""What the authority gets: the acknowledgement, the answer on its form, the reply to what is no order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from comity import clock, instruments, language
from comity.authorities import commands as register
from comity.cases import clocks, deciding, document, obstacles, questions, rules, shadowed
from comity.cases.models import Case, Deadline, Request
from comity.following import commands as following
from comity.instruments.matter import House, Matter
from comity.ledger.commands import done, record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY, Tell, step
from comity.library import in_force, in_words
from comity.measures import looking, looks
from comity.measures.models import Measure
from comity.outbox import commands as outbox
from comity.outbox import letters as filling
from comity.outbox.commands import Attachment, Withheld
from comity.outbox.models import Mail
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.record import receipts
from comity.regulations import packs
from comity.regulations.packs import Pack
from comity.vault import commands as vault

from . import letters, pdf, replies, text

DECIDED = "scrutiny-decision"  # the clock within which its authority decides


def house() -> House:
    """The provider as its letters name it, from the operator's settings."""
    us = settings.COMITY
    return House(
        name=us.name,
        post=us.post,
        establishment=us.provider["establishment"],
        representative=us.provider["representative"],
        authorised_person=us.authorised_person,
        email=us.address,
        zone=us.provider["zone"],
        phone=us.phone,
        base_url=us.base_url,
    )


def matter_of(case: Case, to: str) -> Matter:
    """A case as its letters see it, with the facts and finding as they stand."""
    kept = deciding.finding_of(case)
    facts, finding = kept["facts"], kept["finding"]
    pack = _judged_by(finding, case.realm)
    words = _words(pack, language.known(facts.get("language"))) if pack else {}
    return Matter(number=case.id, to=to, house=house(), facts=facts, finding=finding, words=words, pack=pack)


def _judged_by(finding: Mapping[str, Any], realm: str) -> Pack | None:
    try:
        return in_force.library(realm).version(finding["pack"], finding["version"])
    except packs.NoPack:
        return None


def _words(pack: Pack, spoken: str) -> dict[str, str]:
    """What a pack says in a language, by its English; empty where that is the language."""
    if spoken == language.ENGLISH:
        return {}
    said = (text for check in pack.checks for text in (check.fails, check.unknown, check.holds))
    return {text["en"]: in_words.say(text, spoken) for text in said if spoken in text}


def registered(case: Case) -> str:
    """The address on our register for a case's authority: answers go there and nowhere else. Empty: none yet."""
    entry = register.entry(case.authority) if case.authority else None
    return str(entry.address) if entry else ""


def addressed(case: Case) -> str:
    """Where a case's answer goes: its registered address. Only what can say nothing of any account, and comes from
    nobody on our register, is answered where it was sent from."""
    known = registered(case)
    if known or not instruments.of(case.instrument).to_sender:
        return known
    return str((document.envelope(document.of(case.request)).get("from") or {}).get("address") or "")


def spoken(request: Request) -> str:
    """The language of what a mail says, where we write it; else English."""
    return language.known(document.said(document.of(request)).get("facts", {}).get("language"))


# -- replies ----------------------------------------------------------------------------------------------------------


def acknowledge(event: Event) -> None:
    """Say that it came, under which number, and by when it is handled; once for each mail."""
    request = Request.objects.get(id=event.request)
    envelope = document.envelope(document.of(request))
    to = str((envelope.get("from") or {}).get("address") or "")
    case = Case.objects.filter(id=event.case).first() if event.case else None
    asked = questions.answers(request)
    if case is None:
        with override(spoken(request)):
            told = {"neutral": asked != {} or bool(document.said(document.of(request))), "urgent": "danger" in asked}
            letter = replies.received(request.id, to, house(), request.received_at, **told)
    else:
        letter = replies.acknowledgement(
            matter_of(case, to),
            joined=event.kind == "case.joined",
            reply=event.kind == "reply.received",
            came=request.received_at,
            urgent="danger" in asked,
            answered=_answered_at(case) if event.kind == "case.joined" else None,
        )
    if why := _known_already(event, request, case):
        _withheld(event, request, case, "acknowledgement", why)
        return
    key = _key(request, case)
    if event.kind == "case.opened" and Mail.objects.filter(key=key, case=None).exists():
        key = f"{key}:case"  # it was received as no order, and a person has opened a case of it since
    followed = [*letter["paragraphs"], *_follow(request, case)]
    _reply(event, request, case, "acknowledgement", key, letter["subject"], followed)


def _follow(request: Request, case: Case | None) -> tuple[str, ...]:
    """The link to the page of a demand, as its acknowledgement has it."""
    url = following.url_of(request) if case is not None or document.order(document.of(request)) else ""
    if not url:
        return ()
    with override(spoken(request)):
        return (replies.follow(url),)


OF_ONE_A_DAY = 3  # acknowledgements of one order: its own, and those of two copies


def _key(request: Request, case: Case | None) -> str:
    """What an acknowledgement is of: a mail may hold several orders; and what answers a reply of ours is acknowledged
    once in a case, or once a day to its sender, however often it comes."""
    if outbox.answers_reply(envelope := document.envelope(document.of(request))):
        sender = str((envelope.get("from") or {}).get("address") or "").lower()
        return f"ack:again:{case.id if case else f'{vault.keyed_hash(sender).hex()}:{request.received_at:%Y-%m-%d}'}"
    return f"ack:{request.id}" + (f":{case.order}" if case and case.order else "")


def _known_already(event: Event, request: Request, case: Case | None) -> str:
    """Why a mail gets no acknowledgement: its order is forged, it answers one and another did before, or it is yet
    another copy."""
    if case is not None and deciding.is_forged(case):
        return "forged"
    acknowledged = Mail.objects.filter(kind="acknowledgement").exclude(request=request.id)
    if acknowledged.filter(key=_key(request, case)).exists():
        return "acknowledged"
    copies = acknowledged.filter(case=case.id, queued_at__gt=clock.now() - timedelta(days=1)) if case else None
    return "copy" if copies and event.kind == "case.joined" and copies.count() >= OF_ONE_A_DAY else ""


def _answered_at(case: Case) -> datetime | None:
    return Event.objects.filter(kind="case.answered", case=case.id).values_list("at", flat=True).order_by("id").last()


def reply(event: Event) -> None:
    """Send the written reply with which a person sorted what is no order."""
    request = Request.objects.get(id=event.request)
    words = str(vault.get_json(event.sealed["reply"])["text"]).strip()
    if words:
        with override(spoken(request)):
            subject = replies.triage(event.public["lane"], request.id, "", house())["subject"]
        _reply(event, request, None, "reply", f"reply:{event.id}", subject, [words])


def _reply(
    event: Event, request: Request, case: Case | None, kind: str, key: str, subject: str, paragraphs: list[str]
) -> None:
    try:
        outbox.reply(
            key=key,
            realm=request.realm,
            kind=kind,
            envelope=document.envelope(document.of(request)),
            subject=subject,
            text="\n\n".join(paragraphs),
            verified=request.grade in rules.VERIFIED,
            case=case.id if case else None,
            request=request.id,
            cause=event.id,
            limited=kind == "acknowledgement",  # what a person wrote is no machine's answer
        )
    except Withheld as why:
        _withheld(event, request, case, kind, str(why))


def _withheld(event: Event, request: Request, case: Case | None, kind: str, why: str) -> None:
    """Keep on record that nothing was sent: to a bounce, an automatic mail, ourselves, or somebody too often."""
    with transaction.atomic():
        record(
            "reply.withheld",
            realm=request.realm,
            by=GATEWAY,
            case=case.id if case else None,
            request=request.id,
            cause=event.id,
            once=f"withheld:{kind}:{event.id}",
            public={"kind": kind, "why": why},
        )


# -- the answer -------------------------------------------------------------------------------------------------------


@step("draft:answer", deciding.of)
def draft(event: Event, case: Case, tell: Tell) -> None:
    """Draft the answer that the finding calls for; where people weigh it first, one to complete."""
    letter = drafted(case, addressed(case))
    ref = deciding.put_draft(case, "answer", letter)
    tell("case.drafted", public={"kind": "answer"}, sealed={"draft": ref})


def drafted(case: Case, to: str) -> filling.Letter:
    """The answer that a case's finding calls for, in its order's language; beside it the same in ours, where that is
    another."""
    matter = matter_of(case, to)
    letter, ours = letters.drafted(matter), language.known(settings.COMITY.language)
    if ours != matter.language:
        words = _words(matter.pack, ours) if matter.pack else {}
        return filling.beside(letter, letters.drafted(replace(matter, spoken=ours, words=words)))
    return letters.labelled(letter, str(matter.facts.get("language") or ""))


def answer(event: Event) -> None:
    """Answer the authority once the effect of all that was decided was observed, with exactly the letter that was
    signed, blanks filled."""
    if event.public["kind"] in ("lift", "narrow"):
        return
    measure = Measure.objects.get(id=event.sealed["measure"])
    if looking.all_seen(measure):
        shadowed.verify_live(measure.case)
        _answer(event, approvals.approved(measure.act, case=event.case, kind="execute"))


@step("answered", deciding.of)
def _answer(event: Event, case: Case, tell: Tell, act: ApprovedAct) -> None:
    """Once for an act, by what was seen of whichever of its measures came last."""
    if done(f"answered:{act.hash}"):
        return
    send(event, case.id, act.act["letters"]["answer"], looking.when(event))
    if rules.leaves(deciding.finding_of(case)["finding"]):
        _stands_by(case, tell, act)
    else:
        case = deciding.move(case.id, "answer")
        _answered(case, tell, once=f"answered:{act.hash}")


def stand_by(event: Event) -> None:
    """Of an order of data by which nothing but sending is ordered: tell its authority at once that it stands. What it
    orders is sent by custody, and its clock runs until then."""
    if event.public["kind"] == "execute":
        act = approvals.approved(event.sealed["act"], case=event.case, kind="execute")
        if not act.act["what"]:
            _stand_by(event, act)


@step("stood-by", deciding.of)
def _stand_by(event: Event, case: Case, tell: Tell, act: ApprovedAct) -> None:
    send(event, case.id, act.act["letters"]["answer"], None)
    _stands_by(case, tell, act)


def _stands_by(case: Case, tell: Tell, act: ApprovedAct) -> None:
    deciding.move(case.id, "stand-by")
    tell("production.waits", request=case.request_id, once=f"answered:{act.hash}")


def _in_time(case: Case) -> bool:
    ended = Deadline.objects.filter(case=case, name__in=rules.DRIVING)
    return not any(d.met_at and d.due_target and d.met_at > d.due_target for d in ended)


def cannot(event: Event) -> None:
    """Say at once what stands in the way (Annex III), as the finding has it or as people weighed it; the case then
    waits for the authority, its clock stopped."""
    if event.public["kind"] in ("annex3", "answer") and (letter := _signed(event)) and _says_so(event, letter):
        _cannot(event, letter)


def _says_so(event: Event, letter: Mapping[str, Any]) -> bool:
    """Whether a signed letter says what stands in the way, so that a case waits after it. By what was signed alone: a
    step that is tried again later must not find otherwise because the case was judged anew since."""
    own = instruments.of(Case.objects.get(id=event.case).instrument)
    return event.public["kind"] == "annex3" or bool(letter["form"] == own.waits_after)


@step("cannot", deciding.of)
def _cannot(event: Event, case: Case, tell: Tell, letter: Mapping[str, Any]) -> None:
    send(event, case.id, letter, None)
    case = deciding.move(case.id, "wait")
    obstacles.asked(case, event)
    clocks.stop(case, event.at)
    _answered(case, tell)


def decline(event: Event) -> None:
    """Answer what people weighed and do not carry out, with exactly the letter that they signed."""
    if event.public["kind"] == "answer" and (letter := _signed(event)) and not _says_so(event, letter):
        _decline(event, letter)


@step("declined", deciding.of)
def _decline(event: Event, case: Case, tell: Tell, letter: Mapping[str, Any]) -> None:
    send(event, case.id, letter, None)
    case = deciding.move(case.id, "decline")
    clocks.handled(case, event.at)
    if instruments.of(case.instrument).reinstates:  # a decision about another order, which stands
        clocks.met(case, DECIDED, event.at)
    _answered(case, tell)


def _signed(event: Event) -> Mapping[str, Any]:
    """The answer of the act that an event tells was approved; empty where that was signed in shadow, and leaves
    nowhere. Raises approvals.NotApproved, InShadow."""
    act = approvals.approved(event.sealed["act"], case=event.case, kind=event.public["kind"]).act
    if shadowed.of_act(act):
        return {}
    shadowed.verify_live(Case.objects.get(id=event.case))
    return dict(act["letters"]["answer"])


def _answered(case: Case, tell: Tell, *, once: str = "") -> None:
    tell("case.answered", request=case.request_id, once=once, public={"met": _in_time(case)})


def send(event: Event, case_id: str, letter: Mapping[str, Any], measured: datetime | None) -> None:
    """Queue a signed answer to its registered address, in the thread of the order, as text and PDF."""
    queue_letter(event, case_id, letter, measured, key=f"answer:{event.id}", kind="answer")


def _receipts(case: str, kind: str) -> pdf.Receipts:
    """Those of a letter. An answer can't carry its own, whose entry comes after it: every later letter does."""
    answer = b"" if kind == "answer" else receipts.of_answer(case)
    return pdf.Receipts(receipts.of_thing(case) or b"", answer)


def queue_letter(
    event: Event, case_id: str, letter: Mapping[str, Any], measured: datetime | None, *, key: str, kind: str
) -> None:
    """Queue a signed letter of a case, its blanks filled: `measured` is when the effect was seen, or, where nobody
    could see it, when the platform took the measure (UTC)."""
    case = Case.objects.get(id=case_id)
    seen = looks.of_case(case.id, looks.LIFTED if kind == "lifted" else looks.AFTER)
    filled = filling.fill(letter, letters.values(clock.now(), measured, letter, seen))
    filling.verify_filled(letter, filled)
    envelope = document.of(case.request)["reading"]["envelope"]
    proven = pdf.render(filled, realm=case.realm, receipts=_receipts(case.id, kind))
    outbox.queue(
        key=key,
        realm=case.realm,
        kind=kind,
        to=filled["to"],
        subject=filled["subject"],
        text=text.twin(filled),
        attachments=[Attachment(f"{case.id}.pdf", "application/pdf", proven)],
        in_reply_to=envelope.get("message_id"),
        references=envelope.get("references") or (),
        case=case.id,
        request=case.request_id,
        cause=event.id,
    )
