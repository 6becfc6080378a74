"""The port's guarantees on Telegram, as far as its capabilities say: those of `tests/platforms/test_port.py` and
`test_gates.py` that ask for nothing which a bot can't do, on this stage. What it can't is refused, and tried here too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platforms.test_gates import (  # noqa: F401
    test_nobody_looks_from_what_is_no_country,
    test_what_is_no_country_is_refused_by_name,
)
from platforms.test_port import (  # noqa: F401
    test_an_address_of_another_platform_is_not_ours,
    test_an_address_that_leads_nowhere,
    test_bytes_that_are_no_snapshot_show_nothing,
    test_notify_an_author_nobody_can_reach_is_refused,
    test_notify_twice_is_one_notice,
    test_notify_with_a_used_key_is_refused,
)

from comity.platforms.port import LEVELS, Platform, PlatformRefused, Receipt

from .scene import ALICE, BRUNO, Scene, scene

pytestmark = pytest.mark.django_db


class TelegramStage:
    """A chat that a bot administers, with the ways to make what the tests need. Alice opened a chat with the bot, and
    Bruno did not."""

    def __init__(self, town: Scene) -> None:
        self.town, self.platform = town, town.bot
        town.do("start", user=ALICE)
        self.missing_url = "https://t.me/townsq/999999"

    def message(self, edits: int = 0, picture: bool = False) -> str:
        url = self.town.post(user=ALICE, text="A message", **({"photo": "small"} if picture else {}))
        for n in range(edits):
            self.town.do("edit", message=int(url.rpartition("/")[2]), text=f"Edited {n}")
        return url

    @property
    def untold_url(self) -> str:
        return self.town.post(user=BRUNO, text="Something.")

    def told(self) -> int:
        """How many messages stand in Alice's chat with the bot."""
        return len(self.town.seen(str(ALICE))["messages"])

    def misbehave(self, mode: str) -> None:
        self.town.mode(mode)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[TelegramStage]:
    with scene(tmp_path) as made:
        yield TelegramStage(made)


@pytest.mark.parametrize("kind", ["redact", "suspend", "block"])
def test_a_key_acts_once_in_its_life(stage: Any, key: str, kind: str) -> None:
    """The guarantees that others give for "withhold", for each thing that a bot can do."""
    assert isinstance(stage.platform, Platform)
    target = "group" if kind == "block" else "message"
    assert stage.platform.capabilities().can(kind, target)
    other = stage.platform.resolve(stage.untold_url).ref
    ref = "/".join(stage.platform.resolve(stage.message()).ref.split("/")[: 1 if kind == "block" else 2])
    act = lambda mark: stage.platform.act(mark, kind, ref, ["WORLD"])  # noqa: E731
    stage.platform.lift(key + "late")
    assert act(key + "late").state == "lifted"  # it came after its lift
    receipts = [act(key) for _ in range(2)]
    assert [(one.state, one.new) for one in receipts] == [("withheld", True), ("withheld", False)]
    with pytest.raises(PlatformRefused) as no:
        stage.platform.act(key, "preserve", other, ["WORLD"])
    assert no.value.code == "key-used"
    if kind == "redact":
        with pytest.raises(PlatformRefused) as no:
            stage.platform.lift(key)
        assert no.value.code == "cannot"
        return
    lifts: list[Receipt] = [stage.platform.lift(key) for _ in range(2)]
    assert [one.new for one in lifts] == [True, False]
    assert act(key).state == "lifted"


@pytest.mark.parametrize("level", LEVELS)
def test_it_has_no_gates_and_says_so(stage: Any, key: str, level: str) -> None:
    assert stage.platform.capabilities().gates == ()
    with pytest.raises(PlatformRefused) as no:
        stage.platform.gate(key, "BE", level, {"en": "We leave."})
    assert no.value.code == "cannot"
