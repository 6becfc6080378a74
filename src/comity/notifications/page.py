"""The statement page of one notification, put together from what is on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from comity import clock, instruments
from comity.cases import deciding
from comity.cases.models import Case
from comity.inquiries import commands as inquiries
from comity.inquiries import words
from comity.inquiries.words import Line
from comity.instruments.statement import House, Posted, Statement, Told
from comity.library import in_force
from comity.measures import looks, targets
from comity.measures.models import Measure, Preserved
from comity.outbox import letters
from comity.outbox.models import Mail
from comity.vault import commands as vault
from comity.web import when

from .models import Notification


def house(realm: str, zone: tzinfo | None = None) -> House:
    """The provider and the authority of its State, from the operator's settings, and the regulations of a realm; `zone`
    is the reader's."""
    us, ours = settings.COMITY, ZoneInfo(settings.COMITY.provider["zone"])
    return House(
        name=us.name,
        establishment=us.provider["establishment"],
        representative=us.provider["representative"],
        zone=zone or ours,
        counted=ours,
        library=in_force.library(realm),
        authority=us.establishment_authority.get("name", ""),
        authority_address=us.establishment_authority.get("address", ""),
    )


@dataclass(frozen=True)
class Page:
    """The page of one person: the statement, what we asked an authority, and the zone in which its reader is told."""

    statement: Statement
    asked: tuple[Line, ...]
    zone: tzinfo


def statement_of(notification: Notification) -> Statement:
    """What the page says now to the author of this one target. Raises vault.Gone when its time is over."""
    return page_of(notification).statement


def page_of(notification: Notification) -> Page:
    """All that the page says now to the author of this one target. Raises vault.Gone when its time is over."""
    case = notification.case
    kept, asked = deciding.finding_of(case), inquiries.of_case(case)
    measure = Measure.objects.get(id=vault.get_json(notification.doc)["measure"])
    url, _ = targets.targets_of(measure)[notification.target]
    us = house(case.realm, _zone(kept["facts"], url))
    told = _told(notification, measure, url, kept["facts"].get("until"), words.challenge(asked))
    statement = instruments.of(case.instrument).statement(kept["facts"], kept["finding"], told, us, clock.now())
    return Page(statement, words.told(asked, us.state, us.zone), us.zone)


def _told(
    notification: Notification, measure: Measure, url: str, until: str | None, challenge: tuple[date, datetime] | None
) -> Told:
    channel, posted_at = targets.posted(measure, notification.target)
    case, again = notification.case, _seen_again(measure, notification.target)
    return Told(
        told_at=notification.sent_at or notification.made_at,
        posted=(Posted(url, channel, letters.parse(posted_at) if posted_at else None, since=measure.seen_at),),
        territory=tuple(measure.territory),
        kinds=(measure.kind,),
        until=letters.parse(until) if until else None,
        keep_until=case.request.until,
        lifted_at=(measure.lifted_at or measure.dropped_at) if again else None,
        looks=looks.of(measure, looks.LIFTED if again else looks.AFTER, target=notification.target),
        grade=case.request.grade,
        answered_at=_answered_at(case),
        sealed_until=_sealed_until(case, url),
        challenge=challenge,
    )


def _zone(facts: Mapping[str, Any], url: str) -> ZoneInfo:
    """The zone of who reads the page: that of the author's country, where the platform knows it, else ours."""
    author = next((one.get("author") or {} for one in facts.get("targets") or [] if one.get("ref") == url), {})
    return when.zone_of(str(author.get("country") or "")) or ZoneInfo(settings.COMITY.provider["zone"])


def _sealed_until(case: Case, url: str) -> datetime | None:
    kept = Preserved.objects.filter(case=case, target=vault.keyed_hash(url), until__gt=clock.now()).first()
    return kept.until if kept else None


def _answered_at(case: Case) -> datetime | None:
    mail = Mail.objects.filter(case=case.id, kind="answer").order_by("queued_at").first()
    return mail.queued_at if mail else None


def _seen_again(measure: Measure, target: int) -> bool:
    """Whether a viewer inside saw it again after the lift: another case's measure may still hold it back."""
    if measure.state != "lifted" and target not in measure.dropped:
        return False
    return not measure.effects.filter(when="lifted", target=target, inside=True, seen="withheld").exists()
