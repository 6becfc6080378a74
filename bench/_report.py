"""What every bench tells: a table on stdout, and bench/out/NAME.json."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True)
class Row:
    """One figure of ours, beside a peer's where there is one. `floor` in words; `holds` where it is a goal."""

    name: str
    ours: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None
    floor: str | None = None
    holds: bool | None = None


def machine() -> str:
    """What this ran on."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load {load:.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies (nearest rank)."""
    return sorted(values)[max(0, min(len(values) - 1, round(share * len(values)) - 1))]


def spread(values: Sequence[float]) -> str:
    """Median, and the smallest and largest."""
    return f"{statistics.median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def tell(name: str, rows: Sequence[Row]) -> int:
    """Print the table and write the file; 1 when a floor is missed, else 0."""
    OUT.mkdir(exist_ok=True)
    made = {"machine": machine(), "rows": [asdict(row) for row in rows]}
    (OUT / f"{name}.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{made['machine']}")
    for row in rows:
        peer = f"{row.peer} {row.peer_value:.4g}, ratio {row.ratio:.2f}" if row.peer and row.ratio else ""
        goal = f"floor {row.floor}: {'holds' if row.holds else 'MISSED'}" if row.floor else ""
        print(f"{row.name:58} {row.ours:10.4g} {row.unit:8} {peer:58} {goal}")
    return 1 if any(row.holds is False for row in rows) else 0
