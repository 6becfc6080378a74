"""The pages of a scan as pictures to type from: handed on or packed anew, never looked into."""

import struct
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from comity.reading import child, pictures

ORDERS = Path(__file__).parent.parent / "data" / "orders"
SCANNED = (ORDERS / "06-tco-de-scanned.eml").read_bytes()
WIDE, HIGH = 240, 300


def pdf(head: bytes, data: bytes) -> bytes:
    """A PDF of one page that is one picture."""
    image = b"<< /Type /XObject /Subtype /Image %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)
    each = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> >>",
        image,
    ]
    out, at = b"%PDF-1.4\n", []
    for n, one in enumerate(each, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, one)
    table = b"".join(b"%010d 00000 n \n" % one for one in at)
    size = len(each) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return out + end % (size, table, size, len(out))


def mail(data: bytes, name: str = "scan.pdf") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@b.example", "orders@lantern.example", "Scan"
    made.set_content("Attached.\n")
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def size(bits: int, colour: bytes, more: bytes = b"") -> bytes:
    said = b"/Width %d /Height %d /BitsPerComponent %d /ColorSpace /%s /Filter /FlateDecode %s"
    return said % (WIDE, HIGH, bits, colour, more)


def samples(png: bytes) -> tuple[tuple[int, ...], bytes]:
    """(width, height, bits, colour), and the rows of a PNG without their filter bytes."""
    assert png.startswith(pictures.PNG)
    head = struct.unpack(">IIBB", png[16:26])
    begin = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[begin - 8 : begin - 4])
    rows = zlib.decompress(png[begin : begin + length])
    step = len(rows) // head[1]
    return head, b"".join(rows[n : n + step][1:] for n in range(0, len(rows), step))


def test_it_works() -> None:
    """Each page of a scanner's mail, as the JPEG that stands in the file."""
    number = next(one["n"] for one in child.read(SCANNED, {"dns": False})["parts"] if one["name"])
    assert child.pages(SCANNED, number) == [1, 2]
    kind, data = child.picture(SCANNED, number, 2) or ("", b"")
    assert (kind, data[:3], data[-2:]) == ("image/jpeg", b"\xff\xd8\xff", b"\xff\xd9")
    assert child.picture(SCANNED, number, 3) is None
    assert child.pages(SCANNED, 99) == []


@pytest.mark.parametrize(
    ("bits", "colour", "row", "more", "first"),
    [
        (8, b"DeviceGray", WIDE, b"", 7),
        (8, b"DeviceRGB", 3 * WIDE, b"", 7),
        (1, b"DeviceGray", WIDE // 8, b"", 7),
        (1, b"DeviceGray", WIDE // 8, b"/Decode [1 0]", 248),
    ],
)
def test_what_is_packed_without_loss_becomes_a_png(bits: int, colour: bytes, row: int, more: bytes, first: int) -> None:
    data = bytes([7]) * row * HIGH
    kind, png = child.picture(mail(pdf(size(bits, colour, more), zlib.compress(data))), 2, 1) or ("", b"")
    head, rows = samples(png)
    assert (kind, head[:3]) == ("image/png", (WIDE, HIGH, bits))
    assert rows == bytes([first]) * row * HIGH


HOSTILE: dict[str, bytes] = {
    "no file at all": b"%PDF-1.4 nothing",
    "fewer samples than it says": pdf(size(8, b"DeviceGray"), zlib.compress(b"x")),
    "larger than any page": pdf(b"/Width 30000 /Height 30000 /Filter /DCTDecode", b"\xff\xd8\xff\xd9"),
    "a size that is no number": pdf(b"/Width (x) /Height 300 /Filter /DCTDecode", b"\xff\xd8\xff\xd9"),
    "a fax's own packing": pdf(b"/Width 300 /Height 300 /Filter /CCITTFaxDecode", b"\x00\x01"),
    "a logo": pdf(b"/Width 80 /Height 80 /Filter /DCTDecode", b"\xff\xd8\xff\xd9"),
    "a page of markup": b"<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_no_browser_is_to_show_is_none(data: Any) -> None:
    raw = mail(data)
    assert child.pages(raw, 2) == []
    assert child.picture(raw, 2, 1) is None
