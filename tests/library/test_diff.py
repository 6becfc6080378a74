"""What differs between two versions, and when the outcome does: each witness is judged, and differs as it says."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from regulations.cases_of_packs import at_length, pack_of

from comity.cli import parser
from comity.library import diff, examples
from comity.regulations import packs
from comity.regulations.judge import judge

TCO, SHIPPED = "eu-tco-removal-order", "2021-784.1"
FILE = resources.files("comity.regulations").joinpath("packs", TCO, f"{SHIPPED}.yaml")
OLD = packs.load().version(TCO, SHIPPED)


def changed(*pairs: tuple[str, str]) -> packs.Pack:
    text = FILE.read_text("utf-8").replace(f"version: {SHIPPED}", "version: 2021-784.9")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return packs.build(f"{TCO}/2021-784.9.yaml", text.encode())


SILENT = (
    "n'ont pas pu être lus.\"}\n    blocking: false",
    "n'ont pas pu être lus.\"}\n    blocking: true\n    outcome: defective",
)


@pytest.mark.slow
def test_it_works() -> None:
    new = changed(SILENT, ("length: 48", "length: 24"))
    found = diff.compare(OLD, new)
    assert [change["says"] for change in found["changes"]] == [
        "Regulation, version: 2021-784.1 → 2021-784.9",
        "Check reasons: it blocks now; it did not",
        "Check reasons, outcome: defective (was not there)",
        "Deadline scrutiny-request, length: 48 → 24",
    ]
    rows = found["outcomes"]["differs"]
    assert ("less", "valid", "defective") in {(row["way"], row["before"], row["after"]) for row in rows}
    for row in rows:
        before, after = judge(row["facts"], OLD), judge(row["facts"], new)
        assert (before["outcome"], after["outcome"]) == (row["before"], row["after"])
        assert [why["check"] for why in row["why"]] == ["reasons"]
    json.dumps(found)


@pytest.mark.slow
def test_the_other_way_is_the_other_way() -> None:
    new = changed(SILENT)
    ways = {row["way"] for row in diff.outcomes(new, OLD)["differs"]}
    assert ways == {"more"}


@pytest.mark.parametrize("pack", packs.load().packs, ids=lambda pack: pack.id)
@pytest.mark.slow
def test_a_version_does_not_differ_from_itself(pack: packs.Pack) -> None:
    found = diff.compare(pack, pack)
    assert (found["changes"], found["outcomes"]["differs"]) == ([], [])
    assert found["outcomes"]["tried"] > 3


# whenever this one fails, another fails with it and gives the same outcome: nothing comes out otherwise without it
COVERED = {"issuer-authority"}
SOME = (TCO, "us-preservation", "eu-dsa-order-act", "eu-tco-scrutiny")


@pytest.mark.parametrize("name", map(at_length, SOME))
def test_each_blocking_check_that_goes_is_found(name: str) -> None:
    """Without it something comes out otherwise: the search meets every check that an order can fail in one thing."""
    pack = pack_of(name)
    assert judge(examples.good(pack), pack)["outcome"] == "valid"
    gates = [check for check in pack.checks if check.blocking and not check.exception]
    unseen = []
    for gone in gates:
        new = replace(pack, checks=tuple(check for check in pack.checks if check is not gone))
        if not diff.outcomes(pack, new)["differs"]:
            unseen.append(gone.id)
    assert set(unseen) <= COVERED


def test_words_alone_change_no_outcome() -> None:
    new = changed(("Reasons are given.", "It gives reasons."))
    [_, only] = diff.changes(OLD, new)
    assert only.text
    assert diff.outcomes(OLD, new)["differs"] == []


def test_the_order_of_checks_and_the_duties_of_one_name_are_told_apart() -> None:
    new = changed(("outcomes: [impossible]", "outcomes: [impossible, refuse]"))
    says = [diff.sentence(change) for change in diff.changes(OLD, new)]
    assert says[1:] == ["Duty answer (Regulation (EU) 2021/784, Art. 3(7)), outcomes: impossible → impossible, refuse"]


@pytest.mark.slow
def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "my draft.yaml"
    draft.write_text(FILE.read_text("utf-8").replace("length: 48", "length: 24"))
    args = parser().parse_args(["regulations", "diff", f"{TCO}/{SHIPPED}", str(draft), "--json"])
    assert args.run(args) == 0
    assert [c["field"] for c in json.loads(capsys.readouterr().out)["changes"]] == ["length"]
    draft.write_text("id: [")
    for act in (
        ["diff", TCO, str(draft)],
        ["diff", str(draft), TCO],
        ["diff", "nothing", TCO],
        ["diff", TCO, "no.yaml"],
    ):
        args = parser().parse_args(["regulations", *act])
        assert args.run(args) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_check_takes_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_bytes(FILE.read_bytes())
    args = parser().parse_args(["regulations", "check", str(draft), "--json"])
    assert (args.run(args), json.loads(capsys.readouterr().out)) == (0, {"errors": []})
    draft.write_text(FILE.read_text("utf-8").replace("holds_when: authority.accredited", "holds_when: authority.x"))
    assert args.run(args) == 1
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["field"]) == (str(draft), "checks[2].holds_when")
