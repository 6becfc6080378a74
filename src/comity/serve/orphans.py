"""Jobs whose worker died: given back at once by the supervisor that reaped it, in seconds by any worker."""

import contextlib
from pathlib import Path

import psycopg

# A worker's row gone, its jobs are left "doing" with no worker: that is what marks an orphan.
BURY_STALLED = """
    delete from procrastinate_workers
    where last_heartbeat < now() - make_interval(secs => %(seconds)s) and not id = any(%(ours)s)
"""
BURY = "delete from procrastinate_workers where id = any(%(workers)s)"
GIVE_BACK = """
    with orphan as (
        select id from procrastinate_jobs where status = 'doing' and worker_id is null for update skip locked
    )
    select procrastinate_retry_job_v2(id, now(), null, null, null) from orphan
"""


def write_name(data: Path, pid: int, *workers: int) -> None:
    """Leave word which workers (their rows' ids, one for each lane) this process is."""
    path = data / "worker.id"
    made = path.with_suffix(f".{pid}")
    made.write_text(" ".join(map(str, (pid, *workers))))
    made.replace(path)


def give_back(url: str, data: Path, pid: int | None = None) -> None:
    """Bury the workers that were process `pid` (None: the last one, known to be dead) and give back their jobs.

    Silent when the database is down as well: then the next worker's sweep does it.
    """
    try:
        written, *workers = map(int, (data / "worker.id").read_text().split())
    except (FileNotFoundError, ValueError):
        return
    if pid is not None and pid != written:
        return
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True, connect_timeout=3) as database:
        database.execute(BURY, {"workers": workers})
        database.execute(GIVE_BACK)
