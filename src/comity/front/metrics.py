"""`/metrics` for Prometheus: how many, in which state, how old. Counts of codes only, by bounded queries.

Served to this machine's own processes; to others with the token in `keys/metrics.key` as a bearer token (RFC 6750).
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric

from comity import clock, operator
from comity.cases.models import Case, Request
from comity.outbox.models import Mail

from . import health

REALMS = ("real", "drill", "demo")
COUNTED = 10_000  # no count goes beyond, so that none gets slow
DAY = timedelta(days=1)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 403 for a client that is neither local nor has the token."""
    if not (health.loopback(request) or _has_token(request)):
        return HttpResponse("metrics: ask from this machine, or with keys/metrics.key as bearer token\n", status=403)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    token = operator.secret(settings.COMITY.data, "metrics.key")
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode())


class Gauges:
    """Collects on request: whichever process answers, the tables are the same."""

    def collect(self) -> Iterator[Metric]:
        """Every metric family."""
        yield _counted("comity_cases_open", f"Open cases, counted to {COUNTED}", ("realm", "state"), _open_cases())
        yield _counted("comity_jobs", f"Jobs by status, counted to {COUNTED}", ("status",), _jobs())
        yield _counted(
            "comity_mails_day", f"Mails queued in 24 hours, counted to {COUNTED}", ("realm", "state"), _mails()
        )
        oldest = GaugeMetricFamily(
            "comity_oldest_unread_seconds",
            f"Age of the oldest request not read yet, among the latest {COUNTED}",
            labels=("realm",),
        )
        for realm in REALMS:
            oldest.add_metric([realm], _oldest_unread(realm))
        yield oldest
        up = GaugeMetricFamily("comity_up", "Whether a part is up", labels=("part",))
        for part, is_up in health.parts().items():
            up.add_metric([part], float(is_up))
        yield up


def _counted(
    name: str, says: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], int]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=labels)
    for values, count in rows:
        family.add_metric(list(values), count)
    return family


def _tally(rows: Iterable[tuple[str, ...]]) -> list[tuple[tuple[str, ...], int]]:
    found: dict[tuple[str, ...], int] = {}
    for row in rows:
        found[row] = found.get(row, 0) + 1
    return sorted(found.items())


def _open_cases() -> list[tuple[tuple[str, ...], int]]:
    made: list[tuple[tuple[str, ...], int]] = []
    for realm in REALMS:  # one query each, so that each uses the queue's index
        states = Case.objects.filter(open=True, realm=realm).order_by("due", "id").values_list("realm", "state")
        made += _tally(states[:COUNTED])
    return made


def _jobs() -> list[tuple[tuple[str, ...], int]]:
    made: list[tuple[tuple[str, ...], int]] = []
    with connection.cursor() as cursor:
        for status in ("todo", "doing", "failed"):
            cursor.execute(
                "select count(*) from (select from procrastinate_jobs where status = %s::procrastinate_job_status "
                "limit %s) counted",
                [status, COUNTED],
            )
            made.append(((status,), int(cursor.fetchone()[0])))
    return made


def _mails() -> list[tuple[tuple[str, ...], int]]:
    since, made = clock.now() - DAY, []
    for realm in REALMS:
        states = Mail.objects.filter(realm=realm, queued_at__gt=since).order_by("-queued_at")
        made += _tally(states.values_list("realm", "state")[:COUNTED])
    return made


def _oldest_unread(realm: str) -> float:
    latest = Request.objects.filter(realm=realm).order_by("-received_at").values("id")[:COUNTED]
    found = Request.objects.filter(kind="unread", id__in=latest).aggregate(at=Min("received_at"))
    return health.ago(found["at"])
