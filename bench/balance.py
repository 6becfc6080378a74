"""`make bench ONLY=balance`: a year of coded results under another rule, beside DuckDB by hand in the same run; bounds
on held-out seeds; the pages of comments and of the balance at 10^2 and 10^5; counting a day over many cases."""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")

PARTS = int(os.environ.get("BENCH_PARTS", "10000000"))
COMMENTS = tuple(int(n) for n in os.environ.get("BENCH_COMMENTS", "100,100000").split(","))
CASES = int(os.environ.get("BENCH_CASES", "1000000"))
REPEATS = 5
BUDGET, HELD_OUT = 0.02, range(5_000, 5_200)  # seeds that no limit was chosen on
TCO = "eu-tco-removal-order"

CODED = """
insert into balance_coded (realm, made, day, country, instrument, version, pattern, outcome, n, acted, reversed)
select 'real', false, current_date - (i %% 365), chr(65 + (i / 365) %% 26) || chr(65 + (i / 9490) %% 2), %(tco)s,
       '2021-784.1', (array['', 'redress', 'reasons', 'issuer-competent', 'redress,reasons', 'category', 'legal-basis',
       'redress?', 'issued-at', 'category,redress'])[1 + (i / 18980) %% 10],
       case when (i / 18980) %% 10 = 3 then 'not-competent' else 'valid' end, %(each)s,
       case when (i / 18980) %% 10 = 3 then 0 else %(each)s end, %(each)s / 50
from generate_series(0, 189799) i
"""
ANSWER = """
insert into balance_answer (proposal_id, text, by, at)
values (%(id)s, 'It is.', 'counsel, BE', now()) returning id
"""
COMMENT = """
insert into balance_comment (proposal_id, lane, doc, digest, times, at, hidden, answer_id)
select %(id)s, 'person', md5(%(id)s || i), decode(md5(%(id)s || i), 'hex'), 1, now(), '', %(answer)s
from generate_series(1, %(n)s) i
"""
JUDGED = """
insert into cases_finding (case_id, version, outcome, pack, pack_version, pack_sha256, calendar, tzdata, at, doc,
                           counted, instead)
select id, 1, 'valid', instrument, '2021-784.1', '', '', '', received_at, '', true, '' from cases_case;
insert into cases_judged (finding_id, request_id, of, n, name, outcome, country, checks)
select f.id, c.request_id, 'target', 0, '', 'valid', c.country,
       case when f.id %% 7 = 0 then '{"redress": false, "reasons": true}' else '{"redress": true, "reasons": null}' end
       ::jsonb
from cases_finding f join cases_case c on c.id = f.case_id;
analyze
"""


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from _report import tell
    from _road_queue import url_of

    from comity.serve.postgres import Cluster

    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        data = Path(made)
        data.chmod(0o755)  # PostgreSQL's account must pass
        (data / "cluster").mkdir(mode=0o700)
        (data / "own").mkdir(mode=0o700)
        cluster = Cluster(data / "cluster")
        cluster.start()
        try:
            os.environ |= {"DATABASE_URL": url_of(cluster, "balance"), "COMITY_DATA": str(data / "own")}
            _prepare()
            return tell("balance", [*of_bounds(), *of_what_if(), *of_pages(), *of_a_day()])
        finally:
            from django.db import connections

            connections.close_all()
            cluster.stop()


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def of_bounds() -> list[Any]:
    """False openings of a year at its bound, and fourfold excess found, on held-out seeds."""
    from _report import Row

    from comity.balance.exact import crossed

    rows = []
    for a_day in (3, 10, 30):
        years = [crossed(_drawn(seed, BUDGET, a_day, 365), BUDGET) is not None for seed in HELD_OUT]
        rate = sum(years) / len(years)
        says = "at most 0.2"
        rows.append(Row(f"false openings a year, {a_day} cases a day", rate, "", floor=says, holds=rate <= 0.2))
    found = [crossed(_drawn(seed, 4 * BUDGET, 10, 28), BUDGET) is not None for seed in HELD_OUT]
    share = sum(found) / len(found)
    rows.append(Row("fourfold excess found in 28 days, 10 a day", share, "", floor="at least 0.9", holds=share >= 0.9))
    return rows


def _drawn(seed: int, share: float, a_day: int, days: int) -> list[tuple[int, int]]:
    chance = random.Random(seed)
    return [(sum(chance.random() < share for _ in range(a_day)), a_day) for _ in range(days)]


