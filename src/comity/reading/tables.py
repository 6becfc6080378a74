"""Tables as a page shows them: which lines of text stand in one cell, and which cells in one row.

Pure. Where rules are drawn, a cell is what four of them enclose. Where none are, two columns are seen by a gutter that
nothing crosses; a row begins where both columns leave a gap, and where they leave none, where the label before has
ended. What neither tells stays plain lines: `labelled` reads those with more care. Lengths are points from the lower
left.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from typing import Protocol

from comity.reading.painted import LARGEST, Box
from comity.reading.pieces import MARK_ONLY

SLACK = 1.5
SHORTEST = 8.0  # of a rule
NARROWEST = 12.0  # of a cell
FEWEST = 3  # lines that begin at the gutter
INSET = 2.5  # tables of one page begin their second columns so near one another
FARTHEST = 60.0  # a gutter from the left margin, at least
GAP = 1.42  # of the height of letters: lines of one paragraph stand no farther apart
MOST_RULES = 4_000
MOST_APART = 220.0  # a label from the box it stands beside
ENDED = re.compile(r"(?:[:?]|(?:\.[ ]?){3,}|…+)\s*$")  # how a label ends
FEWEST_SET, LEVEL = 10, 0.55  # lines of a column of running text; of its lines that stand level with others


class Line(Protocol):
    left: float
    bottom: float
    size: float
    text: str

    @property
    def right(self) -> float: ...


@dataclass
class Rules:
    """Straight lines on a page, those that go on in one another joined: (where, from, to)."""

    across: list[tuple[float, float, float]] = fresh(default_factory=list)
    upright: list[tuple[float, float, float]] = fresh(default_factory=list)

    def cell(self, x: float, y: float) -> Box | None:
        """The rectangle that the nearest rules around a point make; None where one side is open."""
        left = max((v for v, a, b in self.upright if v <= x and a - SLACK <= y <= b + SLACK), default=None)
        right = min((v for v, a, b in self.upright if v > x and a - SLACK <= y <= b + SLACK), default=None)
        low = max((h for h, a, b in self.across if h <= y and a - SLACK <= x <= b + SLACK), default=None)
        high = min((h for h, a, b in self.across if h > y and a - SLACK <= x <= b + SLACK), default=None)
        if left is None or right is None or low is None or high is None:
            return None
        return left, low, right, high

    def fenced(self, x0: float, x1: float, y: float) -> bool:
        """Whether an upright rule stands between two places of one height."""
        return any(x0 - SLACK <= v <= x1 + SLACK and a - SLACK <= y <= b + SLACK for v, a, b in self.upright)


def rules(segments: Iterable[Box]) -> Rules:
    """The rules among the straight lines that a page draws."""
    across: list[tuple[float, float, float]] = []
    upright: list[tuple[float, float, float]] = []
    for x0, y0, x1, y1 in itertools.islice(segments, MOST_RULES):
        if y1 - y0 < SLACK * 2 and x1 - x0 >= SHORTEST:
            across.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 < SLACK * 2 and y1 - y0 >= SHORTEST:
            upright.append(((x0 + x1) / 2, y0, y1))
    return Rules(joined(across), joined(upright))


def joined(each: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Rules of one height (or one margin) that touch, as one."""
    out: list[tuple[float, float, float]] = []
    for at, begin, end in sorted(each, key=lambda one: (round(one[0]), one[1])):
        last = out[-1] if out else None
        if last and abs(last[0] - at) < SLACK and begin <= last[2] + 2 * SLACK:
            out[-1] = (last[0], last[1], max(last[2], end))
        else:
            out.append((at, begin, end))
    return out


@dataclass
class Cell:
    """The numbers of the lines that stand in it, from the top."""

    box: Box
    lines: list[int] = fresh(default_factory=list)


Row = list[list[int]]
COUNTED = re.compile(r"\s*\(?\d{1,3}[.)]\s+\S")
URL_SIGN = re.compile(r"[-/?=&#%_~.\d]")


def breaks(line: Line, after: Line, limit: float) -> bool:
    """Whether an address was broken at the end of a line, because what comes next had no room up to the cell's edge.

    Where it had room, the line ended for another reason; and a word that needs none of an address's signs may be one of
    its own.
    """
    first = after.text.split()[0]
    if COUNTED.match(after.text):
        return False  # the next of a list
    if "://" in first or first.startswith(("(", "[", "<")) or not URL_SIGN.search(first):
        return False
    letter = (after.right - after.left) / max(1, len(after.text))
    if line.right + 0.8 * letter > limit - 0.5:
        return True
    piece = re.match(r"[^-/?&=.%_]*[-/?&=.%_]?", first)
    return (
        line.text.endswith(("-", "/", "?", "&", "=", "_")) and line.right + letter * len(piece[0]) > limit
        if piece
        else False
    )


