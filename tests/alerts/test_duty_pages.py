"""The page that rings, the rota and the calendar, over HTTP: who may, what is refused, what an open page is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from comity import clock
from comity.alerts import feed, paging, rota
from comity.alerts.models import Absence, Device, Profile, Ring, Shift
from comity.people.models import Person

pytestmark = pytest.mark.django_db
H = "X-7Q4M2HXK"
BACKEND = "comity.people.sessions.Passkeys"
Who = Callable[..., Person]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def begin(subject: str = H) -> None:
    with transaction.atomic():
        paging.ring(subject, "demo", by="gateway")
    paging.tick(clock.now())


def test_it_works(on_duty: Who) -> None:
    handler = on_duty("handler")
    desk = signed_in(handler)
    assert "Go on duty" in desk.get("/console/duty/").content.decode()
    quiet = desk.get("/console/duty/poll")
    assert (quiet.status_code, quiet.json()["rings"]) == (200, [])
    same = desk.get("/console/duty/poll", headers={"If-None-Match": quiet["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    begin()
    loud = desk.get("/console/duty/poll", headers={"If-None-Match": quiet["ETag"]})
    assert [one["subject"] for one in loud.json()["rings"]] == [H]
    assert Ring.objects.get().state == "seen"
    assert desk.get("/console/duty/poll", headers={"If-None-Match": loud["ETag"]}).status_code == 304
    told = desk.post("/console/duty/answer", {"subject": H}, headers={"Accept": "application/json"}).json()
    assert (told["first"], told["url"]) == (True, f"/console/duty/rings/{H}")
    page = desk.get(told["url"]).content.decode()
    assert "acknowledged after 0.0 s" in page
    assert handler.name not in page


def test_the_second_learns_who_was_first_on_the_page_and_in_the_answer(on_duty: Who) -> None:
    first, second = on_duty("handler"), on_duty("decider", "second")
    begin()
    clock.advance(31)
    paging.tick(clock.now())
    desk = signed_in(second)
    assert len(desk.get("/console/duty/poll").json()["rings"]) == 1
    paging.acknowledge(first, H)
    told = desk.get("/console/duty/poll").json()
    assert told["rings"] == []
    (taken,) = told["taken"]
    assert taken["subject"] == H
    assert taken["by"].startswith("handler, BE")
    said = desk.post("/console/duty/answer", {"subject": H}, headers={"Accept": "application/json"}).json()
    assert (said["first"], said["by"][:11]) == (False, "handler, BE")


def test_a_push_that_woke_a_browser_is_delivered_and_not_yet_seen(on_duty: Who) -> None:
    handler = on_duty("handler")
    begin()
    Device.objects.create(person=handler, kind="push", added_at=clock.now())
    paging_ring = Ring.objects.get()
    paging_ring.pk, paging_ring.device = None, Device.objects.get(kind="push")
    paging_ring.save()
    signed_in(handler).get("/console/duty/poll?by=push")
    pushed = Ring.objects.get(device__kind="push")
    assert pushed.delivered_at == clock.now()
    assert pushed.seen_at is None
    assert Ring.objects.get(device__kind="page").seen_at is None


def test_a_stranger_is_told_to_sign_in_and_an_unknown_subject_is_not_found(on_duty: Who) -> None:
    handler = on_duty("handler")
    for path in ("", "poll", "rota", f"rings/{H}"):
        assert Client().get(f"/console/duty/{path}").status_code == 302
    desk = signed_in(handler)
    assert desk.get("/console/duty/rings/H-NEVER").status_code == 404
    assert desk.post("/console/duty/answer", {"subject": "X-NEVER"}).status_code == 404
    assert desk.get("/console/duty/?ring=99999999999999999999999").status_code == 200


def test_who_is_of_the_demo_sees_nothing_of_the_real_desk(on_duty: Who) -> None:
    desk = signed_in(on_duty("handler"))
    with transaction.atomic():
        paging.ring("T-1", "drill", by="gateway")
    assert desk.get("/console/duty/rings/T-1").status_code == 404
    assert desk.post("/console/duty/answer", {"subject": "T-1"}).status_code == 403


def test_a_mail_address_is_added_once_and_ended_by_its_own_person_only(on_duty: Who, person: Who) -> None:
    desk = signed_in(on_duty("handler"))
    for _ in range(2):
        desk.post("/console/duty/devices", {"kind": "mail", "address": "night@lantern.example"})
    device = Device.objects.get(kind="mail")
    assert "night@lantern.example" not in str(device.__dict__)
    assert "night@lantern.example" in desk.get("/console/duty/").content.decode()
    assert signed_in(person("decider")).post(f"/console/duty/devices/{device.id}/end").status_code == 404
    desk.post(f"/console/duty/devices/{device.id}/end")
    device.refresh_from_db()
    assert device.ended_at == clock.now()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "mail", "address": "nobody"}, "address"),
        ({"kind": "fax"}, "kind"),
        ({"kind": "hook", "name": "ntfys://anywhere/at-all"}, "no real device"),
        ({"kind": "push", "endpoint": "https://169.254.169.254/", "p256dh": "x", "auth": "y"}, "push"),
    ],
)
def test_refuses_a_device_that_is_none(on_duty: Who, given: dict[str, str], says: str) -> None:
    answer = signed_in(on_duty("handler")).post("/console/duty/devices", given)
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_the_rota_is_set_by_the_clock_it_names(person: Who) -> None:
    desk = signed_in(person("head"))
    handler = person("handler")
    given = {"person": str(handler.id), "post": "first", "zone": "Europe/Brussels"}
    times = {"starts": "2026-11-30T08:00", "ends": "2026-11-30T20:00"}
    assert desk.post("/console/duty/rota/shifts?realm=demo", {**given, **times}).status_code == 302
    shift = Shift.objects.get()
    assert (shift.starts.hour, shift.ends.hour) == (7, 19)
    page = desk.get("/console/duty/rota").content.decode()
    assert "Holes" in page
    assert "nobody is on duty" in page
    bad = desk.post("/console/duty/rota/shifts", {**given, **times, "person": "x"})
    assert bad.status_code == 400
    assert signed_in(handler).post("/console/duty/rota/shifts", {**given, **times}).status_code == 403
    handed = {"to": str(person("decider").id), "sentence": "Nothing is open."}
    assert signed_in(handler).get(f"/console/duty/rota/shifts/{shift.id}/hand-over").status_code == 200
    assert signed_in(handler).post(f"/console/duty/rota/shifts/{shift.id}/hand-over", handed).status_code == 302
    taken = Shift.objects.get()
    assert taken.person == person("decider")
    desk.post(f"/console/duty/rota/shifts/{taken.id}/end")
    assert not Shift.objects.exists()


def test_absence_and_profile_are_ones_own(person: Who) -> None:
    handler = person("handler")
    desk = signed_in(handler)
    away = {"person": str(handler.id), "starts": "2026-12-01T08:00", "ends": "2026-12-02T08:00", "zone": "UTC"}
    assert desk.post("/console/duty/rota/absences", away).status_code == 302
    assert desk.post(f"/console/duty/rota/absences/{Absence.objects.get().id}/end").status_code == 302
    assert desk.post("/console/duty/profile", {"languages": "fr, en", "zone": "Europe/Paris"}).status_code == 302
    assert Profile.objects.get().languages == ["fr", "en"]
    assert desk.post("/console/duty/profile", {"languages": "<b>", "zone": "Mars"}).status_code == 400


def test_the_calendar_opens_by_its_link_until_its_persons_sessions_end(on_duty: Who) -> None:
    handler = on_duty("handler")
    answer = Client().get(feed.path(handler))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert b"BEGIN:VEVENT" in answer.content
    assert Client().get(f"/console/duty/{handler.id}/{'0' * 32}.ics").status_code == 404
    assert Client().get(f"/console/duty/{uuid4()}/{feed.token(handler)}.ics").status_code == 404
    path = feed.path(handler)
    Person.objects.filter(id=handler.id).update(session_salt="another")
    assert Client().get(path).status_code == 404


def test_the_worker_and_the_manifest_are_there(night: None) -> None:
    worker: Any = Client().get("/console/duty/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert Client().get("/console/duty/duty.webmanifest").json()["scope"] == "/console/duty/"


def test_everyone_of_the_desk_sees_who_covers_what(on_duty: Who) -> None:
    handler = on_duty("handler")
    rota.set_shift(handler_head(), "demo", handler, "second", clock.now(), clock.now() + timedelta(hours=2))
    page = signed_in(handler).get("/console/duty/rota").content.decode()
    assert "Europe/Brussels" in page
    assert "one person is in both posts" in page
    assert handler.name not in page


def handler_head() -> Person:
    return Person.objects.get(name="demo-head-ee")
