"""PDF in: what its pages show and ask. Form fields with their values, notes typed over them, ticks, and text by lines.

Pure, but only ever run in the limited child: a PDF may loop, lie about its size, or blow up. Pages, fields,
text and depth are bounded here, time and memory there.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from dataclasses import field as fresh
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from comity.reading import painted, steps, tables, typeset, xfa
from comity.reading.boxes import EMPTY, TICKED, UNCLEAR
from comity.reading.painted import resolved
from comity.reading.pieces import MARK_ONLY
from comity.reading.values import fold, words

END = b"%%EOF"
CUT_ENDS = (b"%%EO", b"%%E", b"%")  # with which the library goes on, too
MOST_PAGES = 60
MOST_WIDGETS = 2_000
MOST_DEPTH = 20
MOST_TEXT = 400_000
MOST_PACKETS = 100
MOST_OPTIONS = 500
PUSH = 1 << 16
HIDDEN, NO_VIEW = 1 << 1, 1 << 5
PENS = ("/Ink", "/Stamp", "/Line", "/PolyLine", "/Polygon", "/Circle", "/Square")
TICK = re.compile(r"[xX×✓✔✗✘☒☑√vV+•●]")
EMPTY_BOX = re.compile(r"^\s*[☐□▢❏❑⬜☒☑]\s*")
EMPTY_BOX_AFTER = re.compile(r"\s*[☐□▢❏❑⬜☒☑]\s*$")
WIDEST_TICK = 30.0
TALLEST = 260.0  # a field's value, rather than a page's content
FEWEST_TYPED = 3
MOST_HIDDEN, MOST_SUGGESTED = 20, 20_000
WIDEST_MARK, FARTHEST_MARK = 4, 40.0  # letters; points
SHOWN = 12  # letters of a value that tell it from another of the same beginning


@dataclass
class Widget:
    """One form field as it lies on a page; `box` is left, bottom, right, top in points.

    `ticked` is None for one that can be read two ways, whatever its kind; `note`: it was typed over the page.
    """

    page: int
    box: tuple[float, float, float, float]
    kind: str
    name: str
    tip: str
    text: str
    ticked: bool | None
    state: str
    note: bool = False


@dataclass
class TextLine:
    page: int
    left: float
    bottom: float
    size: float
    text: str
    end: float | None = None

    @property
    def right(self) -> float:
        """Where it ends: as measured, or for what was put in by us as most letters are wide."""
        return self.end if self.end is not None else self.left + len(self.text) * self.size * 0.48


@dataclass
class Overlaid:
    """Something drawn over a page, by hand or as a cross."""

    page: int
    box: painted.Box


@dataclass
class Pdf:
    """`lines` are all that is seen, `base` what is printed without values that were put in; `typed`, `ticks` and
    `squares` what was typed on the page, crosses outside of boxes, and boxes (with whether a pen crossed them);
    `columns` where the second begins of pages whose text is set in two."""

    widgets: list[Widget] = fresh(default_factory=list)
    lines: list[TextLine] = fresh(default_factory=list)
    base: list[TextLine] = fresh(default_factory=list)
    typed: list[Widget] = fresh(default_factory=list)
    ticks: list[Widget] = fresh(default_factory=list)
    squares: list[tuple[int, painted.Square, bool]] = fresh(default_factory=list)
    overlaid: list[Overlaid] = fresh(default_factory=list)
    rules: dict[int, tables.Rules] = fresh(default_factory=dict)
    columns: dict[int, float] = fresh(default_factory=dict)
    text: str = ""
    pages: int = 0
    images: bool = False
    dynamic: bool = False
    flags: set[str] = fresh(default_factory=set)


def parse(data: bytes) -> Pdf:
    """Widgets and lines of a PDF. Raises ValueError with a plain reason for what is no readable PDF."""
    out = Pdf()
    try:
        with steps.documents().counted():
            read_pages(data, out)
    except steps.TooMuch:
        out.flags.add("unread-attachment")
    except RecursionError as error:
        raise ValueError("the PDF is nested too deeply") from error
    except (
        PyPdfError,
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        IndexError,
        OSError,
        NotImplementedError,
    ) as error:
        if not out.pages:
            raise ValueError(f"the PDF cannot be read ({type(error).__name__})") from error
        out.flags.add("damaged-pdf")
    out.lines = as_read(out)
    out.text = "\n".join(line.text for line in out.lines)
    if "encrypted-attachment" in out.flags:
        return out
    if out.pages and not out.widgets and len(words(out.text)) < 5 and out.images:
        out.flags.add("scanned")
    elif out.pages and not out.widgets and not out.text.strip() and "unread-attachment" not in out.flags:
        out.flags.add("unreadable-attachment")
    return out


def as_read(out: Pdf) -> list[TextLine]:
    """All lines as they are read, page by page: where a page is set in two columns, one after the other."""
    around = tables.furniture(out.lines)
    pages = {number: [line for line in out.lines if line.page == number] for number in range(1, out.pages + 1)}
    kept = {number: [n for n, line in enumerate(page) if id(line) not in around] for number, page in pages.items()}
    for number, page in pages.items():
        at = tables.column(page, kept[number], out.rules.get(number) or tables.Rules())
        out.columns |= {number: at} if at is not None else {}
    for number, page in pages.items():
        found = (at for at in set(out.columns.values()) if tables.goes_on_in(at, page, kept[number]))
        at = out.columns.get(number) or next(found, None)
        out.columns |= {number: at} if at is not None else {}
    return [page[n] for number, page in pages.items() for n in ordered(out.columns.get(number), kept[number], page)]


def ordered(at: float | None, kept: list[int], page: list[TextLine]) -> list[int]:
    """The numbers of a page's lines as they are read; what is of no text comes last."""
    order = (tables.parted(at, kept, page) if at is not None else None) or []
    return [*order, *(n for n in range(len(page)) if n not in set(order))]


