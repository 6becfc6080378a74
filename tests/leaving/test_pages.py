"""The pages: a country left by their buttons alone; what each says, to whom, and what nobody outside may know yet."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.countries.models import Relation
from comity.leaving import commands, read
from comity.leaving.models import Plan

from .scene import WHY, XV, Leaving

pytestmark = pytest.mark.django_db
MOST = 25  # queries of a page
COUNTRY, PUBLIC = f"/console/countries/{XV}", f"/countries/demo/{XV}"


def client(leaving: Leaving, name: str = "") -> Client:
    made = Client(HTTP_HOST="localhost:8000")
    if name:
        made.force_login(leaving.who(name))
    return made


def url(leaving: Leaving) -> str:
    return f"{COUNTRY}/plans/{leaving.plan.number}"


def press(leaving: Leaving, who: str, what: str, **said: Any) -> int:
    return client(leaving, who).post(f"{url(leaving)}/{what}", said).status_code


@pytest.mark.slow
def test_it_works(leaving: Leaving) -> None:
    leaving.strained()
    desk = client(leaving, "counsel-be")
    assert "Draft a plan of leaving" in desk.get(COUNTRY).content.decode()
    answer = desk.post(f"{COUNTRY}/plans/", {"kind": "leave", "reason": WHY, "starts": "", "urgent": ""})
    assert answer.headers["Location"] == url(leaving)
    assert press(leaving, "counsel-be", "try") == press(leaving, "counsel-be", "propose") == 302
    page = desk.get(url(leaving)).content.decode()
    for said in ("the waits are seconds", "What it would touch", "First, open", "Open disputes"):
        assert said in page
    for who in ("decider-be", "counsel-be", "head-ee"):
        assert press(leaving, who, "sign", act=leaving.plan.act) == 302
    assert "Leaving" not in client(leaving).get(PUBLIC).content.decode(), "people first"
    for who in ("counsel-be", "head-ee"):
        assert press(leaving, who, "attest/people-safe") == 302
    assert press(leaving, "counsel-be", "attest/money-hosting") == 302
    leaving.tick()
    public = client(leaving).get(PUBLIC).content.decode()
    for said in ("How we leave", "No new accounts", WHY, "its waits are seconds", "Take your data with you"):
        assert said in public
    assert "People safe" not in public
    french = client(leaving).get(f"{PUBLIC}?language=fr").content.decode()
    for said in ("Comment nous partons", "Plus de nouveaux comptes", "Emporter vos données"):
        assert said in french
    leaving.to("read-only")
    page = desk.get(url(leaving)).content.decode()
    assert "reading only" in page
    assert "next door (CH)" in page
    assert press(leaving, "handler-be", "pause", reason="Fires there.") == 302
    assert "Fires there." in desk.get(url(leaving)).content.decode()
    assert press(leaving, "counsel-be", "reverse", reason="It is settled.") == 302
    for who in ("decider-be", "decider-ee"):
        assert press(leaving, who, "sign", act=leaving.plan.act) == 302
    leaving.drive()
    assert "Reversed" in desk.get(url(leaving)).content.decode()
    assert "Annulé" in client(leaving).get(f"{PUBLIC}?language=fr").content.decode()


def test_who_sees_and_does_what(leaving: Leaving) -> None:
    leaving.strained()
    leaving.proposed()
    assert client(leaving).get(url(leaving)).headers["Location"].startswith("/people/sign-in")
    page = client(leaving, "handler-be").get(url(leaving)).content.decode()
    assert "Send it back" not in page
    assert "Approve" not in page
    for what in ("try", "propose", "withdraw", "reverse", "resume", "ask-again", "return"):
        assert press(leaving, "handler-be", what, reason=WHY) == 403
    assert press(leaving, "counsel-be", "explode") == 404
    assert client(leaving, "counsel-be").get(f"/console/countries/FR/plans/{leaving.plan.number}").status_code == 404
    assert client(leaving, "counsel-be").get(f"{COUNTRY}/plans/W-NOTHING0").status_code == 404
    assert (
        client(leaving, "counsel-be").post(f"{COUNTRY.replace('XV', 'EU')}/plans/", {"kind": "leave"}).status_code
        == 404
    )
    again = client(leaving, "counsel-be").post(f"{COUNTRY}/plans/", {"kind": "leave", "reason": WHY})
    assert again.status_code == 400
    assert leaving.plan.number in again.content.decode()
    found = client(leaving, "counsel-be").get(f"/console/plans/{leaving.plan.number}")
    assert found.headers["Location"] == url(leaving)


def test_what_is_typed_is_escaped(leaving: Leaving) -> None:
    leaving.strained()
    commands.draft(leaving.who("counsel-be"), "demo", XV, "leave", reason="<script>x</script>")
    page = client(leaving, "counsel-be").get(url(leaving)).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.slow
def test_a_page_asks_no_more_the_more_there_is(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("no-signups")
    desk = client(leaving, "counsel-be")
    for path in (url(leaving), COUNTRY, PUBLIC):
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= MOST, "\n".join(one["sql"][:150] for one in asked)
    assert Plan.objects.count() == 1


@pytest.mark.slow
def test_the_front_page_says_it_once_it_was_told(leaving: Leaving) -> None:
    leaving.running()
    leaving.to("tell")
    assert read.notices() == [], "the demo is not the front page's"
    Relation.objects.update(realm="real", country="FR")
    Plan.objects.update(realm="real", country="FR")
    page = client(leaving).get("/").content.decode()
    assert "We are leaving France, step by step." in page
    assert 'href="/countries/FR"' in page
    Plan.objects.update(told_at=None)
    assert read.notices() == []
