"""The port's gates, tried on a homeserver behind an edge: the tests of `tests/platforms/test_gates.py`, on this stage.

What differs is said here: how people are told, and that a homeserver doesn't know where its people are.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from platforms.conftest import gates  # noqa: F401
from platforms.test_gates import *  # noqa: F403  # each is tried here again

from comity.platforms.port import PlatformDown, SeenGate

from .test_guarantees import made_stage, stage  # noqa: F401

# the sandbox's own ways to lie; how it shows its words; and in words of its own below
del test_a_platform_that_pretends_is_seen_through, test_a_gate_that_is_only_painted_is_seen_through  # noqa: F821
del test_a_gate_that_takes_hold_next_door_is_seen_there_and_ends_with_its_key  # noqa: F821
del test_people_there_are_told_in_each_language_and_no_word_of_it_is_markup  # noqa: F821
del test_how_many_people_there_are, test_a_platform_that_is_down, test_a_look_leaves_nothing_behind  # noqa: F821
del test_what_is_found_at_a_level_is_that_level_and_no_other, test_what_is_no_level_is_none  # noqa: F821
del test_a_thing_or_a_place_that_is_withheld_there_looks_like_no_gate  # noqa: F821
del test_the_highest_level_that_is_not_lifted_counts_in_any_order  # noqa: F821
del test_gate_from_many_threads_is_one_gate  # noqa: F821  # its threads would keep their lines to the database


def test_a_homeserver_that_is_down(stage: Any, gates: Any, key: str) -> None:  # noqa: F811
    stage.misbehave("down")
    try:
        assert stage.platform.observe_gate("BE") == SeenGate()
        with pytest.raises(PlatformDown):
            stage.platform.gate(key, "BE", "notice", gates.notice)
    finally:
        stage.misbehave("normal")
    stage.platform.lift(key)
    assert gates.level() == "open"


def test_the_highest_level_that_is_not_lifted_counts(stage: Any, gates: Any) -> None:  # noqa: F811
    keys = {level: gates.put(level) for level in ("read-only", "notice", "no-signups")}
    for level, left in (("notice", "read-only"), ("read-only", "no-signups"), ("no-signups", "open")):
        stage.platform.lift(keys[level])
        assert gates.level() == left


def test_a_gate_from_many_threads_is_one_gate(stage: Any, gates: Any, key: str) -> None:  # noqa: F811
    def put(_: int) -> bool:
        try:
            return bool(stage.platform.gate(key, "BE", "read-only", gates.notice).new)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(put, range(8)))
    stage.platform.lift(key)
    assert sum(done) == 1
    assert gates.level() == "open"


def test_what_is_withheld_there_looks_like_no_gate(stage: Any, gates: Any, key: str) -> None:  # noqa: F811
    for n, url in enumerate((stage.message(), stage.channel_url, stage.account_url)):
        stage.platform.act(f"{key}:{n}", "withhold", stage.platform.resolve(url).ref, ["BE"])
    seen = gates.level()
    for n in range(3):
        stage.platform.lift(f"{key}:{n}")
    assert seen == "open"


def test_a_look_makes_no_account_and_says_nothing(stand: Any, stage: Any, gates: Any) -> None:  # noqa: F811
    count = lambda: stand.synapse_admin("GET", "/v2/users?limit=1")[1]["total"]  # noqa: E731
    before = count()
    assert {gates.level(code) for code in ("BE", "FR", "JP")} == {"open"}
    assert count() == before


def test_people_take_what_is_theirs_out_of_a_country_that_is_left(stand: Any, gates: Any) -> None:  # noqa: F811
    event = stand.bob.say(stand.square, "Bob's own words")
    gates.put("notice", "BE")
    inside = stand.viewer("BE")
    assert inside.client("/v3/sync").json["errcode"] == "ORG.COMITY.GATED"
    assert inside.get("/_comity/appeals").headers["location"] == "https://lantern.example/appeals"
    copy = inside.get("/_comity/export")
    assert copy.status == 200
    assert f'"event_id":"{event}"'.encode() in copy.raw
    assert b'"sender":"@alice' not in copy.raw
    assert stand.viewer("FR").client("/v3/sync").status == 200
