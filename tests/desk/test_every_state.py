"""Every state that a case or a request can have has its word and its place: no page breaks on one."""

import pytest
from hostile.scene import ORDER, case_of, decide, opened, plain, take
from hostile.test_outsiders import client_of
from road import Road

from comity.answers import lifting
from comity.cases import commands as cases
from comity.cases import deciding, rules
from comity.cases.models import Case, Request
from comity.desk import lists, moves, queue
from comity.measures import brakes
from comity.people.refusals import NotAllowed
from comity.web import words

KINDS = ("unread", "order", "mail", "bounce", "auto", "failed")


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("plan", ["execute", "annex3", "person"])
def test_a_case_in_any_state_has_a_word_and_a_next_step(state: str, plan: str) -> None:
    case = Case(id="C-1", state=state, plan=plan)
    assert queue.state_of(case).slug in words.STATES
    assert moves.next_of(case).text.endswith(".")


@pytest.mark.parametrize("lane", ["", "triage", *cases.LANES])
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_in_any_lane_has_a_word(lane: str, kind: str) -> None:
    assert lists.state_of(Request(id="R-1", lane=lane, kind=kind), "").slug in words.STATES


def pages(road: Road, *more: str) -> list[str]:
    """What the handler and counsel read on the queue, the lists, the demo that follows the latest, and these pages."""
    read, latest = [], Request.objects.order_by("-received_at")[0]
    for role in ("handler", "counsel"):
        client = client_of(road.person(role))
        assert client.post("/demo/follow", {"request": latest.id}).status_code == 302
        for path in ("/console/", "/console/cases/", "/console/requests/", "/demo/", "/demo/now", *more):
            answer = client.get(path)
            assert answer.status_code == 200, path
            read.append(answer.content.decode())
    return read


@pytest.mark.soak
def test_a_case_that_counsel_has_is_shown_everywhere(road: Road) -> None:
    case = opened(road, road.post())
    deciding.send_back(road.person("decider"), case.id, "Is this within the act?", to_counsel=True)
    shown = pages(road, f"/console/cases/{case.id}")
    assert "With counsel" in shown[0]
    assert "Counsel is asked:" in shown[5]
    assert "Counsel, the platform’s lawyer, is asked" in shown[3]
    assert "Give your opinion: the desk asks for it." in shown[11]
    assert "Give your opinion: the desk asks for it." not in shown[5]
    with pytest.raises(NotAllowed):
        deciding.send_back(road.person("decider"), case.id, "I say so")
    deciding.send_back(road.person("counsel"), case.id, "It is: the content calls for an attack.")
    shown = pages(road, f"/console/cases/{case.id}")
    assert "Counsel’s opinion:" in shown[5]
    assert "Counsel’s opinion is there." in shown[0]
    assert "It was sent back" not in shown[5]


@pytest.mark.soak
def test_a_case_that_was_sent_back_says_so_and_to_whom(road: Road) -> None:
    case = opened(road, road.post())
    deciding.send_back(road.person("decider"), case.id, "The letter names the wrong day.")
    shown = pages(road, f"/console/cases/{case.id}")
    assert "It was sent back with a reason" in shown[0]
    assert "It was sent back:" in shown[5]
    assert "The letter names the wrong day." in shown[5]
    assert "It came back to the desk. The handler reads why" in shown[3]


@pytest.mark.soak
def test_a_request_that_counsel_has_and_one_that_counsel_answered_are_shown_everywhere(road: Road) -> None:
    request = take(road, plain("somebody@example.org", "A question", "Who at your company reads letters about leases?"))
    cases.sort(road.person("handler"), request.id, "counsel", "")
    assert "With counsel" in pages(road, f"/console/requests/{request.id}")[0]
    cases.sort(road.person("counsel"), request.id, "answered", "Please write to our counsel.")
    shown = pages(road, f"/console/requests/{request.id}")
    assert "Answered by counsel" in shown[5]
    assert "Sent to answered" not in "".join(shown)


@pytest.mark.slow
def test_a_case_with_one_of_two_signatures_waits_for_the_signer_and_calls_the_other(road: Road) -> None:
    case = opened(road, road.post())
    road.sign(case, "BE")
    first, second = (client_of(road.person("decider", country)) for country in ("BE", "EE"))
    page = f"/console/cases/{case.id}"
    assert "You have signed. Another decider signs next." in first.get(page).content.decode()
    assert "Give the second approval." in second.get(page).content.decode()


@pytest.mark.soak
def test_a_lift_that_waits_stands_in_the_queue_until_it_is_decided_or_dropped(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    assert not case.open
    lifting.propose(road.person("decider"), case.id, "It was withdrawn", "order", ORDER)
    assert "A lift is put to the deciders. They decide it." in pages(road)[0]
    deciding.send_back(road.person("decider"), case.id, "It was not withdrawn after all")
    assert "A lift is put to the deciders" not in pages(road)[0]
    lifting.propose(road.person("decider"), case.id, "It was withdrawn", "order", ORDER)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open) == ("lifted", False)


@pytest.mark.soak
def test_who_has_taken_a_case_is_told_to_everyone(road: Road) -> None:
    case = opened(road, road.post())
    cases.take(road.person("handler"), case.id)
    for path in ("/console/", f"/console/cases/{case.id}"):
        assert "Taken by Handler, BE" in client_of(road.person("decider")).get(path).content.decode(), path


@pytest.mark.slow
def test_an_answered_case_is_closed_on_every_page(road: Road) -> None:
    case = decide(road, opened(road, road.post()))
    assert case.state == "answered"
    assert "Answered. Nothing is left to do." in "".join(pages(road, f"/console/cases/{case.id}"))


@pytest.mark.slow
def test_the_brake_says_who_set_it_and_why_and_that_a_decision_waits_for_it(road: Road) -> None:
    case = opened(road, road.post())
    brakes.set_brake(road.person("handler"), "demo", "A wrong list went round")
    decide(road, case)
    shown = pages(road, f"/console/cases/{case.id}", "/console/brake")
    assert "held by the brake" in shown[5]
    assert "held by the brake" in shown[0]
    assert "A wrong list went round" in shown[6]
    assert "handler, BE" in shown[6]
    assert "held by the brake" in shown[3]


@pytest.mark.soak
def test_a_sender_who_said_that_it_is_not_theirs_leads_to_closing_with_the_reason_kept(road: Road) -> None:
    case = case_of(take(road, road.sample("forged", road.post())))
    page = f"/console/cases/{case.id}"
    assert "nothing bears that out yet" in pages(road, page)[5]
    cases.record_callback(road.person("handler"), case.request_id, "demo-online-safety", confirmed=False)
    road.drive()
    assert "The authority says that it is not theirs." in pages(road, page)[5]
    deciding.close(road.person("handler"), case.id, "They know nothing of it")
    shown = pages(road, page)
    assert "It was closed:" in shown[5]
    assert "They know nothing of it" in shown[5]
    assert "See the PDF" not in shown[5]


def test_a_search_that_finds_nothing_says_so_and_leads_back(road: Road) -> None:
    opened(road, road.post())
    for path in ("/console/cases/?q=zzzz", "/console/requests/?q=zzzz"):
        shown = client_of(road.person("handler")).get(path).content.decode()
        assert "Nothing found for “zzzz”" in shown
        assert "Show everything" in shown
