"""An order that a person flags as forged: its clock stops, nothing counts as met, and the forger learns nothing."""

import re
from html import unescape

import pytest
from road import Road

from comity.cases import clocks, deciding
from comity.cases.models import Case, Deadline
from comity.cases.pages import clock_of
from comity.ledger.events import KINDS
from comity.ledger.models import Event
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.vault import commands as vault


@pytest.fixture
def case(road: Road) -> Case:
    """A case of an order whose sender nobody could verify."""
    request = road.receive(road.sample("forged", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    assert case.state == "verifying", road.refused
    return case


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def letter(mail: Mail) -> str:
    return vault.get(mail.doc).replace(b"=\r\n", b"").decode()


def test_it_works(road: Road, case: Case, at_the_desk) -> None:
    client = at_the_desk("handler")
    assert "It is forged" in words(client.get(f"/console/cases/{case.id}"))
    assert "Flag it as forged" in words(client.get(f"/console/cases/{case.id}/forged"))
    assert (
        client.post(f"/console/cases/{case.id}/forged", {"reason": "The office knows nothing of it"}).status_code == 302
    )
    case.refresh_from_db()
    assert (case.state, case.open, case.due, case.half) == ("not-carried-out", False, None, None)
    row = Deadline.objects.get(case=case, name="remove")
    assert (row.met_at, row.stopped_as) == (None, "forged")
    assert row.stopped_at is not None
    page = words(client.get(f"/console/cases/{case.id}"))
    assert "Stopped: forged" in page
    assert "to spare" not in page
    assert "It was flagged as forged:" in page
    event = Event.objects.get(kind="case.forged")
    assert vault.get_json(event.sealed["reason"]) == {"text": "The office knows nothing of it"}
    assert not KINDS["case.forged"].published


def test_what_is_closed_as_nobodys_order_met_nothing_either(road: Road, case: Case) -> None:
    deciding.close(road.person("handler"), case.id, "They have no such file")
    shown = clock_of(case.deadlines.all())
    assert (shown.met_at, shown.stopped_as) == (None, "nobody’s order")


def test_who_is_not_proven_learns_neither_until_when_nor_what_is_missing(case: Case) -> None:
    mail = Mail.objects.get(case=case.id, kind="acknowledgement")
    said = letter(mail)
    assert case.id in said
    for helpful in ("handled it by", "lines of the order are blank", "Art. 3(3)", "forged"):
        assert helpful not in said


@pytest.mark.soak
def test_whoever_sends_it_again_or_writes_on_is_told_nothing_more(road: Road, case: Case) -> None:
    first = Mail.objects.get(case=case.id, kind="acknowledgement")
    deciding.close(road.person("handler"), case.id, "The office knows nothing of it", forged=True)
    road.receive(vault.get(case.request.raw))
    road.receive(road.reply(first.message_id, "Why is it still there?"))
    road.drive()
    assert list(Mail.objects.filter(case=case.id)) == [first]
    held = Event.objects.filter(kind="reply.withheld", case=case.id).values_list("public__why", flat=True)
    assert set(held) == {"forged"}


def test_a_reason_is_asked_for(road: Road, case: Case) -> None:
    with pytest.raises(BadInput, match="reason"):
        deciding.close(road.person("handler"), case.id, " ", forged=True)


def test_a_proven_order_is_flagged_by_nobody_alone(road: Road) -> None:
    request = road.receive(road.sample("good-text", road.post()))
    road.drive()
    with pytest.raises(deciding.rules.NotNow):
        deciding.close(road.person("handler"), request.cases.get().id, "It looks odd", forged=True)


def test_a_clock_that_was_met_is_not_stopped(case: Case) -> None:
    row = Deadline.objects.get(case=case, name="remove")
    clocks.met(case, "remove", row.started_at)
    clocks.stop(case, row.started_at, "forged")
    row.refresh_from_db()
    assert (row.stopped_at, row.stopped_as) == (None, "")
