"""What people do with a plan: drafted, tried, put to people, signed, attested, paused, resumed, reversed. Each act is
one transaction with its event. What follows on the platform is carried out in `carrying.py`."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.cases.models import number
from comity.countries import commands as countries
from comity.countries import rules as relations
from comity.countries.models import Relation
from comity.decisions import commands as decisions
from comity.decisions.subject import Back, Kind, Said, Subject
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.people.models import Act, Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Quorum, Realm
from comity.vault import commands as vault

from . import dry, moving, plan_file, rules, words
from .models import Attested, DryRun, Plan, Step
from .moving import file_of, locked, tell, wait_of

FOR_EVER = timedelta(days=36_500)  # by whom a country was left must verify as long as there is a record of it
REASON = 2000  # characters
LEAVE, RETURN, STEP = "plan-leave", "plan-return", "plan-step"
RESUME, REVERSE, REVIEW = "plan-resume", "plan-reverse", "plan-review"
FEWEST = {"reverse": 2, "review": 2}  # people at least, whatever the data say; three for all else


@cache
def quorums() -> Mapping[str, Quorum]:
    """Who decides on a plan, as data. Raises ValueError for a rule that fewer people, or one jurisdiction, could
    meet."""
    data = yaml.safe_load(resources.files(__package__).joinpath("quorums.yaml").read_text("utf-8"))
    found = {name: Quorum.read(rule) for name, rule in data.items()}
    if short := [n for n, rule in found.items() if rule.count < FEWEST.get(n, 3) or rule.jurisdictions < 2]:
        raise ValueError(f"quorums.yaml: {', '.join(short)}: more people, and from two jurisdictions")
    return found


def quorum_of(kind: str, realm: str, country: str) -> Quorum:
    """Who signs an act on a plan: whoever lives in its country counts for none."""
    rule = quorums()[kind.removeprefix("plan-")]
    return Quorum(rule.count, rule.roles, rule.jurisdictions, without=dry.living_there(realm, country))


# -- drafted, and tried -----------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    person: Person, realm: str, country: str, kind: str, *, reason: str = "", starts: str = "", urgent: bool = False
) -> Plan:
    """Make a plan of leaving a country (`kind` "leave") or of coming back ("return") from its file's latest version.

    Nothing follows from it until it is tried, put to people and signed. `starts`: a day (ISO), from now on if empty.
    Raises NotAllowed, BadInput, NotNow, countries.rules.UnknownCountry.
    """
    allow(person, "plan.draft", Realm(realm))
    if kind not in plan_file.KINDS:
        raise BadInput("kind", f"one of {', '.join(plan_file.KINDS)}")
    relation = countries.opened(realm, country)
    _alone(relation)
    if (relation.state == "left") != (kind == plan_file.RETURN):
        raise relations.OF_IT.not_now(relation.state, kind)
    text = plan_file.text(kind)
    made = Plan.objects.create(
        number=number("W"),
        realm=realm,
        country=relation.country,
        relation=relation,
        kind=kind,
        text=text,
        sha256=plan_file.read(text).sha256,
        reason=_reason(reason) if reason.strip() else "",
        urgent=urgent,
        starts_at=_starts(starts),
        by=person.by,
        made_at=clock.now(),
    )
    _steps(made)
    tell(made, "plan.drafted", person.by, kind=kind)
    return made


def _alone(relation: Relation) -> None:
    found = Plan.objects.filter(relation=relation, state__in=rules.OPEN).first()
    if found is not None:
        says = f"{found.number} is open for this country; end it first: a country has one plan at a time"
        raise BadInput("country", says)


def _steps(plan: Plan) -> None:
    made = [
        Step(plan=plan, n=n, kind=one.id, does=one.does, level=one.level) for n, one in enumerate(file_of(plan).steps)
    ]
    Step.objects.bulk_create(made)


def _starts(text: str) -> datetime:
    if not text:
        return clock.now()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput("starts", "a day as 2026-11-29, or nothing for now") from None
    if day < clock.now().date():
        raise BadInput("starts", "this day has passed")
    return max(datetime.combine(day, time(), UTC), clock.now())


def _reason(text: str) -> str:
    return countries.words("reason", text, REASON, "say why, in a sentence; it is published once people there are told")


@transaction.atomic
def edit(person: Person, found: str, *, reason: str, starts: str = "", urgent: bool = False) -> Plan:
    """Change a plan's reason, its first day, or whether it is urgent, before it is put to people; it is tried anew.

    Raises NotAllowed, NotNow, BadInput."""
    plan = locked(found)
    allow(person, "plan.draft", plan)
    plan.state = rules.PLAN.after(plan.state, "edit")
    plan.reason, plan.urgent, plan.starts_at = _reason(reason), urgent, _starts(starts)
    plan.save(update_fields=["state", "reason", "urgent", "starts_at"])
    tell(plan, "plan.edited", person.by)
    return plan


def try_now(person: Person, found: str) -> DryRun:
    """Count what a plan would touch, on the rows as they are: the dry run that is put to people. Nothing else is done.

    Raises NotAllowed, NotNow."""
    plan = Plan.objects.get(number=found)
    allow(person, "plan.draft", plan)
    there = dry.people(plan.realm, plan.country)
    with transaction.atomic():
        plan = locked(found)
        plan.state = rules.PLAN.after(plan.state, "try")
        plan.save(update_fields=["state"])
        return run(plan, there, person.by)


def run(plan: Plan, there: int | None, by: str) -> DryRun:
    """A fresh dry run of a locked plan, kept. `there`: how many people the platform knows there."""
    at = clock.now()
    dates = dates_of(plan)
    counts = dry.count(plan.realm, plan.country, dates, at, there)
    told = [one.isoformat() for one in dates]
    made = DryRun.objects.create(plan=plan, at=at, dates=told, counts=counts, sha256=dry.hash_of(counts, told, at))
    tell(plan, "plan.tried", by, sha256=made.sha256)
    return made


def dates_of(plan: Plan) -> list[datetime]:
    """The earliest instant of each step: as signed, and as reckoned from now for what isn't signed yet."""
    now = clock.now()
    if plan.approved:
        return [step.acted_at or step.due or max(step.earliest or now, now) for step in plan.steps.order_by("n")]
    return rules.dates(max(plan.starts_at, now), [wait_of(plan, one) for one in file_of(plan).steps])


