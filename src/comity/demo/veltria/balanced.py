"""`comity demo balance`: a bound crossed, its causes, a what-if, a State's proposal, a comment answered, three votes,
two signatures, and the mark on the chart; by the same commands as the pages."""

from typing import Any

from django.conf import settings

from comity import clock
from comity.adoption.models import Draft
from comity.balance import consulting, indicators, making, measured
from comity.balance.models import Bound, Proposal
from comity.ledger.life import NotNow
from comity.people.approvals import ApprovalRefused
from comity.people.refusals import BadInput, NotAllowed
from comity.serve.state import Running

from .. import rules
from ..client import NotPlayed, eventually
from . import balancing
from .relation import REALM


def play(running: Running) -> tuple[dict[str, Any], str]:
    """Play it; what came of it, and the same for people. Raises NotPlayed."""
    try:
        told = _play()
    except (NotNow, BadInput, NotAllowed, ApprovalRefused, LookupError) as error:
        raise NotPlayed(f"{type(error).__name__}: {error}") from None
    return told, said(told)


def _play() -> dict[str, Any]:
    balancing.clear()
    seed = making.SEED + balancing.CHECKS.index(balancing.check_now())
    bound = balancing.measure()
    if balancing.crossing(bound.id) is None:
        raise NotPlayed("the bound was set, but the made year does not cross it")
    draft = balancing.attempt()
    proposal, token = balancing.propose(bound.id)
    balancing.shape(proposal.id, draft.pk, token)
    balancing.comment(proposal.id)
    for key in balancing.COUNCIL:
        balancing.vote(proposal.id, key)
    balancing.over(proposal.id)
    put = eventually("carried, but not put to those who adopt", lambda: _put(draft.pk))
    for key in rules.SIGNERS[:2]:
        if balancing.sign(put, key):
            break
    done = eventually("signed by two, but not adopted", lambda: _adopted(proposal.id))
    return _told(seed, bound, done)


def _put(draft: int) -> Draft | None:
    return Draft.objects.filter(pk=draft, state="proposed").exclude(act="").first()


def _adopted(number: str) -> Proposal | None:
    return Proposal.objects.filter(id=number, state="adopted").first()


def _told(seed: int, bound: Bound, found: Proposal) -> dict[str, Any]:
    crossing, draft = balancing.crossing(bound.id), balancing.draft_of(found.id)
    if crossing is None:
        raise NotPlayed("the crossing is gone")
    if not found.sha256 == draft.sha256:
        raise NotPlayed("what was adopted is not what was published")
    now = measured.now(REALM, "", clock.now().date())
    tally = found.tally
    return {
        "seed": seed,
        "indicators": {family: _family(family, now) for family in indicators.FAMILIES},
        "crossing": {
            "indicator": bound.indicator,
            "country": bound.country,
            "since": crossing.since.isoformat(),
            "causes": crossing.causes,
        },
        "proposal": {"number": found.id, "sha256": found.sha256},
        "what_if": found.what_if,
        "consultation": {
            "comments": found.comments.count(),
            "answered": found.comments.count() - consulting.unanswered(found),
        },
        "vote": {key: tally[key] for key in ("for", "against", "abstain", "jurisdictions")},
        "adopted": {
            "version": draft.version,
            "sha256": draft.sha256,
            "ends_on": draft.ends_on.isoformat() if draft.ends_on else None,
        },
        "links": _links(bound, crossing.pk, found, draft),
    }


def _family(family: str, now: Any) -> dict[str, Any]:
    return {
        one.id: [now[one.id].share, now[one.id].low, now[one.id].high] if now[one.id] else None
        for one in indicators.all_of().values()
        if one.family == family
    }


def _links(bound: Bound, crossing: int, found: Proposal, draft: Draft) -> dict[str, str]:
    base = settings.COMITY.base_url
    return {
        "balance": f"{base}/console/balance/",
        "public": f"{base}/balance/demo/",
        "crossing": f"{base}/console/balance/crossings/{crossing}",
        "bound": f"{base}/console/balance/bounds/{bound.id}",
        "what_if": f"{base}/console/balance/what-if/{draft.pk}",
        "proposal": f"{base}/proposals/{found.id}",
        "adopted": f"{base}/console/regulations/{found.regulation}/drafts/{draft.pk}",
    }


def said(told: dict[str, Any]) -> str:
    """The same for people."""
    crossing, vote = told["crossing"], told["vote"]
    causes = "; ".join(f"{c['country']} {c['instrument']} {c['version']} +{c['excess']}" for c in crossing["causes"])
    return "\n".join(
        [
            f"Crossed: {crossing['indicator']} since {crossing['since']} ({causes})",
            f"  what if    {told['what_if']['moved']} of {told['what_if']['cases']} otherwise",
            f"  proposal   {told['proposal']['number']} {told['proposal']['sha256'][:12]}…",
            f"  comments   {told['consultation']['comments']}, answered {told['consultation']['answered']}",
            f"  votes      {vote['for']} for, {vote['against']} against, {vote['abstain']} abstained",
            f"  adopted    {told['adopted']['version']}, ends by itself on {told['adopted']['ends_on']}",
            *(f"  {name:<10} {url}" for name, url in told["links"].items()),
        ]
    )
