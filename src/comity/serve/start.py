"""`comity serve`: a whole gateway on one machine, from an empty directory or from where it stopped."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from comity import operator
from comity.serve import ledger, orphans, ports, state
from comity.serve.ports import Address
from comity.serve.postgres import Cluster
from comity.serve.state import Running
from comity.serve.supervisor import Child, Stop, Supervisor, raise_stop_on_signals
from comity.terminal import No, say

WEB, SMTP = Address("127.0.0.1", 8000), Address("127.0.0.1", 2525)
READY_TIMEOUT = 60.0  # seconds from the children's start until web and mail answer


@dataclass(frozen=True)
class Asked:
    """What the operator asked for on the command line; None means: choose."""

    data: Path
    listen: str | None = None
    smtp: str | None = None
    sandbox: str | None = None


@dataclass(frozen=True)
class Places:
    """Where the three servers listen."""

    web: Address
    smtp: Address
    sandbox: Address
    forum: Address
    matrix: Address | None = None  # of the demo's homeserver, and of the edge in front of it
    edge: Address | None = None
    telegram: Address | None = None


def choose(asked: Asked) -> Places:
    """The addresses: as asked, or last time's, or the defaults, or free ones (in which case it says so)."""
    before = state.last(asked.data)

    def one(text: str | None, option: str, default: Address, last: str | None) -> Address:
        if text is not None:
            return ports.asked(text, option)
        kept = ports.parse(last, option) if last else None
        found = ports.usual(default, kept)
        if found not in (default, kept):
            say(f"{kept or default} is taken; using {found} ({option} chooses)")
        return found

    return Places(
        one(asked.listen, "--listen", WEB, before.listen if before else None),
        one(asked.smtp, "--smtp", SMTP, before.smtp if before else None),
        _kept(asked.data, "sandbox", asked.sandbox),
        _kept(asked.data, "forum", None),
        _kept(asked.data, "matrix", None),
        _kept(asked.data, "edge", None),
        _kept(asked.data, "telegram", None),
    )


def _kept(data: Path, name: str, asked: str | None) -> Address:
    """The sandbox's port, and the forum's, is part of the URLs of everything on it: chosen once and kept."""
    kept = data / name / "port"
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if asked is not None:
        address = ports.asked(asked, f"--{name}")
    elif kept.exists():
        address = ports.asked(f"127.0.0.1:{kept.read_text().strip()}", f"--{name}")
    else:
        address = ports.any_free("127.0.0.1")
    kept.write_text(f"{address.port}\n")
    return address


def environment(data: Path, places: Places, database: str) -> dict[str, str]:
    """The environment variables of every process of this gateway."""
    return {
        "COMITY_BASE_URL": places.web.local_url,
        **os.environ,
        "COMITY_DATA": str(data),
        "COMITY_LISTEN": str(places.web),  # overrides our own: whether the demo is on by default depends on it
        "DATABASE_URL": database,
        "COMITY_SANDBOX_URL": f"http://{places.sandbox}",
        "COMITY_FORUM_URL": f"http://{places.forum}",
        "COMITY_MATRIX_URL": f"http://{places.matrix}" if places.matrix else "",
        "COMITY_EDGE_URL": f"http://{places.edge}" if places.edge else "",
        "COMITY_TELEGRAM_URL": f"http://{places.telegram}" if places.telegram else "",
        "DJANGO_SETTINGS_MODULE": "comity.settings",
    }


def token(data: Path, name: str) -> Path:
    """The file with the token by which the sandbox, or the demo's forum, recognises our connector."""
    operator.secret(data, f"{name}.key")
    return data / "keys" / f"{name}.key"


def _platform(data: Path, name: str, at: Address, home: str) -> Child:
    """A small chat platform of our own, with a store of its own."""
    listens = ["--listen", str(at), "--data", str(data / name), "--token-file", str(token(data, name))]
    return Child(name, ["comity_sandbox", *listens, "--home", home])


def _homeserver(data: Path, places: Places, base_url: str) -> Child:
    """What keeps the demo's Matrix homeserver, which is started once somebody wants it."""
    return Child("homeserver", ["comity.demo.matrix.keeper", str(data), str(places.matrix), str(places.edge), base_url])


def _peer(data: Path, at: Address | None) -> Child:
    """The demo's peer of Telegram's Bot API, with a store of its own."""
    listens = ["--listen", str(at), "--data", str(data / "telegram"), "--token-file", str(token(data, "telegram"))]
    return Child("telegram", ["comity_telegram", *listens])


def demo_is_on(data: Path, given: Mapping[str, str]) -> bool:
    """Whether the demo is on for processes of this environment. Raises operator.Misconfigured."""
    os.environ["COMITY_LISTEN"] = given["COMITY_LISTEN"]
    return operator.read(data).demo


def polled(data: Path) -> bool:
    """Whether a bot asks for its updates, and so needs a process that does. Raises operator.Misconfigured."""
    return any(one.kind == "telegram" and one.updates == "poll" for one in operator.read(data).platforms)


WORKERS = ("worker", "pager")  # the processes that run jobs
DOORS = ("sandbox", "web", "mail")  # those that must answer before the gateway says that it is ready


