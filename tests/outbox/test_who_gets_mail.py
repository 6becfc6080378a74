import pytest

from comity.outbox import rules

OURS = "<comity.aaaaaaaaaaaaaaaaaaaaaaaaaa@lantern.example>"


def envelope(**more):
    return {"from": {"name": "Office", "address": "orders@office.example"}, "auto": False, "bounce": False} | more


def test_it_works():
    assert rules.not_repliable(envelope(), ["orders@lantern.example"]) is None


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (envelope(bounce=True), "bounce"),
        (envelope(auto=True), "automatic"),
        (envelope(**{"from": {"name": "", "address": ""}}), "no-address"),
        (envelope(**{"from": None}), "no-address"),
        (envelope(**{"from": {"name": "", "address": "Orders@Lantern.example"}}), "own-mailbox"),
        (envelope(**{"from": {"name": "", "address": "MAILER-DAEMON@office.example"}}), "machine"),
        (envelope(**{"from": {"name": "", "address": "No-Reply@office.example"}}), "machine"),
        (envelope(**{"from": {"name": "", "address": "postmaster@office.example"}}), "machine"),
        (envelope(**{"from": {"name": "", "address": "bounces+7@office.example"}}), "machine"),
    ],
)
def test_no_reply_goes_to(mail, why):
    assert rules.not_repliable(mail, ["orders@lantern.example"]) == why


@pytest.mark.parametrize("relay", ["localhost", "localhost:2525", "127.0.0.1:25", "127.8.8.8", "[::1]:25"])
def test_a_loopback_relay_takes_demo_mail(relay):
    assert rules.goes_to(relay, "demo") == "relay"
    assert rules.goes_to(relay, "drill") == "outbox", "what is played in earnest is handed to nobody"


@pytest.mark.parametrize("relay", ["mail.example:25", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("realm", ["demo", "drill"])
def test_mail_that_is_not_real_never_leaves_this_machine(relay, realm):
    assert rules.goes_to(relay, realm) == "outbox"
    assert rules.goes_to(relay, "real") == "relay"


def test_without_a_relay_mail_stays_in_the_outbox():
    assert rules.goes_to("", "real") == "outbox"


def test_a_relay_that_is_no_host_and_port_is_refused():
    with pytest.raises(ValueError, match="COMITY_SMTP_RELAY"):
        rules.split("mail.example:smtp")


def test_a_bounce_names_our_mail_by_the_enclosed_headers():
    raw = (
        b"From: MAILER-DAEMON\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + OURS.encode() + b"\r\n"
    )
    assert rules.bounced({"envelope": {"bounce": True}}, raw, "lantern.example") == [OURS]


def test_a_bounce_names_our_mail_by_its_thread():
    mail = {"envelope": {"bounce": True, "in_reply_to": OURS, "references": ["<x@y>"]}}
    assert rules.bounced(mail, b"", "lantern.example") == [OURS]


def test_a_mail_that_is_no_bounce_brings_nothing_back():
    assert rules.bounced({"envelope": {"bounce": False, "in_reply_to": OURS}}, b"", "lantern.example") == []


def test_an_id_of_another_domain_is_not_ours():
    raw = b"Message-ID: " + OURS.encode().replace(b"lantern", b"lanterm")
    assert rules.bounced({"envelope": {"bounce": True}}, raw, "lantern.example") == []
