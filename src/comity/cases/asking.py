"""What words can't decide is put to a person: danger to a life, process or harm against one of ours, standing access.

Words only call a person (`reading.speech`). What they call for runs at once: the clocks of our rule for danger, a date
that the mail names, the alert; and whatever is judged meanwhile has these facts unknown. Who answered what, and when,
stands with the request. Whether it is process or pressure counsel says at the claims desk (`claims/`), which calls what
stands here; what a hotline will do with a danger is its own: it follows the same events.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.ledger.commands import done as done_before
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed, allow
from comity.people.rules import ACTS, may
from comity.reading import speech
from comity.regulations import matching
from comity.vault import commands as vault

from . import clocks, document, rules, turns
from .commands import locked, of
from .facts import instant
from .gather import facts_of
from .models import Question, Request, RequestDeadline
from .questions import answers, settle

HOTLINE = "own-hotline"
FOUND = {rules.DANGER: "danger.found", rules.ABOUT_A_PERSON: "claim.found"}


@step("ask", of)
def ask(event: Event, request: Request, tell: Tell) -> None:
    """Put to people what a mail speaks of, whoever sent it, and start the clocks that this calls for."""
    kept = document.of(request)
    spoken = _spoken(request, kept)
    names = rules.asked(spoken, document.said(kept).get("facts", {}))
    if not names:
        return
    for name in names:
        Question.objects.get_or_create(request=request, name=name, defaults={"put_at": event.at})
    if rules.DANGER in spoken:
        _start(request, kept)
    if rules.ABOUT_A_PERSON in spoken:
        _dates(request, kept)
    _waits(request, {*spoken, *request.flags})
    for flag in spoken:
        if not (flag == rules.DANGER and done_before(_found_early(request))):
            tell(FOUND[flag], case=None, key=flag)


def _spoken(request: Request, kept: Mapping[str, Any]) -> list[str]:
    """The flags of what a mail speaks of; of one that could not be read, what its subject does."""
    if kept["reading"] is not None:
        return [flag for flag in FOUND if flag in request.flags]
    subject = str(document.envelope(kept).get("subject") or "")
    return [flag for flag in FOUND if flag in speech.flags(subject)]


def _waits(request: Request, flags: set[str]) -> None:
    """Whoever sent it, and whatever else it is: a person finds it, and sorts it."""
    request.flags = sorted(flags)
    if not request.lane:
        request.lane = "triage"
    if request.kind in ("auto", "failed"):
        request.behind = 0 if request.signature else turns.nth(request)
    request.save(update_fields=["flags", "lane", "behind"])
    settle(request)


def _start(request: Request, kept: Mapping[str, Any]) -> None:
    """Start the clocks of our rule for danger, by the version in force at receipt."""
    given = facts_of(request, kept) if kept["reading"] else {"received_at": instant(request.received_at)}
    given = {key: given[key] for key in ("received_at", "provider", "authority") if key in given}
    finding = matching.judge_request(given | {"instrument": HOTLINE, "danger": {}}, in_force.library(request.realm))
    clocks.set_on(request, [one for one in finding["deadlines"] if one["id"] in (*rules.URGENT, "review")])


def _dates(request: Request, kept: Mapping[str, Any]) -> None:
    """A date that the mail names is a clock of ours, marked as theirs: counsel knows of it before it comes."""
    named = (kept["reading"] or {}).get("dates") or []
    for n, one in enumerate(named):
        at = datetime.fromisoformat(one["at"])
        told = {"started_at": request.received_at, "due_target": at, "due_legal": at, "theirs": True, "cite": ""}
        name = rules.THEIRS + (f"-{n + 1}" if n else "")
        RequestDeadline.objects.get_or_create(request=request, name=name, defaults=told)


# -- what people do ---------------------------------------------------------------------------------------------------


def answer(person: Person, request_id: str, name: str, said: str) -> None:
    """Answer a question about a request: yes, no, or that it can't be told. It stands; who couldn't tell may be
    followed by who can, and counsel or the head may put a wrong answer right. Both stay in the timeline.

    Raises NotAllowed, BadInput: what a claim on a person is, is said where claims are sorted.
    """
    if said not in rules.ANSWERS:
        raise BadInput("answer", f"one of {', '.join(rules.ANSWERS)}")
    if name in rules.OF_A_PERSON:
        raise BadInput("question", "counsel or the head says that at the claims desk, with reasons")
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "question.answer", request)
        question = _question(request, name)
        if question.answer == said:
            return
        if question.answer in ("yes", "no"):
            allow(person, "question.change", request)
        _answer(request, question, said, person.by)
        if name == "danger":
            _said_of_danger(request, said)
        settle(request)
        _over(request, name)


def _question(request: Request, name: str) -> Question:
    question = Question.objects.select_for_update().filter(request=request, name=name).first()
    if question is None:
        raise BadInput("question", "it is not asked about this request")
    return question


def _answer(request: Request, question: Question, said: str, by: str) -> None:
    question.answer, question.by, question.at = said, by, clock.now()
    question.save(update_fields=["answer", "by", "at"])
    record(
        "question.answered",
        realm=request.realm,
        by=by,
        request=request.id,
        public={"question": question.name, "answer": said},
    )


# -- a danger that a service calls, or that a glance finds: asked for by the hotline, within its transaction ----------


def put_danger(request: Request, by: str) -> None:
    """Ask of a locked request whether a life is in danger, and start the clocks of our rule. Once."""
    _, made = Question.objects.get_or_create(request=request, name="danger", defaults={"put_at": clock.now()})
    if not made:
        return
    _start(request, document.of(request))
    _waits(request, {rules.DANGER, *request.flags})
    once = _found_early(request)
    record(FOUND[rules.DANGER], realm=request.realm, by=by, request=request.id, once=once)


def _found_early(request: Request) -> str:
    """Under what it is remembered that a danger was put to people before the request was read."""
    return f"danger:{request.id}"


def meet(request: Request, name: str) -> None:
    """A clock of a locked request's danger is met: somebody has it, has done something, or has looked again."""
    request.deadlines.filter(name=name, met_at=None).update(met_at=clock.now())
    settle(request)


