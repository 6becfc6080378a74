"""Layouts of the second generator: one form, fifteen ways in which an office lays it out, and the mail around it.

A form is a list of blocks: a heading, a line with its value, a group of boxes, one box, a paragraph. Written without a
look at the reader or at the first generator.
"""

from __future__ import annotations

import html
import io
import random
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import typst


@dataclass
class Head:
    text: str


@dataclass
class Line:
    label: str
    values: list[str]


@dataclass
class Group:
    label: str
    boxes: list[tuple[bool, str]]


@dataclass
class Box:
    on: bool
    text: str


@dataclass
class Say:
    text: str


Block = Head | Line | Group | Box | Say


@dataclass
class Form:
    title: str
    law: str
    blocks: list[Block]
    annex: list[Block] = field(default_factory=list)


@dataclass
class Part:
    """What a form became: text, HTML, or a file."""

    text: str = ""
    html: str = ""
    file: tuple[str, bytes, str] | None = None


TICKS = [
    ("☒", "☐"),
    ("☑", "☐"),
    ("[x]", "[ ]"),
    ("[X]", "[  ]"),
    ("(X)", "( )"),
    ("■", "□"),
    ("✔", "☐"),
    ("⊠", "□"),
    ("[✓]", "[ ]"),
    ("●", "○"),
]


# ------------------------------------------------------------------------------------------------------- as plain text
def dotted(form: Form, rng: random.Random) -> Part:
    """`Name ........ value`, as typed on a typewriter."""
    width = rng.choice([66, 72, 78])
    on, off = rng.choice(TICKS[2:5])

    def line(block: Line) -> list[str]:
        wrapped = textwrap.wrap(block.label, width - 12) or [""]
        dots = "." * max(4, width // 2 - len(wrapped[-1]) - 2)
        first, *rest = block.values or [""]
        held = textwrap.wrap(first, 60, break_long_words=False, break_on_hyphens=False) or [""]
        lines = [*wrapped[:-1], f"{wrapped[-1]} {dots} {held[0]}".rstrip()]
        return lines + ["    " + one for one in [*held[1:], *rest]]

    return Part(text=typed(form, line, on, off, width))


def above(form: Form, rng: random.Random) -> Part:
    """The line, and under it what is filled in."""
    on, off = rng.choice(TICKS[:7])
    mark, stop = rng.choice(["    ", "  > ", "\t"]).replace(">", "–"), rng.choice([":", ""])

    def line(block: Line) -> list[str]:
        held = [
            part
            for one in block.values
            for part in textwrap.wrap(one, 72, break_long_words=False, break_on_hyphens=False)
        ]
        return [*textwrap.wrap(block.label + stop, 76), *(mark.replace("–", " ") + one for one in held or [""]), ""]

    return Part(text=typed(form, line, on, off, 76))


def piped(form: Form, rng: random.Random) -> Part:
    """A table drawn with dashes and bars."""
    on, off = rng.choice(TICKS[2:5])
    left, right = 34, rng.choice([46, 60])

    def line(block: Line) -> list[str]:
        a = textwrap.wrap(block.label, left)
        b = [
            part
            for one in block.values
            for part in (textwrap.wrap(one, right, break_long_words=False, break_on_hyphens=False) or [""])
        ]
        rows = max(len(a), len(b), 1)
        a, b = a + [""] * (rows - len(a)), b + [""] * (rows - len(b))
        return [f"| {one:<{left}} | {other:<{right}} |" for one, other in zip(a, b, strict=True)] + [
            f"+{'-' * (left + 2)}+{'-' * (right + 2)}+"
        ]

    return Part(text=typed(form, line, on, off, 76))


def counted(form: Form, rng: random.Random) -> Part:
    """Each line with its number: `3. Name: value`."""
    on, off = rng.choice(TICKS[:5])
    number = 0

    def line(block: Line) -> list[str]:
        nonlocal number
        number += 1
        return [
            f"{number}. {block.label}: {block.values[0] if block.values else ''}".rstrip(),
            *("   " + one for one in block.values[1:]),
        ]

    return Part(text=typed(form, line, on, off, 10_000))


def typed(form: Form, line: Callable[[Line], list[str]], on: str, off: str, width: int) -> str:
    out = [form.title, *textwrap.wrap("(" + form.law + ")", width), ""]
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Head):
            out += ["", *textwrap.wrap(block.text, width), "-" * min(width, 60)]
        elif isinstance(block, Line):
            out += line(block)
        elif isinstance(block, Say):
            out += [*textwrap.wrap(block.text, width, break_long_words=False, break_on_hyphens=False), ""]
        elif isinstance(block, Box):
            out += boxed(block.on, block.text, on, off, width)
        else:
            out += textwrap.wrap(block.label + ":", width)
            for ticked, text in block.boxes:
                out += boxed(ticked, text, on, off, width)
            out.append("")
    return "\n".join(out) + "\n"


