"""Databases at this version, made once for a session by whoever needs the first, and copied by all others: bringing one
there takes each worker and each gateway seconds of work, and says the same each time. And what empties them quickly."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from django.db import connection

from comity.serve.postgres import Cluster

MIGRATED = "migrated"  # the database of the tests' own cluster that each worker's is copied from
MIGRATE = "import django; django.setup(); from comity import prepare; prepare.migrate()"
KEYS = ("postgres-postgres.key", "postgres-comity.key")


def _migrate(data: Path, url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "COMITY_DATA": str(data), "COMITY_LISTEN": "127.0.0.1:8000"}
    subprocess.run([sys.executable, "-c", MIGRATE], env=environment, check=True, timeout=300)


@contextlib.contextmanager
def _first(place: Path) -> Iterator[bool]:
    """One at a time; whether nobody was here before."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = place / "done"
        yield not done.exists()
        done.touch()


def template(shared: Path, admin: str) -> str:
    """The name of a database to copy. `shared`: a directory of the whole session."""
    with _first(shared / "migrated") as first:
        if first:
            with psycopg.connect(admin, autocommit=True) as line:
                line.execute(f"create database {MIGRATED}")  # type: ignore[arg-type]
            _migrate(shared / "migrated", psycopg.conninfo.make_conninfo(admin, dbname=MIGRATED))
    return MIGRATED


def put(shared: Path, data: Path) -> None:
    """Put a cluster at this version into a data directory that has none."""
    place = shared / "cluster"
    with _first(place) as first:
        if first:
            cluster = Cluster(place, {"fsync": "off"})
            cluster.start()
            try:
                _migrate(place, cluster.url)
            finally:
                cluster.stop()
    data.mkdir(mode=0o700, exist_ok=True)
    shutil.copytree(place / "postgres", data / "postgres")
    (data / "keys").mkdir(mode=0o700, exist_ok=True)
    for key in KEYS:
        shutil.copy2(place / "keys" / key, data / "keys" / key)


OF_MODELS = ("django_content_type", "auth_permission")  # made of the models whenever they are missing: they stay


def emptying(tables: Sequence[str]) -> list[str]:
    """What empties tables as `flush` asks, within its transaction: the few that hold rows, by deleting these. To
    truncate all hundred and more makes each of their files anew, a third of a second of work after each test."""
    some = [table for table in tables if table not in OF_MODELS]
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(f"exists (select from {name(table)})" for table in some))
        holds = cursor.fetchone()
    full = [table for table, held in zip(some, holds, strict=True) if held]
    # neither the triggers by which our tables refuse it nor foreign keys are asked
    return ["set local session_replication_role = replica", *(f"delete from {name(table)}" for table in full)]
