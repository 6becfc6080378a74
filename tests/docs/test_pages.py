"""The docs tell of what is there, and of nothing else."""

import argparse
import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from comity import operator
from comity.authorities import commands as register
from comity.cases import rules
from comity.cli import parser
from comity.demo.samples import SAMPLES
from comity.ledger.events import KINDS
from comity.people.models import ROLES
from comity.regulations import packs
from docs.pages import PAGES, ROOT, STORIES, anchors, code, links, make, name

TEXT = {path: path.read_text() for path in (*PAGES, *STORIES)}
ALL = "\n".join(TEXT[path] for path in PAGES)
SOURCES = [p for p in (ROOT / "src").rglob("*.py") if "migrations" not in p.parts]
VARIABLE = re.compile(
    r"environ(?:\.get|\.setdefault)?[\[(]\s*\"([A-Z_]+)\"|\"(COMITY_[A-Z_]+|[A-Z]+_URL)\" in os\.environ"
)
PUBLIC = re.compile(r"/(?:console|demo|regulations|statement|people|healthz|readyz|metrics)?[a-z/-]*")
FOREIGN = ("/run", "/tmp", "/proc", "/etc", "/var", "/opt", "/c/", "/api/")  # paths of the machine, and of the sandbox
ELSEWHERE = (
    "DJANGO_SETTINGS_MODULE",
    "COMITY_SEED",
    "COMITY_SOAK",
    "COMITY_CHROMIUM",
)  # the frameworks' and the tests' own


def variables() -> set[str]:
    """Every environment variable that the gateway reads."""
    found = {a or b for path in SOURCES for a, b in VARIABLE.findall(path.read_text())}
    return found - set(ELSEWHERE) - {"PATH", "LANG", "TZ"}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_it_works_made_parts_are_fresh(path: Path) -> None:
    """When this fails: `.venv/bin/python docs/make.py`, and read what it wrote."""
    assert make().fresh(path.read_text()) == path.read_text()


def test_the_made_parts_tell_all() -> None:
    for leaf, says in make().leaves(parser()):
        assert says, leaf.prog
        assert f"### `{leaf.prog}`" in TEXT[ROOT / "docs/commands.md"]
    assert all(f"| `{kind}` |" in TEXT[ROOT / "docs/events.md"] for kind in KINDS)
    life = TEXT[ROOT / "docs/life-of-a-case.md"]
    assert all(life.count(f"| `{state}` |") == 2 for state in rules.STATES), (
        "each state: what it waits for, what it allows"
    )


