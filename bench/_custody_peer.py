"""age by pyrage, beside our sealing: run with the Python of .venv-bench. Lines of `recipients size times`; answers
seconds for sealing so many texts of that size to so many recipients, any one of whom opens (age knows no quorum)."""

import os
import sys
import time

import pyrage


def run(recipients: int, size: int, times: int) -> float:
    """Seconds."""
    to = [pyrage.x25519.Identity.generate().to_public() for _ in range(recipients)]
    text = os.urandom(size)
    began = time.perf_counter()
    for _ in range(times):
        pyrage.encrypt(text, to)
    return time.perf_counter() - began


for line in sys.stdin:
    print(run(*map(int, line.split())), flush=True)
