"""The made-up desk of the demo: so many people, as its story says. It stands among the made counts, in realm
demo alone."""

from datetime import timedelta

from django.db import transaction

from comity import clock
from comity.figures import reporting
from comity.figures.models import Made
from comity.ledger.commands import record
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.people.rules import Realm

WORLD, NAME, MOST = "desk", "people", 10_000


def people() -> int | None:
    """How many there are; None: as `desk.yaml` has it."""
    row = Made.objects.filter(world=WORLD, name=NAME).order_by("-day").first()
    return row.n if row else None


@transaction.atomic
def take_on(person: Person, n: int, seed: int) -> None:
    """So many people from today on. Raises NotAllowed, BadInput."""
    allow(person, "rota.set", Realm("demo"))
    if not 0 <= n <= MOST:
        raise BadInput("people", f"from 0 to {MOST}")
    day = clock.now().date() - timedelta(days=1)
    reporting.keep_made(seed, [(day, NAME, "", "", n)], WORLD)
    record("desk.made", realm="demo", by=person.by, public={"people": n})
