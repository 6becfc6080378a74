"""A label or an option that was found in a text, and whether what stands after it is surely its value.

Pure. On a page nobody sees where a cell ends unless rules show it: what may be a label, the rest of one, or of another
column is left to a person.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as fresh

from comity.reading.ending import UNFINISHED, UNKNOWN_LABEL
from comity.reading.pieces import COUNT, Piece

BRACKETED = re.compile(r"\s*\([^()]{2,60}\)\s*(?:([:：])\s*|$)")
CUT = re.compile(
    r"\b(?:the|of|and|du|des|le|les|et|der|die|das|dem|den|und|von|del|los|las|della|dello|di)$"
)  # and no more


@dataclass
class Hit:
    kind: str
    start: int
    end: tuple[int, int]
    field: str = ""
    option: str | None = None
    mark: bool | None = None
    strength: int = 0
    language: str = ""
    colon: bool = False
    value: list[Piece] = fresh(default_factory=list)
    label: str = ""
    sure: bool = True
    score: float = 1.0


def may_be_label(value: list[Piece]) -> bool:
    """Whether a line of a value that stands under its label may be the next label: nothing says that it goes on."""
    said = [piece.text.strip() for piece in value]
    return any(
        after[:1].isupper() and not before.endswith((",", "-", "–", "&", "/")) and not UNFINISHED.search(before)
        for before, after in itertools.pairwise(said)
    )


def two_columns(hits: Sequence[Hit], lines: list[Piece]) -> bool:
    """Whether a form is set in two columns, each with labels and their values: no row goes from one to the other."""
    found = [lines[one.start].column for one in hits if one.kind == "label" and one.mark is None]
    return min(found.count(1), found.count(2)) >= FEWEST_LABELS


FEWEST_LABELS = 2


def read_across(hit: Hit, lines: list[Piece], *, columns: bool) -> bool:
    """Whether what was taken for a value stands in lines that have others beside them: two columns of which nobody
    knows how their rows go. A value level with the colon of its label is sure; so is one in its label's own column
    where each has labels (`columns`)."""
    if columns and lines[hit.start].column and {one.column for one in hit.value} <= {0, lines[hit.start].column}:
        return False
    shared = [piece for piece in hit.value if piece.beside]
    level = hit.colon and len(hit.value) == 1 and lines[hit.end[0]].beside
    return bool(shared) and not level


def beside_unlabelled(hit: Hit, lines: list[Piece]) -> bool:
    """Whether a row without a label stands on a page right above or below that of a value: it may be of it."""
    last = lines[hit.start]
    if last.page is None:
        return False
    near = lines[max(0, hit.start - NEAR_ROW) : hit.end[0] + len(hit.value) + NEAR_ROW]
    row = last.box[0] if last.box else None
    rows = {row - 1, row + 1} if row is not None else {first_row_after(hit, lines)}
    return any(unlabelled(near, one) for one in rows if one is not None)


NEAR_ROW = 12  # pieces


def first_row_after(hit: Hit, lines: list[Piece]) -> int | None:
    """The row that stands right under a line that is in none."""
    after = next((one for one in lines[hit.end[0] + 1 :] if one.text.strip() or one.box), None)
    return after.box[0] if after and after.box else None


def unlabelled(near: list[Piece], row: int) -> bool:
    """Whether a row holds something that has no label, in its first cell or before it."""
    said = [one for one in near if one.box and one.box[0] == row and one.text.strip()]
    labelled = any(one.box and one.box[1] == 0 for one in said) or any(UNKNOWN_LABEL.match(one.text) for one in said)
    return bool(said) and not labelled


def ends_in_value(hit: Hit, lines: list[Piece]) -> bool:
    """Whether what stands under a label without an end reads as its rest: the label's line was full, and several words
    in small letters come next."""
    last, first = lines[hit.end[0]], next((one.text.split() for one in hit.value if one.text.strip()), [])
    if hit.colon or last.page is None or not last.full or len(first) < 2:
        return False
    return first[0].isalpha() and first[0].islower() and not any("@" in word for word in first)


def uncounted(text: str) -> str:
    """A line without what counts it: `12. Postal address: ...`."""
    found = COUNT.match(text)
    return text[found.end() :].strip() if found else text.strip()


def cut_on_page(hit: Hit, head: Piece) -> bool:
    """Whether a value of a page ends in the midst of a word or in a label, or, in no cell, is nowhere to be seen."""
    said = [piece.text.rstrip("\u200b ") for piece in hit.value if piece.text.strip()]
    return (said[-1].endswith(("-", ":")) or bool(CUT.search(said[-1]))) if said else head.box is None


def ends_open(hit: Hit) -> bool:
    """Whether what stands in a cell of a page ends with a word that asks for another."""
    said = [piece for piece in hit.value if piece.text.strip()]
    return bool(said) and said[-1].page is not None and bool(CUT.search(said[-1].text.rstrip()))


def begun_overleaf(hit: Hit, lines: list[Piece]) -> bool:
    """Whether the words of a label may be the rest of one that began on the page before."""
    first = hit.label.strip()[:1]
    before = lines[hit.start - 1].page if hit.start else lines[hit.start].page
    return before != lines[hit.start].page and (first.islower() or first == "(") and hit.mark is None


def broken_label(hit: Hit, hits: Sequence[Hit], lines: list[Piece]) -> bool:
    """Whether a label of a page began in the lines above, or goes on in those below, so that its value may stand beside
    the rest of it: it begins in a small letter where others don't, or has no end and such words come next."""
    if lines[hit.start].page is None or hit.mark is not None:
        return False
    if begins(hit.label).islower():
        each = [begins(one.label) for one in hits if one.kind == "label" and one.mark is None]
        return sum(one.islower() for one in each) < len(each) / 2
    last = lines[hit.end[0]]
    if (hit.colon and not last.box) or last.text[: hit.end[1]].rstrip().endswith((":", "?", ")", ".", "…")):
        return False
    taken = {last.line, *(one.line for one in hit.value)}
    row = (last.box or (-1, 0))[0]
    after = next((one for one in lines[hit.end[0] + 1 :] if one.text.strip() and not of_row(one, row, taken)), None)
    return after is not None and uncounted(after.text)[:1].islower() and not (after.box and after.box[1])