def read_pages(data: bytes, out: Pdf) -> None:
    """What each page shows and asks, as far as it gets. Raises ValueError for what has no end: the library would look
    for one backwards through all of it, for seconds where twenty megabytes hold none."""
    if END not in data and not data.rstrip().endswith(CUT_ENDS):
        raise ValueError("no end of a PDF")
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        out.flags.add("encrypted-attachment")
        return
    pages = leaves(reader)
    if len(pages) == MOST_PAGES:
        out.flags.add("unread-attachment")  # what stands on the pages after these is not looked at
    for number, page in enumerate(pages, start=1):
        out.pages = number
        read_page(page, number, out, reader)
    show_empty(out)
    packets = xfa_packets(reader)
    if packets and out.widgets:
        read_static(packets, out)
    elif packets:
        read_dynamic(packets, out)
    if out.widgets:
        over(out)


def xfa_packets(reader: PdfReader) -> bytes:
    """The XML of a dynamic form, which draws its pages from that and keeps its values in it; empty where none is."""
    form = resolved(resolved(reader.trailer["/Root"]).get("/AcroForm"))
    held = resolved(form.get("/XFA")) if isinstance(form, DictionaryObject) else None
    streams: list[Any] = [resolved(one) for one in held[1:MOST_PACKETS:2]] if isinstance(held, ArrayObject) else [held]
    return b"".join(bytes(one.get_data()) for one in streams if hasattr(one, "get_data"))


def read_dynamic(packets: bytes, out: Pdf) -> None:
    """The values of a dynamic form as fields by their names; what its pages show ("Please wait") says nothing."""
    out.dynamic = True
    captions = xfa.captions(packets)
    for path, value in list((xfa.fields(packets) or {}).items())[:MOST_WIDGETS]:
        name = path.rpartition(".")[2]
        out.widgets.append(Widget(1, (0, 0, 0, 0), "/Tx", path, captions.get(name, ""), value, False, ""))


