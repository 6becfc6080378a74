"""The judge on any facts: never a crash, the same bytes again, and nothing unknown ever refuses."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.regulations import checks, facts, judge, packs

from . import facts_of

FOLDER = Path(__file__).parent / "cases" / "eu-tco-removal-order"
BASE: dict[str, Any] = yaml.safe_load((FOLDER / "_base.yaml").read_text("utf-8"))
PACK = packs.pack("eu-tco-removal-order")
ASIDE = {check.id for check in PACK.checks if check.stands_aside}
REFUSING = ("counsel", "reroute", "not-competent", "refuse", "defective", "impossible")


def good() -> dict[str, Any]:
    return copy.deepcopy(BASE)


def test_it_works() -> None:
    found = judge.judge(good(), PACK)
    assert found["outcome"] == "valid"
    assert judge.to_act_on(found) == ["https://lantern.example/c/harbour-talk/48812"]
    assert found["made_with"]["pack_sha256"] == PACK.sha256
    assert set(found["made_with"]) == {"pack_sha256", "calendar", "tzdata"}


def test_a_finding_made_again_is_the_same_to_the_byte() -> None:
    first = judge.canonical(judge.judge(good(), PACK))
    shuffled = dict(reversed(list(good().items())))
    rebuilt = packs.build(f"{PACK.id}/{PACK.version}.yaml", _source())
    assert judge.canonical(judge.judge(shuffled, rebuilt)) == first
    assert judge.canonical(json.loads(first)) == first


def _source() -> bytes:
    return (Path(packs.__file__).parent / "packs" / PACK.id / f"{PACK.version}.yaml").read_bytes()


def test_the_facts_are_left_as_they_were() -> None:
    given_facts = good()
    judge.judge(given_facts, PACK)
    assert given_facts == BASE


def test_facts_that_break_the_schema_are_refused() -> None:
    with pytest.raises(facts.FactsWrong, match=r"received_at: must lie in the years"):
        judge.judge({**good(), "received_at": "9999-01-01T00:00:00Z"}, PACK)


def test_of_nothing_known_nothing_is_refused() -> None:
    found = judge.judge({"instrument": PACK.id}, PACK)
    assert found["outcome"] == "needs-person"
    assert found["measures"] == []
    assert {check["holds"] for check in found["checks"]} == {None}
    [remove] = found["deadlines"]
    assert (remove["id"], remove["due_legal"], remove["starts"]) == ("remove", None, None)


def test_a_check_shows_the_facts_it_rests_on() -> None:
    given_facts = good()
    given_facts["authority"]["country"] = "US"
    del given_facts["targets"][0]["audience"]
    checks = {check["id"]: check for check in judge.judge(given_facts, PACK)["checks"]}
    assert checks["issuer-member-state"]["facts"] == [{"fact": "authority.country", "value": "US"}]
    assert checks["issuer-member-state"]["outcome"] == "not-competent"
    assert checks["public-content"]["missing"] == ["targets[0].audience"]
    assert checks["public-content"]["unknown"] == "asks"
    assert checks["public-content"]["targets"] == [given_facts["targets"][0]["ref"]]


def test_a_target_says_why_with_its_article() -> None:
    given_facts = good()
    given_facts["targets"][0]["found"] = False
    [target] = judge.judge(given_facts, PACK)["targets"]
    assert target["cite"] == "Regulation (EU) 2021/784, Art. 3(4)(c)"
    assert "leads to nothing" in target["why"]


def test_the_hour_is_derived_step_by_step() -> None:
    [remove, _] = judge.judge(good(), PACK)["deadlines"]
    assert remove["steps"][0] == (
        "It was received on Monday 2 March 2026 at 23:15:30 CET (22:15:30 UTC). It runs from receipt. "
        "Regulation (EU) 2021/784, Art. 3(3)"
    )
    assert "23:00 to 24:00 is left out" in remove["steps"][2]
    assert remove["steps"][2].endswith("Regulation (EEC, Euratom) 1182/71, Art. 3(1) and 3(2)(a)")
    assert remove["steps"][-1].startswith("Nothing stops this clock")


def test_a_clock_that_waits_says_what_for() -> None:
    given_facts = good()
    given_facts["form"]["urls"] = []
    assert judge.judge(given_facts, PACK)["deadlines"][0]["due_target"] == "2026-03-02T23:15:30Z"
    given_facts["clarification"] = {"asked_at": "2026-03-02T22:30:00Z", "received_at": None}
    remove = judge.judge(given_facts, PACK)["deadlines"][0]
    assert remove["due_legal"] is None
    assert remove["waits"] == [{"outcome": "defective", "cite": "Regulation (EU) 2021/784, Art. 3(8)"}]
    assert remove["steps"][-1].endswith("Art. 3(8)")


@pytest.mark.slow
def test_ten_thousand_targets_take_bounded_time() -> None:
    given_facts = good()
    given_facts["targets"] = [{**BASE["targets"][0], "found": n % 2 == 0} for n in range(10_000)]
    given_facts["form"]["urls"] = ["https://lantern.example/1"] * 10_000
    began = time.process_time()
    found = judge.judge(given_facts, PACK)
    assert time.process_time() - began < 5
    assert len(judge.to_act_on(found)) == 5_000
    found_row = next(check for check in found["checks"] if check["id"] == "content-found")
    assert len(found_row["targets"]) == checks.SHOWN_PARTS


any_facts = facts_of.any_facts(PACK)
many = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)


@many
@given(any_facts)
def test_any_facts_are_judged(given_facts: dict[str, Any]) -> None:
    assert facts.check(given_facts) == []
    found = judge.judge(given_facts, PACK)
    assert found["outcome"] in packs.OUTCOMES
    assert found["outcome"] != "refuse"
    assert judge.canonical(judge.judge(given_facts, PACK)) == judge.canonical(found)
    assert len(found["targets"]) == len(given_facts.get("targets") or [])
    assert bool(found["measures"]) is bool(judge.to_act_on(found))


@many
@given(any_facts)
def test_no_deadline_is_earlier_than_what_starts_it(given_facts: dict[str, Any]) -> None:
    for deadline in judge.judge(given_facts, PACK)["deadlines"]:
        if deadline["due_legal"]:
            assert deadline["from"] <= deadline["due_target"] <= deadline["due_legal"]


@many
@given(st.data())
def test_what_becomes_known_never_makes_a_refusal_milder(data: st.DataObject) -> None:
    """With some facts left out the judge says no already: then all the facts say no as firmly, or more so."""
    whole = data.draw(any_facts)
    part = _less(whole, data)
    before, after = judge.judge(part, PACK)["outcome"], judge.judge(whole, PACK)["outcome"]
    if before in REFUSING:
        assert packs.OUTCOMES.index(after) <= packs.OUTCOMES.index(before)


@many
@given(st.data())
def test_what_a_check_says_stays_when_more_is_known(data: st.DataObject) -> None:
    whole = data.draw(any_facts)
    part = _less(whole, data)
    after = {check["id"]: check["holds"] for check in judge.judge(whole, PACK)["checks"]}
    for check in judge.judge(part, PACK)["checks"]:
        if check["holds"] is not None and (check["id"] in after or check["id"] not in ASIDE):
            assert after[check["id"]] is check["holds"]


def _less(whole: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The same facts with some left out, at the top and inside objects; never an item of a list."""
    part = copy.deepcopy(whole)
    places: list[tuple[dict[str, Any], str]] = []
    open_parts: list[Any] = [part]
    while open_parts:
        at = open_parts.pop()
        if isinstance(at, dict):
            places += [(at, name) for name in at if not (at is part and name == "instrument")]
            open_parts += at.values()
        elif isinstance(at, list):
            open_parts += at
    for n in sorted(data.draw(st.sets(st.integers(0, max(len(places) - 1, 0)), max_size=4))):
        if n < len(places):
            places[n][0].pop(places[n][1], None)
    return part


def test_an_id_of_a_deadline_or_duty_is_one_that_tools_know() -> None:
    assert [deadline.id for deadline in PACK.deadlines] == ["remove", "scrutiny-request", "complaint"]
    assert {duty.id for duty in PACK.duties} == {
        "preserve",
        "answer",
        "inform-author",
        "non-disclosure",
        "tell-authorities",
    }
