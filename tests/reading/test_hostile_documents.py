"""Documents made to hurt: read within bounds, flagged, and no fact made of what can't be trusted."""

import io

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject

from comity.reading import pdf
from comity.reading.read import read

from . import orders, overlaid
from .test_pdf import with_pdf


def written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_of_three_thousand_pages_the_first_are_read_and_that_is_flagged():
    writer = PdfWriter()
    for _ in range(3_000):
        writer.add_blank_page(300, 300)
    parsed = pdf.parse(written(writer))
    assert parsed.pages == pdf.MOST_PAGES
    assert "unread-attachment" in parsed.flags


def test_a_picture_of_900_million_points_is_never_unpacked():
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    image = overlaid.stream(b"\0" * 100, Type=NameObject("/XObject"), Subtype=NameObject("/Image"))
    image[NameObject("/Width")] = image[NameObject("/Height")] = NumberObject(30_000)
    held = DictionaryObject({NameObject("/Im"): writer._add_object(image)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): held})
    page[NameObject("/Contents")] = writer._add_object(overlaid.stream(b"q 300 0 0 300 0 0 cm /Im Do Q"))
    reading = read(with_pdf(written(writer)), {})
    assert reading["orders"] == []
    assert "scanned" in reading["flags"]


def lying(text, table):
    """A page whose font shows some letters and tells others to who copies them."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    pairs = "\n".join(f"<{ord(a):02X}> <{ord(b):04X}>" for a, b in table.items())
    cmap = f"/CIDInit /ProcSet findresource begin begincmap {len(table)} beginbfchar\n{pairs}\nendbfchar endcmap end"
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        NameObject("/ToUnicode"): writer._add_object(overlaid.stream(cmap.encode())),
    })  # fmt: skip
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    shown = b"\n".join(
        b"BT /F1 9 Tf 40 %d Td (%s) Tj ET" % (760 - 14 * n, line.encode()) for n, line in enumerate(text.split("\n"))
    )
    page[NameObject("/Contents")] = writer._add_object(overlaid.stream(shown))
    return written(writer)


def test_a_font_that_shows_other_letters_than_it_tells_is_flagged_and_unread():
    text = "Reference number of the removal order: R/123"
    honest, false = (
        pdf.parse(lying(text, {a: a for a in "123"})),
        pdf.parse(lying(text, {"1": "7", "2": "8", "3": "9"})),
    )
    assert ("R/123" in honest.text, honest.flags) == (True, set())
    assert ("R/789" in false.text, "text-differs" in false.flags) == (False, True)


def test_script_in_every_field_stays_text():
    script = "<script>alert(1)</script>"
    filled = {
        field.name: script for field in orders.FORM.fields.values() if field.type in {"text", "reference", "long-text"}
    }
    body = orders.text(filled | {"urls": "https://lantern.example/1", "issued_at": "2026-11-24 08:00 UTC"})
    held = read(orders.mail(body), {})["orders"][0]["facts"]["form"]
    assert held["reference"] == script
    assert held["reasons"] == script
