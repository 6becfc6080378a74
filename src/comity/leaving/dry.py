"""The dry run: what leaving would touch, counted on the rows as they are. It changes nothing; what can't be known is
null, and said so."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection

from comity import clock
from comity.countries import commands as countries
from comity.disputes import read
from comity.figures.names import HOTLINE
from comity.platforms import reached
from comity.platforms.port import PlatformDown, PlatformRefused
from comity.platforms.territory import ALSO_WRITTEN, EU, PARTS, WORLD, UnknownTerritory

from . import rules

Counts = dict[str, int | None]  # None: unknown
DECIDE = ["decider", "counsel", "head"]
# "null or not null" is always so; but the indexes of what is open are one for each, and without it none is used
_EITHER = "({0}.due is null or {0}.due is not null)"
_OPEN = f"from cases_case c where c.realm = %(realm)s and c.country = %(country)s and c.open and {_EITHER.format('c')}"
_DUE = f"""
from cases_deadline d join cases_case c on c.id = d.case_id
where c.realm = %(realm)s and c.country = %(country)s and c.open and {_EITHER.format("c")}
  and d.met_at is null and d.stopped_at is null and coalesce(d.due_legal, d.due_target) is not null"""
_STANDING = """
from measures_measure m join cases_case c on c.id = m.case_id
where m.lifted_at is null and m.acted_at is not null and m.kind <> 'preserve'
  and m.territory && %(written)s::varchar(5)[] and c.realm = %(realm)s"""
_PRESERVED = """
from measures_preserved p join cases_case c on c.id = p.case_id
where c.realm = %(realm)s and c.country = %(country)s and p.until > %(at)s"""
_HELD = """
from notifications_notification n join cases_case c on c.id = n.case_id
where n.state = 'held' and c.realm = %(realm)s and c.country = %(country)s"""
# a danger to life, or an order to hand something over within the day
_EMERGENCIES = f"""
{_OPEN} and (c.instrument = '{HOTLINE}' or exists (
  select from cases_deadline d where d.case_id = c.id and d.name = 'produce' and d.met_at is null
    and d.due_legal < d.started_at + interval '1 day'))"""
_DANGERS = f"""
from cases_request r left join authorities_authority a on a.id = r.authority and a.realm = r.realm
where r.realm = %(realm)s and r.top = 2 and {_EITHER.format("r")} and r.authority <> '' and a.country = %(country)s"""
_UNPLACED = f"""
from cases_request r where r.realm = %(realm)s and r.top = 2 and {_EITHER.format("r")} and r.authority = ''"""
_SIGNERS = """
from people_person p where p.realm = %(people)s and p.is_active and p.jurisdiction = %(country)s
  and p.roles && %(roles)s::varchar(16)[]"""
ROWS: Mapping[str, tuple[str, str]] = {  # name → the column by which its rows are listed, and where they lie
    "open": ("c.id", _OPEN),
    "deadlines": ("c.id", _DUE),
    "standing": ("c.id", _STANDING),
    "preserved": ("c.id", _PRESERVED),
    "held": ("c.id", _HELD),
    "emergencies": ("c.id", _EMERGENCIES),
    "dangers": ("r.id", _DANGERS),
    "unplaced": ("r.id", _UNPLACED),
    "signers": ("p.id", _SIGNERS),
}
MANY = ("standing", "preserved")  # what grows with all that ever was: a page doesn't count it each time
ONCE = tuple(name for name in ROWS if name != "deadlines")
UNKNOWABLE = ("unplaced",)  # from where isn't known: it is said, and moves nothing


def people(realm: str, country: str) -> int | None:
    """How many people the platforms know there; None where one of them doesn't know, or doesn't answer."""
    known = []
    for platform in reached(realm):
        try:
            known.append(platform.people(country))
        except (PlatformDown, PlatformRefused, UnknownTerritory):
            return None
    return sum(n for n in known if n is not None) if known and None not in known else None


def disputes(realm: str, country: str) -> list[str]:
    """The numbers of the disputes with a State that are filed and not over."""
    found = read.opened(countries.of(realm, country))
    return [str(number) for number in found.values_list("id", flat=True)]


def asked(realm: str, country: str, at: datetime) -> dict[str, Any]:
    """What each count is asked with. `people`: of which realm those are who decide there."""
    codes = {country, *PARTS.get(country, ())}
    written = [*sorted(codes), WORLD, *(["EU"] if country in EU else [])]
    written += [also for also, iso in ALSO_WRITTEN.items() if iso in codes]
    own = "demo" if realm == "demo" else "real"
    return {"realm": realm, "country": country, "at": at, "written": written, "people": own, "roles": DECIDE}


def count(
    realm: str,
    country: str,
    dates: Sequence[datetime],
    at: datetime,
    there: int | None,
    since: datetime | None = None,
    without: Collection[str] = (),
) -> Counts:
    """Every count at an instant (UTC), in two queries; `dates`: those of the steps, between which deadlines fall, where
    they were to come at `since`; `there`: what `people` said, as no other machine is asked here; `without`: what is
    left out."""
    wanted, told = asked(realm, country, at), rules.windows(dates, since or at)
    parts = [f"select '{name}', count(*) {ROWS[name][1]}" for name in ONCE if name not in without]
    edges: dict[str, datetime | None] = {}
    for n, (since, until) in enumerate(told):
        edges |= {f"since{n}": since or datetime.min.replace(tzinfo=UTC), f"until{n}": until}
    due = "coalesce(d.due_legal, d.due_target)"
    within = ", ".join(
        f"count(*) filter (where {due} >= %(since{n})s and (%(until{n})s::timestamptz is null or {due} < %(until{n})s))"
        for n in range(len(told))
    )
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), wanted)
        found: Counts = dict(cursor.fetchall())
        cursor.execute(f"select {within} {_DUE}", wanted | edges)
        row = cursor.fetchone() or ()
    windows = {f"deadlines:{n}": int(k) for n, k in enumerate(row)}
    return {"people": there, **found, **windows, "disputes": len(disputes(realm, country))}


def emergencies(realm: str, country: str) -> int:
    """How many emergencies from a country, or of one of its authorities, are open now."""
    wanted = asked(realm, country, clock.now())
    with connection.cursor() as cursor:
        cursor.execute(f"select (select count(*) {_EMERGENCIES}) + (select count(*) {_DANGERS})", wanted)
        return int(cursor.fetchone()[0])


def living_there(realm: str, country: str) -> tuple[str, ...]:
    """Who decides here and lives there: they count for no plan about that country."""
    return tuple(str(id) for id in _ids("signers", asked(realm, country, clock.now()), 1000))


def rows(name: str, realm: str, country: str, at: datetime, most: int) -> list[str]:
    """The numbers of the cases or requests that a count counted, as they stand now, each once."""
    if name == "signers":
        return []
    if name == "disputes":
        return disputes(realm, country)[:most]
    return _ids(name, asked(realm, country, at), most)


def _ids(name: str, wanted: Mapping[str, Any], most: int) -> list[str]:
    column, where = ROWS[name]
    with connection.cursor() as cursor:
        cursor.execute(f"select distinct {column} {where} order by 1 limit %(most)s", {**wanted, "most": most})
        return [row[0] for row in cursor.fetchall()]


def hash_of(counts: Mapping[str, int | None], dates: Sequence[str], at: datetime) -> str:
    """What people sign of a dry run: its counts, the dates between which it counted, and its instant."""
    told = {"at": at.isoformat(), "counts": dict(counts), "dates": list(dates)}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def blocking(counts: Mapping[str, Any]) -> int:
    """How many emergencies are open there: while one is, nobody signs."""
    return int(counts.get("emergencies") or 0) + int(counts.get("dangers") or 0)


def moved(
    before: Mapping[str, Any], now: Mapping[str, Any], most: Mapping[str, int], skip: Iterable[str] = ()
) -> list[rules.Moved]:
    """What moved between two runs by more than it may; what can't be placed moves nothing."""
    left = {*UNKNOWABLE, *skip}
    was, is_now = ({name: n for name, n in run.items() if name not in left} for run in (before, now))
    return rules.moved(was, is_now, most)
