"""Which lane the work on a request takes: proven senders' and people's the one, all that is unproven the other."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from comity.authorities import commands as register
from comity.authorities import dkim, glance
from comity.lane import CLAIMS, PROVEN, UNPROVEN, Lane, current, inside
from comity.ledger.commands import follow
from comity.ledger.models import Event
from comity.reading import child
from comity.vault import commands as vault

from .models import Case, Request
from .rules import VERIFIED


def of(event: Event) -> Lane:
    """The lane of what follows an event. What is proven, or a person began, stays in the proven lane; a mail that
    seemed an office's at the first look leaves it with its grade; what becomes proven enters it."""
    if current() == UNPROVEN:
        return PROVEN if _proven(event) else UNPROVEN
    if event.kind == "sender.graded" and not _proven(event) and _of_reading(event):
        return UNPROVEN
    return PROVEN


def _proven(event: Event) -> bool:
    if event.request:
        return Request.objects.filter(id=event.request, grade__in=VERIFIED).exists()
    return Case.objects.filter(id=event.case, grade__in=VERIFIED).exists()


def _of_reading(event: Event) -> bool:
    return event.cause is not None and Event.objects.filter(id=event.cause, kind="facts.read").exists()


MOVE = """
update procrastinate_jobs set queue_name = %(queue)s, priority = %(priority)s
where status = 'todo' and queue_name <> %(queue)s and (args ->> 'event')::bigint in (
  select id from ledger_event where request = %(request)s or ("case" is not null and "case" = %(case)s))
"""


def move(event: Event, lane: Lane) -> None:
    """Let what waits of the same request and case change the lane with it, so that its order stays."""
    named: dict[str, str | int | None] = {
        "queue": lane.queue,
        "priority": lane.priority,
        "request": event.request,
        "case": event.case,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, named)


# -- the first look ---------------------------------------------------------------------------------------------------


WAITING = """
select id, (args ->> 'event')::bigint from procrastinate_jobs where queue_name = %s and status = 'todo'
order by id limit %s for update skip locked
"""
LOOKED_AT_ONCE = 50
BYTES_AT_ONCE = 32 * 1024 * 1024


def look() -> bool:
    """Sort some of the mails that name an office's signature into their lanes; false when none waits.

    Many at once, for little each: who forges signatures sends hundreds, and a true one must not wait behind them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WAITING, [CLAIMS, LOOKED_AT_ONCE])
        jobs = {event: job for job, event in cursor.fetchall()}
        if not jobs:
            return False
        seen = _seen(list(jobs))
        for its in (PROVEN, UNPROVEN):
            with inside(its):
                follow(
                    Event.objects.filter(id__in=[event for event, lane in seen.items() if lane == its]).order_by("id")
                )
        cursor.execute("delete from procrastinate_jobs where id = any(%s)", [[jobs[event] for event in seen]])
    return bool(seen)


def look_again(now: datetime) -> None:
    """Look at what came while the look before it ended, and so was told to none."""
    while look():
        pass


def _seen(events: list[int]) -> dict[int, Lane]:
    """The lane of each mail, as many of them as are opened at once."""
    requests = Request.objects.in_bulk(Event.objects.filter(id__in=events).values_list("request", flat=True))
    of = dict(Event.objects.filter(id__in=events).order_by("id").values_list("id", "request"))
    room = BYTES_AT_ONCE
    some: dict[int, Request] = {}
    for event, number in of.items():
        if some and requests[number].bytes > room:
            break
        some[event] = requests[number]
        room -= requests[number].bytes
    raws, listed = vault.get_many([request.raw for request in some.values()]), register.listed()
    return {event: _lane(request, raws.get(request.raw, b""), listed) for event, request in some.items()}


def _lane(request: Request, raw: bytes, listed: frozenset[str]) -> Lane:
    """By the head alone; a signature that came before within the hour counts for nothing: a head once signed can be
    sent on any number of bodies."""
    found = glance.proven_by(raw, listed, _keys.lookup)
    before = Request.objects.filter(signature=found, received_at__gt=request.received_at - HOUR).exclude(id=request.id)
    if found is None or before.exists():
        return UNPROVEN
    request.signature = found
    request.save(update_fields=["signature"])
    return PROVEN


HOUR = timedelta(hours=1)
ASKED_A_MINUTE = 10  # names of one domain that nobody has answered for before
KEPT_SECONDS = 300.0
KEPT_AT_MOST = 2_000
SILENT_A_MINUTE = 2
SILENT = ""  # stands for every name server that did not answer


@dataclass
class Keys:
    """Keys of listed domains: the resolver files first, then DNS, each answer kept some minutes. Of each domain only a
    few new names a minute are asked for, and none once a few stayed without answer: forged selectors are free."""

    ask: Callable[[str], str | None] = dkim.by_dns
    clock: Callable[[], float] = time.monotonic
    kept: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    asked: dict[str, list[float]] = field(default_factory=dict)

    def lookup(self, name: str) -> str | None:
        """The TXT record of a key's name, or None. Raises dkim.Unreachable."""
        filed = dkim.from_records(child.prepared({"data": str(settings.COMITY.data)})["records"])(name)
        return filed if filed is not None else self._from_dns(name)

    def _from_dns(self, name: str) -> str | None:
        now = self.clock()
        until, found = self.kept.get(name, (0.0, None))
        if now < until:
            return found
        domain = name.partition("._domainkey.")[2]
        many, silent = self._lately(domain, now) >= ASKED_A_MINUTE, self._lately(SILENT, now) >= SILENT_A_MINUTE
        if found is None and (many or silent):
            raise dkim.Unreachable("too many keys were asked for, or nobody answered")
        self.asked.setdefault(domain, []).append(now)
        return self._ask(name, now, found)

    def _lately(self, whose: str, now: float) -> int:
        self.asked[whose] = [at for at in self.asked.get(whose, []) if at > now - 60]
        return len(self.asked[whose])

    def _ask(self, name: str, now: float, before: str | None) -> str | None:
        try:
            found = self.ask(name)
        except dkim.Unreachable:
            self.asked.setdefault(SILENT, []).append(now)
            if before is None:
                raise
            found = before
        if len(self.kept) >= KEPT_AT_MOST:
            self.kept = {known: answer for known, answer in self.kept.items() if answer[1] is not None}
        self.kept[name] = (now + KEPT_SECONDS, found)
        return found


_keys = Keys()
