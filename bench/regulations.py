"""`make bench ONLY=regulations`: one finding with all its reasons, beside CEL libraries and a function written by hand
that give yes and no only; ten thousand past cases judged again; the packs proven. About two minutes.

Ours begins with the facts as JSON objects and ends with the whole finding: facts checked and read, forty checks with
their reasons, deadlines with their derivation, duties. The libraries begin with the facts read and evaluate the forty
conditions as programs of their own. Every fact is known and each finding is about another order. The measurements take
turns within one run.
"""

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE)]

import _regulations_by_hand as by_hand  # noqa: E402
import _regulations_cel as as_cel  # noqa: E402
import yaml  # noqa: E402
from _report import Row, spread, tell  # noqa: E402

from comity.library import diff  # noqa: E402
from comity.regulations import checks, facts, judge, packs  # noqa: E402

CHECKS, ORDERS, REPEATS, CASES = 40, 200, 5, 10_000
TIMES = {"ours": 400, "judged": 400, "checks": 400, "read": 400, "by hand": 4_000, "cpp": 400, "rust": 200, "python": 4}
PARTS = {
    "read": "facts checked and read",
    "judged": "the whole finding, from facts that are read",
    "checks": f"the {CHECKS} checks with their reasons",
}
PEERS = {"cpp": "cel-expr-python", "rust": "common-expression-language", "python": "cel-python"}
ORDER = ROOT / "tests" / "regulations" / "cases" / "eu-tco-removal-order" / "_base.yaml"


def orders() -> list[dict[str, Any]]:
    """Good orders, each received at another time and about another message; every fact that is asked for is known."""
    base = yaml.safe_load(ORDER.read_text("utf-8"))
    base |= {"emergency_grounds": None, "access_demand": None, "complaint": None}
    base["targets"][0]["purpose_weighed"] = True
    start, found = datetime(2026, 3, 2, 22, 15, 30, tzinfo=UTC), []
    for n in range(ORDERS):
        one = deepcopy(base)
        one["received_at"] = (start + timedelta(minutes=97 * n)).strftime("%Y-%m-%dT%H:%M:%SZ")
        one["targets"][0]["ref"] = f"https://lantern.example/c/harbour-talk/{48_000 + n}"
        found.append(one)
    return found


def forty(pack: packs.Pack) -> packs.Pack:
    """The removal order with forty checks: those it has, and the first ones again."""
    more = [replace(check, id=f"{check.id}-again") for check in pack.checks[: CHECKS - len(pack.checks)]]
    return replace(pack, checks=(*pack.checks, *more))


