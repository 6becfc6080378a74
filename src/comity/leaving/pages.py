"""What the desk sees of a plan: its steps with what was seen, who signs, the dry run with its rows. Reads only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from comity import clock
from comity.console import signing, timeline
from comity.console.words import begun
from comity.console.words import person as named
from comity.countries import rules as countries
from comity.people.models import Act, Person
from comity.people.rules import may
from comity.platforms.port import SeenGate
from comity.web.parts import Field, Form

from . import commands, dry, moving, plan_file, read, rules, words
from .models import DryRun, Look, Plan, Step

LOOKS = 120  # the last looks at a plan that are shown
ROWS = 200
LISTED = ({*dry.ROWS} - {"signers"}) | {"disputes"}


def plan_page(plan: Plan, person: Person) -> dict[str, Any]:
    """Everything about one plan."""
    file, base = plan_file.read(plan.text), read.path(plan)
    steps = list(plan.steps.order_by("n").prefetch_related("attested"))
    act = Act.objects.filter(hash=plan.act, state="open").first() if plan.act else None
    run = commands.latest(plan)
    return {
        "plan": plan,
        "base": base,
        "name": countries.name(plan.country),
        "title": f"{words.KINDS[plan.kind]}: {countries.name(plan.country)}",
        "state": words.PLANS[plan.state],
        "why": words.WHY.get(plan.why, plan.why) if plan.state in ("paused", "reversing", "drafted") else "",
        "file": file,
        "urgent": plan.urgent,
        "seconds": plan.realm == "demo",
        "steps": _steps(plan, file, steps, person, base),
        "put": _put(plan, act, person, base, run),
        "review": _review(plan, person, base),
        "forms": _forms(plan, act, person, base),
        "run": _run(plan, file, run, person, base),
        "keeps": [said["en"] for _, said in file.keeps],
        "exception": file.exception["en"],
        "public": f"/countries/{'demo/' if plan.realm == 'demo' else ''}{plan.country}",
        "ways": read.ways(plan),
        "next_door": _next_door(plan),
        "timeline": timeline.of_thing(plan.number),
    }


def _next_door(plan: Plan) -> str:
    beside = Look.objects.filter(step__plan=plan, inside=False).order_by("-id").values_list("place", flat=True).first()
    base = settings.COMITY.sandbox_url if plan.realm == "demo" else ""
    return f"{base}/?from={beside or rules.next_door(plan.country)}" if base else ""


# -- the steps --------------------------------------------------------------------------------------------------------


def _steps(plan: Plan, file: plan_file.File, steps: list[Step], person: Person, base: str) -> list[dict[str, Any]]:
    looks: dict[int, list[Look]] = {}
    for look in _looks(plan):
        looks.setdefault(look.step_id, []).append(look)
    return [_step(plan, file.step(step.kind), step, looks.get(step.pk, []), person, base) for step in steps]


def _looks(plan: Plan) -> list[Look]:
    """What was seen of each step, in its order, and the last of the daily looks."""
    found = Look.objects.filter(step__plan=plan).order_by("-id")
    told = [*found.exclude(when="daily")[:LOOKS], *found.filter(when="daily")[: rules.INSIDE + 1]]
    return sorted(told, key=lambda look: look.pk)


def _step(
    plan: Plan, one: plan_file.StepOf, step: Step, looks: list[Look], person: Person, base: str
) -> dict[str, Any]:
    signers = commands.quorums()["step"].count
    told = [f"{_who(to.who)} ({_how(to.how)}; {', '.join(to.languages)})" for to in one.told]
    return {
        "row": step,
        "title": one.title["en"],
        "says": one.says["en"],
        "state": words.STEPS[step.state],
        "why": words.WHY.get(step.why, step.why),
        "wait": _wait(moving.wait_of(plan, one)),
        "signed": signers if one.signed else 0,
        "told": told,
        "reversible_by": one.reversible_by["en"],
        "observe": one.observe["en"],
        "attested": list(step.attested.all()),
        "persons": one.persons,
        "attest": _attest(plan, one, step, person, base),
        "looks": [_look(plan, look) for look in looks],
        "at": step.undone_at or step.seen_at or step.acted_at,
        "to_come": rules.to_come(step.due, step.earliest, clock.now()) if step.state == "waiting" else None,
    }


def _who(who: str) -> str:
    return {"people": "people there", "authorities": "the State and its authorities", "front": "everyone"}.get(who, who)


def _how(how: str) -> str:
    return {"notice": "the notice on the platform", "mail": "by mail", "page": "on the public page"}.get(how, how)


def _wait(wait: timedelta) -> str:
    if not wait:
        return "no wait"
    days, seconds = wait.days, wait.seconds
    return f"{days} day{'s' if days != 1 else ''}" if days else f"{seconds} second{'s' if seconds != 1 else ''}"


def _attest(plan: Plan, one: plan_file.StepOf, step: Step, person: Person, base: str) -> Form | None:
    mine = any(given.by == person.by for given in step.attested.all())
    ready = plan.state == "running" and one.does == "attest" and step.state == "waiting" and step.due is not None
    if not ready or mine or not may(person, "plan.attest", plan):
        return None
    says = f"I attest to it ({step.attested.count() + 1} of {one.persons})"
    return Form(f"{base}/attest/{step.kind}", says, second=True, id=f"attest-{step.kind}")


def _look(plan: Plan, look: Look) -> dict[str, Any]:
    return {
        "at": look.at,
        "when": {"before": "before", "after": "after", "daily": "again", "undone": "once undone"}[look.when],
        "place": f"there ({look.place})" if look.inside else f"next door ({look.place})",
        "found": found(look.seen),
        "wanted": found(look.wanted),
        "right": look.right,
    }


def found(seen: Mapping[str, Any]) -> str:
    """What a viewer found, in a few words: the level, or each door where it is none."""
    level = SeenGate(**seen).level
    if level is not None:
        return words.LEVELS[level]
    told = {True: "can", False: "can’t", None: "nobody knows whether one can"}
    return "; ".join(f"{told[value]} {words.DOORS[door]}" for door, value in seen.items())


# -- what people can do -----------------------------------------------------------------------------------------------


def _put(plan: Plan, act: Act | None, person: Person, base: str, run: DryRun | None) -> dict[str, Any] | None:
    """What is put to people now, who has signed it, and what would ask again."""
    if act is None:
        return None
    again = ""
    if act.kind != commands.REVERSE and run is not None:
        try:
            commands.still_true(plan, run, without=dry.MANY)
        except rules.AskAgain as moved:
            again = str(moved)
    return _signing(plan, act, person, base) | {
        "step": _step_put(plan, act),
        "again": again,
        "ask_again": _one(plan, person, f"{base}/ask-again", "Try it anew and put it again") if again else None,
        "back": Form(f"{base}/return", "Send it back", (read.REASON,), second=True, id="back")
        if may(person, "plan.draft", plan)
        else None,
    }


def _step_put(plan: Plan, act: Act) -> str:
    """The title of the step that an act is about; empty where it is about the whole plan."""
    kind = commands.decisions_said(plan, act)["step"]
    return next((one.title["en"] for one in plan_file.read(plan.text).steps if one.id == kind), "")


def _signing(plan: Plan, act: Act, person: Person, base: str) -> dict[str, Any]:
    given = signing.given(act)
    slots = signing.slots(
        act,
        given,
        by=lambda one: named(", ".join(one.person.roles), one.person.jurisdiction, one.key.short),
        note=lambda n: begun(f"{' or '.join(act.rule.roles)}{', of another jurisdiction' if n else ''}"),
    )
    can = signing.can_sign(act, person, given) and may(person, "plan.sign", plan)
    what = words.WHAT[act.kind]
    return {
        "act": act,
        "what": what[:1].upper() + what[1:],
        "without": len(act.rule.without),
        "slots": slots,
        "sign": signing.button(act, f"{base}/sign", person) if can else None,
    }


def _review(plan: Plan, person: Person, base: str) -> dict[str, Any] | None:
    act = Act.objects.filter(case=plan.number, kind=commands.REVIEW, state="open").first()
    return _signing(plan, act, person, base) if act is not None else None


def _one(plan: Plan, person: Person, action: str, says: str, *, second: bool = True) -> Form | None:
    name = action.rpartition("/")[2]
    return Form(action, says, second=second, id=name) if may(person, "plan.draft", plan) else None


def _forms(plan: Plan, act: Act | None, person: Person, base: str) -> dict[str, Form | None]:
    """The forms that the plan's state allows and this person may use."""
    can, drafts = rules.PLAN.acts_in(plan.state), may(person, "plan.draft", plan)
    why = read.REASON
    made: dict[str, Form | None] = {}
    if drafts and "try" in can:
        made["try"] = Form(f"{base}/try", "Try it: count what it would touch", second=plan.state == "tried", id="try")
        made["edit"] = Form(f"{base}/edit", "Change it", (_reason(plan), *read.when(plan)), second=True, id="edit")
    if drafts and "propose" in can:
        made["propose"] = Form(f"{base}/propose", "Put it to the quorum", id="propose")
    if drafts and "withdraw" in can:
        made["withdraw"] = Form(f"{base}/withdraw", "Withdraw it", second=True, id="withdraw")
    if drafts and "resume" in can and not _is(act, commands.RESUME):
        made["resume"] = Form(f"{base}/resume", "Put it to the quorum that it goes on", (why,), id="resume")
    if drafts and "reverse" in can and not _is(act, commands.REVERSE):
        made["reverse"] = Form(
            f"{base}/reverse", "Put it to people to undo all of it", (why,), second=True, id="reverse"
        )
    if may(person, "plan.pause", plan) and "pause" in can:
        made["pause"] = Form(f"{base}/pause", "Pause it now", (why,), id="pause")
    return made