Edges = dict[int, float]
FOOT, HEAD = 62.0, 770.0
PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|p\.|s\.)\s*)?\d{1,3}(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,3})?\W*", re.I
)


class Placed(Line, Protocol):
    page: int


def furniture(lines: Sequence[Placed]) -> set[int]:
    """What stands at the foot or head of pages and is of none of their texts: page numbers, and what each repeats."""
    out: set[int] = set()
    said: dict[tuple[str, int], set[int]] = {}
    edge = [line for line in lines if line.bottom < FOOT or line.bottom > HEAD]
    for line in edge:
        said.setdefault((re.sub(r"\d+", "#", line.text), round(line.bottom / 4)), set()).add(line.page)
    for line in edge:
        beside = any(
            one is not line and one.page == line.page and abs(one.bottom - line.bottom) < SLACK for one in edge
        )
        repeated = len(said[re.sub(r"\d+", "#", line.text), round(line.bottom / 4)]) > 1
        if (PAGE_NUMBER.fullmatch(line.text) and not beside) or (repeated and line.bottom < FOOT):
            out.add(id(line))
    return out


def edges(lines: Sequence[Line]) -> Edges:
    """How far the lines of each left margin reach."""
    out: Edges = {}
    for line in lines:
        key = round(line.left / 6)
        out[key] = max(out.get(key, 0.0), line.right)
    return out


def edge(margins: Edges, line: Line) -> float:
    """How far the lines of a line's margin reach; a margin by a few points is the same."""
    key = round(line.left / 6)
    return max(margins.get(k, 0.0) for k in (key - 1, key, key + 1))


def wraps(line: Line, after: Line, limit: float) -> bool:
    """Whether the next line goes on with this one, because its first word had no room left here."""
    if line.bottom - after.bottom > 2 * max(line.size, after.size) or abs(after.left - line.left) > 40:
        return False
    first = after.text.split()[0]
    letter = (after.right - after.left) / max(1, len(after.text))
    return line.right + letter * (len(first) + 1) > limit + 0.5


def rows(lines: Sequence[Line], kept: Sequence[int], drawn: Rules, column: float | None = None) -> list[Row | int]:
    """A page in reading order: rows of cells (each the numbers of its lines), and single lines that stand in none.
    `kept`: the numbers of the lines that count; `column`: where the second of two columns of text begins."""
    if column is not None and (set_apart := parted(column, sorted(kept), lines)):
        return list(set_apart)
    whole, free = enclosed(lines, kept, drawn)
    bands = ruled(whole, drawn)
    for row in bands:
        if label := label_of(row, free, bands, lines):
            free = [n for n in free if n not in label]
            row.insert(0, Cell((lines[label[0]].left, row[0].box[1], row[0].box[0], row[0].box[3]), label))
    placed = [(row_top(row), row) for row in bands]
    tops = [(lines[n].bottom + lines[n].size * 0.5, n) for n in sorted(free)]
    return in_order(placed, tops, lines)


def enclosed(lines: Sequence[Line], kept: Sequence[int], drawn: Rules) -> tuple[list[Cell], list[int]]:
    """(the cells of a page, the lines that stand in none)."""
    cells: dict[Box, Cell] = {}
    free: list[int] = []
    for n in kept:
        line = lines[n]
        box = drawn.cell(line.left + 1, line.bottom + line.size * 0.3)
        if box is None or box[2] - box[0] < NARROWEST or tickable(box) or line.right > box[2] + 3 * line.size:
            free.append(n)
        else:
            cells.setdefault(box, Cell(box)).lines.append(n)
    whole = [one for one in cells.values() if not page_wide(one, lines)]
    free += [n for one in cells.values() if page_wide(one, lines) for n in one.lines]
    return whole, free


def tickable(box: Box) -> bool:
    """Whether it is a box to tick, rather than a cell."""
    return box[2] - box[0] <= LARGEST and box[3] - box[1] <= LARGEST and (box[2] - box[0]) / (box[3] - box[1]) < 1.33


def page_wide(cell: Cell, lines: Sequence[Line]) -> bool:
    """Whether it is a frame around much else, rather than a cell: several columns or a gap stand in it."""
    if len(cell.lines) < FEWEST:
        return False
    lefts = Counter(round(lines[n].left / 4) for n in cell.lines)
    return len([left for left, count in lefts.items() if count >= FEWEST]) > 1


