"""`comity regulations`: what it prints, and with which exit code."""

from __future__ import annotations

import argparse
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.library import cli, in_words
from comity.regulations import packs

FOLDER = Path(__file__).parents[1] / "regulations" / "cases" / "eu-tco-removal-order"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(yaml.safe_load((FOLDER / "_base.yaml").read_text("utf-8"))), "utf-8")
    return file


def run(*args: object) -> int:
    parser = argparse.ArgumentParser()
    cli.add(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["regulations", *map(str, args)])
    code: int = parsed.run(parsed)
    return code


def test_it_works(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", good, "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["outcome"] == "valid"
    assert err == ""


def test_an_answer_that_is_no_exits_with_one(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed: dict[str, Any] = json.loads(good.read_text("utf-8"))
    changed["targets"][0]["found"] = False
    good.write_text(json.dumps(changed), "utf-8")
    assert run("evaluate", good) == 1
    out = capsys.readouterr().out
    assert out.startswith("defective")
    assert out.index("Fails, blocking") < out.index("Holds")


def test_facts_come_from_standard_input(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(good.read_text("utf-8")))
    assert run("evaluate", "-", "--json") == 0


def test_many_facts_are_judged_line_by_line(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = json.dumps(json.loads(good.read_text("utf-8")))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{one}\n\n{one}\n"))
    assert run("evaluate", "-", "--json") == 0
    assert [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()] == ["valid", "valid"]
    good.write_text(f'{one}\n{{"instrument": 7}}\n{{\n{one}\n', "utf-8")
    assert run("evaluate", good, "--json") == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row.get("outcome") for row in rows] == ["valid", None, None, "valid"]
    assert rows[1] == {"object": 2, "error": "instrument: must be string, is integer"}
    assert rows[2]["error"].startswith("not JSON")
    good.write_text(f"{one}\n{one}\n", "utf-8")
    assert run("evaluate", good) == 0
    assert capsys.readouterr().out.startswith("1  valid  eu-tco-removal-order")


def test_what_would_make_it_valid_and_what_it_might_be_are_told(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed: dict[str, Any] = json.loads(good.read_text("utf-8"))
    changed["targets"][0]["found"] = False
    good.write_text(json.dumps(changed), "utf-8")
    assert run("evaluate", good) == 1
    assert "Valid if\n  targets[0].found = true" in capsys.readouterr().out
    good.write_text(json.dumps({**changed, "instrument": "fr-injonction"}), "utf-8")
    assert run("evaluate", good) == 1
    assert "It might be\n  eu-tco-removal-order  lacks content-found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"instrument": "eu-tco-removal-order", "received_at": "2020-01-01T00:00:00Z"}', "was in force on 2020-01-01"),
        ('{"instrument": "eu-tco-removal-order", "received_at": "soon"}', "received_at: must be an instant"),
        ("{}", "instrument: must be there"),
        ("[]", "facts are one JSON object"),
        ("{", "not JSON"),
        ('{"a": 1, "a": 2}', "is there twice"),
        ('{"instrument": NaN}', "NaN is not a JSON number"),
        ("[" * 200_000, "nested too deep"),
        ("", "not JSON"),
        ('{"instrument": ' + "1" * 5_000 + "}", "too many digits"),
    ],
)
def test_misuse_exits_with_two_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, says: str
) -> None:
    (tmp_path / "x.json").write_text(content, "utf-8")
    assert run("evaluate", tmp_path / "x.json", "--json") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", tmp_path / "none.json") == 2
    assert "No such file" in capsys.readouterr().err


def test_bytes_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe{")
    assert run("evaluate", tmp_path / "x.json") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "eu-tco-removal-order", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["id"], shown["version"]) == ("eu-tco-removal-order", "2021-784.1")
    assert shown["pack"]["checks"][0]["cite"] == "Regulation (EU) 2021/784, Art. 3(1)"
    assert run("show", "eu-tco-removal-order", "2021-784.1") == 0
    assert "HOW LONG WE TAKE" in capsys.readouterr().out
    assert run("show", "eu-tco-removal-order", "9") == 2
    assert run("show", "us-subpoena") == 2


