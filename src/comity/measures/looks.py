"""What viewers saw of a measure, put together from its rows: what we say outside rests on this and on nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from comity.cases.models import Case
from comity.platforms.territory import expand

from . import rules
from .models import Effect, Measure

AFTER, LIFTED = "after", "lifted"


@dataclass(frozen=True)
class Look:
    """What was seen from one place of any of a measure's targets, and when last (UTC)."""

    place: str
    inside: bool
    when: str
    wanted: str
    seen: str
    at: datetime

    @property
    def wrong(self) -> bool:
        """Whether it isn't what was wanted; a look that tells nothing of the thing isn't wrong."""
        return self.seen != rules.GATED and not rules.as_wanted(self.wanted, self.seen)


@dataclass(frozen=True)
class Looks:
    """From where viewers looked at the targets of a measure, inside its territory and outside: place → the most that
    was seen from there. `closely`: how many of the `targets` were looked at from every place inside. `at`: the last
    look (UTC); `lifted`: it was after the measure had been lifted."""

    territory: tuple[str, ...] = ()
    inside: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, str] = field(default_factory=dict)
    targets: int = 0
    closely: int = 0
    at: datetime | None = None
    lifted: bool = False

    @property
    def told(self) -> frozenset[str]:
        """The places inside from which a look told what becomes of the thing: not those where nothing is shown."""
        return frozenset(place for place, one in self.inside.items() if one != rules.GATED)

    @property
    def whole(self) -> bool:
        """Whether every target was looked at from every country of the territory, and each look told something."""
        return bool(self.inside) and self.closely == self.targets and expand(self.territory) <= self.told

    @property
    def blind(self) -> bool:
        """Whether it was looked at, and nothing could be seen from anywhere inside."""
        return bool(self.inside) and not self.told


UNSEEN = Looks()


def of(measure: Measure, when: str = AFTER, *, target: int | None = None) -> Looks:
    """What was seen of a measure while it stood (`after`) or once it was `lifted`, of one of its targets or of all."""
    rows = measure.effects.filter(when=when)
    return _made(measure, list(rows if target is None else rows.filter(target=target)), lifted=when == LIFTED)


def of_case(case_id: str, when: str = AFTER) -> Looks:
    """What was seen of the measure of a case that people notice; nothing where it has none."""
    measure = Measure.objects.filter(case=case_id).exclude(kind=rules.PRESERVE).order_by("begun_at").first()
    return of(measure, when) if measure else UNSEEN


def by_measure(case: Case) -> dict[UUID, list[Look]]:
    """What was seen of each measure of a case, of all its targets together: in one query, however many there are."""
    rows = Effect.objects.filter(measure__case=case).values_list("measure", "place", "inside", "when", "wanted", "seen")
    found: dict[UUID, list[Look]] = {}
    for measure, *one in rows.annotate(at=Max("at")).order_by("measure", "-inside", "place"):
        found.setdefault(measure, []).append(Look(*one))
    return found


def _made(measure: Measure, rows: list[Effect], *, lifted: bool) -> Looks:
    inside = rules.most_seen((row.place, row.seen) for row in rows if row.inside)
    told = {place for place, one in inside.items() if one != rules.GATED}
    places = _places((row.target, row.place) for row in rows if row.inside)
    return Looks(
        territory=tuple(measure.territory),
        inside=inside,
        outside=rules.most_seen((row.place, row.seen) for row in rows if not row.inside),
        targets=len({row.target for row in rows}),
        closely=sum(found >= told for found in places.values()),
        at=max((row.at for row in rows), default=None),
        lifted=lifted,
    )


def _places(rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for target, place in rows:
        found.setdefault(target, set()).add(place)
    return found
