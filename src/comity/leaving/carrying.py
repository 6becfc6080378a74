"""A plan carried out on the platform, step by step: each under signatures that are verified again, under a key of its
own, seen by ordinary viewers in the country and next door, and undone exactly. Run by the road outside the plan's lock;
what it finds is written under it."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from comity import clock
from comity.alerts import commands as alerts
from comity.decisions import commands as decisions
from comity.ledger.commands import done
from comity.ledger.models import Event
from comity.ledger.steps import Tell, backoff, step
from comity.measures import standing as measures
from comity.people import approvals
from comity.people.models import Act
from comity.people.refusals import BadInput
from comity.platforms import reached, shadow
from comity.platforms.guarded import Guarded
from comity.platforms.port import PlatformDown, PlatformRefused, SeenGate, wanted_gate
from comity.platforms.territory import UnknownTerritory

from . import commands, dry, moving, plan_file, rules
from .models import Gate, Look, Plan, Step

GATEWAY = "gateway"
OPEN = moving.OPEN
BATCH = 100  # standing measures looked at in one go
AT_ONCE = 20  # plans that one look of the clock touches
Row = tuple[str, str, bool, dict[str, Any], dict[str, Any]]  # platform, place, inside, wanted, seen


def of(event: Event) -> Plan:
    """The plan that an event is about, locked."""
    return moving.locked(str(event.case))


def _step(event: Event) -> Step:
    return Step.objects.select_related("plan").get(id=event.sealed["row"])


# -- put to people, where a step is signed by itself ------------------------------------------------------------------


def put_step(event: Event) -> None:
    """A step whose date has come is put to the quorum, over a dry run made now."""
    if done(f"plan-put:{event.id}"):
        return
    plan = Plan.objects.get(number=event.case)
    _put(event, dry.people(plan.realm, plan.country))


@step("plan-put", of)
def _put(event: Event, plan: Plan, tell: Tell, there: int | None) -> None:
    found = plan.steps.get(id=event.sealed["row"])
    put = Act.objects.filter(hash=plan.act, state="open").first()
    if put is not None and put.kind != commands.STEP:
        return  # what people want to undo isn't put aside for what is to be done next
    if plan.state != "running" or found.state not in ("waiting", "failed") or found.act:
        return
    if put is not None:
        decisions.void(commands.PLAN, plan)
    made = commands.run(plan, there, GATEWAY)
    said = {"reason": plan.reason, "step": found.kind}
    try:
        decisions.put(commands.PLAN, plan, commands.STEP, said, by=GATEWAY)
    except (rules.AskAgain, BadInput):
        moving.stop(plan, "emergency" if dry.blocking(made.counts) else "quorum")
    tell("step.put", public={"country": plan.country, "step": found.kind})


# -- done -------------------------------------------------------------------------------------------------------------


def act(event: Event) -> timedelta | None:
    """Do a step: verified first, on record before the platform hears of it, then under its key, however often."""
    found = _step(event)
    if done(f"plan-act:{event.id}") or found.plan.state != "running" or found.state not in ("waiting", "failed"):
        return None
    if why := _barred(found):
        _failed(event, found, why)
        return None
    try:
        return {"tell": _tell, "look": _look_at_measures, "gate": _shut, "open": _open}[found.does](event, found)
    except PlatformDown:
        _waits(event, found)
        return backoff(event)
    except (PlatformRefused, UnknownTerritory):
        _failed(event, found, "refused")
        return None


def _barred(found: Step) -> str:
    """Why a step isn't done now, as a code; empty where nothing is in its way."""
    plan = found.plan
    try:
        _verify(found)
    except approvals.NotApproved:
        return "not-signed"
    if found.begun_at is None and _stale(found):
        return "stale"
    if plan.kind == plan_file.LEAVE and dry.emergencies(plan.realm, plan.country):
        return "emergency"
    if found.does in ("gate", "open") and not gated_by(plan):
        return "no-platform"
    if found.does != "look" and shadow.among([one.called for one in gated_by(plan)]):
        return "shadow"
    if found.does == "tell" and not moving.may_be_told(plan):
        return "relation"
    return ""


