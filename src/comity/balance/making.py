"""The made-up year of the demo, put in its place: the only writer of made counts' companions here."""

from datetime import timedelta

from django.db import transaction

from comity import clock
from comity.figures import reporting
from comity.ledger.commands import record
from comity.world.year import Year, year

from . import coded
from .measured import Versions

SEED, USERS = 24, 1_000_000_000


@transaction.atomic
def make(seed: int = SEED, users: int = USERS, check: str = "redress") -> Year:
    """Make the year that ends yesterday, and put it in the place of the one before. In realm demo alone."""
    made = year(seed, users, clock.now().date() - timedelta(days=1), check)
    rows = reporting.keep_made(seed, made.counts)
    versions = Versions("demo")
    merged: dict[tuple[object, ...], list[int]] = {}
    for one in made.groups:
        key = (
            one.day, one.country, one.instrument, versions.on(one.instrument, one.day), ",".join(sorted(one.fails)),
            one.outcome,
        )  # fmt: skip
        sums = merged.setdefault(key, [0, 0, 0])
        sums[:] = [sums[0] + one.n, sums[1] + one.acted, sums[2] + one.reversed]
    coded.keep_made(coded.Row(*key, *sums) for key, sums in merged.items())  # type: ignore[arg-type]
    record("balance.made", realm="demo", by="gateway", public={"seed": seed, "rows": rows})
    return made
