"""The list as edges get it: a page of changes, signed by the gateway's own key, waited for where there are none yet."""

import base64
import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
from django.db import connection
from psycopg import sql

from comity import clock

from . import commands, signing
from .models import Edge, Listed

PAGE = 5000
WAITING = 1  # polls that wait in one process at a time: each holds one of its few threads
LONGEST = 8.0  # less than a server gets to end what is under way
LOST = 40.0  # seconds after which an edge that hasn't asked is not waited for
_waiting = threading.BoundedSemaphore(WAITING)


def page(data: Path, platform: str, since: int) -> tuple[bytes, str]:
    """The changes after a number, and the signature over them."""
    rows, to, more = commands.after(platform, since, PAGE)
    said = {
        "platform": platform,
        "from": since,
        "to": to,
        "at": clock.now().timestamp(),
        "more": more,
        "rows": [_row(one) for one in rows],
    }
    raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return raw, base64.b64encode(signing.key(data).sign(raw)).decode()


def _row(one: Listed) -> dict[str, object]:
    more = {"r": one.room, "s": one.state, "n": one.notice}
    return {"t": one.target, "c": one.countries, **{key: said for key, said in more.items() if said}}


CHANGED = "SELECT serial > %s FROM matrix_counter WHERE platform = %s"
HELD = (
    "SELECT count(*) > 0 AND coalesce(bool_and(serial >= %s), false) FROM matrix_edge"
    " WHERE platform = %s AND asked_at > %s"
)


def await_change(platform: str, since: int, seconds: float) -> None:
    """Wait until the list goes beyond a number, at most so long; not at all where too many wait already."""
    if seconds <= 0 or not _waiting.acquire(blocking=False):
        return
    try:
        _await(commands.CHANGED, CHANGED, (since, platform), min(seconds, LONGEST))
    finally:
        _waiting.release()


def await_edges(platform: str, serial: int, seconds: float) -> bool:
    """Wait until every edge that follows the list holds it up to a number; whether there is one, and all do."""
    recent = clock.now() - timedelta(seconds=LOST)
    return _await(commands.ASKED, HELD, (serial, platform, recent), seconds)


def follows(edge: Edge) -> bool:
    """Whether an edge has asked lately: it is waited for, and what it holds is what its viewers get."""
    return clock.now() - edge.asked_at < timedelta(seconds=LOST)


def _await(channel: str, question: LiteralString, of: tuple[object, ...], seconds: float) -> bool:
    """Wait until the database says yes, asking again whenever somebody wakes the channel; whether it did. On a line of
    its own, so that none of the pool's is held meanwhile."""
    at, end = connection.get_connection_params(), time.monotonic() + seconds
    named = {key: at[key] for key in ("dbname", "user", "password", "host", "port") if at.get(key)}
    connection.close()
    try:
        with psycopg.connect(**named, autocommit=True) as line:
            line.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            while not (line.execute(question, of).fetchone() or (False,))[0]:
                left = end - time.monotonic()
                if left <= 0:
                    return False
                for _ in line.notifies(timeout=left, stop_after=1):
                    pass
    except psycopg.OperationalError:  # the database went away: whoever waits asks again
        return False
    return True
