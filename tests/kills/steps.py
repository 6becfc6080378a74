"""A road whose steps are broken off: at each transaction that writes, before it and after it, and after each word with
a machine other than ours; then run again, and once more when all is done."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from amount import SOAK
from django.apps import apps
from django.conf import settings
from django.db import connection
from road import TASKS, Road, open_road
from running import Relay

from comity import jobs, lane
from comity.ledger.models import Event
from comity.outbox import relay
from comity.platforms.sandbox.client import Client
from comity.serve.worker import with_a_connection

OURS = ("alerts", "cases", "countries", "leaving", "measures", "notifications", "outbox", "people", "ledger")
OURS += ("following", "platforms", "shadow")
PUT_ON_AGAIN = ("measures.resume",)  # lets events that happened take the road again, which every step bears
RESEALED = ("facts", "peek", "at")  # fields that a repeat may seal or stamp anew


_broken: set[str] = set()


class BrokenOff(BaseException):
    """The worker ends here, as if killed: nothing catches it."""


@dataclass
class Breaker:
    """Breaks off at the first place that has an effect: a commit that wrote, a word to the platform or the relay."""

    armed: str = ""
    passed: int = 0
    pass_over: int = 0  # how many writing commits to let pass: they write the same each time
    said: set[str] = field(default_factory=set)

    def at(self, where: str) -> None:
        """A place is passed. Raises BrokenOff if armed for it."""
        if self.armed == where:
            self.armed = ""
            raise BrokenOff(where)

    def word(self, words: str) -> None:
        """Something was said to another machine; broken off after it once, the next time it is said on."""
        if self.armed == "after" and words not in self.said:
            self.said.add(words)
            self.at("after")

    def commit(self, original: Callable[[], None]) -> None:
        """Django's commit of an outermost transaction."""
        wrote = _wrote()
        if wrote and self.armed == "before":
            connection.rollback()
            self.at("before")
        original()
        if wrote and self.passed >= self.pass_over:
            self.at("after")
        self.passed += wrote


def _wrote() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id_if_assigned() is not null")
        return bool(cursor.fetchone()[0])


@contextmanager
def breaking(patch: pytest.MonkeyPatch) -> Iterator[Breaker]:
    """A breaker in the way of the database, the platform and the relay."""
    breaker = Breaker()
    commit, send, hand_over = connection.commit, Client.send, relay.hand_over

    def sends(client: Client, *args: Any, **body: Any) -> Any:
        answer = send(client, *args, **body)
        breaker.word(str((args, body)))
        return answer

    def hands_over(*args: Any) -> Any:
        said = hand_over(*args)
        breaker.word(str(args))
        return said

    patch.setattr(connection, "commit", lambda: breaker.commit(commit))
    patch.setattr(Client, "send", sends)
    patch.setattr(relay, "hand_over", hands_over)
    yield breaker


