"""One removal order played against a real gateway that is killed meanwhile, and what came of it, counted from outside.

Whoever plays does what people and other machines do: a sender whose mail wasn't taken sends it again, a decider whose
page didn't come loads it again. What counts at the end is what the relay, the platform and the author hold.
"""

import os
import random
import re
import secrets
import signal
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from running import Gateway, Received, Relay, eventually

from comity import clock
from comity.demo import commands, keys, rules, samples
from comity.demo.client import Browser, NotPlayed
from comity.demo.commands import NotSent
from comity.doors.email import realm
from comity.platforms import sandbox_world
from comity.platforms.port import PlatformError

PHASES = ("sent", "found", "first", "second")
LONGEST_DELAY = 1.5  # seconds after a phase is reached
PATIENCE = 90.0
AUTHORS = ("anna", "luc", "maarten", "kadri", "reto", "joana", "elodie", "wanderer")


@dataclass(frozen=True)
class Moment:
    """When to strike: so many seconds after the story has reached a phase."""

    phase: str
    delay: float


def moment(seed: int, number: int) -> Moment:
    """The moment number so and so of a seed."""
    drawn = random.Random(f"{seed}:{number}")
    return Moment(drawn.choice(PHASES), round(drawn.uniform(0, LONGEST_DELAY), 3))


@contextmanager
def beside(gateway: Gateway) -> Iterator[None]:
    """The demo's code in this process, on that gateway's keys and sandbox. Its database isn't touched."""
    before = settings.COMITY
    settings.COMITY = replace(before, data=gateway.data, sandbox_url=gateway.sandbox, demo=True)
    try:
        yield
    finally:
        settings.COMITY = before


@dataclass
class Story:
    """One order on one gateway. `reached` tells who waits how far it is."""

    gateway: Gateway
    number: int
    reference: str = field(default_factory=lambda: f"OOS-2026-{secrets.token_hex(4)}")
    target: str = ""
    message_id: str = ""
    case: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    reached: dict[str, threading.Event] = field(default_factory=lambda: {phase: threading.Event() for phase in PHASES})

    @property
    def text(self) -> str:
        return f"Message about {self.reference}"

    def play(self) -> None:
        """From the message on the platform to the answered case, whatever happens meanwhile."""
        with beside(self.gateway):
            self.target = eventually(self._post, PATIENCE)
            self._send()
        self.reached["sent"].set()
        self.case = eventually(self._find, PATIENCE)
        self.reached["found"].set()
        for who, phase in zip(rules.DECIDERS, ("first", "second"), strict=True):
            eventually(lambda who=who: self._signs(who), PATIENCE)
            self.reached[phase].set()

    def _post(self) -> str:
        author = AUTHORS[self.number % len(AUTHORS)]
        try:
            return sandbox_world().post("harbour", author, self.text, key=self.reference)
        except PlatformError:
            return ""

    def _send(self) -> None:
        self.message_id = f"<good-text.{secrets.token_hex(8)}@online-safety.example>"
        raw = samples.make(
            "good-text",
            target_url=self.target,
            reference=self.reference,
            issued_at=clock.now(),
            message_id=self.message_id,
            key=keys.ensure(self.gateway.data),
        )
        eventually(lambda: self._taken(raw), PATIENCE)

    def _taken(self, raw: bytes) -> bool:
        try:
            commands.deliver(str(self.gateway.says["smtp"]), "orders@online-safety.example", realm.mint(), raw)
        except NotSent:
            return False
        return True

    def _find(self) -> str:
        """The case that the desk finds under the order's reference."""
        try:
            page = self._as(rules.DECIDERS[0], f"/console/?q={self.reference}")[1]
        except NotPlayed:
            return ""
        found = re.search(r"/console/cases/(C-[0-9A-Z]{8})", page)
        return found[1] if found else ""

    def _as(self, who: str, path: str) -> tuple[Browser, str]:
        """One of the demo's people, and the page they have opened. Raises NotPlayed."""
        if who not in self.browsers:
            browser = Browser(self.gateway.url)
            browser.submit(browser.get("/demo/"), "/demo/be", person=who, next="/console/")
            self.browsers[who] = browser
        return self.browsers[who], self.browsers[who].get(path)

    def _signs(self, who: str) -> bool:
        """Press Approve if the page offers it; true once this decider's signature stands there."""
        path, given = f"/console/cases/{self.case}", GIVEN[rules.DECIDERS.index(who)]
        try:
            browser, page = self._as(who, path)
            if f'action="{path}/sign"' in page:
                browser.submit(page, f"{path}/sign")
                page = browser.get(path)
        except NotPlayed:
            return False
        return given in page


