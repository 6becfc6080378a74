"""The drill that sends nothing: what leaving a country would touch, counted on the rows as they are, by the code that
counts it in earnest. That counting writes nothing is looked at in the database itself."""

import time
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from comity import clock
from comity.cases.models import Case
from comity.leaving import commands as leaving
from comity.leaving import dry, plan_file
from comity.leaving import rules as plans
from comity.people.models import Person
from comity.people.rules import Quorum

from .models import Drill

# rows that this connection's transaction has written so far
WRITTEN = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_xact_user_tables"
IF_NONE = "FR"


def run(drill: Drill) -> dict[str, Any]:
    """Count it; what a drill's result says of it."""
    began, now = time.monotonic(), clock.now()
    country = drill.country or _busiest(drill.realm)
    file = plan_file.read(plan_file.text(plan_file.LEAVE))
    dates = plans.dates(now, [plans.wait_of(one.wait, one.demo, realm=drill.realm, urgent=False) for one in file.steps])
    there = dry.people(drill.realm, country)
    with transaction.atomic():
        before = _written()
        counts = dry.count(drill.realm, country, dates, now, there)
        touched = _written() - before
    rule = leaving.quorum_of("plan-leave", drill.realm, country)
    unknown = sorted(name for name, n in counts.items() if n is None)
    return {
        **dict.fromkeys(("sent", "stored", "judged", "lost"), 0),
        "country": country,
        "counts": counts,
        "unknown": len(unknown),
        "unknown_names": unknown,
        "blocking": dry.blocking(counts),
        "steps": len(file.steps),
        "short": _short(drill.realm, country, rule),
        "seconds": round(time.monotonic() - began, 3),
        "people": drill.people,
        "real_touched": touched,
        "timeline": [
            {"what": "planned", "at": drill.planned_at.isoformat()},
            {"what": "counted", "at": clock.now().isoformat()},
        ],
    }


def _written() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return int(cursor.fetchone()[0])


def _busiest(realm: str) -> str:
    """The country that most cases are from: the one where leaving would touch most."""
    found = Case.objects.filter(realm=realm).exclude(country="").values("country").annotate(n=Count("id"))
    first = found.order_by("-n", "country").first()
    return str(first["country"]) if first else IF_NONE


def _short(realm: str, country: str, rule: Quorum) -> int:
    """How many people are missing who may sign, don't live there, and are from enough jurisdictions."""
    people = Person.objects.filter(realm=realm, is_active=True, roles__overlap=list(rule.roles))
    them = [one for one in people.exclude(jurisdiction=country) if str(one.id) not in rule.without]
    places = len({one.jurisdiction for one in them})
    return max(0, rule.count - len(them), rule.jurisdictions - places)