def read_static(packets: bytes, out: Pdf) -> None:
    """The values that a form keeps beside its fields: an empty field's value, and what another must agree with."""
    told: dict[str, list[str]] = {}
    for path, value in list((xfa.fields(packets) or {}).items())[:MOST_WIDGETS]:
        told.setdefault(bare_name(path), []).append(value)
    for w in out.widgets:
        said = told.get(bare_name(w.name), [])
        if len(said) != 1 or not said[0] or w.kind == "/Sig":
            continue
        if w.kind == "/Btn":
            w.ticked = w.ticked if said[0] not in {"0", "1"} or w.ticked is (said[0] == "1") else None
        elif not w.text.strip():
            w.text = said[0]
        elif not same_text(w.text, said[0]):
            w.ticked = None
            out.flags.add("text-differs")
    out.flags |= {"unclear-boxes"} if any(w.kind == "/Btn" and w.ticked is None for w in out.widgets) else set()


def bare_name(path: str) -> str:
    """The last part of a field's path, without its count."""
    return re.sub(r"\[\d+\]", "", path.rpartition(".")[2])


def leaves(reader: PdfReader) -> list[DictionaryObject]:
    """The pages, by a walk of our own that no loop in the page tree can keep busy."""
    root = reader.trailer["/Root"]
    seen: set[int] = set()
    found: list[DictionaryObject] = []
    stack: list[tuple[Any, int]] = [(resolved(root).get("/Pages"), 0)]
    while stack and len(found) < MOST_PAGES and len(seen) < 10_000:
        node, depth = stack.pop()
        key = node.idnum if isinstance(node, IndirectObject) else id(node)
        if key in seen or depth > MOST_DEPTH:
            continue
        seen.add(key)
        node = resolved(node)
        if not isinstance(node, DictionaryObject):
            continue
        kids = resolved(node.get("/Kids"))
        if isinstance(kids, ArrayObject):
            stack += [(kid, depth + 1) for kid in reversed(kids[:MOST_PAGES])]
        else:
            found.append(node)
    if not found:
        raise ValueError("no pages")
    return page_objects(reader, found)


def page_objects(reader: PdfReader, found: list[DictionaryObject]) -> list[DictionaryObject]:
    from pypdf import PageObject

    out: list[DictionaryObject] = []
    for node in found:
        page = PageObject(reader, node.indirect_reference)
        page.update(node)
        inherit(page)
        out.append(page)
    return out


def inherit(page: DictionaryObject) -> None:
    """Resources and box may stand on a parent node; parents are followed a bounded number of steps."""
    node: Any = page
    for _ in range(MOST_DEPTH):
        node = resolved(node.get("/Parent")) if isinstance(node, DictionaryObject) else None
        if not isinstance(node, DictionaryObject):
            return
        for key in ("/Resources", "/MediaBox"):
            if key in node and key not in page:
                page[next(k for k in node if k == key)] = node.raw_get(key)


def read_page(page: Any, number: int, out: Pdf, reader: Any) -> None:
    """What one page shows, asks and was typed over with."""
    held = resolved(page.get("/Annots"))
    notes = [resolved(one) for one in held[:MOST_WIDGETS]] if isinstance(held, ArrayObject) else []
    notes = [one for one in notes if isinstance(one, DictionaryObject)]
    out.images = out.images or has_images(page)
    for note in notes:
        made = widget(note, number, reader, out.flags)
        if made and len(out.widgets) < MOST_WIDGETS:
            out.widgets.append(made)
    if sum(len(line.text) for line in out.lines) < MOST_TEXT:
        show(painted.page(page, reader), page, number, out, [one for one in notes if seen(one)], reader)


def show_empty(out: Pdf) -> None:
    """Boxes that are drawn and empty, as signs before their words: only where another is seen to be ticked, and no
    picture may hide a tick."""
    if out.images or not any(square.marked for _, square, _ in out.squares):
        return
    for number in sorted({page for page, _, _ in out.squares}):
        lines = [line for line in out.lines if line.page == number]
        first = next((n for n, line in enumerate(out.lines) if line.page == number), len(out.lines))
        for page, square, unclear in out.squares:
            if page == number and not square.marked:
                lines = with_marks(lines, [square.box], number, UNCLEAR if unclear else EMPTY)
        out.lines = [*out.lines[:first], *lines, *(line for line in out.lines[first:] if line.page != number)]


