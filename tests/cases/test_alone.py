"""A desk of one person: one signature for what is narrow and can be undone, reviewed within a day; nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from people.members import Member, founder, founders, sign_charter, token_of
from road import Road, open_road

from comity import clock
from comity.alerts.models import Alert
from comity.authorities.models import Authority
from comity.cases import alone, deciding, obstacles, reviews, rules
from comity.cases.models import Case
from comity.cases.pages import clock_of
from comity.decisions import commands as decisions
from comity.desk import moves
from comity.ledger.models import Event
from comity.measures.models import Measure
from comity.people import approvals, commands, founding, one_person, tags
from comity.people.approvals import ApprovalRefused
from comity.people.models import Act, Person
from comity.people.sessions import BACKEND

pytestmark = pytest.mark.django_db
ROLES = "administrator handler decider counsel head"
HOST = {"HTTP_HOST": "localhost:8000"}


@pytest.fixture
def road(tmp_path: Path, settings: Any) -> Iterator[Road]:
    """A gateway of its own: the foundings stand in a file of its data directory."""
    settings.COMITY = replace(settings.COMITY, data=tmp_path / "data", base_url="http://localhost:8000")
    with open_road() as opened, clock.freeze(clock.now()):
        Authority.objects.update(realm="real")
        yield opened


@pytest.fixture
def me(road: Road) -> Member:
    """Who founded this desk alone."""
    return found_alone()


def found_alone() -> Member:
    token = token_of(founding.open_again())
    one = founder(token, ROLES, "BE") if not founding.holders() else None
    founding.choose_alone(token)
    assert one
    assert sign_charter(token, [one])
    return one


def join_me(me: Member) -> Member:
    """A second person, and one who guards: the desk is founded anew by all of them."""
    token = token_of(founding.open_again())
    you, guards = founder(token, ROLES, "EE"), founder(token, "guardian", "CH")
    assert sign_charter(token, [you, guards, me])
    return you


def judged(road: Road, target: str = "", realm: str = "real") -> Case:
    request = road.receive(road.sample("good-pdf", target or road.post()), realm)
    road.drive()
    case = Case.objects.get(request=request)
    assert (case.state, case.plan) == ("to-decide", "execute")
    return case


def sign(member: Member, case: Case, hash: str = "") -> bool:
    return deciding.sign(member.person, case.id, hash or case.act, member.sign(hash or case.act))


def carried_out(road: Road, me: Member) -> Case:
    case = judged(road)
    assert sign(me, case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, road.refused) == ("answered", [])
    return case


# What it does ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_works_one_signature_carries_it_out_and_names_its_rule(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    signed = decisions.approved(case.id, "execute")
    rule = one_person.in_force(clock.now())
    charter = Act.objects.get(kind="gateway.found", state="approved", realm="real").hash
    assert signed.act["quorum"]["count"] == 1
    under = {"rule": "own-one-person", "version": "2026.2", "sha256": rule.sha256, "charter": charter}
    assert signed.act["under"] == under | {"kinds": ["message"]}
    assert Measure.objects.get(case=case).state == "effective"
    assert deciding.finding_of(case)["finding"]["approvals"]["count"] == 2  # the finding stays as the pack made it


@pytest.mark.slow
def test_the_case_stays_open_and_due_until_it_is_reviewed(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    row = reviews.waiting(case)
    assert row
    assert row.due_target == row.started_at + one_person.in_force(clock.now()).review
    assert (case.open, case.due) == (True, row.due_target)
    assert moves.of([case])[case.id] == moves.REVIEW
    assert clock_of(case.deadlines.all()).due_target == row.due_target
    with pytest.raises(deciding.BadInput, match="by the one who makes it"):
        deciding.propose(case.id, "review", reason="It stands, says nobody.")
    hash = deciding.review(me.person, case.id, "The order is exact, and I looked at the post again.")
    assert sign(me, case, hash)
    road.drive()
    case.refresh_from_db()
    assert (case.open, case.due, case.state) == (False, None, "answered")
    assert Event.objects.get(kind="decision.reviewed").public == {"stands": True}
    reviewed = approvals.approved(hash, case=case.id, kind="review").act["of"]
    assert reviewed == decisions.approved(case.id, "execute").hash
    with pytest.raises(rules.NotNow):
        deciding.review(me.person, case.id, "again")


@pytest.mark.slow
def test_a_lift_is_a_review_too(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    hash = deciding.propose(case.id, "lift", by=me.person.by, reason="It was satire.", ground="mistake")
    assert sign(me, case, hash)
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open, case.due) == ("lifted", False, None)
    assert reviews.waiting(case) is None
    assert Event.objects.get(kind="decision.reviewed").public == {"stands": False}


@pytest.mark.soak
def test_the_clock_tells_when_half_and_when_all_of_the_time_is_gone_each_once(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    reviews.remind(clock.now())
    assert not Event.objects.filter(kind="review.waits").exists()
    for hours, gone in ((12, ["half"]), (6, ["half"]), (6, ["half", "all"]), (9, ["half", "all"])):
        clock.advance(hours * 3600)
        reviews.remind(clock.now())
        assert [e.public["gone"] for e in Event.objects.filter(kind="review.waits").order_by("id")] == gone
    road.drive()
    assert Alert.objects.get(kind="review.waits", seen_at=None).case == case.id
    case.refresh_from_db()
    assert case.open
    assert sign(me, case, deciding.review(me.person, case.id, "Late, and it stands."))
    assert not Alert.objects.filter(kind="review.waits", seen_at=None).exists()


@pytest.mark.slow
def test_a_complaint_beside_it_keeps_the_case_open_too(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    later = clock.now().replace(year=clock.now().year + 1)
    case.deadlines.create(name="complaint", started_at=clock.now(), due_target=later, due_legal=later, cite="Art. 10")
    sign(me, case, deciding.review(me.person, case.id, "It stands."))
    case.refresh_from_db()
    assert (case.open, case.due) == (True, later)


@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.slow
@pytest.mark.few(1)
def test_refused_a_review_without_a_reason(road: Road, me: Member, reason: str) -> None:
    case = carried_out(road, me)
    with pytest.raises(deciding.BadInput, match="reason"):
        deciding.review(me.person, case.id, reason)


@pytest.mark.soak
def test_an_annex_3_and_the_demo_know_nothing_of_it(road: Road, me: Member) -> None:
    Authority.objects.update(realm="demo")
    case = judged(road, realm="demo")
    act = Act.objects.get(hash=case.act)
    assert (act.rule.count, approvals.under_of(act)) == (2, {})
    road.sign(case)
    road.drive()
    assert reviews.waiting(case) is None


# What is outside it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [({"at_most": 0}, "many"), ({"kinds": frozenset({"file"})}, "kind"), ({"measures": frozenset({"x"})}, "measure")],
)
@pytest.mark.few(1)
@pytest.mark.slow
def test_what_is_outside_the_rule_is_put_to_nobody_and_says_so(
    road: Road, me: Member, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    narrower = replace(one_person.in_force(clock.now()), **change)
    monkeypatch.setattr(one_person, "versions", lambda: (narrower,))
    case = judged(road)
    assert case.act == ""
    assert Event.objects.get(kind="decision.barred").public == {"why": why}
    assert Alert.objects.get(kind="decision.barred").case == case.id
    assert moves.of([case])[case.id] == moves.BARRED
    page = desk_of(me).get(f"/console/cases/{case.id}").content.decode()
    assert one_person.OUTSIDE[why] in page
    assert "Put it to the deciders" not in page
    with pytest.raises(alone.Barred, match="second person"):
        deciding.propose(case.id, "execute", by=me.person.by)


@pytest.mark.slow
def test_an_answer_by_which_nothing_is_done_still_takes_two_and_can_be_weighed_again(road: Road, me: Member) -> None:
    case = judged(road)
    obstacles.weigh(me.person, case.id, "journalism", False)
    road.drive()
    case.refresh_from_db()
    assert (case.plan, case.act) == ("person", "")
    assert moves.of([case])[case.id] == moves.BARRED
    with pytest.raises(alone.Barred, match="can be undone"):
        deciding.propose(case.id, "answer", by=me.person.by)
    obstacles.weigh(me.person, case.id, "journalism", True)
    road.drive()
    case.refresh_from_db()
    assert sign(me, case)


@pytest.mark.slow
def test_a_second_person_is_put_what_waited(road: Road, me: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    narrower = replace(one_person.in_force(clock.now()), at_most=0)
    with monkeypatch.context() as patch:
        patch.setattr(one_person, "versions", lambda: (narrower,))
        case = judged(road)
    you = join_me(me)
    road.drive()
    case.refresh_from_db()
    assert Act.objects.get(hash=case.act).rule.count == 2
    assert not sign(me, case)
    assert sign(you, case)
    road.drive()
    case.refresh_from_db()
    assert (case.state, reviews.waiting(case)) == ("answered", None)


@pytest.mark.slow
def test_what_was_put_to_one_is_put_anew_to_two_and_one_signature_is_refused(road: Road, me: Member) -> None:
    case = judged(road)
    old = case.act
    clock.advance(60)
    you = join_me(me)
    with pytest.raises(ApprovalRefused, match="one person"):
        sign(me, case, old)
    road.drive()
    case.refresh_from_db()
    assert case.act != old
    assert Act.objects.get(hash=old).state == "void"
    assert not sign(you, case)
    assert sign(me, case)


@pytest.mark.slow
def test_a_desk_of_two_that_lost_one_goes_on_asking_for_two(road: Road) -> None:
    _, second = founders()
    commands.deactivate(second.person, "operator")
    assert founding.alone()
    act = Act.objects.get(hash=judged(road).act)
    assert (act.rule.count, approvals.under_of(act)) == (2, {})


@pytest.mark.slow
def test_what_one_signature_would_do_past_the_rule_is_never_carried_out(
    road: Road, me: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed while alone, the rule's file replaced before it is acted on: nothing is begun, and the desk is told."""
    case = judged(road)
    assert sign(me, case)
    other = replace(one_person.versions()[-1], sha256="f" * 64)
    monkeypatch.setattr(one_person, "versions", lambda: (other,))
    road.drive()
    case.refresh_from_db()
    assert case.state == "not-effective"
    assert not Measure.objects.exists()
    assert Event.objects.filter(kind="measure.failed", public__why="not-approved").exists()


