"""kill -9 to the whole gateway, and to the adapter of a `[[platform]]`, at a word between them: one effect.

A real desk with passkeys, a real authority by mail, and between gateway and adapter a wire that keeps what goes over
it and strikes at one of its words: before the adapter hears it, or after it has done it and before we hear of it.
"""

import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from journeys.office import Office, known
from journeys.real import Member, approve, founded
from playwright.sync_api import Browser
from running import Gateway, Relay, eventually

from comity.platforms import signed
from comity.platforms.sandbox.world import World
from comity.serve import ports
from comity_sandbox.process import SandboxProcess

from .story import distinct, settled, shown, stored

pytestmark = [pytest.mark.kill, pytest.mark.journey, pytest.mark.soak]
PATIENCE = 120.0
Strike = Callable[[], object]


class Wire:
    """What stands between the gateway and the adapter: it passes each call on and keeps it."""

    def __init__(self, adapter: SandboxProcess) -> None:
        self.adapter, self.said = adapter, list[tuple[str, int]]()
        self._armed: tuple[str, str, Strike] | None = None
        self._guard, self.struck, wire = threading.Lock(), threading.Event(), self

        class Passes(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                call = self.path.rpartition("/")[2]
                wire.strikes(call, "before")
                status, answer = wire.passed(call, dict(self.headers), raw)
                wire.strikes(call, "after")
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Passes)
        self.server.daemon_threads, self.server.handle_error = True, lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/port"

    def passed(self, call: str, headers: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        """The adapter's answer; while it is dead, what a proxy before it would say."""
        asked = urllib.request.Request(f"{self.adapter.base_url}/port/{call}", raw, headers)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                status, said = int(answer.status), bytes(answer.read())
        except urllib.error.HTTPError as no:
            with no:
                status, said = no.code, no.read()
        except OSError:
            status, said = 502, b""
        self.said.append((call, status))
        return status, said

    def arm(self, call: str, when: str, strike: Strike) -> None:
        """Strike at the next such call."""
        self.struck = threading.Event()
        self._armed = (call, when, strike)

    def strikes(self, call: str, when: str) -> None:
        """Strike, once."""
        with self._guard:
            strike = self._armed[2] if self._armed and self._armed[:2] == (call, when) else None
            self._armed = None if strike else self._armed
        if strike:
            strike()
            self.struck.set()


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("adapter"))
    yield process
    process.end()


@pytest.fixture(scope="module")
def wire(adapter: SandboxProcess) -> Iterator[Wire]:
    made = Wire(adapter)
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    relay: Relay,
    office_key: bytes,
    wire: Wire,
    cluster_in: Callable[[Path], None],
) -> Iterator[Gateway]:
    """A gateway with one platform of its own, that keeps its ports over its deaths."""
    data = tmp_path_factory.mktemp("connected") / "data"
    (data / "keys").mkdir(parents=True, mode=0o700)
    for name, level in (("read", "read"), ("act", "reversible")):
        (data / f"keys/{name}.key").write_text(signed.derived(wire.adapter.token, level))
    table = f'\n[[platform]]\nname = "forum"\nurl = "{wire.url}"\naddresses = ["{wire.adapter.base_url}/"]\n'
    table += 'read_key = "keys/read.key"\nact_key = "keys/act.key"\n'
    known(data, office_key, table)
    cluster_in(data)
    fixed = [f"127.0.0.1:{ports.any_free('127.0.0.1').port}" for _ in range(2)]
    gateway = Gateway(data, relay, ("--listen", fixed[0], "--smtp", fixed[1]))
    yield gateway.start()
    if gateway.process and gateway.process.poll() is None:
        gateway.stop()


@pytest.fixture(scope="module")
def desk(place: Gateway, browser: Browser) -> Iterator[tuple[Member, Member]]:
    """The two who decide."""
    alice, bob = founded(place, browser)
    yield alice, bob
    alice.device.context.close()
    bob.device.context.close()


STRIKES = [
    ("gateway", "act", "after"),
    ("adapter", "act", "after"),
    ("gateway", "act", "before"),
    ("adapter", "act", "before"),
    ("gateway", "observe", "after"),
    ("adapter", "observe", "before"),
    ("gateway", "notify", "after"),
    ("adapter", "notify", "after"),
]


@pytest.mark.parametrize(("who", "call", "when"), STRIKES)
def test_killed_at_a_word_there_is_one_effect(
    place: Gateway,
    relay: Relay,
    office_key: bytes,
    wire: Wire,
    desk: tuple[Member, Member],
    who: str,
    call: str,
    when: str,
) -> None:
    office, world = Office(place, relay, office_key), World(wire.adapter.base_url, wire.adapter.token)
    text = f"A harmless message: {who}, {call}, {when}"
    url = world.post("harbour", "anna", text)
    order = office.order(url)
    case = office.case(order["message-id"])
    eventually(lambda: wire.said[-1:] and settled(place), PATIENCE)
    approve(desk[0], f"/console/cases/{case}")
    kill, start = {
        "gateway": (place.kill, place.start),
        "adapter": (lambda: wire.adapter.end(signal.SIGKILL), wire.adapter.start),
    }[who]
    wire.arm(call, when, kill)
    desk[1].screen.go(f"/console/cases/{case}/decide").locator("#approve button").click()
    assert wire.struck.wait(PATIENCE)
    start()
    eventually(lambda: place.rows("select state from cases_case where id = %s", case) == [("answered",)], PATIENCE)
    eventually(lambda: settled(place), PATIENCE)
    mails = [mail for mail in relay.mails if mail.message["in-reply-to"] == str(order["message-id"])]
    came = distinct([mail for mail in mails if any(mail.message.iter_attachments())])
    assert [len(bytes_of) for bytes_of in came.values()] == [1]
    ref = url.removeprefix(wire.adapter.base_url)
    assert [len(stored(wire.adapter.data, table, ref)) for table in ("withholdings", "notices")] == [1, 1]
    assert (shown(url, "FR", text), shown(url, "CH", text)) == (False, True)
    (measure,) = place.comity("cases", "show", case)["measures"]
    assert measure["state"] == "effective"
