"""The representative's page: which orders are answered here and how, how many came, and how long the oldest waits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity import clock, instruments, language
from comity.cases.models import Case
from comity.cases.rules import DRIVING
from comity.figures import read
from comity.library import in_force, in_words
from comity.regulations.packs import NoPack, Pack

REFUSE = "refuse"
LEFT_OUT = ("own-hotline", "own-person-claim")  # an alert, and pressure, are no orders: each has a page of its own


@dataclass(frozen=True)
class Row:
    """One instrument. `time`: within what; `refused`: when it is refused, in our rule's own words, with the article of
    each; `waits`: how data leave; `received` and `in_time`: None for under ten, none included."""

    id: str
    title: str
    act: str
    time: str
    refused: tuple[tuple[str, str], ...]
    waits: str
    received: int | None
    in_time: int | None


def rows(realm: str) -> list[Row]:
    """Each instrument in force, those of law first."""
    library, counted, made = in_force.library(realm), read.by_instrument(realm), []
    for name in library.ids():
        try:
            pack = library.in_force(name, clock.now())
        except NoPack:
            continue
        if name not in LEFT_OUT:
            made.append(_row(pack, counted.get(name, {})))
    return sorted(made, key=lambda row: row.id.startswith("own-"))


def _row(pack: Pack, counted: Mapping[str, int]) -> Row:
    spoken = str(get_language())
    return Row(
        id=pack.id,
        title=in_words.say(pack.title, spoken),
        act=pack.act,
        time=language.listed(list(_times(pack)), either=True),
        refused=tuple(refused(pack, spoken)),
        waits=instruments.of(pack.id).production,
        received=counted.get(read.REQUESTS),
        in_time=counted.get(read.IN_TIME),
    )


def _times(pack: Pack) -> Iterator[str]:
    """How long a regulation gives us, the shortest first; nothing where it only says "at once"."""
    ours = [row for row in pack.deadlines if row.id in DRIVING]
    for row in sorted(ours, key=lambda one: (one.unit != "hours", one.length)):
        yield language.period(row.length, row.unit)


def refused(pack: Pack, spoken: str) -> Iterator[tuple[str, str]]:
    """When a demand under a regulation is refused: the words of each check whose failing is that, with its article."""
    for check in pack.checks:
        if check.outcome == REFUSE:
            yield in_words.say(check.fails, spoken), check.cite


# how long the oldest has waited, as everyone is told it: no band tells of a single order that came today
BANDS = ((timedelta(days=30), "month"), (timedelta(days=7), "week"), (timedelta(days=1), "day"))


def oldest(realm: str, now: datetime) -> str:
    """How long the oldest order has waited for its answer at `now` (UTC), in a sentence, in bands."""
    open_ = Case.objects.filter(realm=realm, open=True, deadlines__name__in=DRIVING, deadlines__met_at=None)
    waiting = open_.filter(deadlines__stopped_at=None).exclude(instrument__in=LEFT_OUT).order_by("received_at").first()
    return waited(now - waiting.received_at if waiting else timedelta())


def waited(time: timedelta) -> str:
    """The sentence of the band that a time is in. Pure."""
    band = next((name for least, name in BANDS if time > least), "")
    return {
        "": _("No order has waited for its answer for longer than a day."),
        "day": _("The oldest order that waits for its answer has waited for longer than a day."),
        "week": _("The oldest order that waits for its answer has waited for longer than a week."),
        "month": _("The oldest order that waits for its answer has waited for longer than a month."),
    }[band]