def _verify(found: Step) -> None:
    """Verify the signatures under which a step is done, over the plan as it is. Raises NotApproved."""
    plan, file = found.plan, moving.file_of(found.plan)
    if file.step(found.kind).signed:
        signed = approvals.approved(found.act, case=plan.number, kind=commands.STEP).act
        if signed["step"] != found.kind:
            raise approvals.NotApproved("a signature on another step")
    kind = commands.LEAVE if plan.kind == plan_file.LEAVE else commands.RETURN
    whole = approvals.approved(plan.approved, case=plan.number, kind=kind).act
    as_signed = [(one.kind, one.does, one.level) for one in plan.steps.order_by("n")]
    if whole["file"]["sha256"] != file.sha256 or as_signed != [(one.id, one.does, one.level) for one in file.steps]:
        raise approvals.NotApproved("the plan is not the one that was signed")


def _stale(found: Step) -> bool:
    """Whether a step was signed by itself so long ago, and not begun since, that what was signed may not be so now."""
    signed = Act.objects.filter(hash=found.act).values_list("approved_at", flat=True).first() if found.act else None
    lasts = timedelta(hours=moving.file_of(found.plan).lasts_hours)
    return signed is not None and signed + lasts <= clock.now()


def gated_by(what: Plan | Gate) -> list[Guarded]:
    """The platforms of its realm that can shut themselves to its country, and may have anybody there: only the sandbox
    knows a country that the demo invents."""
    return [one for one in reached(what.realm) if one.capabilities().gates and one.knows(what.country)]


@transaction.atomic
def _begin(found: Step, before: list[Row]) -> bool:
    """Put on record that a step may reach the platform from now on; false where its plan no longer runs."""
    plan = moving.locked(found.plan.number)
    fresh = plan.steps.get(id=found.pk)
    if plan.state != "running" or fresh.state not in ("waiting", "failed"):
        return False
    now = clock.now()
    if fresh.begun_at is None:
        _keep(fresh, "before", before)
        fresh.begun_at = now
        fresh.save(update_fields=["begun_at"])
    if fresh.does == "gate":
        moving.shut(fresh, now)
    return True


def _shut(event: Event, found: Step) -> timedelta | None:
    if not _begin(found, _before(found)):
        return None
    gate = Gate.objects.get(key=found.key)
    for platform in gated_by(gate):
        platform.gate(gate.key, gate.country, gate.level, gate.notice)
    _acted(event, found)
    return None


def _open(event: Event, found: Step) -> timedelta | None:
    if not _begin(found, _before(found)):
        return None
    lifted = [one for one in moving.standing(found.plan.realm, found.plan.country) if one.level == found.level]
    _lift(lifted)
    _acted(event, found, [one.pk for one in lifted])
    return None


def _lift(gates: Iterable[Gate]) -> None:
    for gate in gates:
        for platform in gated_by(gate):
            platform.lift(gate.key)


def _tell(event: Event, found: Step) -> timedelta | None:
    if _begin(found, []):
        _acted(event, found)
    return None


def _look_at_measures(event: Event, found: Step) -> timedelta | None:
    """Look at a batch of the standing measures again; the next one follows in a moment."""
    if not _begin(found, []):
        return None
    plan = found.plan
    written = dry.asked(plan.realm, plan.country, clock.now())["written"]
    some = measures.reaching(plan.realm, written, found.cursor, BATCH)
    looks = [measures.look_again(one) for one in some]
    if not all(right for right, _ in looks):
        _failed(event, found, "measure")
        return None
    if not some:
        _acted(event, found)
        return None
    blind = sum(blind for _, blind in looks)
    so_far = Step.objects.filter(id=found.pk, cursor=found.cursor)
    so_far.update(cursor=str(some[-1].pk), looked=F("looked") + len(some), blind=F("blind") + blind)
    return timedelta(seconds=1)


@step("plan-act", of)
def _acted(event: Event, plan: Plan, tell: Tell, found: Step, lifted: list[int] | None = None) -> None:
    """The platform has taken it. A plan that was paused meanwhile has done it all the same; one that is reversed lifts
    the key, and a lifted key never acts."""
    fresh, now = plan.steps.get(id=found.pk), clock.now()
    Gate.objects.filter(id__in=lifted or ()).update(lifted_at=now)
    if (fresh.state, "act") not in rules.STEP_LIFE:
        return
    if fresh.does == "tell":
        moving.announce(plan)
        moving.write(plan, plan.kind)
    moving.move_step(fresh, "act", acted_at=now, why="")
    tell("step.acted", public={"country": plan.country, "step": fresh.kind}, sealed={"row": fresh.pk})


