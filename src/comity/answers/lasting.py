"""What lasts for a time tells its authority: that it was prolonged and until when, and that it has ended. No act asks
for either word; an authority that hears neither can't tell what is still kept for it."""

from comity.cases import prolonging
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures import looking

from . import letters
from .commands import matter_of, queue_letter, registered


def prolonged(event: Event) -> None:
    """Tell the authority at its registered address until when its order lasts now."""
    case = Case.objects.get(id=event.case)
    if to := registered(case):
        letter = letters.prolonged(matter_of(case, to), prolonging.end_of(case))
        queue_letter(event, case.id, letter, None, key=f"prolonged:{event.id}", kind="prolonged")


def ended(event: Event) -> None:
    """Tell the authority at its registered address that the time of its order is over, with the last measure's end."""
    case = Case.objects.get(id=event.case)
    if looking.all_undone(case.id) and (to := registered(case)):
        letter = letters.ended(matter_of(case, to))
        queue_letter(event, case.id, letter, event.at, key=f"ended:{case.id}", kind="ended")
