import asyncio
import socket
import ssl
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import dkim
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import transaction

from comity import clock
from comity.ledger.models import Event
from comity.outbox import commands, rules
from comity.outbox.models import Mail
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


class Mailbox:
    """A receiving relay that keeps what it takes, and says what it is told to say."""

    def __init__(self):
        self.taken, self.says = [], "250 taken"

    async def handle_DATA(self, server, session, envelope):
        if self.says.startswith("250"):
            self.taken.append(envelope)
        return self.says


@contextmanager
def relay(**options):
    box = Mailbox()
    control = Controller(box, hostname="127.0.0.1", port=_free_port(), enable_SMTPUTF8=True, **options)
    control.start()
    try:
        yield box, f"127.0.0.1:{control.port}"
    finally:
        control.stop()


def _free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


@pytest.fixture
def use(monkeypatch):
    return lambda **more: monkeypatch.setattr(settings, "COMITY", replace(settings.COMITY, **more))


def queued(key="answer:7", realm="real", **more):
    given = {"kind": "answer", "to": "orders@office.example", "subject": "Answer", "text": "Done.\n"}
    mail = commands.queue(key=key, realm=realm, **(given | more))
    return mail, Event.objects.get(kind="mail.queued", sealed__mail=str(mail.id))


def kinds():
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_it_works(use):
    mail, event = queued()
    with relay() as (box, at):
        use(relay=at)
        commands.deliver(event)
    mail.refresh_from_db()
    assert (mail.state, mail.code, mail.attempts) == ("sent", 250, 1)
    assert box.taken[0].mail_from == "orders@lantern.example"
    assert box.taken[0].content == vault.get(mail.doc)
    assert kinds() == ["mail.queued", "mail.sent"]


def test_it_is_signed_so_that_the_published_key_verifies_it():
    mail, _ = queued()
    name, text = commands.dns_record()
    assert name == "comity._domainkey.lantern.example"
    assert dkim.verify(vault.get(mail.doc), dnsfunc=lambda asked, timeout=5: text.encode())


def test_the_same_key_is_the_same_mail_and_delivered_once(use):
    first, event = queued()
    again, _ = queued(text="Other words.\n")
    assert again.id == first.id
    with relay() as (box, at):
        use(relay=at)
        commands.deliver(event)
        commands.deliver(event)
    assert len(box.taken) == 1
    assert kinds() == ["mail.queued", "mail.sent"]


def test_a_crash_after_the_relay_took_it_repeats_the_same_bytes(use, monkeypatch):
    _, event = queued()
    with relay() as (box, at):
        use(relay=at)
        with monkeypatch.context() as patch:
            patch.setattr(commands, "_tell", lambda *_, **__: exec("raise KeyboardInterrupt"))
            with pytest.raises(KeyboardInterrupt):
                commands.deliver(event)
        commands.deliver(event)
    assert len(box.taken) == 2
    assert box.taken[0].content == box.taken[1].content


@pytest.mark.django_db(transaction=True)
def test_a_mail_in_another_workers_hand_is_not_sent_twice(use):
    mail, event = queued()
    with relay() as (box, at):
        use(relay=at)
        with transaction.atomic():
            Mail.objects.select_for_update().get(id=mail.id)
            with pytest.raises(commands.Later):
                asyncio.run(asyncio.to_thread(_deliver_elsewhere, event))
    assert box.taken == []


def _deliver_elsewhere(event):
    from django.db import connection

    try:
        commands.deliver(event)
    finally:
        connection.close()


def test_a_relay_that_says_later_is_asked_again(use):
    mail, event = queued()
    with relay() as (box, at):
        use(relay=at)
        box.says = "451 later"
        with pytest.raises(commands.Later):
            commands.deliver(event)
        box.says = "250 taken"
        commands.deliver(event)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("sent", 2)


def test_a_relay_that_is_down_is_asked_again_and_after_hours_a_person_hears_of_it(use):
    mail, event = queued()
    use(relay="127.0.0.1:1")
    with pytest.raises(commands.Later):
        commands.deliver(event)
    with clock.freeze(clock.now() + rules.GIVE_UP_AFTER + timedelta(seconds=1)):
        commands.deliver(event)
    mail.refresh_from_db()
    assert mail.state == "failed"
    assert kinds() == ["mail.queued", "mail.failed"]


