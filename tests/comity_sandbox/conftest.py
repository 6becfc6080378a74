"""One sandbox for the session, and ways to speak to it as a viewer, as its operator, and in raw bytes."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from comity_sandbox.process import SandboxProcess


class Speaker:
    """Speaks HTTP to a sandbox."""

    def __init__(self, process: SandboxProcess) -> None:
        self.process = process

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        status, body, got = self.fetch(path, headers)
        return status, body.decode(), got

    def fetch(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:
        return self._open(urllib.request.Request(self.process.base_url + path, headers=headers or {}))

    def call(self, path: str, body: Any = None, method: str = "POST", token: str | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.process.token if token is None else token}"}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        status, raw, _ = self._open(
            urllib.request.Request(self.process.base_url + path, data=data, headers=headers, method=method)
        )
        return status, json.loads(raw)

    def ask(self, path: str) -> Any:
        status, body = self.call(path, method="GET")
        assert status == 200
        return body

    def post(self, text: str, channel: str = "town-square", author: str = "anna", **more: Any) -> str:
        status, body = self.call("/api/messages", {"channel": channel, "author": author, "text": text, **more})
        assert status == 200, body
        return str(body["ref"])

    def withhold(self, key: str, ref: str, *countries: str) -> Any:
        status, body = self.call("/api/withhold", {"key": key, "ref": ref, "countries": list(countries)})
        assert status == 200, body
        return body

    def be(self, author: str) -> str:
        return next(
            str(a["page"])
            for a in self.call("/api/authors", method="GET", token=self.process.owner)[1]["authors"]
            if a["id"] == author
        )

    @staticmethod
    def _open(request: urllib.request.Request) -> tuple[int, bytes, dict[str, str]]:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), dict(error.headers)

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are; what comes back until the other side closes, which it may do before it read all."""
        host, _, port = self.process.listen.rpartition(":")
        got = b""
        with socket.create_connection((host, int(port)), 20) as sock, suppress(ConnectionError):
            sock.sendall(data)
            with suppress(OSError):  # it has closed already
                sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65536):
                got += piece
        return got


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    running = SandboxProcess(tmp_path_factory.mktemp("lantern"))
    yield running
    running.end()


@pytest.fixture
def lantern(process: SandboxProcess) -> Iterator[Speaker]:
    speaker = Speaker(process)
    yield speaker
    speaker.call("/api/mode", {"mode": "normal"}, "PUT")