def latest(plan: Plan) -> DryRun | None:
    """The last dry run of a plan, if it was tried."""
    return plan.dry_runs.order_by("-id").first()


@transaction.atomic
def withdraw(person: Person, found: str) -> Plan:
    """End a plan that was never begun: that is an ordinary end. Raises NotAllowed, NotNow."""
    plan = locked(found)
    allow(person, "plan.draft", plan)
    plan.ended_at = clock.now()
    plan.save(update_fields=["ended_at"])
    decisions.void(PLAN, plan, "withdraw")
    tell(plan, "plan.withdrawn", person.by)
    return plan


# -- put to people, and signed ----------------------------------------------------------------------------------------


def propose(person: Person, found: str) -> str:
    """Put a tried plan to the quorum; gives the act's hash. Raises NotAllowed, NotNow, AskAgain, BadInput."""
    with transaction.atomic():
        plan = locked(found)
        kind = LEAVE if plan.kind == plan_file.LEAVE else RETURN
        return decisions.put(PLAN, plan, kind, by=person)


def resume(person: Person, found: str, reason: str) -> str:
    """Put it to the quorum that a paused plan goes on, with a fresh dry run. Raises NotAllowed, NotNow, BadInput."""
    return _put_with_a_run(person, found, RESUME, reason)


def reverse(person: Person, found: str, reason: str) -> str:
    """Put it to people that all a plan has done is undone. Raises NotAllowed, NotNow, BadInput."""
    with transaction.atomic():
        return decisions.put(PLAN, locked(found), REVERSE, {"reason": reason}, by=person)


def _put_with_a_run(person: Person, found: str, kind: str, reason: str) -> str:
    plan = Plan.objects.get(number=found)
    allow(person, "plan.draft", plan)
    there = dry.people(plan.realm, plan.country)
    with transaction.atomic():
        plan = locked(found)
        run(plan, there, person.by)
        return decisions.put(PLAN, plan, kind, {"reason": reason}, by=person)