# The pages ------------------------------------------------------------------------------------------------------------


def desk_of(member: Member) -> Client:
    client = Client(**HOST)
    client.force_login(member.person, backend=BACKEND)
    return client


@pytest.mark.soak
def test_the_pages_say_under_which_rule_and_by_when_it_is_reviewed(road: Road, me: Member) -> None:
    case, desk = judged(road), desk_of(me)
    for page in ("", "/decide"):
        shown = desk.get(f"/console/cases/{case.id}{page}").content.decode()
        assert "This desk has one person." in shown
        assert "It must be reviewed within 24 hours" in shown
        assert "/regulations/own-one-person/2026.2" in shown
    assert desk.get(f"/console/cases/{case.id}/review").status_code == 302  # nothing to review yet
    sign(me, case)
    road.drive()
    shown = desk.get(f"/console/cases/{case.id}").content.decode()
    assert "To be reviewed by" in shown
    assert "Review it" in shown
    assert "Review it: one person decided it" in desk.get("/console/queue/?realm=real").content.decode()
    assert f'href="/console/cases/{case.id}"' in desk.get("/console/?realm=real").content.decode()  # due, at the head's


@pytest.mark.slow
def test_the_review_is_a_page_of_its_own_signed_with_the_passkey(road: Road, me: Member) -> None:
    case, desk = carried_out(road, me), desk_of(me)
    path = f"/console/cases/{case.id}/review"
    assert "It should not stand: lift it" in desk.get(path).content.decode()
    assert desk.post(path, {"reason": " "}).status_code == 400
    assert desk.post(path, {"reason": "Exact and <b>lawful</b>."}).status_code == 302
    put = reviews.put(case)
    assert put
    shown = desk.get(path).content.decode()
    assert "Exactly this was done" in shown
    assert "Sign that it stands" in shown
    assert "Exact and &lt;b&gt;lawful&lt;/b&gt;." in shown
    answer = {"act": put.hash, "response": json.dumps(me.sign(put.hash))}
    assert desk.post(f"/console/cases/{case.id}/sign", answer).status_code == 302
    case.refresh_from_db()
    assert not case.open
    shown = desk.get(f"/console/cases/{case.id}").content.decode()
    assert "Reviewed what one person had decided" in shown
    assert "Approvals: 1 of 1" in shown  # the decision's own, and not the review's


@pytest.mark.soak
def test_who_doesnt_decide_reviews_nothing(road: Road, me: Member) -> None:
    case = carried_out(road, me)
    helper = tags.make(Person, name="h", realm="real", jurisdiction="BE", roles=["handler"], enrolled_at=clock.now())
    client = Client(**HOST)
    client.force_login(helper, backend=BACKEND)
    path = f"/console/cases/{case.id}/review"
    assert client.get(path).status_code == client.post(path, {"reason": "fine"}).status_code == 403
    assert "A decider reviews it" in client.get(f"/console/cases/{case.id}").content.decode()
