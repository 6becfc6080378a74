"""A roster as its custodians make it with their own programs: drafted from cards, signed by each, and followed."""

import json
from pathlib import Path

import pytest

from comity_seal import rosters
from comity_seal.custodian import cli
from comity_seal.custodian.keeper import Keeper

PLACES = {"be": "BE", "ee": "EE", "pt": "PT", "uy": "UY", "ch": "CH"}
CHARTER = "c" * 64


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, object]]:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(word) for word in (*words, "--json")])
    out = capsys.readouterr().out.strip().splitlines()
    return int(str(ended.value.code)), json.loads(out[-1]) if out else {}


@pytest.fixture
def homes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Path]:
    """Five custodians, each with a directory."""
    for name, place in PLACES.items():
        assert run(capsys, "init", "--at", tmp_path / name, "--name", name, "--jurisdiction", place)[0] == 0
    return {name: tmp_path / name for name in PLACES}


def first(homes: dict[str, Path], capsys: pytest.CaptureFixture[str], into: Path) -> Path:
    cards = [home / "card.json" for home in homes.values()]
    drafted = ["roster", *cards, "--k", 3, "--charter", CHARTER, "--out", into, "--at", into.parent]
    assert run(capsys, *drafted)[0] == 0
    for n, home in enumerate(homes.values()):
        with pytest.raises(rosters.BadRoster, match=f"5 are asked for, and {n} are here"):
            rosters.verify_first(rosters.parse(into.read_bytes()))
        assert run(capsys, "sign", into, "--at", home)[0] == 0
    for home in homes.values():
        assert run(capsys, "init", "--at", home, "--roster", into)[0] == 0
    return into


def test_it_works(homes: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = first(homes, capsys, tmp_path / "one.json")
    roster = rosters.verify_first(rosters.parse(one.read_bytes()))
    assert ([custodian.x for custodian in roster.custodians], roster.charter) == ([1, 2, 3, 4, 5], CHARTER)

    # a custodian has lost their key: another one, under the same name
    new, two = tmp_path / "new", tmp_path / "two.json"
    assert run(capsys, "init", "--at", new, "--name", "be", "--jurisdiction", "BE", "--roster", one)[0] == 0
    cards = [new / "card.json", *(homes[name] / "card.json" for name in ("ee", "pt", "uy", "ch"))]
    assert run(capsys, "roster", *cards, "--k", 3, "--after", one, "--out", two, "--at", new)[0] == 0
    for home in (new, homes["ee"], homes["pt"]):
        with pytest.raises(rosters.BadRoster, match="signatures"):
            rosters.verify_next(roster, rosters.parse(two.read_bytes()))
        assert run(capsys, "sign", two, "--at", home)[0] == 0
    with pytest.raises(rosters.BadRoster, match="3 are asked for, and 2"):
        rosters.verify_next(roster, rosters.parse(two.read_bytes()))
    code, said = run(capsys, "sign", two, "--at", homes["uy"])
    assert (code, said["signed"], said["charter"]) == (0, ["be+", "ee", "pt", "uy"], CHARTER)
    after = rosters.verify_next(roster, rosters.parse(two.read_bytes()))
    assert sorted(custodian.x for custodian in after.custodians) == [2, 3, 4, 5, 6], "an old share is nobody else's"
    assert Keeper(homes["ch"]).follow(two.read_bytes()).hash == after.hash


def test_who_is_not_in_it_and_what_breaks_a_rule_is_refused_by_name(
    homes: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, out = first(homes, capsys, tmp_path / "one.json"), tmp_path / "bad.json"
    assert run(capsys, "init", "--at", tmp_path / "zz", "--name", "zz", "--jurisdiction", "FR", "--roster", one)[0] == 0
    before = one.read_bytes()
    code, said = run(capsys, "sign", one, "--at", tmp_path / "zz")
    assert (code, "neither in it" in str(said["error"]), one.read_bytes()) == (1, True, before)
    cards = [home / "card.json" for home in homes.values()]
    assert run(capsys, "init", "--at", tmp_path / "b2", "--name", "b2", "--jurisdiction", "BE")[0] == 0
    for words, rule in (
        (["--k", 6], "k, custodians"),
        (["--k", 1], "k, custodians"),
        (["--k", 2, "--charter", "xx"], "charter"),
    ):
        code, said = run(capsys, "roster", *cards, "--out", out, "--at", out.parent, *words)
        assert (code, rule in str(said["error"]), out.exists()) == (1, True, False), said
    mine = [cards[0], tmp_path / "b2" / "card.json", *cards[1:4]]
    code, said = run(capsys, "roster", *mine, "--k", 2, "--out", out, "--at", out.parent)
    assert (code, "no jurisdiction may alone" in str(said["error"])) == (1, True)
    unknown = tmp_path / "unknown.json"
    assert run(capsys, "roster", *cards, "--k", 3, "--after", one, "--out", unknown, "--at", tmp_path)[0] == 0
    code, said = run(capsys, "sign", unknown, "--at", tmp_path / "b2")
    assert (code, "previous" in str(said["error"])) == (1, True)
