"""The questions put about a request: what has been answered, what must be before it is sorted, what stands on top."""

from collections.abc import Mapping

from comity.people.refusals import BadInput

from . import rules
from .models import Question, Request


def answers(request: Request) -> dict[str, str]:
    """Each question about a request with its answer; blank where nobody has answered."""
    return dict(Question.objects.filter(request=request).order_by("id").values_list("name", "answer"))


def facts(request: Request) -> Mapping[str, Mapping[str, bool]]:
    """What people have said of a request, as facts."""
    return rules.said(answers(request))


def kept_flags(request: Request) -> set[str]:
    """The flags that stand whatever a reading finds: what was put to people before it, or a person said that it is."""
    asked = answers(request) if request.top else {}
    flags = {rules.ABOUT_A_PERSON} if rules.OF_A_PERSON[0] in asked else set()
    return flags | ({rules.DANGER} if "danger" in asked else set())


def verify_sortable(request: Request, lane: str) -> None:
    """Raises BadInput while nobody has said what a mail is that may be about a life or a person of ours. To counsel it
    goes at once, where it isn't about a life."""
    known = answers(request)
    if known.get("danger") == "":
        raise BadInput("lane", "first say whether somebody's life is in danger")
    if lane != "counsel" and "" in (known.get("court"), known.get("pressure")):
        raise BadInput("lane", "first counsel or the head says at the claims desk whether there is process or pressure")


def settle(request: Request) -> None:
    """Set where a locked request stands above the queue, and when the first of its clocks that runs is due."""
    rows = list(request.deadlines.all())
    met = {row.name for row in rows if row.met_at or (row.name == "review" and row.stopped_at)}
    unread = any(row.name == rules.UNREAD and row.met_at is None for row in rows)
    request.top = rules.top(answers(request), met, unread=unread)
    running = [row.due_target for row in rows if row.met_at is None and row.stopped_at is None and row.due_target]
    request.due = min(running, default=None)
    request.save(update_fields=["top", "due"])
