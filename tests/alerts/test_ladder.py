"""The ladder, without tables: whom next, that an empty rung isn't waited for, and that it is never silent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.alerts import ladder
from comity.alerts.ladder import BadLadder, Rang, Reach

BEGUN = datetime(2026, 11, 30, 3, tzinfo=UTC)
LIFE = ladder.load("life")
ONE = Reach(1, "one", "page")
PUSH = Reach(2, "one", "push")
HOOK = Reach(3, "one", "hook")
TWO = Reach(4, "two", "page")
HEAD = Reach(5, "head", "page")
DUTY = {"first": [ONE, PUSH, HOOK], "second": [TWO], "shift": [ONE, PUSH, HOOK, TWO], "heads": [HEAD]}


def after(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def climbed(duty: ladder.Duty, seconds: int, fails: frozenset[int] = frozenset()) -> list[tuple[int, int, int]]:
    """(second, rung, device) of everything rung in a number of seconds, each second one look."""
    rings: list[Rang] = []
    for second in range(seconds + 1):
        for rung, reach in ladder.due(LIFE, duty, BEGUN, rings, after(second)).rings:
            rings.append(Rang(rung, reach.device, "failed" if reach.device in fails else "sent", after(second)))
    return [(int((one.at - BEGUN).total_seconds()), one.rung, one.device) for one in rings]


def test_it_works() -> None:
    assert climbed(DUTY, 300) == [
        (0, 0, 1),
        (0, 0, 2),
        (30, 1, 3),
        (60, 2, 4),
        (150, 3, 1),
        (150, 3, 2),
        (150, 3, 3),
        (150, 3, 4),
        (240, 4, 5),
        (300, 5, 5),
    ]


def test_an_empty_rung_rings_the_next_at_once() -> None:
    assert climbed({**DUTY, "first": [], "shift": [TWO]}, 0) == [(0, 2, 4)]
    assert climbed({"heads": [HEAD]}, 60) == [(0, 4, 5), (60, 5, 5)]


def test_one_whose_rings_all_failed_isnt_waited_for() -> None:
    assert climbed(DUTY, 1, fails=frozenset({1, 2}))[:3] == [(0, 0, 1), (0, 0, 2), (1, 1, 3)]
    assert climbed(DUTY, 2, fails=frozenset({1, 2, 3}))[3:] == [(2, 2, 4)]


def test_nobody_at_all_is_said_and_never_a_busy_loop() -> None:
    due = ladder.due(LIFE, {}, BEGUN, [], after(100_000))
    assert due == ladder.Due((), True, True)


def test_a_console_nobody_has_open_is_rung_and_not_waited_for() -> None:
    closed = Reach(1, "one", "page", live=False)
    assert climbed({"first": [closed], "second": [TWO]}, 0) == [(0, 0, 1), (0, 2, 4)]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({}, "rungs: at least one"),
        ({"rungs": [{"after": 1, "who": "first", "by": ["page"]}], "every": 60}, "the first at 0 s"),
        ({"rungs": [{"after": 0, "who": "first", "by": ["page"]}] * 2, "every": 60}, "each later"),
        ({"rungs": [{"after": 0, "who": "boss", "by": ["page"]}], "every": 60}, "who is one of"),
        ({"rungs": [{"after": 0, "who": "first", "by": ["fax"]}], "every": 60}, "by some of"),
        ({"rungs": [{"after": 0, "who": "first", "by": ["page"]}], "every": 0}, "every"),
        ({"rungs": [{"after": "soon", "who": "first", "by": ["page"]}], "every": 1}, "after is a whole number"),
    ],
)
def test_refuses_a_ladder_that_cant_be_climbed(value: object, says: str) -> None:
    with pytest.raises(BadLadder, match=says):
        ladder.read(value)


reaches = st.lists(
    st.builds(Reach, st.integers(1, 8), st.just("p"), st.sampled_from(ladder.BY), st.booleans()),
    max_size=4,
    unique_by=lambda one: one.device,
)
duties = st.fixed_dictionaries(dict.fromkeys(ladder.WHO, reaches))


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(1, 400), duties), min_size=1, max_size=4), st.sets(st.integers(1, 8)))
def test_there_is_always_somebody_ringing_or_an_alarm(changes: list[tuple[int, ladder.Duty]], fails: set[int]) -> None:
    """Whoever comes and goes, whatever fails: a live ring is out at every look, or it says that nobody is reached; and
    once the heads are due, they are rung each minute."""
    rings: list[Rang] = []
    now = 0
    for lasts, duty in changes:
        live = {reach.device for each in duty.values() for reach in each if reach.live}
        for _ in range(lasts):
            due = ladder.due(LIFE, duty, BEGUN, rings, after(now))
            rings += [Rang(n, r.device, "failed" if r.device in fails else "sent", after(now)) for n, r in due.rings]
            out = any(ring.device in live and ring.state == "sent" for ring in rings)
            tried = any(ring.at == after(now) for ring in rings)
            assert out or tried or due.nobody
            assert now < 240 or due.unanswered
            now += 1
    assert len({(ring.rung, ring.device) for ring in rings}) == len(rings)
