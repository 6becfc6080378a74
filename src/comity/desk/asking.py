"""What only a person can say of a request, as its page asks it: questions side by side, what was read, the clocks."""

from collections.abc import Iterable, Mapping
from typing import Any

from comity.cases import asking, rules
from comity.cases.models import Question, Request, RequestDeadline
from comity.claims import read as claims
from comity.claims import words as claim_words
from comity.console import words as console_words
from comity.people.models import Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form, Link, Pair, Step

from .pages import Asked, Claim

ASKS: Mapping[str, tuple[str, str]] = {
    "danger": (
        "Is somebody’s life in danger?",
        "Until you say no, it stands above all else, and its clocks run as if it were so. Then sort it below.",
    ),
    "access": (
        "Does it demand standing or general access, keys, or weaker encryption?",
        "Nothing is refused on its words alone. A power of supervision named in law is no such demand.",
    ),
}
ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "unsure": "It can’t be told"}
FAMILIES: Mapping[str, str] = {"danger": "Danger to a life", "process": "Process", "harm": "Harm held out"}
CLOCKS: Mapping[str, str] = {
    "acknowledge": "Somebody has read it, and said what it is",
    "act": "Act",
    "review": "Look at it again",
    "answer": "Answer",
    rules.UNREAD: "As if what was not read were an order",
}
DONE: Mapping[str, tuple[str, str]] = {
    "act": ("What was done", "Record it"),
    "review": ("What came of it", "It was looked at again"),
    "none": ("Somebody said that nobody’s life is in danger: read it again", "I read it again: there is none"),
}


def asked(request: Request, person: Person) -> tuple[Asked, ...]:
    """The questions about a request in the order of `rules.QUESTIONS`, each with its answer or the form for one; those
    about a claim on a person are answered where claims are sorted."""
    known = {one.name: one for one in request.questions.all()}
    return tuple(_asked(request, person, known[name]) for name in ASKS if name in known)


def claim(request: Request, person: Person) -> Claim | None:
    """What may be a claim on one of our people: how it stands and where it is sorted, or the way to say that it is."""
    found = claims.of_request(request)
    if found is not None:
        said = f"{claim_words.COURT[found.court]}. {claim_words.PRESSURE[found.pressure]}."
        return Claim(said, Link(f"Claim {found.id}", claims.url(found)))
    if not may(person, "claim.open", request) or request.kind in ("bounce", "unread", "waits"):
        return None
    form = Form(f"/console/claims/open/{request.id}", "It may be about one of our people", (), second=True, id="claim")
    return Claim(None, None, form)


def unsearched(kept: Mapping[str, Any]) -> bool:
    """Whether some of a mail is in a language without words: it was not searched for threats, nor for danger."""
    return bool(((kept["reading"] or {}).get("claims") or {}).get("unsearched"))


def _asked(request: Request, person: Person, one: Question) -> Asked:
    title, says = ASKS[one.name]
    act = "question.change" if one.answer in ("yes", "no") else "question.answer"
    form = _form(request, one) if may(person, act, request) else None
    return Asked(one.name, title, says, ANSWERS.get(one.answer, ""), said_by(one.by), one.at, form)


def said_by(by: str) -> str:
    """Who answered, by role and jurisdiction, never by name."""
    found = Person.objects.filter(id=by.removeprefix("person:")).first() if by.startswith("person:") else None
    return console_words.person(found.roles[0].capitalize(), found.jurisdiction) if found and found.roles else by


def _form(request: Request, one: Question) -> Form:
    choices = tuple(Choice(value, text, value == one.answer) for value, text in ANSWERS.items())
    fields = (
        Field("question", "", one.name, kind="hidden"),
        Field("answer", "Your answer", kind="radio", choices=choices),
    )
    button = "Put it right" if one.answer in ("yes", "no") else "Say so"
    return Form(f"/console/requests/{request.id}/answer", button, fields, id=f"ask-{one.name}", second=True)


def clocks(rows: Iterable[RequestDeadline]) -> tuple[Step, ...]:
    """The clocks of a request, with their sources: what runs, what was met and what has stopped."""
    return tuple(
        _clock(row) for row in sorted(rows, key=lambda row: (row.due_target is None, row.due_target or row.started_at))
    )


def _clock(row: RequestDeadline) -> Step:
    name = "The date that it names" if row.theirs else CLOCKS.get(row.name, row.name.replace("-", " ").capitalize())
    if row.met_at:
        return Step(f"{name}: met", row.cite, row.met_at)
    if row.stopped_at:
        return Step(f"{name}: stopped", row.cite, row.stopped_at)
    return Step(f"{name}: until" if row.due_target else f"{name}: no date is known", row.cite, row.due_target)


def read(kept: Mapping[str, Any]) -> tuple[Pair, ...]:
    """The words for which it was put to a person, and each date that it names, as they stand in the mail."""
    reading = kept["reading"] or {}
    said = [
        Pair(FAMILIES[one["family"]], f"“{one['text']}” ({one['where']})")
        for one in reading.get("speaks") or []
        if one["family"] in FAMILIES
    ]
    return (*said, *(Pair("A date in it", f"“{one['text']}” ({one['where']})") for one in reading.get("dates") or []))


def done(request: Request, person: Person) -> Form | None:
    """The form in which a person records what was done about a danger, then what came of it."""
    said = next((one.answer for one in _of(request) if one.name == "danger"), "")
    if not request.top or not said:
        return None
    open_ = {row.name for row in request.deadlines.all() if row.met_at is None and row.stopped_at is None}
    name = "act" if "act" in open_ else "review" if "review" in open_ else ""
    can = {"act": lambda: may(person, "danger.act", request), "review": lambda: asking.may_review(person, request)}
    if not name or not can[name]():
        return None
    title, button = DONE["none" if said == "no" else name]
    hint = "What you read, and why it is none" if said == "no" else "Whom you told, what was preserved, what they said"
    fields = (Field("name", "", name, kind="hidden"), Field("note", title, kind="long", rows=3, hint=hint))
    return Form(f"/console/requests/{request.id}/done", button, fields, id="done")


def _of(request: Request) -> Iterable[Question]:
    return request.questions.all()