def test_a_mail_refused_for_good_alerts_the_desk(use):
    mail, event = queued()
    with relay() as (box, at):
        use(relay=at)
        box.says = "554 no"
        commands.deliver(event)
    assert Event.objects.get(kind="mail.failed").public == {"kind": "answer", "code": 554}


def test_without_a_relay_it_is_shown(use):
    mail, event = queued()
    use(relay="")
    commands.deliver(event)
    mail.refresh_from_db()
    assert mail.state == "shown"
    assert commands.parties([mail]) == {mail.id: {"to": "orders@office.example", "subject": "Answer"}}


def test_demo_mail_is_not_given_to_a_relay_elsewhere(use):
    mail, event = queued(realm="demo")
    use(relay="mail.example:25")
    commands.deliver(event)
    mail.refresh_from_db()
    assert mail.state == "shown"


def test_a_relay_that_offers_starttls_gets_it(use, tmp_path):
    _, event = queued()
    with relay(tls_context=_certificate(tmp_path), require_starttls=True) as (box, at):
        use(relay=at)
        commands.deliver(event)
    assert len(box.taken) == 1


def _certificate(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = clock.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = serialization.PrivateFormat.PKCS8
    pem += key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "relay.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "relay.pem")
    return context


def envelope(**more):
    sender = {"from": {"name": "Office", "address": "clerk@office.example"}, "reply_to": ["evil@other.example"]}
    return sender | {"message_id": "<order@office.example>", "references": [], "auto": False, "bounce": False} | more


def replied(key="ack:1", **more):
    given = {
        "realm": "real",
        "kind": "acknowledgement",
        "envelope": envelope(),
        "subject": "Received",
        "text": "Yes.\n",
    }
    return commands.reply(key=key, **(given | more))


def test_a_reply_goes_to_from_with_a_null_return_path_in_the_thread(use):
    mail = replied()
    raw = vault.get(mail.doc)
    assert b"\r\nTo: clerk@office.example\r\n" in raw
    assert b"\r\nIn-Reply-To: <order@office.example>\r\n" in raw
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in raw
    assert b"other.example" not in raw
    with relay() as (box, at):
        use(relay=at)
        commands.deliver(Event.objects.get(kind="mail.queued"))
    assert box.taken[0].mail_from == "<>"


def test_no_reply_to_a_bounce():
    with pytest.raises(commands.Withheld, match="bounce"):
        replied(envelope=envelope(bounce=True))
    assert not Mail.objects.exists()


def test_two_machines_do_not_write_to_each_other_for_ever():
    for n in range(rules.REPLIES_A_DAY):
        replied(key=f"ack:{n}")
    with pytest.raises(commands.Withheld, match="too-many"):
        replied(key="ack:one-more")
    assert replied(key="ack:0").key == "ack:0"


def test_a_verified_sender_is_always_answered():
    for n in range(rules.REPLIES_A_DAY + 1):
        replied(key=f"ack:{n}", verified=True)
    assert Mail.objects.count() == rules.REPLIES_A_DAY + 1


def test_a_bounce_marks_our_mail_once(use):
    mail, event = queued()
    with relay() as (_, at):
        use(relay=at)
        commands.deliver(event)
    raw = b"\r\n\r\nMessage-ID: " + mail.message_id.encode() + b"\r\n"
    reading = {"envelope": {"bounce": True}}
    assert commands.bounce(reading, raw).id == mail.id
    commands.bounce(reading, raw)
    assert kinds() == ["mail.queued", "mail.sent", "mail.bounced"]


def test_a_forged_bounce_of_a_mail_we_never_sent_changes_nothing():
    forged = b"\r\nMessage-ID: <comity.aaaaaaaaaaaaaaaaaaaaaaaaaa@lantern.example>\r\n"
    assert commands.bounce({"envelope": {"bounce": True}}, forged) is None


def test_no_address_and_no_word_stands_in_the_tables():
    mail, event = queued(to="name.surname@office.example", subject="Secret words")
    row = str(Mail.objects.filter(id=mail.id).values()) + str(Event.objects.filter(id=event.id).values())
    assert "surname" not in row
    assert "Secret" not in row
