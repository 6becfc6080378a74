"""The queue page over HTTP at 10^2, 10^4 and 10^6 open cases: three databases, a web server on each, interleaved."""

import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg
from _report import Row, spread

from comity.serve import ports
from comity.serve.postgres import Cluster

SIZES = (100, 10_000, 1_000_000)
REPEATS, PAGES, FLOOR = 5, 40, 1.5
HERE = Path(__file__).parent


@dataclass
class Board:
    """A web server on a database of so many cases, and a keep-alive connection of one signed-in handler."""

    cases: int
    cookie: str
    connection: HTTPConnection

    def seconds(self) -> float:
        """How long one queue page takes. Raises AssertionError for any other page."""
        began = time.perf_counter()
        self.connection.request("GET", "/console/?realm=real", headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        page = answer.read()
        taken = time.perf_counter() - began
        assert answer.status == 200, answer.status
        assert page.count(b'id="row-C-') == 50
        return taken


def url_of(cluster: Cluster, name: str) -> str:
    """A database of its own on the cluster."""
    with psycopg.connect(cluster.admin_url, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')
    return cluster.admin_url.replace("/postgres?", f"/{name}?")


def migrated(cluster: Cluster, name: str) -> str:
    """A database of its own with our tables and nothing in them."""
    url = url_of(cluster, name)
    env = os.environ | {"DATABASE_URL": url, "COMITY_DATA": str(cluster.data)}
    subprocess.run([sys.executable, "-m", "comity.prepare"], env=env, stdout=subprocess.DEVNULL, check=True)
    return url


def open_board(stack: ExitStack, cluster: Cluster, cases: int) -> Board:
    """Fill a database and start its server."""
    port = ports.any_free("127.0.0.1").port
    env = os.environ | {
        "DATABASE_URL": url_of(cluster, f"q{cases}"),
        "COMITY_DATA": str(cluster.data),
        "COMITY_BASE_URL": f"http://localhost:{port}",
    }
    began = time.monotonic()
    filled = subprocess.run(
        [sys.executable, str(HERE / "_road_rows.py"), str(cases)],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    print(f"{cases} cases made in {time.monotonic() - began:.0f} s", file=sys.stderr)
    command = [sys.executable, "-m", "comity.cli", "web", "--listen", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--data", str(cluster.data)], env=env)
    stack.callback(lambda: (server.terminate(), server.wait(20)))
    _await(port)
    return Board(cases, filled.stdout.strip().splitlines()[-1], HTTPConnection("localhost", port, timeout=60))


def _await(port: int) -> None:
    end = time.monotonic() + 60
    while ports.is_free(ports.Address("127.0.0.1", port)):
        assert time.monotonic() < end, "the web server doesn't answer"
        time.sleep(0.1)


def rows(stack: ExitStack, cluster: Cluster) -> list[Row]:
    """Medians of five interleaved repeats, and the ratio that has a floor."""
    boards = [open_board(stack, cluster, size) for size in SIZES]
    for board in boards:
        for _ in range(10):
            board.seconds()
    medians: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(REPEATS):
        taken: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(PAGES):
            for board in boards:
                taken[board.cases].append(1000 * board.seconds())
        for size in SIZES:
            medians[size].append(statistics.median(taken[size]))
    made = [
        Row(f"queue page, {n} cases; median {spread(medians[n])}", statistics.median(medians[n]), "ms") for n in SIZES
    ]
    ratios = [large / small for small, large in zip(medians[SIZES[0]], medians[SIZES[-1]], strict=True)]
    ratio = statistics.median(ratios)
    return [
        *made,
        Row(
            f"queue page, 10^6 to 10^2 cases; ratio {spread(ratios)}",
            statistics.median(medians[SIZES[-1]]),
            "ms",
            "the same page at 10^2",
            statistics.median(medians[SIZES[0]]),
            ratio,
            f"ratio at most {FLOOR}",
            ratio <= FLOOR,
        ),
    ]