def boxed(ticked: bool, text: str, on: str, off: str, width: int) -> list[str]:
    mark = on if ticked else off
    return textwrap.wrap(text, width, initial_indent=f" {mark} ", subsequent_indent=" " * (len(mark) + 2))


# -------------------------------------------------------------------------------------------------------------- as HTML
OUTLOOK = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head>'
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">'
    "<style><!-- p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;} --></style></head>"
    '<body lang=EN-GB link="#0563C1" style="word-wrap:break-word"><div class=WordSection1>'
)


def mso(text: str, bold: bool = False) -> str:
    held = html.escape(text).replace("  ", "&nbsp; ")
    words = held.split(" ")
    cut = len(words) // 2
    spans = (
        f"<span lang=FR>{' '.join(words[:cut])} </span><span lang=EN-US>{' '.join(words[cut:])}</span>"
        if cut
        else f"<span>{held}</span>"
    )
    return f"<p class=MsoNormal>{'<b>' if bold else ''}{spans}<o:p></o:p>{'</b>' if bold else ''}</p>"


def linked(text: str) -> str:
    """An address as Outlook makes a link of it; anything else as it is."""
    if text.startswith("https://") and " " not in text:
        return f'<p class=MsoNormal><a href="{html.escape(text)}"><span>{html.escape(text)}</span></a><o:p></o:p></p>'
    return mso(text)


def outlook(form: Form, rng: random.Random) -> Part:
    """A Word table pasted into a mail of Outlook's."""
    on, off = rng.choice(TICKS[:2] + TICKS[5:8])
    out = [
        OUTLOOK,
        mso(form.title, bold=True),
        mso("(" + form.law + ")"),
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0>",
    ]
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(
                f"<tr><td width=236 valign=top>{mso(block.label)}</td><td width=365 valign=top>{''.join(map(linked, block.values)) or '<p class=MsoNormal><o:p>&nbsp;</o:p></p>'}</td></tr>"
            )
        elif isinstance(block, Head):
            out.append(f"<tr><td colspan=2>{mso(block.text, bold=True)}</td></tr>")
        elif isinstance(block, Say):
            out.append(f"<tr><td colspan=2>{mso(block.text)}</td></tr>")
        else:
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            label = mso(block.label) if isinstance(block, Group) else ""
            held = "".join(
                f"<p class=MsoNormal><span style='font-family:\"MS Gothic\"'>{on if a else off}</span><span>&nbsp;{html.escape(b)}</span><o:p></o:p></p>"
                for a, b in boxes
            )
            out.append(f"<tr><td colspan=2>{label}{held}</td></tr>")
    return Part(html="".join(out) + "</table></div></body></html>")


def listed(form: Form, rng: random.Random) -> Part:
    """Lists of terms and values, without a table."""
    on, off = rng.choice(TICKS[:3])
    out = [f"<html><body><h1>{html.escape(form.title)}</h1><p><i>{html.escape(form.law)}</i></p><dl>"]
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(
                f"<dt><b>{html.escape(block.label)}</b></dt><dd>{'<br>'.join(map(html.escape, block.values))}</dd>"
            )
        elif isinstance(block, Head):
            out.append(f"</dl><h2>{html.escape(block.text)}</h2><dl>")
        elif isinstance(block, Say):
            out.append(f"</dl><p>{html.escape(block.text)}</p><dl>")
        else:
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            label = f"<p>{html.escape(block.label)}:</p>" if isinstance(block, Group) else ""
            items = "".join(f"<li>{on if a else off} {html.escape(b)}</li>" for a, b in boxes)
            out.append(f"</dl>{label}<ul style='list-style:none'>{items}</ul><dl>")
    return Part(html="".join(out) + "</dl></body></html>")


