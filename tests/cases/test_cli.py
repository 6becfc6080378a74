"""`comity requests` and `comity cases`: everything, exactly, and looking at it is an event."""

import argparse
import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from road import Road, open_road

from comity import clock
from comity.cases import cli
from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.terminal import No
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db
PLAIN = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nSubject: hello\r\n\r\nhello\r\n"


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def told(capsys, command, number="", plain=False):
    """What a command prints: its last line as JSON, or everything."""
    assert command(argparse.Namespace(json=not plain, id=number)) == 0
    out = capsys.readouterr().out
    return out if plain else json.loads(out.splitlines()[-1])


def looks():
    return [(one.by, one.case, one.request, one.told) for one in Event.objects.filter(kind="content.viewed")]


def answered(road):
    """A case answered, and the same order again."""
    raw = road.sample("good-text", road.post())
    request = road.receive(raw)
    road.drive()
    case = Case.objects.get()
    road.sign(case)
    road.drive()
    road.receive(raw)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case, request


@pytest.mark.slow
def test_it_works(road, capsys):
    case, request = answered(road)
    rows = told(capsys, cli.list_cases)["cases"]
    assert [row["id"] for row in rows] == [case.id]
    row = rows[0]
    assert (row["request"], row["realm"], row["instrument"]) == (request.id, "demo", "eu-tco-removal-order")
    assert (row["outcome"], row["state"]) == ("valid", "answered")
    effects = row["measures"][0]["effects"]
    after = {(e["inside"], e["seen"]) for e in effects if e["when"] == "after"}
    assert after == {(True, "withheld"), (False, "visible")}
    assert all(e["at"].endswith("Z") and len(e["country"]) == 2 for e in effects)


@pytest.mark.soak
def test_every_request_of_every_realm_is_listed_duplicates_and_bounces_too(road, capsys):
    case, request = answered(road)
    plain = road.receive(PLAIN, realm="real")
    bounce = road.receive(b"From: <>\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\naway\r\n", realm="real")
    road.drive()
    rows = {row["id"]: row for row in told(capsys, cli.list_requests)["requests"]}
    assert len(rows) == Request.objects.count() == 4
    assert [row["joined"] for row in rows.values()][:2] == ["opened", "duplicate"]
    assert (rows[request.id]["realm"], rows[request.id]["case"]) == ("demo", case.id)
    assert (rows[plain.id]["realm"], rows[plain.id]["message_id"]) == ("real", "<1@b.example>")
    assert (rows[plain.id]["case"], rows[plain.id]["kind"]) == (None, "mail")
    assert rows[bounce.id]["kind"] in ("auto", "bounce")


def test_raw_gives_the_exact_bytes_and_is_an_event(road, capfdbinary):
    raw = b"From: a@b.example\r\nX: \xff\x00\nbare\r\rodd\r\n\r\n.body\n..\r\n\x1a"
    request = road.receive(raw, realm="real")
    assert cli.raw_request(argparse.Namespace(json=True, id=request.id)) == 0
    assert capfdbinary.readouterr().out == raw
    assert looks() == [("operator", None, request.id, {"what": "raw bytes"})]


@pytest.mark.slow
def test_showing_a_case_tells_facts_finding_and_timeline_and_is_an_event(road, capsys):
    case, request = answered(road)
    shown = told(capsys, cli.show_case, case.id.lower())
    assert shown["facts"]["instrument"] == shown["finding"]["pack"] == "eu-tco-removal-order"
    assert shown["deadlines"][0]["id"] in ("remove", "scrutiny-request")
    assert [row["how"] for row in shown["requests"]] == ["opened", "duplicate"]
    kinds = [line["kind"] for line in shown["timeline"]]
    assert kinds[0] == "request.received"
    assert {"case.opened", "decision.approved", "effect.observed", "case.answered", "content.viewed"} <= set(kinds)
    assert looks() == [("operator", case.id, request.id, {"what": "facts and finding"})]


def test_showing_a_request_tells_what_was_read_and_is_an_event(road, capsys):
    request = road.receive(PLAIN, realm="real")
    road.drive()
    shown = told(capsys, cli.show_request, request.id)
    assert shown["reading"]["envelope"]["subject"] == "hello"
    assert [line["kind"] for line in shown["timeline"]][:2] == ["request.received", "facts.read"]
    assert looks() == [("operator", None, request.id, {"what": "reading"})]


@pytest.mark.soak
def test_people_get_lines_and_an_empty_gateway_says_so(road, capsys):
    assert "Nothing came in yet" in told(capsys, cli.list_requests, plain=True)
    assert "No case yet" in told(capsys, cli.list_cases, plain=True)
    case, request = answered(road)
    assert request.id in told(capsys, cli.list_requests, plain=True)
    assert case.id in told(capsys, cli.list_cases, plain=True)
    for text in (
        told(capsys, cli.show_case, case.id, plain=True),
        told(capsys, cli.show_request, request.id, plain=True),
    ):
        assert "Request received and stored" in text


def test_listing_shows_no_content_and_is_no_event(road, capsys):
    road.receive(PLAIN, realm="real")
    road.drive()
    told(capsys, cli.list_requests)
    told(capsys, cli.list_cases)
    assert looks() == []


@pytest.mark.parametrize("number", ["R-NOTHERE0", "C-NOTHERE0", "", "x" * 5000, "' or '1'='1", "\x00"])
@pytest.mark.parametrize("command", [cli.show_request, cli.raw_request, cli.show_case])
def test_refused_for_a_number_that_is_not_there(db, number, command):
    with pytest.raises(No, match="no (request|case)"):
        command(argparse.Namespace(json=True, id=number))
    assert looks() == []


def test_refused_when_the_bytes_are_past_their_end(road, capsys):
    request = road.receive(PLAIN, realm="real")
    with clock.freeze(request.until), pytest.raises(No, match="its time is over"):
        cli.raw_request(argparse.Namespace(json=True, id=request.id))
    vault.forget(request.until)
    with clock.freeze(request.until):
        assert told(capsys, cli.list_requests)["requests"][0]["message_id"] is None
        assert told(capsys, cli.show_request, request.id)["reading"] is None
    assert settings.COMITY.demo


def test_a_request_without_a_case_carries_its_finding(road, capsys):
    request = road.receive(road.sample("threat", ""))
    road.drive()
    shown = told(capsys, cli.show_request, request.id)
    assert (shown["finding"]["pack"], shown["finding"]["outcome"]) == ("own-person-claim", "needs-person")
    assert shown["facts"]["person_claim"]["against"] == "employee"
    assert "own-person-claim" in told(capsys, cli.show_request, request.id, plain=True)


@pytest.mark.soak
def test_the_finding_of_a_request_with_a_case_stands_with_the_case(road, capsys):
    case, request = answered(road)
    shown = told(capsys, cli.show_request, request.id)
    assert (shown["case"], shown["finding"]) == (case.id, None)
    assert told(capsys, cli.show_case, case.id)["finding"]["pack"] == "eu-tco-removal-order"
