"""What is wrapped is found, whatever its name and type claim; what stays closed is named; nothing breaks out."""

import base64
import binascii
import email
import gzip
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.reading import archive, smime, tnef, unpack, xfa
from comity.reading.painted import resolved
from comity.reading.unpack import can_hold_an_order, open_attachment

from . import containers as made

FOUND = Path(__file__).parent.parent / "data" / "found"
UNREAD = {"unread-attachment"}


def opened(data, name="file.bin", type="application/octet-stream"):
    found = open_attachment(type, name, data)
    assert found is not None
    return found


def attached(stem):
    parts = email.message_from_bytes((FOUND / f"{stem}.eml").read_bytes()).walk()
    last = [part for part in parts if not part.is_multipart()][-1]
    return last.get_content_type(), last.get_filename() or "", last.get_payload(decode=True)


def test_it_works():
    for stem in ("11-winmail", "13-zip"):
        found = open_attachment(*attached(stem))
        assert [(part.name, part.type) for part in found.parts] == [("order.pdf", "application/pdf")]
        assert found.parts[0].data.startswith(b"%PDF-")
        assert not found.flags
    signed = open_attachment(*attached("10-smime-opaque"))
    assert b"Reference number of the removal order: B10" in signed.entity
    assert not signed.flags


# S/MIME


@pytest.mark.parametrize("wrap", [made.signed, made.ber_signed], ids=["der", "ber"])
@pytest.mark.parametrize("dress", ["raw", "base64", "pem", "pem-cms"])
def test_signed_data_gives_its_entity_in_any_clothes(wrap, dress):
    data = wrap()
    if dress != "raw":
        data = base64.encodebytes(data)
    if dress.startswith("pem"):
        label = b"CMS" if dress == "pem-cms" else b"PKCS7"
        data = b"-----BEGIN " + label + b"-----\n" + data + b"-----END " + label + b"-----\n"
    for type in ("application/pkcs7-mime", "application/octet-stream", "text/plain"):
        assert opened(data, "smime.p7m", type).entity == made.ENTITY


def test_enveloped_data_is_encrypted_and_signed_data_is_not():
    assert opened(made.enveloped()).flags == UNREAD | {"encrypted-attachment"}
    assert "encrypted-attachment" not in opened(made.signed()).flags


def test_a_detached_signature_and_certificates_hold_nothing():
    data = made.signed(detached=True)
    assert opened(data, "smime.p7m") == unpack.Opened()
    assert not can_hold_an_order("application/pkcs7-signature", "smime.p7s", data, False, False)
    assert not can_hold_an_order("application/octet-stream", "x.bin", data, False, False)
    assert can_hold_an_order("application/pkcs7-mime", "smime.p7m", made.signed(), False, False)


def test_a_signed_file_is_a_file():
    (part,) = opened(made.signed(made.PDF), "order.pdf.p7m").parts
    assert (part.name, part.type, part.data) == ("order.pdf", "application/pdf", made.PDF)


def test_compressed_data_is_unpacked_within_a_bound():
    def compressed(content):
        octets = made.tlv(0xA0, made.tlv(0x04, zlib.compress(content)))
        data = made.tlv(0x30, made.tlv(0x02, b"\0"), made.tlv(0x30), made.tlv(0x30, made.oid(1), octets))
        return made.tlv(0x30, made.oid(9, smime.SMIME_TYPES), made.tlv(0xA0, data))

    assert opened(compressed(made.ENTITY)).entity == made.ENTITY
    assert opened(compressed(b"\0" * (smime.MOST_CONTENT + 1))).flags >= UNREAD


def test_signed_data_cut_short_or_nested_without_end_is_left_unread():
    bomb = b"\x30\x80" + made.oid(2) + b"\xa0\x80\x30\x80" + b"\x30\x80" * 500_000
    pieces = made.ber_signed()[:120]
    chunks = (
        b"\x30\x80"
        + made.oid(2)
        + b"\xa0\x80\x30\x80\2\1\1\x31\0\x30\x80"
        + made.oid(1)
        + b"\xa0\x80"
        + b"\x24\x80" * 500_000
    )
    for data in (bomb, pieces, chunks, made.signed()[:200]):
        found = opened(data, "smime.p7m")
        assert found.flags >= UNREAD
        assert found.unread == ("smime.p7m",)
        assert found.entity is None


def test_the_steps_are_what_ends_endless_nesting(monkeypatch):
    counted = smime.Ber(b"\x30\x80" * 500_000)
    with pytest.raises(ValueError):
        counted.skip()
    assert counted.steps == smime.MOST_STEPS + 1


