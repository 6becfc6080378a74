"""`make bench ONLY=read`: facts right, missed and wrong, on the sample orders and on 200 variants of them.

The variants come from two generators that know nothing of the reader, nor of each other (`_read_variants`,
`_read_second`): other layouts, fonts, labels, languages, tick marks, numbers and days. Floors: 95 % right and none
wrong, on each. Each mail is read as at the door,
in a child with limits; time and memory are of that child. COUNT=n makes so many variants, SEED=n others, VERBOSE=1
tells each fact that is missed or wrong, ONLY_SECOND=1 leaves the others out.
"""

import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
sys.path[:0] = [str(TESTS), str(HERE), str(HERE.parent / "src")]

import _read_second  # noqa: E402
import _read_variants  # noqa: E402
from _report import Row, percentile, tell  # noqa: E402
from reading import score  # noqa: E402

from comity.reading import child, report  # noqa: E402

ORDERS = TESTS / "data" / "orders"


Variant = _read_variants.Variant | _read_second.Variant


def samples() -> list[Variant]:
    """The sample orders with what is right of them."""
    return [
        _read_variants.Variant(
            path.stem, path.read_bytes(), json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
        )
        for path in sorted(ORDERS.glob("*.eml"))
    ]


def measured(each: list[Variant]) -> tuple[dict[str, Counter[str]], list[float], list[float]]:
    """Right, missed and wrong by kind; seconds and MB of each."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    seconds, sizes = [], []
    for one in each:
        began = time.perf_counter()
        reading = child.read(one.raw, {"dns": False})
        seconds.append(time.perf_counter() - began)
        sizes.append(reading.get("memory_mb") or 0.0)
        verdicts = score.of_report(report.of(reading), one.expected)
        told[one.name].update(verdicts.values())
        shown = {key: verdict for key, verdict in verdicts.items() if verdict != score.RIGHT}
        if shown and os.environ.get("VERBOSE"):
            print(
                one.name,
                shown,
                [shown_value(reading, key) for key, v in shown.items() if v == score.WRONG],
                file=sys.stderr,
            )
    return told, seconds, sizes


def shown_value(reading: dict[str, Any], key: str) -> Any:
    held = (reading["orders"] or [reading["demand"] or {}])[0].get("facts", {})
    found = score.at(held, key.partition("/")[2])
    return found if isinstance(found, (str, list, dict, bool, int, type(None))) else "absent"


def rows(name: str, each: list[Variant]) -> list[Row]:
    told, seconds, sizes = measured(each)
    total: Counter[str] = sum(told.values(), Counter())
    facts = sum(total.values())
    right = 100 * total[score.RIGHT] / facts
    return [
        Row(f"{name}: facts", facts, "facts"),
        Row(f"{name}: right", right, "%", floor="95 %", holds=right >= 95),
        Row(f"{name}: missed, which a person types", 100 * total[score.MISSED] / facts, "%"),
        Row(f"{name}: wrong", total[score.WRONG], "facts", floor="none", holds=not total[score.WRONG]),
        Row(f"{name}: time, median", 1000 * percentile(seconds, 0.5), "ms"),
        Row(f"{name}: time, 99 of 100", 1000 * percentile(seconds, 0.99), "ms"),
        Row(f"{name}: memory beyond the parsers, most", max(sizes), "MB"),
    ]


def main() -> int:
    child.warm()
    count, seed = int(os.environ.get("COUNT", "200")), int(os.environ.get("SEED", "0"))
    second = rows(f"{count} variants of another hand", list(_read_second.variants(count, seed)))
    if os.environ.get("ONLY_SECOND"):
        return tell("read", second)
    first = rows(f"{count} variants", list(_read_variants.variants(count, seed)))
    return tell("read", [*rows("sample orders", samples()), *first, *second])


if __name__ == "__main__":
    sys.exit(main())
