"""The front page and the regulations: who answers here, by which rules; no cookie, no invented figure, no dead link."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from comity.cases.models import Case, Deadline, Request
from comity.front import record
from comity.regulations import packs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TCO = "eu-tco-removal-order"


@pytest.fixture(autouse=True)
def _us(settings):
    settings.COMITY = replace(settings.COMITY, base_url="http://localhost:8000", demo=True)


@pytest.fixture
def client():
    return Client(HTTP_HOST="localhost:8000")


def shown(client, path="/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(client, settings):
    provider = settings.COMITY.provider | {"languages": ["en", "fr"], "representative": "NL"}
    settings.COMITY = replace(
        settings.COMITY, name="Harbourline", mailboxes=("a@h.example", "b@h.example"), provider=provider
    )
    page = shown(client)
    for said in ("Orders and requests to Harbourline", "mailto:a@h.example", "mailto:b@h.example", "English, French"):
        assert said in page
    for said in (
        settings.COMITY.post,
        settings.COMITY.phone,
        "Belgium, a Member State",
        "<dd>Netherlands</dd>",
        "These are our words",
    ):
        assert said in page


def test_what_the_operator_wrote_is_escaped(client, settings):
    settings.COMITY = replace(settings.COMITY, name="<b>L</b>", post="<i>quay</i>")
    assert not re.search("<b>L</b>|<i>quay</i>", shown(client))


def test_every_link_of_the_public_pages_leads_somewhere(client):
    for path in ("/", "/regulations/", f"/regulations/{TCO}/{packs.pack(TCO).version}"):
        page = shown(client, path)
        for link in set(re.findall(r'href="(/[^"#]*)"', page)):
            if not link.startswith(("/static/", "/demo/")):
                assert client.get(link).status_code in (200, 302), link
        for part in set(re.findall(r'href="#([^"]+)"', page)):
            assert f'id="{part}"' in page, part


def test_the_demo_is_linked_only_where_it_is_on(client, settings):
    assert 'href="/demo/"' in shown(client)
    settings.COMITY = replace(settings.COMITY, demo=False)
    assert 'href="/demo/"' not in shown(client)


def test_no_cookie_and_no_script(client):
    for path in ("/", "/regulations/", f"/regulations/{TCO}/{packs.pack(TCO).version}"):
        answer = client.get(path)
        assert not answer.cookies
        assert b"<script" not in answer.content


def test_nothing_can_be_posted(client):
    assert {client.post(path).status_code for path in ("/", "/regulations/", "/healthz", "/metrics")} == {405}


# Regulations ----------------------------------------------------------------------------------------------------------


def test_a_regulation_is_readable_text_in_every_version(client):
    listed = shown(client, "/regulations/")
    for pack in packs.load().packs:
        assert f"/regulations/{pack.id}/{pack.version}" in listed
        page = shown(client, f"/regulations/{pack.id}/{pack.version}")
        assert pack.sha256 in page
        for check in pack.checks:
            assert check.cite in page
        assert ("not the text of the act" in page) is not pack.act.startswith("Comity, ")


def test_our_own_rules_stand_last_and_what_no_counsel_reviewed_is_said_once(client):
    listed = shown(client, "/regulations/")
    at = {pack.id: listed.index(f'id="{pack.id}"') for pack in packs.load().packs}
    assert max(where for name, where in at.items() if not name.startswith("own-")) < min(
        where for name, where in at.items() if name.startswith("own-")
    )
    assert listed.count("No counsel has reviewed these texts yet.") == 1
    assert "Not reviewed by counsel yet." not in listed
    assert "1970" not in listed
    assert "A threat or pressure against a person" in listed


def test_a_source_is_a_link(client):
    page = shown(client, f"/regulations/{TCO}/{packs.pack(TCO).version}")
    assert '<a href="http://data.europa.eu/eli/reg/2021/784/oj" rel="noreferrer">' in page


def test_a_regulation_is_readable_in_french_under_an_address_of_its_own(client):
    for pack in packs.load().packs:
        page = shown(client, f"/regulations/{pack.id}/{pack.version}?language=fr")
        main = page[page.index("<main") : page.index("</main>")]
        assert re.match(r'<main[^>]* lang="fr"', main)
        assert '<html lang="fr"' in page
        for check in pack.checks:
            assert escape(check.article["fr"]) in main
        assert '<a href="?language=en" hreflang="en" lang="en" rel="nofollow">English</a>' in page


def test_each_language_links_to_the_other_and_any_other_word_is_english(client):
    path = f"/regulations/{TCO}/{packs.pack(TCO).version}"
    assert '<a href="?language=fr" hreflang="fr" lang="fr" rel="nofollow">Français</a>' in shown(client, path)
    for asked in ("en", "xx", "../../etc", "FR"):
        assert ' lang="en">' in shown(client, f"{path}?language={asked}").split("<main")[1][:80]


def test_without_a_version_the_language_is_kept(client):
    answer = client.get(f"/regulations/{TCO}?language=fr")
    assert answer["Location"] == f"/regulations/{TCO}/{packs.pack(TCO).version}?language=fr"


def test_without_a_version_one_gets_to_the_newest(client):
    answer = client.get(f"/regulations/{TCO}")
    assert answer["Location"] == f"/regulations/{TCO}/{packs.pack(TCO).version}"


@pytest.mark.parametrize("path", ["none", "none/1", f"{TCO}/0", f"{TCO}/..", "%3Cscript%3E", f"{TCO}/{'9' * 4000}"])
def test_what_is_not_there_is_said_so(client, path):
    assert client.get(f"/regulations/{path}").status_code == 404


# What we did ----------------------------------------------------------------------------------------------------------


def order(realm, minutes):
    request = Request.objects.create(realm=realm, door="email", received_at=AT, bytes=1, until=AT + timedelta(days=9))
    case = Case.objects.create(
        realm=realm, request=request, instrument=TCO, received_at=AT, join_key=request.id.encode()
    )
    Deadline.objects.create(
        case=case,
        name="remove",
        started_at=AT,
        due_target=AT + timedelta(hours=1),
        met_at=AT + timedelta(minutes=minutes) if minutes else None,
        cite="",
    )


def test_figures_are_of_the_real_realm_alone(client):
    for minutes in (9, 21, 70, 0):
        order("real", minutes)
    for realm in ("demo", "drill"):
        order(realm, 1)
    assert record.latest() == record.Record(orders=3, median=21, late=1)
    assert "the median took 21 minutes" in shown(client)


def test_before_the_first_real_order_nothing_is_said(client):
    order("demo", 1)
    assert record.latest() is None
    assert "What we did" not in shown(client)


def test_the_middle_of_an_even_number_is_one_that_happened():
    times = [(timedelta(minutes=m), True) for m in (1, 2, 10, 40)]
    assert record.of(times) == record.Record(4, 2, 0)
