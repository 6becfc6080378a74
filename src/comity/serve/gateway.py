"""How a command reaches the gateway's database: through a `serve` running on the data directory, or on its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from comity import operator
from comity.serve import state
from comity.serve.postgres import Cluster
from comity.serve.start import database, prepare
from comity.serve.state import Running
from comity.terminal import No, say

# What a command's parser asks for with `set_defaults(gateway=…)`; its function then runs with Django set up.
DATABASE = "database"  # the database: a running serve's, DATABASE_URL's, else one started for the command's lifetime
RUNNING = "running"  # a running serve, else exit status 1
SERVE = "serve"  # a running serve, else one started for the command's lifetime
SPLIT = "split"  # one process of the gateway: DATABASE_URL, or beside a running serve
PARENT = "parent"  # the same, of one that only starts those that run Django: it does without, and is there sooner

STARTING = 90.0  # seconds to wait for a serve that is starting


@contextmanager
def reached(need: str, data: Path, listen: str | None = None) -> Iterator[Running | None]:
    """Set up Django on this data directory's gateway for the duration of the block; yields the running `serve`, if any.

    `listen`: where the command itself will serve pages; unless that is the loopback, it takes precedence over what
    `serve` says.

    Raises: No: nothing is running and the command needs it; or the database can't be started. operator.Misconfigured.
    """
    os.environ["COMITY_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    told = need in (SPLIT, PARENT) and "DATABASE_URL" in os.environ  # by our own supervisor, or by the operator
    running = None if told else state.await_running(data, STARTING)
    with _means(need, data, running) as found:
        if listen and not operator.loopback(listen):
            os.environ["COMITY_LISTEN"] = listen
        if need == PARENT:
            operator.read(data)
        else:
            _set_up()
        yield found


def _set_up() -> None:
    import django

    django.setup()


@contextmanager
def _means(need: str, data: Path, running: Running | None) -> Iterator[Running | None]:
    if running is None and need == RUNNING:
        raise No(f"no gateway runs on {data}: start one with `comity serve --data {data}`")
    if running is None and need == SERVE:
        with _served(data) as running:
            _join(data, running)
            yield running
    elif running is None and need == DATABASE:
        with _alone(data):
            yield None
    elif running is not None:
        _join(data, running)
        yield running
    elif "DATABASE_URL" in os.environ:
        yield None
    else:
        raise No("no gateway runs here: `comity serve` runs everything; a single process needs DATABASE_URL")


def _join(data: Path, running: Running) -> None:
    if running.embedded:
        os.environ["DATABASE_URL"] = Cluster(data).url
    elif "DATABASE_URL" not in os.environ:
        raise No(f"the gateway on {data} runs on a PostgreSQL of its own: set the same DATABASE_URL")
    os.environ.setdefault("COMITY_BASE_URL", running.web)
    os.environ["COMITY_SANDBOX_URL"] = running.sandbox
    os.environ["COMITY_FORUM_URL"] = running.forum
    os.environ["COMITY_MATRIX_URL"], os.environ["COMITY_EDGE_URL"] = running.matrix, running.edge
    os.environ["COMITY_TELEGRAM_URL"] = running.telegram
    os.environ["COMITY_LISTEN"] = running.listen


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """The database for this command's lifetime. Our own is used by nobody else meanwhile; the operator's may be
    shared."""
    lock = nullcontext() if "DATABASE_URL" in os.environ else state.held(data, "command", timeout=60)
    with lock, database(data) as (url, _):
        os.environ["DATABASE_URL"] = url
        if before := state.last(data):
            os.environ.setdefault("COMITY_BASE_URL", before.web)
            os.environ.setdefault("COMITY_SANDBOX_URL", before.sandbox)
            os.environ.setdefault("COMITY_FORUM_URL", before.forum)
            os.environ.setdefault("COMITY_MATRIX_URL", before.matrix)
            os.environ.setdefault("COMITY_EDGE_URL", before.edge)
            os.environ.setdefault("COMITY_TELEGRAM_URL", before.telegram)
            os.environ.setdefault("COMITY_LISTEN", before.listen)
        prepare(dict(os.environ))
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


@contextmanager
def _served(data: Path) -> Iterator[Running]:
    """A `serve` of our own, stopped at the end of the block, and dying with us if we are killed."""
    command = ["comity.cli", "serve", "--json", "--data", str(data)]
    process = subprocess.Popen(
        [sys.executable, "-m", "comity.serve.lifeline", str(os.getpid()), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # the announcement; or the end, if it can't start
        running = state.running(data)
        if running is None:
            raise No(f"the gateway on {data} didn't start: its lines above say why")
        yield running
    finally:
        say("stopping the gateway")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