def seen(note: DictionaryObject) -> bool:
    """Whether an annotation is shown at all: neither hidden nor for no eye (ISO 32000-1, table 165)."""
    flags = resolved(note.get("/F"))
    return not (isinstance(flags, int) and flags & (HIDDEN | NO_VIEW))


def show(canvas: painted.Canvas, page: Any, number: int, out: Pdf, notes: list[DictionaryObject], reader: Any) -> None:
    """The lines of a page, and what lies on it as if on a form: notes, values that were flattened, ticks."""
    drawn = out.rules[number] = tables.rules(canvas.segments)
    lines = text_lines(canvas.page(reader), number, drawn, out.flags)
    if canvas.cut:
        out.flags.add("unread-attachment")
    values = [one for note in notes if (one := typed(note, number, reader))]
    apart = [(part, one) for part in canvas.parts if (one := flattened(part, number, reader))]
    values += [one for _, one in apart]
    pens = [box for note in notes if note.get("/Subtype") in PENS and (box := painted.box_of(note.get("/Rect")))]
    squares = canvas.squares()
    ticks, values = parted(values, lines, squares)
    for square in squares:
        square.marked = square.marked or any(painted.overlap(tick.box, square.box) for tick in ticks)
    loose = [tick for tick in ticks if not any(painted.overlap(tick.box, square.box) for square in squares)]
    out.overlaid += [Overlaid(number, box) for box in [*pens, *(tick.box for tick in ticks)]]
    out.squares += [(number, square, any(painted.near(box, square.box) for box in pens)) for square in squares]
    out.typed += values
    out.ticks += loose
    base = canvas.base(page, reader, [part for part, _ in apart]) if apart else canvas
    out.base += text_lines(base.page(reader), number, drawn)
    typed_lines = [line for one in values if one.note for line in lines_of(one)]
    marks = [square.box for square in squares if square.marked] + [tick.box for tick in loose]
    out.lines += with_marks(in_order([*lines, *typed_lines]), marks, number)


def typed(note: DictionaryObject, number: int, reader: Any) -> Widget | None:
    """What is typed on a page in a note of its own (FreeText)."""
    box = painted.box_of(note.get("/Rect"))
    if note.get("/Subtype") != "/FreeText" or box is None:
        return None
    said, look = written(resolved(note.get("/Contents"))).strip(), shown_by(note, reader)
    if said and look and not same_text(said, look):
        return Widget(number, box, "/Tx", "", "", said, None, "", note=True)
    return Widget(number, box, "/Tx", "", "", said or look, False, "", note=True) if said or look else None


def flattened(part: painted.Part, number: int, reader: Any) -> Widget | None:
    """The text of an object that is drawn in the place of a field."""
    if part.box[3] - part.box[1] > TALLEST:
        return None
    said = text_of(painted.alone(part.content, reader, part.resources))
    return Widget(number, part.box, "/Tx", "", "", said, False, "") if said else None


def parted(
    values: list[Widget], lines: list[TextLine], squares: list[painted.Square]
) -> tuple[list[Widget], list[Widget]]:
    """(ticks, other values): a cross is one in a box, or alone where a box may be."""
    ticks = [one for one in values if TICK.fullmatch(one.text.strip()) and one.box[2] - one.box[0] <= WIDEST_TICK]
    for line in list(lines):
        box = (line.left, line.bottom, line.left + line.size * 0.6 * len(line.text), line.bottom + line.size * 0.7)
        if TICK.fullmatch(line.text.strip()) and any(painted.overlap(box, square.box) for square in squares):
            ticks.append(Widget(line.page, box, "/Btn", "", "", line.text, True, ""))
            lines.remove(line)
    return ticks, [one for one in values if one not in ticks]


