"""What was done is undone: exactly that, on each target."""

from collections.abc import Mapping, Sequence
from typing import Any

from comity import clock
from comity.cases import deciding
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.platforms import InShadow, many
from comity.platforms.port import Platform, PlatformDown, PlatformRefused, Receipt

from . import copies, looking, rules, targets
from .models import Measure


def undo(event: Event, measure: Measure) -> None:
    """Lift one measure, as an event decided. Raises PlatformDown, PlatformRefused."""
    lift_all(measure, event.realm)
    _lifted(event, measure)


def _which(measure: Measure) -> str:
    return str(measure.id)


@step("lift", deciding.of, part=_which)
def _lifted(event: Event, case: Case, tell: Tell, measure: Measure) -> None:
    Measure.objects.filter(id=measure.id).update(lifted_at=clock.now(), state="lifting")
    if measure.kind == rules.PRESERVE and looking.reaching(measure) is None:
        copies.let_go(case)
    public = {"kind": measure.kind}
    tell("measure.lifted", by=event.by, request=None, public=public, sealed={"measure": str(measure.id)})


def undo_some(event: Event, act: Mapping[str, Any], measure: Measure) -> None:
    """Lift one measure on those of its targets that its order no longer names, as an event decided, and no other.
    Raises PlatformDown, PlatformRefused."""
    them = [n for n, (url, _) in enumerate(targets.targets_of(measure)) if url in act["targets"]]
    if not them and measure.kind != rules.PRESERVE:
        return
    lift_all(measure, event.realm, only=them)
    _narrowed(event, measure, them, act.get("change") or {})


@step("narrow", deciding.of, part=lambda measure, *_: str(measure.id))
def _narrowed(
    event: Event, case: Case, tell: Tell, measure: Measure, them: list[int], change: Mapping[str, Any]
) -> None:
    now, dropped = clock.now(), sorted({*measure.dropped, *them})
    Measure.objects.filter(id=measure.id).update(dropped=dropped, dropped_at=now)
    if measure.kind == rules.PRESERVE:
        copies.narrow(case, [targets.targets_of(measure)[n][0] for n in them], change.get("dropped") or ())
    public = {"kind": measure.kind, "targets": len(them)}
    tell("measure.narrowed", by=event.by, request=None, public=public, sealed={"measure": str(measure.id)})


def lift_all(
    measure: Measure, realm: str, silent: set[str] | None = None, *, only: Sequence[int] | None = None
) -> None:
    """Undo a measure on each of its targets that it still holds, or on those at some positions (`only`).

    One that is refused, or whose platform is down or in shadow, keeps no other from it, and is raised after them all:
    PlatformDown (InShadow), else PlatformRefused. `silent` names the platforms that were down just now: they aren't
    asked again, and one that is found to be is added.
    """
    down, answers = set() if silent is None else silent, list[Receipt | PlatformRefused]()
    shadowed = list[str]()
    urls = [url for url, _ in targets.targets_of(measure)]
    held = [n for n in range(len(urls)) if n not in measure.dropped] if only is None else list(only)
    of_it = [(platform, [held[n] for n in at]) for platform, at in targets.by_platform([urls[n] for n in held], realm)]
    for platform, at in of_it:
        if (name := platform.capabilities().name) not in down:
            try:
                answers += _lift(platform, [key for n in at for key in _keys(measure, n)])
            except InShadow:
                shadowed.append(name)
            except PlatformDown:
                down.add(name)
    if still := down & {platform.capabilities().name for platform, _ in of_it}:
        raise PlatformDown(f"down: {', '.join(sorted(still))}")
    if shadowed:
        raise InShadow(f"in shadow: {', '.join(sorted(shadowed))}")
    for answer in answers:
        targets.unless_unknown(answer)


def _keys(measure: Measure, n: int) -> list[str]:
    return rules.keys(measure.act, measure.kind, n, measure.again)


def _lift(platform: Platform, keys: list[str]) -> list[Receipt | PlatformRefused]:
    return [answer for some in many.in_calls(platform, keys) for answer in many.lift(platform, some)]
