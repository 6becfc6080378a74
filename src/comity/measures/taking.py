"""Measures taken under an approved act, and under nothing else: the prior state kept first, then the platform asked."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.outbox import letters
from comity.people import approvals
from comity.people.approvals import ApprovedAct
from comity.platforms import many
from comity.platforms.port import IRREVERSIBLE, Platform, PlatformDown, Resolved
from comity.vault import commands as vault

from . import brakes, copies, failing, looking, prior, rules, targets
from .models import Measure


def approved(event: Event) -> ApprovedAct:
    """The act that an event tells was approved, its signatures verified again. Raises approvals.NotApproved."""
    kind = event.public["kind"]
    try:
        return approvals.approved(event.sealed["act"], case=event.case, kind=kind)
    except approvals.NotApproved:
        failing.failed(event, "not-approved", kind)
        raise


def may_act(case: Case) -> bool:
    """Not while the brake is set (`resume` goes on once it is released), and not once the case was lifted."""
    return not brakes.braked(case.realm) and case.state in ("carrying-out", "not-effective")


def taken(act: ApprovedAct) -> set[str]:
    """The kinds of an act's measures that the platform has taken."""
    return set(Measure.objects.filter(act=act.hash, acted_at__isnull=False).values_list("kind", flat=True))


def carry_out(act: ApprovedAct, kind: str, case: Case, event: Event) -> None:
    """One measure of an approved act on the platform, its prior state kept first. Stops where the brake is set."""
    measure = _begun(act, kind, case, event)
    on = targets.targets_of(measure)
    for platform, at in targets.by_platform([url for url, _ in on], case.realm):
        deeds = [(rules.key(act.hash, kind, n), on[n][1]) for n in at if on[n][1]]
        for some in many.in_calls(platform, deeds):
            if brakes.braked(case.realm):
                return
            do(platform, measure, some)
    _acted(event, measure)


def do(platform: Platform, measure: Measure, deeds: Sequence[tuple[str, str]]) -> None:
    """Ask a platform for one call's worth of a measure: each thing by its key. Raises PlatformDown, PlatformRefused."""
    for answer in many.act(platform, measure.kind, measure.territory, deeds):
        targets.unless_unknown(answer)


def _kind(measure: Measure) -> str:
    return rules.part(measure.kind)


@step("act", deciding.of, part=_kind)
def _acted(event: Event, case: Case, tell: Tell, measure: Measure) -> None:
    Measure.objects.filter(id=measure.id, acted_at=None).update(state="acted", acted_at=clock.now())
    public = {"kind": measure.kind, "territory": measure.territory}
    tell("measure.acted", request=None, public=public, sealed={"measure": str(measure.id)})


def _begun(act: ApprovedAct, kind: str, case: Case, event: Event) -> Measure:
    measures = Measure.objects.filter(act=act.hash, kind=kind)
    found = measures.first()
    if found is not None:
        return found
    urls = act.act["targets"]
    there, on = targets.resolved(urls, case.realm), targets.platforms(urls, case.realm)
    refs = [_kept(url, at) for url, at in zip(urls, there, strict=True)]
    made = list(zip(urls, copies.snapshots(urls, there, case.realm), strict=True))
    if kind in IRREVERSIBLE:
        copies.keep_first(case, made)
    _begin(event, kind, act, refs, made, _before(kind, urls, on, case, act.act["territory"]))
    return measures.get()


def _before(
    kind: str, urls: Sequence[str], on: Mapping[int, Platform], case: Case, territory: Sequence[str]
) -> list[looking.Row]:
    """What a viewer sees from each place before anything is done; where a side is gated, from elsewhere on it too.
    Raises PlatformDown where no look tells: nothing is begun on a guess."""
    everywhere = rules.places(territory, str(settings.COMITY.provider["establishment"]), case.country)
    places = [(n, place, inside) for n in range(len(urls)) for place, inside in rules.places_of(everywhere, n)]
    seen = [one.state for one in many.observe([(on[n], urls[n], place) for n, place, _ in places])]
    glances: list[looking.Glance] = [(*where, one) for where, one in zip(places, seen, strict=True)]
    see = lambda n, place: on[n].observe(urls[n], place).state  # noqa: E731
    glances += looking.elsewhere(territory, glances, see, (True, False))
    if any(one == "unknown" for *_, one in glances):
        raise PlatformDown("no look at the target tells what is there")
    return [(n, place, inside, rules.wanted(kind, inside, one), one) for n, place, inside, one in glances]


def _of_kind(kind: str, *_: object) -> str:
    return kind


@step("begin", deciding.of, part=_of_kind)
def _begin(
    event: Event,
    case: Case,
    tell: Tell,
    kind: str,
    act: ApprovedAct,
    refs: list[dict[str, str]],
    made: list[tuple[str, bytes]],
    before: list[looking.Row],
) -> None:
    if not may_act(case):
        raise PlatformDown("lifted, or braked, just now")
    measure = Measure.objects.create(
        act=act.hash,
        kind=kind,
        case=case,
        territory=act.act["territory"],
        targets=vault.put_json(refs, case.request.until),
        until=case.request.until,
        begun_at=clock.now(),
        **(_preserved(act, case, made) if kind == rules.PRESERVE else _prior(case, made)),
    )
    looking.saw(measure, "before", before)
    public = {"kind": kind, "territory": measure.territory, "targets": len(refs)}
    tell("measure.begun", request=None, public=public, sealed={"measure": str(measure.id)})


def _prior(case: Case, made: list[tuple[str, bytes]]) -> dict[str, str]:
    """How it stood before, so that a lift can be shown to be exact: in digests, for whoever reads the vault."""
    stood = prior.of((copy for _, copy in made), secrets.token_bytes(prior.SIZE))
    return {"prior": vault.put(stood, case.request.until)}


def _preserved(act: ApprovedAct, case: Case, made: list[tuple[str, bytes]]) -> dict[str, datetime | None]:
    """Keep under seal what a preservation names, and the record of what of it has no address. When it ends."""
    keep = act.act.get("keep") or {}
    ends = datetime.fromisoformat(keep["until"]) if keep.get("until") else None
    recorded = [("", json.dumps(keep, ensure_ascii=False).encode())] if keep.get("data") or keep.get("named") else []
    copies.keep(case, [*made, *recorded], ends or case.request.until)
    return {"ends_at": ends}


def _kept(url: str, at: Resolved) -> dict[str, str]:
    """What a measure keeps of a target: `place` is its address in one spelling."""
    kept = {"url": url, "ref": at.ref if at.found else "", "place": at.url, "channel": at.channel}
    return kept | ({"posted_at": letters.rfc3339(at.posted_at)} if at.posted_at else {})