# -- what may be a claim on a person: asked for by the claims desk, within its transaction ----------------------------


def put_about_a_person(request: Request, by: str) -> None:
    """Ask of a locked request what words didn't: a person says that it may be a claim on one of ours. Once."""
    made = [
        Question.objects.get_or_create(request=request, name=name, defaults={"put_at": clock.now()})[1]
        for name in rules.OF_A_PERSON
    ]
    if not any(made):
        return
    if document.of(request)["reading"]:
        _dates(request, document.of(request))
    _waits(request, {rules.ABOUT_A_PERSON, *request.flags})
    once = f"claim:{request.id}"
    record(FOUND[rules.ABOUT_A_PERSON], realm=request.realm, by=by, request=request.id, once=once)


def said_of_a_person(request: Request, said: Mapping[str, str], by: str) -> None:
    """What counsel or the head said of a locked request: each answer that is another than before is judged by."""
    for name, answer in said.items():
        question = _question(request, name)
        if question.answer != answer:
            _answer(request, question, answer, by)
    settle(request)
    _over(request, rules.OF_A_PERSON[0])


def name_day(request: Request, at: datetime | None) -> None:
    """Let one day alone count of those that a locked request names (UTC), or none."""
    request.deadlines.filter(theirs=True).delete()
    if at is not None:
        told = {"started_at": request.received_at, "due_target": at, "due_legal": at, "theirs": True, "cite": ""}
        RequestDeadline.objects.create(request=request, name=rules.THEIRS, **told)
    settle(request)


def passed_on(request: Request) -> None:
    """The papers of a locked request are with whom they concern: the day that it names is kept."""
    request.deadlines.filter(theirs=True, met_at=None).update(met_at=clock.now())
    settle(request)


