"""PDFs as offices hand them in: a form's fields typed over, flattened, or holding their values where few look."""

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)


def name(said):
    return NameObject(f"/{said}")


def stream(data, **entries):
    made = DecodedStreamObject()
    made.set_data(data)
    for key, value in entries.items():
        made[name(key)] = value
    return made


def numbers(*each):
    return ArrayObject([FloatObject(one) for one in each])


def changed(data, each, *, without_form=False):
    """The PDF with `each(writer, page, widgets)` done to its pages."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        notes = page.get("/Annots", ArrayObject())
        each(writer, page, [one.get_object() for one in notes])
    if without_form:
        del writer.root_object["/AcroForm"]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def value_of(widget):
    """What a widget holds, a cross where it is ticked."""
    if widget["/FT"] == "/Btn":
        return "X" if widget.get("/AS", "/Off") != "/Off" else ""
    return str(widget.get("/V", ""))


def frame(box):
    x0, y0, x1, y1 = box
    return b"q 0.6 G 0.5 w %.1f %.1f %.1f %.1f re S Q\n" % (x0, y0, x1 - x0, y1 - y0)


def painted(writer, page, more):
    made = stream(page.get_contents().get_data() + b"\n" + more)
    page[name("Contents")] = writer._add_object(made)


def typed_over(data):
    """Printed, scanned in as vectors, and typed over with notes."""

    def each(writer, page, widgets):
        notes = ArrayObject()
        for widget in widgets:
            if said := value_of(widget):
                note = DictionaryObject({
                    name("Type"): name("Annot"), name("Subtype"): name("FreeText"), name("Rect"): widget["/Rect"],
                    name("Contents"): TextStringObject(said), name("DA"): TextStringObject("/Helv 9 Tf 0 g"),
                })  # fmt: skip
                notes.append(writer._add_object(note))
        page[name("Annots")] = notes

    return changed(data, each, without_form=True)


def flattened(data, matrix=False):
    """Each field's look drawn into the page, through the page's matrix or its own."""

    def each(writer, page, widgets):
        objects, out = DictionaryObject(), b""
        for k, widget in enumerate(widgets):
            look = widget["/AP"]["/N"].get_object()
            if widget["/FT"] == "/Btn":
                look = look[widget["/AS"]].get_object()
            x, y = float(widget["/Rect"][0]), float(widget["/Rect"][1])
            if matrix:
                look[name("Matrix")] = numbers(1, 0, 0, 1, x, y)
                x = y = 0
            objects[name(f"Fl{k}")] = look.indirect_reference
            out += b"q 1 0 0 1 %.2f %.2f cm /Fl%d Do Q\n" % (x, y, k)
        page["/Resources"][name("XObject")] = objects
        painted(writer, page, out)
        del page["/Annots"]

    return changed(data, each, without_form=True)


def drawn_in(data):
    """Values and crosses as the page's own text."""

    def each(writer, page, widgets):
        out = b""
        for widget in widgets:
            x0, _, _, y1 = (float(one) for one in widget["/Rect"])
            button = widget["/FT"] == "/Btn"
            for k, line in enumerate(value_of(widget).split("\n")):
                raw = (
                    line.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
                )
                at = (x0 + 2, y1 - 8.5) if button else (x0 + 4, y1 - 10 - 11 * k)
                out += b"BT /F1 %d Tf %.1f %.1f Td (%s) Tj ET\n" % (8 if button else 9, *at, raw) if line else b""
        painted(writer, page, out)
        del page["/Annots"]

    return changed(data, each, without_form=True)


def looks_only(data):
    """Values in the looks of the fields, and none stored."""

    def each(writer, page, widgets):
        for widget in widgets:
            widget.pop("/V", None)

    return changed(data, each)


def stored_only(data):
    """Values stored, and no looks at all: the viewer is to draw them."""

    def each(writer, page, widgets):
        for widget in widgets:
            widget.pop("/AP", None)
            widget.pop("/AS", None)

    return changed(data, each)


def renamed(data):
    """Fields whose names and tooltips say nothing."""

    def each(writer, page, widgets):
        for k, widget in enumerate(widgets):
            widget[name("T")] = TextStringObject(f"Text{(k * 37) % 97}p{page.page_number}")
            widget[name("TU")] = TextStringObject("")

    return changed(data, each)


def in_datasets(data, wrong=()):
    """A static XFA form: its values in the datasets, the fields empty (or, of those in `wrong`, another value)."""
    packets = ["<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><xfa:datasets xmlns:xfa='http://x/'><xfa:data><form1>"]

    def each(writer, page, widgets):
        for widget in widgets:
            if widget["/FT"] == "/Btn":
                continue
            plain = str(widget["/T"])
            said = value_of(widget).replace("&", "&amp;").replace("<", "&lt;")
            packets.append(f"<{plain}>{said}</{plain}>")
            widget.pop("/AP", None)
            widget.pop("/V", None)
            if plain in wrong:
                widget[name("V")] = TextStringObject("something else that stands there")

    made = changed(data, each)
    packets.append("</form1></xfa:data></xfa:datasets></xdp:xdp>")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
    held = writer._add_object(stream("".join(packets).encode()))
    writer.root_object["/AcroForm"].get_object()[name("XFA")] = held
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def on_buttons(data, change):
    """`change(widget)` done to each box."""

    def each(writer, page, widgets):
        for widget in widgets:
            if widget["/FT"] == "/Btn":
                change(widget)

    return changed(data, each)


def crossed(data, subtype="Ink", only=("non_disclosure",), printed=True):
    """Crosses drawn with a pen over boxes that hold no tick; with `printed`, over a form without fields."""

    def each(writer, page, widgets):
        notes = ArrayObject() if printed else page["/Annots"]
        for widget in widgets:
            if str(widget["/T"]) in only:
                x0, y0, x1, y1 = (float(one) for one in widget["/Rect"])
                note = DictionaryObject({
                    name("Type"): name("Annot"), name("Subtype"): name(subtype),
                    name("Rect"): numbers(x0 - 1, y0 - 1, x1 + 2, y1 + 2),
                })  # fmt: skip
                if subtype == "FreeText":
                    note[name("Contents")] = TextStringObject("X")
                notes.append(writer._add_object(note))
        page[name("Annots")] = notes

    return changed(data, each, without_form=printed)


def blank(data):
    """A form of which nothing that was filled in can be found: as a picture, or in strokes."""

    def each(writer, page, widgets):
        for widget in widgets:
            widget.pop("/V", None)
            widget.pop("/AP", None)
            widget.pop("/AS", None)

    return changed(data, each)