@step("plan-fail", of, part=lambda found, why: why)
def _failed(event: Event, plan: Plan, tell: Tell, found: Step, why: str) -> None:
    """What isn't as it should be stops the plan, in its own transaction."""
    fresh = plan.steps.get(id=found.pk)
    if why == "stale":  # it is signed anew once the plan goes on
        fresh.act = ""
        fresh.save(update_fields=["act"])
    tell("step.failed", public={"country": plan.country, "step": fresh.kind, "why": why})
    moving.fail(plan, fresh, why)


@step("plan-wait", of, part=lambda found: found.kind)
def _waits(event: Event, plan: Plan, tell: Tell, found: Step) -> None:
    """The desk is told, once, that the platform doesn't answer; it is tried again."""
    tell("step.waits", public={"country": plan.country, "step": found.kind, "why": "down"})


# -- seen -------------------------------------------------------------------------------------------------------------


def observe(event: Event) -> timedelta | None:
    """Look as ordinary viewers in the country, twice, and next door, once: the effect is what they find."""
    found = _step(event)
    if done(f"plan-observe:{event.id}") or found.state != "acted":
        return None
    rows: list[Row] = []
    try:
        if found.does in ("gate", "open"):
            rows = _look(found, moving.level(found.plan.realm, found.plan.country))
            why = _wrong(rows) or (_measures_wrong(found) if found.does == "open" else "")
        else:
            why = ""
    except PlatformDown:
        _waits(event, found)
        return backoff(event)
    _observed(event, found, rows, why)
    return None


def _measures_wrong(found: Step) -> str:
    """As soon as people there read again, what only they could see is looked at."""
    plan = found.plan
    if moving.level(plan.realm, plan.country) == "notice":
        return ""
    written, after = dry.asked(plan.realm, plan.country, clock.now())["written"], ""
    while some := measures.reaching(plan.realm, written, after, BATCH):
        if not all(measures.look_again(one)[0] for one in some):
            return "measure"
        after = str(some[-1].pk)
    return ""


@step("plan-observe", of)
def _observed(event: Event, plan: Plan, tell: Tell, found: Step, rows: list[Row], why: str) -> None:
    fresh = plan.steps.get(id=found.pk)
    if fresh.state != "acted":
        return
    _keep(fresh, "after", rows)
    if why:
        tell("step.failed", public={"country": plan.country, "step": fresh.kind, "why": why})
        moving.fail(plan, fresh, why)
        return
    moving.move_step(fresh, "observe", seen_at=clock.now(), why="")
    _calm(plan)
    tell("step.seen", public={"country": plan.country, "step": fresh.kind})
    Plan.objects.filter(id=plan.pk).update(looked_at=clock.now())
    moving.advance(plan)


def _calm(plan: Plan) -> None:
    for kind in ("step.waits", "gate.wrong"):
        alerts.settle(plan.realm, kind, plan.number)


def _before(found: Step) -> list[Row]:
    """What viewers find before a step, there and next door: what is to be found next door afterwards, too. Raises
    PlatformDown where a look tells nothing: nothing is begun on a guess."""
    if found.begun_at is not None:
        return []
    plan = found.plan
    left = Gate.objects.filter(realm=plan.realm, lifted_at=None).values_list("country", flat=True).distinct()
    places = [(plan.country, True), (rules.next_door(plan.country, list(left)), False)]
    rows = []
    for platform in gated_by(plan):
        for place, inside in places:
            seen = _told(platform.observe_gate(place))
            rows.append((platform.capabilities().name, place, inside, seen, seen))
    return rows


def _told(seen: SeenGate) -> dict[str, Any]:
    found = asdict(seen)
    if rules.told_nothing(found):
        raise PlatformDown("a viewer's look told nothing")
    return found


def _look(found: Step, level: str) -> list[Row]:
    """Two looks in the country, and one next door, where all is to be as it was. Raises PlatformDown."""
    plan, rows = found.plan, list[Row]()
    for platform in gated_by(plan):
        name = platform.capabilities().name
        wanted = _wanted(found, name, level)
        for _ in range(rules.INSIDE):
            rows.append((name, plan.country, True, wanted, _told(platform.observe_gate(plan.country))))
        place, was = _next_door(found, name)
        rows.append((name, place, False, was, _told(platform.observe_gate(place))))
    return rows


