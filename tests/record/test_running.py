"""The record of a gateway that runs: its sequencer killed at seeded moments, a second one beside it, an old backup."""

import os
import random
import resource
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from running import COMITY, Gateway, eventually, gateway_at

from comity.record.bell import LISTEN
from comity.serve.postgres import Cluster
from comity_verify import policies
from comity_verify.audit import Audit, Report
from comity_verify.source import Source

pytestmark = [pytest.mark.slow, pytest.mark.kill]
GAPS = "select count(*), max(num) + 1 from record_leaf where realm = 'demo'"
ROOM = 512  # bytes: for its status, and for no entry
LEFT = "select count(*) from record_waiting where realm = 'demo'"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, cluster_in: Callable[[Path], None]) -> Iterator[Gateway]:
    """A gateway whose processes these tests may kill."""
    data = tmp_path_factory.mktemp("record") / "data"
    cluster_in(data)
    with gateway_at(data) as gateway:
        eventually(lambda: ready(gateway) == 200, 60)
        yield gateway


def moved(data: Path) -> None:
    """Restored data stands beside the gateway that it is of, whose platforms' ports are taken."""
    for port in data.glob("*/port"):
        if port.parent.name != "witness":
            port.unlink()


def ready(gateway: Gateway) -> int:
    try:
        with urllib.request.urlopen(gateway.url + "/readyz", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def sequencer(gateway: Gateway) -> int:
    """The process that writes the record; 0 while there is none."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes().split(b"\0")
            around = (line.parent / "environ").read_bytes()
        except OSError:
            continue
        if b"sequencer" in words and f"COMITY_DATA={gateway.data}\0".encode() in around:
            return int(line.parent.name)
    return 0


def audit(gateway: Gateway, state: Path | None) -> Report:
    """What a stranger finds who remembers what they saw."""
    files = gateway.data / "ledger" / "demo"
    with urllib.request.urlopen(f"{gateway.url}/ledger/demo/policy", timeout=10) as answer:
        policy = policies.parse(answer.read())
    return Audit(Source(str(files)), policy, state).run()


def in_full(gateway: Gateway) -> bool:
    """Whether all that committed is numbered without a gap, and published."""
    ((count, numbers),) = gateway.rows(GAPS)
    head = (gateway.data / "ledger/demo/checkpoint").read_text().splitlines()
    return gateway.rows(LEFT) == [(0,)] and count == numbers == int(head[1])


def test_killed_at_any_moment_it_goes_on_without_gap_or_fork(own: Gateway, tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    for round in range(12 if os.environ.get("COMITY_SOAK") else 1):
        sent = subprocess.Popen(
            [COMITY, "send", "--sample", "good-pdf", "--json", "--data", str(own.data)],
            env=own.environment(), cwd=own.data.parent, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(2):
            pid = eventually(lambda: sequencer(own), 30)
            time.sleep(moments.uniform(0.0, 1.0))  # the moment is what is tried
            os.kill(pid, signal.SIGKILL)
            eventually(lambda gone=pid: sequencer(own) not in (0, gone), 30)
        assert sent.wait(60) == 0
        eventually(lambda: in_full(own), 60)
        report = audit(own, tmp_path / "state")
        assert (report.verdict, report.problems) == ("verified", []), round
    eventually(lambda: ready(own) == 200, 60)


def test_a_second_sequencer_beside_it_forks_nothing(own: Gateway, tmp_path: Path) -> None:
    assert audit(own, tmp_path / "state").verdict == "verified"
    other = subprocess.Popen(
        [COMITY, "sequencer", "--data", str(own.data)], env=own.environment() | {"COMITY_DATA": ""},
        cwd=own.data.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        own.comity("send", "--sample", "good-pdf")
        eventually(lambda: in_full(own), 60)
    finally:
        other.terminate()
        other.wait(20)
    assert audit(own, tmp_path / "state").verdict == "verified"
    eventually(lambda: ready(own) == 200, 60)


def test_where_nothing_can_be_written_any_more_it_says_so_and_goes_on_later(own: Gateway, tmp_path: Path) -> None:
    """The system itself refuses what the sequencer writes, as a full disk would: a limit on its files' size."""
    eventually(lambda: in_full(own), 60)
    pid, free = sequencer(own), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, free[1]))
    try:
        own.comity("send", "--sample", "good-pdf")
        eventually(lambda: ready(own) == 503, 60)
        assert not in_full(own)
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, free)
    eventually(lambda: ready(own) == 200 and in_full(own), 60)
    assert sequencer(own) == pid
    assert audit(own, tmp_path / "state").verdict == "verified"


def test_the_database_rings_for_what_waits(own: Gateway) -> None:
    with psycopg.connect(Cluster(own.data).url, autocommit=True) as line:
        line.execute(LISTEN)
        own.comity("send", "--sample", "good-pdf")
        assert {one.channel for one in line.notifies(timeout=60, stop_after=1)} == {"comity_record"}


def older_than_its_log(gateway: Gateway, newer: Path) -> None:
    """The files of a log as they became after the backup, as if its database alone were restored."""
    pid, files = sequencer(gateway), gateway.data / "ledger" / "demo"
    os.kill(pid, signal.SIGSTOP)  # started again at once where it ends, it would find half of them
    shutil.rmtree(files)
    shutil.copytree(newer, files)
    os.kill(pid, signal.SIGKILL)


@pytest.mark.soak  # its two halves stand in tests/serve/test_backup.py and test_record.py
def test_a_backup_is_whole_and_one_that_is_older_than_the_log_is_refused(own: Gateway, tmp_path: Path) -> None:
    to, keys, state = tmp_path / "backup", tmp_path / "backup-keys", tmp_path / "state"
    eventually(lambda: in_full(own), 60)
    own.comity("backup", str(to), "--keys", str(keys))
    assert not list(to.glob("**/people")), "keys lie apart"
    before = audit(own, state)
    restored = Gateway(tmp_path / "restored")
    restored.comity("restore", str(to), "--keys", str(keys))
    moved(restored.data)
    with gateway_at(restored.data) as back:
        eventually(lambda: ready(back) == 200, 60)
        eventually(lambda: in_full(back), 60)
        eventually(lambda: audit(back, None).verdict == "verified", 60)  # cosigned anew by a witness that knew nothing
        found = audit(back, None)
        assert found.size >= before.size
        own.comity("send", "--sample", "good-pdf")
        eventually(lambda: in_full(own) and audit(own, state).size > found.size, 90)
        older_than_its_log(back, own.data / "ledger" / "demo")
        eventually(lambda: ready(back) == 503, 60)
        why = eventually(lambda: back.comity("ledger", "show", "--realm", "demo", status=1)["stopped"], 60)
        assert "Restore a newer backup" in why
