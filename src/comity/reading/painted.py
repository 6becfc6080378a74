"""What a PDF page shows: its content with everything drawn from elsewhere put in its place, and the boxes drawn on it.

Pure, run in the limited child. A form that was flattened keeps each value in an object of its own, which the page draws
through a matrix. pypdf reads the text of such objects as if they lay in the corner of the page, so they are put into
the page's own content first (ISO 32000-1, 8.10). Lengths are points from the lower left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from itertools import pairwise
from typing import Any

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MOST_OPERATIONS = 200_000
MOST_DEPTH = 6
MOST_PATHS = 5_000
MOST_BOXES = 500
SMALLEST, LARGEST = 5.0, 22.0  # a box to tick
THIN = 3.0
TEXT = frozenset(
    [b"BT", b"ET", b"Td", b"TD", b"Tm", b"T*", b"Tj", b"TJ", b"'", b'"', b"Tc", b"Tw", b"Tz", b"TL", b"Ts", b"Tr"]
)
STROKES = frozenset([b"S", b"s", b"B", b"B*", b"b", b"b*"])
PAINTS = frozenset([b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"])
POINTS = {b"m": 1, b"l": 1, b"c": 3, b"v": 2, b"y": 2}


def resolved(thing: Any) -> Any:
    """What a reference leads to, followed a bounded number of steps."""
    for _ in range(5):
        if not isinstance(thing, IndirectObject):
            return thing
        thing = thing.get_object()
    return None


@dataclass
class Part:
    """Something drawn through a matrix: where it lies, and the operations that draw it, for its own text."""

    box: Box
    content: Any
    resources: Any


@dataclass
class Square:
    """A box to tick that is drawn on the page, and whether anything is drawn in it."""

    box: Box
    marked: bool = False


@dataclass
class Canvas:
    """A page's content as one list of operations; `fonts` by the names that they have in it."""

    operations: list[tuple[Any, bytes]] = fresh(default_factory=list)
    fonts: DictionaryObject = fresh(default_factory=DictionaryObject)
    names: dict[int, str] = fresh(default_factory=dict)
    paths: list[Box] = fresh(default_factory=list)
    segments: list[Box] = fresh(default_factory=list)
    slanting: list[Box] = fresh(default_factory=list)
    parts: list[Part] = fresh(default_factory=list)
    without: set[int] = fresh(default_factory=set)
    cut: bool = False
    growing: list[Box] = fresh(default_factory=list)
    filling: list[Box] = fresh(default_factory=list)

    def draw(self, content: Any, resources: Any, at: Matrix, reader: Any, depth: int = 0) -> None:
        """Put the operations of a page or an object here, and those of each object that it draws in its place."""
        state, stack, path = at, [], list[tuple[float, float]]()
        for operands, operator in ContentStream(content, reader, "bytes").operations if content is not None else ():
            if len(self.operations) > MOST_OPERATIONS:
                self.cut = True
                return
            if operator == b"q":
                stack.append(state)
            elif operator == b"Q":
                state = stack.pop() if stack else state
            elif operator == b"cm" and (more := matrix(operands)):
                state = times(more, state)
            if operator in TEXT or operator in {b"q", b"Q", b"cm"}:
                self.operations.append((operands, operator))
            elif operator == b"Tf":
                self.operations.append(([NameObject(self.font(resources, operands)), *operands[1:]], operator))
            elif operator == b"Do":
                self.object(resources, operands, state, reader, depth)
            else:
                self.path(operator, operands, state, path)
        # what is left open must not reach what comes after
        self.operations += [([], b"Q") for _ in stack]

    def font(self, resources: Any, operands: Sequence[Any]) -> str:
        held = resolved(resolved(resources).get("/Font")) if isinstance(resolved(resources), DictionaryObject) else None
        name = str(operands[0]) if operands else ""
        raw = held.raw_get(name) if isinstance(held, DictionaryObject) and name in held else None
        if raw is None:
            return name or "/None"
        key = raw.idnum if isinstance(raw, IndirectObject) else id(raw)
        if key not in self.names:
            self.names[key] = f"/F{len(self.names)}x"
            self.fonts[NameObject(self.names[key])] = raw
        return self.names[key]

    def object(self, resources: Any, operands: Sequence[Any], state: Matrix, reader: Any, depth: int) -> None:
        """One object that is drawn by its name."""
        held = (
            resolved(resolved(resources).get("/XObject")) if isinstance(resolved(resources), DictionaryObject) else None
        )
        name = str(operands[0]) if operands else ""
        found = resolved(held.raw_get(name)) if isinstance(held, DictionaryObject) and name in held else None
        if not isinstance(found, StreamObject) or found.get("/Subtype") == "/Image" or id(found) in self.without:
            return
        if depth >= MOST_DEPTH:
            self.cut = True
            return
        self.form(found, resources, state, reader, depth + 1, own=depth == 0)

    def form(
        self, found: StreamObject, resources: Any, state: Matrix, reader: Any, depth: int, own: bool = True
    ) -> None:
        """An object's operations, through its own matrix."""
        inner = matrix(resolved(found.get("/Matrix"))) or SAME
        if own and (box := box_of(found.get("/BBox"))):
            self.parts.append(Part(mapped(box, times(inner, state)), found, resources))
        self.operations += [([], b"q"), ([FloatObject(n) for n in inner], b"cm")]
        self.draw(found, found.get("/Resources", resources), times(inner, state), reader, depth)
        self.operations.append(([], b"Q"))

    @staticmethod
    def base(page_of: Any, reader: Any, without: Sequence[Part]) -> Canvas:
        """The page's own content, without some of the objects that it draws."""
        made = Canvas(without={id(part.content) for part in without})
        made.draw(page_of.get_contents(), page_of.get("/Resources"), SAME, reader)
        return made

    def path(self, operator: bytes, operands: Sequence[Any], state: Matrix, path: list[tuple[float, float]]) -> None:
        """A path as it grows; where it is painted, the rectangle that it fills, and its straight lines."""
        if operator == b"re" and len(operands) >= 4:
            x, y, width, height = numbers(operands[:4])
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            path += [moved(one, state) for one in (corners[0], corners[2])]
            self.growing += [span(moved(a, state), moved(b, state)) for a, b in pairwise([*corners, corners[0]])]
            self.filling.append(span(*path[-2:]))
        elif operator in POINTS and len(operands) >= 2:
            path.append(moved(numbers(operands[-2:]), state))
            self.growing += [span(*path[-2:])] if operator == b"l" and len(path) > 1 else []
        elif operator in PAINTS or operator == b"n":
            if path and operator != b"n" and len(self.paths) < MOST_PATHS:
                xs, ys = [x for x, _ in path], [y for _, y in path]
                self.paths.append((min(xs), min(ys), max(xs), max(ys)))
                self.segments += self.growing if operator in STROKES else []
                self.slanting += [one for one in self.growing if operator in STROKES and slants(one)]
                # a rule may be drawn as a rectangle so thin that nobody takes it for one
                self.segments += [one for one in self.filling if min(one[2] - one[0], one[3] - one[1]) < THIN]
            path.clear()
            self.growing, self.filling = [], []

    def page(self, reader: Any) -> PageObject:
        """All of it as a page that pypdf reads."""
        made = PageObject(reader)
        content = ContentStream(None, reader)
        content.operations = self.operations
        made[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): self.fonts})
        made[NameObject("/Contents")] = content
        return made

    def squares(self) -> list[Square]:
        """The boxes to tick among what is drawn. Something drawn in one, and smaller than it or across it, marks it."""
        found: list[Square] = []
        small = [one for one in self.paths if max(one[2] - one[0], one[3] - one[1]) <= LARGEST + 4]
        for one in small:
            width, height = one[2] - one[0], one[3] - one[1]
            even = SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST and 0.75 < width / height < 1.33
            if even and len(found) < MOST_BOXES and not any(within(one, square.box, 0.5) for square in found):
                found = [square for square in found if not within(square.box, one, 0.5)]
                found.append(Square(one))
        for square in found:
            crossed = any(overlap(one, square.box) for one in self.slanting[:MOST_PATHS])
            square.marked = crossed or any(one != square.box and marks(one, square.box) for one in small)
        return found


