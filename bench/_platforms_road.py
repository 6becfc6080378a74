"""Through the whole gateway: from the second signature to the effect as it was seen, on a platform by HTTP and on the
sandbox, one order at a time, by turns; instants as the ledger has them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _report import Row, percentile

ORDERS, WARM = int(os.environ.get("BENCH_ORDERS", "50")), 3
OF_SANDBOX = 2.0  # times the sandbox's p50
TOOK = """
select 1000 * extract(epoch from seen.at - approved.at) from ledger_event approved
join ledger_event seen on seen."case" = approved."case" and seen.kind = 'effect.observed'
where approved.kind = 'decision.approved' and approved."case" = any(%s)
"""


def rows(data: Path) -> Iterator[Row]:
    """Both, beside each other."""
    from running import Relay, gateway_at

    relay = Relay().start()
    try:
        with gateway_at(data / "gateway", relay) as gateway:
            _join(gateway)
            yield from _spans(gateway)
    finally:
        relay.stop()


def _join(gateway: Any) -> None:
    """Be one more process of this gateway."""
    from comity.serve import state
    from comity.serve.postgres import Cluster

    running = state.last(gateway.data)
    assert running is not None
    os.environ |= {
        "COMITY_DATA": str(gateway.data),
        "DATABASE_URL": Cluster(gateway.data).url,
        "DJANGO_SETTINGS_MODULE": "comity.settings",
        "COMITY_BASE_URL": gateway.url,
        "COMITY_LISTEN": running.listen,
        "COMITY_SANDBOX_URL": running.sandbox,
        "COMITY_FORUM_URL": running.forum,
    }
    import django

    django.setup()


def _spans(gateway: Any) -> Iterator[Row]:
    from _road_story import Desk

    from comity.demo.forum import connecting

    connecting.leave()
    while connecting.in_shadow():
        connecting.sign_leaving(connecting.next_signer())
    desk, cases = Desk(gateway), dict[bool, list[str]]({True: [], False: []})
    for number in range(2 * (ORDERS + WARM)):
        forum = number % 2 == 0
        case = desk.order(forum=forum)
        desk.approve(case)
        cases[forum].append(case)
    print(f"{2 * ORDERS} orders answered", file=sys.stderr)
    by_http, own = (_took(desk, cases[forum][WARM:]) for forum in (True, False))
    for label, of in (("p50", 0.5), ("p99", 0.99)):
        mine, its = percentile(by_http, of), percentile(own, of)
        goal = (f"≤ {OF_SANDBOX:g} × sandbox", mine <= OF_SANDBOX * its) if label == "p50" else (None, None)
        name = f"decision to observed effect, whole gateway, {label} of {ORDERS}"
        yield Row(name, mine, "ms", "the same on the sandbox", its, mine / its, *goal)


def _took(desk: Any, cases: list[str]) -> list[float]:
    found = [float(took) for (took,) in desk.database.execute(TOOK, (cases,)).fetchall()]
    assert len(found) == len(cases), (len(found), len(cases))
    return found
