"""Calls, mails and watchers for `bench/hotline.py`: what a service, a stranger and the open pages do to the line."""

import http.client
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from _report import Row, percentile

CASES, MAILS_A_MINUTE, SERVICES, WATCHERS, CALLS = 10_000, 100, 200, 100, 1_000
PUSH_MS, URGENT_S, POLL_MS, RINGS_AN_HOUR = 1_000, 3, 250, 6
POLL_S, WATCH_S = 0.5, 15


class Deaf:
    """A relay that takes every connection, and says nothing: what waits for it holds its place."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"


def fill(gateway: Any) -> None:
    """Ten thousand open cases in the gateway's database, by the cluster's own account: no foreign key is checked row by
    row."""
    from comity.cases.models import Case
    from comity.serve.postgres import DATABASE, Cluster

    url = Cluster(gateway.data).admin_url.replace("@/postgres?", f"@/{DATABASE}?")
    given = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "comity.settings"}
    rows = Path(__file__).with_name("_road_rows.py")
    subprocess.run([sys.executable, str(rows), str(CASES)], check=True, env=given, stdout=subprocess.DEVNULL)
    assert Case.objects.filter(open=True).count() >= CASES


@contextmanager
def mails(gateway: Any, a_minute: int) -> Iterator[None]:
    """Ordinary mails by SMTP, so many a minute, for as long as the block lasts."""
    over = threading.Event()

    def send() -> None:
        number = 0
        while not over.wait(60 / a_minute):
            number += 1
            _send(gateway, f"user{number}@postbox.example", "A question", "Where do I change my picture? Thank you.")

    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield
    finally:
        over.set()
        sending.join()


def _send(gateway: Any, sender: str, subject: str, text: str) -> str:
    from comity.doors.email import realm

    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, "orders@localhost", subject
    made["Message-ID"] = f"<{uuid4()}@bench.example>"
    made.set_content(text)
    host, port = gateway.smtp
    with smtplib.SMTP(host, port, timeout=30) as door:
        door.sendmail(sender, [realm.mint()], made.as_bytes())
    return str(made["Message-ID"])


@contextmanager
def held(mails: int = 12) -> Iterator[None]:
    """The places of the shared worker held by mails that a deaf relay never answers."""
    from comity.outbox import commands as outbox
    from comity.outbox.models import Mail

    key = f"bench-{uuid4()}"
    for number in range(mails):
        to = f"nobody{number}@postbox.example"
        outbox.queue(key=f"{key}-{number}", realm="real", kind="bench", to=to, subject="x", text="x")
    time.sleep(1)
    try:
        yield
    finally:
        Mail.objects.filter(key__startswith=key).update(state="failed")


def urgent(gateway: Any, peer: Any, count: int) -> list[float]:
    """Seconds from before SMTP to the push, of mails of strangers that speak of danger; each closed once it rang."""
    from comity.hotline.models import Call

    took = []
    for number in range(count):
        began = time.time()
        text = f"A child was abducted an hour ago. Her life is at risk. He will kill her tonight. {number}"
        _send(gateway, f"mother{number}-{uuid4()}@postbox.example", "URGENT: child abducted, life at risk", text)
        fresh = Call.objects.filter(door="email", raised_at__gt=_at(began), rung=True)
        found = _until(fresh.first)
        took.append(peer.wait(found.id) - began)
        _quiet(found)
        Call.objects.filter(door="email").update(raised_at=_at(began) - timedelta(hours=2))
    return took


def _at(seconds: float) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC)


def _until(look: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def _quiet(call: Any) -> None:
    from comity.alerts import paging
    from comity.hotline.models import Call

    paging.stop(call.id)
    Call.objects.filter(id=call.id).update(state="closed")


def strangers(gateway: Any) -> Iterator[Row]:
    """Many mails of as many strangers at once: how many of them ring within the hour."""
    from comity.hotline.models import Call

    many = 40
    for number in range(many):
        _send(gateway, f"s{number}@s{number}.example", "URGENT", "He will kill her tonight. Her life is at risk. Help.")
    _until(lambda: Call.objects.filter(door="email", state="raised").count() >= many, 120)
    rung = Call.objects.filter(door="email", state="raised", rung=True)
    yield Row(
        f"{many} mails of strangers: how many rang",
        rung.count(),
        "",
        floor=f"at most {RINGS_AN_HOUR}",
        holds=rung.count() <= RINGS_AN_HOUR,
    )
    for call in Call.objects.filter(door="email", state="raised"):
        _quiet(call)


def services(peer: Any) -> Iterator[Row]:
    """Two hundred accredited services call at once: each rings."""
    from comity import clock
    from comity.authorities.models import Authority
    from comity.hotline import commands
    from comity.hotline.models import Service
    from comity.hotline.rules import Said
    from comity.officers import commands as officers
    from comity.officers.models import Officer

    made = []
    for number in range(SERVICES):
        told = {"kind": "service", "country": "DE", "realm": "demo", "accredited": True, "phone": "+49 30 0000 0000"}
        name = f"bench-line-{number}"
        Authority.objects.create(id=name, name=name, address=f"night@{name}.example", **told)
        Service.objects.create(id=name, realm="demo")
        now = clock.now()
        made.append(
            Officer.objects.create(
                authority=name,
                realm="demo",
                link=officers.hashed(name),
                link_ends_at=now,
                invited_at=now,
                invited_by="bench",
                enrolled_at=now,
            )
        )
    began, raised = time.time(), list[Any]()
    each = SERVICES // 4

    def press(some: list[Any]) -> None:
        from django.db import connection

        raised.extend(commands.raise_call(one, Said("A life is in danger."), str(uuid4())) for one in some)
        connection.close()

    threads = [threading.Thread(target=press, args=(made[n * each : (n + 1) * each],)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    last = max(peer.wait(call.id, 120) for call in raised) - began
    capped = SERVICES - sum(call.id in peer.came for call in raised)
    yield Row(f"{SERVICES} services call at once: not rung", capped, "", floor="none", holds=capped == 0)
    yield Row(f"{SERVICES} services call at once: the last is rung after", last, "s")
    for call in raised:
        _quiet(call)


def of_one(peer: Any) -> Iterator[Row]:
    """A thousand calls of one account within a minute: all are kept, and one person is woken once."""
    from comity.alerts.models import Round
    from comity.demo import register
    from comity.hotline import commands, officers
    from comity.hotline.models import Call
    from comity.hotline.rules import Said

    officer, began = officers.demo_officer(register.SERVICE_ID), time.monotonic()
    first = commands.raise_call(officer, Said("The first."), str(uuid4()))
    for number in range(CALLS - 1):
        commands.raise_call(officer, Said(f"Once more, {number}."), str(uuid4()))
    took = time.monotonic() - began
    peer.wait(first.id)
    kept = Call.objects.filter(officer=officer, joined_to=first).count() + 1
    rounds = Round.objects.filter(subject__in=[first.id, *first.joined.values_list("id", flat=True)]).count()
    yield Row(f"{CALLS} calls of one account: kept", kept, "", floor="all", holds=kept == CALLS)
    yield Row(f"{CALLS} calls of one account: wake", rounds, "time", floor="once", holds=rounds == 1)
    yield Row(f"{CALLS} calls of one account: all kept after", took, "s", floor="at most 60 s", holds=took <= 60)
    _quiet(first)


def _signed_in(number: int) -> str:
    """The cookie of one more handler of the demo, as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from comity import clock
    from comity.people import tags
    from comity.people.models import Person
    from comity.people.session_store import SessionStore
    from comity.people.sessions import BACKEND

    told = {"realm": "demo", "jurisdiction": "BE", "roles": ["handler"], "enrolled_at": clock.now()}
    person = tags.make(Person, name=f"bench-watcher-{number}", **told)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def watched(gateway: Any) -> Iterator[Row]:
    """A hundred people's open pages that each ask twice a second, as the console's does, what they are told at first
    (their page was opened before); the queue's page beside."""
    cookies = [_signed_in(number) for number in range(WATCHERS)]
    queue = [_get(f"{gateway.url}/console/?realm=demo", cookies[0]) for _ in range(20)]
    took, opened = list[float](), threading.Barrier(WATCHERS)
    watchers = [
        threading.Thread(target=_watch, args=(gateway.url, cookie, opened, n / WATCHERS * POLL_S, took))
        for n, cookie in enumerate(cookies)
    ]
    for one in watchers:
        one.start()
    for one in watchers:
        one.join()
    p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
    page_ms = statistics.median(queue)
    name = f"a poll with {WATCHERS} watchers, {len(took) / WATCH_S:.0f} a second"
    yield Row(f"{name}, p50", p50, "ms", "the queue's page alone", page_ms, p50 / page_ms)
    yield Row(f"{name}, p99", p99, "ms", floor=f"at most {POLL_MS} ms", holds=p99 <= POLL_MS)


def _get(url: str, cookie: str) -> float:
    began = time.perf_counter()
    urlopen(Request(url, headers={"Cookie": cookie})).read()
    return (time.perf_counter() - began) * 1000


def _watch(url: str, cookie: str, opened: threading.Barrier, later: float, took: list[float]) -> None:
    """One page: keeps its connection and what it was told, and asks each half second."""
    asks, headers = http.client.HTTPConnection(url.partition("//")[2], timeout=30), {"Cookie": cookie}
    _ask(asks, headers)
    opened.wait()
    over = time.monotonic() + WATCH_S
    time.sleep(later)
    while time.monotonic() < over:
        began = time.perf_counter()
        _ask(asks, headers)
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(max(0.0, POLL_S - (time.perf_counter() - began)))
    asks.close()


def _ask(asks: http.client.HTTPConnection, headers: dict[str, str]) -> None:
    asks.request("GET", "/console/duty/poll", headers=headers)
    answer = asks.getresponse()
    answer.read()
    assert answer.status in (200, 304), answer.status
    if tag := answer.headers.get("ETag"):
        headers["If-None-Match"] = tag
