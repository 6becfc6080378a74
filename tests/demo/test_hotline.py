"""`comity demo hotline`, in one process: the keys that it tells, in their order, and what each says."""

import pytest
from road import Road

from comity.demo.hotline import calling, played
from comity.demo.stories import STORIES
from comity.demo.stories.port import Playing
from comity.hotline.models import Call

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEYS = [
    "call", "request", "case", "target", "service", "rung_ms", "seen_ms", "acknowledged_ms", "preserved", "withheld",
    "callback", "lines", "outcome", "escalated_to", "pages",
]  # fmt: skip


@pytest.fixture
def driven(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    """What waits for a worker finds its jobs done."""

    def eventually(what: str, look, patience: float = 0):
        road.drive()
        found = look()
        assert found, what
        return found

    monkeypatch.setattr(played, "eventually", eventually)
    return road


def test_it_is_told_in_order(driven: Road) -> None:
    told, words = played.play(None)  # type: ignore[arg-type]  # nothing of it is asked
    assert list(told) == KEYS
    assert driven.refused == []
    assert (told["service"], told["preserved"], told["callback"], told["outcome"]) == (
        "demo-hotline", 1, "confirmed", "prevented",
    )  # fmt: skip
    assert told["lines"] >= 4
    assert None not in (told["rung_ms"], told["seen_ms"], told["acknowledged_ms"])
    assert told["withheld"]["in"] == ["EU"]
    assert told["call"] in words


def test_the_story_is_played_by_its_buttons_alone(driven: Road) -> None:
    story, playing, pressed = STORIES["hotline"], Playing(), []
    for _ in range(20):
        step = story.scene(playing).step
        if step.act == "done":
            break
        if step.act == "wait":
            driven.drive()
            assert story.scene(playing).step != step, step.text
            continue
        pressed.append(step.play)
        playing = story.play(step.play, playing)
    assert pressed == ["press", "acknowledge", "preserve", "call-back", "sign", "sign", "write", "tell"]
    assert (Call.objects.get().state, Call.objects.get().outcome) == ("to-review", "prevented")
    assert calling.call(playing.number).signed_at is None  # a call-back was enough
