"""What strangers wrote, told on a terminal: nothing in it is obeyed."""

from argparse import Namespace

import pytest

from comity import terminal


def test_it_works(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell(Namespace(json=False), {}, "first\n\tsecond é 漢 ‏עברית")
    assert capsys.readouterr().out == "first\n\tsecond é 漢 ‏עברית\n"


@pytest.mark.parametrize("bad", ["\x1b", "\x9b", "\x00", "\x07", "\r", "\x7f", "\u202e"])
def test_what_a_terminal_obeys_is_shown_as_a_sign(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell(Namespace(json=False), {}, f"<x{bad}]0;title@office.example>")
    terminal.say(f"{bad}[2J")
    told = capsys.readouterr()
    assert bad not in told.out + told.err
    assert told.out == "<x�]0;title@office.example>\n"


@pytest.mark.parametrize("bad", ["\x1b", "\x00", "\x7f", "\x9b"])
def test_json_escapes_it(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell(Namespace(json=True), {"id": bad}, "")
    assert bad not in capsys.readouterr().out
