"""Ringing: who is rung by what and when, who answers, and that it rings until somebody does."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from comity import clock
from comity.alerts import commands as alerts
from comity.alerts import devices, paging, rota
from comity.alerts.models import Device, Ring, Round
from comity.ledger.models import Event
from comity.outbox import push
from comity.outbox.models import Mail
from comity.people.models import Person
from comity.people.refusals import NotAllowed

pytestmark = pytest.mark.django_db
H = "X-7Q4M2HXK"
Who = Callable[..., Person]


def begin() -> None:
    with transaction.atomic():
        paging.ring(H, "demo", by="gateway")
    paging.tick(clock.now())


def later(seconds: float) -> None:
    """Seconds of the ladder's clock, looked at as often as tells its rungs apart, with the open pages."""
    step = 10 if seconds % 10 == 0 else 1
    for _ in range(int(seconds) // step):
        clock.advance(step)
        for device in Device.objects.filter(kind="page").exclude(heard_at=None).select_related("person"):
            devices.heard(device.person)
        paging.tick(clock.now())


def rung() -> list[tuple[int, str]]:
    return [(one.rung, one.person.name) for one in paging.rings(H)]


def kinds(*names: str) -> list[str]:
    return list(Event.objects.filter(kind__in=names).order_by("id").values_list("kind", flat=True))


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select task_name from procrastinate_jobs where queue_name like 'page%' order by id")
        return [name for (name,) in cursor.fetchall()]


def test_it_works(on_duty: Who) -> None:
    first = on_duty("handler")
    begin()
    assert rung() == [(0, "demo-handler-be")]
    assert jobs() == ["comity:climb"]
    assert [one.subject for one in paging.ringing(first)] == [H]
    paging.see(first, [H])
    clock.advance(4)
    assert paging.acknowledge(first, H)
    (ring,) = paging.rings(H)
    assert (ring.state, ring.code, ring.answered_at) == ("answered", "", clock.now())
    assert ring.sent_at == ring.seen_at
    assert paging.answered_by(H) == first
    assert paging.ringing(first) == []
    assert kinds("ring.sent", "ring.seen", "ring.stopped") == ["ring.sent", "ring.seen", "ring.stopped"]
    clock.advance(3600)
    assert paging.tick(clock.now()) == 0
    assert Ring.objects.count() == 1


def test_no_event_of_a_ring_says_in_public_who_it_was(on_duty: Who) -> None:
    first = on_duty("handler")
    begin()
    paging.see(first, [H])
    paging.acknowledge(first, H)
    for event in Event.objects.filter(kind__startswith="ring."):
        assert not {"person", "ring", "code"} & set(event.public)
        assert str(first.id) not in str(event.public)


def test_it_begins_within_a_transaction_and_once(on_duty: Who) -> None:
    on_duty("handler")
    begin()
    begin()
    assert Round.objects.count() == 1
    assert jobs() == ["comity:climb"]


def test_the_next_round_begins_when_it_is_rung_again_after_an_answer(on_duty: Who) -> None:
    first = on_duty("handler")
    begin()
    assert paging.acknowledge(first, H)
    clock.advance(60)
    begin()
    assert [one.number for one in paging.rounds(H)] == [1, 2]
    assert [(one.round, one.state) for one in paging.rings(H)] == [(1, "answered"), (2, "sent")]


@pytest.mark.slow
def test_the_second_is_rung_then_everyone_then_the_head_each_minute(on_duty: Who, person: Who) -> None:
    on_duty("handler")
    on_duty("decider", "second")
    devices.heard(person("head"))
    begin()
    later(29)
    assert rung() == [(0, "demo-handler-be")]
    later(1)  # the first has no pager: that rung isn't waited for
    assert rung()[1:] == [(2, "demo-decider-be")]
    later(90)
    assert sorted(rung()[2:]) == [(3, "demo-decider-be"), (3, "demo-handler-be")]
    assert not alerts.open_in("demo").filter(kind="ring.unanswered").exists()
    later(90)
    assert rung()[4:] == [(4, "demo-head-ee")]
    assert alerts.open_in("demo").get(kind="ring.unanswered").thing == H
    later(121)
    assert rung()[5:] == [(5, "demo-head-ee"), (6, "demo-head-ee")]
    assert kinds("ring.unanswered") == ["ring.unanswered"]
    paging.acknowledge(person("head"), H)
    assert not alerts.open_in("demo").filter(kind="ring.unanswered").exists()


def test_a_first_who_has_no_page_open_and_no_device_is_not_waited_for(on_duty: Who) -> None:
    on_duty("handler", away=True)
    on_duty("decider", "second")
    begin()
    assert rung() == [(0, "demo-handler-be"), (2, "demo-decider-be")]


def test_nobody_at_all_rings_the_heads_at_once_and_each_minute_and_says_so_aloud(person: Who) -> None:
    begin()
    assert rung() == [(4, "demo-head-ee")]
    event = Event.objects.get(kind="ring.unanswered")
    assert event.public == {"why": "nobody"}
    assert alerts.open_in("demo").first().kind == "ring.unanswered"  # type: ignore[union-attr]
    later(120)
    assert [number for number, _ in rung()] == [4, 5, 6]


def test_without_a_head_everyone_who_works_on_cases_is_rung(person: Who) -> None:
    Person.objects.filter(name="demo-head-ee").update(is_active=False, ended_at=clock.now())
    begin()
    assert {name for _, name in rung()} >= {"demo-handler-be", "demo-decider-ee", "demo-counsel-be"}


def test_who_comes_on_duty_in_the_middle_is_rung(on_duty: Who) -> None:
    begin()
    later(30)
    first = on_duty("handler")
    later(1)
    assert paging.ringing(first)


def test_somebody_absent_is_not_rung(on_duty: Who) -> None:
    first = on_duty("handler")
    rota.absent(first, first, clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1))
    begin()
    assert "demo-handler-be" not in {name for _, name in rung()}


