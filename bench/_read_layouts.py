"""A filled-in form as an office's programs set it: PDF by Typst, PDF with form fields, DOCX, HTML, and plain text.

Knows nothing of the reader. A form is a list of items: `("title", text)`, `("head", text)`, `("note", text)`,
`("line", label, values)`, `("boxes", label, [(text, ticked)])`, `("tick", text, ticked)`.
"""

from __future__ import annotations

import html
import io
import json
import random
import textwrap
import zipfile
from collections.abc import Sequence
from typing import Any

import typst
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

Item = tuple[Any, ...]
MARKS = [("☒", "☐"), ("☑", "☐"), ("[x]", "[ ]"), ("[X]", "[ ]"), ("■", "□"), ("(x)", "( )"), ("✔", "☐")]
FONTS = ["Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"]


# -- Typst --------------------------------------------------------------------------------------------------------------


def said(text: str) -> str:
    """A Typst expression that is a text."""
    return f"text({json.dumps(text, ensure_ascii=False)})"


def cell(lines: Sequence[str]) -> str:
    return "[" + "#linebreak()".join(f"#{said(line)}" for line in lines) + "]"


def drawn_mark(ticked: bool, way: str) -> str:
    """A box that is drawn by lines, as word processors and form designers do."""
    cross = {
        "cross": "place(line(start: (1pt, 1pt), end: (7pt, 7pt))); place(line(start: (1pt, 7pt), end: (7pt, 1pt)))",
        "check": "place(line(start: (1pt, 4pt), end: (3pt, 7pt))); place(line(start: (3pt, 7pt), end: (7pt, 1pt)))",
        "full": "place(dx: 1.5pt, dy: 1.5pt, rect(width: 5pt, height: 5pt, fill: black))",
    }[way]
    return f"#box(width: 8pt, height: 8pt, stroke: 0.6pt, {{ {cross if ticked else ''} }})"


def as_typst(items: list[Item], rnd: random.Random, kind: str) -> str:
    """`kind`: ruled, gutter, lines, above, paragraphs, striped."""
    font, size = rnd.choice(FONTS), rnd.choice([9, 9.5, 10, 10.5])
    left = rnd.choice(["42%", "38%", "50%", "35%"])
    stroke = {"ruled": "0.5pt", "striped": "none", "gutter": "none", "lines": "(bottom: 0.4pt)"}.get(kind, "0.5pt")
    fill = "(x, y) => if calc.odd(y) { luma(240) }" if kind == "striped" else "none"
    mark = rnd.choice(["cross", "check", "full", *["glyph"] * 4])
    on, off = rnd.choice([m for m in MARKS if m[0] in "☒☑■✔" or m[0].startswith("[")])
    colon = rnd.choice([":", ":", ""]) if kind in {"ruled", "above"} else ":"
    page = f'paper: "{rnd.choice(["a4", "a4", "us-letter"])}", margin: {rnd.choice(["2cm", "2.2cm", "1.8cm"])}'
    out = [
        f'#set page({page}, footer: align(center, text(size: 7pt, "{rnd.choice(["Seite", "Page", "p."])} 1")))',
        f'#set text(font: ("{font}", "DejaVu Sans", "Noto Sans Symbols2", "Noto Sans Symbols"), size: {size}pt)',
        f"#set par(justify: {rnd.choice(['true', 'false', 'false'])}, leading: {rnd.choice(['0.55em', '0.65em'])})",
    ]

    def ticked(text: str, yes: bool) -> str:
        box = drawn_mark(yes, mark) if mark != "glyph" else f"#{said(on if yes else off)}"
        return f"#grid(columns: (1.6em, 1fr), [{box}], [#{said(text)}])"

    rows: list[str] = []

    def table() -> None:
        if rows:
            pad = rnd.choice(["4pt", "5pt", "6pt"])
            out.append(
                f"#table(columns: ({left}, 1fr), stroke: {stroke}, fill: {fill}, inset: {pad}, {', '.join(rows)})"
            )
            rows.clear()

    tables = kind in {"ruled", "striped", "gutter", "lines"}
    for item in items:
        if item[0] == "title":
            out.append(f"#align(center, strong({said(item[1])}))")
        elif item[0] == "head":
            table()
            out.append(f"#v(4pt)\n#strong({said(item[1])})\n")
        elif item[0] == "note":
            table()
            out.append(f"#par({said(item[1])})")
        elif item[0] == "line" and tables:
            rows += [f"[#{said(item[1] + colon)}]", cell(item[2] or [""])]
        elif item[0] == "line" and kind == "above":
            body = cell(item[2] or [" "])
            out.append(f"#par({said(item[1] + colon)})\n#block(width: 100%, stroke: 0.5pt, inset: 4pt, {body})")
        elif item[0] == "line":
            out.append(f"#par([#{said(item[1] + ':')} #{cell(item[2] or [''])}])")
        elif item[0] == "boxes":
            each = "\n".join(ticked(text, yes) for text, yes in item[2])
            if tables:
                rows.append(f"table.cell(colspan: 2)[#{said(item[1] + ':')}]")
                rows += [f"table.cell(colspan: 2)[{ticked(text, yes)}]" for text, yes in item[2]]
            else:
                out.append(f"#par({said(item[1] + ':')})\n{each}")
        elif item[0] == "tick" and tables:
            rows.append(f"table.cell(colspan: 2)[{ticked(item[1], item[2])}]")
        else:
            out.append(ticked(item[1], item[2]))
    table()
    return "\n\n".join(out)


