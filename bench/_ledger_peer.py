"""pymerkle, beside our writer: run with the Python of .venv-bench. Lines of `batch size, times`; answers seconds."""

import sys
import tempfile
import time
from pathlib import Path

from pymerkle import SqliteTree


def run(batch: int, times: int) -> float:
    """Seconds for appending so many batches to a tree on SQLite, its root after each."""
    with tempfile.TemporaryDirectory() as directory:
        tree = SqliteTree(str(Path(directory) / "tree.db"))
        entries = [b"entry of the bench, as long as one of ours: %08d" % n * 6 for n in range(batch)]
        began = time.perf_counter()
        for _ in range(times):
            if batch == 1:
                tree.append_entry(entries[0])
            else:
                tree.append_entries(entries)
            tree.get_root()
        return time.perf_counter() - began


for line in sys.stdin:
    batch, times = map(int, line.split())
    print(run(batch, times), flush=True)
