"""Where the value of a label ends, in text that has no fields: at the end of its line, or of its cell.

Pure. Hard, because a mail program breaks a line where it is full, and nothing in the text says that it did: the next
line may be the value's rest, or a sentence of the letter, or a label that no form knows. So the text's own width is
measured (a line is broken where its next word had no room), an indent or a comma at the end counts as a sign, and where
a line may be either, the value is left to a person: a name with half a sentence behind it is wrong, and so is half a
name.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from comity.reading.alike import UNSEEN
from comity.reading.form import Form
from comity.reading.identifiers import READERS
from comity.reading.pieces import RULE, Piece, start_of
from comity.reading.values import words

CHOICES = {"choice", "multi-choice"}
# Whose value goes on until the next label, whatever stands in it; and those that have one line, whatever follows.
LONG_VALUES = {*CHOICES, *READERS, "", "long-text", "url-list", "tick", "signature", "notice"}
ONE_LINE = {"reference", "country", "datetime", "date", "datetime-range", "email", "url", "phone"}
LONGEST_LINE, SHORT_LINE, MOST_GAP, MOST_STARTS = 2_000, 6, 2, 60
WRAPS, NEAR, ALIKE = (50, 100), 8, 3
SECOND = re.compile(r"\s{2,}|\s*[;|•·]\s+|\s[–—-]\s")
HEADING = re.compile(r"[^\W\d_][^\d()]{3,}")
UNKNOWN_LABEL = re.compile(r"[^\W\d_][\w .,’'()/&°-]{1,60}[:：](?:\s|$)")
# What leads from a label to the place to write in: where it stands, a value has ended, or the label of another began.
LEADS = re.compile(r"(?:\.[ ]?){4,}|…{2,}|·{4,}|(?<!\S)_{4,}(?!\S)")
UNFINISHED = re.compile(
    r"\b(?:the|of|or|and|than|in|to|its|for|with|before|by|de|la|le|les|dans|du|des|l|del|el|los|las|en|di|della|dello|dell|il|lo|gli|per|con|der|die|das|des|dem|den|und|oder|von|zu)['’]?\s*$",
    re.I,
)


def apart(form: Form, lines: list[Piece]) -> list[Piece]:
    """Lines on which a second label of the form stands after a wide gap or a separator, cut before it.

    Only where the line begins with a label whose value is short: in reasons, such words are words of the reasons.
    """
    out: list[Piece] = []
    for piece in lines:
        cuts = [0]
        if piece.text.count(":") > 1 and len(piece.text) < LONGEST_LINE and short_label(form, piece.text):
            for gap in SECOND.finditer(piece.text):
                if label_in(form, piece.text[gap.end() :]):
                    cuts.append(gap.end())
        ends = [*cuts[1:], len(piece.text)]
        each = [piece.text[a:b].rstrip(" \t;|•·–—-") for a, b in zip(cuts, ends, strict=True)]
        out += [replace(piece, text=text) for text in each] if len(each) > 1 else [piece]
    return out


def short_label(form: Form, text: str) -> bool:
    """Whether a line begins with a label of the form whose value stands on one line."""
    name = label_in(form, text[start_of(text, form).at :])
    return name is not None and form.fields[name].type not in LONG_VALUES


def label_in(form: Form, text: str) -> str | None:
    """The field whose label, with its colon, a text begins with."""
    label = re.match(r"\s*[^:：]{1,250}?(?=\s?[:：])", text)
    said = tuple(words(re.sub(r"\([^()]*\)", " ", label[0]))) if label else ()
    return next((p.field for p in form.phrases if p.option is None and p.words == said), None) if said else None


@dataclass(frozen=True)
class Around:
    """What stands around a value: its label's whole line, how far that is indented, and where the text is wrapped."""

    line: str
    indent: int
    width: int


def indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def wrapped_at(lines: list[Piece]) -> int:
    """The width at which a mail program broke the lines of a text; 0 where none did, or nobody can tell.

    Several lines end shortly before it, and hardly any goes over it: a title may, and an address.
    """
    sizes = sorted((len(piece.text) for piece in lines if piece.text.strip() and "://" not in piece.text), reverse=True)
    best = (ALIKE - 1, 0)
    for size in dict.fromkeys(sizes[: len(sizes) // 12 + 1]):
        near = sum(size - NEAR < one <= size for one in sizes)
        best = max(best, (near, size)) if WRAPS[0] <= size <= WRAPS[1] else best
    return best[1]


def line_of(head: Piece, rest: list[Piece], kind: str, around: Around, *, last: bool) -> tuple[list[Piece], bool]:
    """(the value of a label that has one line, or the few of an address; whether that is certain).

    A value ends where its line does, or its cell. The next line is its rest only where something says so: a wrapped
    text's width, an indent, a comma. Where it may be, for all that anybody can tell, the value is left to a person.
    """
    beside = [piece for piece in rest if piece.line == head.line and piece.page == head.page]
    below = rest[len(beside) :]
    value = [head] if head.text.strip(" *_") else [piece for piece in beside if piece.text.strip()][:1]
    if not value and beside:
        return [], True  # an empty cell is an answer: what stands below belongs to something else
    in_cell = bool(value) and value[0].cell and not head.text.strip(" *_")
    if not value:
        first = first_below(below, 0 if last else MOST_GAP)
        if first is None:
            return [], True
        value, in_cell, below = [below[first]], below[first].cell, below[first + 1 :]
        around = replace(around, line=value[0].text)
    block = list(itertools.takewhile(lambda piece: piece.text.strip() and not RULE.match(piece.text), below))
    after = below[len(block)] if len(block) < len(below) else None
    whole = after is not None and after.cell and not after.text.strip() and not any(piece.cell for piece in block)
    for piece in block:
        if piece.cell:
            break  # the next row
        more = True if in_cell or whole else goes_on(around, value[-1], piece, kind)
        if not more:
            return [replace(one, text=one.text.strip()) for one in value], more is False
        value.append(piece)
        around = replace(around, line=piece.text)
    return [replace(one, text=one.text.strip()) for one in value], True


def first_below(below: list[Piece], gap: int) -> int | None:
    """Which piece below a label is its value; None where a cell without any words stands first, or a gap."""
    blank = 0
    for n, piece in enumerate(below):
        if piece.text.strip() and not RULE.match(piece.text):
            return n
        beside = any(other.text.strip() for other in below[n + 1 : n + 4] if other.line == piece.line)
        blank += not beside
        if blank > gap or (piece.cell and not beside):
            return None
    return None


def goes_on(around: Around, before: Piece, after: Piece, kind: str) -> bool | None:
    """Whether a line goes on with the value above it; None where it may."""
    text, said = UNSEEN.sub("", after.text).strip(), UNSEEN.sub("", before.text).strip()
    if not text:
        return True
    if UNKNOWN_LABEL.match(text) or LEADS.search(text) or (text.isupper() and HEADING.fullmatch(text)):
        return False
    if before.full is not None:
        return before.full or (None if hangs(said, text) else False)
    if around.width and len(around.line.rstrip()) + 1 + len(text.split()[0]) > around.width:
        return True
    if indent(after.text) > around.indent or said.endswith((",", "–", "&", "/", "(")) or UNFINISHED.search(said):
        return True
    sentence = text.endswith((".", "!", "?")) and len(text.split()) > 2
    if kind == "address":
        return not sentence
    if after.page is None and kind in ONE_LINE:
        return False
    return False if sentence or len(text.split()) > SHORT_LINE else None


def hangs(said: str, text: str) -> bool:
    """Whether a line reads as the rest of the one above, though that had room: nobody can tell why it was broken."""
    return text[:1].islower() or said.endswith((",", "–", "&", "/", "(", "’", "'")) or bool(UNFINISHED.search(said))


def second_label(form: Form, text: str) -> bool:
    """Whether a value holds another label of the form, run on without a gap: then nobody knows where it ends."""
    if ":" not in text or len(text) > LONGEST_LINE:
        return False
    starts = [m.start() for m in re.finditer(r"(?<=\s)[^\W\d_]", text)][:MOST_STARTS]
    return any(label_in(form, text[at:]) for at in starts)
