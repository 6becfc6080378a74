from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.outbox import mime, rules

NOW = datetime(2026, 11, 24, 12, 7, 36, tzinfo=UTC)


def words(**more):
    given = {
        "sender_name": "Lantern",
        "sender": rules.address("orders@lantern.example"),
        "to": rules.address("orders@office.example"),
        "subject": "Answer",
        "text": "Your order.\n",
        "message_id": mime.message_id(bytes(16), "lantern.example"),
        "date": NOW,
    }
    return mime.Words(**(given | more))


def read(raw):
    return message_from_bytes(raw, policy=policy.default)


def test_it_works():
    file = mime.Attachment("answer.pdf", "application/pdf", b"%PDF-1.7")
    raw = mime.build(words(in_reply_to="<a@office.example>", references=["<0@office.example>"], attachments=[file]))
    mail = read(raw)
    assert mail["From"] == "Lantern <orders@lantern.example>"
    assert mail["Message-ID"] == "<comity.aaaaaaaaaaaaaaaaaaaaaaaaaa@lantern.example>"
    assert mail["References"] == "<0@office.example> <a@office.example>"
    assert mail.get_body().get_content().splitlines() == ["Your order."]
    assert next(mail.iter_attachments()).get_content() == b"%PDF-1.7"
    assert raw.isascii()


def test_the_same_words_are_the_same_bytes():
    file = mime.Attachment("answer.pdf", "application/pdf", b"%PDF-1.7")
    assert mime.build(words(attachments=[file])) == mime.build(words(attachments=[file]))


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=400), st.text(max_size=100))
@pytest.mark.slow
def test_no_text_can_add_a_header_or_break_the_mail(subject, name, body, filename):
    file = mime.Attachment(filename, "application/json", b"{}")
    mail = read(mime.build(words(subject=subject, sender_name=name, text=body, attachments=[file])))
    expected = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
    assert sorted(mail.keys()) == sorted(expected)
    assert mail["From"].addresses[0].addr_spec == "orders@lantern.example"


def test_a_line_end_in_a_subject_is_a_blank():
    assert rules.subject("Order\r\nBcc: all@x.example") == "Order Bcc: all@x.example"


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\u202e", "\u2028", "\ue000"])
def test_what_is_no_letter_for_people_is_a_blank_in_a_subject(bad):
    assert rules.subject(f"Order{bad}one") == "Order one"


def test_a_very_long_subject_keeps_the_reference_and_our_number():
    made = rules.subject("x" * 5000, theirs="OOS-2026-1184", ours="C-7Q4M2HXK")
    assert made.endswith("…: OOS-2026-1184 [C-7Q4M2HXK]")
    assert len(made) <= rules.SUBJECT_LIMIT


def test_a_subject_is_one_line_without_a_blank_in_front():
    raw = mime.build(words(subject=rules.subject("x" * 5000, theirs="y" * 80, ours="C-7Q4M2HXK")))
    assert b"\r\nSubject: xxx" in raw or b"\r\nSubject: =?utf-8?" in raw
    assert not read(raw)["Subject"].startswith(" ")


def test_references_are_bounded_and_keep_the_first_of_the_thread():
    ids = rules.references("<last@x>", [f"<{n}@x>" for n in range(500)] + ["no id", "<a b@x>"])
    assert ids[0] == "<0@x>"
    assert ids[-1] == "<last@x>"
    assert len(ids) == rules.REFERENCES_LIMIT


def test_a_reference_with_a_line_end_is_left_out():
    assert rules.references("<a@x>\r\nBcc: all@x.example", ["<b\r\n@x>"]) == ["<a@x>"]


def test_a_domain_with_umlauts_goes_as_idna():
    made = rules.address("post@bürger.example")
    assert str(made) == "post@xn--brger-kva.example"
    assert not made.smtputf8


def test_a_local_part_with_umlauts_needs_smtputf8():
    made = rules.address("jürgen@amt.example")
    assert made.smtputf8
    assert "\r\nTo: jürgen@amt.example\r\n" in mime.build(words(to=made)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no-at",
        "@x.example",
        "a@",
        "a b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@x..example",
        "a@-x.example",
    ]
    + ['"q"@x.example', "a,b@x.example", "a" * 65 + "@x.example", "a@" + "x" * 64 + ".example", "a\u202e@x.example"],
)
def test_an_address_that_cannot_be_written_to_is_refused(text):
    with pytest.raises(rules.BadAddress):
        rules.address(text)


def test_a_mail_given_up_is_one_that_waited_for_hours():
    assert rules.or_given_up("later", timedelta(hours=1)) == "later"
    assert rules.or_given_up("later", timedelta(hours=9)) == "given-up"
    assert rules.or_given_up("taken", timedelta(hours=9)) == "taken"
