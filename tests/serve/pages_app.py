"""A small application behind the pages' server, with one thread: what `test_bodies.py` talks to.

`/wait` streams a piece, and the rest once the file HOLD is there. `naive` is the old way, a body read by the thread.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from comity.serve import lifeline
from comity.serve.bodies import Pages, environ

lifeline.tie_to_spawner()
HOLD = Path(os.environ["HOLD"])
asked: list[str] = []


class Answer:
    def __init__(self, pieces: Iterable[bytes], streaming: bool = False) -> None:
        self.pieces, self.streaming = pieces, streaming

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None: ...


def _held() -> Iterator[bytes]:
    yield b"first "
    while not HOLD.exists():
        time.sleep(0.01)
        yield b"."
    yield b" last"


def application(given: dict[str, Any], start_response: Callable[..., None]) -> Answer:
    asked.append(f"{given['REQUEST_METHOD']} {given['PATH_INFO']}")
    start_response("200 OK", [("Content-Type", "application/json")])
    if given["PATH_INFO"] == "/wait":
        return Answer(_held(), streaming=True)
    told = {key: value for key, value in given.items() if isinstance(value, str)}
    told["body"] = given["wsgi.input"].read().decode()
    return Answer([json.dumps({"environ": told, "asked": asked}).encode()])


class Naive(Pages):
    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.threads, self._late, scope, protocol, loop)

    def _late(self, scope: Any, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        async def body() -> bytes:
            return bytes(await protocol()) if "content-length" in scope.headers else b""

        read = asyncio.run_coroutine_threadsafe(body(), loop).result()
        self._answer(environ(scope, read), protocol, loop)


pages, naive = Pages(application, 1, 100_000), Naive(application, 1, 100_000)
pages.bodies.timeout = 1.0
