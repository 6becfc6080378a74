"""`make bench ONLY=risk`: the models of growing risk on seeds that nothing was chosen on: four weeks ahead beside
AutoETS, the band of growth beside the naive one, both alarms, the desk beside SimPy and Erlang's formula; the risk page
at 10^2 and 10^4 series; the drills, each through the real door of a gateway of its own."""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")

FORECAST = int(os.environ.get("BENCH_SERIES", "40"))
SEEDS = int(os.environ.get("BENCH_SEEDS", "20"))  # quiet worlds
WORLDS = int(os.environ.get("BENCH_WORLDS", "10"))  # of each kind
ORDERS = int(os.environ.get("BENCH_ORDERS", "200000"))
PAGES = tuple(int(n) for n in os.environ.get("BENCH_PAGES", "100,10000").split(","))
HELD_OUT = 7_000  # the first seed
LAST = date(2026, 11, 29)
REPEATS = 5


class Peer:
    """The other environment, asked by lines."""

    def __init__(self) -> None:
        from regulations import environment

        command = [str(environment()), str(HERE / "_risk_peer.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.process.stdout.readline()

    def ask(self, **asked: Any) -> list[Any]:
        """One answer."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return list(json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from _report import tell

    peer = Peer()
    try:
        rows = [*of_forecast(peer), *of_growth(), *of_change(), *of_headroom(), *of_desk(peer)]
    finally:
        peer.stop()
    import _risk_drill

    return tell("risk", [*rows, *_risk_drill.rows(), *of_pages()])


def at_most(name: str, ours: float, most: float, unit: str = "", **more: Any) -> Any:
    """A row with a ceiling."""
    from _report import Row

    return Row(name, ours, unit, floor=f"at most {most:g}", holds=ours <= most, **more)


def at_least(name: str, ours: float, least: float, unit: str = "", **more: Any) -> Any:
    """A row with a floor."""
    from _report import Row

    return Row(name, ours, unit, floor=f"at least {least:g}", holds=ours >= least, **more)


# -- worlds -----------------------------------------------------------------------------------------------------------


def quiet(seed: int, series: int = 200, days: int = 730) -> tuple[Any, Any, Any]:
    """Quiet series of 5 to 400 a day: weekdays, a slow trend, seasons, and good and bad days (negative binomial, k from
    8 to 60). Returns counts, their means, and k."""
    import numpy as np

    chance, day = np.random.default_rng(seed), np.arange(days)[:, None]
    level, k = (
        np.exp(chance.uniform(np.log(5), np.log(400), series)),
        np.exp(chance.uniform(np.log(8), np.log(60), series)),
    )
    weekday = np.exp(chance.normal(0, 0.25, (7, series)))
    weekday[5:] *= 0.6
    weekday /= weekday.mean(axis=0)
    season = 1 + 0.08 * np.sin(2 * np.pi * (day / 365 + chance.uniform(0, 1, series)))
    mean = level * weekday[np.arange(days) % 7] * np.exp(chance.normal(0, 0.15, series) * day / 365) * season
    return drawn(chance, mean, k), mean, k


def drawn(chance: Any, mean: Any, k: Any) -> Any:
    """Negative binomial counts."""
    return chance.poisson(chance.gamma(k, mean / k)).astype(float)


def wandering(seed: int, series: int, days: int) -> Any:
    """Series that wander, for a forecast."""
    import numpy as np

    chance, day = np.random.default_rng(seed), np.arange(days)[:, None]
    level, k = (
        np.exp(chance.uniform(np.log(2), np.log(500), series)),
        np.exp(chance.uniform(np.log(6), np.log(60), series)),
    )
    weekday = np.exp(chance.normal(0, 0.2, (7, series)))
    weekday[5:] *= 0.6
    walk = np.cumsum(chance.normal(0, 0.01, (days, series)), axis=0)
    mean = level * weekday[np.arange(days) % 7] * np.exp(walk + chance.normal(0.2, 0.4, series) * day / 365)
    return drawn(chance, mean, k)


# -- forecast and growth ----------------------------------------------------------------------------------------------


def of_forecast(peer: Peer) -> list[Any]:
    """Four weeks ahead, beside AutoETS: mean absolute scaled error, cover of the band, and speed."""
    import numpy as np

    from comity.risk import forecasting

    ahead = forecasting.AHEAD
    counts = wandering(HELD_OUT, FORECAST, 730 + ahead)
    past, came = counts[:-ahead], counts[-ahead:]
    began = time.perf_counter()
    found = forecasting.forecast(past, ahead)
    took = time.perf_counter() - began
    seconds, theirs = peer.ask(forecast=past.T.tolist(), ahead=ahead)
    scale = np.abs(past[7:] - past[:-7]).mean(axis=0)

    def mase(middle: Any) -> float:
        return float((np.abs(came - middle).mean(axis=0) / scale).mean())

    ours, other = mase(found.middle), mase(np.array(theirs).T)
    inside = float(((came >= np.floor(found.low)) & (came <= np.ceil(found.high))).mean())
    says = "statsforecast AutoETS"
    return [
        at_most("forecast: MASE, times AutoETS", ours / other, 1.05, peer=says, peer_value=other, ratio=ours / other),
        at_least(f"forecast of {FORECAST} series: speed, times AutoETS", seconds / took, 10, peer=says,
                 peer_value=seconds, ratio=took / seconds),
        at_least("forecast: its band of nine in ten covers", inside, 0.85),
    ]  # fmt: skip


def of_growth() -> list[Any]:
    """The band of growth, on worlds whose future was held back: cover, what it printed, and its width."""
    import numpy as np

    from comity.risk import growth
    from comity.world.growing import growing

    cover, printed, wide, naive = [], [], [], []
    for seed in range(HELD_OUT, HELD_OUT + WORLDS):
        made = growing(seed, 10**6, 10**9, 900, LAST)
        counts, users = np.array([*made.series.values()], float).T, np.array(made.users, float)
        past = growth.weeks(users[:720], counts[:720])
        tests = growth.back_tests(past)
        for ahead in (60, 120, 180):
            then = slice(720 + ahead - 28, 720 + ahead)
            for one, came in zip(
                growth.outlook(past, int(users[then].mean()), tests), counts[then].mean(axis=0), strict=True
            ):
                if one.band is None or one.naive is None or one.now * 28 < growth.FEW:
                    continue
                cover.append(one.elastic * one.band.low <= came <= one.elastic * one.band.high)
                printed.append(one.band.cover)
                wide.append(math.log(one.band.high / one.band.low))
                naive.append(math.log(one.naive.high / one.naive.low))
    from _report import Row

    share, width = float(np.mean(cover)), float(np.mean(wide) / np.mean(naive))
    return [
        Row("growth: the band covers", share, "", floor="0.85 to 0.97", holds=0.85 <= share <= 0.97),
        Row("growth: the cover it printed", float(np.mean(printed)), ""),
        at_most("growth: width of the band, times the naive one's", width, 1.0),
    ]


# -- alarms -----------------------------------------------------------------------------------------------------------


def of_change() -> list[Any]:
    """False alarms of quiet series, doublings found within a week, and 10^5 series in one look."""
    import numpy as np
    from _report import Row

    from comity.risk import change

    false, found = [], []
    for seed in range(HELD_OUT, HELD_OUT + SEEDS):
        counts, mean, k = quiet(seed)
        false.append(len(change.alarms(counts)))
        chance = np.random.default_rng(seed + 1)
        counts[500:514] = drawn(chance, 2 * mean[500:514], k)
        enough = mean[472:500].mean(axis=0) >= change.LEAST
        rang = {ring.series for ring in change.alarms(counts) if 500 <= ring.at < 507}
        found.append(len([n for n in rang if enough[n]]) / int(enough.sum()))
    many, _mean, _k = quiet(HELD_OUT, 100_000, 70)
    began = time.perf_counter()
    change.alarms(many)
    took = time.perf_counter() - began
    return [
        at_most(f"false alarms of 200 series in 674 days, mean of {SEEDS}", statistics.mean(false), 22),
        at_most("the same, the worst seed", max(false), 22),
        at_least("doublings found within 7 days (5 a day or more)", statistics.mean(found), 0.9),
        Row("10^5 series, 14 days after 56 of learning", took, "s"),
    ]


def of_headroom() -> list[Any]:
    """Worlds that miss: by how many days headroom rang first. Flat worlds: that it never did."""
    from _report import Row

    from comity.risk import replay, staffing
    from comity.world.growing import LINES, growing

    kinds = {one.instrument: staffing.Kind(one.instrument, 0.0, one.due, 11 / 60, 0.5) for one in LINES}
    before, missed, rang, flat = [], 0, 0, 0
    for seed in range(HELD_OUT, HELD_OUT + WORLDS):
        for days, people in ((730, 10), (1095, 4), (1460, 8)):
            found = replay.replay(growing(seed, 10**6, 10**9, days, LAST), staffing.rota(people), kinds, seed)
            missed += found.first_miss_at is not None
            if found.before is not None:
                before.append(found.before)
        for users, people in ((10**8, 4), (3 * 10**8, 8)):
            found = replay.replay(growing(seed, users, users, 730, LAST), staffing.rota(people), kinds, seed)
            flat += 1
            rang += found.alarm_at is not None
    return [
        at_least(f"headroom: alarms before the first miss, of {missed}", len([n for n in before if n > 0]), missed),
        at_least("headroom: days before the first miss, the fewest", min(before, default=0), 20, "days"),
        at_most("headroom: days before the first miss, the most", max(before, default=0), 400, "days"),
        at_most(f"headroom: alarms in {flat} flat worlds", rang, 0),
        Row("headroom: days before the first miss, the middle", statistics.median(before or [0]), "days"),
    ]


# -- the desk ---------------------------------------------------------------------------------------------------------


def of_desk(peer: Peer) -> list[Any]:
    """The model's own speed beside SimPy's on the same orders, and its mean wait beside Erlang's formula."""
    import numpy as np

    from comity.risk import staffing

    people, hours = 9, 11 / 60
    a_hour = 8 / hours
    rows = []
    for by in ("due", "first"):
        orders = _orders(HELD_OUT, ORDERS // 4, a_hour, hours, by)
        asked = np.stack([orders.at, orders.due, orders.takes], axis=1).tolist()
        ratios, waits = [], []
        for _ in range(REPEATS):
            began = time.perf_counter()
            done = staffing.run(orders, staffing.rota(people))
            took = time.perf_counter() - began
            seconds, wait = peer.ask(desk=asked, people=people, by=by)
            ratios.append(seconds / took)
            waits.append(float((done - orders.at - orders.takes).mean()) / wait)
        ratio = statistics.median(ratios)
        name = f"desk, {by if by == 'due' else 'come'} first: speed, times SimPy"
        rows.append(at_least(name, ratio, 4, peer="SimPy", peer_value=seconds, ratio=1 / ratio))
        rows.append(at_most(f"the same orders: mean wait beside SimPy's, {by}", abs(statistics.mean(waits) - 1), 0.02))
    off = []
    for seed in range(HELD_OUT, HELD_OUT + 8):
        orders = _orders(seed, ORDERS, a_hour, hours, "first")
        wait = float((staffing.run(orders, staffing.rota(people)) - orders.at - orders.takes).mean())
        off.append(wait / staffing.erlang_c(a_hour, hours, people))
    rows.append(at_most("desk: mean wait of 8 seeds beside Erlang C, off by", abs(statistics.mean(off) - 1), 0.05))
    return rows


def _orders(seed: int, n: int, a_hour: float, hours: float, by: str) -> Any:
    import numpy as np

    from comity.risk import staffing

    chance = np.random.default_rng(seed)
    at = np.cumsum(chance.exponential(1 / a_hour, n))
    due = at + (1.0 if by == "first" else chance.choice([1.0, 24.0, 240.0], n))
    none = np.full(n, -1)
    return staffing.Orders(at, due, chance.exponential(hours, n), np.zeros(n, int), none)


# -- pages ------------------------------------------------------------------------------------------------------------


def of_pages() -> list[Any]:
    """The risk page with few series and with many, interleaved."""
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
            at_home = {"COMITY_LISTEN": "127.0.0.1:8000", "COMITY_DATA": str(data / "own")}
            os.environ |= {"DATABASE_URL": url_of(cluster, "risk"), **at_home}
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            return _shown()
        finally:
            from django.db import connections

            connections.close_all()
            cluster.stop()


SERIES = """
insert into risk_watched (realm, name, country, instrument, day, mean, sum, "limit", why_not)
select %(realm)s, 'requests', chr(65 + i %% 26) || chr(65 + i / 26 %% 26), 'instrument-' || i, current_date - 1,
       5 + (i * 7919 %% 1000) / 10.0, 0, 6.5, case when i %% 3 = 0 then 'few' else '' end
from generate_series(1, %(n)s) i
"""


def _shown() -> list[Any]:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from comity.people.commands import ensure_demo_people

    client, taken = Client(HTTP_HOST="localhost"), {n: [] for n in PAGES}
    client.force_login(next(one for one in ensure_demo_people() if one.name == "demo-decider-be"))
    for _ in range(REPEATS):
        for n in PAGES:
            with connection.cursor() as cursor:
                cursor.execute("truncate risk_watched")
                cursor.execute(SERIES, {"realm": "demo", "n": n})
                cursor.execute("analyze risk_watched")
            for turn in range(4):
                cache.clear()
                began = time.perf_counter()
                answer = client.get("/console/risk/")
                assert answer.status_code == 200, answer.content[:300]
                if turn:  # the first fills what any page needs
                    taken[n].append((time.perf_counter() - began) * 1000)
    few, many = (statistics.median(taken[n]) for n in PAGES)
    says = f"the same at {PAGES[0]}"
    return [
        at_most(f"risk page, {PAGES[1]} series, times", many / few, 1.5, peer=says, peer_value=few, ratio=many / few)
    ]


if __name__ == "__main__":
    sys.exit(main())
