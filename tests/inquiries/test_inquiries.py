"""Asking an authority on an answered case: what goes out, what waits on the queue, what the person affected reads."""

from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.conf import settings
from django.test import Client
from hostile.test_outsiders import client_of
from road import Road

from comity import clock
from comity.cases import commands as cases
from comity.cases.models import Case, Deadline
from comity.demo import register
from comity.desk import queue
from comity.inquiries import commands, rules
from comity.inquiries.models import Inquiry
from comity.ledger.models import Event
from comity.notifications import commands as notifications
from comity.notifications.models import Notification
from comity.outbox.letters import rfc3339
from comity.outbox.models import Mail
from comity.people.refusals import BadInput, NotAllowed
from comity.vault import commands as vault

ASKS = "Until when, and before which court, can your order be challenged?"
SAYS = "Within two months, before the administrative court of Berlin."
WRONG = "It is a news report about an attack, and calls for nothing."


@pytest.fixture
def case(road: Road) -> Case:
    """An answered case, whose author was told."""
    road.receive(road.sample("good-text", road.post()))
    road.drive()
    case = Case.objects.get()
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("answered", False), road.refused
    return case


def sent(kind: str) -> tuple[Mail, str, str]:
    """A mail of ours: its row, to whom it goes, its words."""
    mail = Mail.objects.get(kind=kind)
    made = message_from_bytes(vault.get(mail.doc), policy=default)
    body = made.get_body(("plain",))
    return mail, str(made["To"]), str(body.get_content()) if body else ""


def statement(language: str = "en") -> str:
    told = Notification.objects.get()
    path = f"/statement/{notifications.token_of(told.event, told.target)}"
    return " ".join(Client().get(path, headers={"Accept-Language": language}).content.decode().split())


def test_it_works(road: Road, case: Case) -> None:
    asked = commands.ask(road.person("handler"), case.id, ASKS)
    road.drive()
    mail, to, words = sent("inquiry")
    assert to == register.ADDRESS
    assert ASKS in words
    assert case.id in words
    assert mail.case == case.id
    case.refresh_from_db()
    follow_up = Deadline.objects.get(case=case, name="follow-up")
    assert (case.open, case.due) == (True, follow_up.due_target)
    assert follow_up.due_target is not None
    assert follow_up.due_target > clock.now() + timedelta(days=4)
    row = next(row for row in queue.page("demo", {}, ["demo"]).rows if row.id == case.id)
    assert "An authority was asked" in row.next.text
    assert ASKS in statement()
    assert "It has not answered yet" in statement()

    road.receive(road.reply(mail.message_id, SAYS))
    road.drive()
    found = Inquiry.objects.get()
    assert found.reply
    assert found.replied_at
    assert Event.objects.filter(kind="inquiry.replied", case=case.id).count() == 1
    assert "A person reads it" in statement()
    row = next(row for row in queue.page("demo", {}, ["demo"]).rows if row.id == case.id)
    assert "reply is there" in row.next.text

    commands.close(road.person("handler"), case.id, asked.id, "answered", SAYS, date(2027, 1, 24))
    case.refresh_from_db()
    assert (case.open, case.due) == (False, None)
    page = statement()
    assert SAYS in page
    assert "24 January 2027" in page
    assert statement("fr").count(SAYS) == 1


@pytest.mark.soak
def test_what_it_told_unasked_stands_on_the_page_of_the_person(road: Road, case: Case) -> None:
    commands.told(road.person("counsel"), case.id, SAYS)
    assert SAYS in statement()
    case.refresh_from_db()
    assert not case.open


def test_what_an_authority_forbids_to_tell_is_kept_and_not_told(road: Road, case: Case) -> None:
    asked = commands.ask(road.person("handler"), case.id, ASKS)
    commands.close(road.person("handler"), case.id, asked.id, rules.NOT_TO_TELL, SAYS, date(2027, 1, 24))
    assert commands.of_case(case)[0].answer == SAYS
    page = statement()
    assert "says that we may not tell you what" in page
    assert SAYS not in page
    assert "24 January 2027" not in page
    assert "ne pouvons pas vous dire quoi" in statement("fr")
    again = commands.ask(road.person("handler"), case.id, ASKS)
    with pytest.raises(BadInput, match="write down what it says"):
        commands.close(road.person("handler"), case.id, again.id, rules.NOT_TO_TELL, " ")


