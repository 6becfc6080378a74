"""What the road doesn't get done: a step that nobody tries any more, told once, as an event of what it was about; and
what is due by the clock and fails, once an hour. Each is an alert."""

from datetime import datetime

from django.db import connection, transaction

from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.ledger.steps import GATEWAY

from .commands import alert

AT_ONCE = 100
GIVEN_UP = """
select job.id, coalesce(job.args ->> 'command', 'follow'), (job.args ->> 'event')::bigint from procrastinate_jobs job
where job.status = 'failed' and job.task_name in ('comity:step', 'comity:follow')
  and not exists (select from ledger_event told where told.once = 'given-up:' || job.id)
order by job.id limit %s
"""


def tell(now: datetime) -> None:
    """Tell of each step that was tried as often as `jobs.RETRY_LIMIT` says, and failed: its job stays where it is."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_UP, [AT_ONCE])
        jobs = cursor.fetchall()
    about = Event.objects.in_bulk([event for _, _, event in jobs])
    for job, command, event in jobs:
        if event in about:
            _tell(about[event], job, command)


def _tell(event: Event, job: int, command: str) -> None:
    with transaction.atomic():
        told = record(
            "step.given-up",
            realm=event.realm,
            by=GATEWAY,
            case=event.case,
            request=event.request,
            cause=event.id,
            once=f"given-up:{job}",
            public={"command": command},
        )
        alert(told)


def stumbled(command: str, now: datetime) -> None:
    """Tell that what is due by the clock failed (UTC): once an hour for as long as it does. It is about ourselves, and
    so about no case, and real whatever it was working at."""
    with transaction.atomic():
        once, public = f"clock.failed:{command}:{now:%Y%m%d%H}", {"command": command}
        alert(record("clock.failed", realm="real", by=GATEWAY, once=once, public=public))
