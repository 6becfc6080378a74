"""The daily test: at ten o'clock the ladder rings in the realm of drills, and who answered in what time is kept."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from comity import clock
from comity.ledger.commands import done, record
from comity.people.models import Person
from comity.people.refusals import allow
from comity.people.rules import Realm

from . import commands as alerts
from . import paging, rota
from .models import Round

AT, UNTIL = 10 * 60, 10 * 60 + 15  # minutes of the addressee's day between which it begins
LASTS = timedelta(minutes=10)
DRILL = "drill"


def keep_time(now: datetime) -> None:
    """By the clock: holes become alerts, the day's test begins, and one that nobody answered ends."""
    rota.look(now)
    if _is_time(now) and rota.used("real"):
        begin("gateway")
    lately = Q(begun_at__gt=now - 7 * LASTS) | Q(answered_at=None, stopped_at=None)
    for round in Round.objects.filter(lately, subject__startswith="T-").order_by("id"):
        _conclude(round, now)


def _is_time(now: datetime) -> bool:
    """Whether the day's test is to begin: once a day by the addressee's clock, also where it springs or falls back."""
    local = now.astimezone(ZoneInfo(settings.COMITY.provider["zone"]))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Round.objects.filter(subject__startswith="T-", by="gateway", begun_at__gte=midnight)
    return AT <= local.hour * 60 + local.minute < UNTIL and not today.exists()


def begin(by: str) -> str:
    """Ring the ladder as a test; returns its number."""
    now = clock.now()
    with transaction.atomic():
        subject = f"T-{now:%m%d%H%M%S}"
        paging.ring(subject, DRILL, by=by)
    return subject


def test(person: Person) -> str:
    """Somebody has the ladder tested now; returns its number. Raises NotAllowed."""
    allow(person, "rota.set", Realm(DRILL))
    return begin(person.by)


def _conclude(round: Round, now: datetime) -> None:
    once = f"duty.tested:{round.id}"
    if done(once) or (round.over_at is None and now - round.begun_at < LASTS):
        return
    with transaction.atomic():
        paging.stop(round.subject)
        round.refresh_from_db()
        answered = round.answered_at is not None
        seconds = (round.answered_at - round.begun_at).total_seconds() if round.answered_at else None
        event = record(
            "duty.tested",
            realm="real",  # the desk sees it there: a drill that nobody answers is no drill
            by="gateway",
            case=round.subject,
            once=once,
            public={"answered": answered},
            sealed={"person": str(round.answered_by_id or ""), "seconds": seconds},
        )
        if not answered and event.new:
            alerts.raise_alert(event, thing=round.subject, proven=True)
