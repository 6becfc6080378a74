"""One request as a page: the whole mail, what was made of it, and where it can be sent; and our own mails."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import override

from comity.answers import commands as answers
from comity.answers import replies
from comity.authorities import commands as register
from comity.cases import document, entering
from comity.cases.commands import lanes_from
from comity.cases.models import Deadline, Request
from comity.cases.pages import clock_of as clock_of_rows
from comity.cases.rules import TOP
from comity.console.forms import FormPage
from comity.library import in_force
from comity.people.models import Person
from comity.people.rules import may
from comity.web.files import size
from comity.web.parts import Choice, Clock, Field, Form, Letter, Link, Next, Pair

from . import asking, checking, findings, flags, lists, queue, timeline
from .came import mail_pairs
from .pages import Lane, Mail, RequestPage

LANE_WORDS = {
    "support": ("S", "To support"),
    "press": ("P", "To the press office"),
    "civil": ("C", "A private claim: which way is open"),
    "not-ours": ("N", "Not ours"),
    "counsel": ("L", "To counsel"),
    "answered": ("A", "Answer it as counsel"),
}
BODY = frozenset({"text/plain", "text/html"})


def page(request: Request, person: Person) -> RequestPage:
    """A request: waiting to be sorted, or the whole mail behind a case."""
    kept = document.of(request)
    reading = kept["reading"] or {}
    cases = list(request.joined.order_by("id").values_list("case_id", flat=True))
    act = "counsel.answer" if request.lane == "counsel" else "triage.send"
    peek = document.peek(request)
    judged = document.judged(kept) if not cases else {}
    return RequestPage(
        id=request.id,
        title=str(reading.get("envelope", {}).get("subject") or peek.get("subject") or "no subject"),
        by_line=f"Came by {request.door}, {request.bytes:,} bytes, kept as it came",
        clock=clock_of(request, cases),
        next=next_of(request, cases),
        state=lists.state_of(request, cases[0] if cases else ""),
        mail=_mail(request, kept, person),
        flags=flags.said(request.flags),
        cases=tuple(Link(f"case {one}", f"/console/cases/{one}") for one in cases),
        lanes=_lanes(request, reading) if may(person, act, request) else (),
        timeline=timeline.of_request(request.id),
        acts=_acts(request, person) if not cases else (),
        asked=asking.asked(request, person),
        words=asking.read(kept),
        claim=asking.claim(request, person),
        unsearched=asking.unsearched(kept),
        clocks=asking.clocks(list(request.deadlines.all())) if not judged or request.top else (),
        danger=request.top == TOP["danger"],
        done=asking.done(request, person),
        enter=_enter(request, person),
        read=_read_now(request, person),
        **(_finding(request, kept, judged) if judged else {}),
    )


def _finding(request: Request, kept: Mapping[str, Any], judged: Mapping[str, Any]) -> dict[str, Any]:
    """What was found on a request that waits without a case; of an ordinary mail only which rule of ours is for it."""
    finding, facts, library = judged["finding"], judged["facts"], in_force.library(request.realm)
    found = findings.judged(finding, library)
    if findings.is_quiet(finding, facts):
        return {"rule": found.verdict.pack}
    return {
        "finding": found,
        "also": findings.also(finding, library),
        "candidates": findings.candidates(finding, library),
        "nearest": findings.nearest(finding),
        "facts": findings.facts(document.said(kept), facts),
    }


def _read_now(request: Request, person: Person) -> Form | None:
    """The button that has a mail read which waits for its turn."""
    waits = request.kind == "waits" and may(person, "request.read", request)
    return Form(f"/console/requests/{request.id}/read", "Read it now", (), id="read") if waits else None


def _enter(request: Request, person: Person) -> Link | None:
    """To the form in which a case is opened by hand."""
    can = entering.waits(request) and may(person, "case.enter", request)
    return Link("Open a case by hand", f"/console/requests/{request.id}/enter") if can else None


def _acts(request: Request, person: Person) -> tuple[Link, ...]:
    if request.lane not in ("triage", "counsel") or request.kind != "mail":
        return ()
    called = Link("Record a call-back", f"/console/requests/{request.id}/callback")
    made = (called if may(person, "callback.record", request) else None, checking.link(request, person))
    return tuple(act for act in made if act)


def clock_of(request: Request, cases: Sequence[str]) -> Clock | None:
    """The first clock of its own while it waits for a person, else that of the cases that it belongs to; then none."""
    if cases and not request.top:
        return clock_of_rows(Deadline.objects.filter(case__in=cases))
    return queue.clock_of_request(request) if request.top or request.lane in ("", "triage", "counsel") else None


def next_of(request: Request, cases: Sequence[str]) -> Next:
    """Whose move it is."""
    if request.top:
        return Next("ask", queue.why(request)[1])
    dealt = f"dealt with in case {' and in case '.join(cases)}."
    if cases and request.lane == "triage":
        return Next("ask", f"One of its orders holds what none can, and has no case: look at it. The rest is {dealt}")
    if cases:
        return Next("wait", f"It is {dealt}")
    if request.lane == "counsel":
        return Next("ask", "Counsel answers it, or sends it on.")
    if request.lane and request.lane != "triage":
        return Next("wait", f"{lists.LANES[request.lane].text}, with a written reply. Nothing is left to do.")
    if request.kind == "waits":
        return Next("ask", "It waits to be read: many unproven mails came. Its turn comes by itself, or read it now.")
    return Next("ask", queue.why(request)[1])


def _part(request: Request, part: Mapping[str, Any], person: Person) -> Pair:
    says = f"{part.get('name') or 'without a name'}, {size(part.get('size', 0))}"
    link = Link("Download", f"/console/requests/{request.id}/parts/{part['n']}") if part.get("n") else None
    return Pair(str(part.get("type", "")), says, link=link if may(person, "content.view", request) else None)


def _mail(request: Request, kept: Mapping[str, Any], person: Person) -> Mail:
    reading = kept["reading"] or {}
    parts = [
        _part(request, part, person)
        for part in reading.get("parts", [])[:100]
        if part.get("name") or part.get("type") not in BODY
    ]
    return Mail(
        pairs=mail_pairs(request, kept),
        text=str(reading.get("text") or ""),
        html=str(reading.get("html") or ""),
        parts=tuple(parts),
        links=(Link("Raw bytes", f"/console/requests/{request.id}/raw"),),
    )


def _lanes(request: Request, reading: Mapping[str, Any]) -> tuple[Lane, ...]:
    silent = request.kind in ("bounce", "auto", "failed")
    with override(answers.spoken(request)):
        letters = {
            lane: replies.triage(lane, request.id, "", answers.house(), doors=settings.COMITY.doors)
            for lane in lanes_from(request.lane)
        }
    return tuple(_lane(lane, request, silent, letter) for lane, letter in letters.items())


def _lane(lane: str, request: Request, silent: bool, letter: Mapping[str, Any]) -> Lane:
    key, title = LANE_WORDS[lane]
    words = "\n\n".join(letter["paragraphs"])
    unsaid = silent or lane == "counsel"  # else nobody waits for nothing
    fields: tuple[Field, ...] = (Field("lane", "", lane, kind="hidden"),)
    fields += (
        Field("reply", "The reply that goes out", "" if silent else words, kind="long", rows=12, required=not unsaid),
    )
    form = Form(f"/console/requests/{request.id}/sort", title, fields, id=f"lane-{lane}", second=True)
    says = "To the address in From, never to Reply-To. Change it if you like: what stands here is sent."
    shown = None if silent else Letter(letter["subject"], says, words, form=form, language=letter["language"])
    return Lane(lane, key, title, form, shown)


def callback_page(request: Request, action: str) -> FormPage:
    """The form in which a handler records a call to the number on our register."""
    entries = register.of_realm(request.realm)
    options = tuple(Choice(e.id, f"{e.name}, {e.country}: {e.phone or 'no number on record'}") for e in entries)
    fields = (
        Field("authority", "Which authority you called", kind="select", choices=options),
        Field(
            "confirmed",
            "What they said",
            kind="radio",
            choices=(Choice("yes", "It is theirs"), Choice("no", "It is not theirs")),
        ),
    )
    return FormPage(
        title="Record a call-back",
        crumbs=(Link("Queue", "/console/"), Link(f"Request {request.id}", f"/console/requests/{request.id}")),
        says=(
            "Call the number on our register below. Never one that stands in the mail.",
            "Read them the reference and the time of the order, and ask whether they sent it.",
        ),
        form=Form(action, "Record it", fields),
    )
