"""The road in one process: a real sandbox, the demo's people, and the worker's jobs run one after the other."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import prepared
from django.conf import settings
from django.db import connection

from comity import clock, jobs, lane, operator
from comity.adoption.models import Draft
from comity.cases import deciding, lanes
from comity.cases.models import Case, Request
from comity.cases.receive import Incoming, receive
from comity.cases.receive import prepare as sealed
from comity.demo import keys, register, samples
from comity.doors.email.server import header
from comity.ledger.models import Event
from comity.library import in_force
from comity.outbox import dkim_key
from comity.people.models import Person
from comity.platforms import sandbox_world
from comity.platforms.sandbox import World
from comity_sandbox.process import SandboxProcess

ROUNDS = 10_000
NEXT = """
update procrastinate_jobs set status = 'succeeded' where id = (
    select id from procrastinate_jobs
    where status = 'todo' and task_name <> 'comity:look'
      and (scheduled_at is null or scheduled_at <= clock_timestamp())
    order by id limit 1
) returning task_name, args, queue_name
"""
CLAIMED = "select exists(select from procrastinate_jobs where status = 'todo' and queue_name = %s)"
TRIES = 3
TASKS = {"comity:follow": jobs.follow, "comity:step": jobs.step, "comity:climb": jobs.climb, "comity:hand": jobs.hand}


@dataclass
class Road:
    """One gateway's road, driven by hand. `refused` keeps what steps raised, as the worker would have retried it."""

    sandbox: SandboxProcess
    refused: list[tuple[str, Exception]] = field(default_factory=list)
    count: int = 0

    def post(self, text: str = "A harmless message for the road", **more: Any) -> str:
        """A fresh message on the sandbox; gives its URL."""
        return sandbox_world().post("harbour", "anna", text, **more)

    def sample(self, name: str, target: str, reference: str | None = None) -> bytes:
        """The bytes of a demo sample."""
        self.count += 1
        return samples.make(
            name,
            target_url=target,
            reference=reference or f"OOS-2026-{self.count:04}",
            issued_at=clock.now(),
            message_id=f"<{self.count}.{clock.now().timestamp()}@online-safety.example>",
            key=keys.ensure(settings.COMITY.data),
        )

    def reply(self, to: str, text: str) -> bytes:
        """A mail of the demo's authority in the thread of one of ours, signed."""
        self.count += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = register.ADDRESS, samples.TO, "Re: your answer"
        mail["Date"], mail["In-Reply-To"] = format_datetime(clock.now()), to
        mail["MIME-Version"] = "1.0"
        mail["Message-ID"] = f"<reply.{self.count}.{clock.now().timestamp()}@online-safety.example>"
        mail.set_content(text)
        return samples.sign(mail.as_bytes(policy=SMTP), keys.ensure(settings.COMITY.data))

    def receive(self, raw: bytes, realm: str = "demo") -> Request:
        """Let a mail in by the door's own function, without its listener."""
        peek = {"subject": "", "from": header(raw, "From"), "message_id": ""}
        item = sealed(Incoming(raw, "email", realm, clock.now(), peek))
        receive([item])
        return Request.objects.get(id=item.id)

    def drive(self) -> None:
        """Run the jobs that wait until none is left; one that raises is tried again a few times, then left."""
        tries: dict[str, int] = {}
        for _ in range(ROUNDS):
            if not self.one(tries):
                return
        raise AssertionError("the road has no end")

    def one(self, tries: dict[str, int] | None = None) -> bool:
        """Run the job that waits longest; false when there is none."""
        self.look()
        job = self._next()
        if job is None:
            return False
        task, args, queue = job
        try:
            with lane.inside(lane.UNPROVEN if queue == lane.UNPROVEN.queue else lane.PROVEN):
                TASKS[task].func(**args)
        except Exception as error:
            self.refused.append((str(args), error))
            tries = {} if tries is None else tries
            tries[str(args)] = tries.get(str(args), 0) + 1
            if tries[str(args)] < TRIES:
                self._again(task, args, queue)
        return True

    def again(self, case: Case, command: str, kind: str) -> None:
        """Defer one command of the road once more for the first event of a kind, as the worker's retry would."""
        event = Event.objects.filter(case=case.id, kind=kind).order_by("id").first()
        assert event, f"nothing of kind {kind} happened to {case.id}"
        self._again("comity:step", {"command": command, "event": event.id})

    def look(self) -> None:
        """Let the first look sort what came, as the worker does before anything else."""
        while self._claimed() and lanes.look():
            pass

    def _claimed(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(CLAIMED, [lane.CLAIMS])
            return bool(cursor.fetchone()[0])

    def _next(self) -> tuple[str, dict[str, Any], str] | None:
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            row = cursor.fetchone()
        if row is None:
            return None
        task, args, queue = row
        return task, args if isinstance(args, dict) else json.loads(args), queue

    def _again(self, task: str, args: dict[str, Any], queue: str = lane.PROVEN.queue) -> None:
        jobs.app().configure_task(task, queue=queue).defer(**args)

    def person(self, role: str, jurisdiction: str = "BE") -> Person:
        """One of the demo's people."""
        return Person.objects.get(name=f"demo-{role}-{jurisdiction.lower()}")

    def sign(self, case: Case, *jurisdictions: str) -> None:
        """Let the demo's deciders sign what is put to them."""
        for jurisdiction in jurisdictions or ("BE", "EE"):
            case.refresh_from_db()
            deciding.sign(self.person("decider", jurisdiction), case.id, case.act, None)


@contextmanager
def open_road() -> Iterator[Road]:
    """A road on this test's database, on the sandbox that all roads of this process share: a test posts its own."""
    sandbox = _sandbox()
    _lend(settings.COMITY.data, sandbox)
    World(sandbox.base_url, sandbox.token).misbehave("normal")
    (sandbox.data / "roster.json").unlink(missing_ok=True)  # custodians of the road before: their keys were others
    before = settings.COMITY
    settings.COMITY = replace(before, sandbox_url=sandbox.base_url, demo=True)
    try:
        _forget_jobs()
        _forget_packs()
        prepared.ready()
        yield Road(sandbox)
    finally:
        settings.COMITY = before


def _lend(data: Path, sandbox: SandboxProcess) -> None:
    """Give a data directory of a test's own the keys of this process: the sandbox's tokens, and two slow to make."""
    lent = {"keys/sandbox.key": sandbox.token.encode(), "sandbox/owner": sandbox.owner.encode()}
    for name, content in {**lent, **_slow_keys()}.items():
        path = data / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(content)


@cache
def _slow_keys() -> dict[str, bytes]:
    data = operator.data_directory()
    return {"demo/dkim.key": keys.ensure(data), "keys/outbox.dkim.pem": dkim_key.pem(data)}


@cache
def _sandbox() -> SandboxProcess:
    """One sandbox for this process, all with one token: starting one takes as long as most tests."""
    data = Path(tempfile.mkdtemp(prefix="comity-sandbox-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    ours = operator.data_directory()
    operator.secret(ours, "sandbox.key")
    sandbox = SandboxProcess(data, token_file=ours / "keys" / "sandbox.key")
    atexit.register(sandbox.end)
    return sandbox


def _forget_packs() -> None:
    """Versions that a test before adopted lie as files beside a database that was rolled back: each is refused anew at
    every look, with the queries that this takes."""
    if not Draft.objects.exists():
        shutil.rmtree(in_force.folder("demo"), ignore_errors=True)


def _forget_jobs() -> None:
    """Jobs lie in tables that aren't Django's, so those of the test before are still there."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'succeeded' where status = 'todo'")
