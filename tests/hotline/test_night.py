"""A night of escalation on a clock of its own: each channel down in its turn, until the head takes it, and sleeps."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from road import Road

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts import devices, paging, rota
from comity.alerts.models import Device, Ring
from comity.hotline import after, commands
from comity.hotline.models import Call
from comity.ledger.models import Event
from comity.outbox import push
from comity.people.models import Person

from .scene import WHAT, again, officer, raised

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANSWERS = {
    "first": push.Said("failed", "timeout"),
    "second": push.Said("gone", "410"),
    "head": push.Said("sent", "201"),
}


@pytest.fixture
def browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each person's phone answers as the name in its endpoint says."""

    def send(doc: Any, what: Any, **how: Any) -> push.Said:
        assert what == {"subject": what["subject"]}
        return ANSWERS[doc["endpoint"].rpartition("/")[2]]

    monkeypatch.setattr(push, "send", send)
    monkeypatch.setattr(push, "checked", lambda doc, realm: dict(doc))


def on_call(road: Road, role: str, place: str, name: str, post: str = "") -> Person:
    person, now = road.person(role, place), clock.now()
    if post:
        rota.set_shift(road.person("head", "EE"), "demo", person, post, now, now + timedelta(hours=9))
    devices.add(person, "push", {"endpoint": f"https://push.example/{name}"})
    return person


def later(road: Road, seconds: int) -> None:
    """Seconds of the ladder's clock, with the jobs that each brings about."""
    for _ in range(seconds):
        clock.advance(1)
        paging.tick(clock.now())
        road.drive()


def said_at(subject: str) -> list[tuple[int, str, str]]:
    """Who was rung by a push, after how many seconds, and what came of it."""
    begun = paging.rounds(subject)[-1].begun_at
    found = Ring.objects.filter(subject=subject, device__kind="push").order_by("made_at", "id")
    return [(round((one.made_at - begun).total_seconds()), one.person.roles[0], one.state) for one in found]


def test_until_the_head_answers_and_again_when_nothing_is_done(road: Road, browsers: None) -> None:
    with clock.freeze(clock.now().replace(hour=2, minute=0)):
        on_call(road, "handler", "BE", "first", "first")
        on_call(road, "decider", "BE", "second", "second")
        head = on_call(road, "head", "EE", "head")
        call = raised(road)
        # the first's phone doesn't answer, the second's is gone: neither is waited for
        later(road, 1)
        assert said_at(call.id) == [(0, "handler", "failed"), (0, "decider", "gone"), (0, "head", "sent")]
        assert Device.objects.get(person__roles__contains=["decider"], kind="push").ended_at
        assert again(call).state == "unanswered"
        assert alerts.open_in("demo").filter(kind="ring.unanswered", thing=call.id).exists()

        service = Client(HTTP_HOST="localhost:8000")
        service.post("/hotline/demo")
        page = service.get(f"/hotline/{call.id}").content.decode()
        assert "Nobody has answered yet; it rings on" in page
        assert "call the number above" in page

        later(road, 121)  # the head sleeps, and is rung each minute
        rung = [at for at, role, _ in said_at(call.id) if role == "head"]
        assert [two - one for one, two in zip(rung, rung[1:], strict=False)] == [60] * (len(rung) - 1)
        assert len(rung) >= 2
        assert commands.acknowledge(head, call.id)
        later(road, 61)
        assert len([at for at, role, _ in said_at(call.id) if role == "head"]) == len(rung)  # it rings no more
        assert not alerts.open_in("demo").filter(kind="ring.unanswered").exists()

        clock.advance(900)  # and falls asleep over it
        after.keep_time(clock.now())
        assert again(call).state == "raised"
        assert [one.number for one in paging.rounds(call.id)] == [1, 2]
        later(road, 2)
        assert Ring.objects.filter(subject=call.id, round=2, person=head).exists()
        commands.acknowledge(head, call.id)
        commands.say_acted(head, call.id, "Told the police of Nordhafen at 02:21.")
        clock.advance(3600)
        after.keep_time(clock.now())
        assert again(call).state == "acted"  # something was done: it is left to who has it

        second = commands.raise_call(officer(), commands.Said(WHAT), "0123456789abcdef-2")
        assert Call.objects.get(id=second.id).joined_to is None  # an hour later it is one of its own
    kinds = Event.objects.filter(case=call.id, kind__startswith="call.").order_by("id").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind != "call.written"] == [
        "call.raised", "call.unanswered", "call.acknowledged",
        "call.lapsed", "call.unanswered", "call.acknowledged", "call.acted",
    ]  # fmt: skip
