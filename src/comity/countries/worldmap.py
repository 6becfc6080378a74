"""The world as SVG: a shape for each country, filled by how we stand with it. Drawn on the server, from our own file.

Each state has a pattern, readable in grey, before it has a colour; what is disputed is flat grey and says nothing. A
country too small for the map is a square below it, where there is something to say. The table is the equal of both.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from comity import language

from . import rules


@dataclass(frozen=True)
class Shape:
    """One shape, or with no `path` a square: the country, its name and state in words, the classes of its look."""

    code: str
    css: str
    says: str
    path: str = ""


@dataclass(frozen=True)
class World:
    """The map. `disputed`: what says nothing; `squares`: what has no shape, where there is something to say."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    disputed: str
    squares: tuple[Shape, ...]
    used: tuple[str, ...]


@cache
def _file() -> Mapping[str, dict[str, str]]:
    return dict(json.loads(resources.files(__package__).joinpath("map.json").read_text("utf-8")))


def drawn(stand: Mapping[str, tuple[str, bool]], words: Mapping[str, str], blocked: str, realm: str) -> World:
    """The map of how each country stands: state and whether it blocks us, by code; `words` for the states."""
    paths = _file()["paths"]
    shapes, squares = [], []
    for code in rules.codes(realm):
        state, blocks = stand.get(code, ("none", False))
        says = f"{rules.name(code)}{language.colon()}{words[state]}{', ' + blocked if blocks else ''}"
        shape = Shape(code, f"s-{state}{' blocked' if blocks else ''}", says, paths.get(code, ""))
        if shape.path:
            shapes.append(shape)
        elif state != "none" or blocks:
            squares.append(shape)
    width, height = _file()["box"]
    used = tuple(state for state in rules.STATES if any(f"s-{state}" in one.css for one in (*shapes, *squares)))
    return World(int(width), int(height), tuple(shapes), paths[""], tuple(squares), used)
