"""`make bench ONLY=countries`: the page of a country and the map, at the desk and in public, with 10^3 and 10^6 cases
in 250 countries; how long it takes to count one day of them, and to try leaving one; and a bundle of 300 pages. Two
databases, a process on each, interleaved."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

SIZES = tuple(int(n) for n in os.environ.get("BENCH_CASES", "1000,1000000").split(","))
REPEATS, PAGES, FLOOR, QUERIES = 5, 20, 1.5, 15


@dataclass
class House:
    """A process on a database of so many cases: asked on its stdin, it answers on its stdout."""

    cases: int
    process: "subprocess.Popen[str]"

    def ask(self, what: str) -> Any:
        """One answer."""
        assert self.process.stdin
        assert self.process.stdout
        print(what, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from _countries_bundle import rows as of_a_bundle
    from _countries_dry import rows as of_a_dry_run
    from _report import tell
    from _road_queue import url_of

    from comity.serve.postgres import Cluster

    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-bench-")))
        data.chmod(0o755)  # PostgreSQL's account must pass
        (data / "cluster").mkdir(mode=0o700)
        cluster = Cluster(data / "cluster")
        cluster.start()
        stack.callback(cluster.stop)
        houses = [_open(stack, data, url_of(cluster, f"c{size}"), size) for size in SIZES]
        return tell("countries", [*rows(houses), *of_a_dry_run(houses[-1]), *of_a_bundle()])


def _open(stack: ExitStack, data: Path, url: str, cases: int) -> House:
    own = data / f"own-{cases}"
    own.mkdir(mode=0o700)
    env = os.environ | {"DATABASE_URL": url, "COMITY_DATA": str(own), "COMITY_LISTEN": "127.0.0.1:8000"}
    command = [sys.executable, str(HERE / "_countries_pages.py"), str(cases)]
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    stack.callback(lambda: (process.terminate(), process.wait(20)))
    house = House(cases, process)
    print(f"{cases} cases made and counted in {house.ask('ready')} s", file=sys.stderr)
    return house


def rows(houses: list[House]) -> Any:
    """Medians of interleaved repeats, the ratio that has a floor, and the queries of each page."""
    from _report import Row

    small, large = houses[0], houses[-1]
    for path in large.ask("paths"):
        medians = [_medians(house, path, houses) for house in houses]
        ratios = [many / few for few, many in zip(medians[0], medians[-1], strict=True)]
        yield _row(path, small, large, medians, statistics.median(ratios))
        queries = large.ask(f"queries {path}")
        yield Row(f"{path}: queries", queries, "", floor=f"at most {QUERIES}", holds=queries <= QUERIES)
    for house in houses:
        yield Row(f"one day counted, of {house.cases} cases in a year", house.ask("count"), "ms")


def _medians(house: House, path: str, houses: list[House]) -> list[float]:
    if house is houses[0]:  # all of them in turn, once
        _TAKEN.clear()
        for _ in range(REPEATS):
            times: dict[int, list[float]] = {one.cases: [] for one in houses}
            for _ in range(PAGES):
                for one in houses:
                    times[one.cases].append(one.ask(f"page {path}"))
            for cases, taken in times.items():
                _TAKEN.setdefault(cases, []).append(statistics.median(taken))
    return _TAKEN[house.cases]


def _row(path: str, small: House, large: House, medians: list[list[float]], ratio: float) -> Any:
    from _report import Row

    return Row(
        f"{path}, {large.cases} cases",
        statistics.median(medians[-1]),
        "ms",
        f"the same page at {small.cases}",
        statistics.median(medians[0]),
        ratio,
        f"ratio at most {FLOOR}",
        ratio <= FLOOR,
    )


_TAKEN: dict[int, list[float]] = {}

if __name__ == "__main__":
    sys.exit(main())
