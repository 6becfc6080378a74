"""Hostile facts and packs: a clear error with its place and rule, in bounded time; a bad pack stops no other."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.regulations import facts, judge, matching, packs

TCO = "eu-tco-removal-order"
NAME = f"{TCO}/2021-784.1.yaml"
TEXT = (Path(packs.__file__).parent / "packs" / NAME).read_text("utf-8")
BASE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / TCO / "_base.yaml").read_text("utf-8"),
)


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    found: Any = copy.deepcopy(BASE)
    at = found
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return found  # type: ignore[no-any-return]


def test_it_works() -> None:
    assert matching.judge_request(copy.deepcopy(BASE))["outcome"] == "valid"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("received_at",), "9999-12-31T23:59:59Z", "received_at: must lie in the years 1970 to 2199"),
        (("received_at",), "1969-12-31T23:59:59Z", "received_at: must lie in the years 1970 to 2199"),
        (("form", "issued_at"), "0001-01-01T00:00:00Z", "form.issued_at: must lie in the years"),
        (("received_at",), "2026-02-30T00:00:00Z", "received_at: must be an instant in UTC"),
        (("received_at",), "2026-03-02T22:15:30+01:00", "received_at: must be an instant in UTC"),
        (("received_at",), "２０２６-03-02T22:15:30Z", "received_at: must be an instant in UTC"),
        (("provider", "zone"), "Mars/Olympus", "provider.zone: must be a time zone"),
        (("provider", "zone"), "../../etc/passwd", "provider.zone: must be a time zone"),
        (("targets", 0, "found"), "yes", "targets[0].found: must be boolean or null, is string"),
        (("targets", 0, "ref"), ["x"], "targets[0].ref: must be string, is array"),
        (("authority", "country"), "Belgium", "authority.country: must be a country"),
        (("non_disclosure", "renewals"), 2**70, "non_disclosure.renewals: must be a number from"),
        (("non_disclosure", "renewals"), float("nan"), "non_disclosure.renewals: must be integer"),
        (("targets",), "all of them", "targets: must be array or null, is string"),
        (("targets",), [{}] * 10_001, "targets: at most 10000 items, has 10001"),
        (("form", "reasons"), "x" * 100_001, "at most 100000 characters in one text"),
        (("form",), {"reasons": "\ud800"}, "form.reasons: half a character"),
    ],
)
def test_wrong_facts_are_refused_with_field_and_rule(path: tuple[str | int, ...], value: Any, says: str) -> None:
    began = time.process_time()
    with pytest.raises(facts.FactsWrong) as caught:
        matching.judge_request(changed(*path, to=value))
    assert says in str(caught.value)
    assert time.process_time() - began < 2


def test_facts_nested_ten_thousand_deep_are_refused() -> None:
    deep: Any = "x"
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(facts.FactsWrong, match="at most 20 levels deep"):
        matching.judge_request(changed("surprise", to=deep))


@pytest.mark.soak
def test_ten_thousand_targets_are_judged_in_bounded_time() -> None:
    given = changed(
        "targets", to=[{**BASE["targets"][0], "found": n % 3 > 0, "ref": f"https://x/{n}"} for n in range(10_000)]
    )
    given["form"]["urls"] = [target["ref"] for target in given["targets"]]
    began = time.process_time()
    found = matching.judge_request(given)
    assert time.process_time() - began < 10
    assert found["outcome"] == "defective"
    assert len(judge.to_act_on(found)) == 6_666


BAD = {
    "syntax": "id: [",
    "expression of 100 kB": TEXT.replace("form.issued_at != null", "'" + "true && " * 12_500 + "true'", 1),
    "nested ten thousand deep": TEXT.replace(
        "form.issued_at != null", "'" + "(" * 10_000 + "true" + ")" * 10_000 + "'", 1
    ),
    "regular expression that backtracks": TEXT.replace('form.reasons != ""', "form.reasons.matches('(a+)+$')", 1),
    "wrong type": TEXT.replace("form.issued_at != null", "form.issued_at + 1", 1),
    "unknown fact": TEXT.replace("form.issued_at != null", "form.issued != null", 1),
    "cites nothing": TEXT.replace("    cite: Regulation (EU) 2021/784, Art. 3(1)\n", "", 1),
    "date that is none": TEXT.replace("in_force_from: 2022-06-07", "in_force_from: 2022-02-30", 1),
    "extends itself": TEXT.replace("id: eu-tco", f"extends: {TCO}/2021-784.1\nid: eu-tco", 1),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_bad_pack_is_named_never_in_force_and_stops_no_other(text: str, tmp_path: Path) -> None:
    good = TEXT.replace(f"id: {TCO}\n", "id: us-warrant\n", 1)
    for name, content in ((NAME, text), ("us-warrant/2021-784.1.yaml", good)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content, "utf-8")
    began = time.process_time()
    library = packs.load_from(tmp_path)
    assert time.process_time() - began < 5
    assert library.ids() == ("us-warrant",)
    [error] = library.errors
    assert error.file == NAME
    assert error.line > 0
    assert error.rule
    assert len(str(error)) < 600
    with pytest.raises(packs.NoPack):
        library.in_force(TCO, None)
