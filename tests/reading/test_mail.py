"""Every mail that software has stumbled over is read, and the odd ones are told apart."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.reading import mail, signs
from comity.reading.read import read

from . import orders

MAILS = sorted((Path(__file__).parent.parent / "data" / "mail").glob("*.eml"))
HEAD = b"From: A <a@b.example>\r\nTo: c@d.example\r\nSubject: hi\r\nMessage-ID: <1@b.example>\r\n"


@pytest.mark.parametrize("path", MAILS, ids=lambda p: p.stem)
def test_it_works(path):
    reading = read(path.read_bytes(), {})
    assert reading["envelope"]["from"]["address"] or path.stem in NAMELESS
    assert reading["orders"] == []
    assert all(isinstance(flag, str) for flag in reading["flags"])


NAMELESS = {
    "stalwart--malformed-016",
    "stalwart--malformed-019",
    "flanker--false-multipart",
    "flanker--mailformed-headers",
    "flanker--missing-final-boundary",
    "flanker--torture-part",
    "mikel--error_emails-must_supply_encoding",
    "mikel--multi_charset-japanese_iso_2022",
    "mikel--multi_charset-japanese_shift_jis",
}

BOUNCES = {"froide--test_mail_12", "froide--bounce_001", "mikel--multipart_report_emails-multi_address_bounce1"}
BOUNCES |= {"mikel--multipart_report_emails-report_422", "flanker--bounce-broken-mime"}
REPORTS = {
    "flanker--disposition-notification",
    "flanker--complaints-aol",
    "flanker--complaints-yahoo",
    "froide--test_mail_05",
}
REPORTS |= {f"sisimai--arf-{n}" for n in ("01", "02", "11", "14", "15", "16")}


@pytest.mark.parametrize("path", MAILS, ids=lambda p: p.stem)
def test_bounces_and_automatic_mail_are_told_apart_from_what_people_write(path):
    envelope = read(path.read_bytes(), {})["envelope"]
    if path.stem in BOUNCES:
        assert envelope["bounce"]
        assert envelope["auto"]
    elif path.stem in REPORTS:
        assert envelope["auto"]
        assert not envelope["bounce"]
    else:
        assert not envelope["bounce"]


@settings(deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_read_or_left_without_a_crash(raw):
    reading = read(raw, {"dns": False})
    assert reading["orders"] == []
    assert len(reading["text"]) <= mail.MOST_TEXT


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([b"From", b"To", b"Subject", b"Content-Type", b"DKIM-Signature", b"Date"]), max_size=8),
    st.data(),
)
def test_any_headers_are_read_without_a_crash(names, data):
    values = st.one_of(
        st.binary(max_size=120),
        st.sampled_from(
            [
                b'multipart/mixed; boundary="b"',
                b"=?utf-8?b?////?=",
                b"(((((",
                b"a@b, <c@d>, e:f@g;",
                b"v=1; d=x; s=y; b=",
            ]
        ),
    )
    head = b"".join(name + b": " + data.draw(values).replace(b"\n", b" ") + b"\r\n" for name in names)
    reading = read(head + b"\r\n--b\r\n\r\nbody\r\n--b--", {"dns": False})
    assert set(reading["envelope"]["from"]) == {"name", "address"}


def test_an_order_in_a_bounce_opens_nothing():
    body = orders.mail("").replace(
        b"From: Desk <desk@office.example>", b"From: MAILER-DAEMON@x.example\r\nReturn-Path: <>"
    )
    reading = read(body.replace(b"Subject: Removal order", b"Subject: Undelivered mail") + SAMPLE.encode(), {})
    assert reading["envelope"]["bounce"]
    assert reading["orders"] == []


SAMPLE = """REMOVAL ORDER\r
(Article 3 of Regulation (EU) 2021/784)\r
Member State of the issuing competent authority: Germany\r
Reference number: R-1\r
Issuing authority: Office\r
URLs: https://lantern.example/c/a/1\r
"""


def test_the_same_text_from_a_person_is_an_order():
    assert len(read(orders.mail(SAMPLE.replace("\r\n", "\n")), {})["orders"]) == 1


AUTO_REPLIED = b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <x@lantern.example>\r\nSubject:"


def test_an_auto_reply_that_quotes_an_order_opens_nothing():
    quoted = "I am away.\n\n" + "".join(f"> {line}\n" for line in SAMPLE.splitlines())
    reading = read(orders.mail(quoted).replace(b"Subject:", AUTO_REPLIED), {})
    assert reading["orders"] == []
    assert reading["silent"]


def test_an_order_is_never_lost_for_a_mark_that_it_is_an_auto_reply():
    raw = orders.mail(SAMPLE.replace("\r\n", "\n")).replace(b"Subject:", AUTO_REPLIED)
    reading = read(raw, {})
    assert len(reading["orders"]) == 1
    assert not reading["silent"]
    assert reading["envelope"]["auto"]  # so nothing is written back to it
    assert "maybe-automatic" in reading["flags"]


def test_an_order_that_an_offices_system_sends_is_still_an_order():
    raw = orders.mail(SAMPLE.replace("\r\n", "\n")).replace(b"Subject:", b"Auto-Submitted: auto-generated\r\nSubject:")
    reading = read(raw, {})
    assert len(reading["orders"]) == 1
    assert not reading["envelope"]["auto"]
    assert "automatic" in reading["flags"]


def test_too_many_parts_are_cut_with_a_flag():
    body = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(10_000))
    reading = read(HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n", {})
    assert "too-many-parts" in reading["flags"]
    assert len(reading["parts"]) <= mail.MOST_PARTS


def test_endless_headers_are_cut_with_a_flag_and_the_sender_is_kept():
    many = b"".join(b"X-%d: y\r\n" % n for n in range(20_000))
    reading = read(many + HEAD + b"\r\nhello", {})
    assert "endless-headers" in reading["flags"]
    assert reading["envelope"]["from"]["address"] == "a@b.example"
    assert reading["text"].strip() == "hello"


def test_fifty_thousand_addresses_are_cut():
    to = b",\r\n ".join(b"u%d@x.example" % n for n in range(50_000))
    reading = read(b"From: a@b.example\r\nTo: " + to + b"\r\n\r\nhello", {})
    assert len(reading["envelope"]["to"]) <= mail.MOST_ADDRESSES


@pytest.mark.slow
def test_two_thousand_nested_parts_leave_the_envelope():
    nest = b"".join(
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1) for n in range(2_000)
    )
    reading = read(HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + nest, {})
    assert "too-deep" in reading["flags"]
    assert reading["envelope"]["from"]["address"] == "a@b.example"


def test_parts_nested_deeper_than_people_nest_them_are_flagged():
    nest = b"".join(b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1) for n in range(120))
    reading = read(HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + nest + b"--b120\r\n\r\nx", {})
    assert "too-deep" in reading["flags"]


def test_addresses_of_many_header_lines_are_cut_together():
    line = b"To: " + b", ".join(b"u%d@x.example" % n for n in range(500)) + b"\r\n"
    reading = read(b"From: a@b.example\r\n" + line * 4 + b"\r\nhello", {})
    assert len(reading["envelope"]["to"]) == mail.MOST_ADDRESSES


def test_five_hundred_nested_comments_in_from_leave_the_address():
    reading = read(b"From: " + b"(" * 500 + b")" * 500 + b" a@b.example\r\nSubject: x\r\n\r\nhello", {})
    assert reading["envelope"]["from"]["address"] == "a@b.example"


def test_bare_line_ends_are_flagged_only_beside_others():
    assert "bare-line-ends" in read(HEAD + b"\r\none\ntwo\r\n", {})["flags"]
    assert "bare-line-ends" not in read(HEAD.replace(b"\r\n", b"\n") + b"\none\ntwo\n", {})["flags"]


def test_other_addresses_for_answers_and_in_the_name_are_flagged():
    raw = HEAD.replace(b"From: A", b'Reply-To: x@elsewhere.example\r\nFrom: "desk@office.example"')
    assert {"reply-to-differs", "display-name-differs"} <= set(read(raw + b"\r\nhello", {})["flags"])


def test_plain_text_and_html_that_differ_are_flagged():
    head = HEAD + b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    plain = b"please look at https://good.example/1 as agreed last week by both offices"
    for html, differs in ((b"https://bad.example/2", True), (b"https://good.example/1", False)):
        rich = b"<p>please look at " + html + b" as agreed last week by both offices</p>"
        raw = head + plain + b"\r\n--b\r\nContent-Type: text/html\r\n\r\n" + rich + b"\r\n--b--\r\n"
        assert ("parts-differ" in read(raw, {})["flags"]) is differs


@pytest.mark.parametrize(
    "text",
    [
        "If you do not send the data by Friday, your employee in the capital will be arrested.",
        "Hand over the keys. Otherwise your local staff shall be prosecuted.",
        "Failure to comply within 24 hours will lead to the detention of your country manager. She will be detained.",
        "Unless the channel is closed, your compliance officer will be jailed.",
        "We know the family of your director. If you refuse, his wife may be questioned and his children will "
        "be detained.",
    ],
)
def test_a_lever_on_a_person_is_flagged(text):
    assert signs.lever("To the management.\n\n" + text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "The speaker calls for the arrest of ministers and praises the attack.",
        "Your employee was very helpful on the telephone. Please send the invoice by Friday.",
        "If you need help, our team will be happy to answer within 24 hours.",
        "For the purpose of the prosecution of terrorist offences the content will be preserved.",
        "My account was locked. If you do not unlock it, I will complain to your manager.",
    ],
)
def test_ordinary_words_are_no_lever(text):
    assert signs.lever("Dear team,\n\n" + text) is None


def test_the_annex_itself_is_no_lever():
    assert "person-lever" not in read(orders.mail(SAMPLE.replace("\r\n", "\n")), {})["flags"]
