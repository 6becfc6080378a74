"""The cluster in the data directory: made, killed, found again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from comity.serve.postgres import SOCKET_BYTES, Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    made = Cluster(data)
    yield made
    made.stop()


def _rows(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url) as connection:
        connection.execute("create table if not exists kept (row int)")
        connection.execute("insert into kept values (1)")
        row = connection.execute("select count(*) from kept").fetchone()
        assert row
        return int(row[0])


def test_it_works_below_a_directory_that_is_closed_to_others(cluster: Cluster) -> None:
    cluster.data.parent.chmod(0o700)
    cluster.start()
    assert _rows(cluster) == 1
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_a_second_start_finds_everything(cluster: Cluster) -> None:
    cluster.start()
    assert _rows(cluster) == 1
    cluster.stop()
    cluster.start()
    assert _rows(cluster) == 2


def test_a_killed_postmaster_is_back_with_every_row(cluster: Cluster) -> None:
    cluster.start()
    for killed in range(1, 6):
        assert _rows(cluster) == killed
        assert cluster.postmaster
        os.kill(cluster.postmaster.pid, signal.SIGKILL)
        cluster.start()
    assert _rows(cluster) == 6


def test_the_lock_file_of_a_zombie_does_not_block(cluster: Cluster) -> None:
    cluster.start()
    assert _rows(cluster) == 1
    assert cluster.postmaster
    zombie = cluster.postmaster  # nobody reaps it before the next one starts
    os.kill(zombie.pid, signal.SIGKILL)
    after = Cluster(cluster.data)
    after.start()
    assert _rows(after) == 2
    after.stop()


def test_a_half_made_cluster_is_made_again(cluster: Cluster) -> None:
    half = cluster.data / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    cluster.start()
    assert _rows(cluster) == 1


def test_a_deep_directory_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["deeper-and-deeper"] * 6)
    deep.mkdir(parents=True)
    cluster = Cluster(deep)
    cluster.start()
    assert len(os.fsencode(cluster.sockets / ".s.PGSQL.5432.lock")) <= SOCKET_BYTES
    assert _rows(cluster) == 1
    cluster.stop()


def test_the_log_never_holds_a_value(cluster: Cluster) -> None:
    cluster.start()
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("create table person (name text primary key)")
        connection.execute("insert into person values ('Zinaida')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('Zinaida')")
    assert "Zinaida" not in cluster.log.read_text()


def test_the_gateways_role_is_no_superuser(cluster: Cluster) -> None:
    cluster.start()
    with psycopg.connect(cluster.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select pg_read_file('/etc/hostname')")


def test_a_cluster_that_root_restored_is_taken_over(cluster: Cluster) -> None:
    cluster.start()
    assert _rows(cluster) == 1
    cluster.stop()
    for path in (cluster.home, *cluster.home.rglob("*")):
        os.chown(path, os.geteuid(), os.getegid())
    again = Cluster(cluster.data)
    again.start()
    assert _rows(again) == 2
    again.stop()
