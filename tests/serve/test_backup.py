"""What a backup refuses, before it writes or overwrites anything. The whole way is in the journeys of the record."""

import json
from pathlib import Path

import pytest

from comity.serve import backup
from comity.terminal import Misuse


def whole(tmp_path: Path) -> tuple[Path, Path]:
    """What looks like a finished backup."""
    of, keys = tmp_path / "of", tmp_path / "of-keys"
    of.mkdir()
    (keys / "keys").mkdir(parents=True)
    (of / backup.DUMP).touch()
    (of / backup.ABOUT).write_text(json.dumps({"at": "2026-11-30"}))
    return of, keys


def test_it_works(tmp_path: Path) -> None:
    assert backup.check(*whole(tmp_path)) == {"at": "2026-11-30"}
    backup.fresh(tmp_path / "new")


@pytest.mark.parametrize("lacks", [backup.ABOUT, backup.DUMP])
def test_one_that_was_not_finished_is_refused(tmp_path: Path, lacks: str) -> None:
    of, keys = whole(tmp_path)
    (of / lacks).unlink()
    with pytest.raises(Misuse):
        backup.check(of, keys)


@pytest.mark.parametrize(("to", "keys"), [("data/b", "k"), ("b", "data/k"), ("b", "b"), ("b", "b/k"), ("data", "k")])
def test_what_lies_in_another_is_refused(tmp_path: Path, to: str, keys: str) -> None:
    with pytest.raises(Misuse, match="apart"):
        backup.backup(tmp_path / "data", "postgresql://nobody@/none", tmp_path / to, tmp_path / keys)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "theirs").touch()
    with pytest.raises(Misuse, match="not empty"):
        backup.backup(tmp_path / "data", "postgresql://nobody@/none", tmp_path / "to", tmp_path / "keys")
    (tmp_path / "data" / "postgres").mkdir(parents=True)
    with pytest.raises(Misuse, match="already"):
        backup.fresh(tmp_path / "data")
