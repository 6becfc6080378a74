"""The only writers of figures: days counted and counted again, quarters fixed for everyone. By the clock alone.

Each is idempotent: a day counted twice gives the same rows, and a quarter is fixed once. Nothing here is an event: it
says nothing that the cases' own events don't.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from comity.cases.models import Case, Finding
from comity.cases.rules import DRIVING
from comity.notifications import rules as holding
from comity.notifications.models import Notification
from comity.vault import commands as vault

from . import rules
from .models import Cleared, Counted
from .names import VALUES

REALMS = ("real", "drill", "demo")
TODAY = timedelta(seconds=60)  # how old today's count may become
AT_ONCE = 5  # days that one look of the clock counts
OPENED = 500  # findings that one look opens

DAYS = """
with first as (
    select min(f.received_at) as at from unnest(%(realms)s::text[]) r(realm), lateral (
        select c.received_at from cases_case c where c.realm = r.realm order by c.received_at, c.id limit 1) f)
select d.day::date from first,
    generate_series(first.at at time zone 'UTC', %(day)s::timestamp + interval '1 day', '1 day') s(at),
    lateral (select date_trunc('day', s.at) as day) d left join figures_counted k on k.day = d.day::date
where d.day::date <= %(day)s::date and (k.day is null or k.at > %(now)s::timestamptz
   or (d.day::date = %(day)s::date and k.at < %(older)s::timestamptz)
   or (d.day::date < %(day)s::date and d.day::date >= %(since)s::date and k.at < %(midnight)s::timestamptz))
order by 1 desc limit %(most)s
"""
COUNT = f"""
with fresh as (
    select c.realm, f.name, c.country, c.instrument, sum(f.n) as n
    from cases_case c, lateral (values {VALUES}) f(name, n)
    where c.realm = any(%(realms)s) and c.received_at >= %(begin)s and c.received_at < %(end)s
    group by 1, 2, 3, 4 having sum(f.n) > 0),
gone as (
    delete from figures_count k where k.day = %(day)s::date and not exists (select from fresh f
        where (f.realm, f.name, f.country, f.instrument)
            = (k.realm, k.name, k.country, k.instrument)))
insert into figures_count (realm, day, name, country, instrument, n)
select realm, %(day)s::date, name, country, instrument, n from fresh
on conflict (day, realm, country, name, instrument) do update set n = excluded.n where figures_count.n <> excluded.n
"""  # noqa: S608  # the names are ours
SUM = """
with fresh as (
    select realm, name, country, instrument, sum(n) as n from figures_count
    where day >= %(begin)s and day < least(%(end)s::date, %(today)s::date) group by 1, 2, 3, 4),
gone as (
    update figures_quarter q set n = 0
    where q.realm = any(%(realms)s) and q.quarter = %(begin)s and q.n > 0 and not exists (select from fresh f
        where (f.realm, f.name, f.country, f.instrument)
            = (q.realm, q.name, q.country, q.instrument)))
insert into figures_quarter (realm, quarter, name, country, instrument, n)
select realm, %(begin)s::date, name, country, instrument, n from fresh
on conflict (realm, country, quarter, name, instrument) do update
    set n = excluded.n where figures_quarter.n <> excluded.n
