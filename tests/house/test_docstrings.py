"""Public functions and classes say what they are: purpose, units, time zone, errors; so a caller need not read on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
# what others call in any room: its acts and decisions, the ports it offers, its tables, and the command line
PUBLIC = {"port", "commands", "rules", "cli", "models"}
# rooms of many small readers and drawers that nobody calls from outside: there, only what is public needs one
WITHIN = {"reading", "demo", "comity_sandbox"}

# what has none yet, by module; this list only gets shorter
KNOWN: dict[str, set[str]] = {}


def without(text: str) -> Iterator[str]:
    """The public names of a module, by dots, that have no docstring; a method that overrides need not repeat one."""
    yield from _without(ast.parse(text), "")


def _without(tree: ast.Module | ast.ClassDef, within: str) -> Iterator[str]:
    inherits = isinstance(tree, ast.ClassDef) and any(ast.unparse(base) != "NamedTuple" for base in tree.bases)
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if node.name == "Meta" or (inherits and not isinstance(node, ast.ClassDef)):
            continue
        if not ast.get_docstring(node):
            yield f"{within}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _without(node, f"{within}{node.name}.")


def _modules() -> Iterator[Path]:
    for path in sorted(SRC.rglob("*.py")):
        rooms = set(path.relative_to(SRC).parts)
        if "migrations" not in rooms and (path.stem in PUBLIC or not WITHIN & rooms):
            yield path


def test_it_works() -> None:
    text = '''
def told() -> None:
    """What it does."""
def untold() -> None: ...
def _own() -> None: ...
class Thing:
    """A thing."""
    def act(self) -> None: ...
class Kind(Thing):
    """A kind of thing, whose acts are the thing's."""
    def act(self) -> None: ...
'''
    assert list(without(text)) == ["untold", "Thing.act"]


@pytest.mark.slow
def test_what_others_call_says_what_it_is() -> None:
    found = {str(path.relative_to(SRC)): set(without(path.read_text())) for path in _modules()}
    assert {path: names for path, names in found.items() if names} == KNOWN


@pytest.mark.slow
def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(SRC))
        for path in sorted(SRC.rglob("*.py"))
        if "migrations" not in path.parts
        and (text := path.read_text()).strip()
        and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []
