"""The e-mail door: what it takes, what it refuses and in which words; 250 only when durable."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from comity.cases.models import Request
from comity.doors.email import realm, server, writer
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = sorted((Path(__file__).parent.parent / "data" / "mail").glob("*.eml"))


class Door:
    """A listener in a thread of its own, on a free port."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.up = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.up.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.task = self.loop.create_task(server.listen("127.0.0.1", 0, self._ready))
        with suppress(asyncio.CancelledError):
            self.loop.run_until_complete(self.task)

    def _ready(self, port: int) -> None:
        self.port = port
        self.up.set()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(10)


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.stop()
    connections.close_all()


def send(door: Door, raw: bytes, to: str = "orders@localhost") -> None:
    """Send bytes with the dots of CRLF lines doubled and no others (RFC 5321, 4.5.2): smtplib doubles more."""
    with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail("clerk@office.example")
        smtp.rcpt(to)
        smtp.docmd("DATA")
        stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..").removeprefix(b"\r\n")
        smtp.send(stuffed + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, words = smtp.getreply()
        if code != 250:
            raise smtplib.SMTPDataError(code, words)


def stored() -> list[bytes]:
    return [vault.get(request.raw) for request in Request.objects.order_by("received_at", "id")]


def test_it_works(door: Door) -> None:
    raw = b"From: clerk@office.example\r\nSubject: Order\r\nMessage-ID: <1@office.example>\r\n\r\nHello\r\n"
    send(door, raw)
    (request,) = Request.objects.all()
    assert vault.get(request.raw) == raw
    assert request.realm == "real"
    assert vault.get_json(request.peek)["message_id"] == "<1@office.example>"


def test_every_sample_mail_arrives_byte_for_byte_as_it_was_sent(door: Door) -> None:
    sent = [path.read_bytes() for path in MAILS]
    for raw in sent:
        send(door, raw)
    assert len(sent) >= 60
    assert stored() == [raw if raw.endswith(b"\r\n") else raw + b"\r\n" for raw in sent]


@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r"])
def test_a_bare_line_end_smuggles_no_second_mail(door: Door, end: bytes) -> None:
    raw = (
        b"Subject: one\r\n\r\nfirst"
        + end
        + b"MAIL FROM:<a@b.example>\r\nRCPT TO:<orders@localhost>\r\nDATA\r\n\r\nsecond\r\n"
    )
    send(door, raw)
    assert len(stored()) == 1


def test_a_long_line_is_taken_as_it_is(door: Door) -> None:
    raw = b"Subject: long\r\n\r\n" + b"x" * 200_000 + b"\r\n"
    send(door, raw)
    assert stored() == [raw]


def test_a_mail_declared_too_large_is_refused_in_words_that_say_what_to_do(door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as smtp:
        smtp.ehlo()
        code, words = smtp.docmd("MAIL", f"FROM:<a@b.example> SIZE={60 * 1024 * 1024}")
    assert code == 552
    assert b"Send the order alone" in words


@pytest.mark.slow
def test_a_mail_of_60_mb_that_declares_nothing_is_refused_and_nothing_is_kept(door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port, timeout=60) as smtp:
        smtp.helo()
        smtp.mail("a@b.example")
        smtp.rcpt("orders@localhost")
        code, words = smtp.data(b"Subject: big\r\n\r\n" + (b"y" * 998 + b"\r\n") * 62_000)
    assert code == 552
    assert b"50 MB" in words
    assert stored() == []


def test_a_recipient_that_is_not_ours_is_told_where_to_write(door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as smtp:
        smtp.helo()
        smtp.mail("a@b.example")
        code, words = smtp.rcpt("someone@elsewhere.example")
    assert code == 550
    assert b"orders@lantern.example" in words


def test_what_could_not_be_stored_is_not_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(batch: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(writer, "_receive", lost)
    monkeypatch.setattr(writer, "TRIES", 1)
    monkeypatch.setattr(writer, "PAUSE_SECONDS", 0)
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        send(door, b"Subject: x\r\n\r\ny\r\n")
    assert stored() == []


def test_a_lost_database_is_tried_again_and_the_mail_stored_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = writer._receive

    def flaky(batch: list[object]) -> None:
        calls.append(1)
        real(batch)  # type: ignore[arg-type]  # the same batch, committed, and the answer lost
        if len(calls) < 3:
            raise OperationalError("the answer was lost")

    monkeypatch.setattr(writer, "_receive", flaky)
    monkeypatch.setattr(writer, "PAUSE_SECONDS", 0)
    send(door, b"Subject: x\r\n\r\ny\r\n")
    assert len(calls) == 3
    assert len(stored()) == 1


def test_only_a_minted_token_from_loopback_is_of_the_demo(settings: object) -> None:
    minted = realm.mint()
    assert realm.of([minted], "127.0.0.1") == "demo"
    assert realm.of([minted], "::1") == "demo"
    assert realm.of([minted], "203.0.113.9") == "real"
    assert realm.of(["demo+0123456789abcdef0123456789abcdef0123456789abcdef@localhost"], "127.0.0.1") == "real"
    assert realm.of(["demo@localhost", "demo+@localhost"], "127.0.0.1") == "real"


def test_fields_of_nobody_are_in_the_tables(door: Door) -> None:
    from django.db import connection

    send(door, b"From: Planted Name <planted@secret.example>\r\nSubject: planted subject\r\n\r\nplanted body\r\n")
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(t::text, ' ') from (select row_to_json(r) t from cases_request r) x")
        rows = str(cursor.fetchone())
        cursor.execute("select string_agg(args::text, ' ') from procrastinate_jobs")
        rows += str(cursor.fetchone())
        cursor.execute("select string_agg(row_to_json(e)::text, ' ') from ledger_event e")
        rows += str(cursor.fetchone())
    assert "lanted" not in rows
