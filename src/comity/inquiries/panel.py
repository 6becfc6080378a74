"""What was asked on a case, on its page: each question with its clock, what came, and the form to write that down."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.console.unseen import NOT_SHOWN
from comity.people.rules import may
from comity.web.parts import Choice, Clock, Field, Form, Link

from . import commands, enforcing, rules
from .commands import Asked

HEADS = {
    rules.AUTHORITY: "Asked the authority",
    rules.SCRUTINY: "Asked the authority of our establishment for scrutiny",
    rules.TOLD: "Told by the authority",
    rules.DECIDED: "Decided by the authority of our establishment",
    rules.ENFORCING: "Told the enforcing authority",
}
CAME = {
    "answered": "It answered.",
    rules.WAS_TOLD: "It was told. What it makes of it comes by the issuing authority.",
    "no-answer": "No answer came.",
    rules.NOT_TO_TELL: "It answered, and says that the person affected must not be told what.",
    "infringes": "It found a serious or manifest infringement: the order has no effect any more.",
    "no-infringement": "It found no serious or manifest infringement.",
    "no-decision": "It did not decide in its time.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the page shows it."""

    head: str
    at: datetime
    to: str
    text: str
    clock: Clock
    reply: Link | None = None
    came: str = ""
    answer: str = ""
    closed_at: datetime | None = None
    form: Form | None = None


def panel(looking: Looking) -> Panel:
    """What was asked on a case, and what can be asked now."""
    rows = tuple(_row(one, looking) for one in commands.of_case(looking.case))
    return Panel(
        "inquiries",
        _("What we asked, and what came"),
        _("Questions"),
        "inquiries/panel.html",
        rows,
        primary=_primary(looking, rows),
        acts=_acts(looking),
    )


def _primary(looking: Looking, rows: tuple[Row, ...]) -> Link | None:
    if looking.case.state in ("to-decide", "second-approval"):
        return None
    if any(row.form for row in rows):
        return Link("Write down what came", "#inquiries")
    tells = may(looking.person, "authority.ask", looking.case) and enforcing.due(looking.case)
    return Link("Tell the enforcing authority", f"{looking.base}/enforcing") if tells else None


def _acts(looking: Looking) -> tuple[Link, ...]:
    case, made = looking.case, []
    if may(looking.person, "authority.ask", case) and commands.may_ask(case):
        made.append(Link("Ask the authority", f"{looking.base}/ask"))
        made.append(Link("It told us something", f"{looking.base}/told"))
    if may(looking.person, "authority.ask", case) and enforcing.may_tell(case):
        made.append(Link("Tell the enforcing authority", f"{looking.base}/enforcing"))
    if may(looking.person, "scrutiny.ask", case) and commands.scrutiny_until(case):
        made.append(Link("Ask the competent authority for scrutiny", f"{looking.base}/scrutiny"))
    if may(looking.person, "scrutiny.ask", case) and commands.may_be_decided(case):
        made.append(Link("It was decided on scrutiny", f"{looking.base}/decided"))
    return tuple(made)


def _row(one: Asked, looking: Looking) -> Row:
    act = "scrutiny.ask" if one.kind in rules.OF_SCRUTINY else "authority.ask"
    answers = one.closed_at is None and looking.sees and may(looking.person, act, looking.case)
    read = Link("Read its reply", f"/console/requests/{one.reply}") if one.reply else None
    return Row(
        HEADS[one.kind],
        one.at,
        one.to,
        one.text if looking.sees else NOT_SHOWN,
        Clock(due_target=one.due, due_legal=one.due, started=one.at, met_at=one.closed_at, unit="days"),
        read,
        CAME.get(one.outcome, ""),
        one.answer if looking.sees or not one.answer else NOT_SHOWN,
        one.closed_at,
        _form(one, looking) if answers else None,
    )


def _form(one: Asked, looking: Looking) -> Form:
    return Form(f"{looking.base}/inquiries/{one.id}", "Write it down", came_fields(one.kind), id=f"inquiry-{one.id}")


def came_fields(kind: str) -> tuple[Field, ...]:
    """What came of an inquiry of a kind, and in which words."""
    outcomes = tuple(Choice(code, CAME[code]) for code in rules.OUTCOMES[kind])
    return (Field("outcome", "What came of it", kind="radio", choices=outcomes), *said_fields(kind))


def said_fields(kind: str) -> tuple[Field, ...]:
    """The words that came, and the last day to go to court where an authority names one."""
    text = Field("text", "What it says", kind="long", rows=4, required=False, hint=HINT)
    until = Field("until", "Last day to challenge the order, if it says so", kind="date", required=False)
    return (text,) if kind in rules.OF_SCRUTINY else (text, until)


HINT = (
    "In your words or theirs. It stands on the page of each person affected, so name nobody else; of what must not be "
    "told, they see only that an answer came"
)
