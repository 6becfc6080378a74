"""A plan in a few words: Veltria, the demo's people, the road driven by hand, and a clock that jumps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from road import Road

from comity import clock
from comity.countries import commands as countries
from comity.countries.models import Relation
from comity.leaving import carrying, commands
from comity.leaving.models import Plan, Step
from comity.ledger.models import Event
from comity.people.models import Person
from comity.platforms import reached, sandbox_world
from comity.platforms.port import Platform

XV, NEXT = "XV", "CH"
WHY = "Their order asks for what no law of theirs allows."
THREE = ("decider-be", "counsel-be", "head-ee")


@dataclass
class Leaving:
    """A country to be left on a road of its own."""

    road: Road
    country: str = XV
    drives: Callable[[], None] | None = None

    def who(self, name: str) -> Person:
        return Person.objects.get(name=f"demo-{name}")

    @property
    def platform(self) -> Platform:
        return reached("demo")[0]

    @property
    def plan(self) -> Plan:
        return Plan.objects.filter(country=self.country).latest("id")

    @property
    def relation(self) -> Relation:
        return Relation.objects.get(realm="demo", country=self.country)

    def step(self, kind: str) -> Step:
        return Step.objects.get(plan=self.plan, kind=kind)

    def states(self) -> dict[str, str]:
        return dict(self.plan.steps.order_by("n").values_list("kind", "state"))

    def level(self, country: str = "") -> str | None:
        return self.platform.observe_gate(country or self.country).level

    def kinds(self) -> list[str]:
        return list(Event.objects.filter(case=self.plan.number).order_by("id").values_list("kind", flat=True))

    def misbehave(self, mode: str) -> None:
        sandbox_world().misbehave(mode)

    # -- what people do

    def strained(self) -> None:
        for step in ("talk", "dispute"):
            countries.move(self.who("counsel-be"), "demo", self.country, step, WHY)

    def drafted(self, kind: str = "leave", **more: Any) -> Plan:
        return commands.draft(self.who("counsel-be"), "demo", self.country, kind, reason=WHY, **more)

    def proposed(self, kind: str = "leave", **more: Any) -> Plan:
        plan = self.drafted(kind, **more)
        commands.try_now(self.who("counsel-be"), plan.number)
        commands.propose(self.who("counsel-be"), plan.number)
        return self.plan

    def sign(self, *names: str) -> bool:
        """Signatures under what is put to people now; whether the last met the quorum."""
        met = False
        for name in names or THREE:
            plan = self.plan
            met = commands.sign(self.who(name), plan.number, plan.act, None)
        return met

    def running(self, **more: Any) -> Plan:
        self.strained()
        self.proposed(**more)
        assert self.sign()
        return self.plan

    def attested(self) -> None:
        number = self.plan.number
        commands.attest(self.who("counsel-be"), number, "people-safe")
        commands.attest(self.who("head-ee"), number, "people-safe")
        commands.attest(self.who("counsel-be"), number, "money-hosting")

    def to(self, kind: str) -> None:
        """Run a plan until a step was seen, signing what is put to people on the way."""
        if self.step("people-safe").state == "waiting":
            self.attested()
        for _ in range(40):
            if self.step(kind).state == "seen" or self.plan.state != "running":
                return
            self.tick(4)
            if self.plan.act:
                self.sign()
                self.drive()
        raise AssertionError((kind, self.states(), self.kinds()[-5:]))

    def left(self) -> None:
        """The whole plan."""
        self.running()
        self.to("notice")

    def put(self, what: str, reason: str = WHY) -> None:
        {"resume": commands.resume, "reverse": commands.reverse}[what](self.who("counsel-be"), self.plan.number, reason)

    def reversed(self) -> None:
        self.put("reverse")
        assert self.sign("decider-be", "decider-ee")
        self.drive()

    # -- what time and the worker do

    def drive(self) -> None:
        (self.drives or self.road.drive)()

    def tick(self, seconds: float = 4) -> None:
        """So much time goes by; what waits for it is run, what is to be tried again too."""
        clock.advance(seconds)
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
        carrying.keep_time(clock.now())
        self.drive()

    def day(self) -> None:
        self.tick(timedelta(days=1).total_seconds())
