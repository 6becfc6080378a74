"""How the demands of the demo stand, and the change of its regulation: from the tables of realm demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from comity import clock
from comity.adoption.models import Draft
from comity.adoption.rules import CLOSED as OVER
from comity.cases import document
from comity.cases.models import Case, Joined, Request
from comity.cases.rules import UNNOTICED
from comity.claims.models import Claim
from comity.desk import moves
from comity.desk.lists import state_of as request_state
from comity.desk.queue import state_of as case_state
from comity.ledger.models import Event
from comity.library import in_force
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.outbox.models import Mail
from comity.people.models import Approval, Person
from comity.platforms import for_url, sandbox_world
from comity.platforms.port import PlatformError
from comity.vault import commands as vault
from comity.web.parts import Next, State

from . import rules
from .commands import AUTHOR, sample_of
from .rules import Changing, Standing
from .samples import PROLONG, SAMPLES

SHOWN = 10


@dataclass(frozen=True)
class Shown:
    """One request as the demo shows it. `target`: what it is about on the sandbox; empty: nothing."""

    standing: Standing
    at: datetime
    sample: str
    says: str
    state: State
    target: str = ""


def latest() -> list[Shown]:
    """The latest requests of the demo, the newest first."""
    return _of(list(Request.objects.filter(realm="demo").order_by("-received_at")[:SHOWN]))


def of_message(message_id: str) -> Shown | None:
    """The latest request of the demo that has this Message-ID; None while it isn't read."""
    mark = vault.keyed_hash(message_id)
    found = Request.objects.filter(realm="demo", message_hash=mark).order_by("-received_at")[:1]
    return next(iter(_of(list(found))), None)


def of_number(number: str) -> Shown | None:
    """A request of the demo by its number."""
    known = number.isascii() and number.isprintable()
    return next(iter(_of(list(Request.objects.filter(id=number, realm="demo")) if known else [])), None)


def _of(requests: Sequence[Request]) -> list[Shown]:
    joined = {row.request_id: row for row in Joined.objects.filter(request__in=requests).select_related("case")}
    known = _known([row.case for row in joined.values()])
    return [_shown(request, joined.get(request.id), known) for request in requests]


@dataclass(frozen=True)
class Known:
    """What is known of the cases shown: who signed each act, each author's page and answer, each case's next move, who
    is to be told at all, which were prolonged, and which are asked to be."""

    signed: Mapping[str, tuple[str, ...]]
    statements: Mapping[str, str]
    tells: frozenset[str]
    answers: Mapping[str, str]
    moves: Mapping[str, Next]
    prolonged: frozenset[str]
    longer: frozenset[str]


def _known(cases: list[Case]) -> Known:
    statements, tells = _statements(cases)
    prolonged = _prolonged(cases)
    longer = _longer([case for case in cases if case.id not in prolonged])
    return Known(_signed(cases), statements, tells, _answers(cases), moves.of(cases), prolonged, longer)


def _shown(request: Request, joined: Joined | None, known: Known) -> Shown:
    case, peek = joined.case if joined else None, _peek(request)
    name, again = sample_of(peek), joined is not None and joined.how == "duplicate"
    return Shown(
        standing=_standing(request, case, known, again) if case else _without(request),
        at=request.received_at,
        sample=name,
        says=SAMPLES[name].says if name else str(peek.get("subject") or "A mail of your own"),
        state=case_state(case) if case else request_state(request, ""),
        target=_target(request),
    )


def _without(request: Request) -> Standing:
    """How a request stands that has no case."""
    claims = Claim.objects.filter(request=request).filter(Q(court="unsorted") | Q(pressure="unsorted"))
    return Standing(request.id, request.kind, request.lane, claim=claims.values_list("id", flat=True).first() or "")


def _standing(request: Request, case: Case, known: Known, again: bool) -> Standing:
    return Standing(
        request.id,
        request.kind,
        request.lane,
        case.id,
        case.state,
        case.plan,
        case.grade,
        known.signed.get(case.act, ()),
        put=bool(case.act),
        taken=case.taken_by is not None,
        complained=known.moves[case.id] is moves.COMPLAINT,
        again=again,
        returned=known.moves[case.id] in (moves.SENT_BACK, moves.OPINION),
        braked=known.moves[case.id] is moves.HELD,
        keeps=_keeps(case),
        longer=case.id in known.longer,
        prolonged=case.id in known.prolonged,
        answer=known.answers.get(case.id, ""),
        statement=known.statements.get(case.id, ""),
        tells=case.id in known.tells,
    )


