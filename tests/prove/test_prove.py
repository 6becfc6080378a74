"""`comity regulations prove`: what it proves, what it finds, and that its encoding is the judge's."""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regulations.cases_of_packs import at_length

from comity.library import cli
from comity.regulations import facts, judge, legal_time, packs
from comity_prove import certificate, command, law_functions, monotone, proof
from comity_prove.bounds import Capacity, capacity
from comity_prove.statements import Prover
from comity_prove.symbols import Listed, Object, Symbol, micros
from comity_prove.texts import fits
from comity_prove.witness import USUAL, EncodingWrong, Question, confirmed, pinned

TCO = "eu-tco-removal-order/2021-784.1.yaml"
US = "us-preservation/2703f.1.yaml"
SOURCES = {source.pack.id: source for source in proof.sources()}
WITNESSES = sorted((Path(__file__).parent / "witnesses").glob("*/witness-*.yaml"))


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Let a package be missing."""
    find = command.util.find_spec
    monkeypatch.setattr(command.util, "find_spec", lambda name: None if name == package else find(name))


def run(*args: object) -> int:
    parser = argparse.ArgumentParser()
    cli.add(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["regulations", "prove", *map(str, args)])
    code: int = parsed.run(parsed)
    return code


def test_it_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("own-person-claim", "own-no-pack", "--json") == 0
    out, err = capsys.readouterr()
    assert [row["proven"] for row in json.loads(out)] == [True, True, True, True, True]
    assert "own-no-pack" in err
    assert "proven" in err


# ---------------------------------------------------------------- the encoding is the judge's


@cache
def question(pack: str) -> Question:
    """With room for one item more than the proofs need."""
    found = capacity((SOURCES[pack].pack,))
    return Question(SOURCES[pack].pack, shared=Capacity({path: n + 1 for path, n in found.items.items()}))


def random_facts(at: Question, dice: random.Random) -> dict[str, Any]:
    return {"instrument": at.pack.id, **_object(at, at.symbols.root, dice, dice.choice((0.05, 0.2, 0.5)))}


def _object(at: Question, of: Object, dice: random.Random, gaps: float) -> dict[str, Any]:
    parts = ((name, part) for name, part in of.parts.items() if name == "instrument" or dice.random() > gaps)
    return {name: _value(at, part, of.rule["properties"][name], dice, gaps) for name, part in parts}


def _value(at: Question, part: Any, rule: Any, dice: random.Random, gaps: float) -> Any:
    if "null" in rule["type"] and dice.random() < 0.25:
        return None
    if isinstance(part, Object):
        return _object(at, part, dice, gaps)
    if isinstance(part, Listed):
        most = dice.randint(0, len(part.items))
        return [_value(at, item, rule["items"], dice, gaps) for _, item in part.items[:most]]
    assert isinstance(part, Symbol)
    return _scalar(at, rule, dice)


def _scalar(at: Question, rule: Any, dice: random.Random) -> Any:
    kind = [k for k in ([rule["type"]] if isinstance(rule["type"], str) else rule["type"]) if k != "null"][0]
    if kind == "boolean":
        return dice.random() < 0.5
    if kind in ("integer", "number"):
        return dice.choice([0, 1, 2, 3, 4, 5, 7])
    form = rule.get("format")
    if form in ("instant", "date"):
        apart = dice.choice([0, 1, 3600, 43_200, 86_400, 864_000, 42 * 86_400, 43 * 86_400, 90 * 86_400])
        when = USUAL + timedelta(seconds=dice.choice((1, -1)) * apart)
        return when.date().isoformat() if form == "date" else when.strftime("%Y-%m-%dT%H:%M:%SZ")
    if "enum" in rule:
        return dice.choice([option for option in rule["enum"] if option])
    pool = [text for text in at.texts.literals if text and fits(text, form, blank=False)]
    other = {"country": "XK", "territory": "XK", "language": "xx", "zone": "Asia/Kathmandu"}
    return dice.choice([*pool, other.get(form or "", "https://some.example/1"), other.get(form or "", "another text")])


@pytest.mark.parametrize("pack", map(at_length, sorted(SOURCES)))
def test_no_difference_between_the_encoding_and_the_judge(pack: str, soak: bool, seed: int) -> None:
    dice, at = random.Random(f"{seed} {pack}"), question(pack)
    for _ in range(500 if soak else 12):
        given_facts = random_facts(at, dice)
        assert not facts.check(given_facts)
        confirmed(at, pinned(at, given_facts), given_facts)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
@pytest.mark.soak
def test_no_difference_on_any_facts_of_a_removal_order(dice: random.Random) -> None:
    at = question("eu-tco-removal-order")
    given_facts = random_facts(at, dice)
    confirmed(at, pinned(at, given_facts), given_facts)


def test_a_difference_would_be_noticed() -> None:
    """The comparison itself is sharp: one feature turned round is an error."""
    at = Question(SOURCES["own-no-pack"].pack)
    given_facts = {"instrument": "own-no-pack"}
    model = pinned(at, given_facts)
    name = next(iter(at.features))
    at.features[name] = ~at.features[name]
    with pytest.raises(EncodingWrong):
        confirmed(at, model, given_facts)


def test_ends_of_periods_lie_where_the_solver_is_told() -> None:
    """No calendar and no zone moves an end beyond the bounds of `law_functions`."""
    days = [datetime(2026, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    states = sorted(legal_time.calendar()["holidays"])
    zones = ("Europe/Brussels", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "Asia/Kathmandu")
    for n, (at, state, zone) in enumerate(zip(days, itertools.cycle(states), itertools.cycle(zones), strict=False)):
        place = legal_time.Place(legal_time.zone(zone), state)
        for unit in legal_time.UNITS:
            count = n % 12 + 1
            end = micros(legal_time.end_of(at, count, unit, place).due_legal)
            low, high = (0, law_functions.HOUR) if unit == "hours" else (-law_functions.HOUR, _slack())
            assert micros(at) + count * law_functions.LEAST[unit] + low <= end
            assert end <= micros(at) + count * law_functions.MOST[unit] + high


def _slack() -> int:
    return law_functions.DAY + law_functions.HOUR + law_functions.REST


# ---------------------------------------------------------------- contradictions planted in copies of the packs


def planted(folder: Path, name: str, *changes: tuple[str, str]) -> proof.Source:
    """A copy of a pack in which each text is replaced, once."""
    text = Path(str(next(iter(SOURCES.values())).folder)).joinpath(name).read_text("utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
    folder.joinpath(name).write_text(text, "utf-8")
    return proof.source(folder, name)


def line_of(source: proof.Source, folder: Path, words: str) -> int:
    text = folder.joinpath(f"{source.name}.yaml").read_text("utf-8")
    return text[: text.index(words)].count("\n") + 1


PLANTED: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "planted.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if n < 3 else pytest.mark.soak) for n, name in enumerate(PLANTED)]
)
@pytest.mark.slow
def test_a_planted_contradiction_is_found(name: str, tmp_path: Path) -> None:
    plant = PLANTED[name]
    source = planted(tmp_path, TCO, (plant["was"], plant["now"]))
    found = proof.prove(source, (plant["ask"],))
    against = {statement.id: statement for statement in found.against}
    assert not found.proven
    assert against[plant["fails"]].holds is False
    why = against[plant["fails"]].why
    assert f"{TCO}:{line_of(source, tmp_path, plant.get('line', plant['now']))}:" in why
    for words in plant["tells"]:
        assert words in why, why


@pytest.mark.slow
def test_two_packs_that_order_and_forbid_the_same_are_found(tmp_path: Path) -> None:
    """Without its exception the removal order withholds what scrutiny says must be reinstated."""
    exception = "applies_when: scrutiny != null && scrutiny.infringes"
    removal = planted(tmp_path, TCO, (exception, f"{exception} && scrutiny.asked_at == null"))
    scrutiny = SOURCES["eu-tco-scrutiny"]
    found = [statement for _, _, statement in proof.between([removal, scrutiny])]
    assert [statement.holds for statement in found] == [False]
    assert "orders withhold, forbidden by the duty reinstate of eu-tco-scrutiny" in found[0].why
    assert "scrutiny.infringes = true" in found[0].why
    unchanged = proof.between([SOURCES["eu-tco-removal-order"], scrutiny])
    assert [statement.holds for _, _, statement in unchanged] == [True]


@pytest.mark.slow
def test_a_refusal_that_more_facts_may_lift_is_not_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where days are counted is a fact too: an end in UTC, while the zone is unknown, moves, and a refusal with it."""
    monkeypatch.setattr(monotone, "TRIES", 2)
    change = ('holds_when: authority.country == "US"', "holds_when: extension.received_at < endOfWeeks(received_at, 1)")
    found = proof.prove(planted(tmp_path, US, change), ("monotone",))
    assert not found.proven
    [statement] = [s for s in found.against if s.id == "monotone"]
    assert statement.holds is not True
    assert "not proven" in statement.why or "provider" in statement.why


