"""How each judged part came out, counted day by day, so that a year can be judged by another rule once its facts are
forgotten. By the clock alone; a day counted twice gives the same rows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from comity.figures import rules as days
from comity.figures.models import Counted

from .models import Coded, CodedDay

AT_ONCE = 5

COUNT = """
with latest as (
    select distinct on (f.case_id) f.id, f.pack, f.pack_version, c.id as case_id, c.realm, c.country
    from cases_case c join cases_finding f on f.case_id = c.id
    where c.received_at >= %(begin)s and c.received_at < %(end)s
    order by f.case_id, f.version desc),
parts as (
    select l.realm, l.country, l.pack, l.pack_version, l.case_id, j.outcome,
        case when j.of = 'request' then j.checks else coalesce(r.checks, '{}'::jsonb) || j.checks end as checks
    from latest l join cases_judged j on j.finding_id = l.id
    left join cases_judged r on r.finding_id = l.id and r.of = 'request'
    where j.of <> 'request'
       or not exists (select from cases_judged q where q.finding_id = l.id and q.of <> 'request')),
done as (
    select m.case_id, bool_or(m.acted_at is not null) as acted,
        bool_or(m.lifted_at is not null and exists (
            select from notifications_notification n join notifications_complaint o on o.notification_id = n.id
            where n.case_id = m.case_id and o.at <= m.lifted_at)) as reversed
    from measures_measure m where m.case_id in (select case_id from latest) and m.kind <> 'preserve'
    group by 1),
fresh as (
    select p.realm, p.country, p.pack, p.pack_version, p.outcome, pattern.of_it,
        count(*) as n,
        count(*) filter (where p.outcome = 'valid' and d.acted) as acted,
        count(*) filter (where p.outcome = 'valid' and d.acted and d.reversed) as reversed
    from parts p left join done d on d.case_id = p.case_id,
    lateral (select coalesce(string_agg(e.key || case when e.value = 'null'::jsonb then '?' else '' end, ','
        order by e.key collate "C"), '') as of_it from jsonb_each(p.checks) e where e.value <> 'true'::jsonb) pattern
    group by 1, 2, 3, 4, 5, 6),
gone as (
    delete from balance_coded k where k.day = %(day)s::date and not k.made and not exists (select from fresh f
        where (f.realm, f.country, f.pack, f.pack_version, f.outcome, f.of_it)
            = (k.realm, k.country, k.instrument, k.version, k.outcome, k.pattern)))
insert into balance_coded (realm, made, day, country, instrument, version, pattern, outcome, n, acted, reversed)
select realm, false, %(day)s::date, country, pack, pack_version, of_it, outcome, n, acted, reversed from fresh
on conflict (realm, made, day, country, instrument, version, pattern, outcome)
do update set n = excluded.n, acted = excluded.acted, reversed = excluded.reversed
"""


def keep_time(now: datetime) -> None:
    """Count the days that `figures` has counted since: what it corrects is corrected here, too (`now`: UTC)."""
    known = dict(CodedDay.objects.values_list("day", "at"))
    since = now.astimezone(UTC).date() - timedelta(days=days.CORRECTED)
    rows = Counted.objects.filter(day__gte=since).order_by("-day").values_list("day", "at")
    late = Counted.objects.exclude(day__in=known).order_by("-day").values_list("day", "at")[:AT_ONCE]
    due = [day for day, at in (*rows, *late) if day not in known or known[day] < at or known[day] > now]
    for day in due[:AT_ONCE]:
        count(day, now)


@transaction.atomic
def count(day: date, now: datetime) -> None:
    """Count one day, or count it again."""
    CodedDay.objects.get_or_create(day=day, defaults={"at": now})
    CodedDay.objects.select_for_update().get(day=day)
    begin, end = days.bounds(day, day + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"begin": begin, "end": end, "day": day})
    CodedDay.objects.filter(day=day).update(at=now)


class Row(NamedTuple):
    """Judged parts that came out alike, as they are kept."""

    day: date
    country: str
    instrument: str
    version: str
    pattern: str
    outcome: str
    n: int
    acted: int
    reversed: int


@transaction.atomic
def keep_made(rows: Iterable[Row]) -> int:
    """Put a made year's judged parts in the place of those before. Of realm demo alone."""
    Coded.objects.filter(made=True).delete()
    made = [Coded(realm="demo", made=True, **row._asdict()) for row in rows]
    return len(Coded.objects.bulk_create(made, batch_size=5000))
