"""How a plan goes from step to step: which is due, when everyone is told, how it stops and how it ends. Each function
works within the transaction that has locked the plan."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from comity import clock
from comity.authorities.models import Authority
from comity.countries import commands as countries
from comity.countries import rules as relations
from comity.ledger.commands import record
from comity.outbox import commands as outbox
from comity.outbox.rules import BadAddress
from comity.people import approvals

from . import letters, plan_file, rules
from .models import Gate, Plan, Step

GATEWAY = "gateway"
OPEN = "open"


def locked(found: str) -> Plan:
    """A plan's row, by its number, locked until the transaction ends; its relation's row is locked before it.

    Raises Plan.DoesNotExist."""
    countries.locked(Plan.objects.values_list("relation_id", flat=True).get(number=found))
    return Plan.objects.select_for_update().get(number=found)


def file_of(plan: Plan) -> plan_file.File:
    """The file that a plan was made from, as it was then."""
    return plan_file.read(plan.text)


def wait_of(plan: Plan, step: plan_file.StepOf) -> timedelta:
    """How long a step waits at least after the one before it was seen."""
    return rules.wait_of(step.wait, step.demo, realm=plan.realm, urgent=plan.urgent)


def tell(
    plan: Plan, kind: str, by: str, /, *, once: str = "", sealed: Mapping[str, Any] | None = None, **told: Any
) -> None:
    """Record what happened to a plan."""
    public = {"country": plan.country, **told}
    record(kind, realm=plan.realm, by=by, case=plan.number, once=once or None, public=public, sealed=sealed or {})


def move(plan: Plan, act: str) -> None:
    """A plan takes a step of its life without a signature: what is put to people of it is void. Raises NotNow."""
    plan.state = rules.PLAN.after(plan.state, act)
    plan.version, plan.act = plan.version + 1, ""
    plan.save(update_fields=["state", "version", "act"])
    approvals.void(plan.number, plan.version)


def move_step(step: Step, act: str, **more: Any) -> None:
    """A step takes a step of its life. Raises NotNow."""
    step.state = rules.STEP.after(step.state, act)
    for name, value in more.items():
        setattr(step, name, value)
    step.save(update_fields=["state", *more])


# -- from step to step ------------------------------------------------------------------------------------------------


def advance(plan: Plan) -> None:
    """The next step gets its date once all before it were seen, and is begun where that has come; after the last the
    plan is done."""
    if plan.state != "running":
        return
    steps = list(plan.steps.order_by("n"))
    step = next((one for one in steps if one.state != "seen"), None)
    if step is None:
        _complete(plan)
        return
    if step.state == "waiting" and step.due is None:
        before = max((one.seen_at for one in steps if one.seen_at), default=plan.approved_at or clock.now())
        wait = wait_of(plan, file_of(plan).step(step.kind))
        step.due = rules.due(step.earliest or before, before, wait)
        step.save(update_fields=["due"])
    if step.state in ("waiting", "failed"):
        begin(plan, step)


def begin(plan: Plan, step: Step) -> None:
    """Let a step that is due take the road: to be signed where it is signed by itself, and then to be done."""
    if step.does == "attest" or step.due is None or step.due > clock.now():
        return
    signed = bool(step.act) or not file_of(plan).step(step.kind).signed
    kind = "step.due" if signed else "step.to-sign"
    once = f"plan-{kind}:{step.pk}:{plan.version}:{step.act[:16]}"
    tell(plan, kind, GATEWAY, once=once, step=step.kind, sealed={"row": step.pk})


def go_on(plan: Plan) -> None:
    """A plan that was paused goes on: what failed is done again under its key, and what is due is begun."""
    for step in plan.steps.filter(state="failed"):
        step.due = step.due or clock.now()
        step.save(update_fields=["due"])
    advance(plan)


def attested(plan: Plan, step: Step) -> None:
    """As many people as a step asks for have attested to it: that is its act, and its proof."""
    now = clock.now()
    move_step(step, "act", begun_at=now, acted_at=now)
    move_step(step, "observe", seen_at=now)
    advance(plan)


def fail(plan: Plan, step: Step, why: str) -> None:
    """A step isn't as it should be: the plan stops, and the desk is alerted. A step that is being undone goes on being
    undone."""
    if (step.state, "fail") in rules.STEP_LIFE:
        move_step(step, "fail", why=why)
    stop(plan, why)


def stop(plan: Plan, why: str) -> None:
    """A running plan stops by itself."""
    if plan.state != "running":
        return
    move(plan, "fail")
    plan.why = why
    plan.save(update_fields=["why"])
    tell(plan, "plan.paused", GATEWAY, why=why)


def _complete(plan: Plan) -> None:
    move(plan, "complete")
    plan.ended_at = clock.now()
    plan.save(update_fields=["ended_at"])
    tell(plan, "plan.done", GATEWAY)
    _move_relation(plan, "complete")


def reversed_(plan: Plan) -> None:
    """All that a plan did is undone, and was seen to be."""
    move(plan, "complete")
    plan.ended_at = clock.now()
    plan.save(update_fields=["ended_at"])
    if plan.told_at is not None:
        _move_relation(plan, "reverse" if plan.kind == plan_file.LEAVE else "stop")
        write(plan, "reversed")


# -- everyone is told -------------------------------------------------------------------------------------------------


def announce(plan: Plan) -> None:
    """From now on everyone sees that we leave, or come back. Raises NotNow where the relation has gone another way."""
    if plan.told_at is None:
        _move_relation(plan, plan.kind)
        plan.told_at = clock.now()
        plan.save(update_fields=["told_at"])


def may_be_told(plan: Plan) -> bool:
    """Whether the relation still allows what a plan tells."""
    try:
        relations.OF_IT.after(plan.relation.state, plan.kind)
    except relations.NotNow:
        return plan.told_at is not None
    return True


def _move_relation(plan: Plan, step: str) -> None:
    countries.moved_by_plan(plan.relation_id, step, plan.reason, plan.signed_by, plan.approved)


def write(plan: Plan, what: str) -> int:
    """Write to the State's registered address and to each of its authorities that we know, in two languages; how many
    were written to."""
    to = [plan.relation.contact] if plan.relation.contact else []
    known = Authority.objects.filter(realm=plan.realm, country=plan.country).exclude(address="")
    to += [one for one in known.values_list("address", flat=True) if one not in to]
    sent = 0
    for n, address in enumerate(to):
        try:
            outbox.queue(
                key=f"plan:{plan.number}:{what}:{n}",
                realm=plan.realm,
                kind="plan",
                to=address,
                subject=letters.subject(plan, what),
                text=letters.text(plan, what),
                case=plan.number,
            )
            sent += 1
        except BadAddress:
            continue
    tell(plan, "plan.told", GATEWAY, once=f"plan-told:{plan.number}:{what}", letters=sent)
    return sent


# -- what stands on the platform --------------------------------------------------------------------------------------


def standing(realm: str, country: str) -> list[Gate]:
    """The keys that may shut the platform to a country now."""
    return list(Gate.objects.filter(realm=realm, country=country, lifted_at=None).order_by("id"))


def level(realm: str, country: str) -> str:
    """The level of the highest of them; "open" where none stands."""
    return rules.highest(one.level for one in standing(realm, country))


def shut(step: Step, at: datetime) -> Gate:
    """A step's own key, on record before the platform hears of it: from then on it is lifted whatever happens."""
    plan = step.plan
    told = {"realm": plan.realm, "country": plan.country, "level": step.level, "notice": letters.notice(plan)}
    made, _ = Gate.objects.get_or_create(key=step.key, defaults={**told, "step": step, "made_at": at})
    return made