def slants(one: Box) -> bool:
    """Whether a straight line between the corners of a small rectangle is of a cross: frames have none that slant."""
    width, height = one[2] - one[0], one[3] - one[1]
    return THIN < width <= LARGEST + 4 and THIN < height <= LARGEST + 4


def marks(one: Box, box: Box) -> bool:
    """Whether what is drawn lies in a box, and isn't its frame drawn again (as four lines, or a second time)."""
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    side = max(box[2] - box[0], box[3] - box[1])
    central = abs(x - (box[0] + box[2]) / 2) < side / 3 and abs(y - (box[1] + box[3]) / 2) < side / 3
    frame = abs((one[2] - one[0]) - (box[2] - box[0])) < 1.5 and abs((one[3] - one[1]) - (box[3] - box[1])) < 1.5
    return central and not frame and max(one[2] - one[0], one[3] - one[1]) > 0.2 * side


def within(one: Box, other: Box, slack: float) -> bool:
    """Whether one rectangle lies in another, and is about as large."""
    return all(abs(a - b) <= 3 for a, b in zip(one, other, strict=True)) and (
        one[0] >= other[0] - slack and one[1] >= other[1] - slack and one[2] <= other[2] + slack
    )


def overlap(one: Box, other: Box) -> bool:
    """Whether the middle of one rectangle lies in another."""
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return other[0] - 1 <= x <= other[2] + 1 and other[1] - 1 <= y <= other[3] + 1


