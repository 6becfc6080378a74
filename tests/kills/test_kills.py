"""kill -9 in the middle of the story: nothing acknowledged is lost, nothing is done twice."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from running import Gateway, Relay

from comity.serve import ports

from .story import Story, kill_group, kill_part, kill_postmaster, moment, play_and_strike, verify_once

pytestmark = pytest.mark.kill

MOMENTS = range(10)
KILLS = {0: kill_group, 1: kill_postmaster}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Relay]:
    relay = Relay().start()
    yield relay
    relay.stop()


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Relay, cluster_in: Callable[[Path], None]
) -> Iterator[Gateway]:
    fixed = [f"127.0.0.1:{ports.any_free('127.0.0.1').port}" for _ in range(2)]
    gateway = Gateway(tmp_path_factory.mktemp("kills") / "data", mailbox, ("--listen", fixed[0], "--smtp", fixed[1]))
    cluster_in(gateway.data)
    yield gateway
    if gateway.process and gateway.process.poll() is None:
        gateway.stop()


@pytest.fixture
def gateway(place: Gateway) -> Gateway:
    if place.process is None or place.process.poll() is not None:
        place.start()
    return place


@pytest.mark.soak
@pytest.mark.parametrize("number", MOMENTS)
def test_killed_in_the_middle_it_ends_with_one_of_everything(
    gateway: Gateway, mailbox: Relay, seed: int, number: int
) -> None:
    when, kill = moment(seed, number), KILLS[number % 2]
    print(f"COMITY_SEED={seed}, moment {number}: {kill.__name__} {when.delay} s after {when.phase!r}")
    story = Story(gateway, number)
    play_and_strike(story, when, kill)
    verify_once(story, mailbox)


def test_worker_killed_in_the_middle_of_a_step(gateway: Gateway, mailbox: Relay, seed: int) -> None:
    when = moment(seed, 1000)
    print(f"COMITY_SEED={seed}: worker killed {when.delay} s after {when.phase!r}")
    story = Story(gateway, 1000)
    play_and_strike(story, when, partial(kill_part, name="worker"))
    verify_once(story, mailbox)
