"""Each process and command knows where the pages listen: by that the demo is on by itself, or not."""

import os
from pathlib import Path

import pytest

from comity import operator
from comity.serve import gateway, start, state
from comity.serve.ports import Address
from comity.serve.state import Running

HOME, PUBLIC = Address("127.0.0.1", 8000), Address("0.0.0.0", 8000)


def running(listen: Address) -> Running:
    return Running(os.getpid(), "http://localhost:8000", str(listen), "127.0.0.1:2525", "http://127.0.0.1:1", False)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands set in it is taken back afterwards."""
    for name in ("COMITY_LISTEN", "COMITY_DATA", "COMITY_BASE_URL", "COMITY_SANDBOX_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", os.environ["DATABASE_URL"])


@pytest.mark.parametrize(("listen", "on"), [(HOME, True), (PUBLIC, False)])
def test_it_works_for_the_processes_of_serve(
    listen: Address, on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_LISTEN", str(HOME))  # whatever somebody set
    places = start.Places(listen, Address("127.0.0.1", 2525), Address("127.0.0.1", 1), Address("127.0.0.1", 2))
    for name, value in start.environment(tmp_path, places, "postgresql://").items():
        monkeypatch.setenv(name, value)
    assert operator.read(tmp_path).demo == on


@pytest.mark.parametrize(("listen", "on"), [(HOME, True), (PUBLIC, False)])
def test_a_command_beside_a_serve_comes_to_the_same_answer(
    listen: Address, on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "await_running", lambda *_: running(listen))
    with gateway.reached(gateway.DATABASE, tmp_path):
        assert operator.read(tmp_path).demo == on


@pytest.mark.parametrize(("listen", "on"), [(HOME, True), (PUBLIC, False)])
def test_a_command_alone_comes_to_the_answer_of_the_last_serve(
    listen: Address, on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.write(tmp_path, running(listen))
    monkeypatch.setattr(gateway, "prepare", lambda given: None)
    with gateway._alone(tmp_path):
        assert operator.read(tmp_path).demo == on


def test_one_process_that_runs_apart_does_not_know_and_says_off(tmp_path: Path) -> None:
    with gateway.reached(gateway.SPLIT, tmp_path):
        assert not operator.read(tmp_path).demo
    with gateway.reached(gateway.SPLIT, tmp_path, listen=str(HOME)):  # the others can't know of it
        assert not operator.read(tmp_path).demo


def test_pages_of_their_own_beside_a_serve_are_not_at_home_because_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_LISTEN", str(HOME))
    with gateway.reached(gateway.SPLIT, tmp_path, listen="0.0.0.0:8001"):
        assert not operator.read(tmp_path).demo
