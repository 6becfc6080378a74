"""A lift: what it tells the authority and the person is put to the decider with it, and sent as it was signed."""

from collections.abc import Sequence

from django.conf import settings

from comity.cases import deciding, lifts
from comity.cases.models import Case
from comity.cases.rules import told as told_of
from comity.ledger.models import Event
from comity.measures import looking
from comity.notifications import commands as notifications
from comity.notifications import letters as notices
from comity.outbox.letters import Letter
from comity.people.models import Person
from comity.people.refusals import allow

from . import letters
from .commands import matter_of, queue_letter, registered


def propose(
    person: Person, case_id: str, reason: str, ground: str, document: lifts.Document | None = None, *, number: str = ""
) -> str:
    """Put a lift to the deciders, with its reason, its ground, and the letters that it sends. The hash of the act.

    What a lift by order rests on is a `document`, or the `number` of a request that is in the gateway already. Raises
    NotAllowed, BadInput for what is missing, rules.NotNow where nothing stands that could be lifted.
    """
    case = Case.objects.get(id=case_id)
    allow(person, "measure.lift", case)
    if document is None and number.strip():
        document = lifts.came_as(person, number, case.realm)
    told = letters_of(case)
    return deciding.propose(
        case.id, "lift", by=person.by, reason=reason, letters=told, ground=ground, document=document
    )


def letters_of(case: Case, some: Sequence[str] = ()) -> dict[str, Letter]:
    """What a lift of this case's measure, or of `some` of its targets, tells: the authority at its registered address,
    and the author."""
    kept = deciding.finding_of(case)
    told: dict[str, Letter] = {}
    if told_of(kept["finding"]) and not notifications.is_held(case):  # who was never told isn't told that it is over
        told["author"] = notices.lifted(kept["facts"], kept["finding"], settings.COMITY)
    if to := registered(case):
        matter = matter_of(case, to)
        told["authority"] = letters.narrowed(matter, some) if some else letters.lifted(matter)
    return told


def tell(event: Event) -> None:
    """Tell the authority of a lift once all of it was seen, with exactly the letter that was signed, its times
    filled."""
    whole = event.public["kind"] == "lift" and looking.all_undone(str(event.case))
    if not whole and event.public["kind"] != "narrow":
        return
    lift = deciding.lift_of(str(event.case))
    if letter := lift.act["letters"].get("authority"):
        queue_letter(event, str(event.case), letter, looking.when(event), key=f"lifted:{lift.hash}", kind="lifted")
