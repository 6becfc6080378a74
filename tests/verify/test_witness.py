"""A witness as a process: it persists, then answers; what continues nothing is refused, whoever signed it."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity_verify import merkle, notes
from comity_verify.witness import Witness

LOG = notes.Signer("log.example/witnessed", bytes(range(32)))
LEAVES = [merkle.leaf_hash(b"%d" % i) for i in range(600)]
TREE = merkle.Memory(LEAVES)


def head(size: int, tree: merkle.Memory = TREE) -> bytes:
    """A signed head of a tree."""
    text = notes.Checkpoint(LOG.name, size, merkle.root(size, tree.node)).text
    return notes.assemble(text, [LOG.line(text)])


def asked(old: int, size: int, tree: merkle.Memory = TREE) -> bytes:
    """A request to cosign it."""
    proof = "".join(f"{notes.b64(hash)}\n" for hash in merkle.consistency(old, size, tree.node)) if old <= size else ""
    return f"old {old}\n{proof}\n".encode() + head(size, tree)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """The command, running."""
    running, port = start(tmp_path)
    yield running, port, tmp_path
    running.kill()
    running.wait()


def start(directory: Path) -> tuple[subprocess.Popen[str], int]:
    """The command on a port that is free, once it says that it listens."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "comity_verify", "witness", "--state", str(directory), "--log", LOG.key.vkey]
    more = ["--listen", f"127.0.0.1:{port}", "--name", "witness.example/w"]
    running = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert running.stdout
    assert json.loads(running.stdout.readline())["vkey"].startswith("witness.example/w+")
    return running, port


def post(port: int, body: bytes) -> tuple[int, str]:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("POST", "/add-checkpoint", body)
    answer = asking.getresponse()
    return answer.status, answer.read().decode()


def test_it_works_and_remembers_over_a_kill(witness: tuple[subprocess.Popen[str], int, Path]) -> None:
    running, port, directory = witness
    status, line = post(port, asked(0, 300))
    assert status == 200
    running.send_signal(signal.SIGKILL)  # the moment the answer is out
    running.wait()
    again, port = start(directory)
    try:
        assert post(port, asked(0, 300)) == (409, "300\n")
        status, second = post(port, asked(300, 300))  # what got lost on the way is given again
        assert (status, second.split()[1]) == (200, line.split()[1])
        assert post(port, asked(300, 600))[0] == 200
        other = merkle.Memory([*LEAVES[:10], merkle.leaf_hash(b"x"), *LEAVES[11:]])
        assert post(port, asked(600, 600, other))[0] == 422
        assert len(os.listdir(directory / "evidence")) == 1
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("GET", f"/{notes.origin_hash(LOG.name)}/checkpoint")
        kept = notes.checkpoint(notes.parse(asking.getresponse().read()).text)
        assert kept.size == 600
    finally:
        again.kill()
        again.wait()


def test_a_damaged_state_signs_nothing(tmp_path: Path) -> None:
    made = Witness(tmp_path, notes.Signer("w", bytes(32)), [(LOG.name, LOG.key)])
    assert made.add_checkpoint(asked(0, 300)).status == 200
    file = tmp_path / f"{notes.origin_hash(LOG.name)}.checkpoint"
    file.write_bytes(b"\n")
    with pytest.raises(notes.BadNote):
        made.add_checkpoint(asked(0, 300))


def test_misuse_is_said_as_that(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "comity_verify", "witness", "--state", str(tmp_path), "--log", "no key"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