class Peers:
    """The libraries, in a process of their own environment."""

    def __init__(self, pack: packs.Pack, values: list[dict[str, Any]]) -> None:
        command = [str(environment()), str(HERE / "_regulations_peers.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._send({"programs": as_cel.programs(pack), "facts": [as_cel.given(each, pack) for each in values]})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def measure(self, peer: str, times: int) -> tuple[float, list[Any]]:
        """Seconds for so many orders, and what the last one's programs said."""
        self._send({"peer": peer, "times": times})
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{PEERS[peer]} ended with {self.process.wait()}")
        found = json.loads(line)
        return found["took"], found["found"]

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def environment() -> Path:
    """The Python of .venv-bench, which is made on first use from the hashed list."""
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        print("making .venv-bench/ for the peers (once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "bench.txt")], check=True)
    return python


def timed(run: Callable[[int], object], times: int) -> float:
    """Microseconds of processor time for one of so many; others may be busy on this machine."""
    began = time.process_time()
    for n in range(times):
        run(n)
    return (time.process_time() - began) / times * 1e6


def one_finding() -> list[Row]:
    """One finding beside the peers."""
    pack, given = forty(packs.pack("eu-tco-removal-order")), orders()
    values = [facts.read(each) for each in given]
    looks = [checks.Look(pack, each, checks.place(each)) for each in values]
    peers = Peers(pack, values)
    own: dict[str, Callable[[int], object]] = {
        "ours": lambda n: judge.judge(given[n % ORDERS], pack),
        "judged": lambda n: judge.judged(values[n % ORDERS], pack),
        "checks": lambda n: checks.applied(looks[n % ORDERS]),
        "read": lambda n: facts.read(given[n % ORDERS]),
        "by hand": lambda n: by_hand.checks(values[n % ORDERS]),
    }
    try:
        verify_the_same(pack, given, values, peers)
        took: dict[str, list[float]] = {name: [] for name in TIMES}
        for _ in range(REPEATS):
            for name, times in TIMES.items():
                one = timed(own[name], times) if name in own else peers.measure(name, times)[0] / times * 1e6
                took[name].append(one)
    finally:
        peers.stop()
    return rows_of(took)


def verify_the_same(pack: packs.Pack, given: list[dict[str, Any]], values: list[dict[str, Any]], peers: Peers) -> None:
    """Nothing is measured before all of them said the same of every check."""
    holds = [row["holds"] for row in judge.judge(given[0], pack)["checks"]]
    assert len(holds) == CHECKS, len(holds)
    assert by_hand.checks(values[0]) == holds[: len(by_hand.checks(values[0]))]
    for name in PEERS:
        found = peers.measure(name, 1)[1]
        wrong = [(c.id, f) for c, f, h in zip(pack.checks, found, holds, strict=True) if f not in (h, None)]
        assert not wrong, (name, wrong)
        assert name == "python" or None not in found, name


def rows_of(took: dict[str, list[float]]) -> list[Row]:
    """Medians; the floor is judged on the median of the ratios of each turn, beside the fastest library."""
    fastest = min(PEERS, key=lambda name: statistics.median(took[name]))
    rows = []
    for name in ("by hand", *PEERS):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(took["ours"], took[name], strict=True))
        peer = f"{PEERS.get(name, 'Python written by hand')}, bare {spread(took[name])}"
        floor = "≤ 1, reasons included" if name == fastest else None
        rows.append(
            Row(
                f"a finding of {CHECKS} checks {spread(took['ours'])}",
                statistics.median(took["ours"]),
                "µs",
                peer,
                statistics.median(took[name]),
                ratio,
                floor,
                ratio <= 1 if floor else None,
            )
        )
    for name, says in PARTS.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(took[name], took[fastest], strict=True))
        beside = (f"{PEERS[fastest]}, bare", statistics.median(took[fastest]), ratio) if name != "read" else ()
        rows.append(Row(f"  of which: {says}", statistics.median(took[name]), "µs", *beside))
    return rows


def past_cases() -> list[Row]:
    """Ten thousand past cases judged by the old and the changed version, and what changes for each."""
    old = packs.pack("eu-tco-removal-order")
    changed = replace(next(check for check in old.checks if check.id == "redress"), blocking=True, outcome="defective")
    new = replace(old, checks=tuple(changed if check.id == changed.id else check for check in old.checks))
    given = orders()
    for n, one in enumerate(given):
        one["form"]["redress_body"] = "" if n % 7 == 0 else one["form"]["redress_body"]
        one["targets"][0]["found"] = n % 5 > 0
    began = time.perf_counter()
    ways = Counter(
        diff.effect(judge.judge(one, old), judge.judge(one, new)).way
        for n in range(CASES)
        for one in [given[n % ORDERS]]
    )
    took = time.perf_counter() - began
    assert ways["less"] > 0
    return [Row(f"{CASES:,} past cases judged again by a changed pack", took, "s")]


def proven() -> list[Row]:
    """All shipped packs proven by the solver, where it is installed."""
    if importlib.util.find_spec("z3") is None or importlib.util.find_spec("comity_prove") is None:
        return []
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "comity.cli", "regulations", "prove", "--json"], capture_output=True, text=True
    )
    if ran.returncode not in (0, 1):
        return []
    count = len(packs.load().packs)
    return [Row(f"all {count} packs proven", time.perf_counter() - began, "s")]


if __name__ == "__main__":
    sys.exit(tell("regulations", [*one_finding(), *past_cases(), *proven()]))
