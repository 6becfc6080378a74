"""What the e-mail door bounds: lines without end, large mails at once, recipients; and what it writes into no log."""

import logging
import select
import smtplib
import socket
from contextlib import suppress
from types import SimpleNamespace
from typing import cast

import pytest
import structlog
from aiosmtpd.smtp import Envelope, Session
from django.db import DataError
from doors.test_email import Door, door, send, stored
from running import eventually

from comity.doors.email import budget, realm, server, writer

__all__ = ["door"]
pytestmark = pytest.mark.django_db(transaction=True)
MAIL = b"Subject: small\r\n\r\nstill heard\r\n"
MEGABYTE = 1 << 20


def begun(door: Door) -> socket.socket:
    """A sender whose DATA has begun."""
    talking = socket.create_connection(("127.0.0.1", door.port), timeout=30)
    with talking.makefile("rb") as said:
        for line in (b"", b"HELO a", b"MAIL FROM:<a@b.example>", b"RCPT TO:<orders@localhost>", b"DATA"):
            talking.sendall(line + b"\r\n" if line else b"")
            said.readline()
    return talking


def pour(talking: socket.socket, size: int) -> bytes:
    """Send so many bytes of one line that doesn't end, until the door has said something; what it said."""
    try:
        for _ in range(size // MEGABYTE):
            talking.sendall(b"x" * MEGABYTE)
        return talking.recv(1000)
    except ConnectionError:
        return b"closed"


def test_a_line_without_end_is_cut_and_nothing_is_kept(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ENDLESS", 2 * MEGABYTE)
    with begun(door) as talking:
        assert pour(talking, 4 * MEGABYTE).startswith((b"552", b"closed"))
    send(door, MAIL)
    assert stored() == [MAIL]


def test_many_senders_at_once_are_bounded_together_and_small_mails_still_come(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "AT_MOST", 3 * MEGABYTE)
    senders = [begun(door), begun(door)]
    for talking in senders:
        with suppress(ConnectionError):  # one is cut, perhaps before it has sent all
            talking.sendall(b"x" * 2 * MEGABYTE)
    (cut,), _, _ = select.select(senders, [], [], 30)  # whichever came over the bound
    assert pour(cut, 0).startswith((b"452", b"closed"))
    send(door, MAIL)
    (kept,) = (talking for talking in senders if talking is not cut)
    kept.sendall(b"\r\n.\r\n")
    assert kept.recv(1000).startswith(b"250")
    for talking in senders:
        talking.close()
    assert len(stored()) == 2
    with begun(door) as third:  # the memory they took is free again
        third.sendall(b"x" * 2 * MEGABYTE + b"\r\n.\r\n")
        assert third.recv(1000).startswith(b"250")


def test_who_announces_large_mails_and_sends_none_takes_no_room(door: Door) -> None:
    announced = [smtplib.SMTP("127.0.0.1", door.port, timeout=20) for _ in range(20)]
    for smtp in announced:
        smtp.ehlo()
        assert smtp.docmd("MAIL", f"FROM:<a@b.example> SIZE={server.SIZE_LIMIT}")[0] == 250
    with begun(door) as talking:
        talking.sendall(b"x" * 9 * MEGABYTE + b"\r\n.\r\n")
        assert talking.recv(1000).startswith(b"250")
    for smtp in announced:
        smtp.close()


def test_who_has_stopped_sending_gives_way_to_who_sends(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "AT_MOST", 4 * MEGABYTE)
    monkeypatch.setattr(budget, "STOPPED", 0.0)
    came, take = [], budget.Budget.take
    monkeypatch.setattr(budget.Budget, "take", lambda *given: came.append(given[2]) or take(*given))
    with begun(door) as stalled, begun(door) as sending:
        stalled.sendall(b"x" * 3 * MEGABYTE)
        eventually(lambda: sum(came) >= 3 * MEGABYTE)  # what is still under way hasn't stopped
        sending.sendall(b"x" * 3 * MEGABYTE + b"\r\n.\r\n")
        assert sending.recv(1000).startswith(b"250")
        assert pour(stalled, 0).startswith((b"452", b"closed"))


def test_the_hundred_and_first_recipient_is_refused(door: Door) -> None:
    with smtplib.SMTP("127.0.0.1", door.port, timeout=20) as smtp:
        smtp.helo()
        smtp.mail("a@b.example")
        codes = [smtp.rcpt(f"n{n}@localhost")[0] for n in range(server.RECIPIENTS_AT_MOST + 1)]
    assert codes == [250] * server.RECIPIENTS_AT_MOST + [452]


@pytest.mark.parametrize(
    ("peer", "of"), [(("127.0.0.1", 1), "demo"), (("203.0.113.9", 1), "real"), (("::ffff:203.0.113.9", 1), "real")]
)
def test_a_token_of_the_demo_from_another_machine_makes_no_demo_mail(peer: tuple[str, int], of: str) -> None:
    envelope = Envelope()
    envelope.original_content = MAIL
    envelope.rcpt_tos = [realm.mint()]
    session = SimpleNamespace(peer=peer)
    assert server.incoming(cast(Session, session), envelope).realm == of


def test_a_mail_sent_on_after_a_refusal_writes_no_word_of_it_into_a_log(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="root"), socket.create_connection(("127.0.0.1", door.port), 20) as s:
        s.sendall(b"HELO a\r\nMAIL FROM:<xylophonia@b.example>\r\nRCPT TO:<a@elsewhere.example>\r\nDATA\r\n")
        s.sendall(b"Quokkaberg is a name\r\nand zanzibar another\r\nQUIT\r\n")
        with s.makefile("rb") as said:
            heard = said.read().lower()
    assert b"quokkaberg" in heard  # the sender is told; nobody else is
    assert not any(word in caplog.text.lower() for word in ("quokkaberg", "xylophonia"))


def test_a_mail_that_is_taken_refused_or_not_stored_writes_no_word_of_it_into_a_log(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = b"From: Xylophonia <quokkaberg@zanzibar.example>\r\nSubject: narwhalgate\r\n\r\nwombat\r\n"
    with structlog.testing.capture_logs() as told, caplog.at_level(logging.DEBUG, logger="root"):
        send(door, mail, to="wombat@localhost")
        with pytest.raises(smtplib.SMTPResponseException):
            send(door, mail, to="wombat@elsewhere.example")
        monkeypatch.setattr(writer, "_receive", _full)
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            send(door, mail)
    assert [line["event"] for line in told] == ["mail not stored"]
    said = f"{told} {caplog.text}".lower()
    words = ("xylophonia", "quokkaberg", "zanzibar", "narwhalgate", "wombat", "clerk@office.example")
    assert not [word for word in words if word in said]


def _full(batch: object) -> None:
    raise DataError("quokkaberg is too long")
