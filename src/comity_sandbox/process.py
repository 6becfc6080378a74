"""A sandbox as a child process: started, killed, started again on the same port and store."""

import os
import signal
import subprocess
import sys
from pathlib import Path


class SandboxProcess:
    """A running sandbox. It ends with the process that made it (on Linux, with the thread that did)."""

    def __init__(self, data: Path, listen: str = "127.0.0.1:0", token_file: Path | None = None) -> None:
        self.data, self.listen, self.token_file = data, listen, token_file or data / "token"
        self.start()

    @property
    def token(self) -> str:
        """The management token, which the sandbox makes at its first start."""
        return self.token_file.read_text().strip()

    @property
    def owner(self) -> str:
        """The owner's token, with which one can be anyone here. No gateway has it."""
        return (self.data / "owner").read_text().strip()

    def start(self) -> None:
        """Start, and wait until it listens; the port stays the same. Raises RuntimeError when it doesn't start."""
        command = [sys.executable, "-m", "comity_sandbox", "--listen", self.listen, "--data", str(self.data)]
        command += ["--token-file", str(self.token_file), "--parent", str(os.getpid())]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line.startswith("listening on "):
            raise RuntimeError(f"the sandbox did not start (exit code {self.process.wait(10)})")
        self.base_url = line.removeprefix("listening on ").strip()
        self.listen = self.base_url.removeprefix("http://")

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit code, negative for the signal that killed it."""
        self.process.send_signal(how)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code
