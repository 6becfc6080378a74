"""What custodians answer: shares that nobody here can read, or a refusal on a ground. Kept as they signed it.

A share is taken once, from a custodian who was called, for the request that was made, while the recipient's key
counts. Whether it fits only the recipient can see; who says so names it, and another custodian is called.
"""

from django.db import transaction

from comity import clock
from comity.vault import commands as vault
from comity_seal import openings

from . import asking, recipients, rostered, rules
from .commands import locked, tell
from .models import Called, Opening

LARGEST = 32_000_000
OVER = "This opening is over: nothing is given for it any more."


class Refused(Exception):
    """An answer that isn't taken. `code` and `says` are for the custodian's program."""

    def __init__(self, status: int, code: str, says: str) -> None:
        super().__init__(says)
        self.status, self.code, self.says = status, code, says


def waiting(realm: str, custodian: str) -> list[Opening]:
    """The openings that a custodian was called for and has not answered, the most urgent first."""
    rows = Opening.objects.filter(
        realm=realm, state__in=rules.ASKING, called__custodian=custodian, called__answer="", complete_at=None
    )
    return list(rows.order_by("due", "asked_at"))


def called(id: str, custodian: str) -> Opening:
    """The opening that a custodian was called for. Raises Refused."""
    opening = Opening.objects.filter(id=id).select_related("item__roster", "recipient").first()
    if opening is None or not opening.called.filter(custodian=custodian).exists():
        raise Refused(404, "unknown", "There is no such opening, or you were not called for it.")
    if opening.state not in rules.ASKING:
        raise Refused(410, "over", OVER)
    return opening


@transaction.atomic
def take(id: str, custodian: str, raw: bytes) -> None:
    """Keep what a custodian answers. The same again changes nothing. Raises Refused."""
    opening = locked(called(id, custodian).id)
    if opening.state not in rules.ASKING:  # ended while it waited for the lock
        raise Refused(410, "over", OVER)
    row = Called.objects.select_for_update().get(opening=opening, custodian=custodian)
    answer = _verified(opening, custodian, raw)
    if row.answer:
        if vault.get(row.doc) == raw:
            return
        raise Refused(409, "answered", "You have answered this already.")
    shares = isinstance(answer, openings.Given)
    row.answer, row.doc = "shares" if shares else "refusal", vault.put(raw, opening.item.until)
    row.ground, row.answered_at = "" if isinstance(answer, openings.Given) else answer.ground, clock.now()
    row.save(update_fields=["answer", "doc", "ground", "answered_at"])
    public = {"opening": opening.id, "custodian": custodian}
    if shares:
        tell(opening, "share.given", f"custodian:{custodian}", once=f"given:{id}:{custodian}", public=public)
        return
    tell(
        opening,
        "share.refused",
        f"custodian:{custodian}",
        once=f"refused:{id}:{custodian}",
        public={**public, "ground": row.ground},
        sealed={"answer": row.doc},
    )
    asking.call_more(opening, cause=f"refused:{custodian}")


def _verified(opening: Opening, custodian: str, raw: bytes) -> openings.Given | openings.Refused:
    if custodian not in rostered.standing(opening.item.roster):
        raise Refused(403, "revoked", "You are no custodian of this gateway any more.")
    if not recipients.counts(opening):
        raise Refused(410, "recipient", "The recipient's key counts no more: nothing is given to it.")
    try:
        asked = openings.parse(vault.get(opening.request))
        found = openings.parse_answer(raw, asked, rostered.signed(opening.item.roster).roster, rostered.latest(opening))
    except vault.Gone:
        raise Refused(410, "over", "What was kept for this order has reached its end.") from None
    except openings.BadOpening as error:
        raise Refused(409, "not-for-this", f"{error}.") from None
    if found.custodian != custodian:
        raise Refused(403, "not-yours", "This answer is another custodian's.")
    return found


@transaction.atomic
def bad(id: str, custodian: str) -> None:
    """The recipient says that what a custodian gave does not fit: named, and another is called. Once for each.

    It is their word: nobody here can open it and see.
    """
    opening = locked(id)
    row = Called.objects.select_for_update().filter(opening=opening, custodian=custodian, answer="shares").first()
    if row is None or row.bad_at is not None:
        return
    row.bad_at = clock.now()
    row.save(update_fields=["bad_at"])
    public = {"opening": opening.id, "custodian": custodian}
    tell(opening, "share.bad", once=f"bad:{id}:{custodian}", public=public)
    asking.call_more(opening, cause=f"bad:{custodian}")