# winmail.dat


def test_files_bodies_and_messages_come_out_of_a_winmail():
    told = made.tnef_properties(made.prop(0x102, 0x1013, b"<p>REMOVAL ORDER</p>"))
    data = made.tnef(
        made.attribute(0x0002800C, b"Order attached\0", 1),
        made.attribute(0x00069003, told, 1),
        made.tnef_file("ordre é.pdf", made.PDF),
        made.tnef_message(b"Fwd\r\nX-Evil: 1", b"s@elsewhere.example", b"REMOVAL ORDER\0"),
    )
    found = opened(data, "winmail.dat", "application/ms-tnef")
    assert [(part.name, part.data) for part in found.parts] == [("ordre é.pdf", made.PDF)]
    assert [(said.type, said.text) for said in found.texts] == [
        ("text/plain", "Order attached"),
        ("text/html", "<p>REMOVAL ORDER</p>"),
    ]
    inner = email.message_from_bytes(found.mails[0])
    assert (inner["Subject"], inner["X-Evil"]) == ("=?utf-8?q?Fwd_X-Evil=3A_1?=", None)
    assert "s@elsewhere.example" in inner["From"]
    assert not found.flags


def test_a_body_in_packed_rich_text_is_read():
    rich = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}{\f1\fcharset2 Wingdings;}}"
    rich += rb"\f0 Reference number:\cell R-1\row {\f1\'fe} (a)\par}"
    packed = struct.pack("<II4sI", len(rich) + 12, len(rich), b"MELA", 0) + rich
    data = made.tnef(made.attribute(0x00069003, made.tnef_properties(made.prop(0x102, 0x1009, packed)), 1))
    assert [said.text for said in opened(data).texts] == ["Reference number:\tR-1\n☒ (a)"]


def test_lzfu_is_unpacked_as_the_specification_shows():
    # [MS-OXRTFCP] 3.1.1 and 3.1.2: the two examples.
    first = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    second = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    assert unpack.rtf.unpacked(bytes.fromhex(first)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack.rtf.unpacked(bytes.fromhex(second)) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_a_winmail_with_nothing_inside_is_nothing():
    assert opened(made.tnef(made.attribute(0x00069007, struct.pack("<II", 1252, 0), 1))) == unpack.Opened()


def test_lengths_that_lie_keep_what_came_before_and_are_flagged():
    lie = struct.pack("<BII", 2, 0x0006800F, 0xFFFFFFF0) + b"x" * 20
    found = opened(made.tnef(made.tnef_file("order.pdf", made.PDF)) + lie, "winmail.dat")
    assert [part.data for part in found.parts] == [made.PDF]
    assert found.flags == UNREAD | {"damaged-archive"}
    assert found.unread == ("winmail.dat",)
    many = made.attribute(0x00069003, struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 0x101E, 0x37, 0xFFFFFFFF), 1)
    assert opened(made.tnef(many)).flags >= UNREAD


# ZIP


def test_members_are_found_by_their_bytes_with_names_made_safe():
    data = made.zipped(
        {"../../etc/or\u202eder.bin": made.PDF, "a/b/order.xyz": made.docx("<w:p/>"), "note.dat": b"hello there"}
    )
    found = opened(data)
    assert [(part.name, part.type) for part in found.parts] == [
        ("order.bin", "application/pdf"),
        ("order.xyz", unpack.sniff.DOCX),
        ("note.dat", "text/plain"),
    ]


def test_a_stored_zip_that_shows_the_pdf_it_holds_is_a_zip():
    assert len(opened(made.zipped({"order.pdf": made.PDF}, zipfile.ZIP_STORED)).parts) == 1


def test_a_mail_inside_is_somebody_elses_words():
    assert opened(made.zipped({"forwarded.txt": made.MAIL})).mails == (made.MAIL,)


