"""`comity demo hotline`, in one process: the keys that it tells, in their order, and what each says."""

from types import SimpleNamespace

import pytest
from road import Road

from comity import clock
from comity.alerts import paging
from comity.demo import commands
from comity.demo.hotline import calling, played
from comity.demo.stories import STORIES
from comity.demo.stories.port import Playing, Story
from comity.hotline.models import Call, Service
from comity.outbox.models import Mail

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEYS = [
    "call", "request", "case", "target", "service", "rung_ms", "seen_ms", "acknowledged_ms", "preserved", "withheld",
    "callback", "lines", "outcome", "escalated_to", "refused", "pages",
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
    assert (told["escalated_to"], told["refused"]) == ([], "")


def test_the_first_sleeps_and_the_second_is_rung(driven: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.freeze(clock.now()):

        def later(what: str, look, patience: float = 0):
            for _ in range(60):
                driven.drive()
                if found := look():
                    return found
                clock.advance(1)
                paging.tick(clock.now())
            raise AssertionError(what)

        monkeypatch.setattr(played, "eventually", later)
        told, words = played.play(None, played.ASLEEP)  # type: ignore[arg-type]
    assert list(told) == KEYS
    assert (told["escalated_to"], told["outcome"], told["callback"]) == (["decider"], "prevented", "confirmed")
    assert 4_000 < told["acknowledged_ms"] < 30_000
    assert "then decider" in words


def test_a_forged_mail_from_a_true_domain_wakes_and_restricts_nothing(driven: Road, door: list[bytes]) -> None:
    running = SimpleNamespace(smtp="")
    for _ in range(2):
        told, words = played.play(running, played.FAKE)  # type: ignore[arg-type]
        assert list(told) == KEYS
        assert (told["service"], told["callback"], told["outcome"]) == ("demo-hotline", "denied", "false")
        assert (told["withheld"], told["preserved"]) == (None, 1)
        assert "A mailbox is not enough" in told["refused"]
        assert "and it was warned" in words
    assert driven.refused == []
    assert (
        Service.objects.get(id=calling.officer().authority).state == "open"
    )  # whoever forges two can't suspend a service
    assert Mail.objects.filter(kind="hotline-warning").count() == 2


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


def played_by_buttons(driven: Road, story: Story, playing: Playing) -> list[str]:
    pressed = []
    for _ in range(60):
        step = story.scene(playing).step
        if step.act == "done":
            return [*pressed, step.text]
        if step.act == "wait":
            driven.drive()
            clock.advance(1)
            paging.tick(clock.now())
            continue
        pressed.append(step.play)
        playing = story.play(step.play, playing)
    raise AssertionError(f"no end after {pressed}")


def test_each_night_is_played_by_its_buttons_alone(driven: Road, door: list[bytes]) -> None:
    with clock.freeze(clock.now()):
        *pressed, text = played_by_buttons(driven, STORIES["hotline-asleep"], Playing())
        assert pressed == ["press", "acknowledge", "call-back"]
        assert "who answered" in text
        sent = commands.send("urgent-mail", "")
        fake = STORIES["hotline-fake"]
        *pressed, text = played_by_buttons(driven, fake, fake.sent(Playing(), sent))
        assert pressed == ["acknowledge", "places", "deny"]
        assert "Closed as false" in text
    assert driven.refused == []
