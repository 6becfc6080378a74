"""Five thousand addresses in one order: bounded time, pages that render, an act on all, closer looks at some."""

import time
from typing import Any

import pytest
from hostile.scene import case_of, decide, mails, order, signed, take
from hostile.test_outsiders import client_of
from road import Road

from comity.cases import find, judging
from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures import commands as measures
from comity.measures.models import Effect, Preserved
from comity.platforms.sandbox.client import Client

MANY = 5_000
READ_SECONDS = 200  # on two very busy cores; some twenty when alone
PAGE_SECONDS = 20


def test_five_thousand_addresses_are_judged_shown_and_found(road: Road) -> None:
    message = road.post()
    urls = [f"{message}?n={n}" for n in range(MANY)]
    begun = time.monotonic()
    case = case_of(take(road, signed(order(road, "\n".join(urls)))))
    assert time.monotonic() - begun < READ_SECONDS
    assert road.refused == []
    assert (case.state, case.plan, case.title) == ("to-decide", "execute", f"Withhold {MANY} messages in the EU")
    assert Preserved.objects.filter(case=case).count() == measures.PRESERVED_AT_MOST
    desk = client_of(road.person("handler"))
    for path in ("/console/", f"/console/cases/{case.id}"):
        begun = time.monotonic()
        shown = desk.get(path)
        assert shown.status_code == 200
        assert time.monotonic() - begun < PAGE_SECONDS, path
        assert len(shown.content) < 3_000_000, path
    for n in (0, 2_500, 4_999):
        assert find.search(urls[n], "demo")[0] == [case], n


def test_the_looks_and_acts_of_an_order_grow_with_its_addresses_and_no_faster(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, many, calls = road.post(), 60, []
    case = case_of(take(road, signed(order(road, "\n".join(f"{message}?n={n}" for n in range(many))))))
    genuine = Client._call

    def counted(self: Any, method: str, path: str, body: bytes | None = None) -> bytes:
        calls.append(path)
        return genuine(self, method, path, body)

    monkeypatch.setattr(Client, "_call", counted)
    decide(road, case)
    assert case.state == "answered", road.refused
    assert len(mails("answer")) == 1
    assert len(calls) <= 5 * many
    looks = Effect.objects.filter(when="after").count()
    assert looks == measures.LOOKED_CLOSELY * 4 + (many - measures.LOOKED_CLOSELY) * 2


def test_more_addresses_than_the_schema_takes_go_to_a_person(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "for_url", lambda url: None)
    urls = "\n".join(f"https://elsewhere.example/{n}" for n in range(MANY + 1))
    request = take(road, signed(order(road, urls)))
    assert request.lane == "triage" or Case.objects.filter(joined__request=request).exists()
    assert road.refused == []
    assert Event.objects.filter(request=request.id, kind__in=("request.waiting", "case.judged")).exists()
