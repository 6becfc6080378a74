"""The mail door killed while eight senders send: whatever was acknowledged is stored once."""

import os
import random
import signal
import smtplib
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from running import Gateway, eventually

from .story import part

pytestmark = pytest.mark.kill

SENDERS = 8
AFTERWARDS = 2  # mails that each sender still gets acknowledged after the kill


@dataclass
class Post:
    """What eight senders have sent, and what was acknowledged. A mail that was not is given up, never sent again."""

    address: tuple[str, int]
    killed: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def send(self, sender: int) -> None:
        """Send until some were acknowledged after the kill."""
        sent = afterwards = 0
        while afterwards < AFTERWARDS:
            sent += 1
            name = f"<{sender}.{sent}@senders.example>"
            late = self.killed.is_set()
            if self._one(name):
                self.acknowledged.append(name)
                afterwards += late
            else:
                self.given_up.append(name)
                threading.Event().wait(0.1)

    def _one(self, name: str) -> bool:
        mail = f"From: s@senders.example\r\nAuto-Submitted: auto-replied\r\nMessage-ID: {name}\r\n\r\nHello\r\n"
        try:
            with smtplib.SMTP(*self.address, timeout=20) as smtp:
                return not smtp.sendmail("s@senders.example", ["orders@localhost"], mail.encode())
        except (OSError, smtplib.SMTPException):
            return False


@pytest.fixture
def post(gateway: Gateway) -> Iterator[Post]:
    post = Post(gateway.smtp)
    yield post
    post.killed.set()


def test_killed_while_eight_send_all_acknowledged_is_stored_once(gateway: Gateway, post: Post, seed: int) -> None:
    after = random.Random(f"{seed}:door").randrange(SENDERS, 60)
    print(f"COMITY_SEED={seed}: the door killed after {after} mails")
    with ThreadPoolExecutor(SENDERS) as senders:
        sending = [senders.submit(post.send, sender) for sender in range(SENDERS)]
        eventually(lambda: len(post.acknowledged) >= after)
        os.kill(part(gateway, "mail"), signal.SIGKILL)
        post.killed.set()
        for each in sending:
            each.result(90)
    stored = Counter(row["message_id"] for row in gateway.comity("requests", "list")["requests"])
    assert {name: stored[name] for name in post.acknowledged if stored[name] != 1} == {}
    assert not [name for name in post.given_up if stored[name] > 1]
