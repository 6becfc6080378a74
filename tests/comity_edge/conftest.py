"""An edge in this process, before an upstream that answers whatever a test wants: no homeserver, no gateway."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from comity_edge.config import Config
from comity_edge.country import Table
from comity_edge.measures import Row, row
from comity_edge.proxy import Edge

TABLE = ["127.0.0.11/32 BE", "127.0.0.12/32 FR", "10.0.0.0/8 FR", "10.9.0.0/16 BE"]


class Upstream:
    """A homeserver that answers what it is told to: `answer(handler)` writes it."""

    def __init__(self) -> None:
        self.answer: Callable[[BaseHTTPRequestHandler], None] = lambda handler: None
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                headers = {key.lower(): value for key, value in self.headers.items()}
                outer.asked.append((self.command, self.path, headers))
                self.body = self.rfile.read(int(headers.get("content-length", 0)))
                outer.answer(self)

            do_GET = do_POST = do_PUT = do_HEAD = _any

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def says(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer every request so."""

        def write(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            given = {"Content-Type": "application/json", "Content-Length": str(len(body))}
            for name, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answer = write

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Asked:
    """One answer of the edge."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.pieces = 0, dict[str, str](), b"", 0


class Bench:
    """An edge, asked in an event loop of its own."""

    def __init__(self, home: Path, upstream: Upstream, **more: Any) -> None:
        self.signer = Ed25519PrivateKey.generate()
        given = {
            "platform": "chat",
            "listen": ("127.0.0.1", 1),
            "upstream": upstream.url,
            "list_url": "http://127.0.0.1:1/",
            "key": self.signer.public_key(),
            "token": "t" * 32,
            "state": home / "state",
            "lookup": Table(TABLE),
        }
        (home / "state").mkdir(exist_ok=True)
        self.config = Config(**(given | more))
        self.loop = asyncio.new_event_loop()
        self.edge = Edge(self.config, follow=False)
        self.loop.run_until_complete(self.edge.start())
        self.hold()

    def hold(self, *rows: dict[str, Any] | Row) -> None:
        """Let these lines stand."""
        self.edge.following.take_by_hand([one if isinstance(one, Row) else row(one) for one in rows])

    def ask(self, path: str, at: str = "127.0.0.12", method: str = "GET", body: bytes = b"", **headers: str) -> Asked:
        """What a viewer at an address gets."""
        return self.loop.run_until_complete(self._ask(path, at, method, body, headers))

    async def _ask(self, path: str, at: str, method: str, body: bytes, headers: dict[str, str]) -> Asked:
        got, where = Asked(), path.partition("?")
        given = {"content-length": str(len(body))} if body else {}
        given |= {key.replace("_", "-").lower(): value for key, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": where[0],
            "raw_path": where[0].encode(),
            "query_string": where[2].encode(),
            "headers": [(key.encode(), value.encode()) for key, value in given.items()],
            "client": (at, 1234),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(said: Any) -> None:
            if said["type"] == "http.response.start":
                got.status = said["status"]
                got.headers = {k.decode().lower(): v.decode() for k, v in said["headers"]}
            else:
                got.body += said.get("body", b"")
                got.pieces += 1

        await self.edge(scope, receive, send)
        return got

    def end(self) -> None:
        self.loop.run_until_complete(self.edge.stop())
        self.loop.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.stop()


@pytest.fixture
def bench(tmp_path: Path, upstream: Upstream) -> Iterator[Bench]:
    upstream.asked.clear()
    made = Bench(tmp_path, upstream)
    yield made
    made.end()
