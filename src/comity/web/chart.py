"""Charts as our own SVG: lines, a band, bars, marks; and the table that says the same, from the same rows. Pure.

A line is told from another by its dashes, a bar by its pattern, a mark by its letter: colour is only ever beside it.
Everything is placed by attributes and classes, as the content policy asks; text is the template's, and escaped there.
What a line does is also told in a sentence, for who sees no line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDE, HIGH = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 30
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Series:
    """One line: a value for each column, None where nothing is known. `kind`: line, low, high or bound."""

    name: str
    values: Sequence[float | None]
    kind: str = "line"


@dataclass(frozen=True)
class Mark:
    """Something that happened at a column: `tone` is `change` or `crossing`."""

    at: int
    says: str
    tone: str = "change"


@dataclass(frozen=True)
class Placed:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Flag:
    """A mark, placed: a line from top to bottom with a letter."""

    x: float
    y: float
    letter: str
    says: str
    tone: str
    before: bool  # whether the letter stands to the left of its line


@dataclass(frozen=True)
class Path:
    """A line as the `d` of a path, and where its name stands."""

    name: str
    d: str
    css: str


@dataclass(frozen=True)
class Chart:
    """A chart, ready for `web/parts/chart.html`. `rows`: the table, a label and a cell for each series; `tells`: what
    each line does, in a sentence."""

    id: str
    title: str
    says: str
    paths: tuple[Path, ...]
    band: str
    flags: tuple[Flag, ...]
    across: tuple[Placed, ...]
    along: tuple[Placed, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    tells: tuple[str, ...] = ()
    dots: tuple[tuple[float, float], ...] = ()
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    right: int = WIDE - RIGHT
    top: int = TOP
    bottom: int = HIGH - BOTTOM


Say = Callable[[float | None], str]


def lines(
    id: str, title: str, says: str, labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark], say: Say
) -> Chart:
    """A chart of lines over columns. A gap stays a gap; `say` writes a value, and what is not known."""
    known = [value for one in series for value in one.values if value is not None]
    low, high = _span(known)
    x = _columns(len(labels))

    def y(value: float) -> float:
        return round(TOP + (HIGH - TOP - BOTTOM) * (high - value) / (high - low), 1)

    shown = [one for one in series if one.kind in ("line", "bound")]
    plain = next((one for one in series if one.kind == "line"), None)
    return Chart(
        id,
        title,
        says,
        tuple(Path(one.name, _d(one.values, x, y), f"{one.kind} n{n}") for n, one in enumerate(shown)),
        _band(series, x, y),
        _flags(marks, x),
        tuple(Placed(LEFT - 6, y(value), say(value)) for value in (low, (low + high) / 2, high)),
        _along(labels, x),
        tuple(one.name for one in series),
        tuple((label, tuple(say(one.values[n]) for one in series)) for n, label in enumerate(labels)),
        tuple(_told(one, labels, say) for one in shown),
        tuple((x[n], y(value)) for n, value in enumerate(plain.values) if value is not None) if plain else (),
    )


def _told(one: Series, labels: Sequence[str], say: Say) -> str:
    """Where a line begins and ends, and between what it lies; a bound that never moves is told once."""
    known = [(value, label) for value, label in zip(one.values, labels, strict=True) if value is not None]
    if not known:
        return _("%(name)s: not known.") % {"name": one.name}
    (first, at), (last, until) = known[0], known[-1]
    (low, low_at), (high, high_at) = (pick(known, key=lambda pair: pair[0]) for pick in (min, max))
    told = {"name": one.name, "first": say(first), "at": at, "last": say(last), "until": until}
    if low == high:
        return _("%(name)s: %(first)s throughout.") % told
    told |= {"low": say(low), "low_at": low_at, "high": say(high), "high_at": high_at}
    says = _(
        "%(name)s: %(first)s at first (%(at)s), %(last)s at last (%(until)s); lowest %(low)s (%(low_at)s), highest"
        " %(high)s (%(high_at)s)."
    )
    return says % told


def _flags(marks: Sequence[Mark], x: Sequence[float]) -> tuple[Flag, ...]:
    """One flag for all that is of one tone in a column: two letters on one line couldn't be read."""
    said: dict[tuple[int, str], list[str]] = {}
    for one in sorted(marks, key=lambda one: one.at):
        said.setdefault((one.at, one.tone), []).append(one.says)
    taken: dict[int, int] = {}
    made = []
    for n, ((at, tone), texts) in enumerate(said.items()):
        row = taken.get(at, 0)
        taken[at] = row + 1
        made.append(Flag(x[at], TOP + 16 * row, LETTERS[n % 26], " · ".join(texts), tone, at * 2 > len(x)))
    return tuple(made)


def _span(known: Sequence[float]) -> tuple[float, float]:
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 0.5
    top = 1.0 if high <= 1 < high + room else high + room  # of a whole there is no more than all
    return max(0.0, low - room) if low >= 0 else low - room, top


def _columns(n: int) -> list[float]:
    step = (WIDE - LEFT - RIGHT) / max(1, n - 1)
    return [round(LEFT + step * k, 1) for k in range(n)]


def _d(values: Sequence[float | None], x: Sequence[float], y: Callable[[float], float]) -> str:
    """A path with a fresh start after each gap."""
    made, pen = [], "M"
    for n, value in enumerate(values):
        if value is None:
            pen = "M"
        else:
            made.append(f"{pen}{x[n]} {y(value)}")
            pen = "L"
    return "".join(made)


def _band(series: Sequence[Series], x: Sequence[float], y: Callable[[float], float]) -> str:
    kinds = {one.kind: one.values for one in series}
    if "low" not in kinds or "high" not in kinds:
        return ""
    pairs = [(n, a, b) for n, (a, b) in enumerate(zip(kinds["low"], kinds["high"], strict=True))]
    made, run = [], []
    for n, a, b in [*pairs, (-1, None, None)]:
        if a is not None and b is not None:
            run.append((n, a, b))
            continue
        if run:
            there = "".join(f"{'M' if k == 0 else 'L'}{x[m]} {y(hi)}" for k, (m, _, hi) in enumerate(run))
            made.append(there + "".join(f"L{x[m]} {y(lo)}" for m, lo, _ in reversed(run)) + "Z")
        run = []
    return "".join(made)


def _along(labels: Sequence[str], x: Sequence[float]) -> tuple[Placed, ...]:
    if not labels:
        return ()
    step = max(1, (len(labels) - 1) // 4)
    return tuple(Placed(x[n], HIGH - 8, labels[n]) for n in range(0, len(labels), step))