def _keeps(case: Case) -> bool:
    """Whether the regulation of a case has things kept and nothing else done."""
    measures = in_force.library(case.realm).in_force(case.instrument, case.received_at).measures
    return bool(measures) and {measure.kind for measure in measures} <= UNNOTICED


def _peek(request: Request) -> dict[str, Any]:
    try:
        return document.peek(request)
    except vault.Gone:
        return {}


def _target(request: Request) -> str:
    """What the order names first, if it is on a platform of ours."""
    try:
        form = document.order(document.of(request)).get("facts", {}).get("form", {})
    except vault.Gone:
        return ""
    named = form.get("urls") or form.get("identifiers_user") or []
    url = next((url for url in named if isinstance(url, str)), "")
    return url if url and for_url(url, "demo") else ""


def key_of(person: Person) -> str:
    """The key of `rules.WHO` for one of the demo's people."""
    return person.name.removeprefix("demo-")


def _signed(cases: list[Case]) -> dict[str, tuple[str, ...]]:
    """Who has signed each act that is put to the deciders."""
    found: dict[str, tuple[str, ...]] = {}
    acts = [case.act for case in cases if case.act]
    for approval in Approval.objects.filter(act__in=acts).select_related("person").order_by("id"):
        found[approval.act_id] = (*found.get(approval.act_id, ()), key_of(approval.person))
    return found


def _prolonged(cases: list[Case]) -> frozenset[str]:
    """The cases whose order was said to be prolonged."""
    found = Event.objects.filter(kind="order.prolonged", case__in=[case.id for case in cases])
    return frozenset(str(case) for case in found.values_list("case", flat=True))


def _longer(cases: list[Case]) -> frozenset[str]:
    """The cases that only keep, and in whose thread the demo's later mail has come."""
    kept = [case for case in cases if case.state == "answered" and _keeps(case)]
    replies = Joined.objects.filter(case__in=kept, how="reply").select_related("request") if kept else ()
    return frozenset(row.case_id for row in replies if sample_of(_peek(row.request)) == PROLONG)


def _answers(cases: list[Case]) -> dict[str, str]:
    """Where the answer of each case is read, once it has left, or could not."""
    ids = [case.id for case in cases]
    left = Mail.objects.filter(case__in=ids, kind="answer").exclude(state="queued").order_by("queued_at")
    return {str(mail.case): f"/console/outbox/{mail.id}" for mail in left}


def _statements(cases: list[Case]) -> tuple[dict[str, str], frozenset[str]]:
    """The author's page of each case, where its link has been given out; and the cases whose author is to be told."""
    made = list(Notification.objects.filter(case__in=cases).order_by("-target"))
    pages = {
        row.case_id: f"/statement/{notifications.token_of(row.event, row.target)}"
        for row in made
        if row.state == "sent"
    }
    return pages, frozenset(row.case_id for row in made if row.state in UNTOLD)


UNTOLD = ("ready",)


def author_page() -> str:
    """Where one is the author on the sandbox: inbox and own messages. Empty where the sandbox doesn't answer."""
    try:
        people = sandbox_world().inhabitants()
    except (PlatformError, LookupError):
        return ""
    return next((person.page for person in people if person.id == AUTHOR), "")


# -- the change of the regulation -------------------------------------------------------------------------------------


def change(since: int) -> tuple[Changing, Draft | None]:
    """How the latest change of the demo's regulation stands that is not over, and was begun after change `since`; what
    a council votes on is another story's."""
    drafts = Draft.objects.filter(realm="demo", regulation=rules.TCO, proposal="").exclude(state__in=OVER)
    found = drafts.filter(pk__gt=since).order_by("-pk").first()
    if found is None:
        return Changing(blocks=_blocks()), None
    stands = Changing(
        state=found.state,
        url=f"/console/regulations/{found.regulation}/drafts/{found.pk}",
        signed=signed_of(found.act),
        edited=found.revision > 1,
        blocks=_blocks(),
    )
    return stands, found


def signed_of(act: str) -> tuple[str, ...]:
    """Who has signed an act, as keys of `rules.WHO`."""
    approvals = Approval.objects.filter(act=act).select_related("person").order_by("id")
    return tuple(key_of(approval.person) for approval in approvals)


def latest_change() -> int:
    """The number of the latest change that is in force or has been; 0 for none."""
    done = Draft.objects.filter(realm="demo", regulation=rules.TCO, starts_at__isnull=False)
    return int(done.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _blocks() -> bool:
    """Whether the check that the story changes blocks, by the regulation in force now."""
    checks = in_force.library("demo").in_force(rules.TCO, clock.now()).checks
    return any(check.id == rules.CHECK and check.blocking for check in checks)
