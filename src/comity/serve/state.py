"""Who runs on a data directory: one holder of its lock, and what a running `serve` tells other commands."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from comity.terminal import No


@dataclass(frozen=True)
class Running:
    """The contents of `serve.json`. Addresses are `host:port`; `pid` is None after an orderly end."""

    pid: int | None
    web: str
    listen: str
    smtp: str
    sandbox: str
    embedded: bool
    forum: str = ""  # of the demo; a `serve` of before had none
    matrix: str = ""  # where the demo's homeserver is, once it is wanted
    edge: str = ""
    telegram: str = ""  # of the demo, too


def write(data: Path, running: Running) -> None:
    """Tell the other commands where everything is; atomic."""
    made = data / ".serve.json"
    made.write_text(json.dumps(asdict(running)) + "\n")
    made.chmod(0o600)
    made.replace(data / "serve.json")


def last(data: Path) -> Running | None:
    """What the last `serve` on this data directory said, running or not; None if there was none."""
    try:
        return Running(**json.loads((data / "serve.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def running(data: Path) -> Running | None:
    """The `serve` that runs on this data directory and is ready, or None."""
    said = last(data)
    return said if said and said.pid and said.pid == _holder(data)[0] else None


def await_running(data: Path, timeout: float) -> Running | None:
    """The running `serve`, waiting up to `timeout` seconds for it to be ready; None at once if none holds the lock."""
    end = time.monotonic() + timeout
    while _holder(data)[1] == "serve" and time.monotonic() < end:
        if found := running(data):
            return found
        time.sleep(0.05)
    return None


def _holder(data: Path) -> tuple[int | None, str]:
    """Pid and command of the process that holds the lock; (None, "") if nobody does."""
    try:
        with (data / "lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                pid, _, command = file.read().partition(" ")
                return (int(pid) if pid.isdigit() else -1), command
    except FileNotFoundError:
        pass
    return None, ""


@contextmanager
def held(data: Path, command: str, timeout: float = 10) -> Iterator[None]:
    """Hold the data directory's lock, which the kernel releases however we end.

    Waits up to `timeout` seconds for a short command, but not for a `serve`.

    Raises: No: naming who holds it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    end = time.monotonic() + timeout
    with (data / "lock").open("a+") as file:
        while not _taken(file.fileno()):
            pid, holder = _holder(data)
            if holder == "serve" or time.monotonic() > end:
                raise No(
                    f"comity {holder or '…'} (process {pid}) already runs on {data}: stop it, or give another --data"
                )
            time.sleep(0.05)
        file.truncate(0)
        file.write(f"{os.getpid()} {command}")
        file.flush()
        yield
        file.truncate(0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
