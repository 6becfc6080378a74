"""The life of an order after it came: what a later request drops is lifted, and nothing else is touched by it."""

from collections.abc import Iterator
from typing import Any

import pytest
from hostile.scene import mails, order, signed
from hostile.test_outsiders import client_of
from road import Road, open_road

from comity import clock
from comity.answers.changing import change
from comity.authorities.models import Authority
from comity.cases import changing, deciding
from comity.cases import commands as cases
from comity.cases.changing import Change
from comity.cases.models import Case, Request
from comity.cases.rules import NotNow
from comity.demo import register
from comity.measures.models import Measure, Preserved
from comity.people.models import Act
from comity.people.refusals import BadInput, NotAllowed
from comity.platforms import for_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db]  # whole stories of the road


@pytest.fixture(scope="module")
def road(scene: None) -> Iterator[Road]:
    with open_road() as opened:
        yield opened


def ordered(road: Road, *urls: str, reference: str) -> Case:
    request = road.receive(signed(order(road, "\n".join(urls), reference)))
    road.drive()
    case = Case.objects.get(request=request)
    assert case.state == "to-decide", road.refused
    return case


def decided(road: Road, case: Case) -> Case:
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    return case


def later(road: Road, case: Case, text: str) -> Request:
    """A mail of the order's authority in the thread of our acknowledgement."""
    to = next(mail for mail in mails("acknowledgement") if mail.case == case.id)
    request = road.receive(road.reply(to.message_id, text))
    road.drive()
    request.refresh_from_db()
    assert request.joined.filter(case=case).exists()
    return request


def seen(url: str, place: str = "FR") -> str:
    platform = for_url(url, "demo")
    assert platform is not None
    return str(platform.observe(url, place).state)


@pytest.fixture(scope="module")
def standing(road: Road) -> tuple[Case, tuple[str, str]]:
    """An order on two messages, carried out."""
    urls = road.post(), road.post("Another harmless message")
    return decided(road, ordered(road, *urls, reference="OOS-2026-7001")), urls


@pytest.fixture(scope="module")
def narrowed(road: Road, standing: tuple[Case, tuple[str, str]]) -> tuple[Case, tuple[str, str], Request]:
    case, urls = standing
    mail = later(road, case, "We drop the second message of our order.")
    change(road.person("handler"), case.id, Change("narrowed", mail.id, (urls[1],)))
    case.refresh_from_db()
    assert Act.objects.get(hash=case.act).rule.count == 2
    assert (seen(urls[0]), seen(urls[1])) == ("withheld", "withheld")  # nothing before it is signed
    return decided(road, case), urls, mail


def test_it_works(road: Road, narrowed: tuple[Case, tuple[str, str], Request]) -> None:
    case, urls, _ = narrowed
    assert road.refused == []
    assert (seen(urls[0]), seen(urls[1])) == ("withheld", "visible")
    assert (case.state, case.open) == ("answered", False)
    measure = Measure.objects.get(case=case)
    assert (measure.state, measure.dropped, measure.lifted_at) == ("effective", [1], None)
    told = [mail for mail in mails("lifted") if mail.case == case.id]
    assert len(told) == 1


def test_what_is_left_was_judged_anew_and_the_letters_of_before_stand(
    road: Road, narrowed: tuple[Case, tuple[str, str], Request]
) -> None:
    case, urls, mail = narrowed
    kept = deciding.finding_of(case)
    assert [target["ref"] for target in kept["finding"]["targets"]] == [urls[0]]
    assert set(deciding.letters_of(case)) == {"answer", "notification"}
    assert deciding.lift_of(case.id).act["change"] == {"how": "narrowed", "request": mail.id, "dropped": [urls[1]]}
    page = client_of(road.person("decider")).get(f"/console/cases/{case.id}")
    assert page.status_code == 200


def test_the_page_says_so_as_the_command_does(road: Road, standing: tuple[Case, tuple[str, str]]) -> None:
    case, _ = standing
    handler = client_of(road.person("handler"))
    page = handler.get(f"/console/cases/{case.id}/change").content.decode()
    assert "It drops some of what the order names" in page
    refused = handler.post(f"/console/cases/{case.id}/change", {"how": "narrowed", "request": "R-NOSUCH00"})
    assert refused.status_code == 400
    assert client_of(road.person("decider")).get(f"/console/cases/{case.id}/change").status_code in (403, 404)


