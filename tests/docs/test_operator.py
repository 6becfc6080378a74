"""`comity.toml` is taken whole or refused with the key and the rule: a misspelled setting must not be ignored."""

from pathlib import Path

import pytest

from comity import operator

GOOD = """
demo = false
[operator]
name = "Lantern"
mailboxes = ["Orders@lantern.example"]
keep_days = 30
[provider]
establishment = "EE"
languages = ["en", "et"]
[[authority]]
id = "fr-office"
"""


def read(tmp_path: Path, toml: str) -> operator.Operator:
    (tmp_path / "comity.toml").write_text(toml)
    return operator.read(tmp_path)


def test_it_works(tmp_path: Path) -> None:
    us = read(tmp_path, GOOD)
    assert (us.demo, us.keep_days, us.address) == (False, 30, "orders@lantern.example")
    assert us.provider["establishment"] == "EE"
    assert us.provider["zone"] == "Europe/Brussels"
    assert [row["id"] for row in us.authorities] == ["fr-office"]


def test_no_file_is_the_demo_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMITY_BASE_URL", raising=False)
    us = operator.read(tmp_path)
    assert us.demo
    assert us.name == "Lantern"
    assert us.doors == operator.DOORS


@pytest.mark.parametrize(
    ("listener", "base_url", "on"),
    [
        ("127.0.0.1:8000", "http://localhost:8000", True),
        ("127.8.9.10:80", "http://127.0.0.1:8000", True),
        ("[::1]:8000", "http://localhost:8000", True),
        ("localhost:8000", "http://localhost:8000", True),
        ("0.0.0.0:8000", "http://localhost:8000", False),
        ("[::]:8000", "http://localhost:8000", False),
        ("192.0.2.7:8000", "http://localhost:8000", False),
        ("localhost.lantern.example:8000", "http://localhost:8000", False),
        ("", "http://localhost:8000", False),
        ("127.0.0.1:8000", "https://comity.lantern.example", False),
    ],
)
def test_the_demo_is_on_by_itself_only_where_nobody_from_elsewhere_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listener: str, base_url: str, on: bool
) -> None:
    monkeypatch.setenv("COMITY_LISTEN", listener)
    monkeypatch.setenv("COMITY_BASE_URL", base_url)
    us = operator.read(tmp_path)
    assert (us.demo, us.doors) == (on, operator.DOORS if on else {})
    assert read(tmp_path, "demo = true").demo
    assert not read(tmp_path, "demo = false").demo


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("demmo = true", "demmo"),
        ('demo = "no"', "demo must be true or false"),
        ('operator = "Lantern"', r"\[operator\] must be a table"),
        ('[operator]\nmailbox = "a@b.example"', r"\[operator\] mailbox: unknown"),
        ('[operator]\nmailboxes = "a@b.example"', "mailboxes must be a list"),
        ("[operator]\nmailboxes = []", "mailboxes must be a list"),
        ("[operator]\nkeep_days = 0", "keep_days"),
        ('[operator]\nkeep_days = "400"', "keep_days"),
        ("[operator]\nkeep_days = true", "keep_days"),
        ('[provider]\nlanguages = "en"', "languages must be a list"),
        ('[provider]\nzones = "UTC"', r"\[provider\] zones: unknown"),
        ('[establishment_authority]\nmail = "x"', r"\[establishment_authority\] mail: unknown"),
        ('[authority]\nid = "x"', r"\[\[authority\]\]"),
        ("[operator", "not valid TOML"),
    ],
)
def test_refused_with_the_key_and_the_rule(tmp_path: Path, toml: str, names: str) -> None:
    with pytest.raises(operator.Misconfigured, match=names):
        read(tmp_path, toml)


def test_replies_name_the_operators_own_doors_and_never_the_invented_ones(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).doors == {}
    assert read(tmp_path, GOOD + '[doors]\nsupport = "help@x.example"').doors == {"support": "help@x.example"}
    assert operator.read(tmp_path / "nowhere").doors == operator.DOORS


def test_a_door_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(operator.Misconfigured, match="doors.support"):
        read(tmp_path, GOOD + "[doors]\nsupport = 7")