def bold_labels(form: Form, rng: random.Random) -> Part:
    """Bold labels before their values, line by line, in one layout table; boxes of a web form."""
    out = [
        f"<html><body><table role=presentation width=640><tr><td><p><strong>{html.escape(form.title)}</strong><br>{html.escape(form.law)}</p>"
    ]
    yes, no = rng.choice(
        [
            ('<input type="checkbox" checked disabled>', '<input type="checkbox" disabled>'),
            ("&#9745;", "&#9744;"),
            ("[x]", "[&nbsp;]"),
        ]
    )
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(
                f"<div><strong>{html.escape(block.label)}:</strong> {'<br>'.join(map(html.escape, block.values))}</div>"
            )
        elif isinstance(block, Head):
            out.append(f"<h3>{html.escape(block.text)}</h3>")
        elif isinstance(block, Say):
            out.append(f"<p>{html.escape(block.text)}</p>")
        else:
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            label = f"<div>{html.escape(block.label)}:</div>" if isinstance(block, Group) else ""
            out.append(
                label + "".join(f"<div><label>{yes if a else no} {html.escape(b)}</label></div>" for a, b in boxes)
            )
    return Part(html="".join(out) + "</td></tr></table></body></html>")


# -------------------------------------------------------------------------------------------------------------- as DOCX
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def run(text: str, rng: random.Random) -> str:
    """Text in runs, cut where Word's spelling check happened to cut it."""
    cut = rng.randrange(1, len(text)) if len(text) > 8 else 0
    parts = [text[:cut], text[cut:]] if cut else [text]
    return "".join(f'<w:r><w:t xml:space="preserve">{html.escape(one, quote=False)}</w:t></w:r>' for one in parts)


def para(held: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{held}</w:p>"


def tick_of(kind: int, on: bool) -> str:
    if kind == 0:
        return f'<w:r><w:sym w:font="Wingdings" w:char="{"F0FE" if on else "F0A8"}"/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
    if kind == 1:
        return f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(on)}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>{"☒" if on else "☐"}</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t xml:space="preserve"> </w:t></w:r>'
    if kind == 2:
        return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Check"/><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="0"/>{"<w:checked/>" if on else ""}</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
    return f'<w:r><w:t xml:space="preserve">{"☑" if on else "☐"} </w:t></w:r>'


def cell(held: str, span: int = 1) -> str:
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr>{wide}<w:tcW w:w="4500" w:type="dxa"/></w:tcPr>{held}</w:tc>'


def docx_of(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>',
        )
    return out.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_table(form: Form, rng: random.Random) -> Part:
    """One table: label left, value right; boxes by symbols, content controls or old form fields."""
    kind, rows = rng.randrange(4), []
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            values = "".join(para(run(one, rng)) for one in block.values) or para("")
            rows.append(cell(para(run(block.label, rng))) + cell(values))
        elif isinstance(block, Head | Say):
            rows.append(cell(para(run(block.text, rng)), 2))
        else:
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            label = para(run(block.label, rng)) if isinstance(block, Group) else ""
            rows.append(cell(label + "".join(para(tick_of(kind, a) + run(b, rng)) for a, b in boxes), 2))
    table = (
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="4500"/><w:gridCol w:w="4500"/></w:tblGrid>'
        + "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        + "</w:tbl>"
    )
    return Part(
        file=("order.docx", docx_of(para(run(form.title, rng), "Title") + para(run(form.law, rng)) + table), DOCX)
    )


def word_tabs(form: Form, rng: random.Random) -> Part:
    """Paragraphs with a tab and dotted leaders."""
    kind = rng.randrange(4)
    tabs = '<w:pPr><w:tabs><w:tab w:val="left" w:leader="dot" w:pos="5000"/></w:tabs></w:pPr>'
    out = [para(run(form.title, rng), "Title"), para(run(form.law, rng))]
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            held = "<w:r><w:br/></w:r>".join(run(one, rng) for one in block.values)
            out.append(f"<w:p>{tabs}{run(block.label + rng.choice(['', ':']), rng)}<w:r><w:tab/></w:r>{held}</w:p>")
        elif isinstance(block, Head):
            out.append(para(run(block.text, rng), "Heading1"))
        elif isinstance(block, Say):
            out.append(para(run(block.text, rng)))
        else:
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            if isinstance(block, Group):
                out.append(para(run(block.label + ":", rng)))
            out += [para(tick_of(kind, a) + run(b, rng)) for a, b in boxes]
    return Part(file=("order.docx", docx_of("".join(out)), DOCX))


