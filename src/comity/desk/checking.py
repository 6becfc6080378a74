"""The form in which a person writes down what they found of an authority in the register that its law names."""

from datetime import date

from comity import clock
from comity.authorities import commands as register
from comity.authorities.models import Authority
from comity.authorities.rules import ABSENT, DESIGNATED, OTHER
from comity.cases import checked
from comity.cases.models import Request
from comity.console.forms import FormPage
from comity.library import in_force
from comity.people.models import Person
from comity.people.refusals import BadInput
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form, Link, Pair

TITLE = "Check it against the register"
FOUND = (
    Choice(DESIGNATED, "It stands there, as an authority for such orders"),
    Choice(OTHER, "It stands there, and not for such orders"),
    Choice(ABSENT, "It doesn’t stand there"),
)
SAYS = (
    "Look the authority up in the register that its law names, not in ours and not by a link of this mail, and compare "
    "its name, its State, and the address and number that we have of it.",
    "What you find counts for this kind of order from now on, for what else of this office waits, too, until somebody "
    "looks again. It says nothing about this mail: who sent it is judged by its signature, or by a call-back.",
    "An office that isn’t on our own register is put there first by whoever runs this gateway.",
)


def link(request: Request, person: Person) -> Link | None:
    """To the form, for whoever may fill it in."""
    return Link(TITLE, f"/console/requests/{request.id}/check") if may(person, "register.check", request) else None


def needed(request: Request) -> bool:
    """Whether the sender is known by its signature, and nobody has said yet that it is on its law's register."""
    entry = register.entry(request.authority) if request.authority else None
    if entry is None or entry.accredited or request.grade != "none":
        return False
    return register.last_check(entry.id, checked.instrument_of(request)) is None


def page(request: Request, action: str) -> FormPage:
    """The page with what was found last, if anybody has looked."""
    instrument = checked.instrument_of(request)
    entries = sorted(register.of_realm(request.realm), key=lambda one: one.id != request.authority)
    fields = (
        Field("authority", "Which authority", kind="select", choices=tuple(_choice(one) for one in entries)),
        Field("register", "Which register, and where in it", hint="Its name and address, and the entry"),
        Field("looked_on", "When you looked", f"{clock.now():%Y-%m-%d}", kind="date"),
        Field("found", "What you found", kind="radio", choices=FOUND),
    )
    return FormPage(
        title=TITLE,
        crumbs=(Link("Queue", "/console/"), Link(f"Request {request.id}", f"/console/requests/{request.id}")),
        says=SAYS,
        form=Form(action, "Write it down", fields),
        pairs=(*_asked(request, instrument), *_before(request, instrument)),
    )


def _choice(entry: Authority) -> Choice:
    return Choice(entry.id, f"{entry.name}, {entry.country}: {entry.address or 'no address on record'}")


def _asked(request: Request, instrument: str) -> tuple[Pair, ...]:
    """Who may issue such orders, and where that stands, as the regulation says it."""
    library = in_force.library(request.realm)
    if instrument not in library.ids():
        return ()
    data = library.in_force(instrument, request.received_at).data["who_may_issue"]
    return (Pair("Who may issue it", f"{data['article']['en']} ({data['cite']})"),)


def _before(request: Request, instrument: str) -> tuple[Pair, ...]:
    last = register.last_check(request.authority, instrument) if request.authority else None
    return (Pair("Found last", register.checked(last.authority, last), at=last.at),) if last else ()


def day(said: str) -> date:
    """The day that was typed. Raises BadInput."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        raise BadInput("looked_on", "a day such as 2026-11-30") from None
