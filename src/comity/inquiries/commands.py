"""Asking an authority, on a case of ours, and writing down what came: each one transaction with its event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import override

from comity import clock, instruments, language
from comity.alerts import commands as alerts
from comity.answers import commands as answers
from comity.answers import text as plain
from comity.cases import clocks, deciding, document, shadowed
from comity.cases import rules as life
from comity.cases.models import Case, Deadline, Request
from comity.instruments import times
from comity.instruments.matter import Matter
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.library import in_force
from comity.measures import looking
from comity.notifications import copies
from comity.outbox import commands as outbox
from comity.outbox import rules as addressing
from comity.outbox.commands import Attachment
from comity.outbox.letters import Letter, rfc3339
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.regulations import judge
from comity.vault import commands as vault

from . import letters, rules
from .models import Inquiry

OUR_RULE = "own-no-pack"  # times what no regulation does


# -- whom, and by when ------------------------------------------------------------------------------------------------


def may_ask(case: Case) -> bool:
    """Whether its authority can be asked now: it is known, has an address on our register, and no question is open."""
    known = case.state != "verifying" and case.grade in life.VERIFIED and case.request.until > clock.now()
    return known and not _open(case, rules.AUTHORITY) and bool(answers.registered(case))


def scrutiny_until(case: Case) -> datetime | None:
    """Until when we may ask for scrutiny of a case's order (UTC); None where we may not, or have."""
    if case.state == "verifying" or not supervisor(case.realm) or not instruments.of(case.instrument).scrutiny:
        return None
    row = case.deadlines.filter(name=rules.ASK_BY, met_at=None, due_legal__gt=clock.now()).first()
    return row.due_legal if row else None


def may_be_decided(case: Case) -> bool:
    """Whether the authority of our establishment may decide about a case's order, and we haven't asked it to: where a
    clock says until when we could, the order is of another State."""
    if case.state in UNDECIDED or not instruments.of(case.instrument).scrutiny or _open(case, rules.SCRUTINY):
        return False
    return case.deadlines.filter(name=rules.ASK_BY).exists()


UNDECIDED = frozenset({"verifying", "to-decide", "second-approval"})


def raisable(realm: str) -> QuerySet[Case]:
    """The answered cases of a realm whose order we may still ask scrutiny of, the first to end first."""
    now, known = clock.now(), [one.id for one in instruments.each().values() if one.scrutiny]
    runs = Deadline.objects.filter(case=OuterRef("id"), name=rules.ASK_BY, met_at=None, due_legal__gt=now)
    answered = Case.objects.filter(realm=realm, state="answered", open=False, instrument__in=known)
    lately = answered.filter(Exists(runs), received_at__gt=_before(realm, known, now)).order_by("received_at", "id")
    return lately if supervisor(realm) else lately.none()


def _before(realm: str, known: Iterable[str], now: datetime) -> datetime:
    """What came before this (UTC) has no time left to ask, however it is counted: it keeps the look short, and decides
    nothing."""
    library, place = in_force.library(realm), answers.house().counted
    given = [times.deadline(times.pack(library, one), one, rules.ASK_BY) for one in known]
    return now - 2 * max((time.end(now, place).due_legal - now for time in given), default=timedelta())


INVENTED = ".example"  # reserved for examples (RFC 2606): what the operator has not set is such an address


def supervisor(realm: str) -> str:
    """The address of the authority of our establishment; empty where the operator gives none that can be one."""
    return known_address(settings.COMITY.establishment_authority, realm)


def known_address(named: Mapping[str, Any], realm: str) -> str:
    """The address of an authority that the operator set; empty for none, and in earnest for an invented one."""
    address = str(named.get("address") or "")
    try:
        addressing.address(address)
    except addressing.BadAddress:
        return ""
    return "" if realm == "real" and address.endswith(INVENTED) else address


def our_rule(case: Case, called: str) -> Mapping[str, Any] | None:
    """A clock of that name for what begins now and no regulation times: by our own rule for that."""
    return _clock(case, OUR_RULE, {"received_at": rfc3339(clock.now())}, "answer", called)


def follow_up(case: Case) -> Mapping[str, Any] | None:
    """The clock of a question that is asked now."""
    return our_rule(case, rules.CLOCKS[rules.AUTHORITY])


