"""The bell that wakes the sequencer, and how long it may rest without."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from running import eventually

from comity import clock
from comity.record import commands
from comity.record.bell import Bell
from comity.record.models import Waiting

LONG = 600.0


@pytest.fixture
def bell(db: None) -> Iterator[Bell]:
    made = Bell()
    yield made
    made.close()


def waits(bell: Bell) -> threading.Thread:
    """Somebody who waits for the bell for longer than any test."""
    waiting = threading.Thread(target=bell.wait, args=(LONG,), daemon=True)
    waiting.start()
    return waiting


def elsewhere(statement: str) -> None:
    """Have another connection do something in the tests' database."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute(statement.encode())


def test_it_works(bell: Bell) -> None:
    waiting = waits(bell)
    elsewhere("notify comity_record")
    eventually(lambda: not waiting.is_alive(), 30)
    assert bell._line is not None
    assert not list(bell._line.notifies(timeout=0))  # what rang is taken: nothing is left that would ring for ever


def test_what_rang_before_anybody_waited_is_heard(bell: Bell) -> None:
    elsewhere("notify comity_record")
    waiting = waits(bell)
    eventually(lambda: not waiting.is_alive(), 30)


def test_a_signal_rings_while_it_waits(bell: Bell) -> None:
    """In the main thread, where signals are handled: what waited goes on at once."""
    before = signal.signal(signal.SIGUSR1, lambda *_: bell.ring())
    try:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        bell.wait(LONG)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_dead_line_is_noticed_and_looked_for_again(bell: Bell) -> None:
    assert bell._line is not None
    elsewhere(f"select pg_terminate_backend({bell._line.info.backend_pid})")
    eventually(lambda: bell.wait(0.1) or bell._line is None, 30)
    waiting = waits(bell)  # listens anew
    eventually(lambda: bell._line is not None, 30)
    elsewhere("notify comity_record")
    eventually(lambda: not waiting.is_alive(), 30)


def test_it_rests_until_a_batch_is_due_and_no_longer_than_it_may(db: None) -> None:
    Waiting.objects.all().delete()
    with clock.freeze(clock.now()):
        now, delays = clock.now(), {"real": 3600.0, "demo": 1.0}
        assert commands.rest(delays, 2.0) == 2.0
        for event, (realm, turn, ago) in enumerate([("demo", 1, 0.0), ("demo", 2, 0.25), ("real", 2, 10.0)]):
            Waiting.objects.create(event=10**15 + event, realm=realm, turn=turn, at=now - timedelta(seconds=ago))
        assert commands.rest(delays, 2.0) == 0.75
        clock.advance(5)  # due, and still there: its log isn't open, or stopped
        assert commands.rest(delays, 2.0) == 2.0
        clock.advance(3584)
        assert commands.rest(delays, 2.0) == 1.0