def test_show_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "eu-tco-removal-order", "--language", "fr") == 0
    assert "CE QU'IL NOUS FAUT DE VOTRE PART" in capsys.readouterr().out
    assert run("show", "eu-tco-removal-order", "--language", "fr", "--json") == 0
    assert "Sur quel formulaire".upper() in json.loads(capsys.readouterr().out)["text"]
    assert run("show", "eu-tco-removal-order") == 0
    assert "WHAT WE NEED FROM YOU" in capsys.readouterr().out


def test_list_and_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    assert sorted({row["id"] for row in json.loads(capsys.readouterr().out)}) == list(packs.load().ids())
    assert run("check", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"errors": []}
    (tmp_path / "own-terms").mkdir()
    (tmp_path / "own-terms" / "1.yaml").write_text("id: own-terms\n", "utf-8")
    assert run("check", tmp_path) == 1
    assert capsys.readouterr().out.startswith("own-terms/1.yaml:1:")
    assert run("check", tmp_path / "none") == 2


def test_the_page_a_clerk_reads() -> None:
    page = in_words.page(packs.pack("eu-tco-removal-order"))
    assert [section.id for section in page.sections] == [
        "who", "need", "also-need", "time", "cannot", "forms", "do", "secret", "decide", "sender", "kept", "sources",
    ]  # fmt: skip
    assert not page.reviewed
    assert "Not reviewed by counsel" in page.review
    assert page.mark in in_words.plain(page)
    for section in page.sections:
        for line in section.lines:
            assert line.text
            assert line.cite or section.id in ("decide", "sender")
    assert "1 decider, with a passkey" in in_words.plain(page)


@pytest.mark.parametrize("pack", packs.load().packs, ids=lambda pack: pack.id)
def test_the_page_can_be_read_in_french(pack: packs.Pack) -> None:
    english, french = in_words.page(pack), in_words.page(pack, "fr")
    assert [section.id for section in french.sections] == [section.id for section in english.sections]
    for there, here in zip(english.sections, french.sections, strict=True):
        assert len(there.lines) == len(here.lines)
        if there.id != "sources":  # named as they are: titles of acts, in English
            assert there.title != here.title
            assert all(a.text != b.text for a, b in zip(there.lines, here.lines, strict=True))
    assert english.mark != french.mark or not english.mark
    for english_words in (english.review, english.law, english.summary, "Counted by", "working day", " from "):
        assert english_words not in in_words.plain(french).split("SOURCES")[0]


def test_a_pack_says_one_hour_and_two_deciders_in_both_languages() -> None:
    pack = packs.pack("eu-tco-removal-order")
    for language, hour, deciders in (("en", ": 1 hour\n", ": 2 deciders,"), ("fr", " : 1 heure\n", " : 2 décideurs,")):
        plain = in_words.plain(in_words.page(pack, language)).replace("  [", "\n[")
        assert hour in plain
        assert deciders in plain


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_blocks_promises_no_execution(language: str) -> None:
    for pack in packs.load().packs:
        for check in pack.checks:
            said = in_words.unpromised(in_words.say(check.fails, language))
            assert not re.search("out all the same|handle this one|exécutons[^;.]* tout de même|traitons celui", said)
            assert said[-1] == "."
    both = "No reasons. We carry it out all the same; please send them.", "No reasons. Please send them."
    assert in_words.unpromised(both[0]) == both[1]


def test_our_own_rules_are_told_without_a_first_day() -> None:
    first = packs.load().version("own-no-pack", "2026.1")
    own, law = in_words.page(first), in_words.page(packs.pack("eu-tco-removal-order"))
    assert (own.own, law.own) == (True, False)
    assert own.since == "since the beginning, in the words of 24 November 2026"
    assert (law.since, in_words.page(packs.pack(law.id), "fr").since) == ("from 7 June 2022", "à partir du 7 juin 2022")
    plain = in_words.plain(own)
    assert "1970" not in plain
    assert plain.count("nothing is done") == 1  # whoever sends it: said once
    assert "/regulations/" not in plain


def test_a_text_that_is_not_translated_is_read_in_english() -> None:
    assert in_words.say({"en": "hour", "fr": "heure"}, "fr") == "heure"
    assert in_words.say({"en": "hour"}, "fr") == "hour"
