"""What can be done instead, where a platform can't do what an order asks: chosen by a person, signed by people, and
said to everyone who is told. Nothing turns an order of some countries into a deletion everywhere by itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from comity import clock
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.platforms import among
from comity.platforms.port import IRREVERSIBLE, Capabilities

from . import able, deciding, document, rules
from .models import Case

WAYS = ("suspend", "block", "redact")  # what may stand in for withholding, what can be undone first
NEVER = {"block": "members-stay"}  # what doesn't stand in for it where a platform says so of itself


@dataclass(frozen=True)
class Way:
    """One thing that a platform can do instead. `until`: the instant (UTC) from which it can't any more, for the first
    of the targets that this is true of; `over`: it is over."""

    kind: str
    platform: str
    undone: bool
    until: datetime | None = None
    over: bool = False


@dataclass(frozen=True)
class Refusal:
    """What a platform can't do of what an order asks, in sentences, and what it can do instead."""

    platform: str
    says: tuple[str, ...]
    limits: tuple[str, ...]
    ways: tuple[Way, ...]


def refusal(case: Case) -> Refusal | None:
    """What stands between an order and its platform; None where nothing does, or no single platform is asked."""
    if case.plan != "execute":
        return None
    row = deciding.latest(case)
    kept = deciding.ordered(row)
    what, where = rules.measures(kept["finding"], deciding.ACTS)
    act = {"what": what, "territory": where, "targets": rules.actable(kept["finding"])}
    found = among(act["targets"], case.realm)
    if rules.OF not in what or len(found) != 1:
        return None
    platform, at = found[0]
    kinds = able.kinds_of(kept["facts"], [act["targets"][n] for n in at])
    can = platform.capabilities()
    says = able.cannot(act, kinds, can)
    return Refusal(can.name, tuple(says), can.limits, ways(case, can, kinds)) if says else None


def limits(finding: Mapping[str, Any], realm: str) -> dict[str, tuple[str, ...]]:
    """What people must know before they decide of the platforms that a finding is about, as codes (`limits.SAYS`), by
    what each platform calls itself."""
    able = [platform.capabilities() for platform, _ in among(rules.actable(finding), realm)]
    return {can.name: can.limits for can in able if can.limits}


def ways(case: Case, can: Capabilities, kinds: Collection[str]) -> tuple[Way, ...]:
    """What a platform can do to things of these kinds instead."""
    posted = posted_at(case)
    able = [kind for kind in WAYS if kinds and all(can.can(kind, target) for target in kinds)]
    return tuple(_way(kind, can, posted) for kind in able if NEVER.get(kind) not in can.limits)


def _way(kind: str, can: Capabilities, posted: datetime | None) -> Way:
    within = can.within.get(kind)
    until = posted + within if within and posted else None
    return Way(kind, can.name, kind not in IRREVERSIBLE, until, bool(until and until <= clock.now()))


def posted_at(case: Case) -> datetime | None:
    """When the oldest of a case's targets was posted, as the platform said when it was asked (UTC)."""
    said = document.of_case(case)["resolved"].values()
    found = [str(one["shown"]["posted_at"]) for one in said if one.get("shown", {}).get("posted_at")]
    return min((datetime.fromisoformat(one) for one in found), default=None)


def choose(person: Person, case_id: str, kind: str, reason: str) -> None:
    """Choose what is done instead; empty: what the order asks again. It is drafted anew, and put to those who decide.

    Raises NotAllowed, BadInput, rules.NotNow.
    """
    if not reason.strip():
        raise BadInput("reason", "say why this is done instead, in a sentence")
    with transaction.atomic():
        case = deciding.locked(case_id)
        allow(person, "decision.propose", case)
        if (case.state, "edit") not in rules.LIFE or case.plan != "execute":
            raise rules.not_now(case.state, "choose what is done instead")
        row = deciding.latest(case)
        _verify(case, kind)
        deciding.turn_to(case, row, kind)
        sealed = deciding.kept(case, reason) | {"finding": row.doc}
        record("instead.chosen", realm=case.realm, by=person.by, case=case.id, public={"kind": kind}, sealed=sealed)


def _verify(case: Case, kind: str) -> None:
    if not kind:
        return
    found = refusal(case)
    way = next((one for one in found.ways if one.kind == kind), None) if found else None
    if way is None:
        raise BadInput("kind", "the platform can do what is ordered, or can't do this instead")
    if way.over:
        raise BadInput("kind", "its time is over: the platform can do this only for a while after a thing was posted")


def chosen(case: Case) -> Event | None:
    """The event by which what is done instead was chosen last."""
    return Event.objects.filter(case=case.id, kind="instead.chosen").order_by("-id").first()
