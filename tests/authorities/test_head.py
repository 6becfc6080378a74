"""One head for the verifier and the reader: what is signed is what is read, or nothing is signed."""

import base64
import itertools
import json

import dkim as dkimpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.authorities import dkim, head
from comity.reading.read import read

from .test_dkim import LOOKUP, PEM, RECORD

COVERED = ["from", "to", "subject", "date", "message-id", "in-reply-to"]
COVERED += ["mime-version", "content-type", "content-transfer-encoding"]
FIELDS = [
    b"From: Desk <desk@office.example>",
    b"To: orders@lantern.example",
    b"Subject: Lunch at noon?",
    b"Date: Sun, 29 Nov 2026 14:27:37 +0000",
    b"Message-ID: <1@office.example>",
    b"MIME-Version: 1.0",
    b"Content-Type: text/plain; charset=utf-8",
    b"Content-Transfer-Encoding: 8bit",
]
BODY = b"Are you free at noon?\r\n\r\n--evil\r\nContent-Type: text/html\r\n\r\n<p>no\r\n--evil--\r\n"
RECORDS = {"s1._domainkey.office.example": RECORD}


def signed(fields=FIELDS, body=BODY, covered=COVERED):
    raw = b"\r\n".join([*fields, b"", body])
    names = [name.encode() for name in covered]
    return dkimpy.sign(raw, b"s1", b"office.example", PEM, include_headers=names) + raw


def seen(raw):
    """What the reader and the verifier make of a mail: whether anything holds, and everything that is read."""
    reading = read(raw, {"records": RECORDS, "dns": False})
    envelope = {key: reading["envelope"][key] for key in ("from", "subject", "message_id", "in_reply_to", "auto")}
    told = [reading["text"], reading["html"], reading["own"], reading["parts"], reading["orders"], envelope]
    return any(s["valid"] for s in reading["signatures"]), json.dumps(told)


def holds(raw):
    return any(s.valid for s in dkim.signatures(raw, LOOKUP))


GENUINE = signed()
WORDS = seen(GENUINE)[1]


def test_it_works():
    assert holds(GENUINE)
    made = head.split(GENUINE)
    assert made.message() == GENUINE
    assert (made.flaws, made.doubled()) == (frozenset(), [])


ORDER = b"From: Office <orders@office.example>\rSubject: Removal order\r\rREMOVAL ORDER\rReference: F-1"
NAMES = [*COVERED, "references", "auto-submitted", "content-disposition", "reply-to", "x-a", "resent-from", "sender"]
VALUES = [b"x", b"multipart/mixed; boundary=evil", b"text/html", b"base64", b"quoted-printable", b"attachment"]
VALUES += [b"auto-replied", b"<c@lantern.example>", b"x\rFrom: y@office.example\r\rhello", b"a\0b", b"a\nb: c"]
VALUES += [b"x\r" + ORDER, b"message/rfc822", b"text/plain; charset=utf-16", b"=?utf-8?q?x=0D=0ASubject:_y?="]
PLACES = st.integers(0, 12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES), PLACES), min_size=1, max_size=3))
@example([("x-a", b"b\r" + ORDER, 0)])
@example([("content-type", b"multipart/mixed; boundary=evil", 0)])
def test_no_line_that_is_added_changes_what_a_signature_that_holds_says(added):
    lines = GENUINE.partition(b"\r\n\r\n")[0].split(b"\r\n")
    for name, value, place in added:
        lines.insert(min(place, len(lines)), name.encode() + b": " + value)
    valid, told = seen(b"\r\n".join(lines) + b"\r\n\r\n" + BODY)
    assert not valid or _but_for_loose(told, added) == _but_for_loose(WORDS, added)


def _but_for_loose(told, added):
    """What is read, without the fields that no signature covered and that nothing is concluded from."""
    read_of = json.loads(told)
    for name, key in (("auto-submitted", "auto"), ("reply-to", "reply_to")):
        if any(one[0] == name for one in added):
            read_of[-1].pop(key, None)
    return read_of


@settings(deadline=None)
@given(st.integers(0, len(GENUINE) - 1), st.sampled_from([b"\r", b"\n", b"\0", b"\r\n", b":", b" "]))
def test_no_byte_that_is_put_into_the_head_changes_what_a_signature_that_holds_says(at, byte):
    at %= GENUINE.index(b"\r\n\r\n")
    valid, told = seen(GENUINE[:at] + byte + GENUINE[at:])
    assert not valid or told == WORDS


@pytest.mark.parametrize(
    "flaw", [b"X: a\rb\r\n", b"X: a\nb: c\r\n", b"X: a\0b\r\n", b"X: a\n", b"no field\r\n", b"X : a\r\n"]
)
def test_nothing_holds_over_a_head_that_can_be_split_in_two_ways(flaw):
    assert not holds(flaw + GENUINE)
    assert holds(b"X: ab\r\n" + GENUINE)


