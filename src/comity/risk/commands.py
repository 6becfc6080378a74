"""The only writers of alarms and of what is reckoned: by the clock each night, and by the person who judges.

`look` is idempotent: the same figures raise the same alarms once.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.figures import reporting
from comity.figures.cusum import Array
from comity.figures.models import Counted
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people.models import Person
from comity.people.refusals import BadInput, allow
from comity.world.growing import Growing, growing

from . import alarms, change, checking, headroom, measured, reckoning, rules
from .models import Alarm, Reckoned, Watched
from .rules import Key

GATEWAY = "gateway"
REALMS = ("real", "demo")
LOOKED = 420  # days that a chart looks back
NEW = 28  # days for which an alarm is news
NEAR = 0.7  # of what is enough: a series so near it is looked at, too


def keep_time(now: datetime) -> None:
    """Look at yesterday once it is counted (`now`: UTC)."""
    yesterday = now.astimezone(UTC).date() - timedelta(days=1)
    midnight = datetime.combine(yesterday + timedelta(days=1), datetime.min.time(), UTC)
    counted = Counted.objects.filter(day=yesterday).values_list("at", flat=True).first()
    if counted is not None and counted < midnight:
        return
    done = set(Reckoned.objects.filter(what="change", day=yesterday).values_list("realm", flat=True))
    for realm in REALMS:
        if realm not in done:
            look(realm, yesterday)


@transaction.atomic
def look(realm: str, until: date) -> list[Alarm]:
    """Look at every series of a realm until a day: what changed, what is left of headroom, what is to come. Returns the
    alarms that it raised."""
    _alone(realm)
    row, _ = Reckoned.objects.select_for_update().get_or_create(
        realm=realm, what="change", defaults={"day": until, "at": clock.now(), "doc": {}}
    )
    raised = [*_changes(realm, until), *_headroom(realm, until)]
    _keep(realm, "growth", until, reckoning.growth(realm, until))
    row.day, row.at = until, clock.now()
    row.doc = {"charted": Watched.objects.filter(realm=realm, why_not="").count()}
    row.save()
    return raised


def _alone(realm: str) -> None:
    """One at a time looks at a realm or makes its world: what they write has no order in which both could take it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"risk: {realm}"])


def _keep(realm: str, what: str, day: date, doc: dict[str, Any]) -> None:
    given = {"day": day, "at": clock.now(), "doc": doc}
    Reckoned.objects.update_or_create(realm=realm, what=what, defaults=given)


def _changes(realm: str, until: date) -> list[Alarm]:
    sizes = measured.sizes(realm, until)
    near = [key for key, n in sizes.items() if n >= NEAR * change.LEAST * measured.RECENT]
    counts = measured.matrix(realm, near, until, LOOKED)
    limits = _limits(realm, near)
    first = int(np.argmax(~np.isnan(counts).all(axis=1))) if counts.size else 0
    rings = change.alarms(counts[first:], limits)
    _watch(realm, until, sizes, near, counts[first:], limits)
    start = until - timedelta(days=len(counts) - first - 1)
    latest = {near[ring.series]: ring for ring in rings if (until - start).days - ring.at < NEW}
    told = rules.apart(latest)
    return [alarm for key in told if (alarm := _ring(realm, key, latest[key], start)) is not None]


def _limits(realm: str, keys: list[Key]) -> Array:
    since = clock.now() - timedelta(days=rules.QUIETER_FOR)
    noise = Alarm.objects.filter(realm=realm, kind="change", state="noise", judged_at__gte=since)
    noises = Counter(Key(*row) for row in noise.values_list("name", "country", "instrument"))
    return np.array([rules.limit(noises[key]) for key in keys])


def _watch(realm: str, until: date, sizes: dict[Key, int], near: list[Key], counts: Array, limits: Array) -> None:
    why = {key: change.why_not(counts[:, n]) for n, key in enumerate(near)}
    high = dict(zip(near, limits.tolist(), strict=True))
    rows = [
        Watched(
            realm=realm, day=until, mean=n / measured.RECENT, why_not=why.get(key, "few"),
            limit=high.get(key, change.LIMIT), **key._asdict(),
        )
        for key, n in sizes.items()
    ]  # fmt: skip
    Watched.objects.bulk_create(
        rows,
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["realm", "name", "country", "instrument"],
        update_fields=["day", "mean", "why_not", "limit"],
    )
    Watched.objects.filter(realm=realm).exclude(day=until).update(mean=0.0, why_not="few")


