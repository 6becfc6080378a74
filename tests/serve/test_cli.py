"""The command line itself: its errors, and that every command takes --json and --data."""

import argparse
import json
from pathlib import Path

import pytest

from comity import cli, operator
from comity.terminal import Misuse, No


def _ending(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def _args(error: Exception) -> argparse.Namespace:
    def run(args: argparse.Namespace) -> int:
        raise error

    return argparse.Namespace(data=Path("/nowhere"), json=True, run=run)


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["web", "--listne", "x"], ["serve", "--lis", "x:1"]])
def test_misuse_is_2_with_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = _ending(arguments, capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_every_command_takes_json_and_data() -> None:
    for leaf in cli._leaves(cli.parser()):
        assert {"json", "data"} <= {action.dest for action in leaf._actions}, leaf.prog


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (No("nothing there"), 1),
        (FileNotFoundError(2, "No such file", "x"), 1),
        (Misuse("--id: none"), 2),
        (operator.Misconfigured("comity.toml: no"), 2),
    ],
)
def test_an_error_is_one_line_and_with_json_an_object(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITY_DATA", "unchanged")
    assert cli.run(_args(error)) == status
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == str(error)
    assert said.err.count("\n") == 1
