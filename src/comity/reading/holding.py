"""What each label of a form holds: the lines up to the next one, as far as they are surely its value.

Pure. `labelled` finds the labels, `ending` says where a line's value ends, `hits` where a page leaves it in doubt.
"""

from __future__ import annotations

import re
from dataclasses import replace

from comity.reading.ending import CHOICES, LONG_VALUES, UNKNOWN_LABEL, Around, indent, line_of, second_label, wrapped_at
from comity.reading.form import Form
from comity.reading.hits import (
    BRACKETED,
    Hit,
    begun_overleaf,
    beside_unlabelled,
    broken_label,
    counted_on,
    cut_on_page,
    ends_in_value,
    ends_open,
    goes_on_overleaf,
    may_be_label,
    read_across,
    runs_over,
    two_columns,
    uncounted,
)
from comity.reading.pieces import RULE, Piece
from comity.reading.values import words


def give_values(form: Form, lines: list[Piece], hits: list[Hit]) -> None:
    """Each hit gets the lines up to the next one, as far as they are its value."""
    width, columns = wrapped_at(lines), two_columns(hits, lines)
    for number, hit in enumerate(hits):
        last = number + 1 == len(hits) or hits[number + 1].kind == "stop"
        until = hits[number + 1].start if number + 1 < len(hits) else len(lines)
        i, char = hit.end
        head = replace(lines[i], text=lines[i].text[char:].strip(" \t"), cell=False)
        kind = form.fields[hit.field].type if hit.field in form.fields else ""
        if kind in {*CHOICES, "tick", "notice", ""}:
            hit.value = value_of(head, lines[i + 1 : until], kind, last)
            told = any(UNTIL.search(piece.text) for piece in hit.value) or UNTIL.search(head.text)
            hit.value += end_of_silence(lines[i + 1 : until]) if kind == "tick" and not told else []
        elif (box := box_of(head, lines[i:until])) is not None:
            hit.value, hit.sure = value_in_cell(head, lines[i:until], box)
            hit.sure = hit.sure and not goes_on_overleaf(hit, head, lines[i + 1 : until]) and not ends_open(hit)
            hit.sure = hit.sure and not begun_overleaf(hit, lines)
        elif kind in LONG_VALUES:
            hit.value = value_of(head, lines[i + 1 : until], kind, last)
            # on a page where no cell shows that it is empty, what isn't found may stand elsewhere
            said = " ".join(piece.text.strip() for piece in hit.value)
            cut = not hit.colon and (head.text[:1].islower() or head.text[:1] in {",", ";"})
            hit.sure = head.page is None or ((bool(said) or hit.colon) and not cut)
            hit.sure = hit.sure and not counted_on(hit, lines) and not (kind == "long-text" and runs_over(hit))
        else:
            around = Around(lines[i].text, indent(lines[hit.start].text), width)
            hit.value, hit.sure = line_of(head, lines[i + 1 : until], kind, around, last=last)
            hit.sure = hit.sure and not any(second_label(form, piece.text) for piece in hit.value)
            below = hit.value and hit.value[0].line != head.line
            run_on = (
                bool(hit.value)
                and not hit.colon
                and not below
                and hit.value[0].text[:1].islower()
                and not hit.value[0].cell
                and not head.box
            )
            hit.sure = hit.sure and not run_on
            hit.sure = hit.sure and not (head.page is not None and cut_on_page(hit, head))
            # on a page, what stands under words that no colon ends may stand in another column
            stacked = bool(below) and hit.value[0].under
            hit.sure = hit.sure and not (
                below and not hit.colon and head.page is not None and not head.box and not stacked
            )
            hit.sure = hit.sure and not (stacked and not hit.colon and not head.box and may_be_label(hit.value))
            hit.sure = hit.sure and not (below and UNKNOWN_LABEL.match(uncounted(hit.value[0].text) + " "))
        # a bracket that no colon stands before may be the rest of the label
        opened = bool(hit.value) and hit.value[0].text.lstrip().startswith("(") and hit.kind == "label"
        bare = len(hit.value) == 1 and BRACKETED.fullmatch(hit.value[0].text)
        hit.sure = hit.sure and not bare and not (opened and not hit.colon and hit.value[0].box is None)
        across = read_across(hit, lines, columns=columns)
        hit.sure = hit.sure and not (hit.kind == "label" and (label_goes_on(form, hit) or across))
        if hit.kind == "label" and kind not in {*CHOICES, "tick", "notice", ""}:
            hit.sure = hit.sure and not broken_label(hit, hits, lines) and not ends_in_value(hit, lines)
            hit.sure = hit.sure and not beside_unlabelled(hit, lines)


