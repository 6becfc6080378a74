"""The steps of a measure on the road: kept safe before anybody decides, begun under an approved act only, seen by an
ordinary viewer, lifted exactly. Each is idempotent by its event, and the platform by the key it is given."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from comity import clock
from comity.cases import clocks, deciding, shadowed
from comity.cases.models import Case
from comity.cases.rules import LIFE
from comity.ledger.commands import again, done
from comity.ledger.models import Event
from comity.ledger.steps import Tell, backoff, step
from comity.vault import commands as vault

from . import brakes, copies, failing, looking, taking, undoing
from .models import Measure


def preserve(event: Event) -> None:
    """Keep a sealed copy of what the order names in public, from grade `domain` up; private content never. Of one that
    only waits for its authority's word, the record of what it names, too."""
    case = Case.objects.get(id=event.case)
    kept = vault.get_json(event.sealed["finding"])
    duty = any(d["id"] == "preserve" for d in kept["finding"]["duties"])
    if done(f"preserve:{event.id}") or not duty or case.grade == "none" or copies.capped(case):
        return
    made = copies.fresh(case, kept["facts"]) + copies.meanwhile(kept["finding"], kept["facts"])
    _preserved(event, made, copies.kept_until(case, clock.now()))


@step("preserve", deciding.of)
def _preserved(event: Event, case: Case, tell: Tell, made: list[tuple[str, bytes]], until: datetime) -> None:
    copies.keep(case, made, until)
    if made:
        tell("preserved", request=None, public={"targets": len(made)})


@step("let-go", deciding.of)
def let_go(event: Event, case: Case, tell: Tell) -> None:
    """An order was over before it was decided: what was kept for it meanwhile is kept no longer."""
    copies.let_go(case)


def begin(event: Event) -> None:
    """Carry out an approved decision: signatures checked again, prior state kept, then each of its measures. One that
    fails keeps no other from being taken."""
    case = Case.objects.get(id=event.case)
    if event.public["kind"] != "execute" or not taking.may_act(case):
        return
    act = taking.approved(event)
    if shadowed.of_act(act.act):
        return  # it is on record what would have been done (`shadow.commands.would`)
    with failing.told(event, act.act["what"][0] if act.act["what"] else "withhold"):
        shadowed.verify_live(case)
    due = [kind for kind in act.act["what"] if kind not in taking.taken(act)]
    failing.each(event, [(kind, "", partial(taking.carry_out, act, kind, case, event)) for kind in due])


def resume(event: Event) -> None:
    """The brake was released: what was approved meanwhile goes its way, each decision in a job of its own."""
    waiting = Case.objects.filter(realm=event.realm, open=True).exclude(state="waiting")
    behind = Event.objects.filter(kind="decision.approved", case__in=waiting.values("id"))
    lifts = Event.objects.filter(kind="decision.approved", public__kind="lift", case__in=_standing(event.realm))
    for decision in (behind | lifts).order_by("id"):
        again(decision)


def _standing(realm: str) -> list[str]:
    """The cases of a realm that have a measure which isn't lifted."""
    return list(Measure.objects.filter(case__realm=realm, lifted_at=None).values_list("case_id", flat=True))


def observe(event: Event) -> timedelta | None:
    """Look as an ordinary viewer, inside and outside. What the platform took, and a viewer still sees otherwise, is not
    effective: the desk is told, and it is looked again in the time that is returned."""
    measure, lifted = Measure.objects.get(id=event.sealed["measure"]), event.kind == "measure.lifted"
    if done(f"observe:{event.id}") or (measure.lifted_at is not None and not lifted):
        return None
    kind = "lift" if lifted else "narrow" if event.kind == "measure.narrowed" else measure.kind
    with failing.told(event, kind, str(measure.id)):
        if looking.effective(event, measure, kind):
            return None
    failing.failed(event, "not-effective", kind, str(measure.id))
    return backoff(event)


def lift(event: Event) -> None:
    """Undo the measures of a case under an approved act of lifting: exactly, and seen to be."""
    if event.public["kind"] != "lift" or brakes.braked(event.realm):
        return
    act = taking.approved(event).act
    standing = Measure.objects.filter(case=event.case, lifted_at=None)
    if act.get("part"):
        some = partial(undoing.undo_some, event, act)
        failing.each(event, [("narrow", str(one.id), partial(some, one)) for one in standing])
        return
    failing.each(event, [("lift", str(one.id), partial(undoing.undo, event, one)) for one in standing])
    with transaction.atomic():
        case = deciding.of(event)
        if case.state == "to-produce":
            clocks.stop(case, clock.now(), "ended")  # nothing is produced any more
        if (case.state, "lift") in LIFE:
            deciding.move(case.id, "lift")  # even where nothing had been acted yet: now nothing will be
