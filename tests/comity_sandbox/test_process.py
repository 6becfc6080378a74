"""The sandbox as a process: it ends when told, dies with its parent, and a kill at any moment loses nothing."""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import threading
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest

from comity.platforms.port import LEVELS, PlatformDown
from comity.platforms.sandbox import Sandbox, World
from comity_sandbox.process import SandboxProcess


def command(data: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "comity_sandbox", "--data", str(data), *more]


def test_it_works(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "new")
    assert process.end(signal.SIGTERM) == 0
    token, base = process.token, process.base_url
    process.start()
    assert (process.token, process.base_url) == (token, base)
    assert Sandbox(base, token).resolve(f"{base}/c/harbour/2").says() == "1 message, 1 edit"
    assert oct((tmp_path / "new" / "token").stat().st_mode)[-3:] == "600"
    assert process.end(signal.SIGINT) == 0


def test_a_second_start_adds_nothing_to_the_world(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path)
    first = Sandbox(process.base_url, process.token).snapshot("/c/harbour/2")
    keys = World(process.base_url, process.token, owner=process.owner).inhabitants()
    process.end()
    process.start()
    assert Sandbox(process.base_url, process.token).snapshot("/c/harbour/2") == first
    assert World(process.base_url, process.token, owner=process.owner).inhabitants() == keys
    process.end()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 11])