@pytest.mark.soak
def test_that_nothing_came_is_written_down_and_told(road: Road, case: Case) -> None:
    asked = commands.ask(road.person("handler"), case.id, ASKS)
    commands.close(road.person("handler"), case.id, asked.id, "no-answer")
    assert "It did not answer" in statement()
    again = commands.ask(road.person("handler"), case.id, ASKS)
    road.drive()
    assert again.id != asked.id
    assert Mail.objects.filter(kind="inquiry").count() == 2
    case.refresh_from_db()
    assert case.open


def test_scrutiny_is_asked_for_within_the_time_of_the_pack_and_its_outcome_is_written_down(
    road: Road, case: Case
) -> None:
    until = commands.scrutiny_until(case)
    assert until is not None
    assert timedelta(hours=48) <= until - case.received_at <= timedelta(hours=49)
    rows = {row.id: row for row in queue.page("demo", {}, ["demo"]).rows}
    assert (rows[case.id].optional, rows[case.id].clock.due_legal) == (True, until)

    asked = commands.scrutiny(road.person("decider"), case.id, WRONG)
    road.drive()
    _, to, words = sent("scrutiny")
    assert to == commands.supervisor("demo")
    assert WRONG in words
    assert "Art. 4(4)" in words
    case.refresh_from_db()
    decision = Deadline.objects.get(case=case, name="scrutiny-decision")
    assert (case.open, case.due) == (True, decision.due_target)
    assert timedelta(hours=72) <= decision.due_legal - asked.at <= timedelta(hours=73)
    assert commands.scrutiny_until(case) is None
    assert "It decides by" in statement()

    commands.close(road.person("decider"), case.id, asked.id, "no-infringement", "It found the order in order.")
    case.refresh_from_db()
    assert not case.open
    assert "no serious or manifest breach" in statement()


@pytest.mark.soak
def test_an_order_that_falls_stands_on_the_queue_until_what_it_hid_is_back(road: Road, case: Case) -> None:
    asked = commands.scrutiny(road.person("decider"), case.id, WRONG)
    commands.close(road.person("decider"), case.id, asked.id, "infringes", "It is a news report.")
    road.drive()
    row = next(row for row in queue.page("demo", {}, ["demo"]).rows if row.id == case.id)
    assert "put a lift to the deciders" in row.next.text
    case.refresh_from_db()
    assert case.open
    event = Event.objects.filter(kind="effect.observed", case=case.id).latest("id")
    commands.reinstated(event)  # of the withholding, not of a lift
    assert Deadline.objects.get(case=case, name="reinstate").met_at is None
    assert "has no effect any more" in statement()


@pytest.mark.soak
def test_what_was_decided_though_we_had_not_asked_is_written_down_and_told(road: Road, case: Case) -> None:
    commands.decided(road.person("decider"), case.id, "no-infringement", "It found the order in order.")
    assert "The authority of Belgium looked at the order." in statement()
    case.refresh_from_db()
    assert not case.open
    with pytest.raises(BadInput, match="outcome"):
        commands.decided(road.person("decider"), case.id, "no-decision", "x")
    commands.scrutiny(road.person("decider"), case.id, WRONG)
    with pytest.raises(BadInput, match="asked ourselves"):
        commands.decided(road.person("decider"), case.id, "infringes", "x")


def test_the_pages_of_the_desk(road: Road, case: Case) -> None:
    desk = client_of(road.person("decider"))
    page = desk.get(f"/console/cases/{case.id}").content.decode()
    assert "Ask the authority" in page
    assert "Ask the competent authority for scrutiny" in page
    for name, button in (
        ("ask", "Send it"),
        ("scrutiny", "Send it"),
        ("told", "Write it down"),
        ("decided", "Write it down"),
    ):
        assert button in desk.get(f"/console/cases/{case.id}/{name}").content.decode()
    assert desk.post(f"/console/cases/{case.id}/ask", {"text": ASKS}).status_code == 302
    asked = Inquiry.objects.get()
    assert ASKS in desk.get(f"/console/cases/{case.id}").content.decode()
    told = {"outcome": "answered", "text": SAYS, "until": "2027-01-24"}
    assert desk.post(f"/console/cases/{case.id}/inquiries/{asked.id}", told).status_code == 302
    assert SAYS in desk.get(f"/console/cases/{case.id}").content.decode()
    assert desk.post(f"/console/cases/{case.id}/told", {"text": SAYS, "until": "soon"}).status_code == 400


