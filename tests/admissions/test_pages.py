"""The pages of an admission: for who signs, for who comes, and for everyone."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from people.members import Member, enrolled, founders, guardian
from people.test_pages import asked, signed_in, visitor

from comity import clock
from comity.admissions.models import Admission
from comity.people import commands as people
from comity.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def put() -> Admission:
    founders()
    return Admission.objects.get(person=enrolled(people.invite_as_operator(["decider"], "FR")).person)


@pytest.fixture
def row(desk: None) -> Admission:
    return put()


@pytest.fixture(autouse=True)
def _at_an_instant() -> Iterator[None]:
    with clock.freeze(clock.now()):
        yield


def post(client: Client, path: str, member: Member, hash: str) -> int:
    """Sign on the admission's page, as the browser does."""
    challenge = asked(client, f"/people/acts/{hash}/options")
    answer = client.post(f"{path}/sign", {"act": hash, "response": json.dumps(member.key.sign(challenge))})
    return int(answer.status_code)


def test_it_works(row: Admission) -> None:
    path = f"/console/people/admissions/{row.id}"
    for member, lacks in (
        (founders()[0], "2 who decide, a guardian"),
        (guardian(), "one who decides, a guardian"),
        (founders()[1], "one who decides"),
    ):
        client = signed_in(member)
        page = client.get(path).content.decode()
        assert lacks in page
        assert post(client, path, member, row.act) == 302
        assert "You can\u2019t sign this" in (done := client.get(path).content.decode()) or "All have signed" in done
    row.refresh_from_db()
    assert row.state == "agreed"
    assert Person.objects.get(pk=row.person_id).roles == []


def test_the_candidate_sees_what_is_missing_and_may_do_nothing(row: Admission) -> None:
    people_page = visitor()
    assert people_page.get(f"/console/people/admissions/{row.id}").status_code == 302


@pytest.mark.usefixtures("desk")
def test_refused_to_helpers_and_for_what_is_not_there(join: Callable[..., Member]) -> None:
    helper, row = signed_in(join("handler")), put()
    for path in ("", "/sign", "/object", "/confirm"):
        url = f"/console/people/admissions/{row.id}{path}"
        assert (helper.post(url, {"reason": "x"}) if path else helper.get(url)).status_code == 403
    decides = signed_in(founders()[0])
    assert decides.get("/console/people/admissions/M-00000000").status_code == 404
    for fields in ({}, {"act": "x"}, {"act": row.act, "response": "{}"}, {"act": row.act, "response": "\x00"}):
        assert decides.post(f"/console/people/admissions/{row.id}/sign", fields).status_code in (400, 409)
    assert decides.post(f"/console/people/admissions/{row.id}/object", {"reason": " "}).status_code == 400
    assert decides.post(f"/console/people/admissions/{row.id}/confirm").status_code == 409


def test_an_objection_on_the_page_is_read_there(row: Admission) -> None:
    client, path = signed_in(founders()[0]), f"/console/people/admissions/{row.id}"
    assert client.post(f"{path}/object", {"reason": "<b>I met them: the same person.</b>"}).status_code == 302
    page = client.get(path).content.decode()
    assert "&lt;b&gt;I met them" in page
    assert 'name="reason"' not in page  # once


def test_anybody_sees_it_and_says_something_without_a_cookie(row: Admission) -> None:
    stranger, path = visitor(), f"/ledger/admissions/{row.act}"
    page = stranger.get(path, HTTP_ACCEPT_LANGUAGE="fr")
    assert "Quelqu\u2019un doit \u00eatre admis" in page.content.decode()
    assert not page.cookies
    assert stranger.post(path, {"reason": ""}).status_code == 400
    told = stranger.post(path, {"reason": "That is a key of the owner."})
    assert (told.status_code, bool(told.cookies)) == (200, False)
    assert row.objections.count() == 1
    assert (
        "That is a key of the owner."
        in signed_in(founders()[0]).get(f"/console/people/admissions/{row.id}").content.decode()
    )
    for n in range(9):
        answer = stranger.post(path, {"reason": f"more {n}"})
    assert answer.status_code == 429
    assert stranger.get(f"/ledger/admissions/{'0' * 64}").status_code == 404


@pytest.mark.usefixtures("desk")
def test_a_further_role_is_proposed_on_the_list(join: Callable[..., Member]) -> None:
    subject, client = join("handler"), signed_in(founders()[0])
    page = client.get("/console/people").content.decode()
    assert re.search(r"Propose as\s+head", page)
    answer = client.post(f"/console/people/{subject.person.id}/admission", {"role": "head"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    for role in ("head", "king", "", "guardian"):
        assert client.post(f"/console/people/{subject.person.id}/admission", {"role": role}).status_code == 400
    assert (
        signed_in(subject).post(f"/console/people/{subject.person.id}/admission", {"role": "head"}).status_code == 403
    )
