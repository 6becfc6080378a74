"""Risks on the plane of likelihood and consequence, as our own SVG: where each is, and from where to where one moved.
Pure. What a band is, is told by its border and by a word, and by colour only beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .register import RED, Residual, Risk, band

SIDE = 5
LEFT, TOP, WIDE, HIGH = 34, 8, 108, 58  # of the plane, and of one cell
SHOWN = 4  # numbers in a cell


@dataclass(frozen=True)
class Cell:
    """One cell: its place, its band, and its size."""

    x: int
    y: int
    band: str
    size: int


@dataclass(frozen=True)
class Text:
    """A text at a place."""

    x: float
    y: float
    text: str
    url: str = ""


@dataclass(frozen=True)
class Plane:
    """Ready for `risk/plane.html`. `arrow`: from the inherent risk to what is left, as the `d` of a path."""

    id: str
    title: str
    says: str
    cells: tuple[Cell, ...]
    texts: tuple[Text, ...]
    across: tuple[Text, ...]
    along: tuple[Text, ...]
    arrow: str = ""
    dots: tuple[tuple[float, float, str], ...] = ()
    wide: int = LEFT + SIDE * WIDE + 8
    high: int = TOP + SIDE * HIGH + 30
    cell_wide: int = WIDE
    cell_high: int = HIGH


def _x(likelihood: float) -> float:
    return LEFT + (likelihood - 1) * WIDE


def _y(consequence: float) -> float:
    return TOP + (SIDE - consequence) * HIGH


def _cells() -> tuple[Cell, ...]:
    """All cells; those that are red last, so that their borders lie on top."""
    sides = range(1, SIDE + 1)
    made = [Cell(int(_x(x)), int(_y(y)), band(x * y), x * y) for x in sides for y in sides]
    return tuple(sorted(made, key=lambda one: one.band == RED))


def _axes() -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    sides = range(1, SIDE + 1)
    across = tuple(Text(LEFT - 10, _y(n) + HIGH / 2 + 5, str(n)) for n in sides)
    return across, tuple(Text(_x(n) + WIDE / 2, TOP + SIDE * HIGH + 20, str(n)) for n in sides)


def heat(id: str, title: str, says: str, left: Sequence[tuple[Risk, Residual]], urls: Mapping[str, str]) -> Plane:
    """Every risk where it is left, by its number."""
    by: dict[tuple[int, int], list[Risk]] = {}
    for risk, one in left:
        by.setdefault((one.likelihood, one.consequence), []).append(risk)
    texts = []
    for (x, y), risks in by.items():
        for n, risk in enumerate(risks[:SHOWN]):
            at = Text(_x(x) + 28 + 52 * (n % 2), _y(y) + 22 + 20 * (n // 2), risk.number, urls[risk.id])
            texts.append(at)
        if more := risks[SHOWN:]:
            texts.append(Text(_x(x) + WIDE - 14, _y(y) + 14, f"+{len(more)}"))
    across, along = _axes()
    return Plane(id, title, says, _cells(), tuple(texts), across, along)


def moved(id: str, title: str, says: str, risk: Risk, left: Residual) -> Plane:
    """One risk: from where it would be without controls to where it is."""
    a, b = ((_x(one.likelihood) + WIDE / 2, _y(one.consequence) + HIGH / 2) for one in (risk, left))
    across, along = _axes()
    arrow = "" if a == b else f"M{a[0]} {a[1]}L{b[0]} {b[1]}"
    dots = ((*a, "was"), (*b, "is"))
    return Plane(id, title, says, _cells(), (), across, along, arrow, dots)