def decided_by(case: Case) -> Mapping[str, Any] | None:
    """The clock within which scrutiny that is asked for now is decided."""
    name = rules.CLOCKS[rules.SCRUTINY]
    return _clock(case, instruments.of(case.instrument).scrutiny, {"scrutiny": _asked(clock.now())}, name, name)


def _asked(at: datetime, **more: Any) -> dict[str, Any]:
    asked = {"asked_at": rfc3339(at), "asked_by": "provider", "copy_received_at": None}
    return asked | {"decided_at": None, "infringes": None} | more


def _judged(case: Case, pack: str, more: Mapping[str, Any]) -> judge.Finding:
    facts = deciding.finding_of(case)["facts"] | {"instrument": pack} | dict(more)
    return judge.judge(facts, in_force.library(case.realm).in_force(pack, clock.now()))


def _clock(case: Case, pack: str, more: Mapping[str, Any], name: str, called: str) -> Mapping[str, Any] | None:
    found = next((row for row in _judged(case, pack, more)["deadlines"] if row["id"] == name), None)
    return {**found, "id": called} if found and found["due_target"] else None


# -- asking -----------------------------------------------------------------------------------------------------------


def ask(person: Person, case_id: str, text: str) -> Inquiry:
    """Ask a case's authority, in the thread of its order. Raises BadInput, NotAllowed."""
    words = words_of(text, "write the question; it goes out as it stands")
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "authority.ask", case)
        if not may_ask(case):
            raise BadInput("text", "this authority can't be asked now: it isn't known, or a question is open already")
        matter = answers.matter_of(case, answers.registered(case))
        letter = letters.question(matter, words, clock.now(), told=life.told(matter.finding))
        return send(person, case, rules.AUTHORITY, words, letter, follow_up(case))


def scrutiny(person: Person, case_id: str, reasons: str) -> Inquiry:
    """Ask the authority of our establishment to look at an order from another State, with reasons and a copy of it.
    Raises BadInput, NotAllowed."""
    words = words_of(reasons, "say what seems to be wrong with the order; it goes out as it stands")
    found = Case.objects.select_related("request").get(id=case_id)
    allow(person, "scrutiny.ask", found)
    copy = _copy(found)
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "scrutiny.ask", case)
        if scrutiny_until(case) is None:
            raise BadInput(
                "text", "scrutiny can't be asked for (any more): no order of another State, or its time is over"
            )
        asked = send(person, case, rules.SCRUTINY, words, scrutiny_letter(case, words), decided_by(case), copy)
        clocks.met(case, rules.ASK_BY, asked.at)
        return asked


def scrutiny_letter(case: Case, reasons: str) -> Letter:
    """What goes to the authority of our establishment, in the language in which we speak."""
    matter = answers.matter_of(case, supervisor(case.realm))
    with override(language.known(settings.COMITY.language)):
        return instruments.of(case.instrument).scrutiny_request(matter, reasons, clock.now())


def question_letter(case: Case, text: str) -> Letter:
    """What goes to the authority, round the desk's words."""
    matter: Matter = answers.matter_of(case, answers.registered(case))
    return letters.question(matter, text, clock.now(), told=life.told(matter.finding))


def _copy(case: Case) -> list[Attachment]:
    """The order as it came; nothing where it can't be taken out of its mail alone."""
    try:
        found = copies.order_of(case)
    except (BadInput, vault.Gone):
        return []
    kind = "application/pdf" if b"%PDF-" in found[:1024] else "text/plain"
    return [Attachment(copies.name_of(case, found), kind, found)]


