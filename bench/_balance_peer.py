"""The peer of `make bench ONLY=balance`, in its own environment: DuckDB over every coded part, by hand.

python _balance_peer.py PARTS        then, a line each: `ask` → seconds, and the four sums
"""

import json
import sys
import time

import duckdb

MAKE = """
create table parts as
select (i % 365)::smallint as day, (i % 40)::smallint as country, (hash(i) % 64)::int as fails,
       case when (hash(i) % 64) & 3 = 0 then 7 else (hash(i) % 7)::int end as outcome,
       (hash(i + 1) % 100) < 98 as acted, (hash(i + 2) % 100) < 2 as reversed
from range({parts}) t(i)
"""
ASK = """
select count(*), sum((outcome = 7 and acted)::int),
       sum((case when fails & 3 <> 0 then 3 when fails & 12 <> 0 then 4 else 7 end = 7 and acted)::int),
       sum((case when fails & 3 <> 0 then 3 when fails & 12 <> 0 then 4 else 7 end = 7 and acted and reversed)::int),
       sum((case when fails & 3 <> 0 then 3 when fails & 12 <> 0 then 4 else 7 end <> outcome)::int)
from parts
"""


def main() -> None:
    """Answer as often as asked."""
    base = duckdb.connect()
    base.execute(f"set threads = 1; {MAKE.format(parts=int(sys.argv[1]))}")
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        found = base.execute(ASK).fetchall()
        print(json.dumps([time.perf_counter() - began, [int(n) for n in found[0]]]), flush=True)


main()
