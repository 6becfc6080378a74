"""The pages for who looks after the desk without seeing content (an auditor): made of codes, instants and countries.

Shown: that and when something came, how its sender was graded, what was judged under which check, who signed, what was
done and seen, every event. Not shown: words, addresses, subjects, file numbers, names, letters, files, and what people
wrote as reasons. These pages are put together from what may be shown; nothing is taken away from a fuller one, so that
what a later version adds there is not shown here by itself.
"""

from dataclasses import replace

from comity import instruments
from comity.answers import sent
from comity.cases.models import Case, Request
from comity.console.lists import ListPage, ListRow
from comity.console.unseen import NOT_SHOWN, SAYS
from comity.outbox.models import Mail as Sent
from comity.web.parts import Clock, Grade, Link, Pair

from . import alone, decision, flags, lists, queue, requests, timeline, words
from .case import View
from .pages import (
    Came,
    CasePage,
    Decision,
    Mail,
    QueuePage,
    QueueRow,
    RequestPage,
)


def case(view: View) -> CasePage:
    """A case by its codes."""
    row = view.case
    return CasePage(
        id=row.id,
        title=row.title,
        by_line=f"{instruments.of(row.instrument).short}, {row.country or 'State unknown'}",
        cite="",
        clock=view.clock(),
        next=view.next(),
        state=queue.state_of(row),
        came=Came(
            heading="Mail",
            pairs=_arrived(row.request),
            links=(Link("The request", f"/console/requests/{row.request_id}"),),
            flags=flags.said(row.request.flags),
            thread=_thread(row),
        ),
        verdict=view.verdict(),
        facts=(),
        checks=words.checks(view.finding),
        checks_source="Each check names its source.",
        steps=view.steps(),
        other_clocks=view.other_clocks(),
        decision=_decision(view),
        panels=view.panels,
        timeline=timeline.of_case(row.id, reasons=False),
        timeline_url=f"{view.base}/timeline",
        taken=queue.taken_by([row]).get(row.id, ""),
    )


def _arrived(request: Request) -> tuple[Pair, ...]:
    return (
        Pair("Received", at=request.received_at),
        Pair("Sender", grade=Grade(request.grade)),
        Pair("Content", SAYS, bold=NOT_SHOWN),
    )


def _thread(row: Case) -> tuple[Pair, ...]:
    mails = Sent.objects.filter(case=row.id).order_by("queued_at")[:20]
    return tuple(Pair(mail.kind.capitalize(), sent.became(mail), at=mail.queued_at) for mail in mails)


def _decision(view: View) -> Decision | None:
    if view.decided is None:
        return None
    slots, needed = decision.slots(view)
    rule = alone.rule(view.case, view.decided)
    return Decision(deeds=(), letters=(), slots=slots, needed=needed, act=view.decided.hash, rule=rule)


def request(found: Request) -> RequestPage:
    """A request by its codes."""
    cases = list(found.joined.order_by("id").values_list("case_id", flat=True))
    return RequestPage(
        id=found.id,
        title=f"Request {found.id}",
        by_line=f"Came by {found.door}, {found.bytes:,} bytes, kept as it came",
        clock=requests.clock_of(found, cases),
        next=requests.next_of(found, cases),
        state=lists.state_of(found, cases[0] if cases else ""),
        mail=Mail(pairs=_arrived(found)),
        flags=flags.said(found.flags),
        cases=tuple(Link(f"case {one}", f"/console/cases/{one}") for one in cases),
        timeline=timeline.of_request(found.id, reasons=False),
    )


def listed(page: ListPage) -> ListPage:
    """A list whose rows name no sender and no subject."""
    return replace(page, rows=tuple(row(one) for one in page.rows))


def row(one: ListRow) -> ListRow:
    """A row of a list without its sender and subject."""
    is_case = one.url.startswith(("/console/cases/", "/console/disputes/"))
    known = is_case and not one.who.startswith("“")  # an office on our register, by the name it has there
    return ListRow(
        id=one.id,
        url=one.url,
        title=one.title if is_case else f"Request {one.id}",
        at=one.at,
        who=one.who if known else NOT_SHOWN,
        grade=one.grade,
        instrument=one.instrument,
        state=one.state,
        note=one.note,
    )


def queued(page: QueuePage) -> QueuePage:
    """The queue whose rows name no sender and no subject."""
    return replace(page, rows=tuple(queue_row(one) for one in page.rows))


def queue_row(one: QueueRow) -> QueueRow:
    """A row of the queue without its sender and subject; a dispute's has neither."""
    is_case = one.url.startswith(("/console/cases/", "/console/disputes/"))
    known = is_case and not one.who.startswith("“")
    title = one.title if is_case else one.title.partition(":")[0]  # "No order recognised: SUBJECT"
    return replace(one, title=title, who=one.who if known else NOT_SHOWN, clock=one.clock or Clock())