def test_a_person_twice_is_rung_once_at_a_time(on_duty: Who) -> None:
    on_duty("handler")
    on_duty("handler", "second")
    begin()
    later(2)
    assert rung() == [(0, "demo-handler-be")]


def test_an_acknowledgement_after_anothers_is_kept_and_marked(on_duty: Who) -> None:
    first, second = on_duty("handler"), on_duty("decider", "second")
    begin()
    later(60)
    assert paging.acknowledge(second, H)
    clock.advance(5)
    assert not paging.acknowledge(first, H)
    assert not paging.acknowledge(first, H)
    assert paging.answered_by(H) == second
    late = Ring.objects.get(person=first)
    assert (late.state, late.code, late.answered_at) == ("stopped", "late", clock.now())
    assert not paging.acknowledge(second, H)  # twice by the first is no other's
    assert Ring.objects.get(person=second).code == ""


def test_somebody_who_was_not_rung_acknowledges_and_is_marked(on_duty: Who, person: Who) -> None:
    on_duty("handler")
    begin()
    assert paging.acknowledge(person("counsel"), H)
    found = Ring.objects.get(person=person("counsel"))
    assert (found.state, found.code, found.rung) == ("answered", "unpaged", -1)
    assert not Ring.objects.exclude(state__in=("answered", "stopped")).exists()


def test_a_stranger_to_the_realm_may_not(on_duty: Who, night: None) -> None:
    on_duty("handler")
    begin()
    other = Person(realm="real", jurisdiction="BE", roles=["auditor"], enrolled_at=clock.now(), name="x")
    with pytest.raises(NotAllowed):
        paging.acknowledge(other, H)
    with pytest.raises(Round.DoesNotExist):
        paging.acknowledge(other, "X-NEVER")


def test_closed_never_rings(on_duty: Who) -> None:
    first = on_duty("handler")
    begin()
    paging.stop(H)
    paging.stop(H)
    later(300)
    assert rung() == [(0, "demo-handler-be")]
    assert paging.ringing(first) == []
    assert kinds("ring.stopped") == ["ring.stopped"]
    assert paging.climb(Round.objects.get().id) is None
    assert not paging.acknowledge(first, H)


def test_what_a_dead_pager_missed_is_not_rung_all_at_once(person: Who) -> None:
    begin()
    clock.advance(3600)
    paging.tick(clock.now())
    assert [number for number, _ in rung()] == [4, 64]


def pushed(person: Person, monkeypatch: pytest.MonkeyPatch, *said: push.Said) -> tuple[Device, list[dict[str, Any]]]:
    """A browser of somebody whose push service says these things, and what it was told."""
    told: list[dict[str, Any]] = []
    answers = list(said)

    def send(doc: Any, what: dict[str, Any], **kwargs: Any) -> push.Said:
        told.append({**what, **kwargs})
        return answers.pop(0)

    monkeypatch.setattr(push, "send", send)
    monkeypatch.setattr(push, "checked", lambda doc, realm: dict(doc))
    return devices.add(person, "push", {"endpoint": "https://push.example/1"}), told


