"""Proxy, list and homeserver killed in turn, while a reader who knows the truth looks on: nothing withheld is shown
once its act was confirmed, nothing else is ever hidden, and what was lifted is back."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

import pytest

from comity.platforms.port import PlatformDown

PATIENCE = 120
TURNS = 16


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


def until_done(do: Any) -> None:
    """Once more, with the same key, for as long as nobody answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            do()
            return
        except PlatformDown as down:
            if time.monotonic() > end:
                pytest.fail(f"it was not done within {PATIENCE} s: {down}")
            time.sleep(0.2)


@pytest.mark.soak
@pytest.mark.kill
def test_whoever_is_killed_nothing_withheld_is_shown_and_nothing_else_hidden(stand: Any, key: str) -> None:
    chance = random.Random(int(os.environ["COMITY_SEED"]))
    events = {stand.alice.say(stand.square, f"okapi {n}"): f"okapi {n}" for n in range(6)}
    truth, wrong, looks, over = Truth(list(events)), [], [0], threading.Event()
    reader = threading.Thread(target=read, args=(stand, truth, events, wrong, looks, over), daemon=True)
    reader.start()
    killer = ThreadPoolExecutor(1)  # one thread for all: a child ends with the thread that began it
    stood: dict[str, str] = {}
    for turns in range(TURNS):
        event = chance.choice(list(events))
        truth.turn(event, "between")
        killed = chance.choice(("edge", "synapse", "gateway", ""))
        killing = killer.submit(kill, stand, killed, chance.random() * 0.1)
        if event in stood:
            one = stood.pop(event)
            until_done(lambda one=one: stand.platform.lift(one))
            killing.result()
            truth.turn(event, "shown")
        else:
            stood[event] = f"{key}:{turns}"
            ref = f"{stand.square}/{event}"
            until_done(lambda event=event, ref=ref: stand.platform.act(stood[event], "withhold", ref, ["FR"]))
            killing.result()
            truth.turn(event, "withheld")
    time.sleep(1)
    over.set()
    reader.join()
    for process in (stand.synapse, stand.edge):  # by this thread, which outlives the test
        process.end()
        process.start()
    for one in stood.values():
        until_done(lambda one=one: stand.platform.lift(one))
    assert wrong == []
    assert looks[0] > TURNS


def kill(stand: Any, which: str, after: float) -> None:
    """Kill one, and start it again."""
    time.sleep(after)
    if which == "gateway":
        stand.gateway.stop()
        time.sleep(0.3)
        stand.gateway.start()
    elif which:
        process = getattr(stand, which)
        process.end(signal.SIGKILL)
        process.start()
