"""The cluster in the data directory: made, killed, found again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from comity.serve import binaries, postgres
from comity.serve.binaries import NoDatabase, account
from comity.serve.postgres import NOBODY, SOCKET_BYTES, Cluster


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


def _nobodys(cluster: Cluster) -> list[Path]:
    """What an earlier version, which ran PostgreSQL as `nobody`, left behind: everything of it."""
    inside = [cluster.home, *cluster.home.rglob("*"), cluster.sockets, *cluster.sockets.rglob("*")]
    for path in inside:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return inside


def _left_to_nobody(cluster: Cluster) -> list[Path]:
    everything = [*cluster.data.rglob("*"), cluster.sockets, *cluster.sockets.rglob("*")]
    return [path for path in everything if path.lstat().st_uid == NOBODY]


def _is_root() -> bool:
    """Root's own tests: another account runs PostgreSQL as itself."""
    if os.geteuid() != 0:
        assert account() is None
        return False
    return True


def test_a_cluster_of_nobody_is_given_over_with_all_that_belongs_to_it(cluster: Cluster) -> None:
    if not _is_root():
        return
    cluster.start()
    assert _rows(cluster) == 1
    cluster.stop()
    (cluster.home / "pg_snapshots" / "planted").symlink_to(cluster.data.parent)
    assert len(_nobodys(cluster)) > 500
    after = Cluster(cluster.data)
    after.start()
    assert after.who == account()
    assert _rows(after) == 2
    assert _left_to_nobody(after) == []
    assert cluster.data.parent.stat().st_uid == 0  # where a link led
    after.stop()


def test_without_that_it_would_go_on_as_nobody(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    if not _is_root():
        return
    cluster.make()
    _nobodys(cluster)
    monkeypatch.setattr(postgres, "NOBODY", -1)
    after = Cluster(cluster.data).who
    assert after
    assert after.uid == NOBODY


def test_giving_over_that_was_broken_off_is_finished(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    if not _is_root():
        return
    cluster.make()
    _nobodys(cluster)
    genuine, done = os.chown, list[object]()

    def broken_off(*given: object, **more: object) -> None:
        done.append(given)
        if len(done) > 100:
            raise KeyboardInterrupt
        genuine(*given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "chown", broken_off)
        with pytest.raises(KeyboardInterrupt):
            Cluster(cluster.data).start()
    cluster.start()
    assert _left_to_nobody(cluster) == []


@pytest.mark.parametrize("program", ["useradd-is-not-here", "false"])
def test_as_root_without_an_account_it_refuses_with_the_line_that_makes_one(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(binaries, "ACCOUNT", "comity-is-not-here")
    monkeypatch.setattr(binaries, "MAKE_ACCOUNT", (program, "--system", "comity-is-not-here"))
    with pytest.raises(NoDatabase, match=f"an account of its own: {program} --system comity-is-not-here"):
        account()


def test_the_account_is_made_without_a_home_and_without_a_shell() -> None:
    assert {"--system", "--no-create-home", "/usr/sbin/nologin"} <= set(binaries.MAKE_ACCOUNT)
    if _is_root():
        made = account()
        assert made
        assert made.uid not in (0, NOBODY)
