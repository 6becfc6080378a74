"""`/demo/` in a browser without a screen or script: send, be somebody, see what is next."""

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from comity.adoption.models import Draft
from comity.cases.models import Case
from comity.demo import story
from comity.people.models import Person

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture
def client(road, door):
    return Client(**HOST)


def shown(client):
    answer = client.get("/demo/")
    assert answer.status_code == 200
    return answer.content.decode()


def who(client):
    person = client.get("/demo/").wsgi_request.user
    return person.name if isinstance(person, Person) else ""


def be(client, person, where=""):
    return client.post("/demo/be", {"person": person, "next": where})


@pytest.mark.slow
def test_it_works(client, road):
    page = shown(client)
    assert page.count(">Send it<") == 9
    assert "Send the same again" not in page
    assert "Send a removal order: the first sample" in page
    assert client.post("/demo/send", {"sample": "good-pdf"})["Location"] == "/demo/#next"
    assert "being read" in shown(client)
    road.drive()
    case = Case.objects.get()
    page = shown(client)
    assert "Become the handler, read the order beside what we make of it, and take it." in page
    assert "Or become the first decider (BE) at once" in page
    assert f"/console/cases/{case.id}" in page
    assert page.count("Send the same again") == 1
    assert be(client, "decider-be", f"/console/cases/{case.id}")["Location"] == f"/console/cases/{case.id}"
    assert who(client) == "demo-decider-be"
    assert client.get(f"/console/cases/{case.id}").status_code == 200


@pytest.mark.slow
def test_the_whole_story_is_told_step_by_step_to_the_authors_page(client, road):
    client.post("/demo/send", {"sample": "good-text"})
    road.drive()
    case = Case.objects.get()
    road.sign(case, "BE")
    assert "Become the second decider (EE)" in shown(client)
    road.sign(case, "EE")
    assert "being carried out" in shown(client)
    road.drive()
    page = shown(client)
    assert "See the message from France" in page
    target = story.latest()[0].target
    assert f"{target}?from=FR" in page
    assert f"{target}?from=CH" in page
    statement = re.search(r'href="(/statement/\w+)"', page)
    assert statement
    assert client.get(statement[1]).status_code == 200


@pytest.mark.slow
def test_the_same_again_shows_as_such_and_stays_on_its_case(client, road):
    client.post("/demo/send", {"sample": "good-text"})
    road.drive()
    client.post("/demo/send", {"sample": "good-text", "same": "yes"})
    road.drive()
    rows = story.latest()
    assert [row.again for row in rows] == [True, False]
    assert rows[0].standing.case == rows[1].standing.case


def test_the_second_story_follows_the_change_that_is_not_over(client):
    at = {"made_at": timezone.now(), "edited_at": timezone.now(), "realm": "demo", "regulation": "eu-tco-removal-order"}
    stands = Draft.objects.create(state="in-force", **at)
    for over in ("ended", "withdrawn", "superseded"):
        Draft.objects.create(state=over, **at)
    assert (story.change().state, story.change().url.rpartition("/")[2]) == ("in-force", str(stands.pk))
    assert "In force. Send an order that is silent on redress" in shown(client)


def test_polling_answers_only_when_something_changed(client, road):
    seen = re.search(r"/demo/now\?seen=(\w+)", shown(client))
    assert seen
    assert client.get(f"/demo/now?seen={seen[1]}").status_code == 204
    client.post("/demo/send", {"sample": "support"})
    answer = client.get(f"/demo/now?seen={seen[1]}")
    assert answer.status_code == 200
    assert b"<html" not in answer.content


def test_latest_ten_requests_of_the_demo_and_no_real_one(client, road):
    road.receive(b"From: a@b.example\r\nSubject: a real one\r\n\r\nx\r\n", realm="real")
    for _ in range(11):
        client.post("/demo/send", {"sample": "support"})
    assert len(story.latest()) == story.SHOWN
    assert "a real one" not in shown(client)


def test_a_strangers_subject_is_escaped(client, road):
    raw = b"From: a@b.example\r\nSubject: <script>alert(1)</script>\r\n\r\nx\r\n"
    road.receive(raw)
    road.drive()
    assert "<script>alert(1)" not in shown(client)


def test_nobody_becomes_a_real_person_or_a_name_that_is_not_there(client):
    real = Person.objects.create(name="decider-be-1", realm="real", jurisdiction="BE", enrolled_at="2026-01-01T00:00Z")
    for wanted in (real.name, "real", str(real.id), "", "demo-handler-be", "administrator-be"):
        assert be(client, wanted).status_code == 400
    assert who(client) == ""


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_becoming_leads_to_our_own_pages_only(client, where):
    assert be(client, "handler-be", where)["Location"] == "/console/"


def test_refused_without_the_form_token(road, door):
    strict = Client(enforce_csrf_checks=True, **HOST)
    assert strict.post("/demo/send", {"sample": "support"}).status_code == 403
    assert strict.post("/demo/be", {"person": "handler-be"}).status_code == 403
    assert door == []


def test_refused_by_get_because_a_link_must_do_nothing(client):
    assert client.get("/demo/send").status_code == 405
    assert client.get("/demo/be").status_code == 405


def test_an_unknown_sample_is_named_on_the_page(client):
    answer = client.post("/demo/send", {"sample": "nothing"})
    assert answer.status_code == 400
    assert b"no sample &#x27;nothing&#x27;" in answer.content


def test_a_shut_door_is_told_on_the_page(road):
    answer = Client(**HOST).post("/demo/send", {"sample": "good-text"})
    assert answer.status_code == 503
    assert b"did not take it" in answer.content or b"the door at" in answer.content


def test_where_the_demo_is_off_there_is_no_such_page(client):
    be(client, "handler-be")
    settings.COMITY = replace(settings.COMITY, demo=False)
    for path in ("/demo/", "/demo/now"):
        assert client.get(path).status_code == 404
    for path in ("/demo/send", "/demo/be"):
        assert client.post(path, {"sample": "support", "person": "handler-be"}).status_code == 404
