"""The pager as a process: killed, it isn't missed, and it comes back."""

import os
import signal
import time

from running import Gateway, eventually

BEGIN = """
insert into alerts_round (subject, number, realm, ladder, by, begun_at) values (%s, 1, 'demo', 'life', 'gateway', now())
returning id
"""
RUNG = "select made_at from alerts_ring where subject = %s"


def test_a_pager_killed_is_not_silence_and_starts_again(gateway: Gateway) -> None:
    path = gateway.data / "pager.id"
    before = eventually(lambda: path.exists() and path.read_text())
    os.kill(int(before.split()[0]), signal.SIGKILL)
    began = time.monotonic()
    gateway.rows(BEGIN, "X-KILLED")
    eventually(lambda: gateway.rows(RUNG, "X-KILLED"))
    assert time.monotonic() - began < 5  # two seconds where the machine isn't shared: `make bench ONLY=hotline`
    gateway.rows("update alerts_round set stopped_at = now() where subject = %s returning id", "X-KILLED")
    eventually(lambda: path.read_text() != before, 60)
