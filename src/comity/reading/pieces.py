"""A text in pieces, as labels are looked for in it: lines and cells of tables, tick boxes apart; and what heads each.

Pure. Quote marks and the header blocks of forwarded mails say nothing about an order and are gone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from comity.reading.form import Form, load

MOST_PIECES = 12_000
TICK = r"\[\s*(?:[xXvVyY√•●✓✔✗✘*+]|yes|no)?\s*\]|\(\s*[xX✓✔]?\s*\)(?!\()|\[_+\]|[☐☑☒□■▢✓✔✗✘❏❑⬜✅🗹🗷]"
TICKED = re.compile(r"[xXvVyY√•●✓✔✗✘*+☑☒■✅🗹🗷]|yes")
MARK = re.compile(TICK)
LEADING = re.compile(rf"\s*(?P<mark>{TICK}|[xX](?=\s+[^\W\d_]{{3}})|(?:[Yy]es|YES|[Nn]o|NO)(?=\s*[:–—-]\s+\S))\s*")
BULLET = re.compile(r"\s*(?:[-–—*•·▪◦#>:]+\s+|\*\*|__)")
STRANGE = re.compile(r"\s*\[[^\]\s\w]{1,3}\]\s+")
COUNT = re.compile(r"\s*\(?(?:\d{1,2}|[a-hA-H]|[ivx]{1,4})[.)]\s+|\s*\((?:\d{1,2}|[a-h]|[ivx]{1,4})\)\s*")
RULE = re.compile(r"^[\s\-=_*#~+.·—–]{3,}$")
HEADER = re.compile(
    r"^\W*(from|to|sent|date|subject|cc|reply-to|von|an|gesendet|betreff|de|à|envoyé|objet|para|enviado|asunto|fecha|da|a|inviato|oggetto|data)\s?:\s", re.IGNORECASE
)


@dataclass(frozen=True)
class Piece:
    """One line or table cell as a reader sees it; `line` counts from 1 within its part or page; `cell`: of a table.

    `box`: the row and column of a cell whose bounds are known, so that what stands in it is all of it.
    """

    text: str
    line: int
    page: int | None = None
    cell: bool = False
    box: tuple[int, int] | None = None


def pieces(text: str, page: int | None = None) -> list[Piece]:
    """Lines of a text, quote marks off, cells apart, tick boxes apart, forwarded headers blanked."""
    out: list[Piece] = []
    for number, raw in enumerate(text.splitlines()[:MOST_PIECES], start=1):
        line = unicodedata.normalize("NFC", re.sub(r"^(?:\s?>)+ ?", "", raw[:20_000]).replace("\u00a0", " "))
        table = "\t" in line or "|" in line
        for cell in re.split(r"\t+|\s\|\s|^\s*\||\|\s*$", line) if table else [line]:
            parts = split_marks(cell) if MARK.search(cell) else [cell]
            out += [Piece(part.rstrip(), number, page, table) for part in parts]
        if len(out) > MOST_PIECES:
            break
    return without_headers(out[:MOST_PIECES])


def split_marks(cell: str) -> list[str]:
    """`[ ] judge [x] police` as two pieces, also where the mark stands after its words."""
    marks = [m for m in MARK.finditer(cell) if m[0] not in "()" or m[0].strip("() ")]
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
    for _ in range(5):
        if m := LEADING.match(text, at):
            mark, letter = bool(TICKED.search(m["mark"].lower())), m.end()
        elif m := BULLET.match(text, at) or STRANGE.match(text, at):
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
    return Start(at, mark, number, number_end, number_colon, letter)
