"""Fillable PDFs made for tests, in layouts that offices use: labels above or left, names that say much or nothing."""

from comity.demo.annex import HEIGHT, MARGIN, WIDTH, Drawing, Page, literal, unicode, wrap

from . import orders

TITLE = "REMOVAL ORDER (Article 3 of Regulation (EU) 2021/784)"


class Layout(Drawing):
    """`names`: ours, numbers, tips or nothing; `label`: above or left; `radio`: one group for the kind of issuer."""

    def __init__(self, names="ours", label="above", radio=False, printed=True, title=TITLE):
        super().__init__()
        self.names, self.label, self.radio, self.printed, self.count = names, label, radio, printed, 0
        self.title = title
        for name in (b"Helvetica", b"Helvetica-Bold"):
            self.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name)

    def named(self, field, option=None):
        self.count += 1
        tip = field.label if option is None else dict(field.options)[option]
        if self.names == "ours":
            return field.name + (f".{option}" if option else ""), ""
        if self.names == "numbers":
            letter = f"_{option}" if option else ""
            return field.number + letter, ""
        if self.names == "tips":
            return f"Field{self.count}", tip
        return f"Text{(self.count * 37) % 97}", ""

    def put_text(self, field, value):
        rows = wrap(value, 9.0, 300) if value else [""]
        left = MARGIN if self.label == "above" else MARGIN + 190
        room = WIDTH - MARGIN - left
        label = wrap(f"{field.label}:", 8.5, WIDTH - 2 * MARGIN if self.label == "above" else 180)
        height = 4 + 11.0 * len(rows)
        need = len(label) * 11.5 + height + 10 if self.label == "above" else max(len(label) * 11.5, height) + 10
        self.space(need)
        top = self.y
        for k, line in enumerate(label):
            self.show(line, MARGIN, top - 9 - k * 11.5)
        box_top = top - len(label) * 11.5 - 3 if self.label == "above" else top
        name, tip = self.named(field)
        box = (left, box_top - height, left + room, box_top)
        look = self.stream(b"/Type /XObject /Subtype /Form /BBox [0 0 10 10]", b"/Tx BMC EMC")
        self.widget(name, tip, box, b"/FT /Tx /Ff 4096 /V %s /AP << /N %d 0 R >>" % (unicode(value), look))
        self.y -= need

    def put_box(self, field, option, label, ticked):
        rows = wrap(label, 8.5, WIDTH - 2 * MARGIN - 16)
        self.space(len(rows) * 11.5 + 6)
        for k, line in enumerate(rows):
            self.show(line, MARGIN + 16, self.y - 9 - k * 11.5)
        name, tip = self.named(field, option)
        on, off = self.stream(b"/Subtype /Form", b"q Q"), self.stream(b"/Subtype /Form", b"")
        state = b"/On" if ticked else b"/Off"
        kind = b"/FT /Btn /V %s /AS %s /AP << /N << /On %d 0 R /Off %d 0 R >> >>" % (state, state, on, off)
        self.widget(name, tip, (MARGIN, self.y - 11, MARGIN + 10, self.y - 1), kind)
        self.y -= len(rows) * 11.5 + 6

    def space(self, need):
        if not self.pages or self.y - need < 50:
            self.pages.append(Page())
            self.y = HEIGHT - MARGIN
            self.show(self.title, MARGIN, self.y + 12)

    def show(self, line, x, y):
        if self.printed or line == self.title:
            self.pages[-1].content.append(b"BT /F1 8.5 Tf %.1f %.1f Td %s Tj ET" % (x, y, literal(line)))


def make(written, form=orders.FORM, **layout):
    """The order as a fillable PDF."""
    page = Layout(**layout)
    for section, _title in form.sections:
        page.space(30)
        page.show(f"SECTION {section}", MARGIN, page.y - 12)
        page.y -= 24
        for field in form.fields.values():
            if field.section != section or field.name not in written:
                continue
            value = written[field.name]
            if field.type == "tick":
                page.put_box(field, None, field.label, value)
            elif field.options:
                page.space(40)
                for k, line in enumerate(wrap(f"{field.label}:", 8.5, WIDTH - 2 * MARGIN)):
                    page.show(line, MARGIN, page.y - 9 - k * 11.5)
                page.y -= 12 * (1 + k) + 4
                for option, label in field.options:
                    page.put_box(field, option, label, option in (value if isinstance(value, list) else [value]))
            else:
                page.put_text(field, value)
    return page.finish("order")