def test_what_the_encoding_cannot_say_is_not_proven(tmp_path: Path) -> None:
    change = ('holds_when: form.reasons != ""', 'holds_when: form.reasons > "a"')
    found = proof.prove(planted(tmp_path, TCO, change))
    assert not found.proven
    assert [statement.holds for statement in found.statements] == [None]
    assert "the order of texts" in found.statements[0].why
    assert f"{TCO}:{line_of(found.source, tmp_path, change[1])}:" in found.statements[0].why


# ---------------------------------------------------------------- certificates and case files


@pytest.mark.parametrize("pack", packs.load().packs, ids=lambda pack: f"{pack.id}-{pack.version}")
def test_every_pack_that_ships_has_a_certificate_that_holds(pack: packs.Pack) -> None:
    certificate.verify(certificate.read(pack), pack)


def test_a_certificate_of_another_text_is_refused() -> None:
    pack = SOURCES["own-no-pack"].pack
    given_certificate = certificate.read(pack)
    with pytest.raises(certificate.CertificateWrong, match="another text of the pack"):
        certificate.verify(given_certificate | {"pack_sha256": "0" * 64}, pack)
    with pytest.raises(certificate.CertificateWrong, match="the schema has changed"):
        certificate.verify(given_certificate | {"facts_sha256": "0" * 64}, pack)
    with pytest.raises(certificate.CertificateWrong, match="not proven"):
        certificate.verify(given_certificate | {"proven": False}, pack)


