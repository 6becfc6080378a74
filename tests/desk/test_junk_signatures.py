"""Junk in place of a passkey's answer, on a decision that waits: a page that says why, and nothing is signed."""

from typing import Any

import pytest
from django.test import Client
from people.members import joined
from road import Road

from comity.cases.models import Case
from comity.people.models import Approval
from comity.people.sessions import BACKEND

HOST = {"HTTP_HOST": "localhost:8000"}


JUNK = ("", "junk", "[]", "null", '{"id":' + "[" * 7000 + "]" * 7000 + "}", "x" * 20_000)


@pytest.mark.slow
def test_refused_with_a_page(road: Road) -> None:
    decider: Any = joined("decider")
    road.receive(road.sample("good-pdf", road.post()), "real")
    road.drive()
    case, client = Case.objects.get(), Client(**HOST)
    client.force_login(decider.person, backend=BACKEND)
    for junk in JUNK:
        answer = client.post(f"/console/cases/{case.id}/sign", {"act": case.act or "0" * 64, "response": junk})
        assert answer.status_code == 400, junk[:20]
    assert not Approval.objects.filter(act=case.act).exists()
