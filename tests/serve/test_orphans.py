"""Jobs whose worker died."""

import os
from pathlib import Path

import pytest
from django.db import connection

from comity.serve import orphans

pytestmark = pytest.mark.django_db(transaction=True)


def _worker(seconds_ago: float = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat)"
            " values (now() - make_interval(secs => %s)) returning id",
            [seconds_ago],
        )
        return int(cursor.fetchone()[0])


def _job(worker: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " values ('default', 'comity:step', 'doing', %s) returning id",
            [worker],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select status from procrastinate_jobs where id = %s", [job])
        return str(cursor.fetchone()[0])


def _url() -> str:
    at = connection.get_connection_params()
    return f"postgresql://{at['user']}:{at['password']}@/{at['dbname']}?host={at['host']}"


def test_it_works(tmp_path: Path) -> None:
    worker = _worker()
    job = _job(worker)
    orphans.write_worker_ids(tmp_path, "worker", 4711, worker)
    orphans.give_back(_url(), tmp_path, "worker", 4711)
    assert _status(job) == "todo"


def test_gives_back_the_jobs_of_both_lanes(tmp_path: Path) -> None:
    lanes = [_worker(), _worker()]
    jobs = [_job(worker) for worker in lanes]
    orphans.write_worker_ids(tmp_path, "worker", 4711, *lanes)
    orphans.give_back(_url(), tmp_path, "worker", 4711)
    assert [_status(job) for job in jobs] == ["todo", "todo"]


def test_leaves_the_jobs_of_the_living(tmp_path: Path) -> None:
    dead, alive = _worker(), _worker()
    job = _job(alive)
    orphans.write_worker_ids(tmp_path, "worker", 4711, dead)
    orphans.give_back(_url(), tmp_path, "worker", 4711)
    assert _status(job) == "doing"


def test_leaves_the_worker_that_came_after(tmp_path: Path) -> None:
    successor = _worker()
    job = _job(successor)
    orphans.write_worker_ids(tmp_path, "worker", 4712, successor)
    orphans.give_back(_url(), tmp_path, "worker", 4711)
    assert _status(job) == "doing"


def test_a_worker_without_heartbeat_is_removed_by_any_other() -> None:
    silent, alive = _worker(seconds_ago=10), _worker()
    lost, kept = _job(silent), _job(alive)
    with connection.cursor() as cursor:
        cursor.execute(orphans.DELETE_STALLED, {"seconds": 4, "ours": [alive]})
        cursor.execute(orphans.GIVE_BACK)
        cursor.execute(orphans.GIVE_BACK)  # twice does nothing more
    assert (_status(lost), _status(kept)) == ("todo", "doing")


def test_a_worker_never_buries_itself_after_the_machine_slept() -> None:
    ours = _worker(seconds_ago=3600)
    job = _job(ours)
    with connection.cursor() as cursor:
        cursor.execute(orphans.DELETE_STALLED, {"seconds": 4, "ours": [ours]})
        cursor.execute(orphans.GIVE_BACK)
    assert _status(job) == "doing"


def test_is_silent_without_a_database(tmp_path: Path) -> None:
    orphans.write_worker_ids(tmp_path, "worker", os.getpid(), 1)
    orphans.give_back(f"postgresql://x@/x?host={tmp_path}", tmp_path, "worker")
