"""Who reads chooses: the browser's language, or a link on each public page; the desk's own pages are English."""

import re

import pytest
from django.test import Client

from comity.regulations import packs

pytestmark = pytest.mark.django_db
TCO = "eu-tco-removal-order"
PUBLIC = ("/", "/regulations/", f"/regulations/{TCO}/{packs.pack(TCO).version}", "/nothing-here")
FRENCH = {"Accept-Language": "fr-BE,fr;q=0.9,en;q=0.5"}


@pytest.fixture
def client():
    return Client(HTTP_HOST="localhost")


def spoken(answer):
    return re.search(r'<html lang="(\w+)"', answer.content.decode())[1]


@pytest.mark.parametrize("path", PUBLIC)
def test_it_works(client, path):
    answer = client.get(path, headers=FRENCH)
    assert (spoken(answer), answer["Content-Language"]) == ("fr", "fr")
    assert "Accept-Language" in answer["Vary"]
    assert spoken(client.get(path)) == "en"


@pytest.mark.parametrize("path", PUBLIC)
def test_a_link_on_each_page_changes_it_without_a_cookie(client, path):
    french = client.get(path, headers=FRENCH)
    assert '<a href="?language=en" hreflang="en" lang="en" rel="nofollow">English</a>' in french.content.decode()
    asked = client.get(f"{path}?language=en", headers=FRENCH)
    assert (spoken(asked), dict(asked.cookies)) == ("en", {})


@pytest.mark.parametrize("path", PUBLIC)
def test_every_link_of_ours_keeps_what_was_asked_for(client, path):
    page = client.get(f"{path}?language=fr").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)', page))
    ours = {link for link in links if not link.startswith(("/static/", "/demo/", "/people/", "/console/"))}
    assert ours
    assert all(link.endswith("?language=fr") for link in ours)


def test_another_word_is_as_if_nothing_was_asked(client):
    for asked in ("de", "FR", "../fr", "fr%00", "<script>", ""):
        assert spoken(client.get("/", {"language": asked}, headers=FRENCH)) == "fr"


def test_the_desk_is_english_whatever_is_asked(client):
    for path in ("/people/sign-in", "/console/nothing-here?language=fr"):
        answer = client.get(path, headers=FRENCH, follow=True)
        assert spoken(answer) == "en"
        assert "?language=" not in answer.content.decode()


def test_a_request_that_is_too_large_is_refused_in_french(client):
    answer = client.post("/", "x", content_type="text/plain", headers=FRENCH | {"Content-Length": "99999999"})
    assert (answer.status_code, spoken(answer)) == (413, "fr")


def test_a_file_has_no_language_and_is_kept_once_by_caches(client):
    answer = client.get("/static/web/look.css", headers=FRENCH)
    assert "public" in answer["Cache-Control"]
    assert not {"Content-Language", "Vary"} & {*answer.headers}
