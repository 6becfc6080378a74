"""What the dates of proposals bring about: by the clock alone, and, in the demo, brought forward."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from comity import clock
from comity.adoption import commands as adoption
from comity.people.refusals import BadInput

from . import proposing, rules, voting
from .models import Proposal
from .proposing import GATEWAY

AT_ONCE = 50


def keep_time(now: datetime) -> None:
    """What time alone brings about by `now` (UTC): late admissions told, consultations closed, freezes and votes over,
    what was left unsigned."""
    _each(Proposal.objects.filter(state="received", admit_by__lte=now, late_at=None), late, now)
    _each(Proposal.objects.filter(state="frozen", frozen_until__lte=now), thaw, now)
    _each(Proposal.objects.filter(state="consulting", closes_at__lte=now), close, now)
    _each(Proposal.objects.filter(state="voting", vote_ends_at__lte=now), voting.count, now)
    _each(Proposal.objects.filter(state="carried", sign_by__lte=now), left_unsigned, now)


def _each(rows: QuerySet[Proposal], act: Callable[[Proposal, datetime], None], now: datetime) -> None:
    for id in list(rows.order_by("received_at", "id").values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            act(proposing.locked(id), now)


def late(found: Proposal, now: datetime) -> None:
    """Tell once that a locked proposal was not admitted in its time."""
    if found.state == "received" and found.late_at is None and found.admit_by <= now:
        found.late_at = now
        found.save(update_fields=["late_at"])
        proposing.tell(found, "proposal.late", GATEWAY)


def close(found: Proposal, now: datetime) -> None:
    """Close the consultation of a locked proposal, if its day has come."""
    if found.state == "consulting" and found.closes_at and found.closes_at <= now:
        proposing.move(found, "close")
        found.save()
        proposing.tell(found, "proposal.closed", GATEWAY, comments=found.comments.count())


def thaw(found: Proposal, now: datetime) -> None:
    """End the freeze of a locked proposal, if its time is over: it is where it was, and its dates are as much later."""
    if found.state != "frozen" or not (found.frozen_at and found.frozen_until and found.frozen_until <= now):
        return
    stood = found.frozen_until - found.frozen_at
    for name in ("closes_at", "vote_ends_at"):
        at = getattr(found, name)
        if at is not None and at > found.frozen_at:
            setattr(found, name, at + stood)
    found.state, found.before, found.frozen_at, found.frozen_until = found.before, "", None, None
    found.save()
    if found.draft:
        adoption.freeze(found.draft, found.id, None)
    proposing.tell(found, "proposal.thawed", GATEWAY)


def left_unsigned(found: Proposal, now: datetime) -> None:
    """Tell everyone of a locked proposal that was carried, and not signed in its time."""
    if found.state == "carried" and found.sign_by and found.sign_by <= now:
        proposing.lapse(found, "Those who adopt did not sign it in their time.")


def hasten(id: str) -> Proposal:
    """In the demo alone, where nobody waits four weeks: what runs is over now. Raises NotNow, BadInput."""
    with transaction.atomic():
        found = proposing.locked(id)
        if found.realm != "demo":
            raise BadInput("realm", "dates are brought forward in the demo alone")
        name = {"consulting": "closes_at", "voting": "vote_ends_at"}.get(found.state)
        if name is None:
            raise rules.OF_PROPOSAL.not_now(found.state, "hasten")
        setattr(found, name, clock.now())
        found.save(update_fields=[name])
        proposing.tell(found, "proposal.hastened", GATEWAY)
    keep_time(clock.now())
    found.refresh_from_db()
    return found
