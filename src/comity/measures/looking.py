"""What an ordinary viewer sees, inside and outside: the effect is that, and not what the API promised."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from comity import clock
from comity.alerts import commands as alerts
from comity.cases import clocks, deciding
from comity.cases.models import Case
from comity.cases.rules import leaves
from comity.ledger.models import Event
from comity.ledger.steps import Tell, step
from comity.people.models import Act
from comity.platforms import many
from comity.platforms.port import PlatformDown, State
from comity.vault import commands as vault

from . import copies, rules, targets
from .models import Effect, Measure

Row = tuple[int, str, bool, str, str]  # target, place, inside, wanted, seen
Glance = tuple[int, str, bool, str]  # target, place, inside, seen


def saw(measure: Measure, when: str, rows: list[Row]) -> None:
    """Keep what was seen of a measure, now: `before` it, `after` it, or once it was `lifted`."""
    now = clock.now()
    made = [
        Effect(measure=measure, target=n, place=p, inside=i, when=when, wanted=w, seen=s, at=now)
        for n, p, i, w, s in rows
    ]
    Effect.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["measure", "target", "place", "when"],
        update_fields=["wanted", "seen", "at"],
    )


def effective(event: Event, measure: Measure, kind: str) -> bool:
    """Look at all of a measure, or of its lift (`kind`); whether nothing was seen that wasn't wanted. What was seen is
    kept; where nothing could be, because all of it is gated, the measure is unseen and not effective.

    Raises PlatformDown, PlatformRefused.
    """
    narrow = kind == "narrow"
    rows = look(measure, lifted=kind == "lift" or narrow, only=measure.dropped if narrow else None)
    saw(measure, "lifted" if kind in ("lift", "narrow") else "after", rows)
    if not as_wanted(measure, rows) or (kind == measure.kind and not stands(measure)):
        return False
    _effective(event, measure, kind, rows)
    return True


def as_wanted(measure: Measure, rows: list[Row]) -> bool:
    """Whether all that was seen of a measure is as wanted. Raises PlatformDown, PlatformRefused."""
    return rules.effective(measure.kind, _judged(measure, rows))


def stands(measure: Measure) -> bool:
    """Whether what was done to each target stands, where its platform reads that back, as of what no viewer sees.
    Raises PlatformDown where that is all that could tell, and nothing does."""
    urls = [url for url, _ in targets.targets_of(measure)]
    for platform, at in targets.by_platform(urls, measure.case.realm):
        for n in (n for n in at if n not in measure.dropped):
            found = many.stands(platform, rules.keys(measure.act, measure.kind, n, measure.again)[-1])
            if found is None and measure.kind not in rules.HIDES | {rules.PRESERVE}:
                raise PlatformDown("nothing tells whether it stands")
            if found is False:
                return False
    return True


def blind(rows: list[Row]) -> bool:
    """Whether of some target no look inside told anything."""
    return bool(rules.blind([(n, inside, seen) for n, _, inside, _, seen in rows], inside=True))


def when(event: Event) -> datetime:
    """When the effect of a measure, or of its lift, was seen; where nobody could see it, when the platform took it
    (UTC)."""
    if event.public.get("effective", True):
        return event.at
    measure = Measure.objects.get(id=event.sealed["measure"])
    return (measure.lifted_at if event.public["kind"] == "lift" else measure.acted_at) or event.at


def look(measure: Measure, *, lifted: bool, only: Collection[int] | None = None) -> list[Row]:
    """What is seen now from each place that was looked at before; of what is gated in all of them inside, from others
    of the territory. Raises PlatformDown, PlatformRefused."""
    them, others, now = targets.targets_of(measure), targets.others_on(measure), clock.now()
    on = targets.platforms([url for url, _ in them], measure.case.realm)
    first = measure.effects.filter(when="before").order_by("target", "-inside", "place")
    before = list(first if only is None else first.filter(target__in=only))
    seen = many.observe([(on[one.target], them[one.target][0], one.place) for one in before])
    held = not lifted and measure.kind != rules.PRESERVE

    def row(one: Effect, place: str, found: str) -> Row:
        free = rules.without_us(one.seen, place, measure.begun_at, now, others.get(them[one.target][1], ()))
        holds = held and one.inside and one.target not in measure.dropped
        return one.target, place, one.inside, one.wanted if holds else free, found

    rows = [row(one, one.place, found.state) for one, found in zip(before, seen, strict=True)]
    of = {one.target: one for one in before if one.inside and (held or one.seen != rules.GATED)}
    see = lambda n, place: on[n].observe(them[n][0], place).state  # noqa: E731
    more = elsewhere(measure.territory, [(n, place, inside, found) for n, place, inside, _, found in rows], see)
    return rows + [row(of[n], place, found) for n, place, inside, found in more if inside and n in of]


def elsewhere(
    territory: Sequence[str],
    glances: Sequence[Glance],
    see: Callable[[int, str], State],
    sides: Iterable[bool] = (True,),
) -> list[Glance]:
    """What is seen of targets, of which no look on a side tells anything, from other places on that side, one after the
    other until one tells: from where others were seen first. A platform that is shut to people in a place shows them
    nothing at all, so where one target is gated the others aren't asked for."""
    more: list[Glance] = []
    for inside in sides:
        for place in _candidates(territory, glances, inside=inside):
            blind = rules.blind([(n, within, seen) for n, _, within, seen in [*glances, *more]], inside=inside)
            left = sorted(blind - {n for n, known, *_ in glances if known == place})
            for n in left:
                more.append((n, place, inside, see(n, place)))
                if more[-1][-1] == rules.GATED:
                    break
    return more


