"""Keeps the gateway's processes running, and ends them all: the database last, since the others need it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from comity.serve.binaries import NoDatabase
from comity.serve.postgres import Cluster
from comity.terminal import say

TICK = 0.1  # seconds between two rounds
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds before a restart; doubled each time
STEADY = 20.0  # seconds of running after which a child's restart delay is reset
STOP_TIMEOUT = 15.0  # seconds a child gets to end; a job that takes longer is requeued


class Stop(BaseException):
    """SIGTERM or SIGINT arrived: unwinds whatever is under way, so that there is one place to shut down."""


@dataclass
class Child:
    """One process of the gateway: how it is started, and what to do once it is reaped."""

    name: str
    command: Sequence[str]  # a module and its arguments
    reaped: Callable[[int], None] = lambda pid: None
    process: subprocess.Popen[bytes] | None = None
    pause: float = field(default=FIRST_PAUSE)
    due: float = 0.0
    started: float = 0.0

    def tend(self, environment: Mapping[str, str]) -> None:
        """Start it when it is due; once it has died, log it and schedule its restart."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self._start(environment)
        elif (status := self.process.poll()) is not None:
            self._reaped(self.process.pid, status)

    def _start(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comity.serve.lifeline", str(os.getpid()), *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # where it listens, which we told it; what went wrong it says on stderr
            env=dict(environment),
            start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we end the others in order
        )
        self.started = time.monotonic()

    def _reaped(self, pid: int, status: int) -> None:
        now = time.monotonic()
        if now - self.started > STEADY:
            self.pause = FIRST_PAUSE
        say(f"{self.name} ended ({_words(status)}); starting it again in {self.pause:g} s")
        self.process, self.due = None, now + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        self.reaped(pid)


@dataclass
class Supervisor:
    """The children and, unless the operator has their own PostgreSQL, the cluster they depend on."""

    children: list[Child]
    environment: Mapping[str, str]
    cluster: Cluster | None

    def look(self) -> None:
        """One round: restart what has died, the database first."""
        if self.cluster is not None and not self.cluster.alive():
            self._revive(self.cluster)
        for child in self.children:
            child.tend(self.environment)

    def _revive(self, cluster: Cluster) -> None:
        say("the database ended; starting it again")
        try:
            cluster.start()
        except (NoDatabase, psycopg.Error) as error:  # perhaps a full disk, so try again
            say(str(error) if isinstance(error, NoDatabase) else type(error).__name__)
            time.sleep(1)

    def run(self) -> None:
        """Rounds until a signal raises Stop."""
        while True:
            self.look()
            time.sleep(TICK)

    def stop(self) -> None:
        """Terminate the children, kill those left after STOP_TIMEOUT, then stop the database."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        end = time.monotonic() + STOP_TIMEOUT
        for process in running:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self.children:
            if child.process:
                child.reaped(child.process.pid)
        if self.cluster is not None:
            self.cluster.stop()


def raise_stop_on_signals() -> None:
    """From now on SIGTERM, SIGINT and SIGHUP raise Stop, once: the shutdown itself must not be interrupted."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    for each in numbers:
        signal.signal(each, stop)


def _words(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
