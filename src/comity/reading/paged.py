"""The text of a PDF in pieces: line by line, and cell by cell where it stands in tables, over the end of a page too."""

import itertools
from dataclasses import replace

from comity.reading import tables
from comity.reading.ending import UNFINISHED
from comity.reading.pdf import Pdf, TextLine
from comity.reading.pieces import MARK, Piece, pieces, together

ENDS = (":", "?", ")", ".")
SAME, NEXT = 3.0, 2.6  # points; heights of letters
BAND = 24.0  # points; hardly a letter is taller
HABIT = 0.8  # of the labels end with a colon


def as_pieces(pdf: Pdf) -> list[Piece]:
    """The text of a PDF without form fields: line by line, and cell by cell where it stands in tables."""
    out: list[Piece] = []
    number = 0
    around = tables.furniture(pdf.lines)
    margins = tables.edges(pdf.lines)
    for page in range(1, pdf.pages + 1):
        lines = [line for line in pdf.lines if line.page == page]
        kept = [n for n, line in enumerate(lines) if id(line) not in around]
        plain: list[int] = []
        for one in tables.rows(lines, kept, pdf.rules.get(page) or tables.Rules(), pdf.columns.get(page)):
            if isinstance(one, int):
                plain.append(one)
                continue
            out += as_lines(plain, lines, page, margins, pdf.columns.get(page))
            goes_on = page > 1 and not plain and not any(piece.page == page for piece in out)
            plain = []
            number += 1
            out += with_row_above(out, one, lines, page, number) if goes_on else as_cells(one, lines, page, number)
        out += as_lines(plain, lines, page, margins, pdf.columns.get(page))
    return broken_over_pages(out)


def broken_over_pages(out: list[Piece]) -> list[Piece]:
    """Cells, those last on a page marked as going on where they may: a word is cut, or the first row of the next
    page may be their rest."""
    for n, (piece, after) in enumerate(itertools.pairwise(out)):
        if not piece.box or not piece.box[1] or after.page == piece.page or after.box == piece.box:
            continue
        if piece.text.endswith("-") or not piece.text.strip() or may_go_on(out, n):
            out[n] = replace(piece, full=True)
    return out


def may_go_on(out: list[Piece], n: int) -> bool:
    """Whether a cell may go on in the first row of the next page: that row has no label, or nothing says that the label
    above has ended, and its last word asks for another or the next one begins in a small letter."""
    row, below = (out[n].box or (0, 0))[0], out[n + 1].box
    label = next((piece.text.rstrip() for piece in reversed(out[:n]) if piece.box == (row, 0)), "")
    if below is None or label.endswith(ENDS):
        return False
    first = next((piece.text.strip()[:1] for piece in out[n + 1 :] if piece.box == (below[0], 0)), "")
    return not first or first.islower() or bool(UNFINISHED.search(label)) or label_is_open(out, n)


def label_is_open(out: list[Piece], n: int) -> bool:
    """Whether the label of a cell has no end, while those of the others have one."""
    box = out[n].box or (0, 0)
    labels = {piece.box: piece.text.rstrip() for piece in out if piece.box and piece.box[1] == 0}
    own = labels.pop((box[0], 0), "")
    named = [text for text in labels.values() if not MARK.search(text)]
    habit = bool(named) and sum(text.endswith((":", "?")) for text in named) >= HABIT * len(named)
    return habit and bool(own) and not own.endswith(ENDS)


