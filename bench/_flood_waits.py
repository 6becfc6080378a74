"""A true order's wait from the 250 to its finding, alone and under each flood: instants as the ledger has them."""

import smtplib
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator

import _flood_mails as floods
import psycopg
from _report import Row, percentile
from _road_story import beside, wait
from running import Gateway

from comity.demo import commands
from comity.serve.postgres import Cluster

ORDERS, FLOOR = 20, 5.0
LATEST = "select coalesce(max(id), 0) from ledger_event"
JUDGED = """
select 1000 * extract(epoch from judged.at - received.at)
from ledger_event judged join ledger_event received on received.request = judged.request
where received.kind = 'request.received' and judged.kind = 'case.judged' and received.id > %s
  and received.realm = 'demo'
"""
READ = """
select count(*) filter (where received), count(*) filter (where read), count(*) filter (where waits) from (
  select bool_or(kind = 'request.received') received, bool_or(kind in ('facts.read', 'reading.failed')) "read",
         bool_or(kind = 'reading.waits') waits
  from ledger_event where id > %s and realm = 'real' group by request) told
"""
FLOODS: dict[str, Callable[[], Iterator[bytes]]] = {
    "12 unsigned mails of 10 MB, 601 orders each": floods.large,
    "500 small unsigned mails of one sender": floods.of_one,
    "500 small unsigned mails of 500 senders": floods.of_many,
    "500 that forge the office's signature": floods.forged,
    "20 slow PDFs of 20 senders": floods.slow,
}


class Watch:
    """A gateway, its door, and the database that the demo's people don't see."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.database = psycopg.connect(Cluster(gateway.data).url, autocommit=True)

    def rows(self, sql: str, *values: object) -> list[tuple[float, ...]]:
        """What a statement gives."""
        return self.database.execute(sql, values).fetchall()

    def order(self) -> float:
        """Send one true order; how long it took to its finding, in ms."""
        before = self.rows(LATEST)[0][0]
        commands.send_fresh("good-text", str(self.gateway.says["smtp"]))
        return float(wait(lambda: self.rows(JUDGED, before), 300)[0][0])

    def orders(self, count: int) -> list[float]:
        """The waits of so many, one after the other."""
        return [self.order() for _ in range(count)]

    def flood(self, mails: Callable[[], Iterator[bytes]], begun: threading.Event) -> None:
        """Send all of them over one connection, as fast as the door takes them."""
        with smtplib.SMTP(*self.gateway.smtp, timeout=60) as door:
            for raw in mails():
                door.sendmail("clerk@flood.example", ["orders@localhost"], raw)
                begun.set()


def rows(gateway: Gateway) -> list[Row]:
    """Alone first, then under each flood, which has begun when the first order is sent."""
    beside(gateway)
    watch = Watch(gateway)
    watch.orders(3)  # the first ones load what is loaded once
    alone = watch.orders(ORDERS)
    made = _told("alone", alone, None)
    for name, mails in FLOODS.items():
        before, begun, began = watch.rows(LATEST)[0][0], threading.Event(), time.monotonic()
        sending = threading.Thread(target=watch.flood, args=(mails, begun))
        sending.start()
        assert begun.wait(60), f"{name}: the door takes none"
        waits = watch.orders(ORDERS)
        sending.join()
        came, read, waiting = watch.rows(READ, before)[0]
        told = f"{came} came, {read} read so far, {waiting} wait for their turn; {time.monotonic() - began:.0f} s"
        print(f"{name}: {told}", file=sys.stderr)
        made += _told(name, waits, alone)
    return made


def _told(name: str, waits: list[float], alone: list[float] | None) -> list[Row]:
    made = []
    for what, of in (("p50", statistics.median), ("p99", lambda values: percentile(values, 0.99))):
        ours = float(of(waits))
        row = Row(f"a true order, {name}; {what} of {len(waits)}", ours, "ms")
        if alone is not None:
            peer = float(of(alone))
            ratio = ours / peer
            row = Row(row.name, ours, "ms", f"alone, {what}", peer, ratio, f"ratio at most {FLOOR:g}", ratio <= FLOOR)
        made.append(row)
    return made