def no_claim(request: Request) -> None:
    """It is no claim on a person: no day in it is one of ours."""
    request.deadlines.filter(theirs=True, met_at=None, stopped_at=None).update(stopped_at=clock.now())
    settle(request)


def a_claim_after_all(request: Request) -> None:
    """It may be one, whatever was said before: what it names runs again."""
    request.deadlines.filter(theirs=True, met_at=None).update(stopped_at=None)
    settle(request)


def dealt_with(request: Request) -> None:
    """A locked request has had its answer, and waits for nobody: but for what was begun about a danger."""
    if request.lane in ("triage", "counsel"):
        request.lane = "answered"
        request.save(update_fields=["lane"])
    running = request.deadlines.filter(met_at=None).exclude(name__in=("acknowledge", "act", "review"))
    running.update(met_at=clock.now())
    settle(request)


def _said_of_danger(request: Request, said: str) -> None:
    """That somebody has looked is what the first clock asks for; where there is no danger nothing is to be done, and
    that it is none somebody else reads again in the time of the review."""
    now = clock.now()
    request.deadlines.filter(name="acknowledge", met_at=None).update(met_at=now)
    request.deadlines.filter(name="act", met_at=None).update(stopped_at=now if said == "no" else None)
    request.deadlines.filter(name="review", met_at=None).update(stopped_at=None)


def _over(request: Request, name: str) -> None:
    """The alert goes by itself once the question is answered; the one for all of a realm, once no such is open."""
    kind = FOUND[rules.DANGER] if name == "danger" else FOUND[rules.ABOUT_A_PERSON]
    names = ["danger"] if name == "danger" else ["court", "pressure"]
    open_ = Question.objects.filter(name__in=names, answer="", request__realm=request.realm)
    if not open_.filter(request=request).exists():
        alerts.settle(request.realm, kind, request.id)
    if not open_.exists():
        alerts.settle(request.realm, kind, "")


def may_review(person: Person, request: Request) -> bool:
    """Whether a person may look again at what somebody said of a danger: whoever else can, where anybody is."""
    if not may(person, "danger.review", request):
        return False
    said_by = Question.objects.filter(request=request, name="danger").values_list("by", flat=True).first()
    return said_by != person.by or not others(person)


def others(person: Person) -> bool:
    """Whether their desk has somebody besides them who may review a danger."""
    here = Person.objects.filter(realm=person.realm, is_active=True, roles__overlap=sorted(ACTS["danger.review"]))
    return here.exclude(id=person.id).exists()


DONE = {"act": "danger.acted", "review": "danger.reviewed"}


def done(person: Person, request_id: str, name: str, note: str) -> None:
    """Say what was done about a danger to a life, or what came of it when it was looked at again; its clock is met.

    Who said what it is doesn't review that, where this desk has somebody else who can. Raises BadInput, NotAllowed.
    """
    if name not in DONE:
        raise BadInput("name", f"one of {', '.join(DONE)}")
    if not note.strip():
        raise BadInput("note", "say in a sentence what was done, whom you told, what came of it")
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "danger.act" if name == "act" else "danger.review", request)
        said = answers(request).get("danger", "")
        if said == "" or (name == "act" and said == "no"):
            raise BadInput("name", "first say whether there is such a danger")
        if name == "review" and not may_review(person, request):
            raise NotAllowed("who said what it is doesn't review it: another decider, counsel or the head does")
        row = request.deadlines.select_for_update().filter(name=name, met_at=None).first()
        undone = request.deadlines.filter(name="act", met_at=None, stopped_at=None)
        if row is None or (name == "review" and undone.exists()):
            raise BadInput("name", "it is recorded already, or nothing was done yet")
        row.met_at = clock.now()
        row.save(update_fields=["met_at"])
        settle(request)
        record(
            DONE[name],
            realm=request.realm,
            by=person.by,
            request=request.id,
            public={},
            sealed={"note": vault.put_json({"text": note.strip()[:4_000]}, request.until)},
        )