@pytest.mark.parametrize("name", sorted(head.SINGLE))
def test_nothing_holds_over_a_field_that_stands_twice(name):
    raw = name.encode() + b": text/plain\r\n" + name.encode() + b": text/plain\r\n"
    assert not holds(raw + GENUINE)


PARTS = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
ENCODED = b"UGxhaW4gd29yZHMuIFBsYWluIHdvcmRzLiBQbGFpbiB3b3Jkcy4=\r\n"


def test_a_body_that_is_visibly_encoded_is_read_so_or_not_at_all():
    fields = [*FIELDS[:5], b"Content-Type: text/plain", b"Content-Transfer-Encoding: base64"]
    names = ["from", "to", "subject", "date", "message-id", "content-type"]
    raw = signed(fields, ENCODED, names)
    assert holds(raw)
    assert not holds(raw.replace(b"base64", b"8bit"))


@pytest.mark.parametrize(
    ("fields", "body", "right"),
    [
        ([b"Content-Type: text/plain; charset=utf-8"], b"Plain words.\r\n", True),
        ([], b"Plain words.\r\n", True),
        ([b"Content-Type: text/html"], b"Plain words.\r\n", False),
        ([b'Content-Type: multipart/mixed; boundary="b"'], PARTS, True),
        ([b"Content-Type: multipart/mixed; boundary=b"], b"This is a multi-part message.\r\n" + PARTS, True),
        ([b"Content-Type: multipart/mixed; boundary=b"], b"Please say what this is.\r\n" + PARTS, False),
        ([b"Content-Type: multipart/mixed; boundary=b"], PARTS + b"And what this is.\r\n", False),
        ([b"Content-Type: multipart/mixed; boundary=c"], PARTS, False),
        ([b"Content-Type: multipart/digest; boundary=b"], PARTS, False),
        ([b"Content-Type: multipart/mixed; boundary*0=b"], PARTS, False),
        ([b"Content-Type: multipart/mixed; boundary=b; boundary=c"], PARTS, False),
        ([], PARTS, False),
        ([b"Content-Type: text/html"], b"<p>Marked up.</p>\r\n", True),
        ([b"Content-Type: text/plain"], b"<p>Marked up.</p>\r\n", False),
        ([b"Content-Type: application/pdf"], b"%PDF-1.7\r\n", False),
        ([], b"<blockquote>quoted</blockquote>\r\n", False),
        ([b"Content-Transfer-Encoding: 8bit"], b"Plain words.\r\n", True),
        ([b"Content-Transfer-Encoding: quoted-printable"], b"caf=C3=A9 and a=\r\n b\r\n", True),
        ([b"Content-Transfer-Encoding: 8bit"], b"caf=C3=A9 and a=\r\n b\r\n", False),
        ([b"Content-Transfer-Encoding: base64"], b"Plain words.\r\n", False),
        ([b"Content-Transfer-Encoding: base64"], ENCODED, True),
        ([b"Content-Transfer-Encoding: base64"], base64.encodebytes(b"<p>Marked up, and encoded with it.</p>"), False),
        ([], ENCODED, False),
        ([b"Content-Disposition: attachment"], b"Plain words.\r\n", False),
    ],
)
def test_what_shapes_the_body_is_covered_or_leaves_no_choice(fields, body, right):
    raw = signed([*FIELDS[:5], *fields], body, ["from", "to", "subject", "date", "message-id"])
    assert holds(raw) is right