def label_of(row: list[Cell], free: list[int], bands: list[list[Cell]], lines: Sequence[Line]) -> list[int]:
    """The lines beside a lone box to write in, which are its label: those at its height, and what they go on with."""
    if len(row) != 1 or row[0].box[2] - row[0].box[0] < 2 * NARROWEST:
        return []
    edge, low, _, high = row[0].box
    left = [n for n in free if lines[n].right <= edge + SLACK and edge - lines[n].right < MOST_APART]
    level = [n for n in left if low - 2 <= lines[n].bottom + 0.4 * lines[n].size <= high + 2]
    if not level:
        return []
    margin = lines[level[0]].left
    others = [(cell.box[1], cell.box[3]) for band in bands if band is not row for cell in band if cell.box[0] > margin]
    found = [n for n in left if abs(lines[n].left - margin) < SLACK * 2]
    whole = next(block for block in paragraphs(found, lines) if level[0] in block)
    middles = {n: lines[n].bottom + 0.4 * lines[n].size for n in whole}
    return [n for n in whole if n in level or not any(a - 2 <= middles[n] <= b + 2 for a, b in others)]


def row_top(row: list[Cell]) -> float:
    return max(cell.box[3] for cell in row)


def ruled(cells: list[Cell], drawn: Rules) -> list[list[Cell]]:
    """Cells of one height together, with the empty ones between and beside them."""
    bands: dict[tuple[float, float], list[Cell]] = {}
    for cell in cells:
        key = next((k for k in bands if abs(k[0] - cell.box[1]) < SLACK and abs(k[1] - cell.box[3]) < SLACK), None)
        bands.setdefault(key or (cell.box[1], cell.box[3]), []).append(cell)
    for (low, high), row in bands.items():
        middle = (low + high) / 2
        edges = sorted({v for v, a, b in drawn.upright if a - SLACK <= middle <= b + SLACK})
        for x0, x1 in itertools.pairwise(edges):
            box = drawn.cell((x0 + x1) / 2, middle)
            known = any(abs(one.box[0] - x0) < SLACK for one in row)
            if box and not known and x1 - x0 >= NARROWEST and abs(box[1] - low) < SLACK and abs(box[3] - high) < SLACK:
                row.append(Cell(box))
        row.sort(key=lambda one: one.box[0])
    return list(bands.values())


def in_order(
    placed: list[tuple[float, list[Cell]]], tops: list[tuple[float, int]], lines: Sequence[Line]
) -> list[Row | int]:
    """Rows and free lines from the top; free lines between two rows may be columns of their own."""
    out: list[Row | int] = []
    waiting: list[int] = []
    each: list[tuple[float, float, list[Cell] | int]] = [(-top, row[0].box[0], row) for top, row in placed]
    each += [(-top, lines[n].left, n) for top, n in tops]
    for _, _, one in sorted(each, key=lambda item: item[:2]):
        if isinstance(one, int):
            waiting.append(one)
            continue
        out += columns(waiting, lines)
        waiting = []
        out.append([cell.lines for cell in one])
    return out + columns(waiting, lines)


def columns(free: list[int], lines: Sequence[Line]) -> list[Row | int]:
    """Lines without rules around them: as rows of two cells where a gutter is seen, else as they are."""
    at = gutter([lines[n] for n in free])
    if at is None:
        return list(free)
    out: list[Row | int] = []
    part: list[int] = []
    for n in free:
        if lines[n].left < at - INSET and lines[n].right > at - INSET:
            out += beside(part, at, lines)
            part = []
            out.append(n)
        else:
            part.append(n)
    return out + beside(part, at, lines)


def gutter(lines: list[Line]) -> float | None:
    """Where a second column begins: several lines do, each with one left of it that ends before."""
    if not lines:
        return None
    margin = min(line.left for line in lines)
    found: Counter[float] = Counter()
    for line in lines:
        if line.left < margin + FARTHEST:
            continue
        level = [one for one in lines if abs(one.bottom - line.bottom) < 0.6 * line.size and one.left < line.left]
        if level and all(one.right < line.left - 2 for one in level) and not MARK_ONLY.fullmatch(level[-1].text):
            found[next((at for at in found if abs(at - line.left) < SLACK), line.left)] += 1
    at, count = found.most_common(1)[0] if found else (0.0, 0)
    return at if count >= FEWEST else None


def beside(part: list[int], at: float, lines: Sequence[Line]) -> list[Row | int]:
    """Rows of lines left and right of a gutter; as plain lines where it can't be told where a row ends."""
    left = [n for n in part if lines[n].left < at - INSET]
    right = [n for n in part if lines[n].left >= at - INSET]
    if not right:
        return list(part)
    if not left:
        return [[[], right]]  # what a page goes on with
    first = max(lines[n].bottom for n in left) + lines[left[0]].size
    rest = [n for n in right if lines[n].bottom > first]
    if rest and all(n in rest for n in right[: len(rest)]):
        return [[[], rest], *beside([n for n in part if n not in rest], at, lines)]
    split = by_gaps(left, right, lines) or by_ends(left, right, lines)
    return list(split) if split else list(part)


