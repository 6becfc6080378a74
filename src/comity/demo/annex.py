"""A form filled in, for the demo: as a PDF with form fields (a few kilobytes, no library), or as labelled text.

Pure. The labels are the form's own data; each page says that it is a specimen.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from typing import Any

from comity.reading import written
from comity.reading.form import Field, Form

WIDTH, HEIGHT, MARGIN, FOOT = 595.0, 842.0, 50.0, 56.0
BODY = 8.5
LONG = {"long-text", "url-list"}
SPECIMEN = "Specimen made for the demo, wording after the annex of {law}."
# Helvetica's widths in thousandths, by groups of like letters; enough to break lines.
NARROW, WIDE = set("ijl.,:;'|!()[]ft/ "), set("mwMWABCDEGHKNOPQRSUVXYZ@%")


def width(text: str, size: float, bold: bool = False) -> float:
    total = sum(290 if c in NARROW else 760 if c in WIDE else 556 for c in text)
    return total * size / 1000 * (1.06 if bold else 1.0)


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """Lines that fit; a word too long for one line is cut."""
    out: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and width(f"{line} {word}", size, bold) > room:
                out.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        out.append(line)
    return out


def literal(text: str) -> bytes:
    """A PDF string; letters that Helvetica's encoding lacks become question marks."""
    raw = text.encode("cp1252", "replace")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\n", b"\\n") + b")"


def unicode(text: str) -> bytes:
    """A PDF text string of any letters (UTF-16)."""
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode() + b">"


@dataclass
class Page:
    content: list[bytes] = fresh(default_factory=list)
    notes: list[int] = fresh(default_factory=list)


@dataclass
class Drawing:
    """The PDF as it grows: objects, pages, fields, and the height left on the page."""

    objects: list[bytes] = fresh(default_factory=list)
    pages: list[Page] = fresh(default_factory=list)
    fields: list[int] = fresh(default_factory=list)
    y: float = 0.0
    heading: str = ""

    def add(self, body: bytes) -> int:
        self.objects.append(body)
        return len(self.objects)

    def stream(self, head: bytes, content: bytes) -> int:
        packed = zlib.compress(content)
        return self.add(
            b"<< %s /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (head, len(packed), packed)
        )

    def room(self, height: float) -> None:
        if not self.pages or self.y - height < FOOT:
            self.pages.append(Page())
            self.y = HEIGHT - MARGIN
            self.text(self.heading, 7.0, grey=0.35)
            self.y -= 6

    def text(
        self, text: str, size: float = BODY, *, bold: bool = False, left: float = MARGIN, grey: float = 0.0
    ) -> None:
        for line in wrap(text, size, WIDTH - MARGIN - left, bold):
            self.room(size * 1.3)
            self.y -= size * 1.3
            font = b"F2" if bold else b"F1"
            self.pages[-1].content.append(
                b"BT %.2f g /%s %.1f Tf %.1f %.1f Td %s Tj ET" % (grey, font, size, left, self.y, literal(line))
            )

    def field(self, name: str, tip: str, value: str, lines: int = 1) -> None:
        """A text field as wide as the page; the value is drawn as a viewer would draw it."""
        shown = wrap(value, 9.0, WIDTH - 2 * MARGIN - 8)
        height = 4 + 11.0 * max(lines, len(shown))
        self.room(height + 4)
        self.y -= height + 3
        box = (MARGIN, self.y, WIDTH - MARGIN, self.y + height)
        drawn = b"/Tx BMC q BT /Helv 9 Tf 0 g 11 TL 4 %.1f Td " % (height - 10)
        drawn += b"".join(literal(line) + b" Tj T* " for line in shown if value) + b"ET Q EMC"
        look = self.stream(
            b"/Type /XObject /Subtype /Form /BBox [0 0 %.1f %.1f] /Resources << /Font << /Helv 1 0 R >> >>"
            % (box[2] - box[0], height),
            drawn,
        )
        many = b"/Ff 4096 " if lines > 1 or len(shown) > 1 else b""
        kind = b"/FT /Tx /DA (/Helv 9 Tf 0 g) %s/V %s /AP << /N %d 0 R >>" % (many, unicode(value), look)
        self.widget(name, tip, box, kind)
        self.y -= 3

    def box(self, name: str, tip: str, label: str, ticked: bool) -> None:
        """A tick box with its words to the right."""
        lines = wrap(label, BODY, WIDTH - 2 * MARGIN - 16)
        self.room(len(lines) * BODY * 1.3 + 2)
        top = self.y
        cross = b"q 1.2 w 2 2 m 8 8 l S 2 8 m 8 2 l S Q"
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 10 10]"
        on, off = self.stream(head, cross), self.stream(head, b"")
        state = b"/Yes" if ticked else b"/Off"
        kind = b"/FT /Btn /V %s /AS %s /AP << /N << /Yes %d 0 R /Off %d 0 R >> >>" % (state, state, on, off)
        self.widget(name, tip, (MARGIN, top - 11, MARGIN + 10, top - 1), kind)
        self.text(label, left=MARGIN + 16)
        self.y -= 2

    def widget(self, name: str, tip: str, box: tuple[float, float, float, float], kind: bytes) -> None:
        number = self.add(
            b"<< /Type /Annot /Subtype /Widget /F 4 /T %s /TU %s /Rect [%.1f %.1f %.1f %.1f] /MK << /BC [0.6] "
            b">> /BS << /W 0.5 >> %s >>" % (literal(name), unicode(tip), *box, kind)
        )
        self.pages[-1].notes.append(number)
        self.fields.append(number)
        self.pages[-1].content.append(
            b"q 0.6 G 0.5 w %.1f %.1f %.1f %.1f re S Q" % (box[0], box[1], box[2] - box[0], box[3] - box[1])
        )

    def finish(self, title: str) -> bytes:
        root = len(self.objects) + 2 * len(self.pages) + 1
        kids = []
        for page in self.pages:
            content = self.stream(b"", b"\n".join(page.content))
            notes = b" ".join(b"%d 0 R" % n for n in page.notes)
            kids.append(
                self.add(
                    b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 1 0 R "
                    b"/F2 2 0 R >> >> "
                    b"/Contents %d 0 R /Annots [%s] >>" % (root, content, notes)
                )
            )
        self.add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids)))
        fields = b" ".join(b"%d 0 R" % n for n in self.fields)
        form = b"/AcroForm << /Fields [%s] /DR << /Font << /Helv 1 0 R >> >> /DA (/Helv 9 Tf 0 g) >>" % fields
        catalog = self.add(b"<< /Type /Catalog /Pages %d 0 R /Lang (en) %s >>" % (root, form))
        info = self.add(b"<< /Title %s /Creator (Comity demo) >>" % unicode(title))
        return self.written(catalog, info)

    def written(self, catalog: int, info: int) -> bytes:
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        at = []
        for number, body in enumerate(self.objects, start=1):
            at.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(at) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in at)
        out += b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
            len(at) + 1,
            catalog,
            info,
            table,
        )
        return bytes(out)


