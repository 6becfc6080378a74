"""A year under another rule: recombined from codes, or carried over from facts that live; never more than is known."""

import random
from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adoption.rules import set_blocking
from comity.balance import whatif
from comity.balance.whatif import Alike
from comity.regulations import packs
from comity.world.year import year

TCO = "eu-tco-removal-order"
TEXT = resources.files("comity.regulations").joinpath("packs", TCO, "2021-784.1.yaml").read_text("utf-8")
OLD = packs.build(f"{TCO}/2021-784.1.yaml", TEXT.encode())
NEW = packs.build(
    f"{TCO}/2021-784.2.yaml",
    set_blocking(TEXT, "redress", "defective", "insufficient-information")
    .replace("version: 2021-784.1", "version: 2021-784.2")
    .encode(),
)


def test_it_works_both_families_move_and_are_never_added() -> None:
    rows = [
        Alike("2021-784.1", "", "valid", 900, 880, 5),
        Alike("2021-784.1", "redress", "valid", 100, 100, 20),
        Alike("2021-784.1", "issuer-competent", "not-competent", 50, 0, 0),
    ]
    found = whatif.by_codes(rows, OLD, NEW)
    assert (found.cases, found.anew, found.moved, found.by) == (1050, 1050, 100, "codes")
    before, after, low, high = found.security[whatif.CARRIED]
    assert (before, after) == pytest.approx((980 / 1050, 880 / 1050))
    assert low < after < high < before
    before, after, low, high = found.freedom[whatif.REVERSED]
    assert (before, after) == pytest.approx((25 / 980, 5 / 880))
    assert low < after < high < before
    assert set(found.as_json()) == {"cases", "anew", "moved", "by", "security", "freedom"}


def test_what_the_old_rule_does_not_explain_is_not_known_and_widens_the_interval() -> None:
    known = [Alike("2021-784.1", "", "valid", 900, 880, 5)]
    odd = [*known, Alike("2021-784.1", "", "refuse", 100, 0, 0)]
    sure, unsure = whatif.by_codes(known, OLD, NEW), whatif.by_codes(odd, OLD, NEW)
    assert (unsure.cases, unsure.anew) == (1000, 900)
    width = [four[3] - four[2] for four in (sure.security[whatif.CARRIED], unsure.security[whatif.CARRIED])]
    assert width[1] > width[0] + 0.05


def test_an_empty_year_says_nothing() -> None:
    found = whatif.by_codes([], OLD, NEW)
    assert found.security[whatif.CARRIED] == (None, None, 0.0, 1.0)
    assert whatif.by_facts([], {}).anew == 0


def test_a_changed_condition_is_carried_over_with_its_own_interval_alone() -> None:
    rows = [Alike("2021-784.1", "", "valid", 3000, 3000, 30), Alike("2021-784.1", "x", "refuse", 18, 0, 0)]
    found = whatif.by_facts(rows, {("valid", "valid"): 380, ("valid", "defective"): 32})
    assert (found.cases, found.anew, found.moved) == (3018, 412, 32)
    _before, after, low, high = found.security[whatif.CARRIED]
    assert after == pytest.approx(3000 * 380 / 412 / 3018)
    assert low < after < high
    none = whatif.by_facts(rows, {})
    assert none.security[whatif.CARRIED][1] is None


def test_questions_that_were_changed_can_not_be_recombined() -> None:
    assert whatif.same_questions(OLD, NEW)
    other = packs.build(
        f"{TCO}/2021-784.1.yaml",
        TEXT.replace('holds_when: form.issuing_authority != ""', 'holds_when: form.issuing_authority == ""').encode(),
    )
    assert not whatif.same_questions(OLD, other)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "redress", "redress?", "reasons,redress"]),
            st.integers(0, 90),
            st.integers(0, 90),
            st.integers(0, 90),
        ),
        max_size=6,
    )
)
def test_nothing_leaves_the_possible(cells: list[tuple[str, int, int, int]]) -> None:
    rows = [
        Alike(
            "2021-784.1",
            p,
            whatif.recombined(p, OLD),
            max(n, a),
            a if whatif.recombined(p, OLD) == "valid" else 0,
            min(a, b) if whatif.recombined(p, OLD) == "valid" else 0,
        )
        for p, n, a, b in cells
    ]
    found = whatif.by_codes(rows, OLD, NEW)
    assert 0 <= found.moved <= found.anew <= found.cases == sum(row.n for row in rows)
    for four in (*found.security.values(), *found.freedom.values()):
        assert 0 <= four[2] <= four[3] <= 1
        assert four[1] is None or four[2] - 1e-9 <= four[1] <= four[3] + 1e-9


def test_the_same_seed_makes_the_same_year_and_none_of_it_can_be_impossible() -> None:
    made = [year(7, 10**8, date(2026, 11, 29)) for _ in range(2)]
    assert made[0] == made[1] != year(8, 10**8, date(2026, 11, 29))
    counts: dict[tuple[object, ...], dict[str, int]] = {}
    for one in made[0].counts:
        counts.setdefault((one.day, one.country, one.instrument), {})[one.name] = one.n
    for pair in (("reversed", "acts"), ("told", "to-tell"), ("hour-kept", "hour-due"), ("valid-done", "valid")):
        assert all(row.get(pair[0], 0) <= row.get(pair[1], 0) for row in counts.values())
    assert random.Random(1).random() == random.Random(1).random()
