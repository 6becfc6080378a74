"""`comity serve` as operators run it: real processes, ended and killed."""

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Gateway, eventually


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway for one test, on a data directory that exists, is empty, and is closed to others, as all above it."""
    tmp_path.chmod(0o700)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    gateway = Gateway(data)
    yield gateway
    if gateway.process and gateway.process.poll() is None:
        gateway.stop()


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _family(gateway: Gateway) -> set[int]:
    """The pids of all processes below `serve`."""
    assert gateway.process
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, new = set[int](), {gateway.process.pid}
    while new:
        found |= new
        new = {pid for pid, parent in parents.items() if parent in new} - found
    return found - {gateway.process.pid}


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_it_works(gateway: Gateway) -> None:
    assert gateway.says["demo"].startswith("http://localhost:")
    assert _status(gateway.url + "/healthz") == 200
    with socket.create_connection(gateway.smtp, timeout=5) as door:
        assert door.recv(3) == b"220"
    assert _status(gateway.sandbox) > 0
    assert gateway.says["invite"]


@pytest.mark.kill
@pytest.mark.soak
def test_a_closed_data_directory_stays_closed_and_a_second_start_finds_all(own: Gateway) -> None:
    own.start()
    assert own.data.stat().st_mode & 0o777 == 0o700
    sandbox, invite = own.sandbox, own.says["invite"]
    children = _family(own)
    assert own.stop() == 0
    assert not any(map(_alive, children))
    own.start()
    assert own.sandbox == sandbox
    assert invite


@pytest.mark.kill
@pytest.mark.soak
def test_kill_9_of_the_group_leaves_nothing_that_blocks(own: Gateway) -> None:
    own.start()
    children = _family(own)
    assert len(children) > 4
    own.kill()
    eventually(lambda: not any(map(_alive, children)), 15)
    assert own.start().says["front"]


@pytest.mark.kill
def test_kill_9_of_postmaster_web_worker_and_mail_is_mended_in_place(own: Gateway) -> None:
    own.start()
    assert own.process
    old = own.postmaster()
    for pid in _family(own):
        if _alive(pid):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: own.postmaster() not in (0, old) if (own.data / "postgres/postmaster.pid").exists() else False)
    eventually(lambda: _status(own.url + "/readyz") == 200, 45)
    assert own.process.poll() is None


def test_refuses_a_second_serve_on_the_same_data(gateway: Gateway) -> None:
    assert gateway.process
    said = gateway.run("serve")
    assert said.returncode == 1
    assert f"comity serve (process {gateway.process.pid}) already runs" in said.stderr


def test_refuses_a_taken_port_that_was_asked_for(gateway: Gateway, tmp_path: Path) -> None:
    other = Gateway(tmp_path / "other")
    other.data.mkdir()
    said = other.run("serve", "--listen", str(gateway.says["front"]).removeprefix("http://").rstrip("/"))
    assert said.returncode == 1
    assert "taken by another process" in said.stderr


def test_refuses_an_address_that_is_none(tmp_path: Path) -> None:
    said = Gateway(tmp_path).run("serve", "--listen", "eight thousand")
    assert said.returncode == 2
    assert "give HOST:PORT" in said.stderr


@pytest.mark.soak
def test_a_command_without_serve_works_on_its_own_database(own: Gateway) -> None:
    assert own.run("requests", "list").returncode == 0
    assert own.run("requests", "list").returncode == 0