@dataclass
class BrokenRoad:
    """A road each step of which is broken off wherever it has an effect, until it ends by itself, and then run again.

    `ran` counts the breaks of each command that ran. In `make test` a command is broken off and run twice where a
    process first runs it, and only run after that; in `make soak` always.
    """

    road: Road
    breaker: Breaker
    mailbox: Relay
    ran: dict[str, int] = field(default_factory=dict)
    failed: dict[tuple[str, int], Exception] = field(default_factory=dict)

    def drive(self) -> None:
        """Run the jobs that wait until none is left."""
        self.road.look()
        while job := self.road._next():
            task, args, queue = job
            with lane.inside(lane.UNPROVEN if queue == lane.UNPROVEN.queue else lane.PROVEN):
                if task == "comity:step":
                    self._step(**args)
                else:  # what follows, and the rings of a call: no steps of the road
                    with_a_connection(partial(TASKS[task].func, **args), None, None)
            self.road.look()

    def _step(self, command: str, event: int) -> None:
        self.ran.setdefault(command, 0)
        if not SOAK and command in _broken:
            self._run(command, event)
            return
        _broken.add(command)
        self._break_off(command, event)
        self._run(command, event)
        done = state(self.road)
        self._run(command, event)
        changed = {table for table, rows in state(self.road).items() if rows != done[table]}
        if command in PUT_ON_AGAIN:
            changed -= {"jobs"}
        assert not changed, f"{command}: the second time changed {changed}"

    def _break_off(self, command: str, event: int) -> None:
        before = tables()
        if self._breaks("before", command, event):
            assert tables() == before, f"{command}: rolled back, and yet something stayed"
        self._break_wherever_it_has_an_effect(command, event)

    def _break_wherever_it_has_an_effect(self, command: str, event: int) -> None:
        self.breaker.pass_over = 0
        while True:
            before, said = state(self.road), len(self.breaker.said)
            if not self._breaks("after", command, event):
                return
            if state(self.road) == before and len(self.breaker.said) == said:
                self.breaker.pass_over += 1

    def _breaks(self, where: str, command: str, event: int) -> bool:
        """Run a step armed; whether it was broken off."""
        self.breaker.armed, self.breaker.passed = where, 0
        try:
            self._run(command, event)
        except BrokenOff:
            self.ran[command] += 1
            return True
        finally:
            self.breaker.armed = ""
        return False

    def _run(self, command: str, event: int) -> None:
        try:
            # on a connection of its own, as the worker does: what was broken off at its commit is rolled back
            with_a_connection(partial(jobs.step.func, command=command, event=event), None, None)
        except Exception as error:  # the worker would try it again later; what it left is looked at all the same
            self.failed[command, event] = error

    def again(self) -> None:
        """Try the steps that failed once more, as the worker does after a while."""
        failed, self.failed = self.failed, {}
        for command, event in failed:
            self._step(command, event)
        self.drive()


def state(road: Road) -> dict[str, str]:
    """Our tables, and what the platform holds, digested."""
    return tables() | _platform(road.sandbox.data / "sandbox.sqlite3")


def tables() -> dict[str, str]:
    """Every row of ours and what waits to be done, digested by table."""
    with connection.cursor() as cursor:
        cursor.execute(_digests())
        found = {name: f"{count} rows, {digest}" for name, count, digest in cursor.fetchall()}
        cursor.execute("select count(*) from procrastinate_jobs where status = 'todo'")
        found["jobs"] = f"{cursor.fetchone()[0]} to do"
    return found


@cache
def _digests() -> str:
    """One query for all tables, asked a thousand times: which rows there are, but for keys and what is sealed anew."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return " union all ".join(
        f"""select '{model.__name__}', count(*), md5(coalesce(string_agg(
        (to_jsonb(one) - '{{{",".join((model._meta.pk.attname, *RESEALED))}}}'::text[])::text,
        ' ' order by one.{model._meta.pk.attname}), '')) from {model._meta.db_table} one"""
        for model in models
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:12]


def _platform(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        tables = ("withholdings", "withheld", "notices", "gated")
        return {table: _digest(store.execute(f"select * from {table} order by 1, 2").fetchall()) for table in tables}


def kinds(case: str) -> list[str]:
    """What happened in a case, sorted: compared with an unbroken road's."""
    return sorted(Event.objects.filter(case=case).values_list("kind", flat=True))


@contextmanager
def broken_road(patch: pytest.MonkeyPatch) -> Iterator[BrokenRoad]:
    """A broken road with a mailbox of its own."""
    mailbox = Relay().start()
    try:
        with open_road() as road:
            settings.COMITY = replace(settings.COMITY, relay=mailbox.address)
            with connection.cursor() as cursor:
                cursor.execute("delete from procrastinate_jobs")  # a test database's flush leaves them
            with breaking(patch) as breaker:
                yield BrokenRoad(road, breaker, mailbox)
    finally:
        mailbox.stop()