def test_a_certificate_whose_witness_shows_nothing_is_refused() -> None:
    pack = SOURCES["own-no-pack"].pack
    changed = copy.deepcopy(certificate.read(pack))
    changed["witnesses"][0]["facts"] = {"instrument": "own-no-pack", "authority": {"kind": "person"}}
    changed["witnesses"][0]["outcome"] = judge.judge(changed["witnesses"][0]["facts"], pack)["outcome"]
    with pytest.raises(certificate.CertificateWrong, match="does not show|another outcome"):
        certificate.verify(changed, pack)
    without = copy.deepcopy(certificate.read(pack))
    without["witnesses"] = without["witnesses"][1:]
    with pytest.raises(certificate.CertificateWrong, match="nothing shows"):
        certificate.verify(without, pack)


def test_the_command_checks_certificates_without_the_solver(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "z3")
    assert run("--check") == 0
    assert "the certificate holds" in capsys.readouterr().out


def test_a_missing_solver_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "z3")
    assert run() == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_server_without_the_prover_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "comity_prove")
    assert run("own-no-pack") == 2
    assert "the prover is not installed" in capsys.readouterr().err


def test_an_unknown_pack_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ch-verfuegung") == 2
    assert "no regulation is known for ch-verfuegung" in capsys.readouterr().err


def test_a_contradiction_exits_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = next(f"{s.name}.yaml" for s in SOURCES.values() if s.pack.id == "own-no-pack")
    planted(tmp_path, name, ("blocking: true", "blocking: true"))
    assert run("--folder", tmp_path, "--write", "--cases", tmp_path / "cases") == 0
    assert run("--folder", tmp_path, "--check") == 0
    assert list((tmp_path / "cases" / "own-no-pack").glob("witness-*.yaml"))
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"# changed\n")
    assert run("--folder", tmp_path, "--check") == 1
    assert "about another text" in capsys.readouterr().out


@pytest.mark.parametrize("pack", map(at_length, sorted(SOURCES)))
def test_every_witness_is_found_again(pack: str) -> None:
    paths = [path for path in WITNESSES if path.parent.name == pack]
    assert paths
    for path in paths:
        _found_again(yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _found_again(case: dict[str, Any]) -> None:
    found = judge.judge(case["facts"], packs.load().version(case["pack"], case["version"]))
    assert {
        "outcome": found["outcome"],
        "fails": [row["id"] for row in found["checks"] if row["holds"] is False],
        "unknown": [row["id"] for row in found["checks"] if row["holds"] is None],
        "duties": [row["id"] for row in found["duties"]],
        "deadlines": {row["id"]: row["due_legal"] for row in found["deadlines"]},
        "measures": [row["kind"] for row in found["measures"]],
    } == case["finding"]


# ---------------------------------------------------------------- in full, in `make soak`


@pytest.mark.parametrize("pack", map(at_length, sorted(SOURCES)))
def test_the_proof_comes_out_the_same(pack: str, soak: bool) -> None:
    """Of a pack whose certificate is about another text, in `make test` what follows for all facts; else all of it."""
    found = proof.prove(SOURCES[pack], () if soak else ("one-outcome", "unknown-asks", "conflict"))
    assert not found.against
    committed = {row["id"]: row["holds"] for row in certificate.read(SOURCES[pack].pack)["statements"]}
    assert {s.id: s.holds for s in found.statements}.items() <= committed.items()


@pytest.mark.soak
def test_longer_lists_change_nothing(soak: bool) -> None:
    """What holds for the lists that `bounds` counts holds for longer ones (docs/proofs.md argues why)."""
    for pack in sorted(SOURCES) if soak else ["eu-tco-removal-order"]:
        counted = capacity((SOURCES[pack].pack,))
        longer = Capacity({path: n + 2 for path, n in counted.items.items()})
        prover = Prover(SOURCES[pack].pack, SOURCES[pack].places, only=("one-outcome", "unknown-asks"), capacity=longer)
        assert all(statement.holds for statement in prover.all())


@pytest.mark.slow
def test_no_two_packs_order_and_forbid_the_same() -> None:
    assert not [s.why for _, _, s in proof.between(list(SOURCES.values())) if s.holds is not True]
