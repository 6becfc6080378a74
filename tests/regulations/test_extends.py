"""A pack that extends another: by the hash of its bytes, its own words first, each error with its line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from comity.regulations import extends, packs

FOLDER = Path(packs.__file__).parent / "packs"
NAME = "own-no-pack/2026.1.yaml"
TEXT = (FOLDER / NAME).read_text("utf-8")
BASE = (FOLDER / "_own/2026.1.yaml").read_bytes()


def refused(text: str, name: str = NAME) -> packs.PackError:
    with pytest.raises(packs.PackError) as caught:
        packs.build(name, text.encode())
    return caught.value


def line_of(part: str, text: str = TEXT) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_it_works() -> None:
    pack = packs.build(NAME, TEXT.encode())
    assert "answer" in {deadline.id for deadline in pack.deadlines}
    assert "deadlines:" not in TEXT
    assert hashlib.sha256(BASE).hexdigest() in TEXT


def test_what_is_only_there_to_be_extended_is_no_regulation() -> None:
    assert not [name for name in packs.load().ids() if name.startswith("_")]


def test_its_own_entry_stands_in_the_place_of_the_other() -> None:
    own = TEXT + (
        "deadlines:\n"
        "  - {id: answer, says: {en: Answer}, cite: 'Comity, own rule', length: 3, unit: working-days, "
        "counts_by: 'Comity, counting rule', zone: addressee, calendar: addressee,\n"
        "     from: [{fact: received_at, starts: receipt, cite: 'Comity, own rule', says: {en: Receipt.}}]}\n"
    )
    [deadline] = packs.build(NAME, own.encode()).deadlines
    assert (deadline.length, deadline.cite) == (3, "Comity, own rule")


def test_a_changed_base_is_another_base() -> None:
    digest = hashlib.sha256(BASE).hexdigest()
    error = refused(TEXT.replace(digest, "0" * 64))
    assert (error.field, error.line) == ("extends", line_of("extends:"))
    assert digest in error.rule


@pytest.mark.parametrize("file", ["_own/9", "../packs/_own", "_own", "/etc/passwd", "_own/../_own/2026.1"])
def test_a_base_that_is_not_there_is_said_so(file: str) -> None:
    assert (
        "extend" in refused(TEXT.replace("_own/2026.1", file)).rule
        or "<id>/<version>" in refused(TEXT.replace("_own/2026.1", file)).rule
    )


def test_a_cycle_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(TEXT.replace("_own/2026.1", "own-no-pack/2026.1"))
    assert error.rule == "a cycle: own-no-pack/2026.1 extends own-no-pack/2026.1"
    other = b"extends: {file: own-no-pack/2026.1, sha256: " + b"1" * 64 + b"}\n"
    monkeypatch.setattr(extends, "shipped", lambda file: other)
    text = TEXT.replace(hashlib.sha256(BASE).hexdigest(), hashlib.sha256(other).hexdigest())
    assert refused(text).rule == "a cycle: own-no-pack/2026.1 extends _own/2026.1 extends own-no-pack/2026.1"


def test_a_long_line_of_descent_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extends, "MOST", 0)
    assert "at most 0 packs" in refused(TEXT).rule


@pytest.mark.parametrize("base", ["house", "{file: _own/2026.1}", "{file: 3, sha256: x}", "[_own/2026.1]"])
def test_extends_must_name_file_and_hash(base: str) -> None:
    start = TEXT.index("extends: ")
    text = TEXT[:start] + f"extends: {base}" + TEXT[TEXT.index("\n", start) :]
    assert refused(text).rule == "extends must name file (<id>/<version>) and sha256"


def test_a_fault_of_its_own_keeps_its_line() -> None:
    old = "holds_when: imminent_threat.size() == 0"
    error = refused(TEXT.replace(old, "holds_when: imminent_threat.size()"))
    assert error.line == line_of(old)
    assert "must be bool" in error.rule


def test_a_fault_in_what_it_extends_has_the_line_of_extends(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BASE.replace(b"fact: received_at", b"fact: arrived_at")
    monkeypatch.setattr(extends, "shipped", lambda file: broken)
    error = refused(TEXT.replace(hashlib.sha256(BASE).hexdigest(), hashlib.sha256(broken).hexdigest()))
    assert "unknown fact" in error.rule
    assert error.line == line_of("extends:")
