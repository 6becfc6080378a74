"""The real gateway as processes of its own, and a relay that takes what it sends: for journeys, kills and benches."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, LiteralString, Self

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from comity.serve import ports
from comity.serve.postgres import Cluster

BROWSERS = ("chromium-headless-shell", "chromium")  # the one without a window is twice as fast
CHROMIUM = os.environ.get("COMITY_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), BROWSERS[0])
COMITY = str(Path(sys.executable).parent / "comity")


@dataclass
class Received:
    """One mail as the relay took it."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed by the modern policy."""
        return message_from_bytes(self.raw, policy=policy.default)


class Relay:
    """A mailbox for everything: an SMTP server on the loopback that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Received] = []
        self._news = threading.Condition()
        self._controller = Controller(self, hostname="127.0.0.1", port=ports.any_free("127.0.0.1").port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail (aiosmtpd's name for the hook)."""
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        with self._news:
            self.mails.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), raw))
            self._news.notify_all()
        return "250 kept"

    def start(self) -> Self:
        """Listen."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    @property
    def address(self) -> str:
        """HOST:PORT, for COMITY_SMTP_RELAY."""
        return f"{self._controller.hostname}:{self._controller.port}"

    def wait_for(self, wanted: Callable[[Received], bool], seconds: float = 30) -> Received:
        """The first mail of that kind, waited for. Raises AssertionError."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(wanted, self.mails)), seconds), (
                f"no such mail in {seconds} s; there were {[str(m.message['subject']) for m in self.mails]}"
            )
            return next(filter(wanted, self.mails))


@dataclass
class Gateway:
    """`comity serve` on a data directory and free ports, with a relay or none; `stop` ends it, `kill` kills it."""

    data: Path
    relay: Relay | None = None
    arguments: tuple[str, ...] = ("--listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0")
    says: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """Ours without the tests' own database and data."""
        tests = ("DATABASE_URL", "COMITY_BASE_URL", "COMITY_DATA", "COMITY_LISTEN")
        ours = {k: v for k, v in os.environ.items() if k not in tests}
        return ours | ({"COMITY_SMTP_RELAY": self.relay.address} if self.relay else {})

    def start(self) -> Self:
        """Start it and wait for its announcement. Raises AssertionError with what it said instead."""
        command = [COMITY, "serve", "--json", "--data", str(self.data), *self.arguments]
        self.log = self.data.parent / f"{self.data.name}.log"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environment(),
                cwd=self.data.parent,
                start_new_session=True,
            )
        assert self.process.stdout
        self.says = json.loads(self.process.stdout.readline() or "{}")
        assert "demo" in self.says, f"serve didn't start:\n{self.log.read_text()[-3000:]}"
        return self

    @property
    def url(self) -> str:
        """The pages' address, without a slash at the end."""
        return str(self.says["front"]).rstrip("/")

    @property
    def smtp(self) -> tuple[str, int]:
        """Host and port of the e-mail door."""
        host, _, port = str(self.says["smtp"]).rpartition(":")
        return host, int(port)

    @property
    def sandbox(self) -> str:
        """The sandbox platform's address."""
        return str(self.says["sandbox"])

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        """kill -9 to the process group of `serve`, as `kill -9 -PID` does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def postmaster(self) -> int:
        """The database's process."""
        return int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])

    def comity(self, *arguments: str, status: int = 0) -> Any:
        """The last object a command prints with --json."""
        done = self.run(*arguments)
        assert done.returncode == status, f"{arguments}: status {done.returncode}: {done.stderr[-2000:]}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """What its database answers: to wait for something, where a command each time would take a second of work."""
        with psycopg.connect(Cluster(self.data).url) as connection:
            return connection.execute(query, values).fetchall()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command on this gateway's data directory."""
        command = [COMITY, *arguments, "--json", "--data", str(self.data)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=self.environment(), cwd=self.data.parent
        )


@contextlib.contextmanager
def gateway_at(data: Path, relay: Relay | None = None) -> Iterator[Gateway]:
    """A gateway that is ended, one way or the other, with the block."""
    gateway = Gateway(data, relay)
    try:
        yield gateway.start()
    finally:
        if gateway.process and gateway.process.poll() is None:
            gateway.stop()


def eventually(holds: Callable[[], Any], seconds: float = 30) -> Any:
    """What the function answers once that is true; looked at 20 times a second. Raises AssertionError."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < end:
        if answer := holds():
            return answer
        pause.wait(0.05)
    raise AssertionError(f"not so within {seconds} s")
