"""`/demo/` in a browser without a screen or script: send, be somebody, see what is next."""

import re
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from comity.adoption.models import Draft
from comity.cases.models import Case
from comity.demo import standing
from comity.demo.samples import SAMPLES
from comity.demo.stories import CARDS
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
    assert page.count(">Send it<") == len(SAMPLES)
    assert "Send the same again" not in page
    assert "Someone posts a message on a small chat platform" in page
    assert client.post("/demo/send", {"sample": "good-pdf"})["Location"] == "/demo/#now"
    assert "being read" in shown(client) or "stored, and read" in shown(client)
    road.drive()
    case = Case.objects.get()
    page = shown(client)
    assert "First the handler, who reads what comes in, looks at it." in page
    assert f"/console/cases/{case.id}" in page
    assert page.count("Send the same again") == 1
    assert be(client, "decider-be", f"/console/cases/{case.id}")["Location"] == f"/console/cases/{case.id}"
    assert who(client) == "demo-decider-be"
    assert client.get(f"/console/cases/{case.id}").status_code == 200


def test_it_says_in_two_sentences_what_it_is_and_for_whom(client):
    said = re.search(r"<p>(Comity stands.*?)</p>", shown(client), re.S)
    assert said
    assert said[1].count(". ") == 1
    assert "for platforms" in said[1]


def test_there_is_a_card_for_each_story_with_its_minutes_and_its_start(client):
    page = shown(client)
    for story in CARDS:
        card = re.search(rf'<article class="card" id="story-{story.id}".*?</article>', page, re.S)
        assert card, story.id
        assert f"about {story.minutes} minutes" in card[0]
        assert f'id="start-{story.id}"' in card[0]
        assert card[0].count("<li") == len(story.steps)
    assert page.count('class="btn"') == 1  # one primary button


def test_a_card_says_how_far_its_story_is_and_goes_on_with_it(client, road):
    client.post("/demo/send", {"sample": "good-text", "story": "removal-order", "fresh": "yes"})
    road.drive()
    assert shown(client).count("Done:") == 1
    assert 'aria-current="step"' in shown(client)
    client.post("/demo/leave")
    assert "Leave this story" not in shown(client)
    assert 'id="go-on-removal-order"' in shown(client)
    client.post("/demo/follow", {"story": "removal-order"})
    assert "First the handler" in shown(client)


@pytest.mark.slow
def test_the_whole_story_is_told_step_by_step_to_the_authors_page(client, road):
    client.post("/demo/send", {"sample": "good-text"})
    road.drive()
    case = Case.objects.get()
    road.sign(case, "BE")
    assert "Next comes the second decider (Estonia), from another State." in shown(client)
    road.sign(case, "EE")
    assert "Approved by two." in shown(client)
    road.drive()
    page = shown(client)
    assert "Gone in France, still there in Switzerland." in page
    target = standing.latest()[0].target
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
    rows = [row.standing for row in standing.latest()]
    assert [row.again for row in rows] == [True, False]
    assert rows[0].case == rows[1].case


def test_the_change_that_is_not_over_is_followed(client):
    at = {"made_at": timezone.now(), "edited_at": timezone.now(), "realm": "demo", "regulation": "eu-tco-removal-order"}
    stands = Draft.objects.create(state="in-force", **at)
    for over in ("ended", "withdrawn", "superseded"):
        Draft.objects.create(state=over, **at)
    changing, draft = standing.change(0)
    assert (changing.state, draft) == ("in-force", stands)
    assert standing.change(stands.pk)[1] is None


def test_a_mail_that_somebody_else_sent_can_be_followed(client, road):
    request = road.receive(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n")
    road.drive()
    client.post("/demo/follow", {"request": request.id})
    assert "No known order is in it" in shown(client)
    real = road.receive(b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n", realm="real")
    for wanted in (real.id, "R-NOTHERE0", "", "' or 1=1"):
        assert client.post("/demo/follow", {"request": wanted}).status_code == 400


def test_what_a_visitor_plays_outlives_being_somebody(client, road):
    client.post("/demo/send", {"sample": "support"})
    for person in ("handler-be", "decider-ee", "handler-be"):
        be(client, person)
        assert "Leave this story" in shown(client)


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
    assert len(standing.latest()) == standing.SHOWN
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
    for act in ("be", "look", "follow", "leave"):
        assert strict.post(f"/demo/{act}", {"person": "handler-be"}).status_code == 403, act
    assert door == []


def test_refused_by_get_because_a_link_must_do_nothing(client):
    for act in ("send", "be", "look", "follow", "leave"):
        assert client.get(f"/demo/{act}").status_code == 405, act


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
    for path in ("/demo/", "/demo/now", "/demo/bar"):
        assert client.get(path).status_code == 404
    for path in ("/demo/send", "/demo/be", "/demo/look", "/demo/follow", "/demo/leave"):
        assert client.post(path, {"sample": "support", "person": "handler-be"}).status_code == 404