def _is(act: Act | None, kind: str) -> bool:
    return act is not None and act.kind == kind


def _reason(plan: Plan) -> Field:
    return replace(read.REASON, value=plan.reason)


# -- the dry run ------------------------------------------------------------------------------------------------------


def _run(plan: Plan, file: plan_file.File, run: DryRun | None, person: Person, base: str) -> dict[str, Any] | None:
    """The last dry run, each count with the page of its rows; then what leaving does not end."""
    if run is None:
        return None
    dates = [datetime.fromisoformat(one) for one in run.dates]
    staff = "/people/" if may(person, "people.view") else ""
    counts = [_count(name, run.counts[name], base, staff) for name in words.COUNTS if name in run.counts]
    windows = [
        (since, until, run.counts.get(f"deadlines:{n}"))
        for n, (since, until) in enumerate(rules.windows(dates, run.at))
    ]
    return {
        "at": run.at,
        "sha256": run.sha256,
        "stale": run.at + timedelta(hours=file.lasts_hours) <= clock.now(),
        "counts": counts,
        "windows": windows,
        "deadlines": f"{base}/rows/deadlines",
        "stays": [(one.says["en"], one.source["en"], one.review) for one in file.stays(plan.country)],
        "blocking": dry.blocking(run.counts),
        "hours": file.lasts_hours,
    }


def _count(name: str, n: int | None, base: str, staff: str) -> dict[str, Any]:
    said = words.counted(name)
    rows = staff if name == "signers" else f"{base}/rows/{name}" if name in LISTED else ""
    return {
        "label": said.label,
        "n": said.unknown if n is None else n,
        "known": n is not None,
        "note": said.note,
        "url": rows if n else "",
    }


def rows_page(plan: Plan, name: str) -> dict[str, Any]:
    """The rows that a count counts, as they are now: numbers of cases or requests, each with its link."""
    ids = dry.rows(name, plan.realm, plan.country, clock.now(), ROWS + 1)
    where = {"C": "/console/cases/", "R": "/console/requests/", "S": "/console/disputes/"}
    return {
        "plan": plan,
        "base": read.path(plan),
        "label": "Open deadlines" if name == "deadlines" else words.counted(name).label,
        "rows": [(id, f"{where[id[:1]]}{id}") for id in ids[:ROWS]],
        "more": len(ids) > ROWS,
    }
