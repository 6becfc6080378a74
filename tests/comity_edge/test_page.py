"""`docs/connect-matrix.md`, followed to the letter: its table is read, and what `comity platform edge` prints is what
an edge reads."""

import argparse
import re
from pathlib import Path

import pytest

from comity import connected, operator
from comity.platforms import cli
from comity_edge import config

DOC = Path(__file__).parents[2] / "docs" / "connect-matrix.md"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A gateway's data directory after the page's first two steps."""
    (toml,) = re.findall(r"```toml\n(.*?)```", DOC.read_text(), re.S)
    shown = re.sub(r"^ {3}", "", toml, flags=re.M)
    (tmp_path / "keys" / "chat").mkdir(parents=True)
    for n, name in enumerate(("read", "act", "viewer", "edge")):
        (tmp_path / "keys" / "chat" / f"{name}.token").write_text(f"{n}" * 64 + "\n")
    (tmp_path / "comity.toml").write_text(shown.replace("# appeals", "appeals"))
    return tmp_path


def test_it_works(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (table,) = operator.read(home).platforms
    assert (table.kind, table.server_name, table.shadow) == ("matrix", "chat.example", True)
    assert table.appeals == "https://chat.example/appeals"
    assert cli._edge(argparse.Namespace(data=home, name="chat", json=False)) == 0
    printed = capsys.readouterr().out
    (home / "countries.txt").write_text("192.0.2.0/24 FR\n")
    (home / "edge.token").write_text("3" * 64)
    (home / "edge.toml").write_text(printed.replace('mmdb = "country.mmdb"', 'table = "countries.txt"'))
    made = config.read(home / "edge.toml")
    assert (made.platform, made.upstream, made.appeals) == ("chat", table.url, table.appeals)
    assert made.token == table.secret("edge_key")


@pytest.mark.parametrize(
    "wrong", ['"ftp://x"', '"http://chat.example/appeals"', '"https://a:b@chat.example"', "7", '""']
)
def test_where_people_appeal_must_be_a_page(home: Path, wrong: str) -> None:
    toml = (home / "comity.toml").read_text()
    (home / "comity.toml").write_text(re.sub(r"^appeals = .*", f"appeals = {wrong}", toml, flags=re.M))
    with pytest.raises((connected.Wrong, operator.Misconfigured), match="appeals"):
        operator.read(home)
