"""What follows on an office's letter, each step by the command of its page, as one of the demo's people."""

from comity import clock
from comity.cases import commands as cases
from comity.cases import deciding, document, entering
from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.people.models import Act

from .. import rules
from ..veltria.relation import person
from .orders import ORDERS, Order

HANDLER = "handler-be"


def type_in(request: Request, one: Order, target: str, reference: str) -> None:
    """The handler types what the letter says, each fact with its place. Raises as `entering.enter`."""
    entering.enter(person(HANDLER), request.id, one.instrument, one.facts(target, reference, clock.now()))


def waits(request: Request) -> bool:
    """Whether it waits for somebody to type it, and was judged without: one that speaks of danger is with people before
    that, and typed then it would be judged twice, and void what was put to people meanwhile."""
    judged = Event.objects.filter(request=request.id, kind="request.judged").exists()
    return judged and request.lane == "triage" and not document.order(document.of(request)) and entering.waits(request)


def call_back(request: Request, one: Order) -> None:
    """The handler calls the office at its registered number, and it says that the letter is theirs."""
    cases.record_callback(person(HANDLER), request.id, one.office, True)


def put(case: Case) -> Case:
    """The handler puts an answer that people weigh to who signs it; what is put already stays."""
    case.refresh_from_db()
    if not case.act:
        deciding.propose(case.id, "answer", by=person(HANDLER).by)
        case.refresh_from_db()
    return case


def signers(case: Case) -> tuple[str, ...]:
    """Who of the demo's people signs what is put, as keys of `rules.WHO`."""
    quorum = Act.objects.get(hash=case.act).rule
    if "decider" in quorum.roles:
        return rules.DECIDERS[: quorum.count]
    return ("head-ee",) if "head" in quorum.roles else ("counsel-be",)


def reference_of(request: Request, name: str) -> str:
    """The office's own number, as the letter's subject has it."""
    subject = str(document.peek(request).get("subject") or "")
    return subject.removeprefix(of(name).subject("")).strip() or subject


def of(name: str) -> Order:
    """The order of a sample. Raises KeyError."""
    return ORDERS[name]
