"""What the pages of drills show. Reads; writes nothing."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from comity import clock
from comity.console import timeline
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.rules import Realm, may
from comity.risk import leveling, levels
from comity.risk import register_words as words
from comity.risk.words import short_of
from comity.web.parts import Choice, Field, Form

from . import drill_file, measuring, people, report, rules
from .drill_file import Spec
from .models import Drill

ROOT = "/console/risk/drills/"
SHOWN, LINES = 50, 100


def suffix(realm: str) -> str:
    """What an address has beyond its path, in a realm."""
    return "" if realm == "real" else f"?realm={realm}"


def index(realm: str, person: Person) -> dict[str, Any]:
    """The drills there are, each with its last result, when it is due, and the form that begins it."""
    live = Drill.objects.filter(live=True).first()
    found = [_spec(spec, realm, person, live) for spec in drill_file.all_of().values()]
    past = Drill.objects.filter(realm=realm).order_by("-planned_at")[:SHOWN]
    return {
        "specs": found,
        "live": _row(live) | {"progress": progress(live)} if live and live.realm == realm else None,
        "other": live is not None and live.realm != realm,
        "past": [_row(one) for one in past],
        "realm": realm,
        "desk": people.desk_of(Drill(realm=realm, begun_at=clock.now())),
    }


def _spec(spec: Spec, realm: str, person: Person, live: Drill | None) -> dict[str, Any]:
    last = Drill.objects.filter(realm=realm, name=spec.id, state="ended").order_by("-over_at").first()
    due = last.over_at + timedelta(days=period(spec, realm)) if last and last.over_at else None
    return {
        "spec": spec,
        "says": words.said(spec.says),
        "what": words.said(spec.what),
        "mails": sum(spec.mails(spec.times).values()) + bool(spec.buried),
        "last": _row(last) if last else None,
        "due": due,
        "late": due is None or due < clock.now(),
        "period": period(spec, realm),
        "form": _form(spec, realm, person) if live is None else None,
    }


def period(spec: Spec, realm: str) -> int:
    """In how many days a drill is to be done again, at the level that stands."""
    days = levels.load().levels[leveling.current(realm)].drill_days
    return min(spec.period, days) if days else spec.period


def _form(spec: Spec, realm: str, person: Person) -> Form | None:
    if not may(person, "drill.begin", Realm(realm)):
        return None
    fields = [Field("name", "", spec.id, kind="hidden")]
    if spec.dry:
        hint = str(_("Two letters; empty: the one that most cases are from"))
        fields.append(Field("country", str(_("Country")), required=False, hint=hint))
    else:
        hint = str(_("Empty: {n} times").format(n=spec.times))
        fields.append(Field("load", str(_("Times the usual load")), required=False, hint=hint))
        hint = str(_("Empty: those on duty, or everyone who works on cases"))
        fields.append(Field("desk", str(_("People, as a model")), required=False, hint=hint))
    if realm == "real" and not spec.dry:
        choices = (
            Choice("modelled", str(_("Modelled: nobody is rung"))),
            Choice("invited", str(_("Invited: they decide in the realm of drills, and are rung"))),
        )
        fields.append(Field("people", str(_("Who decides")), kind="select", choices=choices))
    return Form(f"{ROOT}begin", str(_("Begin it now")), tuple(fields), id=f"begin-{spec.id}", second=True)


def _row(drill: Drill) -> dict[str, Any]:
    spec = drill_file.all_of().get(drill.name)
    return {
        "drill": drill,
        "url": f"{ROOT}{drill.id}",
        "says": words.said(spec.says) if spec else drill.name,
        "state": words.DRILLS[drill.state],
        "score": None if drill.met is None else words.MET if drill.met else words.NOT_MET,
        "figures": report.of_json(drill),
    }


def one(drill: Drill, person: Person) -> dict[str, Any]:
    """One drill: how far it is, or what it came to."""
    spec = drill_file.all_of().get(drill.name)
    return {
        **_row(drill),
        "what": words.said(spec.what) if spec else "",
        "dry": bool(spec and spec.dry),
        "people": words.PEOPLE[drill.people],
        "desk": drill.result.get("desk", drill.desk),
        "live": drill.state in rules.LIVE,
        "progress": progress(drill),
        "why": words.WHY.get(drill.why, ""),
        "scores": [_score(one) for one in report.scores(drill)],
        "happened": _happened(drill),
        "counts": [(name, n) for name, n in (drill.result.get("counts") or {}).items()],
        "stop": Form(f"{ROOT}{drill.id}/stop", str(_("Stop it")), (), second=True, id="stop")
        if drill.state in rules.LIVE and may(person, "drill.begin", drill)
        else None,
        "queue": "/console/queue/?realm=drill" if person.realm == "real" else "",
        "timeline": timeline.lines(Event.objects.filter(case=drill.id).order_by("id")[:LINES]),
    }


def progress(drill: Drill) -> dict[str, Any]:
    """How far a drill is, for the page that looks again each second."""
    told = measuring.progress(drill)
    done = sum((told["taken"], told["stored"], told["judged"]))
    return {**told, "drill": drill, "live": drill.state in rules.LIVE, "bar": done, "most": max(1, 3 * told["sent"])}


def _score(one: rules.Score) -> dict[str, Any]:
    mark = words.UNKNOWN if one.met is None else words.MET if one.met else words.NOT_MET
    bound = one.objective.most if one.objective.most is not None else one.objective.least
    sign = _("at most") if one.objective.most is not None else _("at least")
    return {
        "says": words.said(one.objective.says),
        "found": str(_("not known")) if one.found is None else short_of(one.found),
        "bound": f"{sign} {short_of(float(bound or 0))}",
        "mark": mark,
    }


def _happened(drill: Drill) -> list[dict[str, Any]]:
    """The timeline of what happened, with how long after the first mail each was."""
    rows = [(str(one["what"]), datetime.fromisoformat(one["at"])) for one in drill.result.get("timeline", ())]
    begun = next((at for what, at in rows if what == "first-taken"), rows[0][1] if rows else None)
    return [
        {"says": words.HAPPENED.get(what, what), "at": at, "after": (at - begun).total_seconds() if begun else 0.0}
        for what, at in rows
    ]
