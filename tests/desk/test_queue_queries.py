"""The queue page asks the same few questions however long the queue is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity import clock
from comity.alerts.models import Alert
from comity.authorities.models import Authority
from comity.cases.models import Case, Deadline, Request
from comity.people import tags
from comity.people.models import Person
from comity.people.sessions import BACKEND
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db

QUERIES_AT_MOST = 16
STATES = ("verifying", "to-decide", "carrying-out")


def queue_of(count: int) -> None:
    """So many open cases, in turn in every state that asks more of the tables, all taken; every other one from nobody
    known; as many mails to be sorted; an alert for each."""
    now, taker = clock.now(), Person.objects.get(name="one")
    Authority.objects.create(id="office", name="Office for Online Safety", kind="competent", country="EE")
    for number in range(count):
        asked, stray = request_of("order", ""), request_of("mail", "triage")
        case = Case.objects.create(
            realm="real",
            request=asked,
            instrument="eu-tco-removal-order",
            authority="office" if number % 2 else "",
            country="EE",
            state=STATES[number % 3],
            taken_by=taker.id,
            plan="execute",
            received_at=now,
            due=now + timedelta(minutes=number),
            join_key=vault.keyed_hash(str(number)),
        )
        Deadline.objects.create(case=case, name="remove", started_at=now, due_target=case.due, cite="Art. 3(3)")
        Alert.objects.create(case=case.id, thing=case.id, realm="real", kind="clock.half", event=number, at=now)
        assert stray.lane == "triage"


def request_of(kind: str, lane: str) -> Request:
    now = clock.now()
    until = now + timedelta(days=1)
    peek = vault.put_json({"subject": "An order", "from": "orders@office.example"}, until)
    return Request.objects.create(
        realm="real", door="email", received_at=now, bytes=1, until=until, raw="", peek=peek, kind=kind, lane=lane
    )


@pytest.fixture
def handler(client: Client) -> Iterator[Client]:
    person = tags.make(Person, name="one", realm="real", jurisdiction="BE", roles=["handler"], enrolled_at=clock.now())
    client.force_login(person, backend=BACKEND)
    return client


def queries(client: Client, rows: int) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/console/?realm=real")
    assert page.status_code == 200
    assert page.content.count(b'id="row-C-') == rows
    return [str(query["sql"]) for query in asked.captured_queries]


def test_at_most_twelve_queries_with_fifty_of_each(handler: Client) -> None:
    queue_of(55)
    asked = queries(handler, 50)
    assert len(asked) <= QUERIES_AT_MOST, "\n".join(asked)


def test_no_more_queries_for_fifty_cases_than_for_one_and_a_request(handler: Client) -> None:
    queue_of(1)
    one = len(queries(handler, 1))
    Case.objects.all().delete()
    Authority.objects.all().delete()
    queue_of(55)
    assert one <= QUERIES_AT_MOST
    assert len(queries(handler, 50)) <= one


LARGE = ("cases_case", "cases_request")


def sorted_whole(node: dict[str, Any]) -> list[str]:
    """The large tables that a plan reads in another order than it needs them in, or from end to end."""
    inside = [found for child in node.get("Plans", ()) for found in sorted_whole(child)]
    read = [child.get("Relation Name") for child in node.get("Plans", ())] if "Sort" in node["Node Type"] else []
    read += [node.get("Relation Name")] if node["Node Type"] == "Seq Scan" else []
    return inside + [name for name in read if name in LARGE]


def plan_of(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # so few rows are read whole and sorted, if that may be
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute("explain (format json) " + sql.replace("%", "%%"), [])
        return dict(cursor.fetchone()[0][0]["Plan"])


def test_each_of_them_has_an_index_in_its_order(handler: Client) -> None:
    queue_of(3)
    asked = [sql for sql in queries(handler, 3) if " limit " in sql and any(name in sql for name in LARGE)]
    assert len(asked) >= 2, "the rows, and how many there are in each realm"
    for sql in asked:
        assert sorted_whole(plan_of(sql)) == [], sql
    assert "cases_case" in sorted_whole(plan_of("select from cases_case where open order by behind, due, id limit 51"))
