"""Text as it is set on a page: runs with where they begin and end, joined to lines.

Pure, run in the limited child. Where a run ends is measured by its font's own widths (ISO 32000-1, 9.2.4), because only
that tells a gap between columns from one between words. What is shown to nobody (text rendering mode 3, the layer that
a scanner's recognition puts under its picture) is kept apart: it is what a machine guessed, not what the office wrote.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from pypdf.generic._font import Font

from comity.reading import painted
from comity.reading.boxes import drawn

MOST_RUNS = 100_000
LEADER, MANY_DOTS = re.compile(r"(?:\.[ ]?){3,}$"), 5
INVISIBLE = 3
# gaps in the height of the letters: from here on another word, another cell, another cell where a margin is
WORD, CELL, AT_MARGIN = 0.17, 1.0, 0.45
GOES_ON = 0.1  # a run begins where the one before ended
JUSTIFIED = 8.0  # the same of a blank that was stretched to fill its line
FEWEST_LIES = 3  # letters
FEWEST = 4  # runs that begin at one margin
MANY, NARROW = 8, 0.3  # so many begin there that a narrower gap is one between columns


Fenced = Callable[[float, float, float], bool]


@dataclass
class Run:
    """Some letters on one height; lengths are points from the lower left."""

    left: float
    right: float
    bottom: float
    size: float
    text: str
    hidden: bool = False
    lies: bool = False
    shown_by: int = 0  # which operation of the page drew it
    blank: float = 0.0  # how much of its width is blanks at its end


@dataclass
class State:
    """What the operators before have set (ISO 32000-1, 9.3)."""

    page: painted.Matrix = painted.SAME
    line: painted.Matrix = painted.SAME
    pen: painted.Matrix = painted.SAME
    font: Font | None = None
    size: float = 8.0
    between: float = 0.0
    between_words: float = 0.0
    across: float = 100.0
    leading: float = 0.0
    rise: float = 0.0
    mode: float = 0.0


NUMBERS = {b"Tc": "between", b"Tw": "between_words", b"Tz": "across", b"TL": "leading", b"Ts": "rise", b"Tr": "mode"}


class Typesetter:
    """The text operations of a page, carried out one after the other."""

    def __init__(self, fonts: dict[str, Font]) -> None:
        self.fonts = fonts
        self.state = State()
        self.saved: list[State] = []
        self.runs: list[Run] = []
        self.known: dict[int, bool] = {}
        self.number = 0

    def carry_out(self, operations: Iterable[tuple[Any, bytes]]) -> list[Run]:
        """Every operation of the page; one whose operands are no numbers changes nothing."""
        for operands, operator in operations:
            if len(self.runs) >= MOST_RUNS:
                break
            with suppress(TypeError, ValueError, OverflowError, IndexError):
                self.one(operator, list(operands))
        return self.runs

    def one(self, operator: bytes, operands: list[Any]) -> None:
        state = self.state
        if operator == b"q":
            self.saved.append(replace(state))
        elif operator == b"Q":
            self.state = self.saved.pop() if self.saved else state
        elif operator == b"cm" and (by := painted.matrix(operands)):
            state.page = painted.times(by, state.page)
        elif operator == b"BT":
            state.line = state.pen = painted.SAME
        elif operator == b"Tf":
            state.font, state.size = self.fonts.get(str(operands[0])), float(operands[1])
        elif operator in NUMBERS:
            setattr(state, NUMBERS[operator], float(operands[0]))
        elif operator in {b"Td", b"TD", b"Tm", b"T*"}:
            self.move(operator, operands)
        elif operator in {b"Tj", b"TJ", b"'", b'"'}:
            self.show(operator, operands)

    def move(self, operator: bytes, operands: list[Any]) -> None:
        state = self.state
        if operator == b"Tm":
            state.line = painted.matrix(operands) or state.line
        else:
            x, y = (0.0, -state.leading) if operator == b"T*" else (float(operands[0]), float(operands[1]))
            state.leading = -y if operator == b"TD" else state.leading
            state.line = painted.times((1.0, 0.0, 0.0, 1.0, x, y), state.line)
        state.pen = state.line

    def show(self, operator: bytes, operands: list[Any]) -> None:
        if operator == b'"':
            self.state.between_words, self.state.between = float(operands[0]), float(operands[1])
        if operator in {b"'", b'"'}:
            self.move(b"T*", [])
        self.number += 1
        for thing in operands[0] if operator == b"TJ" else operands[-1:]:
            if isinstance(thing, (str, bytes)):
                self.letters(thing)
            else:
                self.advance(-float(thing) / 1000 * self.state.size)

    def letters(self, value: str | bytes) -> None:
        state = self.state
        codes, text = decoded(state.font, value)
        at = painted.times(state.pen, state.page)
        left, bottom = painted.moved((0.0, state.rise), at)
        font = state.font
        wide = sum(width_of(font, one) for one in codes) / 1000 * state.size if font else 0.5 * state.size * len(text)
        self.advance(wide + state.between * len(codes) + state.between_words * codes.count(" "))
        right, _ = painted.moved((0.0, state.rise), painted.times(state.pen, state.page))
        height = abs(state.size) * math.hypot(at[2], at[3]) or 8.0
        if text and abs(at[1]) <= abs(at[0]):  # what stands upright on the page is no line of it
            if text.endswith("\u00ad"):
                text = text[:-1] + "-"  # here it is shown: a word is cut
            hidden, lie = state.mode == INVISIBLE, font is not None and self.lies(font)
            where = min(left, right), max(left, right), bottom, height
            ending = codes[len(text.rstrip(" ")) :] if len(codes) == len(text) else ""
            blank = sum(width_of(font, one) for one in ending) / 1000 * height if font else 0.0
            self.runs.append(Run(*where, drawn(text), hidden, lie, self.number, blank))

    def lies(self, font: Font) -> bool:
        if id(font) not in self.known:
            self.known[id(font)] = says_otherwise(font)
        return self.known[id(font)]

    def advance(self, by: float) -> None:
        state = self.state
        state.pen = painted.times((1.0, 0.0, 0.0, 1.0, by * state.across / 100, 0.0), state.pen)


def says_otherwise(font: Font) -> bool:
    """Whether a font shows letters by its encoding and tells others by its table for copying (ToUnicode): then what is
    read isn't what is seen."""
    if not isinstance(font.encoding, dict):
        return False
    pairs = ((shown, font.character_map.get(shown)) for shown in set(map(str, font.encoding.values())))
    differ = [1 for shown, told in pairs if plain(shown) and told is not None and plain(str(told)) and told != shown]
    return len(differ) >= FEWEST_LIES


