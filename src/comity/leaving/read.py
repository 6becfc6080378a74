"""What the pages of countries show of plans: to the desk which there are, to everyone what was told. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from comity import clock
from comity.countries import rules as named
from comity.countries import words as countries
from comity.countries.models import Relation
from comity.people.models import Person
from comity.people.rules import may
from comity.web.parts import Choice, Field, Form

from . import plan_file, rules, words
from .models import Plan, Step

SHOWN = 20
MOVING = ("leaving", "left", "returning")
REASON = Field(
    "reason", "Why", kind="long", rows=3, hint="Published once people there are told: facts, and no campaign"
)


@dataclass(frozen=True)
class Listed:
    """One plan in a list."""

    number: str
    url: str
    says: str
    state: words.Mark
    at: datetime


def path(plan: Plan) -> str:
    """Where the desk sees a plan."""
    return f"/console/countries/{plan.country}/plans/{plan.number}"


def of_country(relation: Relation) -> list[Listed]:
    """The plans of a country, the latest first, in one query."""
    if not relation.pk:
        return []
    found = Plan.objects.filter(relation=relation).order_by("-id")[:SHOWN]
    return [
        Listed(plan.number, path(plan), words.KINDS[plan.kind], words.PLANS[plan.state], plan.made_at) for plan in found
    ]


def draft_form(relation: Relation, person: Person, listed: Sequence[Listed]) -> Form | None:
    """The form by which a plan is drafted, where none is open and this person may."""
    free = not any(one.state in [words.PLANS[state] for state in rules.OPEN] for one in listed)
    if not (free and may(person, "plan.draft", relation)):
        return None
    back = relation.state == "left"
    fields = (Field("kind", "Kind", plan_file.RETURN if back else plan_file.LEAVE, kind="hidden"), REASON, *when())
    says = "Draft a plan of coming back" if back else "Draft a plan of leaving"
    return Form(f"/console/countries/{relation.country}/plans/", says, fields, second=True, id="draft-plan")


def when(plan: Plan | None = None) -> tuple[Field, ...]:
    """From when on, and whether without waits."""
    urgent = bool(plan and plan.urgent)
    choices = (
        Choice("", "With the plan’s waits", not urgent),
        Choice("yes", "Urgent: without waits, and reviewed within the hours of its file", urgent),
    )
    return (
        Field("starts", "First day", kind="date", required=False, hint="Empty: as soon as it is signed"),
        Field("urgent", "Waits", kind="select", choices=choices, required=False),
    )


# -- everyone ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToldStep:
    """One step as everyone sees it. `at`: when it was done, or is to be (UTC); `seen`: what viewers found."""

    title: str
    says: str
    state: words.Mark
    at: datetime | None
    done: bool
    right: bool


def told(relation: Relation) -> dict[str, Any] | None:
    """What everyone sees of the last plan that was told: dates, reason, what goes on, and the ways that stay open."""
    if not relation.pk:
        return None
    plan = Plan.objects.filter(relation=relation, told_at__isnull=False).order_by("-id").first()
    if plan is None:
        return None
    file, spoken = plan_file.read(plan.text), _spoken()
    steps = {step.kind: step for step in plan.steps.all()}
    return {
        "plan": plan,
        "leaves": plan.kind == plan_file.LEAVE,
        "state": words.PLANS[plan.state],
        "over": plan.state in ("done", "reversed"),
        "by": plan.signed_by,
        "seconds": plan.realm == "demo",
        "steps": [_told(one, steps[one.id], spoken) for one in file.steps if one.does != "attest"],
        "keeps": [(name, said[spoken]) for name, said in file.keeps],
        "exception": file.exception[spoken],
        "stays": [(one.says[spoken], one.source[spoken], one.review) for one in file.stays(plan.country)],
        "orders": settings.COMITY.mailboxes[0],
        "ways": ways(plan),
    }


def notices() -> list[tuple[str, str]]:
    """What the front page says of countries that are left or come back to: in the real realm, once it was told."""
    told = Plan.objects.filter(realm="real", told_at__isnull=False, relation__state__in=MOVING)
    found = told.values_list("country", "relation__state").distinct().order_by("country")[:SHOWN]
    said = [(countries.STATES[state].says % {"country": named.name(code)}, code) for code, state in found]
    return [(says, f"/countries/{code}") for says, code in said]


def _spoken() -> str:
    spoken = str(get_language() or "en")
    return spoken if spoken in ("en", "fr") else "en"


def _told(one: plan_file.StepOf, step: Step, spoken: str) -> ToldStep:
    done = step.acted_at is not None
    at = step.undone_at or step.acted_at or rules.to_come(step.due, step.earliest, clock.now())
    state = words.STEPS[step.state]
    return ToldStep(one.title[spoken], one.says[spoken], state, at, done, step.state == "seen")


def ways(plan: Plan) -> dict[str, str]:
    """Where one takes one's data along and appeals, where the platform is one whose pages we know: the sandbox."""
    base = settings.COMITY.sandbox_url if plan.realm == "demo" else ""
    if not base:
        return {}
    from_there = f"?from={plan.country}"
    return {
        "front": f"{base}/{from_there}",
        "export": f"{base}/export{from_there}",
        "appeals": f"{base}/appeals{from_there}",
    }
