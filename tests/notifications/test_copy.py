"""The copy of the order: given by the desk with its answer to the person who asked; not while a hold stands."""

from datetime import timedelta

import pytest
from django.test import Client
from road import Road, open_road

from comity import clock
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.notifications import commands as notifications
from comity.notifications import rules
from comity.notifications.models import Complaint, Notification
from comity.people.refusals import BadInput, NotAllowed

HOST = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture
def road(db: None):
    with open_road() as opened:
        yield opened


def told(road: Road, sample: str = "good-pdf") -> Notification:
    """Somebody who was told of a measure, and asks for a copy."""
    request = road.receive(road.sample(sample, road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    notification = Notification.objects.get(case=case)
    assert notification.state == "sent", road.refused
    notifications.complain(notification, "Please give me a copy of the order")
    road.drive()
    return notification


def page(notification: Notification, more: str = ""):
    token = notifications.token_of(notification.event, notification.target)
    return Client(**HOST).get(f"/statement/{token}{more}")


def answer(road: Road, notification: Notification, role: str = "counsel", *, copy: bool = True) -> None:
    complaint = Complaint.objects.get(notification=notification)
    person = road.person(role)
    notifications.answer_complaint(person, notification.case_id, complaint.id, "Here it is.", copy=copy)


@pytest.mark.parametrize(("sample", "ending", "begins"), [("good-pdf", "pdf", b"%PDF-"), ("good-text", "txt", b"")])
@pytest.mark.slow
def test_it_works(road: Road, sample: str, ending: str, begins: bytes) -> None:
    notification = told(road, sample)
    assert page(notification, "/order").status_code == 404
    assert "Download the copy" not in page(notification).content.decode()
    answer(road, notification)
    assert "Download the copy of the order" in page(notification).content.decode()
    copy = page(notification, "/order")
    assert copy.content.startswith(begins)
    assert b"OOS-2026-" in copy.content or ending == "pdf"
    assert copy["Content-Disposition"] == f'attachment; filename="order-{notification.case_id}.{ending}"'
    assert copy["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert copy["X-Robots-Tag"] == "noindex, nofollow"
    event = Event.objects.get(case=notification.case_id, kind="copy.given")
    assert (event.by, event.public) == (road.person("counsel").by, {})


@pytest.mark.soak
def test_an_answer_without_it_gives_none(road: Road) -> None:
    notification = told(road)
    answer(road, notification, copy=False)
    assert page(notification, "/order").status_code == 404
    assert not Event.objects.filter(kind="copy.given").exists()


@pytest.mark.soak
def test_another_person_of_the_same_platform_does_not_get_it(road: Road) -> None:
    notification, other = told(road), told(road)
    answer(road, notification)
    assert page(other, "/order").status_code == 404


@pytest.mark.slow
def test_a_handler_gives_none(road: Road) -> None:
    notification = told(road)
    with pytest.raises(NotAllowed):
        answer(road, notification, "handler")
    assert not Complaint.objects.exclude(copy="").exists()


def hold_until(monkeypatch: pytest.MonkeyPatch, until) -> None:
    monkeypatch.setattr(rules, "held", lambda finding: (True, until))


@pytest.mark.slow
def test_while_a_non_disclosure_stands_none_is_given(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    notification = told(road)
    hold_until(monkeypatch, clock.now() + timedelta(hours=1))
    with pytest.raises(BadInput, match="non-disclosure"):
        answer(road, notification)
    assert Complaint.objects.get().answered_at is None
    hold_until(monkeypatch, clock.now() - timedelta(hours=1))
    answer(road, notification)
    assert page(notification, "/order").status_code == 200


@pytest.mark.soak
def test_a_non_disclosure_that_comes_later_on_the_same_address_closes_it(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = told(road)
    answer(road, notification)
    monkeypatch.setattr(notifications, "_other_holds", lambda _: [rules.Hold(True, None)])
    assert page(notification, "/order").status_code == 404
    assert "Download the copy" not in page(notification).content.decode()