@pytest.mark.soak
def test_a_question_without_words_or_too_long_or_beside_another_is_refused(road: Road, case: Case) -> None:
    for text in ("", "  ", "x" * (rules.TEXT_AT_MOST + 1)):
        with pytest.raises(BadInput, match="text"):
            commands.ask(road.person("handler"), case.id, text)
        with pytest.raises(BadInput, match="text"):
            commands.scrutiny(road.person("decider"), case.id, text)
    commands.ask(road.person("handler"), case.id, ASKS)
    with pytest.raises(BadInput, match="open already"):
        commands.ask(road.person("handler"), case.id, ASKS)


@pytest.mark.soak
def test_a_question_is_closed_once_and_only_by_what_can_come_of_it(road: Road, case: Case) -> None:
    asked = commands.ask(road.person("handler"), case.id, ASKS)
    with pytest.raises(BadInput, match="outcome"):
        commands.close(road.person("handler"), case.id, asked.id, "infringes", "No")
    with pytest.raises(BadInput, match="text"):
        commands.close(road.person("handler"), case.id, asked.id, "answered", "")
    for day in (date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(BadInput, match="until"):
            commands.close(road.person("handler"), case.id, asked.id, "answered", SAYS, day)
    commands.close(road.person("handler"), case.id, asked.id, "no-answer")
    with pytest.raises(BadInput, match="closed"):
        commands.close(road.person("handler"), case.id, asked.id, "no-answer")


def test_a_handler_asks_the_authority_and_only_who_decides_asks_for_scrutiny(road: Road, case: Case) -> None:
    with pytest.raises(NotAllowed):
        commands.scrutiny(road.person("handler"), case.id, WRONG)
    auditor = road.person("decider", "EE")
    auditor.roles = ["auditor"]
    with pytest.raises(NotAllowed):
        commands.ask(auditor, case.id, ASKS)


@pytest.mark.soak
def test_scrutiny_is_not_asked_for_late_nor_twice(road: Road, case: Case) -> None:
    commands.scrutiny(road.person("decider"), case.id, WRONG)
    with pytest.raises(BadInput, match="scrutiny"):
        commands.scrutiny(road.person("decider"), case.id, WRONG)
    Deadline.objects.filter(name=rules.ASK_BY).update(met_at=None, due_legal=clock.now() - timedelta(seconds=1))
    assert commands.scrutiny_until(case) is None
    assert not any(row.optional for row in queue.page("demo", {}, ["demo"]).rows)


@pytest.mark.soak
def test_no_real_order_is_put_to_an_invented_authority(road: Road, case: Case) -> None:
    Case.objects.filter(id=case.id).update(realm="real")
    case.refresh_from_db()
    assert settings.COMITY.establishment_authority["address"].endswith(".example")
    assert commands.scrutiny_until(case) is None
    assert not commands.raisable("real").exists()


@pytest.mark.slow
def test_an_order_that_ends_on_a_day_stands_on_the_queue_until_what_it_hid_is_back(road: Road) -> None:
    request = road.receive(road.sample("good-text", road.post()))
    road.drive()
    case, end = Case.objects.get(), (clock.now() + timedelta(days=30)).replace(microsecond=0)
    cases.correct(road.person("handler"), request.id, "until", rfc3339(end))
    road.drive()
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open, case.due) == ("answered", True, end), road.refused
    assert "A person then puts it back." in statement()
    row = next(row for row in queue.page("demo", {}, ["demo"]).rows if row.id == case.id)
    assert "put a lift to the deciders" in row.next.text


def test_whose_sender_is_not_proven_is_asked_nothing(road: Road) -> None:
    road.receive(road.sample("forged", road.post()))
    road.drive()
    case = Case.objects.get()
    assert case.state == "verifying"
    assert not commands.may_ask(case)
    assert commands.scrutiny_until(case) is None
    with pytest.raises(BadInput):
        commands.ask(road.person("handler"), case.id, ASKS)