def draw(form: Form, filled: Mapping[str, Any], preamble: Sequence[str]) -> bytes:
    """The form filled in: texts by field name, lists of ticked values for groups, booleans for boxes."""
    page = Drawing(heading=f"{SPECIMEN.format(law=form.law)} Not an official form.")
    for name in (b"Helvetica", b"Helvetica-Bold"):
        page.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name)
    page.room(20)
    page.text(form.title, 14.0, bold=True)
    page.text(f"({form.law} of the European Parliament and of the Council)")
    for paragraph in preamble:
        page.y -= 4
        page.text(paragraph, 8.0)
    for key, title in form.sections:
        page.room(50)
        page.y -= 10
        page.text(written.section(key, title), 9.0, bold=True)
        page.y -= 3
        for known in form.fields.values():
            if known.section == key:
                draw_field(page, known, filled.get(known.name))
    return page.finish(form.title)


def draw_field(page: Drawing, known: Field, value: Any) -> None:
    if known.type == "notice":
        page.text(f"({known.label})", 8.0)
    elif known.type == "tick":
        page.box(known.name, known.label, known.label, value is True)
    elif known.options:
        page.room(30)
        page.text(f"{known.label}:")
        page.y -= 2
        for option, label in known.options:
            page.box(f"{known.name}.{option}", f"{known.label}: {label}", label, option in (value or []))
    else:
        page.room(34)
        page.text(f"{known.label}:")
        page.field(known.name, known.label, str(value or ""), 3 if known.type in LONG else 1)


def text(form: Form, filled: Mapping[str, Any], preamble: Sequence[str]) -> str:
    """The form as labelled text: number, label, value; boxes drawn."""
    return written.text(form, filled, preamble, SPECIMEN.format(law=form.law))