def _ring(realm: str, key: Key, ring: change.Ring, start: date) -> Alarm | None:
    return _raise(
        realm, "change", key, start + timedelta(days=ring.since), start + timedelta(days=ring.at),
        seen=ring.seen, expected=ring.expected, size=ring.seen / max(ring.expected, 1e-9), sure=ring.sure,
    )  # fmt: skip


def _raise(realm: str, kind: str, key: Key, since: date, at: date, **told: float) -> Alarm | None:
    """One alarm of a thing at a time; what a person has judged isn't told again for the same days."""
    now = clock.now()
    same = Alarm.objects.filter(realm=realm, kind=kind, **key._asdict())
    told_of = (since if kind == "change" else at, max(at, now.date()))  # not one of days to come: the clock stepped
    if same.filter(state="raised").exists() or same.filter(at__range=told_of).exists():
        return None
    alarm = Alarm.objects.create(realm=realm, kind=kind, since=since, at=at, raised_at=now, **key._asdict(), **told)
    record(
        "alarm.raised", realm=realm, by=GATEWAY, case=alarm.id,
        public={"alarm": kind, "name": key.name, "country": _code(key.country), "since": since.isoformat(),
                "instrument": key.instrument, "size": round(told["size"], 2)},
    )  # fmt: skip
    return alarm


def _code(country: str) -> str:
    return "" if country == rules.ALL else country


def _headroom(realm: str, until: date) -> list[Alarm]:
    """Whether the load of people, and of machines, will be more than they can do."""
    found = measured.desk(realm, until)
    limits, loads = reckoning.limits(found), reckoning.loads(realm, until, found)
    told: dict[str, Any] = {}
    raised = []
    for name, load in loads.items():
        room = headroom.headroom(load, limits[name])
        told[name] = {**room._asdict(), "weeks": reckoning.by_week(load)}
        if room.rings:
            days = headroom.WEEKS * headroom.WEEK
            alarm = _raise(
                realm, "headroom", Key(name, "", ""), until - timedelta(days=days - 1), until,
                seen=room.high, expected=room.limit, size=room.high / max(room.limit, 1e-9), sure=headroom.SURE,
            )  # fmt: skip
            raised += [alarm] if alarm else []
    _keep(realm, "headroom", until, told)
    _keep(realm, "desk", until, checking.with_it(reckoning.staff(found), realm, until))
    return raised


# -- what people say --------------------------------------------------------------------------------------------------


@transaction.atomic
def alert(event: Event) -> None:
    """An alarm waits for a verdict: on every page of the desk, if it still does. Whoever was quicker than this, or made
    another world of the demo's meanwhile, has settled it already."""
    if Alarm.objects.select_for_update().filter(id=event.case, state="raised").exists():
        alerts.raise_alert(event, thing=str(event.case), proven=True)


@transaction.atomic
def judge(person: Person, id: str, verdict: str, reason: str) -> Alarm:
    """Say what an alarm is: `real`, `noise` or `known`, with a reason. Raises NotAllowed, NotNow, BadInput."""
    alarm = Alarm.objects.select_for_update().get(id=id)
    allow(person, "alarm.judge", alarm)
    if verdict not in alarms.VERDICTS:
        raise BadInput("verdict", f"one of {', '.join(alarms.VERDICTS)}")
    alarm.reason = rules.reason_of(reason)
    alarm.state = alarms.OF_ALARM.after(alarm.state, verdict)
    alarm.by, alarm.judged_at = person.by, clock.now()
    alarm.save()
    alerts.settle(alarm.realm, "alarm.raised", alarm.id)
    told = {"verdict": verdict, "name": alarm.name, "country": _code(alarm.country)}
    record("alarm.judged", realm=alarm.realm, by=person.by, case=alarm.id, public=told)
    return alarm


# -- the demo's world -------------------------------------------------------------------------------------------------


@transaction.atomic
def make(seed: int, begin: int, end: int, days: int, until: date) -> Growing:
    """Make a world whose users go from `begin` to `end` (`world.growing`), and put it in the place of the one before.
    In realm demo alone; what rang in the one before is judged by nobody any more, and goes. Raises BadInput."""
    try:
        made = growing(seed, begin, end, days, until)
    except ValueError as wrong:
        raise BadInput("users", str(wrong)) from None
    _alone("demo")
    for id in Alarm.objects.filter(realm="demo", state="raised").values_list("id", flat=True):
        alerts.settle("demo", "alarm.raised", id)
    Alarm.objects.filter(realm="demo").delete()
    Watched.objects.filter(realm="demo").delete()
    Reckoned.objects.filter(realm="demo").delete()
    rows = reporting.keep_made(seed, made.counts(), measured.WORLD)
    record("growth.made", realm="demo", by=GATEWAY, public={"seed": seed, "rows": rows})
    return made
