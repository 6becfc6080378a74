"""Databases at this version, made once for a session by whoever needs the first, and copied by all others: bringing one
there takes each worker and each gateway seconds of work, and says the same each time."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

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
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f"create database {MIGRATED}")  # type: ignore[arg-type]
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