@pytest.mark.few(1)
@pytest.mark.kill
def test_killed_in_the_midst_of_acts_each_is_done_once_or_not_at_all(tmp_path: Path, seed: int) -> None:
    chance, process = random.Random(seed), SandboxProcess(tmp_path)
    platform = Sandbox(process.base_url, process.token)
    world = World(process.base_url, process.token)
    urls = [world.post("town-square", "anna", f"Message {i}") for i in range(12)]
    acknowledged: list[str] = []

    def act(url: str) -> None:
        """As the worker does: again and again with the same key until there is a receipt."""
        ref = url.removeprefix(process.base_url)
        while url not in acknowledged:
            try:
                platform.act(f"act:{ref}", "withhold", ref, ["EU"])
                platform.notify(f"tell:{ref}", ref, "About your message.")
                acknowledged.append(url)
            except PlatformDown:
                continue

    threads = [threading.Thread(target=act, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for _ in range(4):
        before = len(acknowledged)
        wanted = min(before + chance.randint(0, 3), len(urls))
        while len(acknowledged) < wanted:
            threads[0].join(0.001)
        process.end(signal.SIGKILL)
        process.start()
    for thread in threads:
        thread.join(60)
    assert sorted(acknowledged) == sorted(urls)
    assert {platform.observe(url, "FR").state for url in urls} == {"withheld"}
    assert {platform.observe(url, "CH").state for url in urls} == {"visible"}
    assert inbox(process, "anna") == len(urls)
    process.end()


def inbox(process: SandboxProcess, who: str) -> int:
    page = next(
        i.page for i in World(process.base_url, process.token, owner=process.owner).inhabitants() if i.id == who
    )
    with urllib.request.urlopen(page) as answer:
        return int(answer.read().decode().split("What you wrote")[0].count("<li class"))


@pytest.mark.slow
@pytest.mark.kill
def test_a_kill_during_the_first_start_leaves_a_whole_world(tmp_path: Path) -> None:
    for i in range(6):
        child = subprocess.Popen(command(tmp_path), stdout=subprocess.PIPE)
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.05 + 0.04 * i)
        child.kill()
        child.wait(10)
        assert child.stdout
        child.stdout.close()
    process = SandboxProcess(tmp_path)
    assert Sandbox(process.base_url, process.token).resolve(f"{process.base_url}/p/holiday/3").found
    process.end()


@pytest.mark.kill
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = (
        "import sys; from pathlib import Path; from comity_sandbox.process import SandboxProcess\n"
        "p = SandboxProcess(Path(sys.argv[1])); print(p.process.pid, flush=True); sys.stdin.read()"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    assert running.stdin
    pid = int(running.stdout.readline())
    assert alive(pid)
    running.kill()
    running.wait(10)
    for _ in range(1000):
        if not alive(pid):
            break
        threading.Event().wait(0.01)
    assert not alive(pid)
    running.stdout.close()
    running.stdin.close()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_parent_that_is_gone_already_stops_the_start(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path, "--parent", "999999999"), capture_output=True, timeout=20, check=False)
    assert done.returncode == 1
    assert not (tmp_path / "sandbox.sqlite3").exists()


def test_a_port_in_use_is_one_clear_line(process: SandboxProcess, tmp_path: Path) -> None:
    asked = command(tmp_path, "--listen", process.listen)
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("comity-sandbox: cannot listen on")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("listen", ["8091", "localhost", "localhost:", ":80", "localhost:http", "localhost:70000"])
def test_an_address_that_is_none_is_misuse(tmp_path: Path, listen: str) -> None:
    asked = command(tmp_path, "--listen", listen)
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr


def test_a_token_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    done = subprocess.run(command(tmp_path), capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "at least 16" in done.stderr


def test_it_knows_nothing_of_the_gateway(tmp_path: Path) -> None:
    source = Path(sys.modules["comity_sandbox"].__file__ or "").parent
    for module in source.glob("*.py"):
        assert "import comity\n" not in module.read_text()
        assert "from comity." not in module.read_text()


def test_nothing_of_a_request_is_logged(tmp_path: Path) -> None:
    child = subprocess.Popen(
        command(tmp_path, "--parent", str(os.getpid())), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout
    base = child.stdout.readline().split()[-1]
    with pytest.raises(urllib.error.HTTPError), urllib.request.urlopen(f"{base}/u/secret-word?as=secret-word"):
        pass
    child.terminate()
    out, err = child.communicate(timeout=20)
    assert (out, err) == ("", "")


@pytest.mark.slow
@pytest.mark.kill
def test_killed_between_a_gate_and_its_answer_it_stands_once_and_is_lifted_once(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path)
    platform = Sandbox(process.base_url, process.token)
    for level in ("read-only", "notice"):
        ask = json.dumps({"key": level, "countries": ["XV"], "level": level, "notice": {"en": "We leave."}}).encode()
        unread(process, "/api/gate", ask)
        while platform.observe_gate("XV").level != level:
            threading.Event().wait(0.001)
        process.end(signal.SIGKILL)
        process.start()
        assert not platform.gate(level, "XV", level, {"en": "We leave."}).new
        assert (platform.observe_gate("XV").level, platform.observe_gate("CH").level) == (level, "open")
    unread(process, "/api/lift", b'{"key": "notice"}')
    while platform.observe_gate("XV").level != "read-only":
        threading.Event().wait(0.001)
    process.end(signal.SIGKILL)
    process.start()
    assert not platform.lift("notice").new
    assert platform.observe_gate("XV").level == "read-only"
    assert platform.gate("notice", "XV", "notice", {"en": "We leave."}).state == "lifted"
    process.end()


def unread(process: SandboxProcess, path: str, body: bytes) -> None:
    """Send a call whose answer nobody reads."""
    host, _, port = process.listen.rpartition(":")
    head = f"POST {path} HTTP/1.1\r\nAuthorization: Bearer {process.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    line = socket.create_connection((host, int(port)), 20)
    line.sendall(head.encode() + body)
    line.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 13])
@pytest.mark.few(1)
@pytest.mark.kill
def test_killed_in_the_midst_of_gates_the_highest_that_is_not_lifted_stands(tmp_path: Path, seed: int) -> None:
    chance, process = random.Random(seed), SandboxProcess(tmp_path)
    platform = Sandbox(process.base_url, process.token)
    wanted = [(f"k{n}", chance.choice(LEVELS), chance.random() < 0.5) for n in range(10)]
    acknowledged: list[str] = []

    def plan(key: str, level: str, *, back: bool) -> None:
        """As the worker does: the gate, and perhaps its way back, each until there is a receipt."""
        calls = [lambda: platform.gate(key, "XV", level, {"en": "We leave."})] + [lambda: platform.lift(key)] * back
        while calls:
            try:
                calls[0]()
                calls.pop(0)
            except PlatformDown:
                continue
        acknowledged.append(key)

    threads = [threading.Thread(target=plan, args=one[:2], kwargs={"back": one[2]}) for one in wanted]
    for thread in threads:
        thread.start()
    for _ in range(4):
        enough = min(len(acknowledged) + chance.randint(0, 2), len(wanted))
        while len(acknowledged) < enough:
            threads[0].join(0.001)
        process.end(signal.SIGKILL)
        process.start()
    for thread in threads:
        thread.join(60)
    standing = [LEVELS.index(level) for _, level, back in wanted if not back]
    assert sorted(acknowledged) == sorted(key for key, _, _ in wanted)
    assert platform.observe_gate("XV").level == (LEVELS[max(standing)] if standing else "open")
    assert platform.observe_gate("CH").level == "open"
    process.end()


def test_a_store_of_before_there_were_gates_starts_and_keeps_all_it_has(tmp_path: Path) -> None:
    with tarfile.open(Path(__file__).parents[1] / "data" / "of-0.2.0" / "files.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    old = tmp_path / "sandbox"
    with closing(sqlite3.connect(old / "sandbox.sqlite3")) as before:
        kept = {name: before.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    process = SandboxProcess(old)
    platform = Sandbox(process.base_url, process.token)
    assert platform.observe_gate("XV").level == "open"
    assert platform.people("XV") == 2
    platform.gate("k", "XV", "notice", {"en": "We leave."})
    assert platform.observe_gate("XV").level == "notice"
    process.end()
    with closing(sqlite3.connect(old / "sandbox.sqlite3")) as after:
        for name, rows in kept.items():
            assert after.execute(f"SELECT * FROM {name}").fetchall()[: len(rows)] == rows


TABLES = ("authors", "channels", "members", "messages", "versions", "withholdings", "withheld", "notices")