"""
PUBLISH = f"""
insert into figures_quarter (realm, quarter, name, country, instrument, public)
select c.realm, %(begin)s::date, f.name, c.country, c.instrument, sum(f.n)
from figures_cleared k join cases_case c on c.id = k.case_id, lateral (values {VALUES}) f(name, n)
where k.day >= %(begin)s and k.day < %(end)s
group by 1, 3, 4, 5 having sum(f.n) > 0
on conflict (realm, country, quarter, name, instrument) do update set public = excluded.public
"""  # noqa: S608  # the names are ours


def keep_time(now: datetime) -> None:
    """Count today once a minute, the last five weeks once a night, and what never was; fix what is due (`now`: UTC)."""
    today = now.astimezone(UTC).date()
    days = _to_count(now, today)
    for day in days:
        count(day, now)
    if before := [day for day in days if day < today]:
        for start in sorted({rules.quarter(day) for day in before}):
            add_up(start, today)
        look(_of_days(min(before), max(before) + timedelta(days=1)), now)
    publish_due(now, today)


def _to_count(now: datetime, today: date) -> list[date]:
    asked = {
        "realms": list(REALMS),
        "day": today,
        "now": now,  # what was counted later than that, a clock counted that has stepped back since
        "since": today - timedelta(days=rules.CORRECTED),
        "older": now - TODAY,
        "midnight": rules.midnight(today),
        "most": AT_ONCE,
    }
    return [row[0] for row in _run(DAYS, asked)]


def _run(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(given))
        return list(cursor.fetchall()) if cursor.description else []


def _range(begin: date, end: date, now: datetime) -> dict[str, Any]:
    first, last = rules.bounds(begin, end)
    return {"realms": list(REALMS), "driving": sorted(DRIVING), "now": now, "begin": first, "end": last}


@transaction.atomic
def count(day: date, now: datetime) -> None:
    """Count one day, or count it again."""
    Counted.objects.get_or_create(day=day, defaults={"at": now})
    Counted.objects.select_for_update().get(day=day)  # two workers that count it at once take turns
    _run(COUNT, _range(day, day + timedelta(days=1), now) | {"day": day})
    Counted.objects.filter(day=day).update(at=now)


def add_up(start: date, today: date) -> None:
    """Add up the days of a quarter, but for today, which pages add by themselves."""
    end = rules.next_quarter(start)
    _run(SUM, {"realms": list(REALMS), "begin": start, "end": end, "today": today})


# -- for everyone -----------------------------------------------------------------------------------------------------


def _of_days(begin: date, end: date) -> QuerySet[Case]:
    first, last = rules.bounds(begin, end)
    return Case.objects.filter(realm__in=REALMS, received_at__gte=first, received_at__lt=last)


def look(cases: QuerySet[Case], now: datetime) -> bool:
    """Look what holds cases back from the public, where that isn't known yet or their finding is a newer one; whether
    all were looked at. What is held still is looked at again by `_free`."""
    latest = Finding.objects.filter(case=OuterRef("pk")).order_by("-version").values("version")[:1]
    newest = cases.annotate(newest=Subquery(latest)).filter(newest__isnull=False)
    known = Cleared.objects.filter(case=OuterRef("pk"), finding__gte=OuterRef("newest"))
    stale = list(newest.filter(~Exists(known)).order_by("received_at", "id")[: OPENED + 1])
    _looked(stale[:OPENED], now)
    return len(stale) <= OPENED


def _looked(cases: list[Any], now: datetime) -> None:
    ids = [case.id for case in cases]
    before = Cleared.objects.in_bulk(ids)
    findings = {f.case_id: f for f in Finding.objects.filter(case__in=ids).order_by("version")}
    opened = vault.get_many([finding.doc for finding in findings.values()])
    told, floor = _told(ids), _not_fixed()
    made = [
        _cleared(case, findings[case.id], opened, told.get(case.id, []), before.get(case.id), now) for case in cases
    ]
    for row in made:
        row.day = max(row.day, floor) if row.day and row.case_id not in before else row.day
    Cleared.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["case"], update_fields=["finding", "hold", "until", "day"]
    )


def _cleared(
    case: Case,
    finding: Finding,
    opened: Mapping[str, bytes],
    told: list[rules.Told],
    before: Cleared | None,
    now: datetime,
) -> Cleared:
    hold, until = _hold(opened.get(finding.doc))
    was = before.hold if before else rules.NONE
    day = rules.cleared(case.received_at.date(), hold, until, told, now, was)
    if before and before.day and hold == rules.NONE:
        day = before.day  # it stays where it was counted
    return Cleared(case=case, finding=finding.version, hold=hold, until=until, day=day)


def _hold(doc: bytes | None) -> tuple[str, datetime | None]:
    """What of a sealed finding holds its case back; unknown where it is forgotten."""
    if doc is None:
        return rules.UNKNOWN, None
    try:
        found = json.loads(doc).get("finding") or {}
        stands, until = holding.held(found)
        return rules.hold_of(found, until, stands), until
    except (ValueError, TypeError, AttributeError):  # an odd one stops neither the others nor the clock
        return rules.UNKNOWN, None


def _told(ids: Iterable[str]) -> dict[str, list[rules.Told]]:
    found: dict[str, list[rules.Told]] = {}
    for case, state, at in Notification.objects.filter(case__in=ids).values_list("case_id", "state", "sent_at"):
        found.setdefault(case, []).append(rules.Told(state == "sent", at.date() if at else None))
    return found


def free(now: datetime) -> None:
    """Find which non-disclosures have ended since: their cases enter the quarter of that day."""
    held = Cleared.objects.filter(hold__in=(rules.DATED, rules.UNDATED), day=None).select_related("case")
    rows = list(held)
    told, floor = _told([row.case_id for row in rows]), _not_fixed()
    for row in rows:
        day = rules.cleared(row.case.received_at.date(), row.hold, row.until, told.get(row.case_id, []), now)
        row.day = max(day, floor) if day else None
    Cleared.objects.bulk_update([row for row in rows if row.day], ["day"])


def _not_fixed() -> date:
    """The first day that is in no fixed quarter: what is found late enters there."""
    fixed = Counted.objects.filter(published_at__isnull=False).order_by("-day").values_list("day", flat=True).first()
    return rules.next_quarter(fixed) if fixed else date.min


def publish_due(now: datetime, today: date) -> None:
    """Fix the quarters whose time has come, each once; one whose cases aren't all looked at yet waits."""
    first = Counted.objects.order_by("day").values_list("day", flat=True).first()
    starts = rules.due(first, today) if first else []
    done = set(Counted.objects.filter(day__in=starts, published_at__isnull=False).values_list("day", flat=True))
    for start in starts:
        if start not in done and not publish(start, now):
            return


def publish(start: date, now: datetime) -> bool:
    """Fix one quarter's figures for everyone; whether it could be done. What was fixed before stays as it is."""
    end = rules.next_quarter(start)
    if not look(_of_days(start, end), now):
        return False
    free(now)
    with transaction.atomic():
        Counted.objects.get_or_create(day=start, defaults={"at": now})
        if Counted.objects.select_for_update().get(day=start).published_at is not None:
            return True
        fixed = rules.midnight(end) + timedelta(days=rules.CORRECTED)
        _run(PUBLISH, {"driving": sorted(DRIVING), "now": fixed, "begin": start, "end": end})
        Counted.objects.filter(day=start).update(published_at=now)
    return True
