"""What the demo's page shows, from the tables of realm demo: the latest requests and how each stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.adoption.models import Draft
from comity.adoption.rules import CLOSED as OVER
from comity.cases import document
from comity.cases.models import Case, Finding, Joined, Request
from comity.cases.rules import UNNOTICED
from comity.desk import moves
from comity.desk.lists import state_of as request_state
from comity.desk.queue import state_of as case_state
from comity.ledger.models import Event
from comity.library import in_force
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.people.models import Approval, Person
from comity.platforms import for_url, sandbox_world
from comity.platforms.port import PlatformError
from comity.vault import commands as vault
from comity.web.parts import Next, State

from . import rules
from .commands import AUTHOR, sample_of
from .rules import Standing
from .samples import PROLONG, SAMPLES

SHOWN = 10


@dataclass(frozen=True)
class Shown:
    """One request on the page. `target` is the message on the sandbox, `statement` the author's page; empty: none."""

    standing: Standing
    at: datetime
    sample: str
    says: str
    state: State
    again: bool
    target: str = ""
    statement: str = ""


def latest() -> list[Shown]:
    """The latest requests of the demo, the newest first."""
    found = list(Request.objects.filter(realm="demo").order_by("-received_at")[:SHOWN])
    joined = {row.request_id: row for row in Joined.objects.filter(request__in=found).select_related("case")}
    cases = [row.case for row in joined.values()]
    known = Known(_signed(cases), _statements(cases), moves.of(cases), _prolonged(cases))
    return [_shown(request, joined.get(request.id), known) for request in found]


@dataclass(frozen=True)
class Known:
    """What is known of the cases on the page: who signed each act, each author's page, each case's next move, and which
    were prolonged."""

    signed: Mapping[str, tuple[str, ...]]
    statements: Mapping[str, str]
    moves: Mapping[str, Next]
    prolonged: frozenset[str]


def _shown(request: Request, joined: Joined | None, known: Known) -> Shown:
    case, peek = joined.case if joined else None, _peek(request)
    name, again = sample_of(peek), joined is not None and joined.how == "duplicate"
    return Shown(
        standing=_standing(request, case, known, again, name)
        if case
        else Standing(request.id, request.kind, request.lane),
        at=request.received_at,
        sample=name,
        says=SAMPLES[name].says if name else str(peek.get("subject") or "A mail of your own"),
        state=case_state(case) if case else request_state(request, ""),
        again=again,
        target=_target(request),
        statement=known.statements.get(case.id, "") if case else "",
    )


def _standing(request: Request, case: Case, known: Known, again: bool, sample: str) -> Standing:
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
        longer=sample == PROLONG and case.id not in known.prolonged,
        prolonged=case.id in known.prolonged,
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
    """The first message that the order names, if it is on a platform of ours."""
    try:
        form = document.order(document.of(request)).get("facts", {}).get("form", {})
    except vault.Gone:
        return ""
    url = next((url for url in form.get("urls") or [] if isinstance(url, str)), "")
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


def _statements(cases: list[Case]) -> dict[str, str]:
    """The author's page of each case, where its link has been given out."""
    sent = Notification.objects.filter(case__in=cases, state="sent").order_by("-target")
    return {row.case_id: f"/statement/{notifications.token_of(row.event, row.target)}" for row in sent}


def author_page() -> str:
    """Where one is the author on the sandbox: inbox and own messages. Empty where the sandbox doesn't answer."""
    try:
        people = sandbox_world().inhabitants()
    except (PlatformError, LookupError):
        return ""
    return next((person.page for person in people if person.id == AUTHOR), "")


def next_step(shown: list[Shown]) -> rules.Step:
    """What to click now, from how the latest request stands."""
    sent = {row.sample for row in shown}
    return rules.next_step(shown[0].standing if shown else None, sent, list(SAMPLES))


def change() -> rules.Changing:
    """The latest change of a regulation in the demo that is not over."""
    found = Draft.objects.filter(realm="demo", regulation=rules.TCO).exclude(state__in=OVER).order_by("-id").first()
    if found is None:
        return rules.Changing()
    judged = _judged(found)
    approvals = Approval.objects.filter(act=found.act).select_related("person").order_by("id")
    return rules.Changing(
        state=found.state,
        url=f"/console/regulations/{found.regulation}/drafts/{found.pk}",
        signed=tuple(key_of(approval.person) for approval in approvals),
        judged=f"/console/cases/{judged.id}" if judged else "",
        answered=judged is not None and judged.state in rules.TOLD,
        version=f"/console/regulations/{found.regulation}",
    )


def _judged(draft: Draft) -> Case | None:
    """The latest case whose finding was made by an adopted change."""
    if draft.starts_at is None:
        return None
    since = Finding.objects.filter(case__realm="demo", case__received_at__gte=draft.starts_at)
    latest = since.filter(pack_sha256=draft.sha256).select_related("case").order_by("-id").first()
    return latest.case if latest else None
