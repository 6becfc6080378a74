"""`comity demo country`: the whole of it with Veltria, by the same commands as the pages, and what came of it.

Agreed first; three ordinary orders; a claim on a person turned to its door; a dispute argued; leaving tried dry. Then
it
ends: settled, by a change of a regulation and signed terms, or left, step by step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q

from comity import clock
from comity.adoption.models import Draft
from comity.cases.models import Case
from comity.claims.models import Claim
from comity.claims.passing import LETTER
from comity.countries import commands as countries
from comity.disputes import commands as disputes
from comity.disputes.models import Bundle
from comity.leaving import commands as plans
from comity.leaving.models import Plan
from comity.leaving.plan_file import LEAVE, RETURN
from comity.ledger.life import NotNow
from comity.ledger.models import Event
from comity.people.refusals import BadInput, NotAllowed
from comity.serve.state import Running
from comity.vault import commands as vault

from .. import client, commands
from ..client import NotPlayed, eventually
from ..samples import THREAT
from . import claiming, disputing, leaving, proposing, relation
from .relation import COUNTRY, REALM, person

ORDINARY = ("good-text", "good-pdf", "good-text")
OVER = ("done", "reversed", "withdrawn")
PATIENCE = 120.0  # seconds for a plan to be carried out to its end
GAVE_UP = "The talks have failed: it is left."


@dataclass
class Story:
    """What was made so far, in the order in which it is told."""

    running: Running
    orders: list[Case] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    def made(self, number: str) -> str:
        """Note a number whose events belong to this."""
        self.numbers.append(number)
        return number


def play(running: Running, *, leave: bool = False) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    try:
        told = _play(Story(running), leave)
    except (NotNow, BadInput, NotAllowed, LookupError, commands.NotSent) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    return told, said(told)


def _play(story: Story, leave: bool) -> dict[str, Any]:
    first = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    _come_back(story)
    standing = _agree(story)
    orders = [_ordinary(story, name).id for name in ORDINARY]
    claim = _rerouted(story)
    dispute = story.made(disputing.argue())
    disputing.reply(dispute)
    bundle = disputing.bundle(dispute)
    change = proposing.attempt()
    story.made(change.number)
    plan = story.made(leaving.attempt(LEAVE))
    counted = plans.latest(leaving.plan(plan))
    (_left if leave else _settled)(dispute, change, plan)
    ending = _ending(dispute)
    return {
        "agreement": _agreement() or standing,
        "orders": orders,
        "proposal": _proposal(change),
        "backtest": {key: change.tried[key] for key in ("orders", "more", "less", "other", "same")},
        "rerouted": _claim(claim),
        "dispute": _dispute(dispute, bundle),
        "dry_run": counted.counts if counted else {},
        "ending": ending,
        "ledger": _ledger(story, first),
        "links": _links(plan, dispute, claim, change),
    }


# -- how it begins ----------------------------------------------------------------------------------------------------


def _come_back(story: Story) -> None:
    """Whatever was played before: no plan is open, and Veltria isn't left."""
    if (plan := leaving.open_plan()) is not None:
        raise NotPlayed(f"the plan {plan.number} for Veltria is open; end it on its page first")
    if relation.relation().state == "left":
        _carried_out(story.made(leaving.begin(RETURN)))


def _agree(story: Story) -> dict[str, Any]:
    relation.agreed(f"{clock.now():%Y-%m-%d}")
    story.made(relation.relation().number)
    found = _agreement()
    if found is None:
        raise NotPlayed("no agreement with Veltria stands")
    return found


def _agreement() -> dict[str, Any] | None:
    found = countries.standing(relation.relation())
    if found is None:
        return None
    return {
        "id": relation.relation().number,
        "version": found.version,
        "title": found.title,
        "sha256": found.sha256,
        "by": found.by,
    }


def _ordinary(story: Story, name: str) -> Case:
    """One ordinary order, through the e-mail door, until it is put to those who decide."""
    sent = commands.send_fresh(name, story.running.smtp)
    case = client.to_decide(sent)
    story.orders.append(case)
    story.made(case.id)
    return case


def _rerouted(story: Story) -> str:
    """A claim on a person, by mail, sorted and turned to the lawful door."""
    mark = vault.keyed_hash(commands.send_fresh(THREAT, story.running.smtp).message_id)
    found = eventually(
        "the claim was sent, but is not on the claims desk",
        lambda: Claim.objects.filter(request__message_hash=mark, realm=REALM).first(),
    )
    claiming.sort(found.id)
    claiming.answer(found.id)
    if claiming.claim(found.id).pressure != "answered":
        raise NotPlayed("the claim is not turned to its door")
    return story.made(found.id)