def pdf(items: list[Item], rnd: random.Random, kind: str) -> bytes:
    made = typst.compile(as_typst(items, rnd, kind).encode("utf-8"))
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return made


# -- PDF with form fields -----------------------------------------------------------------------------------------------


def name(text: str) -> NameObject:
    return NameObject(f"/{text}")


def box(*each: float) -> ArrayObject:
    return ArrayObject([FloatObject(one) for one in each])


class Fillable:
    """Pages of Helvetica with fields whose names say nothing."""

    def __init__(self, rnd: random.Random) -> None:
        self.rnd, self.writer, self.count = rnd, PdfWriter(), 0
        self.above = rnd.random() < 0.5
        self.fields = ArrayObject()
        self.new_page()

    def new_page(self) -> None:
        self.page = self.writer.add_blank_page(595, 842)
        self.page[name("Annots")] = ArrayObject()
        font = DictionaryObject({
            name("Type"): name("Font"), name("Subtype"): name("Type1"),
            name("BaseFont"): name("Helvetica"), name("Encoding"): name("WinAnsiEncoding"),
        })  # fmt: skip
        self.page[name("Resources")] = DictionaryObject({name("Font"): DictionaryObject({name("F1"): font})})
        self.content: list[bytes] = []
        self.y = 790.0

    def close(self) -> None:
        made = DecodedStreamObject()
        made.set_data(b"\n".join(self.content))
        self.page[name("Contents")] = self.writer._add_object(made)

    def room(self, need: float) -> None:
        if self.y - need < 50:
            self.close()
            self.new_page()

    def show(self, text: str, x: float, y: float, size: float = 9) -> None:
        raw = text.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        self.content.append(b"BT /F1 %.1f Tf %.1f %.1f Td (%s) Tj ET" % (size, x, y, raw))

    def field(self, rect: tuple[float, ...], **more: Any) -> None:
        self.count += 1
        kind = "Check" if more["FT"] == "Btn" else "Text"
        made = DictionaryObject({
            name("Type"): name("Annot"), name("Subtype"): name("Widget"), name("Rect"): box(*rect),
            name("T"): TextStringObject(f"{kind}{(self.count * 53) % 199}"), name("FT"): name(more["FT"]),
            name("F"): NumberObject(4),
        })  # fmt: skip
        if more["FT"] == "Btn":
            look = self.writer._add_object(DecodedStreamObject())
            states = DictionaryObject({name("Yes"): look, name("Off"): look})
            made[name("AP")] = DictionaryObject({name("N"): states})
            made[name("V")] = made[name("AS")] = name("Yes" if more["value"] else "Off")
        else:
            made[name("V")] = TextStringObject(more["value"])
            made[name("Ff")] = NumberObject(4096)
        held = self.writer._add_object(made)
        self.fields.append(held)
        self.page["/Annots"].append(held)

    def item(self, item: Item) -> None:
        if item[0] in {"title", "head", "note"}:
            for line in textwrap.wrap(item[1], 92):
                self.room(16)
                self.show(line, 50, self.y - 10, 11 if item[0] == "title" else 9)
                self.y -= 14
        elif item[0] == "line":
            self.line(item[1], item[2])
        elif item[0] == "boxes":
            rows = textwrap.wrap(item[1] + ":", 92)
            self.room(len(rows) * 12 + 30)
            for row in rows:
                self.show(row, 50, self.y - 10)
                self.y -= 12
            for text, yes in item[2]:
                self.tick(text, yes)
        else:
            self.tick(item[1], item[2])

    def line(self, label: str, values: list[str]) -> None:
        rows = textwrap.wrap(label + ":", 88 if self.above else 38)
        value = "\n".join(values)
        lines = sum(max(1, -(-len(one) // 52)) for one in values or [""])
        height = 8 + 11.0 * lines
        self.room(len(rows) * 11 + height + 14)
        top = self.y
        for k, row in enumerate(rows):
            self.show(row, 50, top - 10 - k * 11)
        begin = top - len(rows) * 11 - 4 if self.above else top - 1
        left = 50.0 if self.above else 250.0
        self.field((left, begin - height, 545, begin), FT="Tx", value=value)
        self.y = min(begin - height, top - len(rows) * 11) - 8

    def tick(self, text: str, yes: bool) -> None:
        rows = textwrap.wrap(text, 84)
        self.room(len(rows) * 11 + 8)
        for k, row in enumerate(rows):
            self.show(row, 68, self.y - 10 - k * 11)
        self.field((50, self.y - 12, 60, self.y - 2), FT="Btn", value=yes)
        self.y -= len(rows) * 11 + 7

    def finish(self) -> bytes:
        self.close()
        form = DictionaryObject({name("Fields"): self.fields})
        self.writer.root_object[name("AcroForm")] = self.writer._add_object(form)
        out = io.BytesIO()
        self.writer.write(out)
        return out.getvalue()


def fillable(items: list[Item], rnd: random.Random) -> bytes:
    made = Fillable(rnd)
    for item in items:
        made.item(item)
    return made.finish()


# -- DOCX ---------------------------------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def paragraph(text: str) -> str:
    runs = "<w:tab/>".join(
        f'<w:t xml:space="preserve">{html.escape(part)}</w:t>' if part else "" for part in text.split("\t")
    )
    return f"<w:p><w:r>{runs}</w:r></w:p>"


def table_cell(*paragraphs: str, span: int = 1) -> str:
    props = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>' if span > 1 else ""
    return f"<w:tc>{props}{''.join(paragraphs) or paragraph('')}</w:tc>"


def control(ticked: bool) -> str:
    """A box of a content control, as Word puts it."""
    sign = "☒" if ticked else "☐"
    state = f'<w14:checkbox><w14:checked w14:val="{int(ticked)}"/></w14:checkbox>'
    return f"<w:sdt><w:sdtPr>{state}</w:sdtPr><w:sdtContent><w:r><w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt>"


def docx(items: list[Item], rnd: random.Random, kind: str) -> bytes:
    """`kind`: table, x-column, controls, tabs, numbered."""
    on, off = rnd.choice(MARKS)
    body: list[str] = []
    rows: list[str] = []
    number = 0

    def row(*cells: str) -> None:
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")

    def boxed(text: str, yes: bool) -> None:
        mark = f'<w:p>{control(yes)}<w:r><w:t xml:space="preserve"> {html.escape(text)}</w:t></w:r></w:p>'
        if kind == "x-column":
            row(table_cell(paragraph(text), span=2), table_cell(paragraph("X" if yes else "")))
        elif kind == "controls":
            row(table_cell(mark, span=2))
        elif kind == "tabs":
            body.append(paragraph(f"{on if yes else off}\t{text}"))
        elif kind == "numbered":
            row(table_cell(paragraph(on if yes else off)), table_cell(paragraph(text), span=2))
        else:
            row(table_cell(paragraph(f"{on if yes else off} {text}"), span=2))

    def flush() -> None:
        if rows:
            body.append(f"<w:tbl>{''.join(rows)}</w:tbl>")
            rows.clear()

    for item in items:
        if item[0] in {"title", "head", "note"}:
            flush()
            body.append(paragraph(item[1]))
        elif item[0] == "line":
            number += 1
            values = [paragraph(one) for one in item[2]]
            if kind == "tabs":
                body += [paragraph(f"{item[1]}:\t{item[2][0] if item[2] else ''}"), *values[1:]]
            elif kind == "numbered":
                row(table_cell(paragraph(f"{number}.")), table_cell(paragraph(f"{item[1]}")), table_cell(*values))
            else:
                row(table_cell(paragraph(f"{item[1]}:")), table_cell(*values))
        elif item[0] == "boxes":
            if kind == "tabs":
                body.append(paragraph(f"{item[1]}:"))
            else:
                row(table_cell(paragraph(f"{item[1]}:"), span=3))
            for text, yes in item[2]:
                boxed(text, yes)
        else:
            boxed(item[1], item[2])
    flush()
    document = f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{"".join(body)}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", document)
    return out.getvalue()


# -- HTML and text ------------------------------------------------------------------------------------------------------


def markup(items: list[Item], rnd: random.Random, kind: str) -> str:
    """`kind`: table, list, divs."""
    on, off = rnd.choice(MARKS)
    out: list[str] = []
    rows: list[str] = []

    def flush() -> None:
        if rows:
            out.append(f'<table border="1">{"".join(rows)}</table>' if kind == "table" else f"<dl>{''.join(rows)}</dl>")
            rows.clear()

    def put(text: str) -> None:
        if kind == "table":
            rows.append(f'<tr><td colspan="2">{html.escape(text)}</td></tr>')
        else:
            flush()
            out.append(f"<div>{html.escape(text)}</div>")

    for item in items:
        if item[0] in {"title", "head", "note"}:
            flush()
            tag = {"title": "h2", "head": "h3", "note": "p"}[item[0]]
            out.append(f"<{tag}>{html.escape(item[1])}</{tag}>")
        elif item[0] == "line":
            label, value = html.escape(item[1]), "<br>".join(map(html.escape, item[2]))
            if kind == "table":
                rows.append(f"<tr><th>{label}</th><td>{value}</td></tr>")
            elif kind == "list":
                rows.append(f"<dt>{label}:</dt><dd>{value}</dd>")
            else:
                out.append(f"<div><b>{label}:</b> {value}</div>")
        elif item[0] == "boxes":
            put(f"{item[1]}:")
            for text, yes in item[2]:
                put(f"{on if yes else off} {text}")
        else:
            put(f"{on if item[2] else off} {item[1]}")
    flush()
    return f"<html><body>{''.join(out)}</body></html>"


def text(items: list[Item], rnd: random.Random, kind: str) -> str:
    """`kind`: plain, wrapped, below, piped."""
    on, off = rnd.choice([mark for mark in MARKS if mark[0].startswith(("[", "(", "☒"))])
    out: list[str] = []

    def put(line: str, indent: str = "") -> None:
        if kind == "wrapped":
            out.extend(
                textwrap.wrap(line, 76, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
            )
        else:
            out.append(line)

    for item in items:
        if item[0] in {"title", "head", "note"}:
            out.append("")
            put(item[1])
        elif item[0] == "line":
            values = item[2] or [""]
            if kind == "piped":
                out.extend(f"| {item[1] if not k else ''} | {value} |" for k, value in enumerate(values))
            elif kind == "below" or len(values) > 1:
                put(f"{item[1]}:")
                out.extend(f"    {value}" for value in item[2])
            else:
                put(f"{item[1]}: {values[0]}".rstrip(), "    ")
        elif item[0] == "boxes":
            put(f"{item[1]}:")
            for words, yes in item[2]:
                put(f"{on if yes else off} {words}", "    ")
        else:
            put(f"{on if item[2] else off} {item[1]}", "    ")
    return "\n".join(out).strip() + "\n"
