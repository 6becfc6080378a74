"""`comity-edge CONFIG`: the edge of one homeserver, until it is told to stop."""

import argparse
import asyncio
import json
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from .config import Config, Misconfigured, read
from .kept import Kept
from .proxy import Edge

LARGEST_HEAD = 64 * 1024


def main(argv: list[str] | None = None) -> int:
    """Serve, check the settings (`--check`), say how fresh the list of a running edge is (`--fresh`), or what it
    withholds by it (`--held`)."""
    parser = argparse.ArgumentParser(prog="comity-edge", description=__doc__)
    parser.add_argument("config", type=Path, help="its settings, a TOML file (comity platform edge NAME writes one)")
    parser.add_argument("--check", action="store_true", help="only check the settings")
    parser.add_argument("--fresh", action="store_true", help="ask the running one how fresh its list is")
    parser.add_argument("--held", action="store_true", help="print what it withholds, a line of JSON for each thing")
    args = parser.parse_args(argv)
    try:
        config = read(args.config)
    except Misconfigured as wrong:
        print(f"comity-edge: {wrong}", file=sys.stderr)
        return 2
    if args.check:
        return 0
    if args.fresh:
        return _fresh(config)
    if args.held:
        return _held(config)
    uvloop.run(serve(config))
    return 0


def _fresh(config: Config) -> int:
    """Print it; 1 if the edge isn't there, or its list is cut off."""
    host, port = config.listen
    request = urllib.request.Request(  # its own address, by its own settings
        f"http://{host}:{port}/_comity/edge/freshness", headers={"Authorization": f"Bearer {config.token}"}
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            said = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError) as error:
        print(f"comity-edge: no answer ({type(error).__name__})", file=sys.stderr)
        return 1
    print(json.dumps(said))
    return 0 if said["connected"] else 1


def _held(config: Config) -> int:
    """Print it, from its file: beside an edge that runs, too. 1 if it never had a list."""
    path = config.state / "list.sqlite"
    if not path.exists():
        print(f"comity-edge: {path}: it never had a list", file=sys.stderr)
        return 1
    kept = Kept(path, config.platform)
    for one in kept.rows():
        where = {"countries": sorted(one.reach.countries), **({"room": one.room} if one.room else {})}
        print(json.dumps({"target": one.target, **where}))
    kept.close()
    return 0


async def serve(config: Config) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    edge = Edge(config)
    host, port = config.listen
    server = Server(
        edge,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
        websockets=False,
        backpressure=8192,
        log_level=LogLevels.warning,
    )
    loop = asyncio.get_running_loop()
    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, server.stop)
    await server.serve()
