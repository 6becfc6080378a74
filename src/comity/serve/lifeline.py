"""Children that die with their parent, whatever kills it: orphans would keep serving beside their successors."""

import ctypes
import gc
import multiprocessing
import os
import runpy
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None) if LINUX else None


def tie(parent: int, death: int = signal.SIGKILL) -> None:
    """Kill this process with the signal `death` as soon as the process `parent` is no longer its parent.

    On Linux the kernel does it (`prctl`; cleared by setuid, so call it afterwards); elsewhere a thread polls four times
    a second. Safe in a `preexec_fn` on Linux.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, death)
    else:
        threading.Thread(target=_watch, args=(parent, death), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch(parent: int, death: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), death)


def tie_to_spawner() -> None:
    """The same for a process that `multiprocessing` spawned (Granian's workers); does nothing in any other process."""
    spawner = multiprocessing.parent_process()
    if spawner is not None and spawner.pid:
        tie(spawner.pid)


def collect_rarely() -> None:
    """Have the collector of cycles look rarely. As it comes, it looks again and again at all that a start loads, for a
    fifth of what the start takes; and later at all modules, in the middle of a job."""
    gc.set_threshold(20_000, 20, 20)


def main() -> None:
    """`python -m comity.serve.lifeline PARENT MODULE ARG…`: run a module tied to the supervisor."""
    tie(int(sys.argv[1]))
    collect_rarely()
    module = sys.argv[2]
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