def plain(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalnum()


def decoded(font: Font | None, value: str | bytes) -> tuple[str, str]:
    """(the codes of a string as its font counts them, the letters that they show)."""
    if isinstance(value, str) or font is None:
        plain = value if isinstance(value, str) else value.decode("latin-1")
        return plain, plain
    if isinstance(font.encoding, str):
        codes = value.decode(font.encoding, "surrogatepass" if len(value) % 2 == 0 else "replace")
        return codes, "".join(str(font.character_map.get(one, one)) for one in codes)
    codes = "".join(map(chr, value))
    named = (str(font.encoding.get(one, chr(one))) for one in value)
    return codes, "".join(str(font.character_map.get(one, one)) for one in named)


def width_of(font: Font, code: str) -> float:
    """In thousandths of the font's size."""
    return float(font.space_width if code == font.space_char else font.get_text_width(code))


def runs(page: Any) -> list[Run]:
    """The runs of a page (`painted.Canvas.page`), in the order in which they are drawn."""
    return Typesetter(page._layout_mode_fonts()).carry_out(page["/Contents"].operations)


def lines(found: Iterable[Run], fenced: Fenced = lambda _left, _right, _height: False) -> list[Run]:
    """Runs joined where they stand on one height with at most a word's gap between, and no rule; from the top."""
    out: list[Run] = []
    each = list(found)
    begins = Counter(round(run.left * 2) for run in each)
    heights = {run.shown_by: run.bottom for run in reversed(each)}
    for run in sorted(each, key=lambda run: (-round(run.bottom), run.left)):
        last = next((one for one in reversed(out[-12:]) if follows(one, run)), None)
        if last and last.right < run.left and fenced(last.right, run.left, run.bottom + 0.3 * run.size):
            last = None
        begun = sum(begins[round(run.left * 2) + k] for k in (-1, 0, 1))
        margin, near = begun >= FEWEST, NARROW if begun >= MANY else AT_MARGIN
        if last and led_to(last, run, margin):
            last = None
        apart = margin or (last and elsewhere(last, heights.get(last.shown_by + 1)))
        if last and apart and not justified(last, run) and between(last, run) >= near * last.size:
            last = None
        if last is None:
            out.append(replace(run))
            continue
        gap = run.left - last.right
        spaced = last.text.endswith(" ") or run.text.startswith(" ") or gap <= WORD * last.size
        last.text += ("" if spaced else " ") + run.text
        last.right, last.blank, last.shown_by = max(last.right, run.right), run.blank, run.shown_by
    whole = [one for one in out if one.text.strip()]
    for one in whole:
        bare = len(one.text) - len(one.text.lstrip())
        one.left += bare * one.size * 0.25
        one.text = one.text.strip()
    return whole


def follows(last: Run, run: Run) -> bool:
    """Whether a run goes on in another's line."""
    level = abs(last.bottom - run.bottom) < max(2.0, 0.3 * min(last.size, run.size)) and last.hidden == run.hidden
    farthest = JUSTIFIED if justified(last, run) else CELL
    return level and -0.5 * last.size <= run.left - last.right < farthest * last.size


def led_to(last: Run, run: Run, margin: bool) -> bool:
    """Whether dots lead from a label to what stands in the next column."""
    dots = LEADER.search(last.text)
    return (
        dots is not None
        and not run.text.strip().startswith(".")
        and (margin or len(dots[0].replace(" ", "")) >= MANY_DOTS)
    )


def between(last: Run, run: Run) -> float:
    """The gap between two runs: from the last letter, where the second was put in its place and doesn't just go on."""
    gap = run.left - last.right
    return gap if abs(gap) < GOES_ON * last.size else gap + last.blank


def elsewhere(last: Run, height: float | None) -> bool:
    """Whether what was drawn next stands on another height: the writer had left the line."""
    return height is not None and abs(height - last.bottom) > 0.5 * last.size


def justified(last: Run, run: Run) -> bool:
    """Whether a gap is a blank that was stretched to fill its line: both sides and the blank were drawn as one."""
    return last.shown_by == run.shown_by != 0 and (last.text.endswith(" ") or run.text.startswith(" "))
