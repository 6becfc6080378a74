"""`make bench ONLY=matrix`: the edge before a Synapse beside Synapse alone, with no measure, one and a million; how
long from a decision to its effect; look-ups beside a bare dict; memory. About three minutes."""

import asyncio
import json
import os
import random
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

import aiohttp  # noqa: E402
from _report import Row, percentile, spread, tell  # noqa: E402

from comity.demo.matrix.homeserver import EdgeProcess, People, Synapse  # noqa: E402
from comity_edge.measures import Measures, Reach, row  # noqa: E402

REPEATS = int(os.environ.get("BENCH_REPEATS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
MANY = int(os.environ.get("BENCH_MEASURES", "1000000"))
EVENTS = 50
NOBODY, ONE, LOTS = "BE", "FR", "CH"  # countries with no measure, one and a million
PLACES = {NOBODY: "127.0.0.11", ONE: "127.0.0.12", LOTS: "127.0.0.13"}


class Gateway:
    """A gateway that serves one list, signed as ours signs it, and takes more lines while it runs."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.signer, self.lines, self.news = Ed25519PrivateKey.generate(), lines, asyncio.Event()
        self.asked = 0

    @property
    def public(self) -> str:
        import base64

        return base64.b64encode(self.signer.public_key().public_bytes_raw()).decode()

    async def start(self) -> str:
        from aiohttp import web

        app = web.Application()
        app.router.add_get("/list", self._page)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/list"

    async def _page(self, request: Any) -> Any:
        import base64

        from aiohttp import web

        since, wait = int(request.query["after"]), float(request.query["wait"])
        self.asked = since
        if since >= len(self.lines) and wait:
            self.news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), wait)
        rows = self.lines[since : since + 20_000]
        to = since + len(rows)
        said = {
            "platform": "bench",
            "from": since,
            "to": to,
            "at": time.time(),
            "more": to < len(self.lines),
            "rows": rows,
        }
        raw = json.dumps(said).encode()
        return web.Response(body=raw, headers={"Comity-Signature": base64.b64encode(self.signer.sign(raw)).decode()})

    def add(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        self.news.set()


def invented(n: int) -> str:
    """An event's id that nobody has."""
    return "$" + f"{n:043d}"


class Stand:
    """Synapse with a room of fifty messages and a picture, and an edge before it."""

    def __init__(self, home: Path) -> None:
        self.synapse = Synapse(home / "synapse", _free(), "bench.test")
        self.synapse.start()
        self.reader = People(self.synapse.url, *self.synapse.account("reader"))
        self.room = self.reader.create("bench", "Bench")
        self.events = [self.reader.say(self.room, f"Message {n}. " + "Words of a message. " * 6) for n in range(EVENTS)]
        self.file = self.reader.upload(random.Random(1).randbytes(64 * 1024)).removeprefix("mxc://")
        self.home = home

    def edge(self, list_url: str, public: str) -> EdgeProcess:
        home = self.home / "edge"
        home.mkdir()
        (home / "token").write_text(secrets.token_urlsafe(32))
        (home / "places").write_text("".join(f"{at}/32 {code}\n" for code, at in PLACES.items()))
        given = {"platform": "bench", "upstream": self.synapse.url, "list": list_url, "public_key": public}
        given |= {"token_file": "token", "state": "state", "country": {"table": "places"}}
        return EdgeProcess(home, _free(), given)

    def paths(self) -> dict[str, str]:
        """What is asked for: a sync of what is there, fifty messages, a file."""
        room, only = quote(self.room), quote(json.dumps({"room": {"timeline": {"limit": 10}}}))
        return {
            "sync": f"/_matrix/client/v3/sync?timeout=0&filter={only}",
            "messages": f"/_matrix/client/v3/rooms/{room}/messages?dir=b&limit={EVENTS}",
            "media": f"/_matrix/client/v1/media/download/{self.file}",
        }


def _free() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def open_loop(ask: Callable[[], Awaitable[None]], rate: float, seconds: float) -> list[float]:
    """Latencies, in ms, of requests that come at a rate, whether or not those before are answered: each counts from
    when it was due."""
    took, under_way, began = [], [], time.perf_counter()

    async def one(due: float) -> None:
        await ask()
        took.append((time.perf_counter() - due) * 1000)

    for n in range(int(rate * seconds)):
        due = began + n / rate
        if (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        under_way.append(asyncio.create_task(one(due)))
    await asyncio.gather(*under_way)
    return took


async def carries(ask: Callable[[], Awaitable[None]], seconds: float = 3.0) -> float:
    """How many requests a second Synapse alone answers to four who never pause."""
    end, done = time.perf_counter() + seconds, 0

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask()
            done += 1

    await asyncio.gather(*(one() for _ in range(4)))
    return done / seconds


def asker(session: aiohttp.ClientSession, url: str, token: str) -> Callable[[], Awaitable[None]]:
    headers = {"Authorization": f"Bearer {token}"}

    async def ask() -> None:
        async with session.get(url, headers=headers) as answer:
            await answer.read()
            if answer.status not in (200, 451):
                raise RuntimeError(f"{url.split('?')[0]} answered {answer.status}")

    return ask


async def latencies(stand: Stand, edge: EdgeProcess, rows: list[Row]) -> None:
    """Each kind of request through the edge from each country beside Synapse alone, in turns."""
    sessions = {
        c: aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(at, 0))) for c, at in PLACES.items()
    }
    floors = {NOBODY: 1.20, ONE: None, LOTS: 1.35}
    says = {NOBODY: "no measure", ONE: "one measure", LOTS: f"{MANY:,} measures"}
    for name, path in stand.paths().items():
        token, plain = stand.reader.token, sessions[NOBODY]
        alone = asker(plain, stand.synapse.url + path, token)
        rate = await carries(alone) / 2
        taken: dict[str, list[list[float]]] = {country: [] for country in ("", *PLACES)}
        for _ in range(REPEATS):
            for country in taken:
                ask = asker(sessions[country], edge.url + path, token) if country else alone
                taken[country].append(await open_loop(ask, rate, SECONDS))
        base = [statistics.median(one) for one in taken[""]]
        for country in PLACES:
            mine = [statistics.median(one) for one in taken[country]]
            ratio = statistics.median(a / b for a, b in zip(mine, base, strict=True))
            floor = floors[country]
            goal = {"floor": f"≤ {floor:g} × Synapse alone", "holds": ratio <= floor} if floor else {}
            of = f"{name} at {rate:.0f}/s, {says[country]}: p50"
            peer = {"peer": "Synapse 1.163 alone", "peer_value": statistics.median(base), "ratio": ratio}
            rows.append(Row(of, statistics.median(mine), "ms", **peer, **goal))
            late, late_alone = (percentile([*chain(*taken[c])], 0.99) for c in (country, ""))
            beside = {"peer": "Synapse 1.163 alone", "peer_value": late_alone, "ratio": late / late_alone}
            rows.append(Row(of.replace("p50", "p99"), late, "ms", **beside))
            print(f"{of}: {spread(mine)} beside {spread(base)}", file=sys.stderr)
    for session in sessions.values():
        await session.close()


async def effects(stand: Stand, edge: EdgeProcess, gateway: Gateway, rows: list[Row]) -> None:
    """From a line that is decided until a viewer no longer reads it."""
    took = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(PLACES[ONE], 0))) as session:
        for event in stand.events[10:40]:
            path = f"/_matrix/client/v3/rooms/{quote(stand.room)}/event/{quote(event)}"
            began = time.perf_counter()
            gateway.add({"t": event, "c": [ONE], "r": stand.room})
            while True:
                async with session.get(
                    edge.url + path, headers={"Authorization": f"Bearer {stand.reader.token}"}
                ) as said:
                    if b"not available" in await said.read():
                        break
            took.append((time.perf_counter() - began) * 1000)
    rows.append(Row("from a line of the list to its effect: p50", statistics.median(took), "ms"))
    rows.append(Row("from a line of the list to its effect: p99", percentile(took, 0.99), "ms"))