def word_stacked(form: Form, rng: random.Random) -> Part:
    """A table of one column: the label, and under it in the same cell the value; an X in a narrow column for boxes."""
    rows = []
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            values = "".join(para(run(one, rng)) for one in block.values) or para("")
            rows.append(cell(para(run(block.label + ":", rng)) + values, 2))
        elif isinstance(block, Head | Say):
            rows.append(cell(para(run(block.text, rng)), 2))
        else:
            if isinstance(block, Group):
                rows.append(cell(para(run(block.label, rng)), 2))
            boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
            rows += [cell(para(run(b, rng))) + cell(para(run("X", rng) if a else "")) for a, b in boxes]
    table = (
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="8000"/><w:gridCol w:w="1000"/></w:tblGrid>'
        + "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        + "</w:tbl>"
    )
    return Part(file=("order.docx", docx_of(para(run(form.title, rng)) + para(run(form.law, rng)) + table), DOCX))


# --------------------------------------------------------------------------------------------------------------- as PDF
def literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def told(text: str) -> str:
    return f"#text({literal(text)})"


def values_of(block: Line) -> str:
    return " #linebreak() ".join(told(one) for one in block.values) or "~"


def sheet(form: Form, rng: random.Random, settings: str, body: list[str]) -> Part:
    font = rng.choice(["DejaVu Sans", "DejaVu Serif", "Libertinus Serif", "Noto Sans", "New Computer Modern"])
    size = rng.choice(["9pt", "10pt", "11pt"])
    source = (
        f'#set page(paper: "a4", margin: 2cm, {settings})\n#set text(font: "{font}", size: {size}, hyphenate: false)\n#align(center)[*{told(form.title)}* \\ {told("(" + form.law + ")")}]\n'
        + "\n".join(body)
    )
    made = typst.compile(source.encode(), format="pdf")
    return Part(file=("order.pdf", bytes(made), "application/pdf"))


def mark_of(kind: int, on: bool) -> str:
    if kind < 3:
        return told([("☒", "☐"), ("☑", "☐"), ("[X]", "[ ]")][kind][0 if on else 1])
    cross = (
        "#place(line(start: (0pt, 0pt), end: (8pt, 8pt), stroke: 0.8pt)) #place(line(start: (8pt, 0pt), end: (0pt, 8pt), stroke: 0.8pt))"
        if on
        else ""
    )
    return f"#box(width: 8pt, height: 8pt, stroke: 0.6pt)[{cross}]"


def boxes_of(block: Group | Box, kind: int) -> list[str]:
    boxes = block.boxes if isinstance(block, Group) else [(block.on, block.text)]
    label = [told(block.label + ":") + "\n"] if isinstance(block, Group) else []
    rows = ", ".join(f"[{mark_of(kind, a)}], [{told(b)}]" for a, b in boxes)
    return [*label, f"#grid(columns: (18pt, 1fr), row-gutter: 5pt, {rows})\n"]


def pdf_leaders(form: Form, rng: random.Random) -> Part:
    """Dotted leaders across the page."""
    kind, out = rng.randrange(4), []
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(
                f"#grid(columns: (1fr, 1fr), column-gutter: 4pt, [{told(block.label)} #box(width: 1fr, repeat[.])], [{values_of(block)}])\n"
            )
        elif isinstance(block, Head):
            out.append(f"#v(6pt) *{told(block.text)}*\n")
        elif isinstance(block, Say):
            out.append(told(block.text) + "\n")
        else:
            out += boxes_of(block, kind)
    return sheet(form, rng, "", out)


def pdf_columns(form: Form, rng: random.Random) -> Part:
    """Two columns of a page, small labels above what is filled in."""
    kind, out = rng.randrange(4), []
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(f"#block(breakable: false)[#text(size: 0.8em)[{told(block.label)}] \\ {values_of(block)}]\n")
        elif isinstance(block, Head):
            out.append(f"#block(fill: luma(220), inset: 3pt, width: 100%)[*{told(block.text)}*]\n")
        elif isinstance(block, Say):
            out.append(told(block.text) + "\n")
        else:
            out += boxes_of(block, kind)
    return sheet(form, rng, "columns: 2", out)


