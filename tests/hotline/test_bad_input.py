"""What a service, a stranger and the desk may get wrong, or try: each refused with its reason, and nothing lost."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import uuid4

import pytest
from road import Road

from comity import clock
from comity.alerts import paging
from comity.alerts.models import Round
from comity.cases.models import Case, Request
from comity.demo import register
from comity.hotline import acting, after, commands, officers, rules
from comity.hotline.models import Call, Line
from comity.hotline.rules import Said
from comity.ledger.models import Event
from comity.officers import commands as enrolled
from comity.outbox.models import Mail
from comity.people.approvals import ApprovalRefused
from comity.people.commands import make_person
from comity.people.models import Person
from comity.people.refusals import BadInput, NotAllowed

from .scene import WHAT, again, officer, on_duty, raised

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "0123456789abcdef"


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Said(" \n"), "what: say what is happening"),
        (Said("x" * 4_001), "what: at most 4,000"),
        (Said(WHAT, imminence="soon"), "imminence: one of"),
        (Said(WHAT, links=("x",) * 3 + ("y" * 2_001,)), "links: at most 2,000"),
        (Said(WHAT, links=tuple(map(str, range(201)))), "links: at most 200"),
        (Said(WHAT, back="9" * 201), "back: at most 200"),
    ],
)
def test_a_call_that_breaks_a_bound_names_field_and_rule(road: Road, said: Said, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        commands.raise_call(officer(), said, KEY)
    assert not Call.objects.exists()


def test_the_same_key_is_the_same_call_and_never_another(road: Road) -> None:
    first = raised(road, key=KEY)
    assert commands.raise_call(officer(), commands.read_said(first), KEY).id == first.id
    with pytest.raises(BadInput, match="key: it was used for something else"):
        commands.raise_call(officer(), Said("Something else"), KEY)
    with pytest.raises(BadInput, match="key: 16 to 64"):
        commands.raise_call(officer(), Said(WHAT), "short")
    assert Call.objects.count() == Request.objects.count() == 1


def test_very_many_calls_of_one_account_are_all_kept_ring_once_and_are_contained(road: Road) -> None:
    on_duty(road)
    first = raised(road)
    for n in range(30):
        commands.raise_call(officer(), Said(f"{WHAT} {n}"), str(uuid4()))
    road.drive()
    assert (Call.objects.count(), Request.objects.count(), Round.objects.count()) == (31, 1, 1)
    assert first.joined.count() == 30
    assert Event.objects.filter(kind="officer.contained").count() == 1
    other = first.joined.first()
    commands.apart(road.person("handler"), other.id)
    assert (Round.objects.count(), again(other).joined_to, again(other).rung) == (2, None, True)


def test_a_mailbox_wakes_and_never_restricts_and_many_strangers_ring_six_times_an_hour(road: Road) -> None:
    for n in range(9):
        road.receive(mail(f"someone{n}@anywhere.example"))
    road.drive()
    assert (Call.objects.count(), Call.objects.filter(rung=True).count(), Round.objects.count()) == (9, 6, 6)
    assert not Case.objects.exists()
    road.receive(mail("someone0@anywhere.example"))
    road.drive()
    assert Call.objects.filter(joined_to__isnull=False).count() == 1
    call = Call.objects.filter(rung=False, joined_to=None).first()
    assert commands.acknowledge(road.person("handler"), call.id)  # one that didn't ring is taken all the same


def test_a_newsletter_and_an_automatic_mail_do_not_ring(road: Road) -> None:
    road.receive(mail("news@anywhere.example", Precedence="bulk"))
    road.receive(mail("robot@anywhere.example", **{"Auto-Submitted": "auto-replied"}))
    road.receive(mail("list@anywhere.example", **{"List-Id": "<news.anywhere.example>"}))
    road.drive()
    assert Round.objects.count() == 0


def mail(sender: str, *, link: str = "", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "orders@localhost", "URGENT: child abducted, life at risk"
    made["Date"], made["Message-ID"] = format_datetime(clock.now()), f"<{uuid4()}@anywhere.example>"
    for name, value in headers.items():
        made[name] = value
    said = "A child was abducted an hour ago. Her life is at risk. He will kill her tonight."
    made.set_content(f"{said}\n{link}")
    return made.as_bytes(policy=SMTP)


def test_a_denied_call_is_closed_as_false_and_its_service_warned_and_a_second_suspends_it(road: Road) -> None:
    handler = road.person("handler")
    for n in (1, 2):
        call = raised(road, road.post())
        officers.sign_as_demo(officer(), call.id)
        commands.acknowledge(handler, call.id)
        acting.call_back(handler, call.id, confirmed=False)
        road.drive()
        call = again(call)
        assert (call.state, call.outcome, acting.case_of(call).grade) == ("to-review", "false", "none")
        assert Mail.objects.filter(kind="hotline-warning").count() == n
    with pytest.raises(commands.Suspended):
        commands.raise_call(officers.Officer.objects.first(), Said(WHAT), KEY)
    with pytest.raises(commands.Suspended):
        commands.write_as_officer(officers.Officer.objects.first(), call.id, "Hello", KEY)
    act = officers.propose(road.person("counsel"), register.SERVICE_ID, "Their mailbox is theirs again.")
    assert not officers.sign_review(road.person("counsel"), register.SERVICE_ID, act, None)
    with pytest.raises(ApprovalRefused):  # another of the same State
        officers.sign_review(road.person("decider"), register.SERVICE_ID, act, None)
    assert officers.sign_review(road.person("decider", "EE"), register.SERVICE_ID, act, None)
    assert commands.raise_call(officer(), Said(WHAT), KEY).state == "raised"


def test_a_passkey_over_the_call_is_the_services_own_channel(road: Road) -> None:
    call = raised(road, road.post())
    officers.sign_as_demo(officer(), call.id)
    road.drive()
    case = acting.case_of(call)
    assert (case.grade, case.outcome) == ("accredited-channel", "needs-person")  # nobody has said what it is
    assert road.refused == []


def test_acknowledgements_late_twice_and_by_one_who_was_not_rung(road: Road) -> None:
    on_duty(road)
    call = raised(road)
    assert commands.acknowledge(road.person("decider"), call.id)  # not rung
    assert not commands.acknowledge(road.person("handler"), call.id)
    assert commands.acknowledge(road.person("decider"), call.id)
    late = Event.objects.filter(kind="call.acknowledged")
    assert sorted(event.told["late"] for event in late) == [False, True]
    assert paging.answered_by(call.id) == road.person("decider")


def test_it_is_answered_on_the_duty_page_as_on_its_own(road: Road) -> None:
    on_duty(road)
    call = raised(road)
    assert paging.acknowledge(road.person("handler"), call.id)
    assert (again(call).state, again(call).acked_by) == ("acknowledged", road.person("handler").by)


def test_a_call_that_nobody_does_anything_about_is_rung_for_again_and_a_closed_one_never(road: Road) -> None:
    on_duty(road)
    call = raised(road)
    commands.acknowledge(road.person("handler"), call.id)
    after.keep_time(clock.now() + rules.IDLE)
    assert (again(call).state, Round.objects.filter(subject=call.id).count()) == ("raised", 2)
    commands.close(road.person("handler"), call.id, "It was nothing.")
    after.keep_time(clock.now() + rules.IDLE * 2)
    assert (again(call).state, Round.objects.filter(answered_at=None, stopped_at=None).count()) == ("to-review", 0)
    with pytest.raises(rules.NotNow):
        commands.write(road.person("handler"), call.id, "One more thing", KEY)


@pytest.mark.soak
def test_the_clock_says_that_nobody_answered_asks_what_came_and_for_the_order(road: Road) -> None:
    call = raised(road, road.post())
    with clock.freeze(clock.now()):
        clock.advance(301)
        after.keep_time(clock.now())
        assert again(call).state == "unanswered"
        commands.acknowledge(road.person("handler"), call.id)
        assert acting.preserve(road.person("handler"), call.id) == 1
        road.drive()
        commands.close(road.person("handler"), call.id, "Dealt with.")
        road.drive()
        clock.advance(40 * 86_400)
        after.keep_time(clock.now())
        after.keep_time(clock.now())
    assert Mail.objects.filter(kind="hotline-outcome").count() == 3  # at close, after a week, after a month
    assert Mail.objects.filter(kind="hotline-order").count() == 1
    assert Event.objects.filter(kind="call.due").count() == 2  # the order, and the review


def test_a_line_typed_twice_is_one_and_nobody_else_writes_in_a_thread(road: Road) -> None:
    call = raised(road)
    commands.write(road.person("handler"), call.id, "Where?", KEY)
    commands.write(road.person("handler"), call.id, "Where?", KEY)
    with pytest.raises(BadInput, match="key: it was used"):
        commands.write(road.person("handler"), call.id, "Who?", KEY)
    with pytest.raises(NotAllowed):
        commands.acknowledge(auditor(), call.id)
    assert Line.objects.count() == 1


def auditor() -> Person:
    return make_person(uuid4(), "demo-auditor-lt", "demo", ["auditor"], "LT")


def test_many_places_are_asked_about_before_they_are_kept(road: Road) -> None:
    links = [road.post() for _ in range(21)]
    call = raised(road, *links)
    with pytest.raises(BadInput, match="sure: it names more than 20"):
        acting.preserve(road.person("handler"), call.id)
    assert acting.preserve(road.person("handler"), call.id, sure=True) == 21


def test_an_officer_comes_by_a_link_that_works_once_and_only_after_a_call_back(road: Road) -> None:
    with pytest.raises(BadInput, match="confirmed: call the authority"):
        officers.invite(road.person("counsel"), register.SERVICE_ID, confirmed=False)
    with pytest.raises(NotAllowed):
        officers.invite(road.person("handler"), register.SERVICE_ID, confirmed=True)
    with pytest.raises(BadInput, match="service: choose"):
        officers.invite(road.person("counsel"), "demo-prosecutor", confirmed=True)
    made, token = officers.invite(road.person("counsel"), register.SERVICE_ID, confirmed=True)
    assert enrolled.opened(token).id == made.id
    with pytest.raises(enrolled.Closed, match="not known"):
        enrolled.opened(token + "x")
    enrolled.end(road.person("handler"), str(made.id))
    with pytest.raises(enrolled.Closed, match="expired"):
        enrolled.opened(token)
    assert enrolled.of_session("forged") is None
