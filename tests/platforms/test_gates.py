"""The port's gates: a platform shut to a country, level by level, and nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from itertools import permutations
from typing import Any

import pytest

from comity.platforms.port import LEVELS, OPEN, PlatformDown, PlatformRefused, SeenGate, wanted_gate
from comity.platforms.territory import UnknownTerritory

INSIDE, NEXT_DOOR = "BE", "FR"


def test_it_works(stage: Any, gates: Any, key: str) -> None:
    platform, url = stage.platform, stage.message(picture=True)
    assert platform.capabilities().gates == LEVELS
    inside, outside = stage.pages(INSIDE), stage.pages(NEXT_DOOR)
    before = platform.snapshot(platform.resolve(url).ref)
    assert gates.level() == OPEN
    for level in LEVELS:
        receipt = platform.gate(f"{key}:{level}", INSIDE, level, gates.notice)
        assert (receipt.key, receipt.state, receipt.new) == (f"{key}:{level}", "gated", True)
        assert gates.level() == level
        assert platform.observe_gate(INSIDE).notice
        assert gates.level(NEXT_DOOR) == OPEN
        assert stage.pages(NEXT_DOOR) == outside
    assert platform.observe(url, INSIDE).state == "gated"
    assert platform.observe(url, NEXT_DOOR).state == "visible"
    assert platform.snapshot(platform.resolve(url).ref) == before
    for level in LEVELS:
        assert platform.lift(f"{key}:{level}").state == "lifted"
    assert gates.level() == OPEN
    assert (stage.pages(INSIDE), stage.pages(NEXT_DOOR)) == (inside, outside)
    assert platform.observe(url, INSIDE).state == "visible"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_highest_level_that_is_not_lifted_counts_in_any_order(
    stage: Any, gates: Any, order: tuple[int, ...]
) -> None:
    before = stage.pages(INSIDE)
    keys = {n: gates.put(LEVELS[n]) for n in order}
    standing = set(order)
    for n in order:
        stage.platform.lift(keys[n])
        standing.remove(n)
        assert gates.level() == (LEVELS[max(standing)] if standing else OPEN)
    assert stage.pages(INSIDE) == before


def test_of_two_keys_at_one_level_each_holds_it(stage: Any, gates: Any) -> None:
    first, second = gates.put("read-only"), gates.put("read-only", en="Another word.")
    stage.platform.lift(first)
    assert gates.level() == "read-only"
    stage.platform.lift(second)
    assert gates.level() == OPEN


def test_gate_twice_is_one_gate(stage: Any, gates: Any, key: str) -> None:
    receipts = [stage.platform.gate(key, INSIDE, "notice", gates.notice) for _ in range(2)]
    assert [(one.state, one.new) for one in receipts] == [("gated", True), ("gated", False)]
    assert [stage.platform.lift(key).new for _ in range(2)] == [True, False]
    assert gates.level() == OPEN


def test_gate_from_many_threads_is_one_gate(stage: Any, gates: Any, key: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: stage.platform.gate(key, INSIDE, "read-only", gates.notice), range(16)))
    stage.platform.lift(key)
    assert sum(receipt.new for receipt in done) == 1
    assert gates.level() == OPEN


def test_a_gate_that_arrives_after_its_lift_does_nothing(stage: Any, gates: Any, key: str) -> None:
    stage.platform.lift(key)
    late = stage.platform.gate(key, INSIDE, "notice", gates.notice)
    assert (late.state, late.new) == ("lifted", False)
    assert gates.level() == OPEN


def test_a_repeat_of_the_gate_after_its_lift_does_nothing(stage: Any, gates: Any, key: str) -> None:
    gates.put("notice", key=key)
    stage.platform.lift(key)
    assert stage.platform.gate(key, INSIDE, "notice", gates.notice).state == "lifted"
    assert gates.level() == OPEN


def test_a_key_for_something_else_is_refused(stage: Any, gates: Any, key: str) -> None:
    gates.put("read-only", key=key)
    ref = stage.platform.resolve(stage.message()).ref
    for again in (
        lambda: stage.platform.gate(key, NEXT_DOOR, "read-only", gates.notice),
        lambda: stage.platform.gate(key, INSIDE, "notice", gates.notice),
        lambda: stage.platform.gate(key, INSIDE, "read-only", {"en": "Another word."}),
        lambda: stage.platform.act(key, "withhold", ref, [INSIDE]),
    ):
        with pytest.raises(PlatformRefused) as no:
            again()
        assert no.value.code == "key-used"
    assert (gates.level(), gates.level(NEXT_DOOR)) == ("read-only", OPEN)


def test_a_key_of_a_thing_is_no_key_of_a_country(stage: Any, gates: Any, key: str) -> None:
    url = stage.message()
    stage.platform.act(key, "withhold", stage.platform.resolve(url).ref, [INSIDE])
    with pytest.raises(PlatformRefused) as no:
        gates.put("read-only", key=key)
    assert no.value.code == "key-used"
    assert stage.platform.observe(url, INSIDE).state == "withheld"


@pytest.mark.parametrize("country", ["EU", "WORLD", "UK", "XX", "be", "", "B", "*", None, 7])
def test_what_is_no_country_is_refused_by_name(stage: Any, key: str, country: Any) -> None:
    with pytest.raises(UnknownTerritory, match="country"):
        stage.platform.gate(key, country, "read-only", {"en": "We leave."})
    with pytest.raises(UnknownTerritory, match="country"):
        stage.platform.people(country)


@pytest.mark.parametrize("level", ["", "open", "NOTICE", "closed", "no-signups "])
def test_a_level_nobody_knows_is_refused_by_name(stage: Any, key: str, level: str) -> None:
    with pytest.raises(PlatformRefused, match="level") as no:
        stage.platform.gate(key, INSIDE, level, {"en": "We leave."})
    assert no.value.code == "cannot"


@pytest.mark.parametrize(
    "notice",
    [{}, {"en": ""}, {"en": " "}, {"": "We leave."}, {"e n": "We leave."}, {'en"><b>': "x"}, {"en": "x" * 30_000}]
    + [{"en": "a\0b"}, {"en": 7}],
)
def test_a_notice_that_tells_nobody_anything_is_refused_by_name(
    stage: Any, gates: Any, key: str, notice: dict[str, str]
) -> None:
    with pytest.raises(PlatformRefused, match="notice") as no:
        stage.platform.gate(key, INSIDE, "notice", notice)
    assert no.value.code == "bad-field"
    assert gates.level() == OPEN


def test_below_the_last_level_a_gate_needs_no_words(stage: Any, gates: Any, key: str) -> None:
    stage.platform.gate(key, INSIDE, "read-only", {})
    seen = stage.platform.observe_gate(INSIDE)
    stage.platform.lift(key)
    assert (seen.level, seen.notice) == ("read-only", False)


def test_people_there_are_told_in_each_language_and_no_word_of_it_is_markup(stage: Any, gates: Any) -> None:
    gates.put("notice", en='Write to <script>x</script> "orders@lantern.example".', fr="Pourquoi : <b>loi</b>.")
    page = stage.pages(INSIDE)["/"].decode()
    for words in ("&lt;script&gt;", 'orders@lantern.example"', "&lt;b&gt;loi", 'lang="fr"', "/appeals", "/export"):
        assert words in page
    assert "<script" not in page
    assert not [path for path, shown in stage.pages(INSIDE).items() if b"data-shown" in shown]


def test_a_gate_reaches_the_parts_of_a_country_with_their_own_code(stage: Any, gates: Any) -> None:
    gates.put("notice", "FR")
    assert [gates.level(c) for c in ("FR", "RE", "NC", "BE")] == ["notice", "notice", OPEN, OPEN]


def test_what_is_withheld_there_is_withheld_still_once_the_gate_is_lifted(stage: Any, gates: Any, key: str) -> None:
    url = stage.message()
    stage.platform.act(key, "withhold", stage.platform.resolve(url).ref, [INSIDE])
    gate = gates.put("notice")
    assert stage.platform.observe(url, INSIDE).state == "gated"
    stage.platform.lift(gate)
    assert stage.platform.observe(url, INSIDE).state == "withheld"
    gate = gates.put("notice")
    stage.platform.lift(key)
    stage.platform.lift(gate)
    assert stage.platform.observe(url, INSIDE).state == "visible"


def test_how_many_people_there_are(stage: Any) -> None:
    assert {country: stage.platform.people(country) for country in stage.people} == stage.people


def test_a_look_leaves_nothing_behind(stage: Any, gates: Any) -> None:
    before = (stage.pages(INSIDE), stage.platform.people(INSIDE))
    for _ in range(3):
        assert gates.level() == OPEN
    assert (stage.pages(INSIDE), stage.platform.people(INSIDE)) == before


def test_a_platform_that_pretends_is_seen_through(stage: Any, gates: Any, key: str) -> None:
    stage.misbehave("pretend")
    assert stage.platform.gate(key, INSIDE, "notice", gates.notice).state == "gated"
    assert gates.level() == OPEN
    stage.misbehave("normal")
    assert gates.put("notice", key=key)
    assert gates.level() == "notice"
    stage.misbehave("pretend")
    assert stage.platform.lift(key).state == "lifted"
    assert gates.level() == "notice"


def test_a_gate_that_is_only_painted_is_seen_through(stage: Any, gates: Any) -> None:
    stage.misbehave("shallow")
    gates.put("read-only")
    seen = stage.platform.observe_gate(INSIDE)
    assert (seen.signups, seen.writing, seen.notice, seen.level) == (True, True, True, None)
    stage.misbehave("normal")
    assert gates.level() == "read-only"


def test_a_gate_that_takes_hold_next_door_is_seen_there_and_ends_with_its_key(stage: Any, gates: Any) -> None:
    before = stage.pages(NEXT_DOOR)
    stage.misbehave("spill")
    key = gates.put("no-signups")
    stage.misbehave("normal")
    assert (gates.level(), gates.level(NEXT_DOOR)) == ("no-signups", "no-signups")
    assert not stage.platform.gate(key, INSIDE, "no-signups", gates.notice).new
    stage.platform.lift(key)
    assert stage.pages(NEXT_DOOR) == before


def test_a_platform_that_is_down(stage: Any, gates: Any, key: str) -> None:
    stage.misbehave("down")
    for call in (
        lambda: stage.platform.gate(key, INSIDE, "notice", gates.notice),
        lambda: stage.platform.lift(key),
        lambda: stage.platform.people(INSIDE),
    ):
        with pytest.raises(PlatformDown):
            call()
    assert stage.platform.observe_gate(INSIDE) == SeenGate()


@pytest.mark.parametrize("country", ["", "fr", "FRA", "F&x=1", "../"])
def test_nobody_looks_from_what_is_no_country(stage: Any, country: str) -> None:
    assert stage.platform.observe_gate(country) == SeenGate()


@pytest.mark.slow
def test_what_was_gated_survives_a_kill(stage: Any, gates: Any) -> None:
    key = gates.put("read-only")
    before = stage.pages(INSIDE)
    stage.restart()
    assert stage.pages(INSIDE) == before
    assert not stage.platform.gate(key, INSIDE, "read-only", gates.notice).new
    stage.platform.lift(key)
    stage.restart()
    assert gates.level() == OPEN


@pytest.mark.parametrize("level", [OPEN, *LEVELS])
def test_what_is_found_at_a_level_is_that_level_and_no_other(level: str) -> None:
    found = wanted_gate(level, notice=level != OPEN)
    assert found.level == level
    for field in fields(found):
        assert replace(found, **{field.name: None}).level is None


def test_what_is_no_level_is_none() -> None:
    assert SeenGate().level is None
    assert replace(wanted_gate("notice", notice=True), export=False).level is None
    assert replace(wanted_gate("notice", notice=True), notice=False).level is None
    assert replace(wanted_gate("no-signups", notice=True), signups=True).level is None
    assert replace(wanted_gate("read-only", notice=True), signups=True).level is None


def test_a_thing_or_a_place_that_is_withheld_there_looks_like_no_gate(stage: Any, gates: Any, key: str) -> None:
    urls = (stage.message().rpartition("/")[0], stage.channel_url, stage.open_url, stage.account_url)
    refs = [stage.platform.resolve(url).ref for url in urls]
    for n, ref in enumerate(refs):
        stage.platform.act(f"{key}:{n}", "withhold", ref, [INSIDE])
    seen = gates.level()
    for n in range(len(refs)):
        stage.platform.lift(f"{key}:{n}")
    assert seen == OPEN