def column(lines: Sequence[Line], kept: Sequence[int], drawn: Rules) -> float | None:
    """Where the second column begins of a page whose text is set in two; None for any other page."""
    whole, each = enclosed(lines, kept, drawn)
    free = sorted(each)
    margin = min((lines[n].left for n in free), default=0.0)
    for at in sorted({round(lines[n].left, 1) for n in free if lines[n].left > margin + FARTHEST} if not whole else ()):
        left, right = (
            [n for n in free if lines[n].left < at - SLACK and lines[n].right <= at - INSET],
            [n for n in free if lines[n].left >= at - SLACK],
        )
        if len(right) < FEWEST_SET:
            return None
        if parted(at, free, lines) and side_by_side(left, right, lines):
            return at
    return None


def goes_on_in(at: float, lines: Sequence[Line], kept: Sequence[int]) -> bool:
    """Whether a page goes on in the columns of another: its second one begins where that one's does."""
    right = [lines[n].left for n in kept if lines[n].left >= at - SLACK]
    return bool(right) and min(right) - at < SLACK and parted(at, sorted(kept), lines) is not None


def parted(at: float, free: list[int], lines: Sequence[Line]) -> list[int] | None:
    """The lines of a page set in two columns as they are read: what stands across above them, one, the other, what
    stands across below; None where something stands across between them."""
    right = [n for n in free if lines[n].left >= at - SLACK]
    across = [n for n in free if lines[n].left < at - SLACK and lines[n].right > at - INSET]
    left = [n for n in free if n not in across and n not in right]
    body = [lines[n].bottom for n in (*left, *right)]
    if not left or not right:
        return None
    above, below = (
        [n for n in across if lines[n].bottom > max(body)],
        [n for n in across if lines[n].bottom < min(body)],
    )
    return [*above, *left, *right, *below] if len(above) + len(below) == len(across) else None


def side_by_side(left: list[int], right: list[int], lines: Sequence[Line]) -> bool:
    """Whether two columns are running text, each read down for itself: both are long, and what begins on the right
    doesn't stand level with what stands on the left, as the cell of a label would."""
    heads = [paragraph[0] for paragraph in paragraphs(right, lines)]
    level = [n for n in heads if any(abs(lines[n].bottom - lines[k].bottom) < SLACK for k in left)]
    return min(len(left), len(right)) >= FEWEST_SET and len(level) < LEVEL * len(heads)


def by_gaps(left: list[int], right: list[int], lines: Sequence[Line]) -> list[Row] | None:
    """Rows told by the gaps between paragraphs: each on the left has one on the right at most, beside it."""
    labels, values = paragraphs(left, lines), paragraphs(right, lines)
    taken: dict[int, list[int]] = {}
    for k, value in enumerate(values):
        near = [n for n, label in enumerate(labels) if overlap(label, value, lines)]
        if len(near) != 1:
            return None
        taken.setdefault(near[0], []).append(k)
    if any(len(some) > 1 for some in taken.values()) or any(ends_within(labels[n], lines) for n in taken):
        return None
    return [[label, values[taken[n][0]] if n in taken else []] for n, label in enumerate(labels)]


def ends_within(label: list[int], lines: Sequence[Line]) -> bool:
    """Whether a label ends before its last line: what stands so near under it is another."""
    return any(ENDED.search(lines[n].text) for n in label[:-1])


def overlap(label: list[int], value: list[int], lines: Sequence[Line]) -> bool:
    """Whether two paragraphs stand beside one another: most of the shorter one's height is shared."""
    high = min(lines[label[0]].bottom, lines[value[0]].bottom) + lines[label[0]].size
    low = max(lines[label[-1]].bottom, lines[value[-1]].bottom)
    return high - low > 0.5 * lines[label[0]].size


def paragraphs(each: list[int], lines: Sequence[Line]) -> list[list[int]]:
    """Lines of one margin without a gap between; a mark to tick belongs to the words right of it."""
    out: list[list[int]] = []
    for n in each:
        last = lines[out[-1][-1]] if out else None
        near = last and last.bottom - lines[n].bottom < GAP * max(last.size, lines[n].size)
        if last and near and abs(lines[out[-1][0]].left - lines[n].left) < SLACK * 2:
            out[-1].append(n)
        else:
            out.append([n])
    return out


def by_ends(left: list[int], right: list[int], lines: Sequence[Line]) -> list[Row] | None:
    """Rows told by the colon that ends each label; None where labels have none."""
    if not left or sum(bool(ENDED.search(lines[n].text)) for n in left) * 3 < len(left):
        return None
    out: list[Row] = []
    for n in left:
        if not out or ENDED.search(lines[out[-1][0][-1]].text):
            out.append([[n], []])
        else:
            out[-1][0].append(n)
    for n in right:
        middle = lines[n].bottom + 0.5 * lines[n].size
        above = [row for row in out if lines[row[0][0]].bottom + lines[row[0][0]].size > middle]
        if not above:
            return None
        above[-1][1].append(n)
    return out
