"""Alerts of the version before, one for each event, become one for each kind and thing when its data are migrated."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from comity import clock

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("cases", "0002_several_orders")], [("cases", "0003_flood")]
REQUEST = """
insert into cases_request (id, realm, door, received_at, bytes, until, raw, peek, kind, lane, flags, facts, grade,
                           authority)
values (%s, 'real', 'email', now(), 1, now(), '', '', 'failed', 'triage', '{}', '', %s, '')
"""
CASE = """
insert into cases_case (id, realm, request_id, instrument, authority, country, state, open, outcome, plan, grade,
                        version, received_at, join_key, act, title)
values (%s, 'real', %s, 'x', '', '', 'verifying', true, '', '', %s, 1, now(), decode(md5(%s), 'hex'), '', '')
"""
EVENT = """
insert into ledger_event (id, kind, at, realm, request, "case", by, public, sealed)
values (%s, %s, now(), 'real', %s, %s, 'gateway', '{}', '{}')
"""
ALERT = """
insert into cases_alert (case_id, realm, kind, event, at, seen_at) values (%s, 'real', %s, %s, now(), %s)
"""


@pytest.fixture
def before() -> Iterator[None]:
    MigrationExecutor(connection).migrate(BEFORE)
    try:
        yield
    finally:
        newest = MigrationExecutor(connection)
        newest.migrate(newest.loader.graph.leaf_nodes())


def test_the_same_on_one_thing_is_one_with_its_count(before: None) -> None:
    with connection.cursor() as cursor:
        for number, grade in (("R-1", "domain"), ("R-2", "none"), ("R-3", "none")):
            cursor.execute(REQUEST, [number, grade])
        cursor.execute(CASE, ["C-1", "R-1", "domain", "a"])
        cursor.execute(CASE, ["C-2", "R-2", "none", "b"])
        told = [("C-1", "reply.received", None)] * 3 + [
            ("C-2", "clock.half", None),
            ("C-1", "reply.received", clock.now()),
        ]
        told += [(None, "reading.failed", None)] * 2
        requests = ["R-1"] * 3 + ["R-2", "R-1", "R-2", "R-3"]
        for n, ((case, kind, seen), request) in enumerate(zip(told, requests, strict=True), start=1):
            cursor.execute(EVENT, [n, kind, request, case])
            cursor.execute(ALERT, [case, kind, n, seen])
    MigrationExecutor(connection).migrate(AFTER)
    with connection.cursor() as cursor:
        cursor.execute("select kind, thing, proven, count, event from cases_alert where seen_at is null order by event")
        assert cursor.fetchall() == [
            ("reply.received", "C-1", True, 3, 3),
            ("clock.half", "C-2", False, 1, 4),
            ("reading.failed", "", False, 2, 7),
        ]
        cursor.execute("select id, behind from cases_case order by id")
        assert cursor.fetchall() == [("C-1", 0), ("C-2", 1)]
