"""The drills as rows of `bench/risk.py`: the flood at 1, 10 and 20 times the usual load, and the order buried at 20,
each through the real door of a gateway of its own. About five minutes."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from _report import Row

HERE = Path(__file__).resolve().parent
LOADS = tuple(int(n) for n in os.environ.get("BENCH_LOADS", "1,10,20").split(","))
DESK, SEED = 14, 7_025  # people around the clock; a seed that nothing was chosen on
LONGEST = 3_000  # seconds


def rows() -> list[Row]:
    """What the drills came to; a drill that is broken off raises."""
    sys.path[:0] = [str(HERE.parent / "tests")]
    from running import Relay, gateway_at

    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-bench-")))
        data.chmod(0o755)  # PostgreSQL's account must pass
        relay = Relay().start()
        stack.callback(relay.stop)
        gateway = stack.enter_context(gateway_at(data / "gateway", relay))
        played("order-flood", 1, gateway.data)  # the first one loads what is loaded once
        made = [row for load in LOADS for row in _flood(load, played("order-flood", load, gateway.data))]
        return [*made, *_buried(played("buried-order", 20, gateway.data))]


def played(name: str, load: int, data: Path) -> dict[str, Any]:
    """One drill of the demo's desk, by the command line."""
    asked = ["drill", name, "--json", "--load", str(load), "--desk", str(DESK), "--seed", str(SEED + load)]
    command = [sys.executable, "-m", "comity.cli", *asked, "--realm", "demo", "--data", str(data)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    told = dict(json.loads(ran.stdout.strip().splitlines()[-1]))
    if "id" not in told:
        raise RuntimeError(f"{name}: {told.get('error')}")
    print(f"{name} ×{load}: {told['sent']} sent, p99 {told['p99']} s, missed {told['missed']}", file=sys.stderr)
    return told


def _flood(load: int, told: dict[str, Any]) -> list[Row]:
    what = f"drill order-flood, {load} times ({told['sent']} mails)"
    lost = told["lost"] + told["real_touched"]
    return [
        Row(f"{what}: to the finding, p50", told["p50"], "s"),
        Row(f"{what}: to the finding, p99", told["p99"], "s", floor="at most 600", holds=told["p99"] <= 600),
        Row(f"{what}: missed, {DESK} people", told["missed"], "orders", floor="none", holds=told["missed"] == 0),
        Row(f"{what}: lost, or real and touched", lost, "", floor="none", holds=lost == 0),
    ]


def _buried(told: dict[str, Any]) -> list[Row]:
    found, result = told["met"] is True, told["result"]
    what = f"drill buried-order, 20 times ({told['sent']} mails)"
    return [
        Row(f"{what}: until the true one is put to people", result["found_after"] or -1.0, "s"),
        Row(f"{what}: every objective met", float(found), "", floor="met", holds=found),
    ]


if __name__ == "__main__":
    from _report import tell

    sys.exit(tell("risk-drill", rows()))
