"""The statement page of one notification, put together from what is on record."""

from zoneinfo import ZoneInfo

from django.conf import settings

from comity import clock, instruments
from comity.cases import deciding
from comity.instruments.statement import House, Posted, Statement, Told
from comity.measures import looks, targets
from comity.measures.models import Measure
from comity.outbox import letters
from comity.vault import commands as vault

from .models import Notification


def house() -> House:
    """The provider and the authority of its State, from the operator's settings."""
    us = settings.COMITY
    return House(
        name=us.name,
        establishment=us.provider["establishment"],
        representative=us.provider["representative"],
        zone=ZoneInfo(us.provider["zone"]),
        authority=us.establishment_authority.get("name", ""),
        authority_address=us.establishment_authority.get("address", ""),
    )


def statement_of(notification: Notification) -> Statement:
    """What the page says now to the author of this one target. Raises vault.Gone when its time is over."""
    kept = deciding.finding_of(notification.case)
    measure = Measure.objects.get(id=vault.get_json(notification.doc)["measure"])
    url, _ = targets.targets_of(measure)[notification.target]
    channel, posted_at = targets.posted(measure, notification.target)
    until = kept["facts"].get("until")
    again = _seen_again(measure, notification.target)
    told = Told(
        told_at=notification.sent_at or notification.made_at,
        posted=(Posted(url, channel, letters.parse(posted_at) if posted_at else None, since=measure.seen_at),),
        territory=tuple(measure.territory),
        kinds=(measure.kind,),
        until=letters.parse(until) if until else None,
        keep_until=notification.case.request.until,
        lifted_at=measure.lifted_at if again else None,
        looks=looks.of(measure, looks.LIFTED if again else looks.AFTER, target=notification.target),
        grade=notification.case.request.grade,
    )
    instrument = instruments.of(notification.case.instrument)
    return instrument.statement(kept["facts"], kept["finding"], told, house(), clock.now())


def _seen_again(measure: Measure, target: int) -> bool:
    """Whether a viewer inside saw it again after the lift: another case's measure may still hold it back."""
    looks = measure.effects.filter(when="lifted", target=target, inside=True)
    return measure.state == "lifted" and not looks.filter(seen="withheld").exists()
