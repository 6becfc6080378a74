from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from road import Road, open_road

from comity import clock
from comity.cases.receive import Incoming, prepare, receive
from comity.demo import commands
from comity.doors.email import realm
from comity.doors.email.server import header


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        cache.clear()
        yield opened


@pytest.fixture
def door(road: Road, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The e-mail door without its socket: takes what is delivered, by the envelope's realm; gives the bytes."""
    taken: list[bytes] = []

    def deliver(door: str, sender: str, recipient: str, raw: bytes) -> None:
        taken.append(raw)
        peek: dict[str, Any] = {"subject": header(raw, "Subject"), "from": header(raw, "From")}
        peek |= {"message_id": header(raw, "Message-ID"), "recipients": [recipient]}
        receive([prepare(Incoming(raw, "email", realm.of([recipient], "127.0.0.1"), clock.now(), peek))])

    monkeypatch.setattr(commands, "deliver", deliver)
    return taken
