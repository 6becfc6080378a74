"""What a State and its authorities are written when a country is left or come back to, and what people there read on
the platform: each in English and in French, from the plan's own words."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from comity.countries import rules as countries
from comity.language import day

from . import plan_file
from .models import Plan

LANGUAGES = ("en", "fr")


def page(plan: Plan) -> str:
    """Where everyone reads what happens when."""
    realm = "demo/" if plan.realm == "demo" else ""
    return f"{settings.COMITY.base_url}/countries/{realm}{plan.country}"


def subject(plan: Plan, what: str) -> str:
    """The subject of a mail, with the number of the plan."""
    with override("en"):
        if what == "reversed":
            return _("Our plan for your country was reversed") + f" [{plan.number}]"
        if plan.kind == plan_file.LEAVE:
            return _("We are leaving your country, step by step") + f" [{plan.number}]"
        return _("We are coming back to your country, step by step") + f" [{plan.number}]"


def text(plan: Plan, what: str) -> str:
    """The words of a mail, once in each language."""
    made = []
    for language in LANGUAGES:
        with override(language):
            made.append(_text(plan, what, language))
    return f"{made[0]}\n\n--\n{made[1]}\n"


def _text(plan: Plan, what: str, language: str) -> str:
    about = {"name": settings.COMITY.name, "country": countries.name(plan.country)}
    where = f"{page(plan)}{'' if language == 'en' else f'?language={language}'}"
    if what == "reversed":
        return f"{_undone(plan) % about}\n\n{where}"
    file = plan_file.read(plan.text)
    steps = "\n".join(f"- {when}: {title}" for title, when in public_dates(plan, language))
    keeps = "\n".join(f"- {words[language]}" for _id, words in file.keeps)
    on = _("What goes on, whatever step is reached:")
    return f"{_begun(plan) % about}\n\n{plan.reason}\n\n{steps}\n\n{on}\n{keeps}\n\n{where}"


def _begun(plan: Plan) -> str:
    if plan.kind == plan_file.LEAVE:
        return _(
            "%(name)s is leaving %(country)s by the steps below, each of which is reversible. The reason, as published:"
        )
    return _("%(name)s is coming back to %(country)s by the steps below. The reason, as published:")


def _undone(plan: Plan) -> str:
    if plan.kind == plan_file.LEAVE:
        return _("%(name)s has reversed what it had announced for %(country)s. What was shut there is open again.")
    return _("%(name)s has stopped coming back to %(country)s. What was opened there is shut again.")


def public_dates(plan: Plan, language: str) -> list[tuple[str, str]]:
    """What everyone may know of the steps, and the day of each: nothing of whom we had to bring to safety first."""
    file = plan_file.read(plan.text)
    steps = {step.kind: step for step in plan.steps.all()}
    told = [one for one in file.steps if one.does != "attest"]
    return [(one.title[language], _when(_at(steps[one.id]), language)) for one in told]


def _at(step: object) -> datetime | None:
    found: datetime | None = getattr(step, "acted_at", None) or getattr(step, "due", None)
    return found or getattr(step, "earliest", None)


def _when(at: datetime | None, language: str) -> str:
    return day(at.date(), language) if at else "—"


def notice(plan: Plan) -> dict[str, str]:
    """What people there read on the platform, in each language."""
    file, steps = plan_file.read(plan.text), {step.kind: step for step in plan.steps.all()}
    made = {}
    for language, words in file.notice.items():
        with override(language):
            days = {kind.replace("-", "_"): _when(_at(step), language) for kind, step in steps.items()}
            told = days | {
                "name": settings.COMITY.name,
                "country": countries.name(plan.country),
                "reason": plan.reason,
                "orders": settings.COMITY.mailboxes[0],
                "page": page(plan) + ("" if language == "en" else f"?language={language}"),
            }
            made[language] = words.format_map(told)
    return made