# -- how it ends ------------------------------------------------------------------------------------------------------


def _settled(dispute: str, change: Draft, plan: str) -> None:
    """The rule is changed by the quorum, the terms are signed by two, and Veltria confirms them; nobody leaves."""
    proposing.adopt(change)
    plans.withdraw(person("counsel-be"), plan)
    disputing.offer(dispute)
    for key in ("decider-be", "decider-ee"):
        disputing.sign(dispute, key)
    disputing.confirm(dispute)


def _left(dispute: str, change: Draft, plan: str) -> None:
    """No agreement: the change is withdrawn, and the plan signed and carried out to its end."""
    proposing.withdraw(change)
    leaving.propose(plan)
    leaving.all_sign(plan)
    leaving.attest(plan)
    _carried_out(plan)
    disputes.move(person("counsel-be"), dispute, "leave", GAVE_UP)


def _carried_out(number: str) -> None:
    """Wait until a plan is done, signing each step that is put to people."""

    def over() -> Plan | None:
        plan = leaving.plan(number)
        if plan.state == "paused":
            raise NotPlayed(f"the plan {number} stopped by itself: {plan.why}")
        if plan.state == "running" and plan.act:
            leaving.all_sign(number)
        return plan if plan.state in OVER else None

    eventually(f"the plan {number} runs, but is not done", over, PATIENCE)


def _ending(dispute: str) -> str:
    """As the rows say."""
    state, found = relation.relation().state, disputing.dispute(dispute)
    if (state, found.state) == ("agreed", "settled"):
        return "settled"
    if (state, found.outcome) == ("left", "left"):
        return "left"
    raise NotPlayed(f"it ended neither settled nor left: the relation is {state}, the dispute {found.state}")


# -- what came of it --------------------------------------------------------------------------------------------------


def _proposal(change: Draft) -> dict[str, Any]:
    change.refresh_from_db()
    return {
        "id": change.number,
        "regulation": change.regulation,
        "version": change.version,
        "state": change.state,
        "sha256": change.sha256,
    }


def _claim(number: str) -> dict[str, Any]:
    found = claiming.claim(number)
    letter = found.sent.filter(what=LETTER).order_by("-id").first()
    return {
        "id": found.id,
        "request": found.request_id,
        "court": found.court,
        "pressure": found.pressure,
        "letter": str(letter.mail) if letter else None,
    }


def _dispute(number: str, bundle: Bundle) -> dict[str, Any]:
    found = disputing.dispute(number)
    made = {"pages": bundle.pages, "sha256": bundle.sha256}
    return {"id": number, "state": found.state, "outcome": found.outcome, "bundle": made}


def _ledger(story: Story, first: int) -> list[int]:
    requests = [case.request_id for case in story.orders]
    requests += Claim.objects.filter(id__in=story.numbers).values_list("request_id", flat=True)
    mine = Event.objects.filter(Q(case__in=story.numbers) | Q(request__in=requests), id__gt=first)
    return list(mine.order_by("id").values_list("id", flat=True))


def _links(plan: str, dispute: str, claim: str, change: Draft) -> dict[str, str]:
    base = settings.COMITY.base_url
    return {
        "country": f"{base}/console/countries/{COUNTRY}",
        "public": f"{base}/countries/demo/{COUNTRY}",
        "claim": f"{base}/console/claims/{claim}",
        "dispute": f"{base}/console/disputes/{dispute}",
        "bundle": f"{base}/console/disputes/{dispute}/bundle.pdf",
        "plan": f"{base}/console/countries/{COUNTRY}/plans/{plan}",
        "proposal": f"{base}/console/regulations/{change.regulation}/drafts/{change.pk}",
    }


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    counted: Sequence[str] = [f"{name} {n if n is not None else 'unknown'}" for name, n in told["dry_run"].items()]
    bundle = told["dispute"]["bundle"]
    return "\n".join(
        [
            f"Veltria: {told['ending']}",
            f"  agreed     {told['agreement']['title']} (version {told['agreement']['version']})",
            f"  orders     {', '.join(told['orders'])}",
            f"  rerouted   {told['rerouted']['id']}, to the lawful door",
            f"  disputed   {told['dispute']['id']}, bundle of {bundle['pages']} pages",
            f"  proposed   {told['proposal']['id']} ({told['proposal']['state']}), tried on "
            f"{told['backtest']['orders']}",
            f"  dry run    {'; '.join(counted[:6])}",
            f"  recorded   {len(told['ledger'])} events",
            *(f"  {name:<10} {url}" for name, url in told["links"].items()),
        ]
    )