def send(
    person: Person,
    case: Case,
    kind: str,
    words: str,
    letter: Letter,
    due: Mapping[str, Any] | None,
    copy: list[Attachment] | None = None,
) -> Inquiry:
    """Send a letter about a locked case, and keep that it went. Raises NotNow in shadow."""
    if among := shadowed.now(case):
        says = f"{shadowed.says(among)} is in shadow, and no letter leaves: ask as you do without us"
        raise life.not_now(case.state, says)
    now, doc = clock.now(), vault.put_json({"text": words, "to": letter["to"]}, case.request.until)
    asked = Inquiry.objects.create(
        case=case, kind=kind, doc=doc, at=now, due=clocks.at(due["due_legal"]) if due else None
    )
    event = _told(person, case, asked, "inquiry.sent", kind=kind)
    envelope = document.of(case.request)["reading"]["envelope"] if kind == rules.AUTHORITY else {}
    outbox.queue(
        key=f"inquiry:{asked.id}",
        realm=case.realm,
        kind="inquiry" if kind == rules.AUTHORITY else kind,
        to=letter["to"],
        subject=letter["subject"],
        text=plain.twin(letter),
        attachments=copy or (),
        in_reply_to=envelope.get("message_id"),
        references=envelope.get("references") or (),
        case=case.id,
        request=case.request_id,
        cause=event.id,
        by=person.by,
    )
    if due:
        clocks.start(case, due, now)
        clocks.settle(case)
    return asked


# -- what came --------------------------------------------------------------------------------------------------------


def _case_of(event: Event) -> Case:
    return locked(str(event.case))


@step("inquiry-replied", _case_of)
def replied(event: Event, case: Case, tell: Tell) -> None:
    """The authority wrote in the thread of a case: an open question has its reply, which a person reads."""
    found = _open(case, rules.AUTHORITY)
    came = Request.objects.filter(id=event.sealed.get("request", "")).first()
    if found is None or found.reply or came is None or came.received_at < found.at:
        return
    Inquiry.objects.filter(id=found.id).update(reply=came.id, replied_at=came.received_at)
    tell("inquiry.replied", by="authority", sealed={"inquiry": found.id, "request": came.id})


def close(person: Person, case_id: str, inquiry: int, outcome: str, text: str = "", until: date | None = None) -> None:
    """Write down what came of a question: in words that the person affected reads, too. Raises BadInput, NotAllowed."""
    with transaction.atomic():
        case = locked(case_id)
        asked = Inquiry.objects.select_for_update().filter(id=inquiry, case=case, closed_at=None).first()
        allow(person, "scrutiny.ask" if asked and asked.kind in rules.OF_SCRUTINY else "authority.ask", case)
        if asked is None:
            raise BadInput("inquiry", "it is closed already, or not of this case")
        if outcome not in rules.OUTCOMES[asked.kind]:
            raise BadInput("outcome", f"one of {', '.join(rules.OUTCOMES[asked.kind])}")
        words = (
            ""
            if outcome in rules.WITHOUT_WORDS
            else words_of(text, "write down what it says; it stands on the author's page")
        )
        _closed(person, case, asked, outcome, words, until)


def told(person: Person, case_id: str, text: str, until: date | None = None) -> None:
    """Write down what an authority told us unasked, for the person affected. Raises BadInput, NotAllowed."""
    words = words_of(text, "write down what it says; it stands on the author's page")
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "authority.ask", case)
        _closed(person, case, Inquiry(case=case, kind=rules.TOLD, at=clock.now()), rules.ANSWERED, words, until)


def decided(person: Person, case_id: str, outcome: str, text: str) -> None:
    """Write down what the authority of our establishment decided about an order, though we had not asked it: the author
    may have, or nobody. Raises BadInput, NotAllowed."""
    words = words_of(text, "write down what it decided; it stands on the author's page")
    with transaction.atomic():
        case = locked(case_id)
        allow(person, "scrutiny.ask", case)
        if not may_be_decided(case):
            raise BadInput("outcome", "no order of another State that was carried out, or we have asked ourselves")
        if outcome not in rules.OUTCOMES[rules.DECIDED]:
            raise BadInput("outcome", f"one of {', '.join(rules.OUTCOMES[rules.DECIDED])}")
        _closed(person, case, Inquiry(case=case, kind=rules.DECIDED, at=clock.now()), outcome, words, None)


def _last_day(until: date | None, came: date) -> date | None:
    """A last day that can be one. Raises BadInput."""
    if until and not came - rules.PAST_AT_MOST <= until <= came + rules.AHEAD_AT_MOST:
        raise BadInput("until", "a day not more than a year ago, nor more than ten years ahead")
    return until