def lines_of(one: Widget) -> list[TextLine]:
    """A typed note as lines, the first at its top."""
    said = [line for line in one.text.split("\n") if line.strip()]
    high = min(12.0, (one.box[3] - one.box[1]) / max(1, len(said)))
    size = max(6.0, high * 0.75)
    return [
        TextLine(one.page, one.box[0] + 2, one.box[3] - high * (k + 0.85), size, line) for k, line in enumerate(said)
    ]


def in_order(lines: list[TextLine]) -> list[TextLine]:
    return sorted(lines, key=lambda line: (-round(line.bottom, 0), line.left))


def with_marks(lines: list[TextLine], marks: list[painted.Box], number: int, sign: str = TICKED) -> list[TextLine]:
    """Lines with a box before the words that each mark ticks, or instead of one that is empty in the text."""
    for box in marks:
        middle = (box[1] + box[3]) / 2
        level = [line for line in lines if line.bottom - 4 <= middle <= line.bottom + line.size + 3]
        right = [line for line in level if -2 <= line.left - box[0] < 60]
        left = [line for line in level if line.left < box[0]]
        if right:
            line = min(right, key=lambda one: one.left)
            line.text = f"{sign} {EMPTY_BOX.sub('', line.text)}"
        elif left:
            line = max(left, key=lambda one: one.left)
            line.text = f"{EMPTY_BOX_AFTER.sub('', line.text)} {sign}"
        else:
            lines.append(TextLine(number, box[0], box[1], 8.0, sign))
    return in_order(lines)


def over(out: Pdf) -> None:
    """What was typed or drawn over fields: a value for an empty one; over a full one, nobody knows which counts."""
    left = []
    for one in out.typed:
        under = [w for w in out.widgets if w.page == one.page and w.kind != "/Btn" and painted.overlap(one.box, w.box)]
        for w in under[:1]:
            if w.text.strip() and not same_text(w.text, one.text):
                w.ticked = None
                out.flags.add("text-differs")
            elif not w.text.strip():
                w.text, w.ticked = one.text, one.ticked
        left += [] if under or not one.note else [one]
    for w in out.widgets:
        marked = any(o.page == w.page and painted.near(o.box, w.box) for o in out.overlaid)
        if w.kind == "/Btn" and w.ticked is False and marked:
            w.ticked = None
            out.flags.add("unclear-boxes")
    out.widgets += left[: max(0, MOST_WIDGETS - len(out.widgets))]


def overlaid_form(out: Pdf) -> list[Widget]:
    """A form without fields, as the fields that its boxes and what was typed on it would be; empty where none is.

    An empty box is read as one only where another is seen to be ticked, and nothing may hide a tick.
    """
    ticked = [(n, s) for n, s, unclear in out.squares if s.marked and not unclear]
    made = list(out.typed) + [Widget(t.page, t.box, "/Btn", "", "", "", True, "") for t in out.ticks]
    if len(out.typed) < FEWEST_TYPED:
        return []
    for number, square, unclear in out.squares:
        if unclear:
            out.flags.add("unclear-boxes")
            made.append(Widget(number, square.box, "/Btn", "", "", "", None, ""))
        elif square.marked or (ticked and not out.images):
            made.append(Widget(number, square.box, "/Btn", "", "", "", square.marked, ""))
    return made[:MOST_WIDGETS]


