"""Jobs whose worker died: requeued immediately by the supervisor that reaped it, or within seconds by any worker."""

import contextlib
from pathlib import Path

import psycopg

# Deleting a worker's row sets its jobs' worker_id to null while they are still "doing": that marks an orphan.
DELETE_STALLED = """
    delete from procrastinate_workers
    where last_heartbeat < now() - make_interval(secs => %(seconds)s) and not id = any(%(ours)s)
"""
DELETE_WORKERS = "delete from procrastinate_workers where id = any(%(workers)s)"
GIVE_BACK = """
    with orphan as (
        select id from procrastinate_jobs where status = 'doing' and worker_id is null for update skip locked
    )
    select procrastinate_retry_job_v2(id, now(), null, null, null) from orphan
"""


def write_worker_ids(data: Path, name: str, pid: int, *workers: int) -> None:
    """Record atomically which workers (ids of their rows, one per lane) a process runs: `name` is the process's."""
    path = data / f"{name}.id"
    made = path.with_suffix(f".{pid}")
    made.write_text(" ".join(map(str, (pid, *workers))))
    made.replace(path)


def worker_ids(data: Path, name: str) -> list[int]:
    """Which workers the process of a name runs, as it last said; empty where it never ran here."""
    try:
        return [int(one) for one in (data / f"{name}.id").read_text().split()[1:]]
    except (FileNotFoundError, ValueError):
        return []


def give_back(url: str, data: Path, name: str, pid: int | None = None) -> None:
    """Delete the rows of the workers that were process `pid` of a name (None: the last one, known to be dead) and
    requeue their jobs.

    Does nothing if the database is down as well: the next worker's sweep does it then.
    """
    try:
        written, *workers = map(int, (data / f"{name}.id").read_text().split())
    except (FileNotFoundError, ValueError):
        return
    if pid is not None and pid != written:
        return
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True, connect_timeout=3) as database:
        database.execute(DELETE_WORKERS, {"workers": workers})
        database.execute(GIVE_BACK)