def _closed(person: Person, case: Case, asked: Inquiry, outcome: str, words: str, until: date | None) -> None:
    asked.outcome, asked.closed_at = outcome, clock.now()
    asked.until = _last_day(until, asked.closed_at.date())
    asked.answer = vault.put_json({"text": words}, case.request.until) if words else ""
    asked.save()
    if asked.kind in rules.CLOCKS:
        clocks.met(case, rules.CLOCKS[asked.kind], asked.closed_at)
    if outcome == rules.INFRINGES:
        _reinstate(person, case, asked)
    _told(person, case, asked, "inquiry.closed", kind=asked.kind, outcome=outcome)


def _reinstate(person: Person, case: Case, asked: Inquiry) -> None:
    """What was withheld under an order that has fallen comes back at once: that stands on the queue until it has."""
    now = clock.now()
    said = {"scrutiny": _asked(asked.at, decided_at=rfc3339(now), infringes=True)}
    duties = _judged(case, instruments.of(case.instrument).scrutiny, said)["duties"]
    duty = next((row for row in duties if row["id"] == rules.REINSTATE), None)
    if duty is None or looking.all_undone(case.id):
        return
    _told(person, case, asked, "order.fallen")
    at_once = {"id": rules.REINSTATE, "due_target": rfc3339(now), "due_legal": rfc3339(now), "cite": duty["cite"]}
    clocks.start(case, at_once, now)
    clocks.settle(case)


@step("inquiry-reinstated", _case_of)
def reinstated(event: Event, case: Case, tell: Tell) -> None:
    """A lift was seen: what an order that had fallen withheld is back, and nothing is due for it any more."""
    if event.public["kind"] == "lift" and looking.all_undone(case.id):
        clocks.met(case, rules.REINSTATE, event.at)
        alerts.settle(case.realm, "order.fallen", case.id)


# -- what is shown ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question opened: what was asked of whom, and what came. Instants in UTC."""

    id: int
    kind: str
    at: datetime
    due: datetime | None
    to: str
    text: str
    reply: str
    replied_at: datetime | None
    outcome: str
    answer: str
    closed_at: datetime | None
    until: date | None


def of_case(case: Case) -> list[Asked]:
    """What was asked on a case, the oldest first."""
    return [_opened(row) for row in Inquiry.objects.filter(case=case)]


def _opened(row: Inquiry) -> Asked:
    said = vault.get_json(row.doc) if row.doc else {}
    answer = str(vault.get_json(row.answer)["text"]) if row.answer else ""
    return Asked(
        row.id,
        row.kind,
        row.at,
        row.due,
        str(said.get("to") or ""),
        str(said.get("text") or ""),
        row.reply,
        row.replied_at,
        row.outcome,
        answer,
        row.closed_at,
        row.until,
    )


def replied_in(cases: Iterable[str]) -> set[str]:
    """In which of some cases a reply to our question waits to be read."""
    waiting = Inquiry.objects.filter(case__in=cases, kind=rules.AUTHORITY, closed_at=None).exclude(reply="")
    return set(waiting.values_list("case_id", flat=True))


def references(case: Case) -> list[str]:
    """Where the vault has the words of what was asked on a case."""
    rows = Inquiry.objects.filter(case=case).values_list("doc", "answer")
    return [ref for both in rows for ref in both if ref]


def _open(case: Case, kind: str) -> Inquiry | None:
    return Inquiry.objects.filter(case=case, kind=kind, closed_at=None).first()


def locked(case_id: str) -> Case:
    """A case, to be changed by the transaction around it."""
    return Case.objects.select_for_update(of=("self",)).select_related("request").get(id=case_id)


def words_of(text: str, rule: str) -> str:
    """Words that are sent as they stand. Raises BadInput with the rule where there are none, or too many."""
    if not text.strip():
        raise BadInput("text", rule)
    if len(text) > rules.TEXT_AT_MOST:
        raise BadInput("text", f"at most {rules.TEXT_AT_MOST} characters")
    return text.strip()


def _told(person: Person, case: Case, asked: Inquiry, event: str, /, **public: str) -> Event:
    return record(
        event,
        realm=case.realm,
        by=person.by,
        case=case.id,
        request=case.request_id,
        public=public,
        sealed={"inquiry": asked.id},
    )
