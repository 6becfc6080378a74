"""The worked example's forum, served, and the ways in which it can be made to lie: each a small change of it."""

import base64
import importlib.util
import os
import random
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import uvicorn

from comity.platforms.asking import Limits, Secrets
from comity.platforms.http import HttpPlatform
from comity.platforms.kit import Report, Trial, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_forum"
LARGEST = 200_000  # bytes, of what a liar may answer in a test
Scope, Receive, Send = dict[str, Any], Any, Any
Twist = Callable[[Scope, Receive, Send], Any]


def secret() -> str:
    return "whsec_" + base64.b64encode(random.randbytes(32)).decode()


class Forum:
    """The example as an engineer would start it: `adapter` and `forum` are its modules; `twist` stands before it."""

    def __init__(self, keys: Path) -> None:
        self.secrets = Secrets(secret(), secret())
        for name, key in (("read", self.secrets.read), ("act", self.secrets.reversible)):
            (keys / f"{name}.key").write_text(key)
        os.environ["FORUM_KEYS"] = str(keys)
        self.forum, self.adapter = _module("forum"), _module("adapter")
        config = uvicorn.Config(self, "127.0.0.1", 0, log_level="critical", date_header=False, lifespan="off")
        self._server, self.twist, self.date = uvicorn.Server(config), None, 0.0
        threading.Thread(target=self._server.run, daemon=True).start()
        while not self._server.started:
            time.sleep(0.01)
        self.home = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        for module in (self.forum, self.adapter):
            module.HOME = self.home

    twist: Twist | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                stamp = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + self.date))
                message = {**message, "headers": [*message["headers"], (b"date", stamp.encode())]}
            await send(message)

        await (self.twist or self.forum.app)(scope, receive, dated)

    def tested(self, timeout: float = 5.0) -> Report:
        limits = Limits(timeout=timeout, repeats=0, largest=LARGEST)
        platform = HttpPlatform(f"{self.home}/comity", self.secrets, limits=limits)
        return run(Trial(platform, self.secrets, timeout))

    def forget(self) -> None:
        for kept in (self.forum.DONE, self.adapter.TOLD, self.adapter.HEARD):
            kept.clear()
        self.twist, self.date = None, 0.0

    def stop(self) -> None:
        self._server.should_exit = True


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # by this name the adapter imports the forum
    spec.loader.exec_module(made)
    return made


@contextmanager
def served(keys: Path) -> Iterator[Forum]:
    made = Forum(keys)
    try:
        yield made
    finally:
        made.stop()
        for name in ("forum", "adapter"):
            sys.modules.pop(name, None)


def answers(forum: Forum, calls: set[str], status: int, body: bytes, **headers: str) -> Twist:
    """Some calls are answered in one way; all else as it is."""

    async def twist(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].removeprefix("/comity/") not in calls:
            await forum.forum.app(scope, receive, send)
            return
        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": body})

    return twist


def bomb() -> bytes:
    """A few kilobytes that unpack to some megabytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packed.compress(b" " * 8_000_000) + packed.flush()