def _wanted(found: Step, platform: str, level: str) -> dict[str, Any]:
    """What viewers in the country are to find: at a level what it shuts, and where nothing is shut what was there
    before the plan."""
    looks = Look.objects.filter(step__plan=found.plan, step__does="gate", when="before", inside=True, platform=platform)
    first = looks.order_by("step__n", "id").first() if level == OPEN else None
    return dict(first.seen) if first is not None else asdict(wanted_gate(level, notice=True))


def _next_door(found: Step, platform: str) -> tuple[str, dict[str, Any]]:
    """Where to look beside the country, and what was found there before: by this step, or by one before it."""
    plan = found.plan
    looks = Look.objects.filter(step__plan=plan, when="before", inside=False, platform=platform, step__n__lte=found.n)
    before = looks.order_by("-step__n", "-id").first()
    left = set(Gate.objects.filter(realm=plan.realm, lifted_at=None).values_list("country", flat=True))
    if before is not None and before.place not in left:
        return before.place, dict(before.seen)
    return rules.next_door(plan.country, list(left)), asdict(wanted_gate(OPEN, notice=False))


def _wrong(rows: list[Row]) -> str:
    """What is wrong with what was seen, as a code; the neighbour first."""
    off = [inside for _, _, inside, wanted, seen in rows if not rules.as_it_should_be(wanted, seen)]
    if not off:
        return ""
    return "not-seen" if all(off) else "neighbour-changed"


def _keep(found: Step, when: str, rows: list[Row]) -> None:
    now = clock.now()
    made = [
        Look(
            step=found,
            platform=platform,
            place=place,
            inside=inside,
            when=when,
            wanted=wanted,
            seen=seen,
            right=rules.as_it_should_be(wanted, seen),
            at=now,
        )
        for platform, place, inside, wanted, seen in rows
    ]
    Look.objects.bulk_create(made)


# -- undone -----------------------------------------------------------------------------------------------------------


def undo(event: Event) -> timedelta | None:
    """Undo all that a plan has begun, the last step first, each seen to be undone before the next."""
    plan = Plan.objects.get(number=event.case)
    if plan.state != "reversing":
        return None
    for found in plan.steps.filter(state="undoing").select_related("plan").order_by("-n"):
        try:
            rows, lifted = _put_back(found)
        except PlatformDown:
            _waits(event, found)
            return backoff(event)
        except (PlatformRefused, UnknownTerritory):
            _stays(event, found, "refused")
            return backoff(event)
        if why := _wrong(rows):
            _stays(event, found, why)
            return backoff(event)
        _undone(event, found, rows, lifted)
    _reversed(event)
    return None


def _put_back(found: Step) -> tuple[list[Row], list[int]]:
    """What a step shut is lifted, what it opened is shut again; and what viewers find then. Raises PlatformDown."""
    plan = found.plan
    if found.does == "gate":
        gates = list(Gate.objects.filter(step=found))
        _lift(gates)
        left = [one for one in moving.standing(plan.realm, plan.country) if one.step_id != found.pk]
        rows = _look(found, rules.highest(one.level for one in left))
        return rows, [one.pk for one in gates]
    if found.does == "open":
        with transaction.atomic():
            moving.locked(plan.number)
            gate = moving.shut(found, clock.now())
        for platform in gated_by(gate):
            platform.gate(gate.key, gate.country, gate.level, gate.notice)
        return _look(found, moving.level(plan.realm, plan.country)), []
    return [], []


@step("plan-undo", of, part=lambda found, rows, lifted: found.kind)
def _undone(event: Event, plan: Plan, tell: Tell, found: Step, rows: list[Row], lifted: list[int]) -> None:
    fresh, now = plan.steps.get(id=found.pk), clock.now()
    Gate.objects.filter(id__in=lifted).update(lifted_at=now)
    if fresh.state != "undoing":
        return
    _keep(fresh, "undone", rows)
    moving.move_step(fresh, "observe", undone_at=now, why="")
    tell("step.undone", public={"country": plan.country, "step": fresh.kind})


@step("plan-stays", of, part=lambda found, why: f"{found.kind}:{why}")
def _stays(event: Event, plan: Plan, tell: Tell, found: Step, why: str) -> None:
    """What doesn't come undone is told to the desk, once, and tried again."""
    tell("gate.wrong", public={"country": plan.country, "step": found.kind, "why": why})


