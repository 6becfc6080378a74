"""The copy of the order, for the person affected who asks for it (Regulation (EU) 2021/784, Art. 11(2)).

It is the document as it came: the attached PDF that the order was read from, else the words of the mail. A person of
the desk gives it with the answer to a complaint, never while a non-disclosure stands.
"""

from comity import clock
from comity.cases import deciding, document
from comity.cases.models import Case
from comity.people.refusals import BadInput
from comity.reading import child
from comity.vault import commands as vault

from . import rules
from .models import Complaint, Notification


def forbidden(case: Case, holds: list[rules.Hold]) -> bool:
    """Whether a non-disclosure stands now: this order's until its end, or another order's on the same address.

    A hold of unknown end was ended by the person who released the notification, so only others' count then.
    """
    now = clock.now()
    _, until = rules.held(deciding.finding_of(case)["finding"])
    others = any(hold.stands and (hold.until is None or now < hold.until) for hold in holds)
    return others or (until is not None and now < until)


def order_of(case: Case) -> bytes:
    """The order as it came. Raises BadInput where it can't be taken out of the mail."""
    kept = document.of_case(case)
    number = document.order_part(kept)
    if document.shares_its_part(document.of(case.request), case.order):
        raise BadInput("copy", "other orders stand in the same text: write what concerns this person instead")
    if number is None:
        return str((kept["reading"] or {}).get("text") or "").encode()
    try:
        found = child.part(vault.get(case.request.raw), number)
    except child.ReadingFailed as failed:
        raise BadInput("copy", failed.reason) from None
    if found is None:
        raise BadInput("copy", "the mail has no such part any more")
    return found


def of(notification: Notification) -> Complaint | None:
    """The complaint of this person with whose answer a copy was given, the latest; None where none was."""
    return notification.complaints.exclude(copy="").last()


def name_of(case: Case, copy: bytes) -> str:
    """The file name of a copy: the case's number, and what it is."""
    return f"order-{case.id}.{'pdf' if b'%PDF-' in copy[:1024] else 'txt'}"
