"""Fills one database with N cases of a year in 250 countries, counts them, and answers what it is asked, a line each.

python bench/_countries_pages.py N        (DATABASE_URL and COMITY_DATA say where)
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")

CASES = """
insert into cases_request (id, realm, door, received_at, bytes, until, raw, peek, kind, lane, flags, facts, grade,
                           authority)
select 'R-' || lpad(upper(to_hex(i)), 8, '0'), 'demo', 'email',
       now() - (i::bigint * 7919 %% 525600) * interval '1 minute', 4000, now() + interval '400 days', md5('raw' || i),
       md5('peek' || i), 'order', '', '{}', '', 'signature', ''
from generate_series(1, %(cases)s) i;
insert into cases_case (id, realm, request_id, instrument, authority, country, state, open, outcome, plan, grade,
                        version, received_at, join_key, act, title)
select 'C-' || substr(r.id, 3), 'demo', r.id,
       (array['eu-tco-removal-order', 'eu-dsa-order-act', 'us-preservation'])[1 + i %% 3],
       'office', (%(codes)s::text[])[1 + i %% cardinality(%(codes)s::text[])], 'answered', false, 'valid', 'execute',
       'signature', 3, r.received_at, decode(md5('join' || i), 'hex'), '', ''
from generate_series(1, %(cases)s) i join cases_request r on r.id = 'R-' || lpad(upper(to_hex(i)), 8, '0');
insert into cases_deadline (case_id, name, started_at, due_target, due_legal, cite, met_at)
select id, 'remove', received_at, received_at + interval '1 hour', received_at + interval '1 hour', '',
       received_at + interval '40 minutes' from cases_case;
insert into figures_cleared (case_id, finding, hold, day)
select id, 1, 'none', (received_at at time zone 'UTC')::date from cases_case;
analyze
"""


def fill(cases: int) -> float:
    """Make the rows, a relation with every country, and the figures; gives the seconds it took."""
    from django.db import connection

    from comity import clock
    from comity.countries import rules
    from comity.countries.models import Relation
    from comity.figures import commands as figures
    from comity.figures import rules as days

    began, codes = time.monotonic(), rules.codes("demo")
    with connection.cursor() as cursor:
        for statement in CASES.split(";\n"):
            cursor.execute(statement, {"cases": cases, "codes": codes})
    states = ("none", "talking", "strained", "disputed")
    made = [Relation(realm="demo", country=code, state=states[n % 4]) for n, code in enumerate(codes)]
    Relation.objects.bulk_create(made)
    now = clock.now()
    today = now.date()
    for n in range(366):
        figures.count(today - timedelta(days=n), now)
    for start in {days.quarter(today - timedelta(days=n)) for n in range(366)}:
        figures.add_up(start, today)
    figures.publish_due(now, today)
    return time.monotonic() - began


def answers(cases: int) -> dict[str, Callable[[str], Any]]:
    """What can be asked."""
    from _countries_dry import answers as dry
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from comity import clock
    from comity.figures import commands as figures
    from comity.people.commands import ensure_demo_people

    client = Client(HTTP_HOST="localhost:8000")
    client.force_login(next(one for one in ensure_demo_people() if "counsel" in one.roles))

    def page(path: str) -> float:
        cache.clear()  # how often one client asks is counted
        began = time.perf_counter()
        assert client.get(path).status_code == 200
        return 1000 * (time.perf_counter() - began)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(path)
        return len(asked)

    def count(_: str) -> float:
        began = time.perf_counter()
        figures.count(clock.now().date() - timedelta(days=9), clock.now())
        return 1000 * (time.perf_counter() - began)

    paths = ["/console/countries/", "/console/countries/FR", "/countries/demo/", "/countries/demo/FR"]
    seconds = round(fill(cases))
    for path in paths * 3:
        page(path)
    told = {"ready": lambda _: seconds, "paths": lambda _: paths, "page": page, "queries": queries, "count": count}
    return told | dry()


def main() -> None:
    """Answer until nobody asks."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    can = answers(int(sys.argv[1]))
    for line in sys.stdin:
        name, _, rest = line.strip().partition(" ")
        print(json.dumps(can[name](rest)), flush=True)


if __name__ == "__main__":
    main()