def ask_again(person: Person, found: str) -> str:
    """Try what is put to people anew and put it again: what was signed of it is void. Raises NotAllowed, NotNow."""
    plan = Plan.objects.get(number=found)
    allow(person, "plan.draft", plan)
    there = dry.people(plan.realm, plan.country)
    with transaction.atomic():
        plan = locked(found)
        return put_again(plan, there, person)


def put_again(plan: Plan, there: int | None, by: Person | str) -> str:
    """As `ask_again`, within the transaction that has locked the plan. Raises NotNow."""
    act = Act.objects.filter(hash=plan.act, state="open").first()
    if act is None:
        raise rules.PLAN.not_now(f"{plan.state}, with nothing put to people", "ask again")
    said = decisions_said(plan, act)
    decisions.void(PLAN, plan, "ask-again" if act.kind in (LEAVE, RETURN) else "")
    run(plan, there, by.by if isinstance(by, Person) else by)
    return decisions.put(PLAN, plan, act.kind, said, by=by)


def decisions_said(plan: Plan, act: Act) -> dict[str, Any]:
    """What was said when an act was put, to put it again: its reason and its step."""
    text = vault.get_json(act.doc)
    return {"reason": text["reason"], "step": text.get("step", "")}


def _made(plan: Plan, kind: str, said: Said) -> tuple[dict[str, Any], Quorum]:
    """What is signed: the plan by its hash, its dates, the reason and the dry run; and by whom."""
    if kind in (LEAVE, RETURN):
        relations.OF_IT.after(plan.relation.state, plan.kind)  # put only where it could be begun
        reason = _reason(plan.reason)
    else:
        reason = _reason(said.get("reason", ""))
        _possible(plan, kind)
    found = latest(plan)
    if found is None:
        raise rules.PLAN.not_now(f"{plan.state}, and not tried", "propose")
    if kind not in (REVERSE, REVIEW):
        still_true(plan, found)
    rule = quorum_of(kind, plan.realm, plan.country)
    _meetable(plan, rule)
    act = {
        "kind": kind,
        "what": [words.WHAT[kind]],
        "country": plan.country,
        "plan": plan.number,
        "file": {"kind": plan.kind, "version": file_of(plan).version, "sha256": file_of(plan).sha256},
        "urgent": plan.urgent,
        "dates": [
            {"step": one.kind, "from": at} for one, at in zip(plan.steps.order_by("n"), found.dates, strict=True)
        ],
        "reason": reason,
        "dry_run": {"sha256": found.sha256, "at": found.at.isoformat()},
    }
    return act | ({"step": said["step"]} if kind == STEP else {}), rule


def _possible(plan: Plan, kind: str) -> None:
    """Raises NotNow for an act that the plan's state doesn't allow."""
    if kind in (RESUME, REVERSE):
        rules.PLAN.after(plan.state, kind.removeprefix("plan-"))
    elif plan.state != "running" and kind == STEP:
        raise rules.PLAN.not_now(plan.state, "sign a step")


def _meetable(plan: Plan, rule: Quorum) -> None:
    """Raises BadInput where too few of those who decide live elsewhere."""
    own = "demo" if plan.realm == "demo" else "real"
    people = Person.objects.filter(realm=own, is_active=True, roles__overlap=list(rule.roles))
    them = [one for one in people.exclude(jurisdiction=plan.country) if str(one.id) not in rule.without]
    if len(them) < rule.count or len({one.jurisdiction for one in them}) < rule.jurisdictions:
        says = f"{rule.count} people from {rule.jurisdictions} jurisdictions sign it, none of whom lives there"
        raise BadInput("quorum", f"{says}; this desk has {len(them)} of them. Let others in first")


def still_true(plan: Plan, found: DryRun, there: int | str | None = "", *, without: Collection[str] = ()) -> None:
    """Raises AskAgain where a dry run is too old, something moved since, or an emergency is open. `there`: what the
    platform says now of the people there, where it was asked; `without`: counts that are left out."""
    file, now = file_of(plan), clock.now()
    if found.at + timedelta(hours=file.lasts_hours) <= now:
        raise rules.AskAgain(f"its dry run is older than {file.lasts_hours} hours")
    known = there if not isinstance(there, str) else None
    dates = [datetime.fromisoformat(one) for one in found.dates]
    counts = dry.count(plan.realm, plan.country, dates, now, known, found.at, without)
    if emergencies := dry.blocking(counts):
        raise rules.AskAgain(f"an emergency from there is open ({emergencies}), and comes first")
    skip = [*without, *(["people"] if isinstance(there, str) else [])]
    if moved := dry.moved(found.counts, counts, file.moves, skip):
        raise rules.AskAgain("since its dry run, " + "; ".join(words.moved(*one) for one in moved))


