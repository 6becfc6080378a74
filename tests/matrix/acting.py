"""A gateway that can be killed: in a process of its own it serves the list to edges, and acts and lifts as it is told,
a line each. Run by `test_kills.py`."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any


class Killed(Exception):
    """It ended before it answered: whether it did what it was told is unknown."""


class Acting:
    """Such a process, as seen from outside. One thread tells it what to do, and another may kill it."""

    def __init__(self, stand: Any) -> None:
        from django.db import connection

        table, at = stand.table, connection.settings_dict
        keys = {name: str(path) for name, path in table.keys.items()}
        self._said = {"port": stand.gateway.port, "keys": keys, "appeals": table.appeals, "edge": table.edge}
        self._said |= {"name": table.name, "url": table.url, "server_name": table.server_name}
        where = {"dbname": at["NAME"], "user": at["USER"], "password": at["PASSWORD"]}
        where |= {"host": at["HOST"], "port": at["PORT"]}
        self._env = os.environ | {"DATABASE_URL": " ".join(f"{key}={value}" for key, value in where.items() if value)}
        self.child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it serves."""
        pipe, here = subprocess.PIPE, [sys.executable, str(Path(__file__)), json.dumps(self._said)]
        self.child = subprocess.Popen(here, stdin=pipe, stdout=pipe, text=True, env=self._env)
        self._answer()

    def kill(self) -> None:
        """SIGKILL."""
        if self.child:
            self.child.kill()
            self.child.wait()

    def do(self, what: str, key: str, ref: str = "") -> None:
        """Act, or lift. Raises Killed, PlatformDown."""
        from comity.platforms.port import PlatformDown

        assert self.child is not None
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(json.dumps([what, key, ref]) + "\n")
            self.child.stdin.flush()
        except OSError:
            raise Killed from None
        if (said := self._answer()) != "done":
            raise PlatformDown(said)

    def _answer(self) -> str:
        assert self.child is not None
        assert self.child.stdout is not None
        said = self.child.stdout.readline().strip()
        if not said:
            raise Killed
        return said


def main() -> None:
    """Serve and do, until the input ends."""
    said = json.loads(sys.argv[1])
    import django

    django.setup()
    from dataclasses import replace
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from comity.connected import Connected
    from comity.platforms.matrix.connector import MatrixPlatform, Tokens
    from comity.platforms.port import PlatformDown

    port, keys = said.pop("port"), {name: Path(path) for name, path in said.pop("keys").items()}
    table = Connected(kind="matrix", keys=keys, **said)
    settings.COMITY = replace(settings.COMITY, platforms=(*settings.COMITY.platforms, table))
    tokens = Tokens(*(table.secret(f"{one}_key") for one in ("read", "viewer", "edge", "act", "irreversible")))
    platform = MatrixPlatform(table.name, table.url, table.server_name, table.edge, tokens, appeals=table.appeals)
    quiet = type("Quiet", (WSGIRequestHandler,), {"log_message": lambda *_: None})
    server = type("Threads", (ThreadingMixIn, WSGIServer), {"daemon_threads": True})(("127.0.0.1", port), quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        what, key, ref = json.loads(line)
        try:
            platform.act(key, "withhold", ref, ["FR"]) if what == "act" else platform.lift(key)
        except PlatformDown as down:
            print(f"down: {down}", flush=True)
        else:
            print("done", flush=True)


if __name__ == "__main__":
    main()
