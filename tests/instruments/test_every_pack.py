"""Every instrument on the road: it opens a case, is judged, decided by people, and answered in its own words."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from hostile.scene import mails, words
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity import clock, instruments
from comity.cases import commands as cases
from comity.cases import deciding, entering
from comity.cases.models import Case, Request
from comity.demo import keys, samples
from comity.demo.representative.orders import ORDERS, Order
from comity.library import in_force
from comity.measures.models import Measure, Preserved
from comity.notifications.models import Notification
from comity.people.models import Act
from comity.platforms import for_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # whole stories of the road


@dataclass
class Played:
    """What came of one order."""

    case: Case
    finding: dict[str, Any]
    answer: str
    to: str


def arrived(road: Road, one: Order, target: str, reference: str) -> Request:
    road.count += 1
    raw = samples.make(
        one.name,
        target_url=target,
        reference=reference,
        issued_at=clock.now(),
        message_id=f"<{road.count}.{clock.now().timestamp()}@office.example>",
        key=keys.ensure(settings.COMITY.data),
    )
    request = road.receive(raw)
    road.drive()
    request.refresh_from_db()
    return request


def opened(road: Road, name: str, target: str, reference: str) -> Case:
    """An office's letter, typed by the desk where it isn't read, called back where that is needed."""
    one = ORDERS[name]
    request = arrived(road, one, target, reference)
    if not request.cases.exists():
        typed = one.facts(target, reference, clock.now())
        entering.enter(road.person("handler"), request.id, one.instrument, typed)
        road.drive()
    if one.call_back:
        cases.record_callback(road.person("handler"), request.id, one.office, True)
        road.drive()
    case = Case.objects.get(request=request)
    assert (case.instrument, case.state) == (one.instrument, "to-decide"), road.refused
    return case


def decided(road: Road, case: Case) -> Case:
    """Put to whom its regulation asks for, signed, and driven to its end."""
    if not case.act:
        deciding.propose(case.id, "answer", by=road.person("handler").by)
        case.refresh_from_db()
    if "decider" in Act.objects.get(hash=case.act).rule.roles:
        road.sign(case)
    else:
        deciding.sign(road.person("head", "EE"), case.id, case.act, None)
    road.drive()
    case.refresh_from_db()
    return case


def removal(road: Road, reference: str) -> tuple[Case, str]:
    """A removal order, carried out."""
    target = road.post()
    road.receive(road.sample("good-text", target, reference))
    road.drive()
    case = Case.objects.get(instrument="eu-tco-removal-order")
    road.sign(case)
    road.drive()
    return case, target


@pytest.fixture(scope="module")
def road(scene: None) -> Iterator[Road]:
    with open_road() as opened_:
        yield opened_


@pytest.fixture(scope="module")
def targets(road: Road) -> dict[str, str]:
    account = f"{settings.COMITY.sandbox_url}/u/anna"
    return {name: road.post() if one.about == "message" else account for name, one in ORDERS.items()}


@pytest.fixture(scope="module")
def fallen(road: Road) -> tuple[Case, str]:
    return removal(road, "OOS-2026-9001")


@pytest.fixture(scope="module")
def played(road: Road, targets: dict[str, str], fallen: tuple[Case, str]) -> dict[str, Played]:
    """Each order, sent and answered. The decision of scrutiny is carried out by a lift on the order's own case."""
    made = {}
    for name, one in ORDERS.items():
        order, target = fallen if one.about == "order" else (None, targets[name])
        case = opened(road, name, target, "OOS-2026-9001" if order else f"N-{name}")
        finding = deciding.finding_of(case)["finding"]
        if order is not None:
            order.refresh_from_db()
            road.sign(order)
            road.drive()
            case.refresh_from_db()
        else:
            case = decided(road, case)
        sent = next(mail for mail in mails("answer") if mail.case == case.id)
        letter = email.message_from_string(words(sent), policy=email.policy.default)
        body = letter.get_body(("plain",))
        assert body is not None
        made[name] = Played(case, finding, body.get_content(), str(letter["to"]))
    assert road.refused == []
    return made


