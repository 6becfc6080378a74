"""Thousands of addresses in one order: pages that render, an act on all, looks and calls that grow with them."""

from typing import Any

import pytest
from amount import SOAK
from hostile.scene import case_of, decide, mails, order, signed, take
from hostile.test_outsiders import client_of
from road import Road

from comity.cases import deciding, find, gather
from comity.measures import copies, rules
from comity.measures.models import Effect, Preserved
from comity.notifications.models import Notification
from comity.platforms import each, sandbox_world
from comity.platforms.port import PlatformDown, PlatformRefused, Resolved
from comity.platforms.sandbox import Sandbox
from comity.platforms.sandbox.client import Client
from comity.platforms.territory import EU
from comity.reading import urls as reading

MANY = 5_000 if SOAK else 500


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all calls to the platform's management interface."""
    paths: list[str] = []
    genuine = Client._call

    known: dict[str, bytes] = {}

    def counted(self: Any, method: str, path: str, body: bytes | None = None) -> bytes:
        paths.append(path)
        if method == "GET" and path in known:
            return known[path]
        answer = genuine(self, method, path, body)
        if path.startswith("/api/resolve"):
            known[path] = answer
        return answer

    monkeypatch.setattr(Client, "_call", counted)
    return paths


@pytest.mark.soak
def test_thousands_of_addresses_are_judged_shown_and_found(road: Road, calls: list[str]) -> None:
    message = road.post()
    urls = [f"{message}?n={n}" for n in range(MANY)]
    case = case_of(take(road, signed(order(road, "\n".join(urls)))))
    assert road.refused == []
    assert (case.state, case.plan, case.title) == ("to-decide", "execute", f"Withhold {MANY} messages in the EU")
    assert Preserved.objects.filter(case=case).count() == copies.PRESERVED_AT_MOST
    assert len(calls) <= MANY + 2 * copies.PRESERVED_AT_MOST + 1
    desk = client_of(road.person("handler"))
    for path in ("/console/", f"/console/cases/{case.id}"):
        shown = desk.get(path)
        assert shown.status_code == 200
        assert len(shown.content) < 3_000_000, path
    for n in (0, MANY // 2, MANY - 1):
        assert find.search(urls[n], "demo")[0] == [case], n


@pytest.mark.slow
def test_an_act_on_many_is_carried_to_its_end_its_calls_growing_with_its_addresses(
    road: Road, calls: list[str], soak: bool
) -> None:
    many = MANY if soak else 60
    urls = [road.post(f"Message {n}") for n in range(many)]
    case = case_of(take(road, signed(order(road, "\n".join(urls)))))
    calls.clear()
    decide(road, case)
    assert case.state == "answered", road.refused
    assert len(mails("answer")) == 1
    assert len(calls) <= 5 * many
    looks = Effect.objects.filter(when="after")
    assert looks.count() == rules.LOOKED_CLOSELY * (27 + 1) + (many - rules.LOOKED_CLOSELY) * 2
    assert {*looks.filter(inside=True).values_list("place", flat=True)} == EU
    assert set(looks.filter(inside=True).values_list("seen", flat=True)) == {"withheld"}
    assert set(looks.filter(inside=False).values_list("seen", flat=True)) == {"visible"}
    assert Notification.objects.filter(case=case, state="sent").count() == many


@pytest.mark.soak
def test_more_addresses_than_are_read_go_to_a_person_whole(road: Road) -> None:
    urls = "\n".join(f"https://elsewhere.example/{n}" for n in range(reading.MOST + 1))
    request = take(road, signed(order(road, urls)))
    assert road.refused == []
    case = case_of(request)
    assert "too-many-urls" in case.request.flags
    assert (case.plan, case.outcome) == ("person", "needs-person")
    kept = deciding.finding_of(case)
    assert "urls" not in kept["facts"]["form"]
    assert not kept["facts"].get("targets")
    assert client_of(road.person("handler")).get(f"/console/cases/{case.id}").status_code == 200


def test_many_addresses_are_resolved_in_as_few_calls_as_the_platform_offers(
    road: Road, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [road.post(f"Message {n}") for n in range(5)]
    monkeypatch.setattr(Sandbox, "at_once", 3)
    calls.clear()
    said = gather.ask_platform(_asking(urls), "demo")
    assert [found["facts"]["found"] for found in said.values()] == [True] * 5
    assert calls == ["/api/many"] * 2

    def refuses(self: Sandbox, some: object) -> None:
        raise PlatformRefused("busy", "no")

    monkeypatch.setattr(Sandbox, "resolve_many", refuses)
    assert gather.ask_platform(_asking(urls), "demo") == said, "asked one by one"


def test_one_silent_platform_is_asked_no_more_and_hides_no_other(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    urls, asked = [road.post(f"Message {n}") for n in range(4)], list[object]()

    class Silent(Sandbox):
        at_once = 1

        def resolve(self, url: str) -> Resolved:
            asked.append(url)
            raise PlatformDown("down")

    ours, down = next(each()), Silent(sandbox_world().base_url, "token")
    monkeypatch.setattr(gather, "among", lambda *_: [(down, [0, 2]), (ours, [1, 3])])
    said = gather.ask_platform(_asking(urls), "demo")
    assert [said[url]["facts"]["found"] for url in urls] == [None, True, None, True]
    assert asked == [urls[0]]


def _asking(urls: list[str]) -> dict[str, Any]:
    """A document whose first order lists these addresses, as far as the platform is asked about it."""
    return {"reading": {"orders": [{"facts": {"form": {"urls": urls}}}]}, "corrections": [], "order": 0}


def test_the_platform_is_asked_about_as_many_addresses_as_there_may_be(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gather, "TARGETS_AT_MOST", 3)
    monkeypatch.setattr(gather, "among", lambda urls, realm: asked.extend(urls) or [])
    take(road, signed(order(road, "\n".join(f"https://elsewhere.example/{n}" for n in range(5)))))
    assert len(asked) == 3


@pytest.mark.soak
def test_a_sender_has_only_so_much_preserved_in_a_day(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "PRESERVED_BY_SENDER_AT_MOST", 2)
    cases = [case_of(take(road, signed(order(road, road.post(), f"OOS-2026-{n}")))) for n in range(3)]
    assert [Preserved.objects.filter(case=case).count() for case in cases] == [1, 1, 0]