GIVEN = ("First, given", "Second, given")


# -- what kills -------------------------------------------------------------------------------------------------------


def kill_group(gateway: Gateway) -> None:
    """kill -9 to the process group of `serve`, then start again on the same data and ports."""
    gateway.kill()
    gateway.start()


def kill_postmaster(gateway: Gateway) -> None:
    """kill -9 to the database's process; `serve` mends it in place."""
    os.kill(gateway.postmaster(), signal.SIGKILL)


def kill_part(gateway: Gateway, name: str) -> None:
    """kill -9 to one process of the gateway: web, worker, mail."""
    os.kill(eventually(lambda: part(gateway, name)), signal.SIGKILL)


def part(gateway: Gateway, name: str) -> int:
    """The pid of one process of the gateway; 0 while there is none."""
    assert gateway.process
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == gateway.process.pid and b"comity.cli" in words and name.encode() in words:
            return int(entry.name)
    return 0


def play_and_strike(story: Story, when: Moment, kill: Callable[[Gateway], None]) -> None:
    """Play the story; at its moment something is killed."""

    def strike() -> None:
        assert story.reached[when.phase].wait(PATIENCE), f"the story never came to {when.phase}"
        threading.Event().wait(when.delay)
        kill(story.gateway)

    with ThreadPoolExecutor(1) as hand:
        striking = hand.submit(strike)
        story.play()
        striking.result()


# -- what is counted --------------------------------------------------------------------------------------------------


def settled(gateway: Gateway) -> bool:
    """Whether the gateway is up and has no job left to do."""
    try:
        with urllib.request.urlopen(gateway.url + "/metrics", timeout=10) as answer:
            said = answer.read().decode()
    except OSError:
        return False
    waiting = re.findall(r'^comity_jobs\{status="(?:todo|doing)"\} (\S+)', said, re.M)
    return len(waiting) == 2 and not any(map(float, waiting))


def answers(relay: Relay, story: Story) -> list[Received]:
    """The mails in the receiving mailbox that bring an answer (they alone carry a document) under the case's number."""
    mine = [mail for mail in relay.mails if story.case in str(mail.message["subject"])]
    return [mail for mail in mine if any(mail.message.iter_attachments())]


def distinct(mails: list[Received]) -> dict[str, set[bytes]]:
    """By Message-ID the different bytes that came under it."""
    found: dict[str, set[bytes]] = {}
    for mail in mails:
        found.setdefault(str(mail.message["Message-ID"]), set()).add(mail.raw.replace(b"\r\n", b"\n"))
    return found


def platform_rows(gateway: Gateway, table: str, target: str) -> list[str]:
    """The keys under which the platform's own store holds acts or notices for the thing at an address."""
    return stored(gateway.data / "sandbox", table, target.removeprefix(gateway.sandbox))


def stored(data: Path, table: str, ref: str) -> list[str]:
    """The same of any sandbox, by its data directory."""
    with closing(sqlite3.connect(f"file:{data}/sandbox.sqlite3?mode=ro", uri=True)) as store:
        return [row[0] for row in store.execute(f"select key from {table} where ref = ?", (ref,))]


def shown(target: str, country: str, text: str) -> bool:
    """Whether an ordinary viewer in a country is shown a text at an address."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{target}?from={country}", timeout=20) as answer:
            return text in answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return text in error.read().decode()


def verify_once(story: Story, relay: Relay) -> None:
    """Raises AssertionError unless the story ended with one of everything."""
    gateway = story.gateway
    eventually(lambda: answers(relay, story), PATIENCE)
    eventually(lambda: settled(gateway), PATIENCE)
    came = distinct(answers(relay, story))
    assert len(came) == 1, f"{len(came)} answers"
    assert all(len(bytes_of) == 1 for bytes_of in came.values()), "one Message-ID, different bytes"
    assert len(platform_rows(gateway, "withholdings", story.target)) == 1
    assert len(platform_rows(gateway, "notices", story.target)) == 1
    assert not shown(story.target, "FR", story.text)
    assert shown(story.target, "CH", story.text)
    requests = {row["id"] for row in gateway.comity("requests", "list")["requests"] if _is(row, story)}
    assert requests, "acknowledged, but not stored"
    cases = [row for row in gateway.comity("cases", "list")["cases"] if row["request"] in requests]
    assert [(case["id"], case["state"]) for case in cases] == [(story.case, "answered")]
    assert [measure["state"] for measure in cases[0]["measures"]] == ["effective"]


def _is(row: dict[str, Any], story: Story) -> bool:
    return str(row["message_id"]) == story.message_id