def has_images(page: Any) -> bool:
    resources = resolved(page.get("/Resources"))
    objects = resolved(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    return isinstance(objects, DictionaryObject) and any(
        isinstance(o := resolved(objects.raw_get(key)), DictionaryObject) and o.get("/Subtype") == "/Image"
        for key in objects
    )


def text_lines(
    page: Any, number: int, drawn: tables.Rules | None = None, flags: set[str] | None = None
) -> list[TextLine]:
    """The lines of a page that are seen, with their places; none goes on over a rule. What a font shows as other
    letters than it says is left out, and flagged."""
    runs = typeset.runs(page)
    if flags is not None and any(run.lies for run in runs):
        flags.add("text-differs")
    seen = (run for run in runs if not run.hidden and not run.lies)
    found = typeset.lines(seen, (drawn or tables.Rules()).fenced)
    lines = [TextLine(number, line.left, line.bottom, line.size, line.text, line.right) for line in found]
    return marked(lines, drawn or tables.Rules())


def hidden(data: bytes) -> list[tuple[int, str]]:
    """The text that stands under the pictures of a scan, shown to nobody: what a machine took the letters for."""
    out: list[tuple[int, str]] = []
    try:
        with steps.documents().counted():
            reader = PdfReader(io.BytesIO(data), strict=False)
            for number, page in enumerate(leaves(reader)[:MOST_HIDDEN], start=1):
                runs = typeset.runs(painted.page(page, reader).page(reader))
                found = typeset.lines(run for run in runs if run.hidden)
                out += [(number, "\n".join(line.text for line in found)[:MOST_SUGGESTED])] if found else []
    except (steps.TooMuch, PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
        return out
    return out


def marked(lines: list[TextLine], drawn: tables.Rules) -> list[TextLine]:
    """Lines with the marks that stand before them on their height, whatever font a mark was taken from."""
    gone: set[int] = set()
    for mark in [line for line in lines if MARK_ONLY.fullmatch(line.text) and len(line.text) <= WIDEST_MARK]:
        middle = mark.bottom + mark.size * 0.35
        level = [
            line
            for line in lines
            if line is not mark
            and 0 <= line.left - mark.right < FARTHEST_MARK
            and abs(line.bottom + line.size * 0.35 - middle) < 0.6 * line.size
            and not drawn.fenced(mark.right, line.left, middle)
        ]
        if level:
            nearest = min(level, key=lambda line: line.left)
            nearest.text = f"{mark.text} {nearest.text}"
            gone.add(id(mark))
    return [line for line in lines if id(line) not in gone]


def text_of(page: Any) -> str:
    """The text of an object that was made a page."""
    return "\n".join(line.text for line in text_lines(page, 1)).strip()


def shown_by(note: DictionaryObject, reader: Any) -> str:
    """The text of an annotation's look; empty where it has none, or shows signs that aren't text."""
    looks = resolved(note.get("/AP"))
    look = resolved(looks.get("/N")) if isinstance(looks, DictionaryObject) else None
    if not isinstance(look, StreamObject):
        return ""
    said = text_of(painted.alone(look, reader, None))
    letters = sum(c.isalnum() or c.isspace() for c in said)
    return said if said and "\ufffd" not in said and letters * 2 >= len(said) else ""


def same_text(one: str, other: str) -> bool:
    """Whether two texts say the same, as far as the shorter goes: a field shows what has room in it."""
    a, b = ("".join(c for c in fold(text) if c.isalnum()) for text in (one, other))
    return a == b or (min(len(a), len(b)) > SHOWN and (a.startswith(b) or b.startswith(a)))


def inherited(note: DictionaryObject, key: str) -> Any:
    node: Any = note
    for _ in range(MOST_DEPTH):
        if not isinstance(node, DictionaryObject):
            return None
        if key in node:
            return resolved(node.raw_get(key))
        node = resolved(node.get("/Parent"))
    return None


def full_name(note: DictionaryObject) -> str:
    parts: list[str] = []
    node: Any = note
    for _ in range(MOST_DEPTH):
        if not isinstance(node, DictionaryObject):
            break
        if "/T" in node:
            parts.append(str(resolved(node.raw_get("/T")))[:200])
        node = resolved(node.get("/Parent"))
    return ".".join(reversed(parts))


def widget(note: DictionaryObject, page: int, reader: Any, flags: set[str]) -> Widget | None:
    """A form field as it lies on the page. Where what is stored and what is shown differ, it can be read both ways."""
    if note.get("/Subtype") != "/Widget":
        return None
    kind, pressed = str(inherited(note, "/FT")), inherited(note, "/Ff")
    box = painted.box_of(note.get("/Rect"))
    if box is None or (kind == "/Btn" and isinstance(pressed, int) and pressed & PUSH):
        return None
    name, tip = full_name(note), str(inherited(note, "/TU") or "")[:1_000]
    value = inherited(note, "/V")
    if kind == "/Btn":
        ticked, own = button(note, value)
        ticked = ticked if seen(note) or not ticked else None  # nobody sees that it is
        flags |= {"unclear-boxes"} if ticked is None else set()
        return Widget(page, box, kind, name, tip, "", ticked, own)
    if kind == "/Sig":
        return Widget(page, box, kind, name, tip, "" if value is None else "signed", False, "")
    text, sure = valued(note, value, reader)
    sure = sure and (seen(note) or not text.strip())
    flags |= set() if sure else {"text-differs"}
    return Widget(page, box, kind, name, tip, text, False if sure else None, "")


def valued(note: DictionaryObject, value: Any, reader: Any) -> tuple[str, bool]:
    """(the text of a field, whether nothing contradicts it): stored, shown only, or as its option is shown."""
    stored, shown = written(value), shown_by(note, reader)
    if not shown or same_text(stored, shown):
        return stored, True
    if not stored.strip():
        return shown, True
    options = inherited(note, "/Opt")
    for one in options[:MOST_OPTIONS] if isinstance(options, ArrayObject) else []:
        pair = resolved(one)
        if isinstance(pair, ArrayObject) and len(pair) == 2 and written(resolved(pair[0])) == stored:
            return (shown, True) if same_text(written(resolved(pair[1])), shown) else (stored, False)
    return stored, False


def written(value: Any) -> str:
    if isinstance(value, ArrayObject):
        return "\n".join(str(resolved(v)) for v in value[:100])[:50_000]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")[:50_000]
    get = getattr(value, "get_data", None)
    if get is not None:
        return bytes(get())[:50_000].decode("utf-8", "replace")
    text = "" if value is None else str(value)[:50_000]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def button(note: DictionaryObject, value: Any) -> tuple[bool | None, str]:
    """(ticked, the state that this box would have); None for a box that is stored as one thing and shown as another.

    What is stored is /V, of the whole group where there is one; what is shown is /AS, if the box has such a look.
    Neither counts more: a program that sets but one leaves a form on which people see what it didn't mean.
    """
    looks = resolved(note.get("/AP"))
    normal = resolved(looks.get("/N")) if isinstance(looks, DictionaryObject) else None
    names = [str(k).lstrip("/") for k in normal] if isinstance(normal, DictionaryObject) else []
    states = [name for name in names if name != "Off"]
    state = str(resolved(note.get("/AS")) or "").lstrip("/")
    own = state if state in states else states[0] if states else state if state != "Off" else ""
    shown = state != "Off" if state else None
    if shown and states and state not in states:
        return None, f"/{own}"  # it shows nothing, and isn't off
    stored = stored_as(note, value, own)
    said = {one for one in (shown, stored) if one is not None}
    if len(said) == 2 or stored is UNSURE:
        return None, f"/{own}" if own else ""
    return bool(said and said.pop()), f"/{own}" if own else ""


UNSURE = "unsure"


def stored_as(note: DictionaryObject, value: Any, own: str) -> bool | str | None:
    """Whether a box is stored as ticked; None where nothing is stored, UNSURE for a state that no box of it has."""
    said = written(value).strip().lstrip("/") if value is not None else ""
    if said in {"", "None"}:
        return None
    if said == own:
        return True
    if said in {"Off", "false"}:
        return False
    parent = resolved(note.get("/Parent"))
    kids = resolved(parent.get("/Kids")) if isinstance(parent, DictionaryObject) else None
    if isinstance(kids, ArrayObject) and len(kids) > 1 and "/T" not in note:
        return False  # the group's value names another of its boxes
    if not own:
        return said not in {"No", "0"}
    return False if said in {"No", "0"} else UNSURE
