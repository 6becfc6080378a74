"""The community's vectors, all of them: what must be accepted is, and what must be refused is refused."""

import json
import subprocess
import sys
from pathlib import Path

from comity_verify import vectors

FILE = Path(__file__).parents[1] / "data" / "tlog" / "vectors.json"


def test_it_works() -> None:
    found = json.loads(FILE.read_text())
    told = vectors.run(found["vectors"])
    assert told == {"passed": found["about"]["total"], "skipped": 0, "failed": 0, "failing": []}


def test_a_vector_that_does_not_hold_fails_by_its_id() -> None:
    listed = json.loads(FILE.read_text())["vectors"]
    flipped = [
        {**one, "valid": not one["valid"]} for one in listed if "valid" in one and "also_accept_invalid" not in one
    ]
    told = vectors.run([*flipped, {"id": "x", "kind": "of.another.day"}])
    assert told["passed"] == told["skipped"] == 0
    assert told["failing"] == [*(one["id"] for one in flipped), "x"]


def test_the_command_says_it_in_its_exit_status(tmp_path: Path) -> None:
    def run(file: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "comity_verify", "vectors", str(file), "--json"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps([{"id": "a", "kind": "tile.index", "index": 1, "encoded": "1"}]))
    assert (run(wrong).returncode, json.loads(run(wrong).stdout)["failing"]) == (4, ["a"])
    wrong.write_text("{}")
    assert run(wrong).returncode == 2
    assert run(tmp_path / "none").returncode == 2
