"""What whoever takes the server gets by PostgreSQL's own programs, and by a backup that he finds later."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from comity import clock
from comity.serve.postgres import Cluster
from comity.vault import commands as vault
from comity.vault.models import Blob

from ..client import NotPlayed
from . import spoils
from .ground import Attack, Ground

WAL = ("pg_wal", "pg_xlog")


def dumped(at: Ground) -> Attack:
    """Root dumps the database with its own program, and has the write-ahead log written out to its last byte.

    A text of the attack's own is written into a row first: where the same search doesn't find that one, it proves
    nothing.
    """
    cluster, mark = Cluster(Path(settings.COMITY.data)), f"raid-{secrets.token_hex(12)}"
    wanted, control = spoils.forms(at.secret), spoils.forms(mark)
    with _row(mark):
        switched = _switch(cluster) if at.running.embedded else 0
        logs = [path for path in spoils.files(cluster.data, of=("postgres",)) if path.parent.name in WAL]
        url = cluster.url if at.running.embedded else ""
        sources: dict[str, Callable[[], Iterator[bytes]]] = {"pg_dump": partial(spoils.pg_dump, url)}
        sources |= {path.name: partial(spoils.read, path) for path in logs}
        hits = [name for name, of in sources.items() if spoils.found(of(), spoils.hexed(wanted))]
        seen = {name for name, of in sources.items() if spoils.found(of(), spoils.hexed(control))}
    if "pg_dump" not in seen or (at.running.embedded and len(seen) < 2):
        raise NotPlayed(f"a search that finds nothing proves nothing: the control was found in {sorted(seen)} alone")
    return Attack(
        "pg-dump-and-wal",
        "root, with PostgreSQL’s own programs",
        f"dumped the database; forced {switched} switches of the write-ahead log, and read its {len(logs)} segments",
        ", ".join(hits) or f"nothing of what was written; a row of his own was found in {', '.join(sorted(seen))}",
        len(at.secret) if hits else 0,
        "nowhere: reading leaves no trace",
        at.control(),
    )


@contextmanager
def _row(mark: str) -> Iterator[None]:
    """A row that holds a text in clear, in a table of its own, while it is looked for."""
    psql("create table if not exists raid_control (said bytea)", [])
    psql("insert into raid_control values (%s)", [mark.encode()])
    try:
        yield
    finally:
        psql("drop table raid_control", [])


def _switch(cluster: Cluster) -> int:
    """Have what is in the database's memory written, and begin a new segment twice."""
    with psycopg.connect(cluster.admin_url, autocommit=True) as admin:
        for _ in range(2):
            admin.execute("checkpoint")
            admin.execute("select pg_switch_wal()")
    return 2


def old(at: Ground) -> Attack:
    """Somebody finds a backup of last month, and takes the server with the keys of today."""
    month = f"w{(clock.now() - timedelta(days=62)):%Y-%m}"
    ref, text = secrets.token_hex(16), f"of {month}".encode()
    nonce = secrets.token_bytes(12)
    sealed = b"\x01" + nonce + AESGCM(vault.keys().make(month)).encrypt(nonce, text, ref.encode())
    psql(
        "insert into vault_blob (ref, month, until, version, sealed) values (%s, %s, %s, 1, %s)",
        [ref, month, clock.now() + timedelta(days=1), sealed],
    )
    before = _tried_all(ref, sealed)
    while Blob.objects.filter(ref=ref, month=month).exists():
        if not vault.seal_again(clock.now()):
            break
    vault.forget(clock.now())
    after, kept = _tried_all(ref, sealed), vault.get(ref) == text
    vault.end(ref, clock.now())
    if not before or not kept:
        raise NotPlayed("the backup never opened, so that it shows nothing")
    return Attack(
        "old-backup",
        "a backup of the database, and later the server with its keys",
        "tried each key that is left on a document as it stood in the backup",
        "nothing: its month’s key is destroyed" if not after else "the document",
        len(text) if after else 0,
        "nowhere: reading leaves no trace",
        at.control(),
    )


def psql(statement: str, values: list[Any]) -> None:
    """What root writes past every room, with the database's own program."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _tried_all(ref: str, sealed: bytes) -> bool:
    for month in vault.keys().others(""):
        try:
            AESGCM(vault.keys().open(month)).decrypt(sealed[1:13], sealed[13:], ref.encode())
            return True
        except Exception:  # noqa: S112 whatever goes wrong, it didn't open
            continue
    return False
