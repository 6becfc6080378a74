"""The bar: on pages of realm demo while a story runs, and nowhere else."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.demo import panes
from comity.platforms import sandbox_world

pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture
def client(road, door):
    return Client(**HOST)


def bar(client, path):
    """The bar of a page, if it has one."""
    found = re.search(r'<aside class="guide".*?</aside>', client.get(path).content.decode(), re.S)
    return found[0] if found else ""


def test_it_works(client, road):
    client.post("/demo/be", {"person": "handler-be"})
    assert bar(client, "/console/") == ""
    client.post("/demo/send", {"sample": "support"})
    road.drive()
    shown = bar(client, "/console/")
    assert "You are the handler (Belgium)" in shown
    assert "who reads what comes in" in shown
    assert shown.count('class="btn"') == 1
    for page in ("/console/cases/", "/console/requests/", "/console/regulations/", "/people/me"):
        assert bar(client, page), page


def test_it_makes_one_the_person_who_is_next(client, road):
    client.post("/demo/be", {"person": "counsel-be"})
    client.post("/demo/send", {"sample": "support"})
    road.drive()
    assert 'name="person" value="handler-be"' in bar(client, "/console/")
    client.post("/demo/be", {"person": "handler-be"})
    shown = bar(client, "/console/")
    assert 'name="person"' not in shown
    assert re.search(r'<a class="btn" href="/console/requests/R-\w+" id="do-next">', shown)


def test_on_the_page_where_it_is_done_it_says_what_to_press(client, road):
    client.post("/demo/be", {"person": "handler-be"})
    client.post("/demo/send", {"sample": "good-text"})
    road.drive()
    where = re.search(r'href="(/console/cases/C-\w+)" id="do-next"', bar(client, "/console/"))
    assert where
    shown = bar(client, where[1])
    assert "Take the case" in shown
    assert f'action="{where[1]}/take"' in shown


def test_a_page_without_a_story_asks_the_database_nothing_for_it(client):
    client.post("/demo/be", {"person": "handler-be"})
    client.get("/console/requests/")
    with CaptureQueriesContext(connection) as without:
        client.get("/console/requests/")
    client.post("/demo/follow", {"story": "removal-order"})
    with CaptureQueriesContext(connection) as playing:
        client.get("/console/requests/")
    assert len(playing) <= len(without) + 8


def test_polling_answers_only_when_something_changed(client, road):
    client.post("/demo/be", {"person": "handler-be"})
    client.post("/demo/send", {"sample": "support"})
    shown = bar(client, "/console/")
    polled = re.search(r'hx-get="(/demo/bar[^"]*)"', shown)
    assert polled
    path = polled[1].replace("&amp;", "&")
    assert client.get(path).status_code == 204
    road.drive()
    answer = client.get(path)
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert answer["HX-Refresh"] == "true", "what the page shows above the bar has changed too"
    assert Client(**HOST).get("/demo/bar?at=/console/").status_code == 204


def test_it_shows_nobody_what_the_page_says_it_is(client, road):
    client.post("/demo/be", {"person": "handler-be"})
    client.post("/demo/send", {"sample": "support"})
    answer = client.get("/demo/bar", {"at": '"><script>alert(1)</script>' + "x" * 500})
    assert b"<script>alert" not in answer.content


def test_a_page_of_no_realm_has_no_bar(client, road):
    desk = Client(**HOST)
    desk.post("/demo/send", {"sample": "support"})
    assert bar(desk, "/") == ""
    assert bar(desk, "/regulations/") == ""
    assert "guide" not in desk.get("/people/sign-in").content.decode()


def test_panes_show_what_two_viewers_read(road):
    target = road.post("A harmless message")
    assert [(pane.country, pane.seen.slug, pane.says) for pane in panes.of(target)] == [
        ("France", "visible", "A harmless message"),
        ("Switzerland", "visible", "A harmless message"),
    ]
    assert [pane.seen for pane in panes.of("")] == [None, None]
    assert [pane.seen for pane in panes.of("https://evil.example/c/harbour/1")] == [None, None]


def test_of_an_account_they_read_whose_it_is(road):
    assert {(pane.seen.slug, pane.says) for pane in panes.of(f"{settings.COMITY.sandbox_url}/u/luc")} == {
        ("visible", next(one.name for one in sandbox_world().inhabitants() if one.id == "luc"))
    }


def test_a_long_message_is_cut_and_a_message_that_never_was_is_gone(road):
    first, _ = panes.of(road.post("x" * 1000))
    assert len(first.says) == panes.WORDS + 1
    first, _ = panes.of(f"{settings.COMITY.sandbox_url}/c/harbour/999999999")
    assert (first.seen.slug, first.says) == ("gone", "")


def test_a_platform_that_does_not_answer_is_unknown(road):
    target = road.post("A harmless message")
    sandbox_world().misbehave("down")
    try:
        assert {pane.seen.slug for pane in panes.of(target)} <= {"unknown", "visible"}
    finally:
        sandbox_world().misbehave("normal")
