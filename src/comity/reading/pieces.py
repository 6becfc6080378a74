"""A text in pieces, as labels are looked for in it: lines and cells of tables, tick boxes apart; and what heads each.

Pure. Quote marks and the header blocks of forwarded mails say nothing about an order and are gone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from comity.reading.form import Form, load

MOST_PIECES = 12_000
# How `docx` and `markup` tell a table's rows and cells within a text; to everybody else they are blanks.
ROW, CELL = "\x1f\x1f", "\t\x1f"
PARTS = re.compile(f"({ROW}|{CELL})")
TICK = r"\[\s*(?:[xXvVyY√•●✓✔✗✘*+]|yes|no)?\s*\]|\(\s*[xX✓✔]?\s*\)(?!\()|\[_+\]|[☐☑☒□■▢✓✔✗✘❏❑⬜✅🗹🗷⊠⊗⌧☓✖✕❎◻▫⬚⬛◼⮽🗵]"
TICKED = re.compile(r"[xXvVyY√•●✓✔✗✘*+☑☒■✅🗹🗷⊠⊗⌧☓✖✕❎⬛◼⮽🗵]|yes")
MARK = re.compile(TICK)
LEADING = re.compile(rf"\s*(?P<mark>{TICK}|[xX](?=\s+[^\W\d_]{{3}})|(?:[Yy]es|YES|[Nn]o|NO)(?=\s*[:–—-]\s+\S))\s*")
BULLET = re.compile(r"\s*(?:[-–—*•·▪◦#>:]+\s+|\*\*|__)")
STRANGE = re.compile(r"\s*\[[^\]\s\w]{1,3}\]\s+")
# A sign before words that may be a box, and that nobody knows: whether it is ticked isn't read.
ODD = re.compile(r"\s*(?:[\u2190-\u2bff\U0001f000-\U0001faff\ue000-\uf8ff]\ufe0f?)\s+(?=[^\W\d_])")
COUNT = re.compile(r"\s*\(?(?:\d{1,2}|[a-hA-H]|[ivx]{1,4})[.)]\s+|\s*\((?:\d{1,2}|[a-h]|[ivx]{1,4})\)\s*")
RULE = re.compile(r"^[\s\-=_*#~+.·—–]{3,}$")
# Dots that lead from a label to what is filled in.
LEADER = re.compile(r"(?<=[^\W_]|[)\]’'»\":°])(?:[ \t]*(?:(?:\.[ ]?){5,}|[…·]{3,})|[ \t]+\.{4,}(?![^\s]))[ \t]*")
MARK_ONLY = re.compile(r"(?:[☐☑☒✓✔✗✘□■▢❏❑⬜xX]|\[\s?[xXvV✓✔✗✘]?\s?\]|\(\s?[xX✓✔]?\s?\))")
NUMBER_ONLY = re.compile(r"\(?(?:[A-Z][.\- ]?)?(?:\d{1,2}|[ivx]{1,4}|[a-h])?[.):]?")
HEADER = re.compile(
    r"^\W*(from|to|sent|date|subject|cc|reply-to|von|an|gesendet|betreff|de|à|envoyé|objet|para|enviado|asunto|fecha|da|a|inviato|oggetto|data)\s?:\s",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """One line or table cell as a reader sees it; `line` counts from 1 within its part or page; `cell`: of a table.

    `box`: the row and column of a cell whose bounds are known, so that what stands in it is all of it; `full`: whether
    what stands below had no room left in this line (None where lengths aren't known); `under`: it stands right under
    the piece before, at the same margin; `beside`: another stands on its height; `column`: the first or second one of a
    page whose text is set in two.
    """

    text: str
    line: int
    page: int | None = None
    cell: bool = False
    box: tuple[int, int] | None = None
    full: bool | None = None
    under: bool = False
    beside: bool = False
    column: int = 0


def pieces(text: str, page: int | None = None) -> list[Piece]:
    """Lines of a text, quote marks off, cells apart, tick boxes apart, forwarded headers blanked."""
    out: list[Piece] = []
    lines = rounded(text.splitlines()[:MOST_PIECES])
    rows = Rows(page, grid=sum(bool(GRID.match(line)) for line in lines) >= FEWEST_GRID)
    for number, raw in enumerate(lines, start=1):
        line = unicodedata.normalize("NFC", re.sub(r"^(?:\s?>)+ ?", "", raw[:20_000]).replace("\u00a0", " "))
        if rows.open or ROW in line:
            out += rows.take(line, number)
        elif PIPED.match(line):
            out += rows.piped(line, number)
        else:
            out += rows.last_piped()
            out += of_line(line, number, page)
        if len(out) > MOST_PIECES:
            break
    return without_headers([*out, *rows.last_piped(), *rows.end()][:MOST_PIECES])


FULL, HOLLOW = "●◉⦿⚫⬤🔘", "○◯⚪❍"
ROUND = re.compile(rf"^(?P<before>[\s>|]*)(?P<sign>[{FULL}{HOLLOW}])(?=\s)")


def rounded(lines: list[str]) -> list[str]:
    """Round signs as boxes, where full and hollow ones stand before lines: full ones alone count a list."""
    found = {m["sign"] in FULL for line in lines if (m := ROUND.match(line))}
    if len(found) < 2:
        return lines
    return [ROUND.sub(lambda m: m["before"] + ("☒" if m["sign"] in FULL else "☐"), line) for line in lines]


def led(line: str) -> str:
    """A line whose dotted leaders are a colon, as wide as they were."""
    if "...." not in line and "……" not in line and ". . ." not in line and "···" not in line:
        return line
    return LEADER.sub(
        lambda found: (" " if found.string[found.start() - 1] == ":" else ":") + " " * (len(found[0]) - 1), line
    )


def of_line(line: str, number: int, page: int | None) -> list[Piece]:
    """A line that stands in no table whose rows are told: its cells by tabs, its boxes apart."""
    line = led(re.sub(r"^\t+", lambda found: "    " * len(found[0]), line))
    table = "\t" in line
    out: list[Piece] = []
    for cell in re.split(r"\t+", line) if table else [line]:
        parts = split_marks(cell) if MARK.search(cell) else [cell]
        out += [Piece(part.rstrip(), number, page, table) for part in parts]
    return out


GRID = re.compile(r"[\s>]*\+[-=]{3,}(?:\+[-=]{3,})+\+?\s*$")  # between the rows of a table drawn by signs
LAYOUT = 12  # lines; no cell of a form holds so many
FEWEST_GRID = 4  # from so many on, one stands under every row
PIPED = re.compile(r"\s*\|[^|]*\||[^|]*\S\s\|\s[^|]*")


class Rows:
    """Rows of tables as they come, line by line."""

    def __init__(self, page: int | None, *, grid: bool = False) -> None:
        self.page, self.number, self.open, self.grid = page, 0, False, grid
        self.cells: list[list[Numbered]] = [[]]
        self.pipes: list[list[Numbered]] = []

    def take(self, line: str, number: int) -> list[Piece]:
        """A line that is of a row, or in which one begins."""
        out = self.last_piped()
        for part in PARTS.split(line):
            if part == ROW:
                out += self.end() if self.open else []
                self.open = not self.open
            elif part == CELL and self.open:
                self.cells.append([])
            elif part.strip() and self.open:
                self.cells[-1] += [(number, one.strip()) for one in re.split(r"\t+", part) if one.strip()]
            elif part.strip():
                out += of_line(part, number, self.page)
        return out

    def end(self) -> list[Piece]:
        """The row that ends here, as its cells."""
        cells, self.cells = self.cells, [[]]
        return self.made(cells) if any(cells) else []

    def made(self, cells: list[list[Numbered]]) -> list[Piece]:
        self.number += 1
        if len(cells) == 1 and len(cells[0]) >= LAYOUT:  # a table that only lays out what stands in it
            each = (one for number, text in cells[0] for one in of_line(text, number, self.page))
            return [replace(one, full=False) for one in each]  # markup ends a line where the writer did
        first = next((number for cell in cells for number, _ in cell), 1)
        out: list[Piece] = []
        for column, cell in enumerate(together(cells, (first, ""))):
            for number, text in cell:
                parts = split_marks(text) if MARK.search(text) else [text]
                out += [Piece(part.strip(), number, self.page, True, (self.number, column)) for part in parts]
        return out

    def piped(self, line: str, number: int) -> list[Piece]:
        """A row between upright strokes; one whose first cell is empty goes on with the row above, and so does each up
        to the next stroke across where one stands under every row."""
        said = [part.strip() for part in line.strip().strip("|").split("|")]
        cells = [[(number, part)] if part else [] for part in said]
        if all(not part or RULE.match(part) or set(part) <= set("-+=: ") for part in said):
            return self.last_piped()
        if self.pipes and (self.grid or not cells[0]) and len(cells) == len(self.pipes):
            for held, more in zip(self.pipes, cells, strict=True):
                held += more
            return []
        out = self.last_piped()
        self.pipes = cells
        return out

    def last_piped(self) -> list[Piece]:
        cells, self.pipes = self.pipes, []
        return self.made(cells) if any(cells) else []


Numbered = tuple[int, str]


def together(cells: list[list[Numbered]], nothing: Numbered) -> list[list[Numbered]]:
    """Cells with what belongs to them: a mark goes before the words of the next cell, or after those of the last one
    before it; a number that counts a label goes before it. An empty cell holds `nothing`."""
    out: list[list[Numbered]] = []
    before: list[str] = []
    for k, cell in enumerate(cells):
        said = " ".join(text for _, text in cell).strip()
        later = any(text.strip() for more in cells[k + 1 :] for _, text in more)
        if MARK_ONLY.fullmatch(said) and (later or out):
            if later:
                before.append(said)
            elif said in "xX✓✔✗✘":
                out.append(cell)  # a column of ticks beside what they tick
            else:
                n, text = out[-1][-1]
                out[-1][-1] = (n, f"{text} {said}")
        elif not out and len(cells) > 2 and later and said and NUMBER_ONLY.fullmatch(said):
            before.append(said)
        elif before and cell:
            out.append([(cell[0][0], " ".join([*before, cell[0][1]])), *cell[1:]])
            before = []
        else:
            out.append(cell or [nothing])
    return out


def split_marks(cell: str) -> list[str]:
    """`[ ] judge [x] police` as two pieces, also where the mark stands after its words."""
    each = [m for m in MARK.finditer(cell) if m[0] not in "()" or m[0].strip("() ")]
    # of two with nothing between them nobody knows which counts (`start_of`)
    marks = [m for n, m in enumerate(each) if not n or cell[each[n - 1].end() : m.start()].strip()]
    if not marks or (len(marks) == 1 and not re.search(r"[:：]\s*$", cell[: marks[0].start()])):
        return [cell]
    trailing = not cell[marks[-1].end() :].strip() and cell[: marks[0].start()].strip() != ""
    trailing = trailing and not re.search(r"[:：]\s*$", cell[: marks[0].start()])
    cuts = [m.end() if trailing else m.start() for m in marks]
    edges = [0, *cuts, len(cell)]
    return [cell[a:b] for a, b in itertools.pairwise(edges) if cell[a:b].strip()]


def without_headers(lines: list[Piece]) -> list[Piece]:
    """The header block of a forwarded mail says nothing about the order: its Date is not the order's."""
    out = list(lines)
    for i, piece in enumerate(lines):
        around = [p.text for p in lines[max(0, i - 4) : i + 5] if p.line != piece.line]
        mine = HEADER.match(piece.text)
        kinds = {m[1].lower() for text in around if (m := HEADER.match(text))}
        if mine and len(kinds - {mine[1].lower()}) >= 2:
            out[i] = Piece("", piece.line, piece.page)
    return out


@dataclass
class Start:
    """The head of a piece taken apart: mark, the annex's number, and where the words begin."""

    at: int
    mark: bool | None
    number: str | None
    number_end: int
    number_colon: bool
    letter: int = 0


@cache
def numbers(form_id: str) -> re.Pattern[str]:
    """The numbers of a form's fields: a letter and a count, or as it stands in the form (`D.c.ii`)."""
    form = load(form_id)
    odd = [f.number for f in form.fields.values() if not re.fullmatch(r"[A-Z]\.\d+", f.number)]
    odd = [re.escape(one) + r"(?![.\w])" for one in sorted(odd, key=len, reverse=True)]
    each = "|".join([*odd, rf"[{form.letters}]\s?[.\-]?\s?\d{{1,2}}"])
    return re.compile(rf"\s*\(?(?P<number>{each})\)?(?![\w/])\s?[.):]?(?P<colon>:?)\s*")


def start_of(text: str, form: Form) -> Start:
    at, mark, number, number_end, number_colon, letter = 0, None, None, 0, False, 0
    signs: set[bool] = set()
    for _ in range(5):
        if m := LEADING.match(text, at):
            mark, letter = bool(TICKED.search(m["mark"].lower())), m.end()
            signs |= {mark} if not m["mark"][0].isalpha() else set()
        elif m := BULLET.match(text, at) or STRANGE.match(text, at) or ODD.match(text, at):
            pass
        elif number is None and (m := numbers(form.id).match(text, at)):
            said = m["number"]
            number = said if form.by_number(said) else said[0] + "." + re.sub(r"\D", "", said)
            number_end, number_colon = m.end(), bool(m["colon"]) or text[m.start() : m.end()].rstrip().endswith(":")
        elif m := COUNT.match(text, at):
            pass
        else:
            break
        at = m.end()
    mark = mark if len(signs) < 2 else None
    return Start(at, mark, number, number_end, number_colon, letter)
