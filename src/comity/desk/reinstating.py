"""A decision by which another order falls, on its own page: on which case the lift is put to people."""

from comity.cases.models import Case
from comity.inquiries import fallen
from comity.web.parts import Link, Pair


def deeds(case: Case) -> tuple[Pair, ...]:
    """What follows from it, and where that is decided."""
    order = fallen.order_of(case)
    if order is None:
        return (Pair("Do", "Find the order that it is about, and put a lift to the deciders there.", bold="Not found"),)
    link = Link(f"Case {order.id}", f"/console/cases/{order.id}")
    return (
        Pair("Do", "What was withheld is put back, as it stood before.", bold="Lift", link=link),
        Pair("Then", "Its authority is answered with the letter below, once that was seen."),
    )
