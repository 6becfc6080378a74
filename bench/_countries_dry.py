"""The dry run of leaving France over all cases: a hundredth of them open, each second one with a measure that stands
in the Union; beside the same counts in bare SQL, one statement each. Asked of a house of `_countries_pages.py`."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

COUNTRY, REPEATS = "FR", 5
MORE = """
update cases_case set open = true, state = 'to-decide' where ('x' || substr(md5(id), 1, 4))::bit(16)::int < 656;
update cases_deadline d set met_at = null, due_legal = now() + interval '9 days' from cases_case c
where c.id = d.case_id and c.open;
insert into measures_measure (id, case_id, kind, act, state, territory, targets, prior, begun_at, acted_at, until)
select gen_random_uuid(), id, 'withhold', md5(id), 'effective', '{EU}', md5(id), '', received_at, received_at,
       now() + interval '1 year' from cases_case where ('x' || substr(md5(id), 1, 1))::bit(4)::int < 8;
insert into notifications_notification (id, case_id, target, token_hash, state, doc, event, made_at)
select gen_random_uuid(), id, 0, decode(md5('n' || id), 'hex'), 'held', '', 1, received_at
from cases_case where ('x' || substr(md5(id), 1, 3))::bit(12)::int < 8;
insert into measures_preserved (case_id, target, doc, at, until)
select id, decode(md5(id), 'hex'), '', received_at, now() + interval '90 days'
from cases_case where ('x' || substr(md5(id), 1, 2))::bit(8)::int < 3;
analyze
"""
OF = "from cases_case where realm = 'demo' and country = 'FR'"
OF_CASE = "join cases_case c on c.id = x.case_id where c.realm = 'demo' and c.country = 'FR'"
DUE = f"""select count(*) from cases_deadline x {OF_CASE} and c.open and x.met_at is null and x.stopped_at is null
and coalesce(x.due_legal, x.due_target)"""
BARE = (
    f"select count(*) {OF} and open",
    f"""select count(*) {OF} and open and (instrument = 'own-hotline' or exists (select from cases_deadline d where
    d.case_id = cases_case.id and d.name = 'produce' and d.met_at is null
    and d.due_legal < d.started_at + interval '1 day'))""",
    """select count(*) from measures_measure x join cases_case c on c.id = x.case_id where c.realm = 'demo' and
    x.lifted_at is null and x.acted_at is not null and x.kind <> 'preserve' and x.territory && '{FR,EU,WORLD}'""",
    f"select count(*) from notifications_notification x {OF_CASE} and x.state = 'held'",
    f"select count(*) from measures_preserved x {OF_CASE} and x.until > now()",
    f"{DUE} < now()",
    *(f"{DUE} >= now() + interval '{n * 15} days' and coalesce(x.due_legal, x.due_target) < now() "
      f"+ interval '{n * 15 + 15} days'" for n in range(5)),
    f"{DUE} >= now() + interval '75 days'",
    """select count(*) from people_person where realm = 'demo' and jurisdiction = 'FR' and
    roles && '{decider,counsel,head}'""",
    """select count(*) from cases_request r join authorities_authority a on a.id = r.authority where r.realm = 'demo'
    and r.top = 2 and a.country = 'FR'""",
    "select count(*) from cases_request where realm = 'demo' and top = 2",
)  # fmt: skip


def answers() -> dict[str, Callable[[str], Any]]:
    """What a house can be asked of the dry run."""
    from django.db import connection

    from comity import clock
    from comity.leaving import dry

    def more(_: str) -> float:
        with connection.cursor() as cursor:
            for statement in MORE.split(";\n"):
                cursor.execute(statement)
        return 1.0

    def ours(_: str) -> float:
        now = clock.now()
        dates = [now + timedelta(days=15 * n) for n in range(6)]
        began = time.perf_counter()
        dry.count("demo", COUNTRY, dates, now, 0)
        return time.perf_counter() - began

    def bare(_: str) -> float:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement)
                cursor.fetchone()
        return time.perf_counter() - began

    return {"more": more, "dry": ours, "bare": bare}


def rows(house: Any) -> list[Any]:
    """The seconds of a dry run, beside those of bare SQL, interleaved."""
    from _report import Row

    house.ask("more")
    taken = [(house.ask("dry"), house.ask("bare")) for _ in range(REPEATS + 1)][1:]
    ours, bare = (statistics.median(column) for column in zip(*taken, strict=True))
    ratio = statistics.median(one / other for one, other in taken)
    name = f"dry run of leaving one country, {house.cases} cases"
    return [Row(name, ours, "s", "the same counts in bare SQL", bare, ratio, "ratio at most 1.5", ratio <= 1.5)]
