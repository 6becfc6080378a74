"""The house's own rules, checked on its text: names, sizes, templates, migrations, floors."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines

ROOT = Path(__file__).parents[2]
SOURCES = [p for p in (ROOT / "src").rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = [p for p in (ROOT / "src").rglob("templates/**/*") if p.is_file()]
NO_SUCH_NAMES = {"utils", "util", "helpers", "helper", "managers", "manager", "common", "misc", "signals", "lib"}
LONGEST_FILE = 700  # lines
LONGEST_FUNCTION = 70


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [p for p in SOURCES if NO_SUCH_NAMES & {p.stem, p.parent.name}]


def test_no_file_is_longer_than_one_can_read() -> None:
    assert not {p.name: n for p in SOURCES if (n := len(p.read_text().splitlines())) > LONGEST_FILE}


@pytest.mark.slow
def test_no_function_is_longer_than_a_page() -> None:
    lengths = [pair for path in SOURCES for pair in _functions(path)]
    assert not [pair for pair in lengths if pair[1] > LONGEST_FUNCTION]
    by_length = sorted(length for _, length in lengths)
    assert by_length[int(len(by_length) * 0.95)] < 50


def test_only_the_clock_asks_for_the_time() -> None:
    asks = re.compile(r"datetime\.now\(|timezone\.now\(|datetime\.utcnow\(|date\.today\(")
    assert not [p for p in (ROOT / "src/comity").rglob("*.py") if p.name != "clock.py" and asks.search(p.read_text())]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_every_template_compiles(path: Path) -> None:
    django = engines["django"]
    django.from_string(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_has_a_style_or_script_attribute(path: Path) -> None:
    """The content policy refuses them, so they would silently do nothing."""
    if path.suffix == ".html":
        assert not re.search(r"\s(style|on[a-z]+)\s*=\s*[\"']", path.read_text())


@pytest.mark.django_db
def test_the_migrations_are_complete() -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_every_feature_folder_tells_its_story() -> None:
    rooms = {p.parent for p in (ROOT / "src").rglob("__init__.py")}
    features = [p for p in rooms if p.parent.name in ("comity", "doors", "src") and p.name not in ("comity", "doors")]
    assert not [p.name for p in features if not (p / "README.md").exists()]