def lookups(rows: list[Row]) -> None:
    """`withheld` beside a bare dict."""
    measures, bare = Measures(), {}
    for n in range(0, MANY, 10_000):
        some = [row({"t": invented(m), "c": [LOTS]}) for m in range(n, n + 10_000)]
        measures.take(some)
        bare.update({one.target: one.reach for one in some})
    asked = [invented(random.randrange(2 * MANY)) for _ in range(200_000)]
    mine, theirs = [], []
    for _ in range(REPEATS):
        began = time.perf_counter()
        for one in asked:
            measures.withheld(one, LOTS, 1.0)
        mine.append(len(asked) / (time.perf_counter() - began))
        began = time.perf_counter()
        for one in asked:
            _ = (reach := bare.get(one)) is not None and LOTS in reach.countries
        theirs.append(len(asked) / (time.perf_counter() - began))
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    beside = {"peer": "a bare dict", "peer_value": statistics.median(theirs), "ratio": ratio}
    rows.append(Row(f"look-ups among {MANY:,} targets", statistics.median(mine), "per s", **beside))
    assert Reach


def memory(edge: EdgeProcess) -> float:
    """What the edge holds, in MB."""
    assert edge.child
    said = Path(f"/proc/{edge.child.pid}/status").read_text()
    return int(said.split("VmRSS:")[1].split()[0]) / 1024


async def run(home: Path) -> list[Row]:
    rows: list[Row] = []
    stand = Stand(home)
    lines = [{"t": stand.events[0], "c": [ONE], "r": stand.room}]
    lines += [{"t": invented(n), "c": [LOTS], "r": f"!{n % 5000}:elsewhere"} for n in range(MANY)]
    gateway = Gateway(lines)
    edge = stand.edge(await gateway.start(), gateway.public)
    try:
        began = time.perf_counter()
        await asyncio.to_thread(edge.start)
        rows.append(Row(f"a list of {MANY:,} targets taken over by a new edge", time.perf_counter() - began, "s"))
        before = memory(edge)
        await latencies(stand, edge, rows)
        await effects(stand, edge, gateway, rows)
        grown = memory(edge) - before
        rows.append(Row(f"memory of an edge that holds {MANY:,} targets", before, "MB"))
        rows.append(Row("memory that all of these requests added", grown, "MB", floor="≤ 32 MB", holds=grown <= 32))
    finally:
        edge.end()
        stand.synapse.end()
    return rows


def main() -> int:
    """Measure, print, and write `bench/out/matrix.json`; 1 if a floor is missed."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    with tempfile.TemporaryDirectory() as home:
        rows = asyncio.run(run(Path(home)))
    lookups(rows)
    return tell("matrix", rows)


if __name__ == "__main__":
    sys.exit(main())