def of_what_if() -> list[Any]:
    """The same question asked of our counts and of every part, in turn."""
    from _report import Row
    from django.db import connection
    from regulations import environment

    from comity.adoption.rules import set_blocking
    from comity.balance import whatif
    from comity.regulations import packs

    text = (ROOT / "src/comity/regulations/packs" / TCO / "2021-784.1.yaml").read_text()
    old = packs.build(f"{TCO}/2021-784.1.yaml", text.encode())
    new = packs.build(f"{TCO}/2021-784.1.yaml", set_blocking(text, "redress", "defective").encode())
    with connection.cursor() as cursor:
        cursor.execute(CODED, {"tco": TCO, "each": -(-PARTS // 189_800)})
        cursor.execute("analyze")
    from comity import clock

    command = [str(environment()), str(HERE / "_balance_peer.py"), str(PARTS)]
    ours: list[float] = []
    theirs: list[float] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin
        assert peer.stdout
        peer.stdout.readline()
        for _ in range(REPEATS):
            began = time.perf_counter()
            found = whatif.by_codes(whatif.past("real", TCO, clock.now().date()), old, new)
            ours.append(time.perf_counter() - began)
            print("ask", file=peer.stdin, flush=True)
            theirs.append(json.loads(peer.stdout.readline())[0])
        peer.stdin.close()
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    name = f"what-if on {found.cases} coded parts, {found.moved} otherwise"
    peer_says = "DuckDB by hand, one thread"
    return [
        Row(
            name,
            statistics.median(ours),
            "s",
            peer_says,
            statistics.median(theirs),
            ratio,
            "ratio at most 4",
            ratio <= 4,
        )
    ]


def of_pages() -> list[Any]:
    """The page of a proposal and of its vote with few comments and with many, interleaved; and the balance."""
    from _report import Row
    from django.core.cache import cache
    from django.test import Client

    numbers = [_commented(n) for n in COMMENTS]
    client, taken = Client(HTTP_HOST="localhost"), {number: [] for number in numbers}

    def shown(path: str) -> float:
        cache.clear()
        began = time.perf_counter()
        assert client.get(path).status_code == 200, path
        return (time.perf_counter() - began) * 1000

    for _ in range(REPEATS * 4):
        for number in numbers:
            taken[number].append(shown(f"/proposals/{number}"))
    few, many = (statistics.median(taken[number]) for number in numbers)
    says = f"the same at {COMMENTS[0]}"
    return [
        Row(f"page of a proposal, {COMMENTS[1]} comments", many, "ms", says, few, many / few, "ratio at most 1.5",
            many / few <= 1.5),
        Row("public balance", statistics.median(shown("/balance/") for _ in range(REPEATS)), "ms"),
    ]  # fmt: skip


def _commented(n: int) -> str:
    from datetime import timedelta

    from django.db import connection

    from comity import clock
    from comity.balance import proposing
    from comity.balance.models import Proposal

    made, _token = proposing.receive("real", "person", TCO, "Bench", "Words")
    Proposal.objects.filter(id=made.id).update(
        state="consulting", round=1, closes_at=clock.now() + timedelta(days=9), confirmed_at=clock.now()
    )
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, {"id": made.id})
        answer = cursor.fetchone()[0]
        cursor.execute(COMMENT, {"id": made.id, "n": n, "answer": answer})
        cursor.execute("analyze balance_comment")
    return str(made.id)


def of_a_day() -> list[Any]:
    """One day counted over a year of cases, with every name of the indicators."""
    from _countries_pages import CASES as SQL
    from _report import Row
    from django.db import connection

    from comity import clock
    from comity.balance import coded
    from comity.countries import rules
    from comity.figures import commands as figures

    with connection.cursor() as cursor:
        for statement in (SQL + ";\n" + JUDGED).split(";\n"):
            cursor.execute(statement, {"cases": CASES, "codes": rules.codes("demo")})
    now, of = clock.now(), f"of {CASES} cases in a year"
    return [
        Row(f"one day counted, {of}", timed(lambda: figures.count(now.date(), now)), "s"),
        Row(f"how one day was judged counted, {of}", timed(lambda: coded.count(now.date(), now)), "s"),
    ]


def timed(run: Callable[[], object]) -> float:
    """Seconds, the middle of three."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
