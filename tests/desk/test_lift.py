"""A lift from the desk: with a reason, on a page that shows what it does and tells; dropped, or signed and told."""

import re
from html import unescape

import pytest
from road import Road

from comity.cases.models import Case
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.notifications import commands as notifications
from comity.notifications.models import Complaint, Notification
from comity.outbox.models import Mail
from comity.people.models import Act
from comity.platforms.sandbox.connector import Sandbox
from comity.vault import commands as vault

WHY = "The authority withdrew its order by telephone"


@pytest.fixture
def case(road: Road) -> Case:
    """A case that was answered, its measure standing."""
    request = road.receive(road.sample("good-pdf", road.post()))
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered", road.refused
    return case


def words(answer) -> str:
    """A page's words, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def asked(case: Case, client, reason: str = WHY, **more):
    """Put a lift to the deciders, and open the page that it leads to."""
    form = {"kind": "lift", "reason": reason, "ground": "mistake"} | more
    answer = client.post(f"/console/cases/{case.id}/propose", form, follow=True)
    case.refresh_from_db()
    return answer


def test_it_works(road: Road, case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    page = words(asked(case, client))
    assert WHY in page
    assert "Valid. Carry it out." not in page
    assert "to spare" not in page
    assert "In the EU" in page
    assert "One of your messages can be seen again in the European Union. What happened: private link" in page
    assert "The measure taken on your order has been lifted." in page
    client.post(f"/console/cases/{case.id}/sign", {"act": case.act})
    road.drive()
    case.refresh_from_db()
    assert (case.state, road.refused) == ("lifted", [])
    page = words(client.get(f"/console/cases/{case.id}"))
    assert "Lifted. It stands as it stood before." in page
    assert f"“{WHY}”" in page
    assert "To undo" not in page
    assert "Approvals: 2 of 2" in page
    assert "The act signed is" in page
    assert "While it stood After lifting" in page


@pytest.mark.parametrize("reason", ["", "   ", None])
@pytest.mark.few(1)
def test_without_a_reason_nothing_is_put_to_anyone(case: Case, at_the_desk, reason) -> None:
    form = {"kind": "lift", "ground": "mistake"} | ({} if reason is None else {"reason": reason})
    answer = at_the_desk("decider").post(f"/console/cases/{case.id}/propose", form)
    assert answer.status_code == 400
    assert not Act.objects.filter(case=case.id, kind="lift").exists()


def test_only_who_may_lift_can_put_one(case: Case, at_the_desk) -> None:
    assert asked(case, at_the_desk("handler")).status_code == 403
    assert not Act.objects.filter(case=case.id, kind="lift").exists()


@pytest.mark.soak
def test_the_reason_lies_in_the_vault_and_stands_on_the_timeline(case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    asked(case, client)
    event = Event.objects.get(case=case.id, kind="decision.proposed", public__kind="lift")
    assert WHY not in str(event.public) + str(event.sealed)
    assert vault.get_json(event.sealed["reason"]) == {"text": WHY}
    assert f": lift the measure: “{WHY}”" in words(client.get(f"/console/cases/{case.id}/timeline"))


@pytest.mark.soak
def test_the_case_says_that_a_lift_waits_and_for_whom(case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    asked(case, client)
    page = client.get(f"/console/cases/{case.id}")
    assert "Act A lift waits for the approval of one decider." in words(page)
    assert 'id="approve"' not in page.content.decode(), "the page of the order's letters must not sign the lift"
    assert "Wait A lift waits for the approval of one decider." in words(
        at_the_desk("handler").get(f"/console/cases/{case.id}")
    )


def test_a_lift_is_dropped_with_a_reason_and_the_measure_stands(road: Road, case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    asked(case, client)
    hash = case.act
    assert "Drop the lift" in words(client.get(f"/console/cases/{case.id}/decide"))
    assert "to spare" not in words(client.get(f"/console/cases/{case.id}/return"))
    assert client.post(f"/console/cases/{case.id}/return", {"reason": " "}).status_code == 400
    answer = client.post(f"/console/cases/{case.id}/return", {"reason": "They had meant another order"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.act, Act.objects.get(hash=hash).state) == ("answered", "", "void")
    assert Measure.objects.get(case=case).lifted_at is None
    page = words(client.get(f"/console/cases/{case.id}"))
    assert "“They had meant another order”" in page
    assert "Why it is lifted" in page
    assert "Approvals: 2 of 2" in page
    asked(case, client, "Now it is the right one")
    client.post(f"/console/cases/{case.id}/sign", {"act": case.act})
    road.drive()
    case.refresh_from_db()
    assert case.state == "lifted", road.refused


def test_where_no_lift_waits_an_answered_case_is_not_sent_back(case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    for method in (client.get, client.post):
        assert method(f"/console/cases/{case.id}/return", {"reason": "why not"}).status_code == 409
    case.refresh_from_db()
    assert case.state == "answered"


def test_authority_and_author_get_the_letters_that_were_signed_once(
    road: Road, case: Case, at_the_desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    genuine = Sandbox.notify

    def notify(self, key: str, ref: str, text: str):
        told.append(text)
        return genuine(self, key, ref, text)

    monkeypatch.setattr(Sandbox, "notify", notify)
    client = at_the_desk("decider")
    shown = words(asked(case, client))
    client.post(f"/console/cases/{case.id}/sign", {"act": case.act})
    road.drive()
    road.again(case, "answers.lifting.tell", "effect.observed")
    road.drive()
    (mail,) = Mail.objects.filter(case=case.id, kind="lifted")
    answer = Mail.objects.get(case=case.id, kind="answer")
    raw = vault.get(mail.doc).decode()
    assert vault.get_json(mail.peek)["to"] == vault.get_json(answer.peek)["to"]
    assert vault.get_json(mail.peek)["to"] in shown
    assert "In-Reply-To:" in raw
    assert WHY not in raw
    assert "time observed" not in raw
    assert len(told) == 1
    assert told[0].startswith("One of your messages can be seen again in the European Union.\n\nWhat happened: http")


def test_who_was_never_told_of_the_measure_is_not_told_that_it_is_over(case: Case, at_the_desk) -> None:
    Notification.objects.filter(case=case).update(state="held")
    page = words(asked(case, at_the_desk("decider")))
    assert "Not told of the measure either." in page
    assert "can be seen again in the European Union" not in page


@pytest.mark.soak
def test_the_three_looks_stay_each_with_its_date_and_zone(road: Road, case: Case, at_the_desk) -> None:
    client = at_the_desk("decider")
    page = words(client.get(f"/console/cases/{case.id}"))
    assert re.search(r"Looked at before: \d+ \w+ \d{4}, [\d:]+ [A-Z]+ ; last: \d+ \w+ \d{4}, [\d:]+ [A-Z]+", page)
    asked(case, client)
    client.post(f"/console/cases/{case.id}/sign", {"act": case.act})
    road.drive()
    page = words(client.get(f"/console/cases/{case.id}"))
    assert re.search(r"EU, all 27 AT, BE, .*, SK Visible Withheld Visible", page)
    assert "CH Visible Visible Visible" in page
    assert "after lifting:" in page


# -- a copy of the order, with the answer to a complaint --------------------------------------------------------------


@pytest.mark.soak
def test_the_desk_gives_a_copy_of_the_order_by_a_tick_of_its_own(road: Road, case: Case, at_the_desk) -> None:
    notifications.complain(Notification.objects.get(case=case), "Please give me a copy of the order")
    road.drive()
    client = at_the_desk("counsel")
    assert "Give a copy of the order" in words(client.get(f"/console/cases/{case.id}"))
    complaint = Complaint.objects.get()
    client.post(f"/console/cases/{case.id}/complaints/{complaint.id}", {"text": "Here it is.", "copy": "true"})
    page = words(client.get(f"/console/cases/{case.id}"))
    assert "A copy of the order was given with it." in page
    assert "Copy of the order given to the person affected" in page


def test_while_a_non_disclosure_stands_the_desk_offers_none(road: Road, case: Case, at_the_desk, monkeypatch) -> None:
    notifications.complain(Notification.objects.get(case=case), "Please give me a copy of the order")
    road.drive()
    monkeypatch.setattr(notifications, "copy_forbidden", lambda *_: True)
    page = words(at_the_desk("counsel").get(f"/console/cases/{case.id}"))
    assert "Give a copy of the order" not in page
    assert "A non-disclosure stands" in page
