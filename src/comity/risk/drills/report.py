"""What a drill came to, for people and as JSON. Reads only."""

from typing import Any

from django.conf import settings

from . import drill_file, rules
from .models import Drill

FIGURES = ("sent", "stored", "judged", "lost", "p50", "p99", "missed", "people", "real_touched")


def of_json(drill: Drill) -> dict[str, Any]:
    """The figures of a drill that every report has."""
    return {"id": drill.id, **{name: drill.result.get(name) for name in FIGURES}}


def scores(drill: Drill) -> list[rules.Score]:
    """Each objective beside what was found; none while it isn't over."""
    spec = drill_file.all_of().get(drill.name)
    return rules.scored(spec.objectives, drill.result) if spec and drill.state == "ended" else []


def told(drill: Drill) -> dict[str, Any]:
    """Everything about one drill."""
    return {
        **of_json(drill),
        "name": drill.name,
        "realm": drill.realm,
        "seed": drill.seed,
        "load": drill.load,
        "state": drill.state,
        "why": drill.why,
        "met": drill.met,
        "objectives": [
            {"of": one.objective.of, "most": one.objective.most, "least": one.objective.least, "found": one.found,
             "met": one.met, "says": one.objective.says["en"]}
            for one in scores(drill)
        ],
        "result": drill.result,
        "timeline": drill.result.get("timeline", []),
        "link": f"{settings.COMITY.base_url}/console/risk/drills/{drill.id}",
    }  # fmt: skip


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{told['id']} {told['name']} ×{told['load']}, seed {told['seed']}: {'met' if told['met'] else 'not met'}"]
    for one in told["objectives"]:
        bound = f"at most {one['most']:g}" if one["most"] is not None else f"at least {one['least']:g}"
        found = "not known" if one["found"] is None else f"{one['found']:g}"
        lines.append(f"  {'yes' if one['met'] else 'NO ':3} {found:>10} ({bound})  {one['says']}")
    lines += [f"  {one['at']}  {one['what']}" for one in told["timeline"]]
    return "\n".join([*lines, f"  {told['link']}"])
