"""What words can't decide is put to a person: danger to a life, process or harm against one of ours, standing access.

Words only call a person (`reading.speech`). What they call for runs at once: the clocks of our rule for danger, a date
that the mail names, the alert; and whatever is judged meanwhile has these facts unknown. Who answered what, and when,
stands with the request. What a claims desk and a hotline will do with it is theirs: they follow the same events.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
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
    given = facts_of(request, kept) if kept["reading"] else {"received_at": request.received_at.isoformat()}
    given = {key: given[key] for key in ("received_at", "provider", "authority") if key in given}
    finding = matching.judge_request(given | {"instrument": HOTLINE, "danger": {}}, in_force.library(request.realm))
    clocks.set_on(request, finding["deadlines"])


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
    followed by who can, and counsel or the head may put a wrong answer right. Both stay in the timeline."""
    if said not in rules.ANSWERS:
        raise BadInput("answer", f"one of {', '.join(rules.ANSWERS)}")
    with transaction.atomic():
        request = locked(request_id)
        allow(person, "question.answer", request)
        question = Question.objects.select_for_update().filter(request=request, name=name).first()
        if question is None:
            raise BadInput("question", "it is not asked about this request")
        if question.answer == said:
            return
        if question.answer in ("yes", "no"):
            allow(person, "question.change", request)
        question.answer, question.by, question.at = said, person.by, clock.now()
        question.save(update_fields=["answer", "by", "at"])
        if name == "danger":
            _said_of_danger(request, said)
        settle(request)
        _over(request, name)
        record(
            "question.answered",
            realm=request.realm,
            by=person.by,
            request=request.id,
            public={"question": name, "answer": said},
        )


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