def pdf_table(form: Form, rng: random.Random) -> Part:
    """A ruled table: label left, value right, boxes across."""
    kind, rows = rng.randrange(4), []
    share = rng.choice(["(2fr, 3fr)", "(1fr, 1fr)", "(35%, 65%)"])
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            rows.append(f"[{told(block.label)}], [{values_of(block)}]")
        elif isinstance(block, Head):
            rows.append(f"table.cell(colspan: 2, fill: luma(230))[*{told(block.text)}*]")
        elif isinstance(block, Say):
            rows.append(f"table.cell(colspan: 2)[{told(block.text)}]")
        else:
            rows.append(f"table.cell(colspan: 2)[{' '.join(boxes_of(block, kind))}]")
    return sheet(
        form,
        rng,
        'footer: align(right)[#context counter(page).display("1 / 1", both: true)]',
        [
            f"#table(columns: {share}, stroke: {rng.choice(['0.5pt', '0.5pt + gray', 'none'])}, inset: 5pt, {', '.join(rows)})"
        ],
    )


def pdf_stacked(form: Form, rng: random.Random) -> Part:
    """Label in italics, under it the value between rules."""
    kind, out = rng.randrange(4), []
    for block in [*form.blocks, *form.annex]:
        if isinstance(block, Line):
            out.append(
                f"#block(breakable: false, stroke: (bottom: 0.4pt), width: 100%, inset: (bottom: 3pt))[_{told(block.label)}_ \\ {values_of(block)}]\n"
            )
        elif isinstance(block, Head):
            out.append(f"= {told(block.text)}\n")
        elif isinstance(block, Say):
            out.append(told(block.text) + "\n")
        else:
            out += boxes_of(block, kind)
    return sheet(form, rng, "", out)


LAYOUTS = [
    dotted,
    above,
    piped,
    counted,
    outlook,
    listed,
    bold_labels,
    word_table,
    word_tabs,
    word_stacked,
    pdf_leaders,
    pdf_columns,
    pdf_table,
    pdf_stacked,
]


# ------------------------------------------------------------------------------------------------------------- the mail
def letter_pdf(lines: list[str], rng: random.Random, letterhead: str) -> bytes:
    """A letter as a PDF: head, paragraphs."""
    font = rng.choice(["DejaVu Serif", "Libertinus Serif", "Noto Sans"])
    body = "\n\n".join(" \\ ".join(told(row) for row in one.split("\n")) for one in lines)
    source = f'#set page(paper: "a4", margin: (x: 2.2cm, y: 2.5cm))\n#set par(justify: {rng.choice(["true", "false"])})\n#set text(font: "{font}", size: 10.5pt, hyphenate: false)\n*{told(letterhead)}*\n\n{body}'
    return bytes(typst.compile(source.encode(), format="pdf"))


def letter_docx(lines: list[str], rng: random.Random, letterhead: str) -> bytes:
    def one(text: str) -> str:
        return para("<w:r><w:br/></w:r>".join(run(row, rng) for row in text.split("\n")))

    return docx_of(para(run(letterhead, rng)) + "".join(map(one, lines)))


def mail(sender: tuple[str, str], subject: str, at: datetime, part: list[Part], note: str, number: int) -> bytes:
    """The mail that brings it: proven by our server, dated as its office's clock goes."""
    name, address = sender
    domain = address.partition("@")[2]
    out = EmailMessage()
    out["Return-Path"] = f"<{address}>"
    out["Authentication-Results"] = (
        f"mx.plateforme.example; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    )
    out["From"] = f'"{name}" <{address}>'
    out["To"] = "authorities@plateforme.example"
    out["Subject"] = subject
    out["Date"] = format_datetime(at)
    out["Message-ID"] = f"<second-{number}@{domain}>"
    bodies = [one for one in part if one.file is None]
    if bodies and bodies[0].html:
        out.set_content(bodies[0].html, subtype="html")
    else:
        out.set_content(bodies[0].text if bodies else note)
    for one in part:
        if one.file:
            filename, raw, kind = one.file
            main, _, sub = kind.partition("/")
            out.add_attachment(raw, maintype=main, subtype=sub, filename=filename)
    return out.as_bytes()