@pytest.mark.parametrize("path", [*PAGES, *STORIES], ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(TEXT[path]):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        where, _, anchor = link.partition("#")
        target = (path.parent / where).resolve() if where else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        if path in seen or path.suffix != ".md":
            continue
        seen.add(path)
        ahead += [
            (path.parent / link.partition("#")[0]).resolve() for link in links(path.read_text()) if ":" not in link
        ]
    assert set(PAGES) <= seen


def test_every_variable_is_documented_and_no_other() -> None:
    run_it = TEXT[ROOT / "docs/run-it.md"]
    assert {v for v in variables() if f"| `{v}` |" not in run_it} == set()
    named = set(re.findall(r"\b(?:COMITY_[A-Z_]+|DATABASE_URL)\b", ALL))
    assert named - variables() <= set(ELSEWHERE)


def test_every_key_of_comity_toml_is_documented_and_no_other() -> None:
    run_it = TEXT[ROOT / "docs/run-it.md"]
    known = {f"{table}.{key}" for table, keys in operator.KEYS.items() for key in keys} | set(operator.SINGLE)
    assert {key for key in known if f"`{key}`" not in run_it} == set()
    named = re.findall(r"`((?:operator|provider|establishment_authority)\.[a-z_]+)`", run_it)
    assert set(named) <= known


def test_every_field_of_the_register_is_documented() -> None:
    section = TEXT[ROOT / "docs/run-it.md"].split("## The register of authorities")[1].split("\n## ")[0]
    assert {field for field in ("id", *register.FIELDS) if f"`{field}`" not in section} == set()
    assert all(kind in section for kind in register.KINDS)


def test_every_key_file_is_documented() -> None:
    run_it = TEXT[ROOT / "docs/run-it.md"]
    secret = re.compile(r"(?:secret\([^)\n]*|\"keys\" / )\"([a-z.-]+\.(?:key|pem))\"")
    made = {key for path in SOURCES for key in secret.findall(path.read_text())}
    assert len(made) > 5
    assert {key for key in made if f"`keys/{key}`" not in run_it} == set()


def test_the_toml_of_the_docs_is_taken(tmp_path: Path) -> None:
    toml = "\n".join(re.findall(r"^```toml\n(.*?)^```", TEXT[ROOT / "docs/run-it.md"], re.DOTALL | re.MULTILINE))
    (tmp_path / "comity.toml").write_text(toml)
    us = operator.read(tmp_path)
    assert [register.entry_of(row)["id"] for row in us.authorities] == ["fr-office"]


def test_every_pack_role_and_sample_has_its_word() -> None:
    listed = TEXT[ROOT / "docs/packs.md"]
    assert {f"{p.id} {p.version}" for p in packs.load().packs if f"| `{p.id}` | {p.version} |" not in listed} == set()
    assert {role for role in ROLES if f"| {role} |" not in TEXT[ROOT / "docs/run-it.md"]} == set()
    assert SAMPLES


def said_commands() -> list[str]:
    """Command lines of ours that pages tell the reader to type, without what differs each time."""
    found = []
    for page in PAGES:
        for text in code(TEXT[page]):
            for part in re.split(r"\||&&|>", text):
                words = part.strip().split()
                if words and words[0].removeprefix("ExecStart=").endswith(("bin/comity", "comity")) and len(words) > 1:
                    found.append(" ".join(words[1:]))
    return sorted(set(found))


@pytest.mark.parametrize("line", said_commands())
def test_every_command_that_a_page_names_exists(line: str) -> None:
    node: argparse.ArgumentParser = parser()
    for word in line.split():
        below = next((a for a in node._actions if isinstance(a, argparse._SubParsersAction)), None)
        if below is not None:
            assert word in below.choices, f"comity {line}"
            node = below.choices[word]
        elif word.startswith("--"):
            assert word in node._option_string_actions, f"comity {line}"


def test_every_target_of_make_that_a_page_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        m for page in PAGES for text in code(TEXT[page]) for m in re.findall(r"(?:^|\s)make ([a-z]+)(?=\s|$)", text)
    }
    assert named <= targets
    assert {"serve", "test"} <= named


@pytest.mark.parametrize("path", [*PAGES, *STORIES], ids=name)
def test_every_file_that_a_page_names_exists(path: Path) -> None:
    for text in code(TEXT[path]):
        for named in re.findall(r"(?:^|\s)((?:src|docs|tests|requirements|bench|scripts)/[\w./-]+)", text):
            assert "YOURS" in named or (ROOT / named).exists(), named


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_address_that_a_page_names_exists(path: Path) -> None:
    for text in code(TEXT[path]):
        if not PUBLIC.fullmatch(text) or text.startswith(FOREIGN):
            continue
        try:
            resolve(text)
        except Resolver404:
            pytest.fail(f"no page at {text}")


def test_the_sandbox_has_the_calls_that_its_page_names() -> None:
    source = (ROOT / "src/comity_sandbox/api.py").read_text() + (ROOT / "src/comity_sandbox/server.py").read_text()
    named = set(re.findall(r"/api/[a-z]+", TEXT[ROOT / "docs/connect-your-platform.md"]))
    assert named
    assert {call for call in named if f'"{call}"' not in source} == set()


def test_the_port_has_the_methods_that_its_page_names() -> None:
    from comity.platforms.port import Platform

    page = TEXT[ROOT / "docs/connect-your-platform.md"].split("## The port")[1].split("\n- ")[0]
    named = set(re.findall(r"^\| `([a-z_]+)\(", page, re.MULTILINE))
    assert named == {method for method in vars(Platform) if not method.startswith("_")}


def test_the_readme_is_one_screen_with_both_commands_and_a_picture() -> None:
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 60
    assert re.search(r"^make serve\b", readme, re.MULTILINE)
    assert re.search(r"^make test\b", readme, re.MULTILINE)
    picture = ROOT / "docs/pictures/case.png"
    assert "docs/pictures/case.png" in readme
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 300_000
