"""Liveness, readiness and load of this gateway, for supervisors and monitors. No personal data."""

import os
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

from comity import clock
from comity.record import sequencer
from comity.serve import orphans, ports, state
from comity.terminal import Misuse

TIMEOUT = 2  # seconds for each part to answer
HEARTBEAT_AGE = timedelta(seconds=5)  # a worker's heart beats every second


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200: this process is alive. Checks nothing else, so that a slow database never triggers a restart."""
    return JsonResponse({"lives": True})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 only if web, worker, pager, mail, database and record are up, else 503. The body says which are."""
    up = parts()
    return JsonResponse({"ready": all(up.values()), **up}, status=200 if all(up.values()) else 503)


def parts() -> Mapping[str, bool]:
    """Each part of the gateway, and whether it is up. Takes a few seconds at most."""
    beats = _heartbeats()
    running = {name: beats is not None and beating(beats, name) for name in PROCESSES}
    return {"web": True, "database": beats is not None, **running, "mail": _greets(mail_door()), **_record()}


def _record() -> Mapping[str, bool]:
    """Whether the record goes on: its sequencer lives, and nothing stopped it."""
    return {"record": sequencer.status()[0]}


PROCESSES = ("worker", "pager")


@dataclass(frozen=True)
class Heartbeats:
    """The latest of each worker's row, by its id, and the database's present time."""

    of: Mapping[int, datetime | None]
    now: datetime


def beating(beats: Heartbeats, name: str) -> bool:
    """Whether a process that runs jobs is alive: each of its lanes. Where it runs on another machine, so that which
    are its rows isn't known here, whether any is."""
    own = orphans.worker_ids(settings.COMITY.data, name)
    if not own:
        return any(fresh(beat, beats.now) for beat in beats.of.values())
    return all(fresh(beats.of.get(one), beats.now) for one in own)


def fresh(beat: datetime | None, now: datetime) -> bool:
    """Whether a worker's last heartbeat is recent enough; both instants are the database's own."""
    return beat is not None and now - beat <= HEARTBEAT_AGE


def _heartbeats() -> Heartbeats | None:
    """The heartbeats of all workers; None if the database doesn't answer.

    On a connection of its own: the pool would wait for half a minute.
    """
    table = ProcrastinateWorker._meta.db_table
    try:
        given = {**connection.get_connection_params(), "connect_timeout": TIMEOUT}
        with psycopg.connect(**given) as own:
            own.execute(f"set statement_timeout = {TIMEOUT * 1000}")
            rows = own.execute(f"select id, last_heartbeat from {table}").fetchall()  # noqa: S608 Django's own table name
            now = own.execute("select now()").fetchone()
    except psycopg.Error:
        return None
    return Heartbeats(dict(rows), now[0]) if now else None


def mail_door() -> str:
    """HOST:PORT of the e-mail door: COMITY_SMTP if the processes run separately, else what `serve` chose; or empty."""
    if told := os.environ.get("COMITY_SMTP", ""):
        return told
    running = state.last(settings.COMITY.data)
    return running.smtp if running else ""


def _greets(door: str) -> bool:
    try:
        at = ports.parse(door, "COMITY_SMTP")
        with smtplib.SMTP(at.host, at.port, timeout=TIMEOUT):
            return True
    except (Misuse, OSError, smtplib.SMTPException):
        return False


def loopback(request: HttpRequest) -> bool:
    """Whether the client is a process on this machine itself, with no proxy in between."""
    forwarded = any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"))
    return not forwarded and request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def ago(at: datetime | None) -> float:
    """Seconds since an instant (UTC); 0 for None."""
    return max(0.0, (clock.now() - at).total_seconds()) if at else 0.0
