"""How the proofs of controls stand now: figures against their bounds, drills by their age. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q

from comity import clock
from comity.alerts import rota
from comity.balance import indicators, measured
from comity.figures.models import Count, Made, Reported

from . import leveling, levels, reasons
from .drills import drill_file
from .drills.models import Drill
from .register import FAILED, GREEN, MISSING, STALE, Control, Residual, Risk, all_of, residual

LEAST = 10  # of so many at least, or a share proves nothing
AHEAD = timedelta(hours=1)  # what proves from further ahead was written by a clock that has stepped back since


@dataclass(frozen=True)
class Proof:
    """How one proof stands. `value`: the figure (None: none); `at`: when it was last true to say so; `of`: of how many;
    `where`: the page that shows it."""

    state: str
    value: float | None = None
    at: datetime | None = None
    of: int | None = None
    where: str = ""


class Now:
    """What is known of a realm at an instant (UTC), read once for all controls."""

    def __init__(self, realm: str, at: datetime | None = None) -> None:
        self.realm, self.at = realm, at or clock.now()
        self.level = leveling.current(realm)
        self._values = measured.now(realm, "", self.at.date())
        self._last = self._lasts()
        self._drills = _drills(realm)
        self._own = {"headroom": reasons.headroom(realm), "on-call": (self._on_call(), self.at)}
        self._outgrown = reasons.outgrown_at(realm)

    def _lasts(self) -> dict[str, date]:
        """The last day on which each name was counted at all."""
        names = {one.of for one in indicators.all_of().values()}
        rows = [Count.objects.filter(realm=self.realm), Reported.objects.filter(realm=self.realm)]
        rows += [Made.objects.filter(world="year")] if self.realm == "demo" else []
        found: dict[str, date] = {}
        for each in rows:
            inside = each.filter(name__in=names, day__lte=self.at.date())
            for name, day in inside.values("name").annotate(d=Max("day")).values_list("name", "d"):
                found[name] = max(day, found.get(name, day))
        return found

    def _on_call(self) -> float:
        there = len(rota.on_duty(self.realm, self.at).everyone)
        return there / levels.load().levels[self.level].on_call

    def of(self, control: Control) -> Proof:
        """How the proof of a control stands."""
        return self._drill(control) if control.drill else self._figure(control)

    def _figure(self, control: Control) -> Proof:
        if control.figure in self._own:
            return self._of_ours(control)
        one = indicators.all_of().get(control.figure)
        value = self._values.get(control.figure)
        if one is None or value is None or value.of < LEAST:
            return Proof(MISSING, of=value.of if value else None)
        day, where = self._last.get(one.of), f"/console/balance/{self._realm or '?'}&show={one.id}".replace("?&", "?")
        at = datetime(day.year, day.month, day.day, tzinfo=self.at.tzinfo) if day else None
        if at is None or not self._fresh(at, control.fresh_days + 1):
            return Proof(STALE, value.share, at, value.of, where)
        return Proof(GREEN if control.held_by(value.share) else FAILED, value.share, at, value.of, where)

    def _of_ours(self, control: Control) -> Proof:
        """A figure that this room reckons itself."""
        found = self._own[control.figure]
        where = f"/console/risk/{self._realm}" if control.figure == "headroom" else f"/console/duty/rota{self._realm}"
        if found is None:
            return Proof(MISSING, where=where)
        value, at = float(found[0]), found[1]
        if not self._fresh(at, control.fresh_days):
            return Proof(STALE, value, at, where=where)
        return Proof(GREEN if control.held_by(value) else FAILED, value, at, where=where)

    def _fresh(self, at: datetime, days: int) -> bool:
        return -AHEAD <= self.at - at <= timedelta(days=days)

    @property
    def _realm(self) -> str:
        return "?realm=demo" if self.realm == "demo" else ""

    def _drill(self, control: Control) -> Proof:
        """The last drill of the name that ended: one that was broken proves nothing, for better or worse."""
        last = self._drills.get(control.drill)
        if control.drill not in drill_file.all_of() or last is None or last.over_at is None:
            return Proof(MISSING)
        where = f"/console/risk/drills/{last.id}"
        spec = drill_file.all_of()[control.drill]
        outgrown = spec.outgrown and self._outgrown is not None and self._outgrown > last.over_at
        if outgrown or not self._fresh(last.over_at, self.fresh(control)):
            return Proof(STALE, at=last.over_at, where=where)
        return Proof(GREEN if last.met else FAILED, at=last.over_at, where=where)

    def fresh(self, control: Control) -> int:
        """In how many days a proof is to be had anew: a raised level asks for drills sooner."""
        days = levels.load().levels[self.level].drill_days
        return min(control.fresh_days, days) if control.drill and days else control.fresh_days

    def residual(self, risk: Risk) -> tuple[Residual, Mapping[str, Proof]]:
        """What is left of a risk, and how each of its proofs stands."""
        found = {one.id: self.of(one) for one in risk.controls}
        return residual(risk, {id: one.state for id, one in found.items()}), found


def _drills(realm: str) -> dict[str, Drill]:
    """The last drill of each name that ended, at the load that it asks for: less proves nothing."""
    specs = drill_file.all_of()
    at_least = Q()
    for spec in specs.values():
        at_least |= Q(name=spec.id, load__gte=spec.times)
    rows = Drill.objects.filter(at_least, realm=realm, state="ended").order_by("name", "-over_at").distinct("name")
    return {row.name: row for row in rows}


def everything(realm: str, at: datetime | None = None) -> list[tuple[Risk, Residual, Mapping[str, Proof]]]:
    """Every risk of the register as it stands now."""
    now = Now(realm, at)
    return [(risk, *now.residual(risk)) for risk in all_of().values()]