QUOTING = b"It is a forgery.\r\n> REMOVAL ORDER\r\n> Reference: F-1\r\n"
HTML = b"<p>It is a forgery.</p><blockquote><p>REMOVAL ORDER</p></blockquote>\r\n"
ENCLOSING = b"--o\r\nContent-Type: text/plain\r\n\r\nIs it ours?\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
ENCLOSING += b"From: x@y.example\r\nSubject: order\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n"
ENCLOSING += b"Content-Type: text/plain\r\n\r\nREMOVAL ORDER\r\n--i--\r\n--o--\r\n"
KINDS = {
    "plain": ([b"Content-Type: text/plain; charset=utf-8"], QUOTING),
    "no type": ([], QUOTING),
    "html": ([b"Content-Type: text/html"], HTML),
    "parts": ([b"Content-Type: multipart/mixed; boundary=o"], ENCLOSING),
    "escaped": (
        [b"Content-Type: text/plain", b"Content-Transfer-Encoding: quoted-printable"],
        b"It=E2=80=99s =\r\nnot.\r\n",
    ),
    "encoded": ([b"Content-Type: text/html", b"Content-Transfer-Encoding: base64"], base64.encodebytes(HTML)),
}
UNCOVERED = [*FIELDS[:5], b"MIME-Version: 1.0"]
SHAPES = [
    f"Content-Type: {value}".encode()
    for value in (
        "text/plain",
        "text/html",
        "multipart/mixed; boundary=o",
        "multipart/mixed; boundary=i",
        "multipart/digest; boundary=o",
        "multipart/alternative; boundary=evil",
        "message/rfc822",
        "application/pdf",
        "text/plain; charset=utf-16",
        "x/y",
    )
] + [
    f"Content-Transfer-Encoding: {value}".encode()
    for value in ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode")
]
SHAPES += [b"Content-Disposition: attachment", b"Content-Disposition: inline"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.few(1)
def test_no_shape_that_is_put_on_a_body_outside_its_signature_changes_what_it_says(kind):
    fields, body = KINDS[kind]
    body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    raw = signed([*UNCOVERED, *fields], body, ["from", "to", "subject", "date", "message-id"])
    genuine = seen(raw)
    assert genuine[0], kind
    line = raw.partition(b"From: Desk")[0]
    for count in (0, 1, 2):
        for shapes in itertools.permutations(SHAPES, count):
            valid, told = seen(line + b"\r\n".join([*UNCOVERED, *shapes, b"", body]))
            assert not valid or _types_aside(told) == _types_aside(genuine[1]), (kind, shapes)


def _types_aside(told):
    """What is read, but for the name of the body's own type."""
    words, html, own, _parts, orders, envelope = json.loads(told)
    return words, html, own, orders, envelope


def test_a_length_that_covers_all_of_the_body_is_no_length():
    raw = b"\r\n".join([*FIELDS, b"", b"All of it.\r\n"])
    names = [name.encode() for name in COVERED]
    whole = dkimpy.sign(raw, b"s1", b"office.example", PEM, include_headers=names, length=True) + raw
    assert b"l=" in whole
    assert holds(whole)
    assert not holds(whole + b"and more\r\n")


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_split_without_a_crash_and_none_is_lost(raw):
    made = head.split(raw)
    assert all(field.name and b"\n" not in field.raw.replace(b"\r\n", b"") for field in made.fields)
    if not made.flaws and made.fields and b"\n\r\n" in raw and not raw.startswith(b"From "):
        assert made.message() == raw


# -- what a signature that doesn't cover Content-Type leaves open -----------------------------------------------------

PASSED_ON = b"From: a@b.example\r\nTo: c@d.example\r\nDate: x\r\nSubject: y\r\n\r\nREMOVAL ORDER\r\n"
MIXED = b"multipart/mixed; boundary=bb"


def divided(first, second, boundary=b"bb"):
    delimiter = b"--" + boundary
    return b"".join(
        [delimiter, b"\r\n", first, b"Is it ours?\r\n", delimiter, b"\r\n", second, PASSED_ON, delimiter, b"--"]
    )


HEADED = divided(b"Content-Type: text/plain\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n")
LATER = divided(b"MIME-Version: 1.0\r\n\r\n", b"X-A: b\r\nContent-Type: message/rfc822\r\n\r\n")
BARE = divided(b"\r\n", b"\r\n")
SWAPS = {
    "a boundary in another's quotes": (MIXED, HEADED, b'multipart/mixed; x="; boundary=bb; y="'),
    "a boundary after an escape": (MIXED, HEADED, b'multipart/mixed; type="a\\"; boundary=bb; type="'),
    "a boundary in a comment": (MIXED, HEADED, b"multipart/mixed (; boundary=bb; )"),
    "a boundary in a charset": (MIXED, HEADED, b'multipart/mixed; charset="utf-8;boundary=bb"'),
    "a boundary in pieces": (MIXED, HEADED, b"multipart/mixed; boundary*0=b; boundary*1=b"),
    "another boundary": (MIXED, HEADED, b"multipart/mixed; boundary=bb; boundary=cc"),
    "parts as text": (MIXED, HEADED, b"text/plain"),
    "parts as text, Content-Type not first": (MIXED, LATER, b"text/plain; charset=utf-8"),
    "parts as text, no fields": (MIXED, BARE, b"text/plain"),
    "markup as text, its tags over two lines": (b"text/html", b"No <b\r\n>order</b\r\n> of ours.", b"text/plain"),
    "quoted text as markup": (b"text/plain", b"<p> is what they wrote:\r\n> REMOVAL ORDER\r\n", b"text/html"),
}


@pytest.mark.parametrize("way", SWAPS)
def test_no_other_content_type_makes_another_mail_of_a_signed_body(way):
    said, body, other = SWAPS[way]
    names = [name for name in COVERED if not name.startswith("content-")]
    raw = signed([*FIELDS[:6], b"Content-Type: " + said], body, names)
    assert not holds(raw.replace(b"Content-Type: " + said, b"Content-Type: " + other, 1))


@pytest.mark.parametrize(
    "said", [MIXED, b'multipart/mixed;\r\n\tboundary="bb"', b'multipart/alternative; charset="utf-8"; boundary=bb;']
)
def test_parts_under_the_boundary_that_they_show_hold_uncovered(said):
    names = [name for name in COVERED if not name.startswith("content-")]
    assert holds(signed([*FIELDS[:6], b"Content-Type: " + said], HEADED, names))


def test_a_subject_outside_the_signature_could_hide_that_a_mail_is_passed_on():
    names = [name for name in COVERED if name != "subject"]
    assert not holds(signed(covered=names))
    assert holds(signed([FIELDS[0], *FIELDS[3:]], covered=names))