def begins(label: str) -> str:
    """The first letter of a label, in brackets or not."""
    return uncounted(label).lstrip("([")[:1]


def of_row(piece: Piece, row: int, taken: set[int]) -> bool:
    """Whether a piece is of a row of a table, or, outside of tables, among lines."""
    return piece.box[0] == row if piece.box else piece.line in taken


def goes_on_overleaf(hit: Hit, head: Piece, rest: list[Piece]) -> bool:
    """Whether words that belong to no label stand on the page after a cell: it may be the rest of what it holds."""
    said = [piece for piece in hit.value if piece.text.strip()]
    page = (said or [head])[-1].page
    return page is not None and any(one.page != page and one.text.strip() for one in rest if one.page is not None)


def runs_over(hit: Hit) -> bool:
    """Whether a value goes on over the end of a column or page, and isn't one paragraph: what stands there may be
    another's, with a label that the end has cut. A line that had room for more ends a paragraph, a full stop may."""
    said = [piece for piece in hit.value if piece.text.strip()]
    places = [(piece.page, piece.column) for piece in said]
    over = [n for n, (here, there) in enumerate(itertools.pairwise(places)) if here != there]
    if not over:
        return False
    ended = any(piece.full is False for n, piece in enumerate(said[:-1]) if n not in over)
    return ended or any(said[n].text.rstrip().endswith(ENDED) for n in over) or said[-1].text.rstrip().endswith(":")


ENDED = (".", ":", ";", "?", "!", ")", "…")


def counted_on(hit: Hit, lines: list[Piece]) -> bool:
    """Whether a line of a value counts on from its label: what stands at `c)` isn't of `b)`, though nobody knows it."""
    own, each = count_of(lines[hit.start].text), [count_of(piece.text) for piece in hit.value[1:]]
    after = str(int(own) + 1) if own.isdigit() else chr(ord(own) + 1) if len(own) == 1 else ""
    return bool(after) and after in each and own not in each


def count_of(text: str) -> str:
    """The letter or number that counts a line; empty for none."""
    found = COUNT.match(text)
    return re.sub(r"[\W_]", "", found[0]).lower() if found else ""
