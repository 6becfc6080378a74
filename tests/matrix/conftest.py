"""One Synapse, one edge and one gateway's list for all tests of this folder: started once, ended after the last."""

import http.client
import json
import secrets
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import quote, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from comity.connected import Connected
from comity.demo.matrix.homeserver import EdgeProcess, People, Synapse, ask
from comity.platforms.matrix import signing
from comity.platforms.matrix.connector import MatrixPlatform, Tokens

SERVER = "chat.test"
NAME = "matrix-test"
APPEALS = "https://lantern.example/appeals"
PLACES = {"BE": "127.0.0.11", "FR": "127.0.0.12", "CH": "127.0.0.13"}
# what one of the experimental routes that we withhold on needs
EXTRA = {"experimental_features": {"msc2815_enabled": True, "msc3266_enabled": True}}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads, block_on_close = True, False


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Gateway:
    """The gateway's pages in a thread of this process: edges read the list there."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        made = _Threads(("127.0.0.1", self.port), _Quiet)
        made.set_app(get_wsgi_application())
        self._server = made  # type: ignore[assignment]
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@dataclass
class Answer:
    status: int
    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class From:
    """A viewer at an address of this machine that the edge's table says is in a country."""

    def __init__(self, base: str, country: str, token: str) -> None:
        self._at, self.country, self._token = urlsplit(base), country, token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        source = (PLACES[self.country], 0)
        line = http.client.HTTPConnection(self._at.hostname or "", self._at.port, timeout=30, source_address=source)
        sent = None if body is None else json.dumps(body)
        given = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **headers}
        line.request(method, path, sent, {key.replace("_", "-"): value for key, value in given.items()})
        answer = line.getresponse()
        raw = answer.read()
        line.close()
        return Answer(answer.status, raw, {key.lower(): value for key, value in answer.getheaders()})

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def client(self, path: str) -> Answer:
        return self.get(f"/_matrix/client{path}")


class Stand:
    """All of it, and people: `root` (an administrator), `alice` and `bob`, `square` a public room of Alice's."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.left: list[People] = []
        self.is_down = False
        self.synapse = Synapse(home / "synapse", free_port(), SERVER, EXTRA)
        self.synapse.start()
        self.gateway = Gateway()
        self.token = secrets.token_urlsafe(32)
        self.tokens = {name: self.synapse.account(name, admin=True)[1] for name in ("read", "act", "end")}
        self.observer = self.synapse.account("observer")[1]
        self.alice, self.bob = (self.people(name) for name in ("alice", "bob"))
        self.square = self.alice.create("square", "Town square")
        self.bob.join(self.square)
        self.edge = self._edge()
        self.table = self._table()
        self.platform = MatrixPlatform(
            NAME,
            self.synapse.url,
            SERVER,
            self.edge.url,
            Tokens(self.tokens["read"], self.observer, self.token, self.tokens["act"], self.tokens["end"]),
            appeals=APPEALS,
        )

    def people(self, name: str) -> People:
        return People(self.synapse.url, *self.synapse.account(name, shown=name.capitalize()))

    def _edge(self) -> EdgeProcess:
        home = self.home / "edge"
        home.mkdir()
        (home / "token").write_text(self.token)
        (home / "countries.txt").write_text("".join(f"{at}/32 {code}\n" for code, at in PLACES.items()))
        return EdgeProcess(
            home,
            free_port(),
            {
                "platform": NAME,
                "upstream": self.synapse.url,
                "list": f"{self.gateway.url}/platforms/{NAME}/withheld",
                "public_key": signing.public_key(settings.COMITY.data),
                "token_file": "token",
                "state": "state",
                "appeals": APPEALS,
                "country": {"table": "countries.txt"},
            },
        )

    def _table(self) -> Connected:
        keys = {}
        for key, token in {
            "read_key": self.tokens["read"],
            "act_key": self.tokens["act"],
            "irreversible_key": self.tokens["end"],
            "viewer_key": self.observer,
            "edge_key": self.token,
        }.items():
            keys[key] = self.home / f"{key}.txt"
            keys[key].write_text(token)
        return Connected(
            NAME, "matrix", self.synapse.url, keys=keys, server_name=SERVER, edge=self.edge.url, appeals=APPEALS
        )

    def synapse_admin(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call of the homeserver's own interface for administrators."""
        status, raw = ask(method, f"{self.synapse.url}/_synapse/admin{path}", body, self.tokens["act"])
        return status, json.loads(raw)

    def url(self, event: str, room: str = "") -> str:
        return f"https://matrix.to/#/{quote(room or self.square, safe='!')}/{quote(event, safe='$')}?via={SERVER}"

    def viewer(self, country: str, who: People | None = None) -> From:
        return From(self.edge.url, country, (who or self.bob).token)

    def end(self) -> None:
        self.edge.end()
        self.gateway.stop()
        self.synapse.end()
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture(scope="package")
def stand(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stand]:
    """What an edge holds must be committed, so nothing here is rolled back."""
    before = settings.COMITY
    with django_db_blocker.unblock():
        made = Stand(tmp_path_factory.mktemp("matrix"))
        settings.COMITY = replace(before, platforms=(*before.platforms, made.table))
        try:
            made.edge.start()
            yield made
        finally:
            settings.COMITY = before
            made.end()
            _forget()


def _forget() -> None:
    with connection.cursor() as cursor:  # edges' polls that still wait
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ 'matrix_(counter|edge)'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
    from comity.platforms.matrix.models import Counter, Deed, Edge, Held, Listed

    for model in (Held, Deed, Listed, Edge, Counter):
        model.objects.all().delete()


@pytest.fixture(autouse=True)
def db() -> None:
    """By this name pytest-django knows that a database is needed; unlike its own, nothing is rolled back by it."""


@pytest.fixture
def key() -> str:
    return f"test:{secrets.token_hex(16)}"
