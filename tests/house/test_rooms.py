"""Only a room writes its own tables, read from the syntax; and the prover's contract names every floor."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMITY = ROOT / "src" / "comity"
WRITES = {"create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OF_ROWS = {"save", "delete"}
VIEWS = {"views", "pages", "urls", "rules"}  # they translate and decide: nothing of theirs changes a state

# what is not so yet, each with the room that has to take it over
KNOWN: dict[str, str] = {}


def _models(tree: ast.Module, room: str) -> dict[str, str]:
    """The models that a module imports, under the name that it calls them by, with the room that each belongs to."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("models"):
            parts = (node.module or "").split(".")
            owner = room if node.level else parts[1] if parts[0] == "comity" else ""
            found |= {name.asname or name.name: owner for name in node.names if owner}
    return found


def _root(node: ast.expr) -> str:
    """The name that a chain of calls and attributes starts from, if it goes through `objects`: that of a model."""
    through = False
    while isinstance(node, ast.Attribute | ast.Call):
        through |= isinstance(node, ast.Attribute) and node.attr == "objects"
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if through and isinstance(node, ast.Name) else ""


def _rows(function: ast.AST, models: dict[str, str]) -> dict[str, str]:
    """The parameters of a function that are said to be rows, with the room of each."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return {}
    said = {one.arg: one.annotation for one in (*function.args.args, *function.args.kwonlyargs)}
    return {name: models[of.id] for name, of in said.items() if isinstance(of, ast.Name) and of.id in models}


def writes(text: str, room: str) -> Iterator[tuple[int, str]]:
    """Each write that a module of a room makes: the line, and the room whose table it is."""
    tree = ast.parse(text)
    models = _models(tree, room)
    for function in ast.walk(tree):
        rows = _rows(function, models)
        for node in ast.walk(function) if rows or function is tree else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of, act = node.func.value, node.func.attr
            if function is tree and act in WRITES and (root := _root(of)) in models:
                yield node.lineno, models[root]
            if act in OF_ROWS and isinstance(of, ast.Name) and of.id in rows:
                yield node.lineno, rows[of.id]


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(COMITY.rglob("*.py")):
        if "migrations" not in path.parts and path.parent != COMITY:
            yield path, path.relative_to(COMITY).parts[0]


def test_it_works() -> None:
    text = """
from comity.cases.models import Case
from .models import Mail
def one(case: Case, mail: Mail):
    Case.objects.filter(id=1).update(state="x")
    case.save()
    mail.save()
    Mail.objects.create()
    Case.objects.get(id=1)
"""
    assert sorted(writes(text, "outbox")) == [(5, "cases"), (6, "cases"), (7, "outbox"), (8, "outbox")]


@pytest.mark.slow
def test_only_a_room_writes_its_own_tables() -> None:
    found = {
        f"{path.relative_to(COMITY)} writes {owner}"
        for path, room in _modules()
        for _, owner in writes(path.read_text(), room)
        if owner != room
    }
    assert found - {*KNOWN} == set()
    assert {*KNOWN} - found == set(), "it is so now: take it off the list"


def test_what_translates_or_decides_writes_nothing() -> None:
    views = [(path, room) for path, room in _modules() if path.stem in VIEWS]
    assert [str(path) for path, room in views if any(writes(path.read_text(), room))] == []


def test_the_prover_may_know_the_language_and_the_regulations_and_no_other_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = {name.strip() for layer in contracts[0]["layers"] for name in layer.replace(":", "|").split("|")}
    forbidden = {name.removeprefix("comity.") for name in contracts[-1]["forbidden_modules"]}
    assert floors - forbidden == {"cel", "regulations"}
    assert forbidden <= floors
