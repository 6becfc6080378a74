"""Which instrument it is, what else a request calls for, what would make it valid, and findings made again."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.regulations import judge, matching, packs
from comity.regulations.matching import NotTheSame, judge_request, regenerate
from comity.regulations.nearest import MOST_EDITS

CASES = Path(__file__).parent / "cases"
TCO = "eu-tco-removal-order"
NAME = f"{TCO}/2021-784.1.yaml"
TEXT = (Path(packs.__file__).parent / "packs" / NAME).read_text("utf-8")


def pack_of(id: str, text: str = TEXT, **changes: str) -> packs.Pack:
    """A pack made from the removal order: by another id, with some lines changed."""
    text = text.replace(f"id: {TCO}\n", f"id: {id}\n", 1)
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return packs.build(f"{id}/2021-784.1.yaml", text.encode())


TCO_PACK = pack_of(TCO)
LIBRARY = packs.Library(
    (
        TCO_PACK,
        pack_of("own-person-claim"),
        pack_of("own-access-demand"),
        pack_of("own-no-pack"),
        pack_of(
            "eu-dsa-order-act",
            TEXT.replace(f'"{TCO}" in authority.competent_for', '"eu-dsa-order-act" in authority.competent_for'),
        ),
    ),
    (),
)


def good() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CASES / TCO / "_base.yaml").read_text("utf-8"))
    return found


def test_it_works() -> None:
    found = judge_request(good(), LIBRARY)
    assert (found["pack"], found["outcome"]) == (TCO, "valid")
    assert "nearest" not in found
    assert "candidates" not in found


def test_a_lever_on_a_person_is_judged_beside_the_order_and_leaves_its_outcome() -> None:
    given = good() | {"person_claim": {"lever": "arrest", "against": "employee", "demand": "remove it"}}
    found = judge_request(given, LIBRARY)
    assert (found["pack"], found["outcome"]) == (TCO, "valid")
    assert [other["pack"] for other in found["also"]] == ["own-person-claim"]


@pytest.mark.parametrize("instrument", ["", None, "ch-verfuegung"])
@pytest.mark.parametrize(
    ("more", "pack"),
    [
        ({"person_claim": {"lever": "threat"}, "access_demand": {"asks": ["keys"]}}, "own-person-claim"),
        ({"access_demand": {"asks": ["keys"]}}, "own-access-demand"),
        ({}, "own-no-pack"),
    ],
)
def test_what_names_no_known_instrument_is_judged_by_what_it_is(
    instrument: str | None, more: dict[str, Any], pack: str
) -> None:
    found = judge_request({**good(), **more, "instrument": instrument}, LIBRARY)
    assert found["pack"] == pack
    assert found["candidates"][0]["pack"] == TCO


def test_a_request_without_instrument_fits_the_packs_whose_form_it_has() -> None:
    given = {**good(), "instrument": "fr-injonction"}
    given["form"]["reasons"] = ""
    [first, *others] = judge_request(given, LIBRARY)["candidates"]
    assert first == {
        "pack": TCO,
        "version": "2021-784.1",
        "outcome": "valid",
        "lacks": ["reasons"],
        "says": [next(c.fails["en"] for c in TCO_PACK.checks if c.id == "reasons")],
    }
    assert others == []  # the authority is not competent for the other one


def test_the_wrong_instrument_names_the_right_one() -> None:
    given = {**good(), "instrument": "eu-dsa-order-act"}
    found = judge_request(given, LIBRARY)
    assert found["outcome"] == "not-competent"
    assert [(row["pack"], row["lacks"]) for row in found["candidates"]] == [(TCO, [])]


def test_nothing_fits_a_request_that_says_nothing() -> None:
    assert judge_request({"instrument": "x"}, LIBRARY)["candidates"] == []


def test_without_a_pack_for_what_has_none_it_is_said_so() -> None:
    with pytest.raises(packs.NoPack, match="no regulation is known for 'ch-x'"):
        judge_request({"instrument": "ch-x"}, packs.Library((TCO_PACK,), ()))


@pytest.mark.parametrize(
    ("dotted", "value", "change"),
    [
        (("targets", 0, "found"), False, {"fact": "targets[0].found", "value": True, "was": False}),
        (("targets", 0, "audience"), None, {"fact": "targets[0].audience", "value": "public"}),
        (("authority", "accredited"), None, {"fact": "authority.accredited", "value": True}),
        (("form", "urls"), [], {"fact": "form.urls", "value": ["…"], "was": []}),
        (
            ("clarification",),
            {"asked_at": "2026-03-02T22:30:00Z", "received_at": None},
            {"fact": "clarification.received_at", "value": "2026-03-02T22:15:30Z", "was": None},
        ),
    ],
)
def test_the_smallest_change_that_makes_it_valid(dotted: tuple[Any, ...], value: Any, change: dict[str, Any]) -> None:
    given = good()
    *way, last = dotted
    at: Any = given
    for step in way:
        at = at[step]
    if value is None and last != "found":
        del at[last]
    else:
        at[last] = value
    assert judge_request(given, LIBRARY)["nearest"] == [change]


def cases() -> list[Path]:
    return sorted(path for path in CASES.glob(f"{TCO}/*.yaml") if path.name != "_base.yaml")


def with_changes(given: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Facts with the changes of a finding's `nearest` made; an object that encloses one is made where it is missing."""
    found = copy.deepcopy(given)
    for change in changes:
        at: Any = found
        *above, last = (int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", change["fact"]))
        for step in above:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        at[last] = change["value"]
    return found


def test_the_nearest_of_an_empty_order_is_judged_valid() -> None:
    found = judge_request({"instrument": TCO}, LIBRARY)
    assert len(found["nearest"]) <= MOST_EDITS
    given = with_changes({"instrument": TCO}, found["nearest"])
    assert judge_request(given, LIBRARY)["outcome"] == "valid"


def test_no_change_can_be_left_out_of_the_nearest() -> None:
    given = good()
    given["authority"]["country"] = "US"
    given["form"]["signature"] = None
    nearest = judge_request(given, LIBRARY)["nearest"]
    assert [change["fact"] for change in nearest] == ["authority.country", "form.signature"]
    for n in range(len(nearest)):
        rest = nearest[:n] + nearest[n + 1 :]
        assert judge_request(with_changes(given, rest), LIBRARY)["outcome"] != "valid"


@pytest.mark.soak
def test_ten_thousand_targets_that_fail_give_no_nearest_in_bounded_time() -> None:
    given = good()
    given["targets"] = [{**given["targets"][0], "found": False}] * 10_000
    assert "nearest" not in judge_request(given, LIBRARY)


def test_a_finding_is_made_again_from_its_record_to_the_byte() -> None:
    given = good() | {"person_claim": {"lever": "threat", "against": "officer", "demand": "x"}}
    given["targets"][0]["found"] = False
    found = judge_request(given, LIBRARY)
    assert {"nearest", "candidates"} < set(found)
    later = pack_of("own-person-claim", TEXT.replace("in_force_from: 2022-06-07", "in_force_from: 2023-06-07"))
    grown = packs.Library((*LIBRARY.packs, later), ())
    assert judge.canonical(regenerate(found, given, grown)) == judge.canonical(found)


def test_a_finding_of_a_version_that_is_gone_is_not_made_again() -> None:
    found = judge_request(good(), LIBRARY)
    with pytest.raises(packs.NoPack, match="has the hash"):
        regenerate(found, good(), packs.Library((), ()))


@pytest.mark.parametrize("key", ["outcome", "duties", "made_with"])
def test_a_record_that_was_changed_is_found_out(key: str) -> None:
    found = copy.deepcopy(judge_request(good(), LIBRARY))
    if key == "made_with":
        found["made_with"]["tzdata"] = "1999a"
    else:
        found[key] = [] if key == "duties" else "refuse"
    with pytest.raises(NotTheSame, match=key if key != "made_with" else "1999a"):
        regenerate(found, good(), LIBRARY)


def test_other_facts_do_not_make_the_same_finding() -> None:
    found = judge_request(good(), LIBRARY)
    with pytest.raises(NotTheSame):
        regenerate(found, good() | {"received_at": "2026-03-02T22:15:31Z"}, LIBRARY)


@pytest.mark.slow
def test_candidates_are_few() -> None:
    many = packs.Library(tuple(pack_of(f"xx-order-{n}") for n in range(8)), ())
    assert len(matching.candidates({**good(), "instrument": "x"}, many)) == matching.MOST_CANDIDATES


def test_an_order_on_its_own_form_with_a_wrong_address_is_not_taken_for_another_instrument() -> None:
    given = good()
    given["targets"] = [{"ref": target["ref"], "specific": True, "found": False} for target in given["targets"]]
    given["authority"]["kind"] = "regulator"
    found = judge_request(given)
    assert found["outcome"] == "defective"
    assert found["candidates"] == []