def test_an_undecided_order_is_judged_by_what_is_left_and_another_takes_its_place_once_that_stands(road: Road) -> None:
    urls = road.post(), road.post("Another harmless message")
    case = ordered(road, *urls, reference="OOS-2026-7002")
    road.sign(case, "BE")
    mail = later(road, case, "We drop the second message of our order.")
    change(road.person("handler"), case.id, Change("narrowed", mail.id, (urls[1],)))
    road.drive()
    case.refresh_from_db()
    assert case.state == "to-decide"
    assert deciding.act_of(case, "execute")["targets"] == [urls[0]]
    decided(road, case)
    assert (seen(urls[0]), seen(urls[1])) == ("withheld", "visible")
    newer = ordered(road, urls[1], reference="OOS-2026-7004")
    with pytest.raises(BadInput, match="doesn't stand yet"):
        change(road.person("handler"), case.id, Change("superseded", newer.request_id))
    decided(road, newer)
    change(road.person("handler"), case.id, Change("superseded", newer.request_id))
    case.refresh_from_db()
    decided(road, case)
    assert (case.state, seen(urls[0]), seen(urls[1])) == ("lifted", "visible", "withheld")


def test_an_undecided_order_that_is_withdrawn_is_over_and_nothing_of_it_is_kept(road: Road) -> None:
    case = ordered(road, road.post(), reference="OOS-2026-7003")
    assert Preserved.objects.filter(case=case).exists()
    mail = later(road, case, "We withdraw our order.")
    change(road.person("handler"), case.id, Change("withdrawn", mail.id))
    road.drive()
    case.refresh_from_db()
    assert (case.state, case.open, case.due) == ("withdrawn", False, None)
    assert not Preserved.objects.filter(case=case, until__gt=clock.now()).exists()
    assert [one.case for one in mails("withdrawn")] == [case.id]
    with pytest.raises(NotNow):
        change(road.person("handler"), case.id, Change("withdrawn", mail.id))


def test_refused_what_no_later_request_can_say(road: Road, narrowed: tuple[Case, tuple[str, str], Request]) -> None:
    case, urls, mail = narrowed
    handler = road.person("handler")

    def why(how: str, number: str = mail.id, **more: Any) -> str:
        with pytest.raises(BadInput) as refused:
            change(handler, case.id, Change(how, number, **more))
        return str(refused.value)

    assert "only what the order names" in why("narrowed", dropped=(urls[0], "https://x.example/1"))
    assert "not all of it" in why("narrowed", dropped=(urls[0],))
    assert "later request" in why("withdrawn", case.request_id)
    assert "register says that" in why("amended", path="form.feedback_contact", value="someone@else.example")
    assert "order of its own" in why("amended", path="form.urls", value=[urls[0], road.post()])
    assert "reaches further" in why("amended", path="territory", value=["WORLD"])
    with pytest.raises(NotAllowed):
        change(road.person("decider"), case.id, Change("withdrawn", mail.id))


def test_refused_from_another_office_but_a_court_of_its_state_may_quash_it(
    road: Road, narrowed: tuple[Case, tuple[str, str], Request]
) -> None:
    case, urls, _ = narrowed
    stranger = road.receive(b"From: a@b.example\r\nTo: orders@lantern.example\r\nSubject: x\r\n\r\nQuashed.\r\n")
    road.drive()
    stranger.refresh_from_db()
    with pytest.raises(BadInput, match="less well verified"):
        changing.source(case, stranger.id, "quashed")
    cases.record_callback(road.person("handler"), stranger.id, register.COURT_ID, True)
    road.drive()
    stranger.refresh_from_db()
    with pytest.raises(BadInput, match="another office"):
        changing.source(case, stranger.id, "quashed")  # a French court, a German order
    Authority.objects.filter(id=register.COURT_ID).update(country="DE")
    change(road.person("handler"), case.id, Change("quashed", stranger.id))
    case.refresh_from_db()
    decided(road, case)
    assert (case.state, seen(urls[0]), seen(urls[1])) == ("lifted", "visible", "visible")
