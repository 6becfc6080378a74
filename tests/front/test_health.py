"""Whether it lives, is ready, and how it fares: what a monitor sees, and what nobody else does."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from comity import clock, operator
from comity.cases.models import Case, Request
from comity.front import health, metrics
from comity.outbox.models import Mail
from comity.serve import orphans

HOST = {"HTTP_HOST": "localhost:8000"}
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _us(settings, tmp_path, monkeypatch):
    settings.COMITY = replace(settings.COMITY, data=tmp_path)
    monkeypatch.delenv("COMITY_SMTP", raising=False)
    recorded(tmp_path)


def recorded(data: Path, age: float = 0, **stopped: str) -> None:
    """What the sequencer said of itself so many seconds ago."""
    told = {"at": (clock.now() - timedelta(seconds=age)).isoformat(), "stopped": stopped}
    (data / "ledger").mkdir(exist_ok=True)
    (data / "ledger" / "status.json").write_text(json.dumps(told))


@pytest.fixture
def client():
    return Client(**HOST)


@contextmanager
def listening(greeting: bytes) -> Iterator[str]:
    """A server that says one thing to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    other, _ = server.accept()
                except OSError:
                    return
                with other:
                    other.sendall(greeting)
                    other.settimeout(2)
                    try:
                        other.recv(100)
                        other.sendall(b"221 bye\r\n")
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def worker(age: float) -> Iterator[int]:
    """A worker whose heart beat so many seconds ago, by the database's own time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => %s)) "
            "returning id",
            [age],
        )
        row = cursor.fetchone()
        yield row[0]
        cursor.execute("delete from procrastinate_workers where id = %s", [row[0]])


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, {name for name, up in answer.json().items() if not up}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("age", "stopped"), [(600, {}), (0, {"real": "the disk is full"})])
def test_not_ready_while_the_record_does_not_go_on(client, monkeypatch, tmp_path, age, stopped):
    recorded(tmp_path, age, **stopped)
    with listening(b"220 here\r\n") as door, worker(1):
        monkeypatch.setenv("COMITY_SMTP", door)
        assert ready(client) == (503, {"ready", "record"})


@pytest.mark.django_db(transaction=True)
def test_it_works(client, monkeypatch):
    with listening(b"220 here\r\n") as door, worker(1):
        monkeypatch.setenv("COMITY_SMTP", door)
        assert ready(client) == (200, set())


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_worker_that_lives(client, monkeypatch):
    with listening(b"220 here\r\n") as door:
        monkeypatch.setenv("COMITY_SMTP", door)
        assert ready(client) == (503, {"ready", "worker", "pager"})
        with worker(60):
            assert ready(client) == (503, {"ready", "worker", "pager"})


@pytest.mark.django_db(transaction=True)
def test_a_pager_that_is_dead_is_named_though_the_worker_lives(client, monkeypatch, tmp_path):
    with listening(b"220 here\r\n") as door, worker(1) as lives, worker(60) as dead:
        monkeypatch.setenv("COMITY_SMTP", door)
        orphans.write_worker_ids(tmp_path, "worker", 1, lives)
        orphans.write_worker_ids(tmp_path, "pager", 2, lives, dead)
        assert ready(client) == (503, {"ready", "pager"})
        orphans.write_worker_ids(tmp_path, "pager", 2, lives)
        orphans.write_worker_ids(tmp_path, "worker", 1, lives, 2**40)
        assert ready(client) == (503, {"ready", "worker"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("greeting", [b"", b"421 busy\r\n", b"HTTP/1.1 400 no\r\n\r\n"])
def test_not_ready_when_the_mail_door_does_not_greet(client, monkeypatch, greeting):
    with listening(greeting) as door, worker(1):
        monkeypatch.setenv("COMITY_SMTP", door)
        assert ready(client) == (503, {"ready", "mail"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["127.0.0.1:9", "nonsense", ""])
def test_not_ready_when_the_mail_door_is_not_there(client, monkeypatch, door):
    monkeypatch.setenv("COMITY_SMTP", door)
    with worker(1):
        assert ready(client) == (503, {"ready", "mail"})


def test_not_ready_without_a_database_and_says_so_at_once(client, monkeypatch):
    def refused(**_):
        raise psycopg.OperationalError("no")

    monkeypatch.setattr(health.psycopg, "connect", refused)
    code, down = ready(client)
    assert code == 503
    assert down >= {"ready", "database", "worker"}


def test_it_lives_without_asking_anything(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"lives": True}


def test_the_doors_address_is_what_serve_chose(tmp_path):
    (tmp_path / "serve.json").write_text(
        '{"pid": null, "web": "", "listen": "", "smtp": "127.0.0.1:2599", "sandbox": "", "embedded": true}'
    )
    assert health.mail_door() == "127.0.0.1:2599"


@pytest.mark.parametrize(("age", "holds"), [(0, True), (5, True), (5.1, False)])
def test_a_heart_that_beat_five_seconds_ago_still_lives(age, holds):
    assert health.fresh(AT - timedelta(seconds=age), AT) is holds
    assert not health.fresh(None, AT)


# Metrics --------------------------------------------------------------------------------------------------------------


def told(client, **how):
    answer = client.get("/metrics", **how)
    assert answer.status_code == 200
    return answer.content.decode()


def order(realm, state, n, at):
    request = Request.objects.create(realm=realm, door="email", received_at=at, bytes=1, until=at)
    Case.objects.create(
        realm=realm, request=request, instrument="x", state=state, received_at=at, join_key=f"{realm}{n}".encode()
    )


@pytest.mark.django_db
def test_metrics_count_by_realm_and_state(client):
    with clock.freeze(AT):
        for n in range(3):
            order("demo", "to-decide", n, AT)
        order("real", "verifying", 9, AT - timedelta(seconds=90))
        for n, state in enumerate(("sent", "sent", "failed")):
            Mail.objects.create(key=str(n), message_id=str(n), realm="real", state=state, peer=b"", queued_at=AT)
        page = told(client)
    for line in (
        'comity_cases_open{realm="demo",state="to-decide"} 3.0',
        'comity_cases_open{realm="real",state="verifying"} 1.0',
        'comity_mails_day{realm="real",state="sent"} 2.0',
        'comity_mails_day{realm="real",state="failed"} 1.0',
        'comity_oldest_unread_seconds{realm="real"} 90.0',
        'comity_jobs{status="failed"} 0.0',
        'comity_up{part="web"} 1.0',
    ):
        assert line in page


@pytest.mark.django_db
def test_counting_ends(client, monkeypatch):
    monkeypatch.setattr(metrics, "COUNTED", 2)
    for n in range(3):
        order("demo", "to-decide", n, AT)
    assert 'comity_cases_open{realm="demo",state="to-decide"} 2.0' in told(client)


@pytest.mark.django_db
def test_metrics_from_elsewhere_need_the_word(client, settings):
    away = {"REMOTE_ADDR": "203.0.113.9"}
    word = operator.secret(settings.COMITY.data, "metrics.key")
    assert client.get("/metrics", **away).status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong", **away).status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer é", **away).status_code == 403
    assert "comity_up" in told(client, HTTP_AUTHORIZATION=f"Bearer {word}", **away)


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"])
def test_metrics_through_a_proxy_of_this_machine_need_the_word(client, header):
    assert client.get("/metrics", **{header: "203.0.113.9"}).status_code == 403