def test_it_works(played: dict[str, Played]) -> None:
    said = {name: (one.finding["outcome"], one.case.state) for name, one in played.items()}
    assert said == {
        "dsa-act": ("valid", "answered"),
        "dsa-inform": ("valid", "to-produce"),
        "produce": ("valid", "to-produce"),
        "us-preserve": ("needs-person", "not-carried-out"),
        "us-warrant": ("needs-person", "not-carried-out"),
        "us-emergency": ("needs-person", "not-carried-out"),
        "scrutiny": ("valid", "answered"),
        "access": ("refuse", "not-carried-out"),
        "no-pack": ("reroute", "not-carried-out"),
    }
    assert all(one.finding["pack"] == one.case.instrument for one in played.values())
    assert {one.to for one in played.values()} == {one.address for one in ORDERS.values()}


def test_content_is_withheld_in_the_territory_that_the_order_names_and_nowhere_else(
    played: dict[str, Played], targets: dict[str, str]
) -> None:
    measure = Measure.objects.get(case=played["dsa-act"].case)
    assert (measure.kind, measure.territory, measure.state) == ("withhold", ["FR"], "effective")
    platform = for_url(targets["dsa-act"], "demo")
    assert platform is not None
    seen = [platform.observe(targets["dsa-act"], place).state for place in ("FR", "BE", "CH")]
    assert seen == ["withheld", "visible", "visible"]
    assert Notification.objects.filter(case=played["dsa-act"].case, state="sent").count() == 1


def test_data_stay_here_and_the_clock_runs_on_until_custody_sends_them(road: Road, played: dict[str, Played]) -> None:
    for name in ("produce", "dsa-inform"):
        case = played[name].case
        assert case.open
        assert case.due == case.deadlines.get(name__in=("produce", "answer")).due_target
        assert not Notification.objects.filter(case=case).exists()
        assert not Measure.objects.filter(case=case).exclude(kind="preserve").exists()
        assert "No data are attached to this letter" in played[name].answer
        assert "notification" not in deciding.letters_of(case)
        assert case.title.endswith("for production")
        shown = client_of(road.person("decider")).get(f"/console/cases/{case.id}").content.decode()
        assert "It is opened by custodians: see its opening" in shown
        assert "Nobody in the territory can see it" not in shown
    case = played["produce"].case
    assert Preserved.objects.filter(case=case).exists()
    assert (case.deadlines.get(name="produce").due_legal - case.received_at).days >= 10


def test_what_fell_by_scrutiny_is_put_back_and_both_offices_are_answered(
    played: dict[str, Played], fallen: tuple[Case, str]
) -> None:
    order, target = fallen
    order.refresh_from_db()
    platform = for_url(target, "demo")
    assert platform is not None
    assert (order.state, platform.observe(target, "FR").state) == ("lifted", "visible")
    lift = deciding.lift_of(order.id)
    assert lift.act["of"] == played["scrutiny"].case.id
    assert lift.act["document"]["from"] == played["scrutiny"].case.request_id
    assert "has been put back" in played["scrutiny"].answer
    assert [mail.case for mail in mails("lifted")] == [order.id]
    assert not order.deadlines.filter(name="reinstate", met_at=None).exists()


def test_what_no_act_of_ours_carries_is_answered_with_the_doors_that_exist(played: dict[str, Played]) -> None:
    for name in ("access", "no-pack"):
        assert "judicial assistance" in played[name].answer
        assert not Measure.objects.filter(case=played[name].case).exists()
    assert "is refused" in played["access"].answer
    for name in ("us-preserve", "us-warrant", "us-emergency"):
        assert "Art. 48" in played[name].answer, "in the Union none of them is enforceable by itself"


def test_every_pack_of_a_demand_has_words_of_its_own_and_opens_a_case() -> None:
    library = in_force.library("real")
    demands = {id for id in library.ids() if id not in ("own-hotline", "own-person-claim")}
    assert demands == {*instruments.each()} - {"own-person-claim"}
