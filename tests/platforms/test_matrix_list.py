"""The list that edges of a homeserver follow: its numbers, and an edge ahead of a gateway that was put back."""

from typing import Any

import pytest

from comity import clock
from comity.alerts.models import Alert
from comity.cases import commands as cases
from comity.ledger.models import Event
from comity.platforms.matrix import commands, listing
from comity.platforms.matrix.commands import Asked, Target
from comity.platforms.matrix.models import Counter, Edge, Listed

pytestmark = pytest.mark.django_db
NAME = "chat"


def withhold(key: str, *targets: str) -> int:
    """Let a deed stand on targets; the list's number then."""
    asked = Asked(key, "withhold", f"!r/{targets[0]}", ("FR",))
    commands.begin(NAME, asked, [Target(one, "!r") for one in targets])
    return commands.serial(NAME)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda: list(Event.objects.filter(kind="list.differs").order_by("id"))


def test_no_number_is_used_twice(told: Any) -> None:
    """Nor by a gateway that was put back to a backup and acts before its edge asks: else what it lists would never
    reach the edge, and be told as done."""
    first, second = withhold("a", "$a"), withhold("b", "$b")
    assert first < second
    Counter.objects.update(serial=first)
    Listed.objects.filter(target="$b").delete()
    third = withhold("c", "$c")
    assert third > second
    rows, to, more = commands.after(NAME, second, 10)
    assert ([one.target for one in rows], to, more) == (["$c"], third, False)
    assert listing.await_edges(NAME, third, 0) is False


def test_an_edge_that_is_ahead_gets_all_that_stands_and_the_desk_is_told(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "EACH", 2)
    withhold("a", "$a", "$b", "$c", "$d", "$e")
    backup = commands.serial(NAME)
    ahead = backup + 5_000_000
    commands.asks(NAME, "edge1", ahead, holds=7)
    rows, to, more = commands.after(NAME, ahead, 100)
    assert sorted(one.target for one in rows) == ["$a", "$b", "$c", "$d", "$e"]
    assert (to, more, max(one.serial for one in rows)) == (commands.serial(NAME), False, commands.serial(NAME))
    (event,) = told()
    assert event.public["platform"] == NAME
    cases.alert(event)
    assert Alert.objects.get(kind="list.differs").proven
    commands.asks(NAME, "edge1", to, holds=7)  # it took them, and withholds two more
    commands.asks(NAME, "edge1", to, holds=7)
    assert len(told()) == 1
    commands.asks(NAME, "edge1", to, holds=5)
    assert len(told()) == 1
    assert Edge.objects.get(name="edge1").holds == 5


def test_what_an_edge_withholds_otherwise_is_told_once_a_day(told: Any) -> None:
    at = withhold("a", "$a")
    for holds in (1, None, 2, 2):
        commands.asks(NAME, "edge1", at, holds)
    assert (len(told()), commands.serial(NAME)) == (1, at)
    commands.asks(NAME, "edge1", at, 0)  # what it lacks it is given anew
    assert [event.realm for event in told()] == ["real"] * 2
    rows, now, _ = commands.after(NAME, at, 10)
    assert ([one.target for one in rows], now > at) == (["$a"], True)
    commands.asks(NAME, "edge1", now, 0)  # once a day, however often it asks
    assert (len(told()), commands.serial(NAME)) == (2, now)
    commands.asks(NAME, "edge1", at - 1, holds=3)  # it is behind: that tells nothing
    assert len(told()) == 2


def test_a_number_that_no_list_of_ours_ever_had_moves_nothing(told: Any) -> None:
    at = withhold("a", "$a")
    far = int(clock.now().timestamp() * 1_000_000) + 3_600_000_000
    commands.asks(NAME, "edge1", far, holds=1)
    assert (commands.serial(NAME), told()) == (at, [])
    assert Edge.objects.get(name="edge1").serial == 0
    assert listing.await_edges(NAME, at, 0) is False  # what it holds is nothing that we know