def sign(person: Person, found: str, hash: str, response: Mapping[str, Any] | None) -> bool:
    """Give one signature under what is put to people of a plan; true when it meets the quorum. `response` is the
    passkey's, None for a demo person. Raises ApprovalRefused, NotAllowed, NotNow, AskAgain."""
    plan = Plan.objects.get(number=found)
    act = Act.objects.filter(hash=hash, case=found, state="open").first()
    if act is not None and act.kind not in (REVERSE, REVIEW) and (last := latest(plan)) is not None:
        allow(person, "plan.sign", plan)
        still_true(plan, last, dry.people(plan.realm, plan.country))
    return decisions.sign(PLAN, found, person, hash, response)


def _true_when_signed(plan: Plan, signed: ApprovedAct) -> None:
    """What everyone signed is still so in the transaction of the last signature. Raises AskAgain, ApprovalRefused."""
    approvals.keep(signed.hash, clock.now() + FOR_EVER)
    found = latest(plan)
    asks = signed.act["kind"] not in (REVERSE, REVIEW)
    if asks and (found is None or signed.act["dry_run"]["sha256"] != found.sha256):
        raise rules.AskAgain("another dry run was made meanwhile")
    if signed.act["file"]["sha256"] != file_of(plan).sha256 or file_of(plan).sha256 != plan.sha256:
        raise approvals.ApprovalRefused("gone", "the plan is not the one that was signed")
    if asks and found is not None:
        still_true(plan, found)
        without = list(quorum_of(signed.act["kind"], plan.realm, plan.country).without)
        if sorted(signed.act["quorum"].get("without", [])) != sorted(without):
            raise rules.AskAgain("who decides and lives there has changed")


def _approved(plan: Plan, signed: ApprovedAct, person: Person) -> None:
    """The quorum has signed a plan: it runs. Nobody outside is told before its people and money are safe."""
    _true_when_signed(plan, signed)
    relations.OF_IT.after(plan.relation.state, plan.kind)
    now, file = clock.now(), file_of(plan)
    plan.approved, plan.approved_at, plan.act = signed.hash, now, ""
    plan.signed_by = countries.signed_as(signed.approvals)
    plan.review_by = now + timedelta(hours=file.review_hours) if plan.urgent else None
    plan.save()
    for step, told in zip(plan.steps.order_by("n"), signed.act["dates"], strict=True):
        step.earliest = max(datetime.fromisoformat(told["from"]), now)
        step.save(update_fields=["earliest"])
    tell(plan, "plan.approved", person.by, kind=plan.kind, sealed={"act": signed.hash})
    if plan.kind == plan_file.RETURN:
        moving.announce(plan)
    moving.advance(plan)


def _step_signed(plan: Plan, signed: ApprovedAct, person: Person) -> None:
    _true_when_signed(plan, signed)
    _possible(plan, STEP)
    step = plan.steps.get(kind=signed.act["step"])
    step.act, plan.act = signed.hash, ""
    step.save(update_fields=["act"])
    plan.save(update_fields=["act"])
    tell(plan, "step.signed", person.by, step=step.kind, sealed={"act": signed.hash})
    moving.advance(plan)


def _resumed(plan: Plan, signed: ApprovedAct, person: Person) -> None:
    _true_when_signed(plan, signed)
    plan.act, plan.why = "", ""
    plan.save(update_fields=["act", "why"])
    _calm(plan)
    tell(plan, "plan.resumed", person.by, sealed={"act": signed.hash})
    moving.go_on(plan)


