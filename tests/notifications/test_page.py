import re
from datetime import timedelta

import pytest
from road import open_road

from comity import clock
from comity.cases.models import Case
from comity.notifications import commands, page
from comity.notifications.models import Complaint, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(scene):
    """An author was told, once for all tests."""
    with open_road() as road:
        road.receive(road.sample("good-text", road.post()))
        road.drive()
        road.sign(Case.objects.get())
        road.drive()
        yield


@pytest.fixture
def notification(told):
    return Notification.objects.get()


def address(notification):
    return f"/statement/{commands.token_of(notification.event, notification.target)}"


def test_it_works(notification, client):
    said = client.get(address(notification))
    body = said.content.decode()
    assert said.status_code == 200
    assert "can no longer be seen in the European Union" in body
    assert "incites others to commit terrorist offences" in body
    assert "How to fight it" in body
    assert said.cookies == {}
    assert said["Cache-Control"] == "no-store"
    assert said["Referrer-Policy"] == "no-referrer"
    french = client.get(address(notification), headers={"Accept-Language": "fr"}).content.decode()
    assert "n’est plus visible dans l’Union européenne" in french


def test_a_complaint_is_taken_and_shown_with_its_answer(notification, client):
    taken = client.post(f"{address(notification)}?language=fr", {"text": "It is <b>satire</b>."})
    assert (taken.status_code, taken["Location"]) == (302, f"{address(notification)}?language=fr#complaints")
    body = client.get(address(notification)).content.decode()
    assert "Your complaint is with us" in body
    assert "It is &lt;b&gt;satire&lt;/b&gt;." in body
    assert Complaint.objects.count() == 1


def test_a_complaint_without_words_is_refused_with_the_reason(notification, client):
    said = client.post(address(notification), {"text": "  "})
    assert said.status_code == 400
    assert "write in a sentence" in said.content.decode()
    assert not Complaint.objects.exists()


def test_another_token_opens_nothing(notification, client):
    first = "b" if address(notification)[11] == "a" else "a"
    other = address(notification)[:11] + first + address(notification)[12:]
    assert other != address(notification)
    assert client.get(other).status_code == 404
    assert client.get("/statement/" + "x" * 5000).status_code == 404


def test_while_it_is_held_back_the_page_is_as_if_it_were_not_there(notification, client):
    Notification.objects.update(state="held")
    held, unknown = client.get(address(notification)), client.get("/statement/" + "a" * 26)
    assert held.status_code == unknown.status_code == 404
    assert re.sub(r'nonce="[^"]*"', "", held.content.decode()) == re.sub(r'nonce="[^"]*"', "", unknown.content.decode())


def test_another_authors_complaint_is_not_shown(notification, client):
    other = Notification.objects.get()
    other.pk, other.target, other.token_hash = None, 1, b"x" * 16
    other.id = "00000000-0000-0000-0000-000000000001"
    other.save(force_insert=True)
    commands.complain(other, "Words of another author")
    assert "another author" not in client.get(address(notification)).content.decode()


def test_after_its_time_it_is_gone(notification, client):
    with clock.freeze(page.statement_of(notification).works_until + timedelta(seconds=1)):
        assert client.get(address(notification)).status_code == 404