UNTIL = re.compile(r"\b(?:until|up to|jusqu\w*|bis|hasta|fino a\w*)\b", re.IGNORECASE)


def end_of_silence(below: list[Piece]) -> list[Piece]:
    """The line under a statement that says until when it holds, with the cell beside it."""
    said = [piece for piece in below if piece.text.strip()][:6]
    for n, piece in enumerate(said[:4]):
        if UNTIL.search(piece.text):
            row = [other for other in said[n + 1 :] if piece.box and other.box and other.box[0] == piece.box[0]]
            return [piece, *row]
    return []


def box_of(head: Piece, rest: list[Piece]) -> tuple[int, int] | None:
    """The cell that a label stands in, or as if it were left of one that stands alone under it."""
    if rest[0].box is not None or head.text.strip(" *_"):
        return rest[0].box
    below = next((piece for piece in rest[1:] if piece.text.strip() or piece.box), None)
    if below is None or below.box is None or any(p.box and p.box[0] == below.box[0] and p.box[1] for p in rest):
        return None
    return below.box[0], below.box[1] - 1


def value_in_cell(head: Piece, rest: list[Piece], box: tuple[int, int]) -> tuple[list[Piece], bool]:
    """(the value of a label that stands in a cell: what is below it there, else all of the next cell; whether that is
    certain: not where both are there). Where its row ends with it, the value is a row below that has but one cell."""
    row, column = box
    inside = [head, *(piece for piece in rest[1:] if piece.box == box)]
    if any(piece.text.strip(" *_") for piece in inside):
        beside = any(piece.box == (row, column + 1) and piece.text.strip(" *_") for piece in rest)
        return [piece for piece in inside if piece.text.strip()], not beside
    if any(piece.box == (row, column + 1) for piece in rest):
        cell = [piece for piece in rest if piece.box == (row, column + 1)]
        return [piece for piece in cell if piece.text.strip()], not any(piece.full for piece in cell)
    below = [piece for piece in rest if piece.box is not None and piece.box[0] == row + 1]
    if below and not any(piece.box and piece.box[1] for piece in below):
        return [piece for piece in below if piece.text.strip()], True
    return [], False


def label_goes_on(form: Form, hit: Hit) -> bool:
    """Whether what was taken for a value begins with the rest of a longer label of the same field: two columns of a
    page were read across, and the words of both stand in one line."""
    # of boxes, the boxes are the value
    if hit.colon or not hit.value or form.fields[hit.field].type in {*CHOICES, "tick"}:
        return False
    said, first, size = f" {' '.join(words(hit.label))} ", words(hit.value[0].text)[:2], hit.strength
    longer = (p.words for p in form.phrases if p.field == hit.field and p.option is None and len(p.words) > size)
    return any(f" {' '.join(one[:size])} " in said and list(one[size : size + 2]) == first for one in longer)


def value_of(head: Piece, rest: list[Piece], kind: str, last: bool) -> list[Piece]:
    out = [head] if head.text.strip(" *_") else []
    beside = [piece for piece in rest if piece.line == head.line and piece.page == head.page]
    if not out and beside and not any(piece.text.strip() for piece in beside):
        # An empty cell beside the label is an answer: what stands below belongs to something else.
        return []
    gaps = 0
    for piece in rest:
        text = piece.text.strip()
        if RULE.match(piece.text) and text:
            continue
        if not text:
            gaps += 1
            over = gaps > 1 if kind in {"long-text", "url-list"} else bool(out) or last
            if over and (last or out) and not (kind in {"long-text", "url-list"} and not last):
                break
            if out:
                out.append(Piece("", piece.line, piece.page))
            continue
        gaps = 0
        out.append(Piece(text, piece.line, piece.page, full=piece.full, beside=piece.beside, column=piece.column))
    while out and not out[-1].text:
        out.pop()
    return out
