"""Each page asks a bounded number of questions: what it asks today and a few more."""

import pytest
from desk.conftest import HOST
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from road import Road

from comity import clock
from comity.cases import document
from comity.cases.models import Case, Joined, Request
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.vault import commands as vault

AT_MOST = {"case to decide": 42, "decide": 24, "request": 20, "case answered": 48, "statement": 16}


@pytest.fixture
def case(road: Road) -> Case:
    """A case that is put to the deciders."""
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    return Case.objects.get(request=request)


def asked(client: Client, path: str) -> list[str]:
    """What a page asks the database, once everything that is recorded once an hour has been, and but for what any page
    asks once a second: whether a platform is in shadow."""
    assert client.get(path, **HOST).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, **HOST).status_code == 200
    told = [str(query["sql"]) for query in captured.captured_queries]
    return [sql for sql in told if "SAVEPOINT" not in sql and '"platforms_shadow"."state" =' not in sql]


def within(page: str, client: Client, path: str) -> None:
    """Hold a page to its budget."""
    queries = asked(client, path)
    assert len(queries) <= AT_MOST[page], f"{page}: {len(queries)}\n" + "\n".join(queries)


def test_it_works_a_case_to_decide_and_its_request(road: Road, case: Case, at_the_desk) -> None:
    desk = at_the_desk("decider")
    within("case to decide", desk, f"/console/cases/{case.id}")
    within("decide", desk, f"/console/cases/{case.id}/decide")
    within("request", desk, f"/console/requests/{case.request_id}")


@pytest.mark.slow
def test_an_answered_case_and_the_page_of_the_person_affected(road: Road, case: Case, at_the_desk) -> None:
    road.sign(case)
    road.drive()
    within("case answered", at_the_desk("decider"), f"/console/cases/{case.id}")
    told = Notification.objects.get(case=case)
    within("statement", Client(), f"/statement/{notifications.token_of(told.event, told.target)}")


@pytest.mark.soak
def test_replies_cost_no_queries_of_their_own(road: Road, case: Case, at_the_desk) -> None:
    desk, path = at_the_desk("decider"), f"/console/cases/{case.id}"
    joined(case)
    one = len(asked(desk, path))
    for _ in range(5):
        joined(case)
    assert len(asked(desk, path)) <= one


def joined(case: Case) -> None:
    """One more mail in the thread of a case, read as the first was."""
    first = case.request
    facts = vault.put_json(document.of(first), first.until)
    copied = {"realm": case.realm, "door": "email", "until": first.until, "raw": first.raw, "peek": first.peek}
    reply = Request.objects.create(**copied, received_at=clock.now(), bytes=1, kind="order", facts=facts)
    Joined.objects.create(case=case, request=reply, how="reply")