def children(data: Path, places: Places, reaped: Callable[[str, int], None], *, forum: bool = False) -> list[Child]:
    """The gateway's processes, in the order in which they start. `reaped` is called with the name and the pid of a dead
    one of `WORKERS`. `forum`: with those that the demo connects."""
    base_url = os.environ.get("COMITY_BASE_URL") or places.web.local_url
    home = f"{base_url}/demo/"
    return [
        _platform(data, "sandbox", places.sandbox, home),
        *([_platform(data, "forum", places.forum, home), _peer(data, places.telegram)] if forum else []),
        *([Child("bot", ["comity.cli", "bot"])] if polled(data) else []),
        Child("web", ["comity.cli", "web", "--listen", str(places.web)]),
        *(Child(name, ["comity.cli", name], partial(reaped, name)) for name in WORKERS),
        Child("mail", ["comity.cli", "mail", "--smtp", str(places.smtp)]),
        Child("sequencer", ["comity.cli", "sequencer"]),
        *([_homeserver(data, places, base_url)] if forum and places.matrix else []),
        *([Child("witness", ledger.witness(data, base_url))] if operator.read(data).demo else []),
    ]


def prepare(environment: dict[str, str]) -> str | None:
    """Migrate in a separate process; returns the founding link if nobody decides yet. Raises No."""
    done = subprocess.run(
        [sys.executable, "-m", "comity.serve.lifeline", str(os.getpid()), "comity.prepare"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        say(done.stderr.strip()[-2000:])
        raise No("the database can't be reached or brought to this version: the lines above say why")
    invite = json.loads(done.stdout.strip().splitlines()[-1])["invite"]
    return str(invite) if invite else None


@contextmanager
def database(data: Path) -> Iterator[tuple[str, Cluster | None]]:
    """The database's URL: the operator's own, or that of a cluster running for the duration of the block."""
    if own := os.environ.get("DATABASE_URL"):
        yield own, None
        return
    cluster = Cluster(data)
    if not (cluster.home / "PG_VERSION").exists():
        say("making the database (once, a few seconds)")
    try:
        cluster.start()
        yield cluster.url, cluster
    finally:
        cluster.stop()


def serve(asked: Asked, announce: Callable[[Running, str | None], None]) -> None:
    """Run everything until SIGTERM or Ctrl-C; `announce` is called once web and mail answer.

    Raises: No: a port is taken, another `serve` runs on this data, or the database can't be started. Misuse: an address
    is malformed.
    """
    began = time.monotonic()
    raise_stop_on_signals()
    try:
        with state.held(asked.data, "serve"):
            _serve(asked, announce, began)
    except Stop:
        say("stopped")


def _serve(asked: Asked, announce: Callable[[Running, str | None], None], began: float) -> None:
    data = asked.data
    places = choose(asked)
    running = Running(os.getpid(), "", str(places.web), str(places.smtp), f"http://{places.sandbox}", False)
    with database(data) as (url, cluster):
        given = environment(data, places, url)
        os.environ["COMITY_LISTEN"] = given["COMITY_LISTEN"]  # whether the demo is on depends on it
        running = _replace(running, web=given["COMITY_BASE_URL"], embedded=cluster is not None)
        for name in WORKERS:
            orphans.give_back(url, data, name)
        say("bringing the database to this version")
        invite = prepare(given)
        forum = demo_is_on(data, given)
        running = _replace(running, matrix=given["COMITY_MATRIX_URL"], edge=given["COMITY_EDGE_URL"])
        at = {"forum": f"http://{places.forum}", "telegram": f"http://{places.telegram}"}
        running = _replace(running, **(at if forum else {}))
        made = children(data, places, partial(orphans.give_back, url, data), forum=forum)
        # all at once they would wait for each other's start: a second of processor time each
        supervisor = Supervisor([child for child in made if child.name in DOORS], given, cluster)
        try:
            say("starting web, mail and sandbox, then worker, pager and sequencer")
            _await_ready(supervisor, places)
            supervisor.children += [child for child in made if child.name not in DOORS]
            supervisor.look()
            state.write(data, running)
            say(f"ready after {time.monotonic() - began:.1f} s")
            announce(running, invite)
            supervisor.run()
        finally:
            supervisor.stop()
            state.write(data, _replace(running, pid=None))


def _replace(running: Running, **changes: object) -> Running:
    return Running(**{**vars(running), **changes})


def _await_ready(supervisor: Supervisor, places: Places) -> None:
    end = time.monotonic() + READY_TIMEOUT
    while not (_greets(places.smtp) and _answers(places.web) and _answers(places.sandbox)):
        supervisor.look()
        if time.monotonic() > end:
            raise No(f"web, mail or sandbox didn't answer within {READY_TIMEOUT:g} s: their lines above say why")
        time.sleep(0.05)


def _reach(address: Address) -> socket.socket:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 it is compared, not bound
    return socket.create_connection((host, address.port), timeout=2)


def _greets(smtp: Address) -> bool:
    try:
        with _reach(smtp) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False


def _answers(web: Address) -> bool:
    try:
        with _reach(web) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False
