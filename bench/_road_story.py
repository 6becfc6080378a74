"""One order after the other through the real gateway: how long until the finding, and from the decision to what was
seen; and the keys that two deciders press."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
from _report import Row, percentile
from running import CHROMIUM, Gateway

from comity.demo import commands, rules
from comity.demo.client import Browser
from comity.serve.postgres import Cluster

ORDERS, KEYS_AT_MOST = 100, 4
START_AT_MOST = 10  # seconds
PROPOSED = "select \"case\" from ledger_event where kind = 'decision.proposed' and id > %s"
SPANS = """
select 1000 * extract(epoch from judged.at - received.at), 1000 * extract(epoch from seen.at - approved.at)
from ledger_event judged
join ledger_event received on received.request = judged.request and received.kind = 'request.received'
join ledger_event approved on approved."case" = judged."case" and approved.kind = 'decision.approved'
join ledger_event seen on seen."case" = judged."case" and seen.kind = 'effect.observed'
where judged.kind = 'case.judged'
"""


def beside(gateway: Gateway) -> None:
    """From now on the demo's code in this process uses that gateway's keys and sandbox."""
    from django.conf import settings

    settings.COMITY = replace(settings.COMITY, data=gateway.data, sandbox_url=gateway.sandbox, demo=True)


def wait(look: Callable[[], Any], seconds: float = 60) -> Any:
    """What the function gives once it gives something. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return found


class Desk:
    """The demo's two deciders, each in a session of their own, and the database they don't see."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.database = psycopg.connect(Cluster(gateway.data).url, autocommit=True)
        self.people = [Browser(gateway.url) for _ in rules.DECIDERS]
        for browser, who in zip(self.people, rules.DECIDERS, strict=True):
            browser.submit(browser.get("/demo/"), "/demo/be", person=who, next="/console/")

    def one(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        row = self.database.execute(sql, values).fetchone()
        return row[0] if row else None

    def order(self, *, forum: bool = False) -> str:
        """Send one good order, about the sandbox or the demo's forum; its case once it is put to the deciders."""
        before = self.one("select coalesce(max(id), 0) from ledger_event")
        commands.send_fresh("good-text", str(self.gateway.says["smtp"]), forum=forum)
        return str(wait(lambda: self.one(PROPOSED, before)))

    def approve(self, case: str) -> None:
        """Both sign; returns once the case is answered and nothing is left to do."""
        for browser in self.people:
            page = f"/console/cases/{case}"
            browser.submit(browser.get(page), f"{page}/sign")
        wait(lambda: self.one("select true from cases_case where id = %s and state = 'answered'", case))
        wait(lambda: not self.one("select true from procrastinate_jobs where status in ('todo', 'doing') limit 1"))


def rows(gateway: Gateway) -> list[Row]:
    """A hundred orders, one at a time on an idle gateway; instants as the ledger has them."""
    beside(gateway)
    desk = Desk(gateway)
    for number in range(ORDERS + 3):
        if number == 3:  # the first ones load what is loaded once
            before = desk.one("select max(id) from ledger_event")
        desk.approve(desk.order())
    print(f"{ORDERS} orders answered", file=sys.stderr)
    spans = desk.database.execute(SPANS + " and received.id > %s", (before,)).fetchall()
    assert len(spans) == ORDERS, len(spans)
    made = []
    for index, name in enumerate(("mail received to finding", "decision to observed effect")):
        taken = [float(span[index]) for span in spans]
        made.append(Row(f"{name}, p50 of {ORDERS}, one at a time", statistics.median(taken), "ms"))
        made.append(Row(f"{name}, p99 of {ORDERS}, one at a time", percentile(taken, 0.99), "ms"))
    return [*made, keys_pressed(desk), second_start(gateway)]


def second_start(gateway: Gateway) -> Row:
    """Ended with Ctrl-C's signal and started again, with the orders in it, until the pages are announced."""
    gateway.stop()
    began = time.monotonic()
    gateway.start()
    took = time.monotonic() - began
    name = f"a second start, with {ORDERS} orders answered"
    return Row(name, took, "s", floor=f"under {START_AT_MOST} s", holds=took < START_AT_MOST)


def keys_pressed(desk: Desk) -> Row:
    """From the queue to the second approval with keys alone, in a real browser; each key press is counted."""
    from playwright.sync_api import sync_playwright

    case, pressed = desk.order(), 0
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM)
        for who, given in zip(rules.DECIDERS, ("First, given", "Second, given"), strict=True):
            page = chromium.new_context().new_page()
            page.goto(f"{desk.gateway.url}/demo/")
            page.click(f"#be-{who}")
            page.goto(f"{desk.gateway.url}/console/?realm=demo")
            page.keyboard.press("O")
            page.wait_for_url(f"**/console/cases/{case}/decide")
            page.keyboard.press("A")
            page.get_by_text(given).first.wait_for()
            pressed += 2
        chromium.close()
    name = "keys from queue to second approval, both people together"
    return Row(name, pressed, "keys", floor=f"at most {KEYS_AT_MOST}", holds=pressed <= KEYS_AT_MOST)
