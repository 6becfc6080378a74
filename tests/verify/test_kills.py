"""The writer killed at seeded instants: what its head says is there, and the next one goes on from it."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity_verify import audit, notes, policies, writer
from comity_verify.source import Source

SIGNER = notes.Signer("log.example/killed", bytes(range(32)))
WRITES = """
import sys
from pathlib import Path
from comity_verify import entries, notes, writer
made = writer.Writer(Path(sys.argv[1]), notes.Signer("log.example/killed", bytes(range(32))))
print("writes", flush=True)
while True:
    at = made.head.size
    said = {"v": 1, "kind": "case.judged", "day": "2026-11-30", "realm": "demo", "by": "gateway", "sealed": {}}
    made.append([entries.canonical({**said, "public": {"n": at + i}}) for i in range(1 + at * 7 % 300)])
    made.publish()
"""


@pytest.mark.slow
@pytest.mark.parametrize("round", [pytest.param(n, marks=[pytest.mark.soak] if n > 1 else []) for n in range(12)])
def test_it_works(tmp_path: Path, seed: int, round: int) -> None:
    moments = random.Random(seed + round)
    sizes = [0]
    for _ in range(3):
        command = [sys.executable, "-c", WRITES, str(tmp_path)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout
        assert running.stdout.readline() == "writes\n"
        time.sleep(moments.uniform(0.0, 0.4))
        running.send_signal(signal.SIGKILL)
        running.wait()
        made = writer.Writer(tmp_path, SIGNER)
        sizes.append(made.head.size)
        made.publish()
        made.close()
    assert sizes == sorted(sizes)
    policy = policies.parse(f"log {SIGNER.key.vkey}\nquorum none\n".encode())
    report = audit.Audit(Source(str(tmp_path)), policy).run()
    assert (report.verdict, report.size) == ("verified", sizes[-1]), report.problems