def _candidates(territory: Sequence[str], glances: Sequence[Glance], *, inside: bool) -> list[str]:
    """From where else to look: where something was seen already, then places that nobody has looked from."""
    told = {place: None for _, place, within, seen in glances if within == inside and seen != rules.GATED}
    return [*told, *rules.further(territory, {place for _, place, *_ in glances}, inside=inside)]


def _judged(measure: Measure, rows: list[Row]) -> list[tuple[str, str]]:
    """Wanted and seen of each look. What its author took away meanwhile can't be seen again by any act of ours."""
    them = targets.targets_of(measure)
    missing = {n for n, _, _, wanted, seen in rows if not rules.as_wanted(wanted, seen) and seen in rules.NOT_SEEN}
    asked = sorted(missing)
    there = zip(asked, targets.resolved([them[n][0] for n in asked], measure.case.realm), strict=True)
    taken = {n for n, found in there if found.found is False}
    return [(seen if n in taken and seen in rules.NOT_SEEN else wanted, seen) for n, _, _, wanted, seen in rows]


@step("observe", deciding.of)
def _effective(event: Event, case: Case, tell: Tell, measure: Measure, kind: str, rows: list[Row]) -> None:
    now, lifted = clock.now(), kind == "lift"
    if kind == "narrow":
        alerts.settle(case.realm, "measure.failed", case.id)
        public = {"kind": kind, "effective": True, **summary(rows)}
        tell("effect.observed", request=case.request_id, public=public, sealed={"measure": str(measure.id)})
        return
    unseen = measure.kind != rules.PRESERVE and blind(rows)
    held = {"state": rules.UNSEEN, "tried_at": now} if unseen else {"state": "effective", "seen_at": now}
    state = {"state": "lifted"} if lifted else held
    Measure.objects.filter(id=measure.id).update(**state)
    if all_undone(case.id) if lifted else all_seen(measure):
        _settle(measure, now, lifted=lifted)
    public = {"kind": kind, "effective": not unseen, **summary(rows)}
    tell("effect.observed", request=case.request_id, public=public, sealed={"measure": str(measure.id)})


def _settle(measure: Measure, now: datetime, *, lifted: bool) -> None:
    alerts.settle(measure.case.realm, "measure.failed", measure.case_id)
    if lifted:
        return
    case = deciding.move(measure.case_id, "observe")
    clocks.handled(case, now, leaves=leaves(deciding.finding_of(case)["finding"]))
    if reaching(measure):
        copies.keep_on(case, now)
        _put_back_by(case, now)


def _put_back_by(case: Case, now: datetime) -> None:
    """Where an order names its own end, a person has what was withheld lifted by then: a clock of the case says so."""
    until = deciding.finding_of(case)["facts"].get("until")
    if until and datetime.fromisoformat(until) > now:
        cite = "as the order says"
        clocks.start(case, {"id": "reinstate", "due_target": until, "due_legal": until, "cite": cite}, now)
        clocks.settle(case)


def all_seen(measure: Measure) -> bool:
    """Whether every measure of its act was seen to take effect, or can't be seen from anywhere in its territory: what
    was decided once is answered once."""
    looked = Measure.objects.filter(Q(seen_at__isnull=False) | Q(state=rules.UNSEEN), act=measure.act)
    return set(looked.values_list("kind", flat=True)) >= set(_what(measure))


def all_undone(case_id: str) -> bool:
    """Whether every measure of a case was seen to be undone, or has ended."""
    return not Measure.objects.filter(case=case_id).exclude(state__in=("lifted", "ended")).exists()


def _what(measure: Measure) -> list[str]:
    return list(vault.get_json(Act.objects.get(hash=measure.act).doc)["what"])


def reaching(measure: Measure) -> Measure | None:
    """Of a measure's act the one that people notice: None where all of it only keeps."""
    return Measure.objects.filter(act=measure.act).exclude(kind=rules.PRESERVE).order_by("begun_at").first()


def summary(rows: list[Row]) -> dict[str, Any]:
    """What was seen from where; and of how many targets only from some of the places, if any."""
    sampled = len({target for target, *_ in rows if target >= rules.LOOKED_CLOSELY})
    seen = rules.most_seen((place, seen) for _, place, _, _, seen in rows)
    return {"seen": seen} | ({"sampled": sampled} if sampled else {})