def hand_all() -> None:
    for one in Ring.objects.filter(state="waiting"):
        paging.hand(one.id)


def test_a_push_carries_the_number_alone_and_each_hop_is_kept(on_duty: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    first = on_duty("handler")
    device, told = pushed(first, monkeypatch, push.Said("sent", "201"))
    begin()
    hand_all()
    assert told == [{"subject": H, "topic": H, "realm": "demo"}]
    paging.delivered(first)
    ring = Ring.objects.get(device=device)
    assert (ring.state, ring.code, ring.delivered_at) == ("sent", "201", clock.now())
    paging.acknowledge(first, H)
    device.refresh_from_db()
    assert device.tested_at == clock.now()
    assert kinds("device.added", "device.tested") == ["device.added", "device.tested"]


def test_a_device_that_is_gone_ends_and_the_next_is_rung_at_once(on_duty: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    first = on_duty("handler", away=True)
    on_duty("decider", "second")
    device, _ = pushed(first, monkeypatch, push.Said("gone", "410"))
    begin()
    assert "demo-decider-be" not in {name for _, name in rung()}
    hand_all()
    device.refresh_from_db()
    assert device.ended_at == clock.now()
    assert (2, "demo-decider-be") in rung()
    assert kinds("ring.failed", "device.ended") == ["ring.failed", "device.ended"]


def test_a_channel_that_fails_is_not_waited_for(on_duty: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    first = on_duty("handler", away=True)
    on_duty("decider", "second")
    pushed(first, monkeypatch, push.Said("failed", "timeout"))
    begin()
    hand_all()
    assert (2, "demo-decider-be") in rung()
    assert Event.objects.get(kind="ring.failed").told == {"kind": "push", "code": "timeout"}


def test_a_ring_nobody_has_handed_over_is_given_to_a_worker_again(
    on_duty: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(on_duty("handler"), monkeypatch)
    begin()
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = 'comity:hand'")
    later(3)
    assert jobs().count("comity:hand") == 1


def test_a_mail_goes_by_the_outbox_and_says_the_number_alone(on_duty: Who) -> None:
    first = on_duty("handler")
    devices.add(first, "mail", {"address": "night@lantern.example"})
    begin()
    hand_all()
    hand_all()
    mail = Mail.objects.get(kind="ring")
    ring = Ring.objects.get(device__kind="mail")
    assert (ring.state, mail.realm) == ("sent", "demo")
    assert Mail.objects.count() == 1
    paging.see(first, [], ring=ring.id)
    ring.refresh_from_db()
    assert ring.seen_at == clock.now()


def test_another_persons_ring_is_not_seen_by_its_number(on_duty: Who, person: Who) -> None:
    on_duty("handler")
    begin()
    ring = Ring.objects.get()
    paging.see(person("decider"), [H], ring=ring.id)
    ring.refresh_from_db()
    assert ring.seen_at is None


class Hears:
    """A room above that hears of its subjects."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def acknowledged(self, person: Person, subject: str) -> None:
        self.told.append(("acknowledged", subject))

    def unanswered(self, subject: str) -> None:
        self.told.append(("unanswered", subject))

    def where(self, subject: str) -> str:
        return f"/console/hotline/{subject}"


HEARS = Hears()


def test_the_room_above_hears_within_the_same_transaction(on_duty: Who, person: Who, settings: Any) -> None:
    settings.PAGED = {"X": f"{__name__}.HEARS"}
    HEARS.told.clear()
    begin()
    paging.acknowledge(person("head"), H)
    assert HEARS.told == [("unanswered", H), ("acknowledged", H)]
    assert paging.where(H) == f"/console/hotline/{H}"
    assert paging.where("T-1") == "/console/duty/rings/T-1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_two_who_acknowledge_at_once_one_is_first(on_duty: Who) -> None:
    people = [on_duty("handler"), on_duty("decider", "second")]
    begin()
    said: list[bool] = []
    together = threading.Barrier(2)

    def tap(person: Person) -> None:
        together.wait()
        said.append(paging.acknowledge(person, H))
        connection.close()

    taps = [threading.Thread(target=tap, args=(one,)) for one in people]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert sorted(said) == [False, True]
    assert kinds("ring.stopped") == ["ring.stopped"]
