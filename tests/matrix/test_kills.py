"""Proxy, gateway and homeserver killed in turn, while a reader who knows the truth looks on: nothing withheld is shown
once its act was confirmed, nothing else is ever hidden, and what was lifted is back."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

import pytest

from comity.platforms.port import PlatformDown

from .acting import Acting, Killed

PATIENCE = 120
TURNS = 12


class Truth:
    """What was confirmed: of each message whether it is withheld; in between either may be seen."""

    def __init__(self, events: list[str]) -> None:
        self.lock, self.now = threading.Lock(), dict.fromkeys(events, "shown")
        self.turns = dict.fromkeys(events, 0)

    def turn(self, event: str, state: str) -> None:
        with self.lock:
            self.now[event] = state
            self.turns[event] += 1

    def stands(self, event: str) -> tuple[str, int]:
        with self.lock:
            return self.now[event], self.turns[event]


def read(
    stand: Any, truth: Truth, events: dict[str, str], wrong: list[str], looks: list[int], over: threading.Event
) -> None:
    """Look at every message from FR and BE, until told to stop."""
    while not over.is_set():
        for event, words in events.items():
            state, turn = truth.stands(event)
            for country in ("FR", "BE"):
                try:
                    answer = stand.viewer(country).client(f"/v3/rooms/{quote(stand.square)}/event/{quote(event)}")
                except (OSError, HTTPException):
                    continue
                if answer.status != 200 or truth.stands(event) != (state, turn):
                    continue
                shown = words.encode() in answer.raw
                if state != "between" and shown != (state == "shown" or country == "BE"):
                    wrong.append(f"{event} is {state}, and from {country} it is {'shown' if shown else 'hidden'}")
                looks[0] += 1


def until_done(acting: Acting, what: str, key: str, ref: str = "") -> None:
    """Once more, with the same key, for as long as nobody says that it is done; a gateway that was killed is there
    again after a while, as its supervisor starts it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            acting.do(what, key, ref)
            return
        except Killed:
            time.sleep(0.2)
            acting.start()
        except PlatformDown as down:
            if time.monotonic() > end:
                pytest.fail(f"it was not done within {PATIENCE} s: {down}")
            time.sleep(0.2)


@pytest.fixture
def acting(stand: Any) -> Iterator[Acting]:
    """A gateway in a process of its own, instead of that of the other tests."""
    made = Acting(stand)
    stand.gateway.stop()
    made.start()
    yield made
    made.kill()
    stand.gateway.start()


@pytest.mark.soak
@pytest.mark.kill
def test_whoever_is_killed_nothing_withheld_is_shown_and_nothing_else_hidden(
    stand: Any, acting: Acting, key: str
) -> None:
    chance = random.Random(int(os.environ["COMITY_SEED"]))
    events = {stand.alice.say(stand.square, f"okapi {n}"): f"okapi {n}" for n in range(6)}
    truth, wrong, looks, over = Truth(list(events)), [], [0], threading.Event()
    reader = threading.Thread(target=read, args=(stand, truth, events, wrong, looks, over), daemon=True)
    reader.start()
    killer = ThreadPoolExecutor(1)  # one thread for all: a child ends with the thread that began it
    stood: dict[str, str] = {}
    killed = [*("edge", "synapse", "gateway") * (TURNS // 4), *[""] * (TURNS - 3 * (TURNS // 4))]
    chance.shuffle(killed)
    for turns, which in enumerate(killed):
        event = chance.choice(list(events))
        truth.turn(event, "between")
        killing = killer.submit(kill, stand, acting, which, chance.random() * 0.1)
        if event in stood:
            until_done(acting, "lift", stood.pop(event))
            killing.result()
            truth.turn(event, "shown")
        else:
            stood[event] = f"{key}:{turns}"
            until_done(acting, "act", stood[event], f"{stand.square}/{event}")
            killing.result()
            truth.turn(event, "withheld")
    time.sleep(1)
    over.set()
    reader.join()
    for process in (stand.synapse, stand.edge):  # by this thread, which outlives the test
        process.end()
        process.start()
    for one in stood.values():
        until_done(acting, "lift", one)
    assert wrong == []
    assert looks[0] > TURNS


def kill(stand: Any, acting: Acting, which: str, after: float) -> None:
    """Kill one, and start it again; the gateway is started again by whoever finds it gone."""
    time.sleep(after)
    if which == "gateway":
        acting.kill()
    elif which:
        process = getattr(stand, which)
        process.end(signal.SIGKILL)
        process.start()
