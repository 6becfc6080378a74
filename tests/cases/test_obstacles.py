"""What stands in the way of an order, Annex III, and what ends it."""

from collections.abc import Iterator

import pytest
from road import Road, open_road

from comity import clock
from comity.alerts.models import Alert
from comity.cases import commands, deciding, obstacles, rules
from comity.cases.models import Case
from comity.cases.pages import clock_of
from comity.outbox.models import Mail
from comity.people.refusals import BadInput
from comity.vault import commands as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def road() -> Iterator[Road]:
    with open_road() as opened, clock.freeze(clock.now()):
        yield opened


def judged(road: Road, sample: str, target: str) -> Case:
    request = road.receive(road.sample(sample, target))
    road.drive()
    return Case.objects.get(request=request)


def nowhere(road: Road) -> str:
    return f"{road.sandbox.base_url}/c/harbour/999999"


def remove(case: Case) -> dict[str, object]:
    return next(d for d in deciding.finding_of(case)["finding"]["deadlines"] if d["id"] == "remove")


def test_it_works_an_address_that_leads_nowhere_is_answered_by_annex_3_and_waits(road: Road) -> None:
    case = judged(road, "cannot-carry-out", nowhere(road))
    assert (case.state, case.outcome, case.plan) == ("to-decide", "defective", "annex3")
    assert case.due is not None
    road.sign(case, "BE")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.due, road.refused) == ("waiting", None, [])
    answer = Mail.objects.get(case=case.id, kind="answer")
    assert b"IMPOSSIBILITY" in vault.get(answer.doc)


@pytest.mark.slow
def test_a_reply_of_the_authority_starts_the_hour_again_and_the_corrected_order_is_carried_out(road: Road) -> None:
    case = judged(road, "cannot-carry-out", nowhere(road))
    road.sign(case, "BE")
    road.drive()
    answer = Mail.objects.get(case=case.id, kind="answer")
    clock.advance(600)
    road.receive(road.reply(answer.message_id, f"The right address is {(url := road.post())}"))
    road.drive()
    case.refresh_from_db()
    assert case.state == "to-decide"
    assert remove(case)["starts"] == "clarification"
    assert Alert.objects.filter(case=case.id, kind="reply.received").exists()
    commands.correct(road.person("handler"), case.request_id, "form.urls", [url])
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.plan) == ("to-decide", "execute")
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, road.refused) == ("answered", [])


@pytest.mark.slow
def test_a_ground_of_ours_stops_the_hour_until_it_has_ceased(road: Road) -> None:
    case = judged(road, "good-text", road.post())
    obstacles.obstruct(road.person("handler"), case.id, "technical", "The storage of this channel is unreachable.")
    road.drive()
    case.refresh_from_db()
    assert (case.outcome, case.plan) == ("impossible", "annex3")
    letter = deciding.letters_of(case)["answer"]
    assert letter["fields"]["impossibility_grounds"] == ["force-majeure"]
    assert "unreachable" in letter["fields"]["impossibility_explained"]
    clock.advance(600)
    obstacles.ceased(road.person("handler"), case.id)
    road.drive()
    case.refresh_from_db()
    assert (case.outcome, case.plan, remove(case)["starts"]) == ("valid", "execute", "grounds-ceased")


def test_a_manifest_error_that_a_person_sees_is_put_on_annex_3_in_their_words(road: Road) -> None:
    case = judged(road, "good-text", road.post())
    obstacles.obstruct(road.person("handler"), case.id, "manifest-errors", "It names a message of another author.")
    road.drive()
    case.refresh_from_db()
    assert case.plan == "annex3"
    letter = deciding.letters_of(case)["answer"]
    assert "manifest-errors" in letter["fields"]["impossibility_grounds"]
    assert "another author" in letter["fields"]["impossibility_explained"]


@pytest.mark.parametrize("ground", ["technical", "manifest-errors"])
@pytest.mark.slow
@pytest.mark.few(1)
def test_a_case_whose_hour_waits_is_due_until_that_is_said_and_then_no_more(road: Road, ground: str) -> None:
    case = judged(road, "good-text", road.post())
    due = case.due
    obstacles.obstruct(road.person("handler"), case.id, ground, "The storage of this channel is unreachable.")
    road.drive()
    case.refresh_from_db()
    assert (remove(case)["due_target"], case.due) == (None, due)
    assert clock_of(case.deadlines.all()).due_target == due
    road.sign(case, "BE")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.due) == ("waiting", None)
    assert clock_of(case.deadlines.all()).stopped_since
    commands.correct(road.person("handler"), case.request_id, "form.reference", "X-1")
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.due) == ("to-decide", None), "it waits by law, and they know"


def test_a_case_that_a_person_must_weigh_keeps_its_hour(road: Road) -> None:
    case = judged(road, "good-text", road.post())
    due = case.due
    obstacles.weigh(road.person("handler"), case.id, "journalism", within=False)
    road.drive()
    case.refresh_from_db()
    assert (case.plan, case.due) == ("person", due)


@pytest.mark.parametrize("ground", ["absence", "", "not-stored"])
@pytest.mark.few(1)
def test_no_other_ground_is_taken(road: Road, ground: str) -> None:
    case = judged(road, "good-text", road.post())
    with pytest.raises(BadInput, match="ground"):
        obstacles.obstruct(road.person("handler"), case.id, ground, "Nobody is here.")


@pytest.mark.slow
def test_not_after_it_was_answered(road: Road) -> None:
    case = judged(road, "good-text", road.post())
    road.sign(case)
    road.drive()
    with pytest.raises(rules.NotNow):
        obstacles.obstruct(road.person("handler"), case.id, "technical", "Too late.")
