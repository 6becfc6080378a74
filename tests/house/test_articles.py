"""What an act says stands with its packs, its forms and its instrument: nobody else names its articles."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "src" / "comity"
NAMES = re.compile(r"\b(?:19|20)\d\d/\d+|\bArt\. ?\d|\bArticles? \d|§ ?\d")
# `regulations` applies the law that all periods are counted by, and says so in each derivation
HOMES = {"instruments", "regulations", "migrations", "locale"}


def _docstrings(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield id(first.value)


def said(text: str) -> Iterator[tuple[int, str]]:
    """The strings of a module that aren't docstrings, by line; a docstring may cite its source."""
    tree = ast.parse(text)
    cites = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in cites:
            yield node.lineno, node.value


def _files(pattern: str) -> list[Path]:
    return [path for path in HOUSE.rglob(pattern) if not HOMES & set(path.relative_to(HOUSE).parts)]


def test_it_works() -> None:
    module = '"""By Regulation (EU) 2021/784, Art. 3(3)."""\nCITE = "Art. 3(3)"\n'
    assert [(line, text) for line, text in said(module) if NAMES.search(text)] == [(2, "Art. 3(3)")]


@pytest.mark.parametrize("text", ["Regulation (EU) 2021/784", "see Art. 4", "under Article 9", "18 U.S.C. § 2703"])
def test_an_article_is_known_however_it_is_written(text: str) -> None:
    assert NAMES.search(text)


@pytest.mark.slow
def test_no_module_names_an_article() -> None:
    found = ((path, line, text) for path in _files("*.py") for line, text in said(path.read_text()))
    assert not [f"{path.relative_to(HOUSE)}:{line}: {text}" for path, line, text in found if NAMES.search(text)]


def test_no_template_names_an_article() -> None:
    pages = [path for path in _files("*") if "templates" in path.parts and path.is_file()]
    lines = ((path, line) for path in pages for line in path.read_text().splitlines())
    assert not [f"{path.relative_to(HOUSE)}: {line.strip()}" for path, line in lines if NAMES.search(line)]
