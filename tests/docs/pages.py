"""The prose of this repository: its pages, what they link to, and what they put between backticks."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = sorted({ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *DOCS})
STORIES = sorted((ROOT / "src").rglob("README.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```[a-z]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")


def name(path: Path) -> str:
    """A page as tests name it."""
    return str(path.relative_to(ROOT))


def code(page: str) -> list[str]:
    """What stands in fences, line by line, and between backticks."""
    lines = [line.strip() for fence in FENCE.findall(page) for line in fence.splitlines()]
    return [*lines, *CODE.findall(FENCE.sub("", page))]


def links(page: str) -> list[str]:
    """Where a page's links lead, as written."""
    return LINK.findall(FENCE.sub("", page))


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@cache
def make() -> ModuleType:
    """docs/make.py."""
    spec = importlib.util.spec_from_file_location("docs_make", ROOT / "docs" / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