def test_members_with_a_password_are_named_and_the_others_read():
    data = bytearray(made.zipped({"a.pdf": made.PDF, "b.pdf": made.PDF}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    found = opened(bytes(data))
    assert found.flags == UNREAD | {"encrypted-attachment"}
    assert (found.unread, [part.name for part in found.parts]) == (("a.pdf",), ["b.pdf"])


def test_a_member_whose_sum_is_wrong_is_damaged():
    data = bytearray(made.zipped({"order.pdf": made.PDF}, zipfile.ZIP_STORED))
    data[data.index(b"%PDF") + 30] ^= 1
    found = opened(bytes(data), "order.zip")
    assert (found.parts, found.unread) == ((), ("order.pdf",))
    assert found.flags == UNREAD | {"damaged-archive"}


def test_bombs_are_not_unpacked():
    flat = made.zipped({"order.pdf": b"\0" * (unpack.MOST_UNPACKED + 1)})
    found = opened(flat)
    assert found.flags == UNREAD | {"zip-bomb"}
    assert not found.parts
    nested = made.zipped({f"{n}.zip": flat for n in range(20)})
    assert opened(nested).flags >= UNREAD | {"zip-bomb"}


def test_a_bound_that_is_taken_away_lets_the_bomb_through(monkeypatch):
    flat = made.zipped({"order.pdf": made.PDF + b"\0" * (unpack.MOST_UNPACKED + 1)})
    monkeypatch.setattr(unpack, "MOST_UNPACKED", 10**9)
    assert len(opened(flat).parts) == 1


def test_a_zip_in_itself_ends():
    one = made.zipped({"order.pdf": made.PDF})
    for _ in range(unpack.MOST_DEPTH):
        one = made.zipped({"inner.zip": one})
    assert len(opened(one).parts) == 1
    deeper = opened(made.zipped({"outer.zip": one}))
    assert (deeper.parts, deeper.flags, deeper.unread) == ((), UNREAD, ("inner.zip",))


def test_too_many_members_are_read_until_the_bound_and_the_rest_is_named():
    found = opened(made.zipped({f"{n}.pdf": made.PDF for n in range(unpack.MOST_MEMBERS + 10)}))
    assert len(found.parts) == unpack.MOST_MEMBERS
    assert (found.flags, len(found.unread)) == (UNREAD, 10)


def test_a_hundred_thousand_members_are_not_listed(monkeypatch):
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = entry * 100_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(listed), 4, 0)
    data = b"PK\x03\x04" + listed + end
    found = opened(data, "order.zip")
    assert (found.unread, found.flags) == (("order.zip",), UNREAD | {"zip-bomb"})
    with pytest.raises(archive.TooLarge):
        archive.directory(data)
    monkeypatch.setattr(archive, "MOST_ENTRIES", 10**6)
    assert len(archive.directory(data).infolist()) == 100_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_a_bound_stay_closed(method):
    assert opened(made.zipped({"order.pdf": made.PDF}, method)).unread == ("order.pdf",)


def test_what_decorates_an_archive_is_passed_over():
    found = opened(
        made.zipped({"__MACOSX/._order.pdf": b"\0\5\x16\7xxxx", "order.pdf": made.PDF, "film.mp4": b"\0" * 99})
    )
    assert ([part.name for part in found.parts], found.flags) == (["order.pdf"], frozenset())


def test_gzip_is_opened_and_bounded():
    assert opened(gzip.compress(made.PDF), "order.pdf.gz").parts[0].name == "order.pdf"
    assert opened(gzip.compress(b"\0" * (unpack.MOST_UNPACKED + 1))).flags == UNREAD | {"zip-bomb"}


# What is not opened


@pytest.mark.parametrize(
    ("name", "data", "flags"),
    [
        ("order.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 99, set()),
        ("order.rar", b"Rar!\x1a\x07\x01\x00" + b"x" * 99, set()),
        ("order.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999, set()),
        ("order.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + unpack.ENCRYPTED_OLE, {"encrypted-attachment"}),
        ("order.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + unpack.MACROS_OLE, {"macros"}),
        ("order.pdf", b"\x01\x02\x03\xff\xfe nothing known", set()),
        ("order.zip", made.zipped({"order.pdf": made.PDF})[:-30], {"damaged-archive"}),
        ("order.xlsx", made.zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), set()),
        ("order.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", {"encrypted-attachment"}),
        ("order.hqx", b"(This file must be converted with BinHex 4.0)\n:abc", set()),
    ],
)
def test_what_stays_closed_is_named(name, data, flags):
    found = opened(data, name)
    assert found.flags == UNREAD | flags
    assert found.unread == (name,)


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("application/pdf", made.PDF),
        ("text/html", b"<html><body>REMOVAL ORDER</body></html>"),
        ("text/plain", b"REMOVAL ORDER\nReference number: R-1\n"),
        ("application/zip", made.docx("<w:p/>")),
        ("image/png", made.png(900, 1200)),
        ("text/calendar", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
    ],
)
def test_what_is_read_elsewhere_is_no_container(type, data):
    assert open_attachment(type, "x", data) is None
    assert open_attachment("application/octet-stream", "x.bin", data) is None


@pytest.mark.parametrize(
    ("data", "inline", "can"),
    [
        (made.png(120, 60), False, False),
        (made.png(600, 120), True, False),
        (made.png(1240, 1754), True, True),
        (made.png(800, 600), False, True),
        (b"II*\x00" + b"\0" * 50_000, False, True),
        (b"\xff\xd8\xff\xe0\0\x10" + b"\0" * 14 + b"\xff\xc0\0\x11\x08\x06\xda\x04\xd8" + b"\0" * 20, True, True),
        (b"BEGIN:VCARD\nEND:VCARD\n", False, False),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", False, False),
        (b"-----BEGIN PGP SIGNATURE-----\n", False, False),
        (b"  \n", False, False),
        (made.PDF, True, True),
        (b"some words", False, True),
    ],
)
def test_what_can_hold_an_order(data, inline, can):
    assert can_hold_an_order("application/octet-stream", "x.bin", data, inline, inline) is can


# Mails and text


@pytest.mark.parametrize(
    "data",
    [
        made.MAIL,
        b"\xef\xbb\xbf\r\n\r\n" + made.MAIL,
        base64.encodebytes(made.MAIL),
        b"From s@elsewhere.example Mon Nov 23 08:00:00 2026\n" + made.MAIL,
        made.MAIL.replace(b"\r\n", b"\n"),
    ],
    ids=["plain", "after-blanks", "base64", "from-line", "lf"],
)
@pytest.mark.parametrize("type", ["message/rfc822", "application/octet-stream", "text/plain"])
def test_a_mail_is_a_mail_in_any_wrapping(data, type):
    (found,) = opened(data, "note.txt", type).mails
    assert email.message_from_bytes(found)["Message-ID"] == "<1@elsewhere.example>"


def test_what_is_said_to_be_a_mail_is_one_whatever_its_head():
    data = b"Subject: Removal order\r\n\r\nREMOVAL ORDER\r\n"
    assert opened(data, "note", "message/rfc822").mails == (data,)
    assert opened(made.zipped({"a.eml": data})).mails == (data,)


def test_a_transfer_encoding_that_nobody_undid_is_undone():
    quoted = binascii.b2a_qp(made.MAIL.replace(b"Removal", b"Removal =" + b"x" * 80))
    (found,) = unpack.enclosed.mails(quoted, "quoted-printable")
    assert b"Removal =" + b"x" * 80 in found


def test_a_mailbox_gives_each_of_its_mails():
    box = b"".join(b"From a@b.example Mon Nov 23 08:00:0%d 2026\n" % n + made.MAIL for n in range(3))
    assert opened(box, "archive.mbox").mails == (made.MAIL,) * 3


def test_an_order_as_text_is_no_mail():
    assert open_attachment("text/plain", "order.txt", b"REMOVAL ORDER\nFrom: Office\nDate: 1 May\nTo: You\n") is None


def test_uuencoded_files_come_out_of_a_text():
    packed = "".join(binascii.b2a_uu(made.PDF[at : at + 45]).decode() for at in range(0, len(made.PDF), 45))
    text = f"Dear all,\nbegin 644 order.pdf\n{packed}`\nend\nand\nbegin 644 two.pdf\r\n{packed}`\nend\nbegin with it.\n"
    rest, found = unpack.uuencoded(text)
    assert [(part.name, part.data) for part in found.parts] == [("order.pdf", made.PDF), ("two.pdf", made.PDF)]
    assert rest.split() == ["Dear", "all,", "and", "begin", "with", "it."]
    assert [part.name for part in opened(text.encode(), "a.txt", "text/plain").parts] == ["order.pdf", "two.pdf"]
    assert unpack.uuencoded("begin 644 x.pdf\nM!!\x7f\x7f\nend\n")[1].flags >= UNREAD


# Forms of Adobe's designer


def packets_of(data):
    from io import BytesIO

    from pypdf import PdfReader

    form = resolved(PdfReader(BytesIO(data)).trailer["/Root"]["/AcroForm"].raw_get("/XFA"))
    return form.get_data() if hasattr(form, "get_data") else b"".join(resolved(one).get_data() for one in form[1::2])


def test_the_values_of_a_dynamic_form_are_read():
    assert xfa.fields(packets_of(attached("29-xfa-dynamic")[2])) == {
        "form1.reference": "P/29",
        "form1.urls": "https://lantern.example/c/4f/2",
    }


def test_rows_captions_and_what_is_refused():
    form = b"<xfa:data><f><row><url>a</url></row><row><url>b &amp; c</url></row><x/></f></xfa:data>"
    template = (
        b'<template><subform><field name="T1"><caption><value><text>Reference number</text></value></caption></field>'
    )
    template += b"</subform></template>"
    source = b"<xdp:xdp>" + template + b"<xfa:datasets>" + form + b"</xfa:datasets></xdp:xdp>"
    assert xfa.fields(source) == {"f.row.url": "a", "f.row[1].url": "b & c", "f.x": ""}
    assert xfa.captions(source) == {"T1": "Reference number"}
    bomb = b'<xfa:datasets><xfa:data><!DOCTYPE d [<!ENTITY a "aaaa">]><f>&a;</f></xfa:data></xfa:datasets>'
    deep = b"<xfa:datasets><xfa:data>" + b"<f>" * 5_000 + b"</f>" * 5_000 + b"</xfa:data></xfa:datasets>"
    for refused in (bomb, deep, b"", b"<xfa:datasets/>", b"<xfa:datasets><xfa:data><f></xfa:data></xfa:datasets>"):
        assert xfa.fields(refused) is None


# Whatever comes

HOSTILE = {
    "uuencode without end": b"x\nbegin 644 a\n" * 400_000,
    "uuencode of long lines": (b"begin 644 a\n" + b"x" * 120 + b"\nend\n") * 40_000,
    "values of winmail": made.tnef(
        made.attribute(0x00069003, struct.pack("<IHHI", 1, 0x1003, 0x37, 900_000) + b"\0" * 3_600_000, 1)
    ),
    "zips of many names": made.zipped(
        {f"{n}.zip": made.zipped({f"{m}.pdf": "" for m in range(1_900)}) for n in range(4)}
    ),
    "open headers of a page": made.odt("<text:p>x</text:p>", **{"styles.xml": "<style:header >" * 200_000}),
    "cells without rows": made.odt("<table:table-cell>" * 300_000),
    "more tokens than people write": made.odt("<text:p/>" * 500_000),
    "rich text of braces": b"{\\rtf1" + b"{" * 400_000,
    "rich text of words": b"{\\rtf1" + b"\\b a" * 200_000,
    "a mailbox of From": made.MAIL + b"From a " * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_take_long_is_answered(name):
    # Without its bound each of these takes minutes.
    found = open_attachment("application/octet-stream", "x", HOSTILE[name])
    assert found is None or found.flags or found.texts or found.mails


CONTAINERS = [
    made.signed(),
    made.ber_signed(),
    made.zipped({"a.pdf": made.PDF, "b.zip": made.zipped({"c.txt": made.MAIL})}),
    made.tnef(made.tnef_file("a.pdf", made.PDF), made.tnef_message(b"s", b"a@b.example", b"x")),
    made.odt("<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>"),
    b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\*\\ffname x}\\u8364?\\'fe\\bin3 abc\\cell\\row}",
    gzip.compress(made.PDF, mtime=0),
    made.MAIL,
]


@settings(deadline=None)
@given(st.sampled_from(CONTAINERS), st.data())
def test_damage_anywhere_ends_in_an_answer(data, draw):
    changed = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(changed) - 1))
        changed[at : at + draw.draw(st.integers(0, 4))] = draw.draw(st.binary(max_size=6))
        changed = changed or bytearray(b"x")
    found = open_attachment("application/octet-stream", "x", bytes(changed[: draw.draw(st.integers(1, len(changed)))]))
    assert found is None or (bool(found.unread) == ("unread-attachment" in found.flags))
    assert found is None or found.flags <= UNREAD | {"encrypted-attachment", "zip-bomb", "damaged-archive", "macros"}


@pytest.mark.parametrize("data", CONTAINERS)
def test_what_is_cut_short_is_never_taken_for_whole(data):
    for cut in range(20, len(data) - 1, max(1, len(data) // 40)):
        open_attachment("application/octet-stream", "x", data[:cut])
    half = open_attachment("application/octet-stream", "x", data[: len(data) * 2 // 3])
    if half is not None and not data.startswith((b"{", made.MAIL[:9])):
        assert "unread-attachment" in half.flags


def test_a_date_of_a_message_inside_is_read_and_an_absurd_one_left():
    assert tnef.sent_at(struct.pack("<Q", 134_400_000_000_000_000)) == "Tue, 24 Nov 2026 13:20:00 +0000"
    assert tnef.sent_at(b"\xff" * 8) == ""