def as_lines(
    plain: list[int], lines: list[TextLine], page: int, margins: tables.Edges, at: float | None
) -> list[Piece]:
    """Lines that stand in no table; each keeps its number on the page, and tells whether it was full. `at`: where the
    second of two columns begins."""
    full, said, under = (
        list[bool](),
        list[str](),
        [False, *(stacked(lines[a], lines[b]) for a, b in itertools.pairwise(plain))],
    )
    for n, after in itertools.zip_longest(plain, plain[1:]):
        limit = tables.edge(margins, lines[n])
        full.append(after is not None and tables.wraps(lines[n], lines[after], limit))
        broken = after is not None and "://" in lines[n].text and tables.breaks(lines[n], lines[after], limit)
        said.append(lines[n].text + ("\u200b" if broken else ""))
    found = pieces("\n".join(said), page)
    beside = with_others(plain, lines, told=at is not None)
    return [
        replace(
            piece,
            line=plain[piece.line - 1] + 1,
            full=full[piece.line - 1],
            under=under[piece.line - 1],
            beside=beside[piece.line - 1],
            column=0 if at is None else 1 + (lines[plain[piece.line - 1]].left >= at - tables.SLACK),
        )
        for piece in found
    ]


def with_others(plain: list[int], lines: list[TextLine], *, told: bool) -> list[bool]:
    """Of lines, whether another stands beside each: on its height, or, where nobody has told the columns of a page
    (`told`), a little higher or lower, for two columns needn't share a grid."""
    near: dict[int, list[int]] = {}
    for n in plain:
        for band in (-1, 0, 1):
            near.setdefault(int(lines[n].bottom // BAND) + band, []).append(n)
    each = ((n, near[int(lines[n].bottom // BAND)]) for n in plain)
    return [any(k != n and level(lines[n], lines[k], told=told) for k in some) for n, some in each]


def level(one: TextLine, other: TextLine, *, told: bool) -> bool:
    """Whether a line stands beside another; `with_others` says how near to its height."""
    apart = not told and (one.right <= other.left or other.right <= one.left)
    return abs(one.bottom - other.bottom) < (max(one.size, other.size) if apart else SAME / 2)


def stacked(above: TextLine, below: TextLine) -> bool:
    """Whether a line stands right under another, at the same margin: it is of no other column."""
    return abs(above.left - below.left) < SAME and 0 < above.bottom - below.bottom < NEXT * max(above.size, below.size)


def with_row_above(out: list[Piece], row: tables.Row, lines: list[TextLine], page: int, number: int) -> list[Piece]:
    """The first row of a page, of the row above it where it has no label, or where the label above had no end: a row
    may be broken between two pages. The rest of a label is put where the label stands."""
    made = as_cells(row, lines, page, number)
    last = next((n for n in range(len(out) - 1, -1, -1) if out[n].text.strip()), None)
    above = out[last].box if last is not None else None
    if last is None or above is None or above[1] == 0:
        return made
    said = [piece for piece in made if piece.text.strip()]
    label = [piece for piece in said if piece.box and piece.box[1] == 0]
    if label and not (len(row) == above[1] + 1 and label_is_open(out, last)):
        return made
    head = max((n + 1 for n in range(len(out)) if out[n].box == (above[0], 0)), default=0)
    if label and head:
        out[head:head] = [replace(piece, box=(above[0], 0)) for piece in label]
    return [replace(piece, box=above) for piece in said if piece not in label]


def as_cells(row: tables.Row, lines: list[TextLine], page: int, number: int) -> list[Piece]:
    """The cells of one row; a mark or a number that has a cell for itself stands before what it marks or counts."""
    first = min((n for cell in row for n in cell), default=0)
    cells = together([unbroken(cell, lines) for cell in row], (first, ""))
    return [Piece(text, n + 1, page, True, (number, column)) for column, cell in enumerate(cells) for n, text in cell]


def unbroken(cell: list[int], lines: list[TextLine]) -> list[tuple[int, str]]:
    """The lines of a cell; where an address was broken for want of room, a sign says so (`urls.goes_on`)."""
    limit = max((lines[n].right for n in cell), default=0.0)
    out: list[tuple[int, str]] = []
    address = False
    for n, after in itertools.zip_longest(cell, cell[1:]):
        tail = lines[n].text.split()[-1]
        address = "://" in tail or (address and len(lines[n].text.split()) == 1)
        broken = address and after is not None and tables.breaks(lines[n], lines[after], limit)
        out.append((n, lines[n].text + ("\u200b" if broken else "")))
        address = broken
    return out
