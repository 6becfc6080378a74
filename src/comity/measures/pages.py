"""The brake as a page: how it stands, who set it and why, and what waits behind it."""

from dataclasses import dataclass
from datetime import datetime

from comity.cases.models import Case
from comity.console import timeline
from comity.console.forms import REASON
from comity.people.models import Person
from comity.people.rules import Realm, may
from comity.web.parts import Form, Line, Link

from .models import Brake


@dataclass(frozen=True, slots=True)
class BrakePage:
    """The brake: `on` stops every act on the platform; clocks run on."""

    on: bool
    since: datetime | None
    by: str
    reason: str
    waiting: tuple[Link, ...]
    form: Form | None
    history: tuple[Line, ...] = ()


def brake_page(realm: str, person: Person, action: str) -> BrakePage:
    """The brake of a realm, with the form for who may set or release it."""
    on = Brake.objects.filter(realm=realm, released_at=None).first()
    waiting = Case.objects.filter(realm=realm, state="carrying-out").order_by("due")[:50]
    allowed = may(person, "brake.release" if on else "brake", Realm(realm))
    history = timeline.of_kinds(("brake.set", "brake.released"), realm)
    set_by = next((line for line in history if on and line.at >= on.set_at), None)
    return BrakePage(
        on=on is not None,
        since=on.set_at if on else None,
        by=set_by.who if set_by else "",
        reason=set_by.more.removeprefix(": ").strip("“”") if set_by else "",
        waiting=tuple(Link(f"{case.id} {case.title}", f"/console/cases/{case.id}") for case in waiting),
        form=Form(action, "Release the brake" if on else "Set the brake", (REASON,)) if allowed else None,
        history=history,
    )