def near(one: Box, box: Box) -> bool:
    """Whether something drawn lies on a box to tick, or a little beside it; what is far larger is of something else."""
    small = max(one[2] - one[0], one[3] - one[1]) < 4 * LARGEST
    return small and one[0] < box[2] + 3 and one[2] > box[0] - 3 and one[1] < box[3] + 3 and one[3] > box[1] - 3


def span(one: tuple[float, float], other: tuple[float, float]) -> Box:
    """The rectangle between two points."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def numbers(operands: Sequence[Any]) -> Any:
    return tuple(float(one) for one in operands)


def matrix(operands: Any) -> Matrix | None:
    if not isinstance(operands, (list, ArrayObject)) or len(operands) != 6:
        return None
    a, b, c, d, e, f = (float(resolved(one)) for one in operands)
    return a, b, c, d, e, f


def times(one: Matrix, other: Matrix) -> Matrix:
    """What `one` does, and then `other`."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def moved(point: tuple[float, float], by: Matrix) -> tuple[float, float]:
    x, y = point
    return x * by[0] + y * by[2] + by[4], x * by[1] + y * by[3] + by[5]


def mapped(box: Box, by: Matrix) -> Box:
    """The upright rectangle around a box that a matrix moves."""
    corners = [moved((x, y), by) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def box_of(thing: Any) -> Box | None:
    """A rectangle with its corners in order; None for what is none."""
    held = resolved(thing)
    if not isinstance(held, ArrayObject) or len(held) != 4:
        return None
    try:
        x0, y0, x1, y1 = (float(resolved(one)) for one in held)
    except (TypeError, ValueError):
        return None
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def page(page_of: Any, reader: Any) -> Canvas:
    """A page's content, each object that it draws in its place."""
    canvas = Canvas()
    canvas.draw(page_of.get_contents(), page_of.get("/Resources"), SAME, reader)
    return canvas


def alone(content: StreamObject, reader: Any, resources: Any = None) -> PageObject:
    """One object as a page of its own, for its text."""
    canvas = Canvas()
    canvas.draw(content, content.get("/Resources", resources), SAME, reader)
    return canvas.page(reader)
