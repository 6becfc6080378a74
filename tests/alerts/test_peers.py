"""What reaches somebody away from the desk: an ntfy-like server and a mail relay of their own get the number alone."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from running import Relay

from comity import clock
from comity.alerts import devices, paging
from comity.alerts.models import Ring
from comity.outbox import hook
from comity.outbox.models import Mail
from comity.people.commands import make_person
from comity.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
H = "X-7Q4M2HXK"


class Ntfy:
    """It keeps what is published, and answers what it is told to."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        peer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer.got.append((self.path, dict(self.headers), body))
                self.send_response(peer.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def at(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def ntfy() -> Iterator[Ntfy]:
    made = Ntfy()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def deaf() -> Iterator[str]:
    """A server that takes a connection, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def post() -> Iterator[Relay]:
    listening = Relay().start()
    yield listening
    listening.stop()


def head(monkeypatch: pytest.MonkeyPatch, **us: Any) -> Person:
    """The one who is rung in the end, of the real desk."""
    monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, **us))
    return make_person(uuid4(), "head-lt", "real", ["head"], "LT")


def rung() -> list[tuple[str, str, str]]:
    with transaction.atomic():
        paging.ring(H, "real", by="gateway")
    paging.tick(clock.now())
    for one in Ring.objects.filter(state="waiting"):
        paging.hand(one.id)
    return [(one.device.kind, one.state, one.code) for one in paging.rings(H) if one.device.kind != "page"]


def test_both_get_the_number_alone_at_once(monkeypatch: pytest.MonkeyPatch, ntfy: Ntfy, post: Relay) -> None:
    pagers = {"night": f"ntfy://to:ken@{ntfy.at}/on-duty"}
    person = head(monkeypatch, pagers=pagers, relay=post.address)
    devices.add(person, "hook", {"name": "night"})
    devices.add(person, "mail", {"address": "night@lantern.example"})
    assert sorted(rung()) == [("hook", "sent", "accepted"), ("mail", "sent", "sent")]
    ((path, headers, body),) = ntfy.got
    assert (path, body, headers["Priority"]) == ("/on-duty", H.encode(), "urgent")
    assert headers["Authorization"].startswith("Basic ")
    mail = post.wait_for(lambda one: True)
    assert mail.recipients == ["night@lantern.example"]
    assert mail.message["Subject"] == f"{H} rings"
    said = mail.message.get_content().strip().splitlines()
    assert said[0] == f"{H} rings. Acknowledge it here:"
    assert said[-1].startswith(f"{settings.COMITY.base_url}/console/duty/?ring=")
    assert Mail.objects.get(kind="ring").state == "sent"  # handed over without the shared worker


def test_a_relay_that_says_nothing_is_left_in_seconds_and_the_mail_stays_to_be_sent(
    monkeypatch: pytest.MonkeyPatch, deaf: str
) -> None:
    monkeypatch.setattr(devices, "RELAY_SECONDS", 0.2)
    person = head(monkeypatch, relay=deaf, pagers={"night": f"ntfy://{deaf}/x"})
    monkeypatch.setattr(hook, "READ_SECONDS", 0.2)
    devices.add(person, "mail", {"address": "night@lantern.example"})
    devices.add(person, "hook", {"name": "night"})
    assert sorted(rung())[:2] == [("hook", "failed", "timeout"), ("mail", "failed", "relay-0")]
    assert Mail.objects.get(kind="ring").state == "queued"


def test_what_a_pager_answers_is_kept(ntfy: Ntfy) -> None:
    for status, state in ((403, "failed"), (500, "failed"), (302, "failed"), (200, "sent")):
        ntfy.status = status
        assert hook.send(f"ntfy://token@{ntfy.at}/t", H).state == state
    assert ntfy.got[0][1]["Authorization"] == "Bearer token"
    assert hook.send("ntfy://127.0.0.1:9/t", H) == hook.Said("failed", "unreached")
    assert hook.send("ntfy://topic-of-the-cloud", H) == hook.Said("failed", "no-extra")