def _reversing(plan: Plan, signed: ApprovedAct, person: Person) -> None:
    """All that was begun is to be undone, the last first; nothing more is put to people of it meanwhile."""
    _true_when_signed(plan, signed)
    decisions.void(PLAN, plan)
    for step in plan.steps.all():
        if step.begun_at is not None:
            step.state = rules.STEP.after(step.state, "undo")
            step.save(update_fields=["state"])
    plan.why = signed.act["reason"]
    plan.save(update_fields=["why"])
    _calm(plan)
    tell(plan, "plan.reversing", person.by, sealed={"act": signed.hash})


def _reviewed(plan: Plan, signed: ApprovedAct, person: Person) -> None:
    _true_when_signed(plan, signed)
    plan.reviewed_at = clock.now()
    plan.save(update_fields=["reviewed_at"])
    tell(plan, "plan.reviewed", person.by, sealed={"act": signed.hash})


def _calm(plan: Plan) -> None:
    for kind in ("plan.paused", "step.waits", "gate.wrong"):
        alerts.settle(plan.realm, kind, plan.number)


def send_back(person: Person, found: str, reason: str) -> Plan:
    """Send what was put to people back, with a reason; signatures given are void.

    Raises NotAllowed, NotNow, BadInput."""
    return decisions.send_back(PLAN, found, person, _reason(reason))


def _returned(plan: Plan, hash: str, back: Back, reason: str, person: Person) -> None:
    plan.why = reason
    plan.save(update_fields=["why"])
    tell(plan, "plan.returned", person.by, sealed={"act": hash})


def _back(plan: Plan, how: str) -> Back:
    if not plan.act:
        raise rules.PLAN.not_now(f"{plan.state}, with nothing put to people", "return")
    return Back("plan.draft", "return" if plan.state == "proposed" else "")


def _proposed(plan: Plan, act: Mapping[str, Any], hash: str, by: str) -> None:
    tell(plan, "plan.proposed", by, kind=act["kind"], sealed={"act": hash})


def _kind(follows: Any, **steps: Any) -> Kind[Plan]:
    return Kind(_made, may_put="plan.draft", may_sign="plan.sign", follows=follows, **steps)


PLAN: Subject[Plan] = Subject(
    life=rules.PLAN,
    lock=locked,
    number=lambda plan: plan.number,
    kinds={
        LEAVE: _kind(_approved, put="propose", met="approve"),
        RETURN: _kind(_approved, put="propose", met="approve"),
        STEP: _kind(_step_signed),
        RESUME: _kind(_resumed, met="resume"),
        REVERSE: _kind(_reversing, met="reverse"),
        REVIEW: _kind(_reviewed, beside=True),
    },
    proposed=_proposed,
    back=_back,
    returned=_returned,
)


# -- by one hand ------------------------------------------------------------------------------------------------------


@transaction.atomic
def pause(person: Person, found: str, reason: str) -> Plan:
    """Stop a running plan at once, by anyone of the desk; what is done stays, and what is put to people is void.

    Raises NotAllowed, NotNow, BadInput."""
    plan = locked(found)
    allow(person, "plan.pause", plan)
    why = _reason(reason)
    decisions.void(PLAN, plan, "pause")
    plan.why = why
    plan.save(update_fields=["why"])
    tell(plan, "plan.paused", person.by, why="by-hand")
    return plan


@transaction.atomic
def attest(person: Person, found: str, kind: str) -> Step:
    """Attest that people, or money and hosting, are safe; the step is done once as many persons have as it asks for.

    Raises NotAllowed, NotNow, BadInput."""
    plan = locked(found)
    allow(person, "plan.attest", plan)
    step = plan.steps.filter(kind=kind, does="attest").first()
    if step is None:
        raise BadInput("step", "no step of this plan that is attested has this name")
    if plan.state != "running":
        raise rules.PLAN.not_now(plan.state, "attest")
    if step.due is None or step.state != "waiting":
        raise rules.STEP.not_now(step.state if step.due else "not due yet", "attest")
    if step.attested.filter(by=person.by).exists():
        raise BadInput("step", "you have attested to it already; the next one is another person")
    Attested.objects.create(step=step, by=person.by, who=countries.signed_as([person]), at=clock.now())
    given, of = step.attested.count(), file_of(plan).step(kind).persons
    tell(plan, "step.attested", person.by, step=kind, number=given, of=of)
    if given >= of:
        moving.attested(plan, step)
    return step
