"""What the person affected writes, on the page of its case: each complaint with our answer or the form for it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from comity import instruments
from comity.cases.models import Case
from comity.cases.pages import Looking
from comity.console.panels import Panel
from comity.console.unseen import NOT_SHOWN
from comity.people.rules import may
from comity.web.parts import Clock, Field, Form, Link

from . import commands
from .commands import Told


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the person wrote, and our answer or the form for it. The clock is the pack's two weeks.

    `copy`: a copy of the order was given with the answer. `note`: why the viewer has no form for it.
    """

    at: datetime
    text: str
    clock: Clock
    answer: str = ""
    answered_at: datetime | None = None
    copy: bool = False
    form: Form | None = None
    note: str = ""


def panel(looking: Looking) -> Panel:
    """The complaints of a case; who may not see content sees that and when there were some."""
    made = complaints(looking)
    held = may(looking.person, "notification.release", looking.case) and commands.is_held(looking.case)
    return Panel(
        "complaints",
        _("What the person affected writes"),
        _("Complaint"),
        "notifications/panel.html",
        made,
        primary=Link("Go to the complaint", "#complaints") if any(one.form for one in made) else None,
        acts=(Link("Release the held notification", f"{looking.base}/release"),) if held else (),
    )


def complaints(looking: Looking) -> tuple[Complaint, ...]:
    """What the person affected wrote, the oldest first."""
    them = commands.complaints_of(looking.case)
    if not looking.sees:
        return tuple(_unseen(found) for found in them)
    note = "" if all(found.answered_at for found in them) else _note(looking)
    return tuple(_seen(found, looking, note) for found in them)


def _seen(found: Told, looking: Looking, note: str) -> Complaint:
    return Complaint(
        at=found.at,
        text=found.text,
        clock=_clock(found),
        answer=found.answer,
        answered_at=found.answered_at,
        copy=found.copy,
        form=_form(found.id, looking) if not (found.answered_at or note) else None,
        note="" if found.answered_at else note,
    )


def _note(looking: Looking) -> str:
    """Why a complaint isn't the viewer's to answer; empty where it is."""
    if commands.may_answer(looking.person, looking.case):
        return ""
    if not commands.anyone_may_answer(looking.case):
        return NOBODY
    return NOT_YOURS if may(looking.person, "complaint.answer", looking.case) else OTHERS


OTHERS = "A decider, counsel or the head answers it who neither put nor signed the act."
NOT_YOURS = "You put or signed the act that this is about: a decider, counsel or the head answers it who did neither."
NOBODY = (
    "Nobody here may answer it: everyone in a role that may has put or signed the act. Let somebody in who has not "
    "(People: counsel, or a person of a partner’s desk, is enough). Until then its time runs on, and the person "
    "affected can go to the court that their page names. If you see already that the act was wrong, lift it as a "
    "mistake of ours."
)


def _unseen(found: Told) -> Complaint:
    return Complaint(found.at, NOT_SHOWN, _clock(found), answered_at=found.answered_at, copy=found.copy)


def _clock(found: Told) -> Clock:
    return Clock(due_target=found.due, started=found.at, met_at=found.answered_at, unit="days")


def _form(complaint: int, looking: Looking) -> Form:
    fields: tuple[Field, ...] = (Field("text", "Your answer, shown on their page", kind="long"),)
    barred = commands.copy_forbidden(looking.case, complaint)
    if not barred and may(looking.person, "copy.give", looking.case):
        fields += (Field("copy", "Give a copy of the order", kind="tick", required=False, hint=_hint(looking.case)),)
    return Form(
        f"{looking.base}/complaints/{complaint}",
        "Answer",
        fields,
        warn="A non-disclosure stands: no copy of the order can be given." if barred else "",
        id=f"complaint-{complaint}-form",
    )


def _hint(case: Case) -> str:
    cite = instruments.of(case.instrument).copy_cite
    return f"{COPY_HINT} ({cite})." if cite else f"{COPY_HINT}."


COPY_HINT = "They can then download it from their page: the whole document as it came. Look at what else it names first"
