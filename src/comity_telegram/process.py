"""A peer as a child process: started, killed, started again on the same port and file."""

import os
import signal
import subprocess
import sys
from pathlib import Path


class PeerProcess:
    """A running peer. It ends with the process that made it (on Linux, with the thread that did)."""

    def __init__(self, data: Path, listen: str = "127.0.0.1:0") -> None:
        self.data, self.listen = data, listen
        self.start()

    @property
    def token(self) -> str:
        """The bot's token, which the peer makes at its first start."""
        return (self.data / "token").read_text().strip()

    @property
    def key(self) -> str:
        """The key of who plays its people."""
        return (self.data / "people.key").read_text().strip()

    def start(self) -> None:
        """Start, and wait until it listens; the port stays the same. Raises RuntimeError when it doesn't start."""
        command = [sys.executable, "-m", "comity_telegram", "--listen", self.listen, "--data", str(self.data)]
        self.process = subprocess.Popen([*command, "--parent", str(os.getpid())], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line.startswith("listening on "):
            raise RuntimeError(f"the peer did not start (exit code {self.process.wait(10)})")
        self.base_url = line.removeprefix("listening on ").strip()
        self.listen = self.base_url.removeprefix("http://")

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit code, negative for the signal that killed it."""
        self.process.send_signal(how)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code
