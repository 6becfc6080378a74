"""`make bench ONLY=reading`: the reader's table of facts, right, missed and wrong.

On whole mails as offices send them (tests/data/orders), and on variants that a seed makes (tests/reading/variants.py):
other layouts, labels, orders of fields and languages, typed over, flattened, wrapped. A fact that is missed costs a
person a minute, a wrong one costs trust: the floor is none wrong. BEFORE=path/to/src reads the same mails with another
checkout's reader, for three columns more; SEEDS=n makes n of each kind (20). About two minutes.
"""

import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
sys.path[:0] = [str(TESTS), str(HERE)]  # the tests of reading are called as this file is
ORDERS = TESTS / "data" / "orders"

from _report import Row, tell  # noqa: E402
from reading import score, variants  # noqa: E402

Mail = tuple[str, bytes, dict[str, Any]]


def mails(seeds: int) -> list[Mail]:
    """(row of the table, bytes, what is right) of every mail."""
    out: list[Mail] = []
    for path in sorted(ORDERS.glob("*.eml")):
        wanted = json.loads((ORDERS / f"{path.stem}.expected.json").read_text("utf-8"))
        out.append((path.stem, path.read_bytes(), wanted))
    for kind in variants.KINDS:
        made = [variants.make(kind, seed) for seed in range(seeds)]
        out += [(kind, one.raw, one.expected) for one in made]
    return out


def readings(raws: list[bytes], source: str) -> list[dict[str, Any]]:
    """Each mail as the reader of a source tree reads it, in a process of its own."""
    program = (
        f"import pickle, sys; sys.path[:0] = [{source!r}]; from comity.reading.read import read; "
        "pickle.dump([read(raw, {}) for raw in pickle.load(sys.stdin.buffer)], sys.stdout.buffer)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(raws), capture_output=True, check=True)
    return list(pickle.loads(done.stdout))


def table(each: list[Mail], source: str) -> dict[str, Counter[str]]:
    """Right, missed and wrong for each row."""
    out: dict[str, Counter[str]] = {}
    for (row, _, wanted), reading in zip(each, readings([raw for _, raw, _ in each], source), strict=True):
        told = score.compare(reading, wanted)
        out.setdefault(row, Counter()).update(told.values())
        if os.environ.get("VERBOSE"):
            bad = {path: verdict for path, verdict in told.items() if verdict != score.RIGHT}
            print(row, bad, file=sys.stderr) if bad else None
    return out


def main() -> int:
    """The table; 1 where a fact is wrong, or a row is worse than before."""
    each = mails(int(os.environ.get("SEEDS", "20")))
    now = table(each, str(HERE.parent / "src"))
    source = os.environ.get("BEFORE")
    then = table(each, source) if source else {}
    print(f"{'':34}{'right':>7}{'missed':>7}{'wrong':>7}" + (f"{'before':>9}{'':>7}{'':>7}" if then else ""))
    worse = []
    for row in [*now, "all"]:
        a, b = (sum(held.values(), Counter()) if row == "all" else held.get(row, Counter()) for held in (now, then))
        line = f"{row[:33]:34}" + "".join(f"{a[verdict]:7}" for verdict in (score.RIGHT, score.MISSED, score.WRONG))
        if then:
            line += "  " + "".join(f"{b[verdict]:7}" for verdict in (score.RIGHT, score.MISSED, score.WRONG))
            if a[score.WRONG] > b[score.WRONG] or (a[score.RIGHT] < b[score.RIGHT] and not b[score.WRONG]):
                worse.append(row)
        print(line)
    total = sum(now.values(), Counter())
    facts = sum(total.values())
    rows = [
        Row("facts right", 100 * total[score.RIGHT] / facts, "%"),
        Row("facts missed, which a person types", 100 * total[score.MISSED] / facts, "%"),
        Row("facts wrong", total[score.WRONG], "facts", floor="none", holds=not total[score.WRONG]),
    ]
    if then:
        rows.append(Row("rows worse than before", len(worse), "rows", floor="none", holds=not worse))
        print("worse:", ", ".join(worse) or "none")
    return tell("reading", rows)


if __name__ == "__main__":
    sys.exit(main())