@step("plan-reversed", of)
def _reversed(event: Event, plan: Plan, tell: Tell) -> None:
    if plan.state != "reversing" or plan.steps.filter(state="undoing").exists():
        return
    tell("plan.reversed", public={"country": plan.country})
    _calm(plan)
    moving.reversed_(plan)


# -- each day afterwards ----------------------------------------------------------------------------------------------


def look(event: Event) -> timedelta | None:
    """The daily look, at what stands and next door, as long as anything is shut."""
    plan = Plan.objects.get(number=event.case)
    found = _last_seen(plan)
    if done(f"plan-look:{event.id}") or found is None or _under_way(plan):
        return None
    try:
        rows = _look(found, moving.level(plan.realm, plan.country))
    except PlatformDown:
        _waits(event, found)
        return backoff(event)
    _looked(event, found, rows)
    return None


def _last_seen(plan: Plan) -> Step | None:
    steps = plan.steps.filter(state="seen", does__in=("gate", "open")).select_related("plan")
    return steps.order_by("-n").first()


def _under_way(plan: Plan) -> bool:
    """Whether a step in the country is between being begun and being seen, by whichever plan: its own looks tell."""
    between = Q(state="undoing") | Q(state__in=("waiting", "acted", "failed"), begun_at__isnull=False)
    steps = Step.objects.filter(between, plan__relation_id=plan.relation_id, does__in=("gate", "open"))
    return steps.filter(plan__state__in=rules.OPEN).exists()


@step("plan-look", of)
def _looked(event: Event, plan: Plan, tell: Tell, found: Step, rows: list[Row]) -> None:
    if _under_way(plan):
        return
    _keep(found, "daily", rows)
    why = _wrong(rows)
    tell("plan.looked", public={"country": plan.country, "right": not why})
    if why:
        tell("gate.wrong", public={"country": plan.country, "step": found.kind, "why": why}, key="wrong")
        if plan.state == "running":
            moving.fail(plan, plan.steps.get(id=found.pk), why)


# -- what time alone brings about -------------------------------------------------------------------------------------


def keep_time(now: datetime) -> None:
    """Begin what is due, ask again what is stale, look each day, and stop what was urgent and wasn't reviewed (`now`:
    UTC). Each once, by its row."""
    due = Step.objects.filter(state="waiting", due__lte=now, plan__state="running").order_by("due", "id")
    for number, id in list(due.values_list("plan__number", "id")[:AT_ONCE]):
        with transaction.atomic():
            plan = moving.locked(number)
            found = plan.steps.get(id=id)
            if plan.state == "running" and found.state == "waiting":
                moving.begin(plan, found)
    _look_daily(now)
    _review(now)


def _look_daily(now: datetime) -> None:
    """One look a day for each country to which something is shut, by the last plan that acted there."""
    for realm, country in Gate.objects.filter(lifted_at=None).values_list("realm", "country").distinct()[:300]:
        every = rules.DAILY_IN_DEMO if realm == "demo" else rules.DAILY
        plans = Plan.objects.filter(realm=realm, country=country, approved_at__isnull=False, steps__state="seen")
        plan = plans.filter(steps__does__in=("gate", "open")).order_by("-id").first()
        if plan is None or (plan.looked_at is not None and plan.looked_at + every > now):
            continue
        with transaction.atomic():
            if Plan.objects.filter(id=plan.pk, looked_at=plan.looked_at).update(looked_at=now):
                moving.tell(plan, "plan.look-due", GATEWAY)


def _review(now: datetime) -> None:
    """What was urgent is put to people for review, and stops where nobody reviewed it in time."""
    waiting = Plan.objects.filter(review_by__isnull=False, reviewed_at=None, state__in=("running", "paused"))
    for number in list(waiting.order_by("id").values_list("number", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            plan = moving.locked(number)
            if plan.review_by is not None and plan.review_by <= now:
                moving.stop(plan, "review-missed")
            elif not Act.objects.filter(case=number, kind=commands.REVIEW, state__in=("open", "approved")).exists():
                _put_review(plan)


def _put_review(plan: Plan) -> None:
    try:
        decisions.put(commands.PLAN, plan, commands.REVIEW, {"reason": plan.reason}, by=GATEWAY)
    except BadInput:
        moving.stop(plan, "quorum")
